package modem

import (
	"context"
	"strings"
	"time"

	"smsbridge/modem/at"
)

// shape says how the answer to a command looks, so that another's answer is known for what it is.
type shape struct {
	prefix string               // information lines open with it and a colon
	also   []string             // other prefixes some makers use
	bare   func(string) bool    // or they have none, and look like this
	fits   func(at.Params) bool // tells the answer from a URC of the same prefix
	need   bool                 // an OK without information is not this command's
	pdus   bool                 // each information line is followed by a PDU
	whole  bool                 // names of commands without a colon are part of it, as in +CLAC
}

// owns reports whether the line has the shape's prefix and the form of an answer.
func (s *shape) owns(text string) bool {
	for _, p := range s.also {
		if hasPrefix(text, p) {
			return true
		}
	}
	if s.whole && extendedName(text) {
		return true
	}
	if s.prefix == "" || !hasPrefix(text, s.prefix) {
		return false
	}
	return s.fits == nil || s.fits(at.ParseParams(payload(text)))
}

// extendedName reports whether the line is the name of a command and nothing else.
func extendedName(text string) bool {
	list, err := at.ParseCommand("AT" + text)
	return !isName(text) && err == nil && len(list) == 1 && list[0].Op == at.Execute && list[0].Name == text && len(text) > 2
}

// hasPrefix takes = for the colon as well: phonesim answers "+CSMS=(0)".
func hasPrefix(text, prefix string) bool {
	return len(text) > len(prefix) && text[:len(prefix)] == prefix &&
		(text[len(prefix)] == ':' || text[len(prefix)] == '=')
}

// payload returns what follows the prefix of an information line.
func payload(text string) string {
	if i := strings.IndexAny(text, ":="); i >= 0 {
		return strings.TrimSpace(text[i+1:])
	}
	return strings.TrimSpace(text)
}

// phase says how far a call has come.
type phase uint8

const (
	answering phase = iota // the command is out, its final result is due
	prompting              // the command is out, its prompt is due
	asking                 // the prompt is here, the caller is being told
	sent                   // PDU and Ctrl-Z are out, the final result is due
)

// call is one command on its way. The caller fills in the upper half and waits for reply; the rest is
// the engine's.
type call struct {
	ctx   context.Context
	text  string // without AT
	label string // what to call it in errors and logs, if text is a secret or too long
	shape shape
	limit time.Duration // from the command (Submit: from Ctrl-Z) to the final result
	reply chan answer   // of one place, so that the engine never waits

	pdu      string
	prompted chan struct{} // closed when the prompt is here, nil if the caller need not be told
	release  chan error    // and what the caller has to say about it, of one place

	console bool     // typed by a person: a prompt it opens is left, lines without prefix are its answer
	dials   bool     // results about a telephone call end it, and a character aborts it
	probe   bool     // bare AT: silence proves nothing yet, and a numeric result is a result
	barrier []string // only an answer with these prefixes ends it; earlier finals are the past's
	ussd    chan<- Event

	aborts   int // characters that were sent to abort it
	phase    phase
	info     []string
	pairs    []pair
	size     int  // octets of both
	flooded  bool // there was more
	mr       int
	credited bool     // +CMGS came, mr is valid
	numeric  bool     // the final result was a digit
	foreign  []string // lines that were nobody's
	gone     *at.Result
	final    at.Result // zero if there was none
	answered bool
}

// pair is an information line and the PDU that followed it.
type pair struct{ header, pdu string }

// answer is what a caller gets.
type answer struct {
	info    []string
	pairs   []pair // without an error only: the engine may not have done with them
	mr      int
	numeric bool
	final   at.Result
	err     error
}

func newCall(ctx context.Context, text string, s shape, limit time.Duration) *call {
	return &call{ctx: ctx, text: text, shape: s, limit: limit, reply: make(chan answer, 1)}
}

func (c *call) name() string {
	switch {
	case c.label != "":
		return c.label
	case c.text == "":
		return "AT"
	case len(c.text) > 40:
		return c.text[:40] + "..."
	}
	return c.text
}

// finish replies, once; later replies find nobody.
func (c *call) finish(err error) {
	if c.answered {
		return
	}
	c.answered = true
	a := answer{info: c.info, mr: c.mr, numeric: c.numeric, final: c.final, err: err}
	if err == nil {
		a.pairs = c.pairs
	}
	c.reply <- a
}

// calls reports whether results about a telephone call can end the command.
func (c *call) calls() bool {
	return c.dials || strings.HasPrefix(c.text, "D") || c.text == "A" || strings.HasPrefix(c.text, "H") ||
		strings.HasPrefix(c.text, "+CHUP")
}

// take keeps the line if it is part of the answer.
func (c *call) take(text string) bool {
	if c.shape.pdus && c.takePDU(text) {
		return true
	}
	if c.shape.owns(text) {
		c.keep(text)
		return true
	}
	return false
}

// infoMax bounds what is kept of one answer: a list of 10,000 messages.
const infoMax = 4 << 20

// keep adds an information line and reports whether there was room.
func (c *call) keep(text string) bool {
	if c.size+len(text) > infoMax {
		c.flooded = true
		return false
	}
	c.size += len(text)
	c.info = append(c.info, text)
	return true
}

// takeBare keeps a line without prefix. It is asked after the URCs.
func (c *call) takeBare(text string) bool {
	if c.shape.bare == nil || !c.shape.bare(text) {
		return false
	}
	c.keep(text)
	return true
}

// takePDU keeps headers and PDUs. Some modems glue a header to the PDU before it, or to other text
// (gammu's at-sms.c knows both).
func (c *call) takePDU(text string) bool {
	i := strings.Index(text, c.shape.prefix+":")
	if i < 0 {
		return c.takeHex(text)
	}
	c.takeHex(strings.TrimSpace(text[:i]))
	header := text[i:]
	if c.keep(header) {
		c.pairs = append(c.pairs, pair{header: header})
	}
	return true
}

func (c *call) takeHex(text string) bool {
	last := len(c.pairs) - 1
	if last < 0 || c.pairs[last].pdu != "" || !isHex(text) {
		return false
	}
	if c.size+len(text) > infoMax {
		c.flooded = true
		return true
	}
	c.size += len(text)
	c.pairs[last].pdu = strings.ToUpper(text)
	return true
}

// wants reports whether the line is the PDU this call waits for.
func (c *call) wants(text string) bool {
	last := len(c.pairs) - 1
	if last < 0 || c.pairs[last].pdu != "" {
		return false
	}
	fields := at.ParseParams(payload(c.pairs[last].header))
	length, ok := fields.Int(len(fields) - 1)
	return ok && measures(text, length)
}

// measures reports whether the hexadecimal text is a service centre address and a TPDU of that many
// octets.
func measures(text string, length int) bool {
	if !isHex(text) {
		return false
	}
	centre := unhex(text[0])<<4 | unhex(text[1])
	return len(text) == 2*(1+centre+length)
}

func unhex(c byte) int {
	if c >= 'A' {
		return int(c|0x20-'a') + 10
	}
	return int(c - '0')
}

// echoes reports whether the line is what we have said ourselves, or a piece of it.
func (c *call) echoes(text string) bool {
	if len(text) > 2 && text[:2] == "AT" && text[2:] == c.text || text == "AT" && c.text == "" {
		return true
	}
	return c.phase == sent && len(text) >= 4 && strings.Contains(c.pdu, text)
}
