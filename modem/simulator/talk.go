package simulator

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"smsbridge/modem/at"
)

const (
	lineMax = 2048 // octets of a command line; a longer one is an ERROR
	textMax = 2048 // octets at a prompt; a longer PDU is refused

	ctrlZ     = 0x1A
	escape    = 0x1B
	backspace = 0x08
)

// talk is the conversation on one opening of a port: command lines in, answers out, one at a time. What
// the terminal says meanwhile waits.
type talk struct {
	m *Modem
	p *port

	line   []byte
	echoed []byte // heard, not echoed yet
	first  bool   // the next octet is the first at the prompt

	starts int // restarts of the modem that this conversation knows of

	prompt func(text string) reply // not nil while a prompt is open
	asked  string                  // the command that opened it
	before []string                // lines of commands earlier in its line
	text   []byte
}

// reply is what becomes of one command. The zero value is OK without a word.
type reply struct {
	lines  []string
	failed *at.Result              // the final result if it is not OK
	prompt func(text string) reply // asks for a PDU instead of a final result
	mute   bool                    // nothing is answered
	end    string                  // how its lines end; default CR LF
	delay  time.Duration           // how much later it comes

	blocks     bool   // the final result comes by talk.ends, and any octet before it aborts
	unfinished bool   // there is no final result
	after      func() // done under the lock once the final result has left
}

// converse runs a conversation until its port is gone.
func (m *Modem) converse(p *port) {
	defer close(p.done)
	defer m.left(p)
	t := &talk{m: m, p: p}
	t.hears()
	for {
		b, ok := p.next()
		if !ok {
			return
		}
		if !t.hears() {
			continue
		}
		for _, c := range b {
			t.octet(c)
		}
		t.echo()
	}
}

// hears reports whether the modem listens. After a restart and while a fault has it hear nothing, what
// was begun is forgotten.
func (t *talk) hears() bool {
	n := t.m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	silent := t.m.faults.silent()
	if silent || t.starts != t.m.starts {
		t.starts = t.m.starts
		t.line, t.echoed = t.line[:0], t.echoed[:0]
		t.close()
	}
	return !silent
}

func (t *talk) octet(c byte) {
	if t.aborts() {
		return
	}
	t.echoed = append(t.echoed, c)
	switch {
	case t.prompt != nil:
		t.atPrompt(c)
	case c == '\r':
		line := string(t.line)
		t.line = t.line[:0]
		t.echo()
		t.command(line)
	case c == backspace && len(t.line) > 0:
		t.line = t.line[:len(t.line)-1]
	case c < ' ' || c > '~': // V.250, 5.2.2: control characters are none of ours
	case len(t.line) <= lineMax:
		t.line = append(t.line, c)
	}
}

// aborts reports whether an ATD waited for its end, which the octet has brought: V.250, 5.6.1.
func (t *talk) aborts() bool {
	n := t.m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if t.m.dialling != t {
		return false
	}
	t.m.hangUp("here")
	t.ends(at.Result{Kind: at.NoCarrier, Code: -1})
	return true
}

// ends gives the final result that was waited for; the lock is held.
func (t *talk) ends(r at.Result) {
	if !t.m.has(t.p) || t.m.starts != t.starts {
		return
	}
	if r.Kind == at.OK {
		t.say("D", nil, reply{})
		return
	}
	t.say("D", nil, reply{failed: &r})
}

func (t *talk) atPrompt(c byte) {
	first := t.first
	t.first = false
	switch {
	case c == ctrlZ:
		t.echoed = t.echoed[:len(t.echoed)-1]
		t.submit()
	case c == escape:
		t.echoed = t.echoed[:len(t.echoed)-1]
		t.echo()
		t.closePrompt()
		t.finish(t.asked, t.before, reply{})
	case c == '\n' && first: // it ended the command line
	case len(t.text) <= textMax:
		t.text = append(t.text, c)
	}
}

// echo gives back what was heard, if ATE says so.
func (t *talk) echo() {
	if len(t.echoed) == 0 {
		return
	}
	n := t.m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if t.m.echo && t.m.has(t.p) {
		t.emit(t.echoed)
	}
	t.echoed = t.echoed[:0]
}

// command runs a line. A line without AT is not for a modem and is not answered.
func (t *talk) command(line string) {
	i := strings.Index(strings.ToUpper(line), "AT")
	if i < 0 {
		return
	}
	list, err := at.ParseCommand(line[i:])
	if err != nil || len(line) > lineMax {
		t.finish("", nil, refuse())
		return
	}
	if t.stuck(list) {
		return
	}
	var lines []string
	var after []func()
	last, r := "", reply{}
	for i, c := range list {
		last, r = c.Name, t.run(c)
		lines = append(lines, r.lines...)
		if r.after != nil {
			after = append(after, r.after)
		}
		if r.blocks {
			return
		}
		if r.prompt != nil && i < len(list)-1 {
			r = refuse()
		}
		if r.failed != nil || r.prompt != nil || r.mute {
			break
		}
	}
	if r.prompt != nil {
		t.open(last, lines, r)
		return
	}
	if t.m.overheard != nil {
		t.m.overheard(line[i:], r.failed)
	}
	r.after = func() {
		for _, f := range after {
			f()
		}
	}
	t.finish(last, lines, r)
}

// stuck reports whether a fault has the modem pass over the line in silence.
func (t *talk) stuck(list []at.Command) bool {
	n := t.m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	return t.m.faults.passes(slices.ContainsFunc(list, t.m.resets))
}

// run runs one command, unless the modem is gone meanwhile.
func (t *talk) run(c at.Command) reply {
	n := t.m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if !t.m.has(t.p) {
		return reply{mute: true}
	}
	r := t.m.run(c)
	if r.blocks {
		t.m.dialling = t
	}
	return r
}

// open shows the prompt of a command that wants a PDU.
func (t *talk) open(name string, lines []string, r reply) {
	m, n := t.m, t.m.network
	n.mu.Lock()
	never := m.faults.take(NoPrompt, name) != nil
	late := m.faults.take(LatePrompt, name)
	n.mu.Unlock()
	if never {
		return
	}
	if !t.p.wait(m.options.Latency) || late != nil && !t.p.wait(late.Delay) {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if !m.has(t.p) {
		return
	}
	t.prompt, t.asked, t.before, t.text, t.first = r.prompt, name, lines, t.text[:0], true
	m.busy = m.busy || m.port == t.p
	t.emit([]byte("\r\n> "))
}

// submit runs the command that had asked for a PDU.
func (t *talk) submit() {
	t.echo()
	m, n := t.m, t.m.network
	n.mu.Lock()
	if !m.has(t.p) {
		n.mu.Unlock()
		return
	}
	r := t.prompt(string(t.text))
	t.close()
	n.mu.Unlock()
	t.finish(t.asked, append(t.before, r.lines...), r)
}

func (t *talk) closePrompt() {
	t.m.network.mu.Lock()
	defer t.m.network.mu.Unlock()
	t.close()
}

// close forgets the prompt and sends the URCs that stood back for it; the lock is held.
func (t *talk) close() {
	t.prompt = nil
	t.text = t.text[:0]
	if t.m.port == t.p {
		t.m.busy = false
		t.m.release()
	}
}

// finish answers: in time, late or never, as the faults have it.
func (t *talk) finish(name string, lines []string, r reply) {
	m, n := t.m, t.m.network
	n.mu.Lock()
	lost := m.faults.take(LoseFinal, name) != nil
	late := m.faults.take(LateFinal, name)
	n.mu.Unlock()
	there := t.p.wait(m.options.Latency + r.delay)
	if late != nil && there {
		there = t.p.wait(late.Delay)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if there && !lost && !r.mute && m.has(t.p) && m.starts == t.starts {
		t.say(name, lines, r)
	}
	if r.after != nil {
		r.after()
	}
}

// say writes the answer at once, information and final result together.
func (t *talk) say(name string, lines []string, r reply) {
	var b bytes.Buffer
	if len(lines) > 0 {
		b.WriteString(t.m.info(lines, cmp.Or(r.end, "\r\n")))
	}
	for _, text := range t.m.faults.inside(name) {
		b.WriteString("\r\n" + text + "\r\n")
	}
	if !r.unfinished {
		b.WriteString(t.m.final(r.failed))
	}
	t.emit(b.Bytes())
}

// emit sends octets to the terminal that is talked with; URCs go to the first port alone.
func (t *talk) emit(b []byte) {
	if !t.m.faults.dumbstruck() {
		t.p.emit(b)
	}
}

func (m *Modem) info(lines []string, end string) string {
	text := strings.Join(lines, end) + end
	if m.numeric {
		return text
	}
	return "\r\n" + text
}

// final renders a final result: V.250, 5.7.1.
func (m *Modem) final(r *at.Result) string {
	word := "OK"
	if r != nil {
		word = m.word(*r)
	}
	digit := map[string]string{"OK": "0", "NO CARRIER": "3", "ERROR": "4", "BUSY": "7", "NO ANSWER": "8"}[word]
	switch {
	case m.quiet:
		return ""
	case m.numeric && digit != "":
		return digit + "\r"
	}
	return "\r\n" + word + "\r\n"
}

// word renders an error as +CMEE wants it. The codes of +CMS ERROR are not +CMEE's to hide.
func (m *Modem) word(r at.Result) string {
	switch {
	case r.Kind == at.CME && m.cmee == 0:
		return "ERROR"
	case r.Kind == at.CME && m.cmee == 2:
		r.Text = at.CMEText(r.Code)
	case r.Kind == at.CMS && m.cmee == 2:
		r.Text = at.CMSText(r.Code)
	}
	if r.Text == "" && (r.Kind == at.CME || r.Kind == at.CMS) {
		r.Text = strconv.Itoa(r.Code)
	}
	return r.String()
}

// refuse is a plain ERROR, cme and cms are the two with a code.
func refuse() reply { return reply{failed: &at.Result{Kind: at.ERROR, Code: -1}} }

func cme(code int) reply { return reply{failed: &at.Result{Kind: at.CME, Code: code}} }

func cms(code int) reply { return reply{failed: &at.Result{Kind: at.CMS, Code: code}} }

// tell is OK after some information lines.
func tell(lines ...string) reply { return reply{lines: lines} }
