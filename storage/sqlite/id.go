package sqlite

import (
	"crypto/rand"
	"strings"
	"time"

	"smsbridge/storage"
)

// ids makes ids: a prefix, the box, and a number of 60 bits whose upper 48 are
// the millisecond, in Crockford's base 32. A number is always above the one
// before, also when the clock goes back, so ids order as they were made.
type ids struct {
	box  string
	last uint64
}

const (
	crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	boxLen    = 4
	numberLen = 12 // 60 bits
)

// next is a new id with prefix, such as "ms".
func (s *ids) next(prefix string) string {
	n := uint64(time.Now().UnixMilli()) << 12
	if n <= s.last {
		n = s.last + 1
	}
	s.last = n
	return idOf(prefix, s.box, n)
}

func idOf(prefix, box string, n uint64) string {
	var b strings.Builder
	b.Grow(len(prefix) + 1 + boxLen + numberLen)
	b.WriteString(prefix)
	b.WriteByte('_')
	b.WriteString(box)
	for shift := 5 * (numberLen - 1); shift >= 0; shift -= 5 {
		b.WriteByte(crockford[n>>shift&31])
	}
	return b.String()
}

// idAt comes before every id that is made from a moment on.
func idAt(prefix, box string, at storage.Time) string {
	return idOf(prefix, box, uint64(max(at.Milli(), 1))<<12-1)
}

// numberIn is the number of an id; 0 if it is not one of the box's.
func numberIn(id, prefix, box string) uint64 {
	rest, ok := strings.CutPrefix(id, prefix+"_"+box)
	if !ok || len(rest) != numberLen {
		return 0
	}
	var n uint64
	for _, c := range rest {
		i := strings.IndexRune(crockford, c)
		if i < 0 {
			return 0
		}
		n = n<<5 | uint64(i)
	}
	return n
}

// after makes the next number come after that of an id without its prefix.
func (s *ids) after(id string) {
	if len(id) != boxLen+numberLen {
		return
	}
	s.last = max(s.last, numberIn("_"+id, "", id[:boxLen]))
}

// word is n random characters of the alphabet.
func word(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	for i := range b {
		b[i] = crockford[b[i]&31]
	}
	return string(b)
}
