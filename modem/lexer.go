package modem

import "bytes"

// token is what the lexer finds between two ends.
type token uint8

const (
	nothing  token = iota
	line           // lexer.text holds it, until the next octet
	prompt         // the > that asks for a PDU
	overlong       // a line was thrown away: not AT, or the wrong baud rate
)

// lineMax bounds a line. The longest honest one, a PDU with its service centre, has some 400 octets.
const lineMax = 8192

// lexer cuts what a modem sends into lines and prompts, octet by octet, so that it cannot matter how
// the octets arrive. CR and LF each end a line and empty lines do not count, which makes CR CR LF, LF
// CR and CR alone all the same. NUL, Ctrl-Z and ESC are dropped wherever they stand: the first comes
// before answers of modems waking up, the others from an echo.
type lexer struct {
	awaiting bool // a > at the start of a line is a prompt, not text: TS 27.005, 3.5.1
	text     []byte
	complete bool
	skipping bool
}

func (l *lexer) next(c byte) token {
	if l.complete {
		l.text, l.complete = l.text[:0], false
	}
	switch c {
	case 0, ctrlZ, esc:
		return nothing
	case '\r', '\n':
		return l.end()
	case ' ', '\t':
		if len(l.text) == 0 {
			return nothing
		}
	case '>':
		if l.awaiting && len(l.text) == 0 && !l.skipping {
			return prompt
		}
	}
	return l.add(c)
}

func (l *lexer) end() token {
	if l.skipping {
		l.skipping = false
		return nothing
	}
	l.text = bytes.TrimRight(l.text, " \t")
	if len(l.text) == 0 {
		return nothing
	}
	l.complete = true
	return line
}

func (l *lexer) add(c byte) token {
	if l.skipping {
		return nothing
	}
	l.text = append(l.text, c)
	if len(l.text) < lineMax {
		return nothing
	}
	l.text, l.skipping = l.text[:0], true
	return overlong
}

// glued reports whether a prompt seems to hang on an unfinished line, as in "^RSSI: 12> ". Only silence
// can tell; the engine waits for it and then calls split.
func (l *lexer) glued() bool {
	return l.awaiting && !l.complete && !l.skipping && bytes.HasSuffix(bytes.TrimRight(l.text, " "), []byte(">"))
}

// split ends the unfinished line before its prompt and returns it.
func (l *lexer) split() string {
	text := bytes.TrimRight(bytes.TrimRight(l.text, " "), ">")
	l.text = l.text[:0]
	return string(bytes.TrimRight(text, " "))
}
