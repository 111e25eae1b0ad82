package modem

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"smsbridge/modem/at"
)

// mask stands where something was taken out.
const mask = "***"

var (
	// secretWords open whatever holds a PIN, a PUK or a password; the rest of the line goes, other commands too,
	// for nobody can tell where a mistyped secret ends.
	secretWords = regexp.MustCompile(`(?i)(PIN|PUK|PWD|LCK|CARDLOCK|SPIC|PASSW|AUTH|QICSGP)[^=:?;]*=\s*([^?].*)$`)

	ussdText   = regexp.MustCompile(`(?i)(\+CUSD\s*[:=]\s*\d*\s*,)(.*)$`)
	dialled    = regexp.MustCompile(`(?i)^(\s*AT\s*D[TP]?)(.*[0-9].*)$`)
	personal   = regexp.MustCompile(`(?i)\+(CLIP|CNUM|CPBR|CPBF|CPBW|CMGL|CMGR|CMT|CDS|CMGS|CMGW|CCWA|COLP|CLCC|CNAP|CLCK)\b`)
	quoted     = regexp.MustCompile(`"([^"]*)("|$)`)
	harmless   = regexp.MustCompile(`^(|REC UNREAD|REC READ|STO UNSENT|STO SENT|ALL|SM|ME|MT|SR|SC|\d\d/\d\d/\d\d.*)$`)
	digitRun   = regexp.MustCompile(`\+?[0-9*#]{4,}`)
	cardNumber = regexp.MustCompile(`^[0-9]{14,22}[Ff]?$`)
	longRun    = regexp.MustCompile(`[0-9A-Fa-f]{16,}|\+?[0-9]{7,}`)
)

// Redact returns a line of a conversation as others may see it. PIN, PUK and passwords go, with all that follows
// them; of a PDU the first 8 digits and the length stay, of the number of a card, a subscriber or a device the last
// 4 digits, of a telephone number the last 3; what is said in USSD goes. It looks at one line: a Redactor also
// knows what belongs to the line before.
func Redact(line string) string {
	if at := secretWords.FindStringSubmatchIndex(line); at != nil {
		return redactRest(line[:at[4]]) + mask
	}
	if at := ussdText.FindStringSubmatchIndex(line); at != nil {
		return redactRest(line[:at[3]]) + mask
	}
	if at := dialled.FindStringSubmatchIndex(line); at != nil {
		return line[:at[3]] + tailOf(line[at[4]:at[5]], 3)
	}
	return redactRest(line)
}

func redactRest(line string) string {
	named := personal.MatchString(line)
	line = quoted.ReplaceAllStringFunc(line, func(s string) string {
		inner := strings.Trim(s, `"`)
		switch {
		case digitRun.FindString(inner) == inner && inner != "":
			inner = redactNumber(inner)
		case named && !harmless.MatchString(inner):
			inner = mask
		default:
			return s
		}
		return `"` + inner + s[len(strings.TrimRight(s, `"`)):]
	})
	return longRun.ReplaceAllStringFunc(line, redactRun)
}

// redactRun takes a PDU, or a number without quotes.
func redactRun(s string) string {
	if len(s) < 16 || cardNumber.MatchString(s) {
		return redactNumber(s)
	}
	return fmt.Sprintf("%s(%d digits)", s[:8], len(s))
}

// redactNumber keeps 4 digits of what is as long as an IMSI, 3 of what is as long as a telephone number.
func redactNumber(s string) string {
	if len(s) >= 14 && s[0] != '+' {
		return tailOf(s, 4)
	}
	return tailOf(s, 3)
}

func tailOf(s string, n int) string {
	s = strings.TrimRight(s, "; ")
	if len(s) <= n {
		return mask
	}
	return mask + s[len(s)-n:]
}

// Redactor is an io.Writer for Options.Transcript. It puts the octets of each side together to whole lines, for a
// secret may come in two pieces, and writes them redacted: what Redact does, and also texts that follow their
// header on lines of their own. It is written to by one goroutine at a time, as the transcript does.
type Redactor struct {
	w    io.Writer
	said side
	came side
}

// NewRedactor returns a Redactor that writes to w, one line with its time and direction per Write.
func NewRedactor(w io.Writer) *Redactor { return &Redactor{w: w} }

// side is one direction of the conversation.
type side struct {
	line []byte
	open bool // a string is not closed yet
	body bool // a PDU or text is due
	list bool // and perhaps more of them
}

// Write takes one line of a transcript: the time, > or <, and a quoted string.
func (r *Redactor) Write(p []byte) (int, error) {
	stamp, rest, _ := strings.Cut(strings.TrimSuffix(string(p), "\n"), " ")
	mark, literal, _ := strings.Cut(rest, " ")
	octets, err := strconv.Unquote(literal)
	if err != nil {
		return len(p), nil // not ours: better silent than open
	}
	from := &r.came
	if mark == ">" {
		from = &r.said
	}
	for i := range len(octets) {
		switch c := octets[i]; c {
		case '\r', '\n', ctrlZ:
			if err := r.flush(from, stamp, mark); err != nil {
				return 0, err
			}
		case 0, esc:
		default:
			if len(from.line) < lineMax {
				from.line = append(from.line, c)
			}
		}
	}
	return len(p), nil
}

func (r *Redactor) flush(from *side, stamp, mark string) error {
	text := strings.TrimSpace(string(from.line))
	from.line = from.line[:0]
	if text == "" {
		return nil
	}
	_, err := io.WriteString(r.w, stamp+" "+mark+" "+from.redact(text)+"\n")
	return err
}

// bodies are the headers that a PDU or a text follows.
var bodies = regexp.MustCompile(`^[> ]*\+(CMGL|CMGR|CMT|CDS|CBM):`)

func (s *side) redact(text string) string {
	if s.open {
		s.open = !open(text)
		return mask
	}
	if _, final := at.ParseResult(text); final {
		s.body = false
		return text
	}
	if bodies.MatchString(text) {
		s.body, s.list = true, strings.Contains(text, "+CMG")
		return Redact(text)
	}
	if s.body && !isHex(text) {
		return fmt.Sprintf("(text of %d octets)", len(text))
	}
	s.body = s.body && s.list
	if strings.Contains(strings.ToUpper(text), "+CUSD") {
		s.open = open(text)
	}
	return Redact(text)
}
