package pdu

// Field is one element of a PDU as it stands in its octets (3GPP TS 23.040, 9.2.2), for people who
// look at them.
type Field struct {
	Name    string // as in the standard; "filling" for what stands behind the last one
	Clause  string // where the standard describes it
	Offset  int    // of the first octet, from the start of the line
	Octets  []byte
	Meaning string // in words; "" where the line could not be read
}

// Fields returns the fields of a line in their order (3GPP TS 23.040, 9.2.2). When the line cannot be read, the fields
// before the bad one come with the *Error.
func Fields(line string, d Direction) ([]Field, error) {
	frame, err := ParseFrame(line, d)
	var fields []Field
	r := reader{octets: frame.Raw, fields: &fields}
	if len(frame.Raw) > 0 {
		r.frame(d)
	}
	for i := range fields {
		fields[i].Clause = fields[i].clause()
		fields[i].Meaning = frame.meaning(fields[i])
	}
	return fields, err
}

func (f Field) clause() string {
	if e, ok := f.element(UDH{{}}); ok && f.Name == "TP-UDH" {
		return e.clause()
	}
	return clauses[f.Name]
}

var clauses = map[string]string{
	"SMSC":    "24.011 8.2.5",
	"TP-MTI":  "23.040 9.2.3.1",
	"TP-MR":   "23.040 9.2.3.6",
	"TP-OA":   "23.040 9.2.3.7",
	"TP-DA":   "23.040 9.2.3.8",
	"TP-PID":  "23.040 9.2.3.9",
	"TP-DCS":  "23.038 4",
	"TP-SCTS": "23.040 9.2.3.11",
	"TP-VP":   "23.040 9.2.3.12",
	"TP-DT":   "23.040 9.2.3.13",
	"TP-RA":   "23.040 9.2.3.14",
	"TP-ST":   "23.040 9.2.3.15",
	"TP-UDL":  "23.040 9.2.3.16",
	"TP-UDH":  "23.040 9.2.3.24",
	"TP-UD":   "23.040 9.2.3.24",
	"TP-PI":   "23.040 9.2.3.27",
	"TP-FCS":  "23.040 9.2.3.22",
	"TP-CT":   "23.040 9.2.3.19",
	"TP-MN":   "23.040 9.2.3.18",
	"TP-CDL":  "23.040 9.2.3.20",
	"TP-CD":   "23.040 9.2.3.21",
	"TP-UDHL": "23.040 9.2.3.24",
}

// markHeader notes the length of a header, and its elements or, when it was ignored, the rest of it.
func (r *reader) markHeader(start, size int, h UDH) {
	if r.fields == nil || size == 0 {
		r.at = start + size
		return
	}
	r.at = start + 1
	r.mark("TP-UDHL", start)
	for _, e := range h {
		r.at += 2 + len(e.Data)
		r.mark("TP-UDH", r.at-2-len(e.Data))
	}
	if end := start + size; r.at < end {
		from := r.at
		r.at = end
		r.mark("TP-UDH", from)
	}
}

// unmark forgets the fields noted after the first n.
func (r *reader) unmark(n int) {
	if r.fields != nil {
		*r.fields = (*r.fields)[:n]
	}
}

// marked returns how many fields were noted so far.
func (r *reader) marked() int {
	if r.fields == nil {
		return 0
	}
	return len(*r.fields)
}

// shift moves the fields noted from the given one on, as those of a TPDU that starts at by.
func (r *reader) shift(from, by int) {
	for i := from; i < r.marked(); i++ {
		(*r.fields)[i].Offset += by
	}
}
