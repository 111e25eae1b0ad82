package pdu

// reader walks over octets field by field. After the first field that is not there, err is set and
// every later read returns zeros, so that a message reads like its table in the standard.
type reader struct {
	octets   []byte
	at       int
	warnings Warnings
	err      *Error
	most     int      // octets of user data that there may be; 0 for as many as in a message
	fields   *[]Field // nil unless somebody wants to see the fields

	into   TPDU    // where the message is to go; nil for new memory
	memory *memory // nil for new memory
}

func (r *reader) fail(field string, err error) {
	if r.err == nil {
		r.err = &Error{Field: field, Offset: r.at, Err: err}
	}
}

func (r *reader) octet(field string) byte {
	if r.err != nil || r.at >= len(r.octets) {
		r.fail(field, ErrShort)
		return 0
	}
	b := r.octets[r.at]
	r.at++
	r.mark(field, r.at-1)
	return b
}

func (r *reader) take(field string, n int) []byte {
	if r.err != nil || n > len(r.octets)-r.at {
		r.fail(field, ErrShort)
		return nil
	}
	start := r.at
	r.at += n
	r.mark(field, start)
	return r.octets[start:r.at:r.at]
}

func (r *reader) rest() []byte { return r.octets[r.at:] }

// warn adds w when on is true.
func (r *reader) warn(on bool, w Warnings) {
	if on {
		r.warnings |= w
	}
}

// mark notes that the octets from start up to here are the field called name.
func (r *reader) mark(name string, start int) {
	if r.fields != nil && start < r.at {
		*r.fields = append(*r.fields, Field{Name: name, Offset: start, Octets: r.octets[start:r.at]})
	}
}

// newIn returns the memory that was set aside for a message of this type.
func newIn[T any](r *reader) *T {
	if t, ok := any(r.into).(*T); ok {
		return t
	}
	return new(T)
}
