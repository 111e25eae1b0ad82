package exchange

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"
	"unicode/utf8"

	"smsbridge/storage"
)

// WriteVCard writes a contact as vCard 4.0 (RFC 6350).
func WriteVCard(w io.Writer, c storage.Contact) error {
	v := &cardWriter{w: bufio.NewWriter(w)}
	v.line("BEGIN", "VCARD")
	v.line("VERSION", "4.0")
	if c.ID != "" {
		v.line("UID", "urn:smsbridge:"+c.ID)
	}
	v.line("FN", escape(c.Name))
	if c.First+c.Last != "" {
		v.line("N", escape(c.Last)+";"+escape(c.First)+";;;")
	}
	if c.Organisation != "" {
		v.line("ORG", escape(c.Organisation))
	}
	for i, n := range c.Numbers {
		name := "TEL;VALUE=uri"
		if kind := telType[c.Type(n)]; kind != "" {
			name += ";TYPE=" + kind
		}
		if i == 0 && len(c.Numbers) > 1 {
			name += ";PREF=1"
		}
		v.line(name, "tel:"+n)
	}
	for _, e := range c.Emails {
		name := "EMAIL"
		if e.Type == storage.NumberWork || e.Type == storage.NumberHome {
			name += ";TYPE=" + e.Type
		}
		v.line(name, escape(e.Address))
	}
	if c.Address != "" {
		v.line("ADR", ";;"+escape(c.Address)+";;;;")
	}
	if c.Notes != "" {
		v.line("NOTE", escape(c.Notes))
	}
	if c.Language != "" {
		v.line("LANG", escape(c.Language))
	}
	for _, name := range sorted(c.Custom) {
		v.line("X-SMSBRIDGE-FIELD", escape(name)+";"+escape(c.Custom[name]))
	}
	v.line("END", "VCARD")
	return errors.Join(v.err, v.w.Flush())
}

func sorted(m map[string]string) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// telType are our types of numbers as vCard has them (RFC 6350, 6.4.1).
var telType = map[string]string{storage.NumberMobile: "cell", storage.NumberWork: "work", storage.NumberHome: "home"}

type cardWriter struct {
	w   *bufio.Writer
	err error
}

// line writes one content line, folded at 75 octets and never within a
// character (RFC 6350, 3.2).
func (v *cardWriter) line(name, value string) {
	rest := name + ":" + value
	for most := 75; len(rest) > most; most = 74 {
		n := most
		for !utf8.RuneStart(rest[n]) {
			n--
		}
		v.put(rest[:n] + "\r\n ")
		rest = rest[n:]
	}
	v.put(rest + "\r\n")
}

func (v *cardWriter) put(s string) {
	if _, err := v.w.WriteString(s); v.err == nil {
		v.err = err
	}
}

// escape is RFC 6350, 3.4.
var escape = strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace

// Bounds of what a stranger's file may make us hold.
const (
	maxCard  = 1 << 20 // bytes; pictures stand in cards
	maxLines = 2000
)

// Cards are the contacts of a file, in its order. Numbers are as they were
// written; a card that cannot be read comes as an error, and the next may be
// good. After an error that is errEnd nothing more comes.
type Cards = func(yield func(c storage.Contact, err error) bool)

// ReadVCards reads vCards of version 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350).
func ReadVCards(r io.Reader) Cards {
	return func(yield func(c storage.Contact, err error) bool) {
		in := &unfolder{in: bufio.NewReader(r)}
		n := 0
		var card *cardReader
		for {
			line, err := in.next()
			if errors.Is(err, io.EOF) {
				switch {
				case card != nil:
					yield(storage.Contact{}, fmt.Errorf("card %d has no END:VCARD", n))
				case n == 0:
					yield(storage.Contact{}, errors.New("there is no vCard in it; one begins with BEGIN:VCARD"))
				}
				return
			}
			if err != nil {
				yield(storage.Contact{}, fmt.Errorf("after card %d: %w", n, err))
				return
			}
			p, ok := parseProperty(line)
			switch {
			case p.is("BEGIN", "VCARD"):
				n++
				card = &cardReader{}
				in.size = 0
			case card == nil || !ok:
			case p.is("END", "VCARD"):
				c, err := card.done()
				if err != nil {
					err = fmt.Errorf("card %d: %w", n, err)
				}
				if !yield(c, err) {
					return
				}
				card = nil
			default:
				card.take(p)
			}
		}
	}
}

// unfolder gives content lines: what is folded together again (RFC 6350, 3.2),
// and the soft line breaks of quoted-printable (vCard 2.1).
type unfolder struct {
	in   *bufio.Reader
	size int // of the card
}

func (u *unfolder) next() (string, error) {
	line, err := u.raw()
	if err != nil {
		return "", err
	}
	for {
		after, _ := u.in.Peek(1)
		head, _, _ := strings.Cut(line, ":")
		quoted := strings.HasSuffix(line, "=") && strings.Contains(strings.ToUpper(head), "QUOTED-PRINTABLE")
		folded := len(after) == 1 && (after[0] == ' ' || after[0] == '\t')
		if !quoted && !folded {
			return line, nil
		}
		more, err := u.raw()
		if err != nil {
			return line, nil // the next call tells
		}
		if quoted {
			line = strings.TrimSuffix(line, "=") + more
		} else {
			line += more[1:]
		}
	}
}

func (u *unfolder) raw() (string, error) {
	var line []byte
	for {
		piece, err := u.in.ReadSlice('\n')
		if u.size += len(piece); u.size > maxCard {
			return "", fmt.Errorf("a card has more than %d bytes", maxCard)
		}
		line = append(line, piece...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && len(line) == 0 {
			return "", err
		}
		return strings.TrimRight(string(line), "\r\n"), nil
	}
}

// property is one content line.
type property struct {
	name   string              // upper case, without its group
	params map[string][]string // upper case names, values as they are
	value  string
}

func (p property) is(name, value string) bool {
	return p.name == name && strings.EqualFold(strings.TrimSpace(p.value), value)
}

// parseProperty reads [group.]NAME;PARAM=VALUE;TYPE:value.
func parseProperty(line string) (p property, ok bool) {
	end := colon(line)
	if end < 0 {
		return p, false
	}
	p.value = line[end+1:]
	parts := strings.Split(line[:end], ";")
	p.name = strings.ToUpper(strings.TrimPrefix(parts[0], "\uFEFF"))
	p.name = p.name[strings.LastIndexByte(p.name, '.')+1:]
	p.params = make(map[string][]string)
	for _, param := range parts[1:] {
		name, values, named := strings.Cut(param, "=")
		if !named { // vCard 2.1: TEL;CELL:
			name, values = "TYPE", param
			switch strings.ToUpper(param) {
			case "QUOTED-PRINTABLE", "BASE64":
				name = "ENCODING"
			}
		}
		name = strings.ToUpper(strings.TrimSpace(name))
		for v := range strings.SplitSeq(values, ",") {
			p.params[name] = append(p.params[name], strings.Trim(v, `" `))
		}
	}
	p.decode()
	return p, true
}

// colon is where the value begins: the first colon outside quotation marks.
func colon(line string) int {
	quoted := false
	for i := range len(line) {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ':' && !quoted:
			return i
		}
	}
	return -1
}

func (p property) has(param, value string) bool {
	return slices.ContainsFunc(p.params[param], func(v string) bool { return strings.EqualFold(v, value) })
}

// decode takes off the encoding and the character set of vCard 2.1.
func (p *property) decode() {
	switch {
	case p.has("ENCODING", "QUOTED-PRINTABLE"):
		octets, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(p.value)))
		if err == nil {
			p.value = string(octets)
		}
	case p.has("ENCODING", "BASE64"), p.has("ENCODING", "B"):
		octets, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(p.value), ""))
		if err == nil {
			p.value = string(octets)
		}
	}
	if !utf8.ValidString(p.value) {
		p.value = oneByte(p.value, p.has("CHARSET", "ISO-8859-15"))
	}
}

// oneByte reads a value that is no UTF-8: in ISO 8859-1, which Windows-1252 is
// but for signs, or 8859-15.
func oneByte(s string, euro bool) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == 0xA4 && euro, c == 0x80:
			b.WriteRune('€')
		case c == 0x91 || c == 0x92:
			b.WriteRune('’')
		default:
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

// fields divides a value at its semicolons and takes off the escapes.
func fields(value string) (all []string) {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && i+1 < len(value):
			i++
			if value[i] == 'n' || value[i] == 'N' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(value[i])
			}
		case c == ';':
			all = append(all, strings.TrimSpace(b.String()))
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(all, strings.TrimSpace(b.String()))
}
