package sqlite

import (
	"crypto/rand"
	"strings"
	"time"
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
	var b strings.Builder
	b.Grow(len(prefix) + 1 + boxLen + numberLen)
	b.WriteString(prefix)
	b.WriteByte('_')
	b.WriteString(s.box)
	for shift := 5 * (numberLen - 1); shift >= 0; shift -= 5 {
		b.WriteByte(crockford[n>>shift&31])
	}
	return b.String()
}

// after makes the next number come after that of an id without its prefix.
func (s *ids) after(id string) {
	if len(id) != boxLen+numberLen {
		return
	}
	var n uint64
	for _, c := range id[boxLen:] {
		n = n<<5 | uint64(max(strings.IndexRune(crockford, c), 0))
	}
	s.last = max(s.last, n)
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
