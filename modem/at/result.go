package at

import (
	"strconv"
	"strings"
)

// Kind tells final results apart.
type Kind uint8

const (
	OK          Kind = iota + 1
	ERROR            // without a reason
	CME              // +CME ERROR: TS 27.007, 9.2
	CMS              // +CMS ERROR: TS 27.005, 3.2.5
	NoCarrier        // V.250, 5.7.1, as the next four
	Busy             //
	NoAnswer         //
	NoDialtone       //
	Connect          //
	Unsupported      // COMMAND NOT SUPPORT and its kin, which some makers send in place of ERROR
	Aborted          // the modem gave up a command because a character came
)

// Result is a final result: the line that ends the answer to a command line.
type Result struct {
	Kind Kind
	Code int    // the number of CME and CMS, from its text if need be; -1 if there is none
	Text string // what followed the word, as the modem wrote it; of Unsupported, all of it
}

var words = map[string]Kind{
	"OK": OK, "ERROR": ERROR,
	"NO CARRIER": NoCarrier, "BUSY": Busy, "NO ANSWER": NoAnswer,
	"NO DIALTONE": NoDialtone, "NO DIAL TONE": NoDialtone, "CONNECT": Connect,
	"COMMAND NOT SUPPORT": Unsupported, "COMMAND NOT SUPPORTED": Unsupported,
	"NA": Unsupported, "TOO MANY PARAMETERS": Unsupported,
	"ABORTED": Aborted, "ABORT": Aborted,
}

// openings are results that say more on the same line.
var openings = []struct {
	prefix string
	kind   Kind
}{
	{"+CME ERROR", CME},
	{"+CMS ERROR", CMS},
	{"ERROR:", ERROR},
	{"MODEM ERROR", ERROR},
	{"CONNECT", Connect},
}

// ParseResult reads a line as a final result and says whether it is one. Blanks at both ends do not
// matter, nor does a missing colon or a code in words.
func ParseResult(line string) (Result, bool) {
	line = strings.Trim(line, " \t\x00\r\n")
	if kind, ok := words[line]; ok {
		r := Result{Kind: kind, Code: -1}
		if kind == Unsupported {
			r.Text = line
		}
		return r, true
	}
	for _, o := range openings {
		if text, ok := strings.CutPrefix(line, o.prefix); ok && separated(text) {
			text = strings.TrimLeft(text, ": ")
			return Result{o.kind, code(o.kind, text), text}, true
		}
	}
	return Result{}, false
}

// separated reports whether the word before text ended where it seemed to.
func separated(text string) bool {
	return text == "" || !letter(text[0]) || strings.HasPrefix(text, " ")
}

// code finds the number of an error. Of the codes that share a name it is the lowest.
func code(k Kind, text string) int {
	names := map[Kind]map[int]string{CME: cmeNames, CMS: cmsNames}[k]
	if names == nil {
		return -1
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return n
	}
	found := -1
	for n, name := range names {
		if strings.EqualFold(name, text) && (found < 0 || n < found) {
			found = n
		}
	}
	return found
}

// ParseNumeric reads the short form of a final result, sent after ATV0 (V.250, 6.2.6). It stands apart
// from ParseResult because a lone digit is also a fine answer to a question.
func ParseNumeric(line string) (Result, bool) {
	kind, ok := map[string]Kind{
		"0": OK, "1": Connect, "3": NoCarrier, "4": ERROR, "6": NoDialtone, "7": Busy, "8": NoAnswer,
	}[strings.TrimSpace(line)]
	return Result{Kind: kind, Code: -1}, ok
}

// String returns the line a modem sends.
func (r Result) String() string {
	switch r.Kind {
	case OK:
		return "OK"
	case CME, CMS:
		text := r.Text
		if text == "" {
			text = strconv.Itoa(r.Code)
		}
		return map[Kind]string{CME: "+CME ERROR: ", CMS: "+CMS ERROR: "}[r.Kind] + text
	case NoCarrier:
		return "NO CARRIER"
	case Busy:
		return "BUSY"
	case NoAnswer:
		return "NO ANSWER"
	case NoDialtone:
		return "NO DIALTONE"
	case Connect:
		return strings.TrimSpace("CONNECT " + r.Text)
	case Unsupported:
		if r.Text != "" {
			return r.Text
		}
		return "COMMAND NOT SUPPORT"
	case Aborted:
		return "ABORTED"
	}
	return "ERROR"
}
