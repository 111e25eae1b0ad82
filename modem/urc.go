package modem

import (
	"maps"
	"strings"

	"smsbridge/modem/at"
)

// tail is the PDU line that must follow a URC.
type tail struct {
	event Event
	head  string
}

// quote is a URC whose string is not closed yet: USSD menus have several lines.
type quote struct {
	event Event
	lines int
}

// quoteMax bounds the lines of one string; its octets have the bound of a line.
const quoteMax = 32

func (e *engine) emit(ev Event) {
	if ev.At.IsZero() {
		ev.At = e.now
	}
	if ev.Kind == USSD {
		e.replied(ev)
	}
	e.events.put(ev)
}

// replied is a USSD reply, asked for or not: it opens a menu or ends the session.
func (e *engine) replied(ev Event) {
	e.menu.Store(0)
	if number(at.ParseParams(ev.Text), 0, -1) == 1 {
		e.menu.Store(ev.At.UnixNano())
	}
	if e.ussd == nil {
		return
	}
	select {
	case e.ussd <- ev:
	default:
	}
	e.ussd = nil
	if c := e.cur; c != nil && c.ussd != nil {
		e.timer.Reset(finalTime)
	}
}

// line sorts what the modem said. The order is the point: what must follow a URC comes first, then what
// belongs to the command by its prefix, then URCs, and only then what belongs to it by its looks.
func (e *engine) line(text string) {
	e.log.Debug("hear", "line", shorten{text})
	if e.takeTail(text) || e.takeQuote(text) {
		return
	}
	text = strings.TrimLeft(text, "> ") // a prompt nobody awaits any more
	c := e.cur
	switch {
	case text == "", c != nil && c.echoes(text):
		return
	case hasPrefix(text, "+CMGS"):
		e.credit(text)
		return
	}
	if r, ok := e.result(text); ok {
		e.final(r)
		return
	}
	if c != nil && c.take(text) || e.urc(text) || c != nil && c.takeBare(text) {
		return
	}
	e.unknown(text)
}

// result reads a line as a final result for the command that is out.
func (e *engine) result(text string) (at.Result, bool) {
	r, ok := at.ParseResult(text)
	c := e.cur
	if !ok && c != nil && c.probe {
		r, ok = at.ParseNumeric(text)
		c.numeric = c.numeric || ok
		return r, ok
	}
	switch r.Kind {
	case at.NoCarrier, at.Busy, at.NoAnswer, at.NoDialtone, at.Connect:
		return r, c != nil && c.calls()
	}
	return r, ok
}

// takeTail takes the line after +CDS or +CMT. A line that cannot be it is left to others, and the PDU
// counts as missed.
func (e *engine) takeTail(text string) bool {
	t := e.tail
	if t == nil {
		return false
	}
	e.tail = nil
	ours := isHex(text)
	if ours && e.cur != nil && e.cur.wants(text) {
		ours = measures(text, t.event.Length)
	}
	if !ours {
		e.log.Warn("a URC without its PDU", "line", t.head)
		e.emit(Event{Kind: Sweep, Text: t.head})
		return false
	}
	t.event.PDU, t.event.At = strings.ToUpper(text), e.now
	e.emit(t.event)
	return true
}

// takeQuote takes the further lines of a string. A final result while a command is out ends a string that
// was never closed.
func (e *engine) takeQuote(text string) bool {
	q := e.quote
	if q == nil {
		return false
	}
	if _, known := urcs[word(text)]; known {
		return false
	}
	if _, final := at.ParseResult(text); final && e.cur != nil {
		e.endQuote()
		return false
	}
	q.event.Text += "\n" + text
	q.lines++
	if open(text) || q.lines == quoteMax || len(q.event.Text) > lineMax {
		e.endQuote()
	}
	return true
}

func (e *engine) endQuote() {
	ev := e.quote.event
	e.quote = nil
	ev.At = e.now
	e.emit(ev)
	e.await()
}

// open reports whether a string begun in the text, or before it, changes sides.
func open(text string) bool { return strings.Count(text, `"`)%2 == 1 }

// word is what URCs are known by: all before the colon.
func word(text string) string {
	w, _, _ := strings.Cut(text, ":")
	return strings.TrimSpace(w)
}

// urc takes a line that the modem may say at any time.
func (e *engine) urc(text string) bool {
	take, ok := urcs[word(text)]
	if !ok && (strings.Contains(text, "POWER DOWN") || strings.Contains(text, "POWERED DOWN")) {
		take, ok = (*engine).banner, true
	}
	if ok {
		take(e, text)
	}
	return ok
}

var urcs map[string]func(e *engine, text string)

func init() {
	urcs = map[string]func(e *engine, text string){
		"+CMTI": stored(Arrived), "+CDSI": stored(ReportStored),
		"+CMT": withPDU(Direct), "+CDS": withPDU(Report), "+CBM": withPDU(Other),
		"+CREG": (*engine).registration, "+CGREG": (*engine).registration, "+CEREG": (*engine).registration,
		"+CUSD":     (*engine).heardUSSD,
		"+SMS FULL": plain(StoreFull), "SMS FULL": plain(StoreFull), "^SMMEMFULL": plain(StoreFull),
		"%SMSFULL": plain(StoreFull), "*SMSFULL": plain(StoreFull), "+CIEV": (*engine).indicator,
		"+QIND": (*engine).indicator,
	}
	several := func(take func(*engine, string), words ...string) {
		for _, w := range words {
			urcs[w] = take
		}
	}
	several(plain(Signal), "+CSQ", "+CESQ", "+QCSQ", "^RSSI", "^HCSQ", "^LWURC")
	maps.Copy(urcs, callURCs)
	for w, state := range cardURCs {
		urcs[w] = card(state)
	}
	several((*engine).banner, "RDY", "APP RDY", "^SYSSTART", "*ATREADY", "+AT", "^SHUTDOWN")
	several((*engine).lateBanner, "SMS DONE", "PB DONE", "SMS Ready", "SMS READY", "Call Ready", "CALL READY",
		"+PBREADY", "+CFUN")
	several(func(*engine, string) {}, // told often, of no use
		"^DSFLOWRPT", "^MODE", "^SRVST", "^STIN", "^NWTIME", "+CNSMOD", "*PSUTTZ", "+NITZ", "+CTZV", "+CTZE",
		"DST")
}

func plain(k Kind) func(*engine, string) {
	return func(e *engine, text string) { e.emit(Event{Kind: k, Text: text}) }
}

// stored is +CMTI and +CDSI: TS 27.005, 3.4.1. A SIM7000 was seen to send "+CMTI: ,-1".
func stored(k Kind) func(*engine, string) {
	return func(e *engine, text string) {
		p := at.ParseParams(payload(text))
		index, ok := p.Int(1)
		if !ok || index < 0 || p.Text(0) == "" {
			e.emit(Event{Kind: Sweep, Text: text})
			return
		}
		e.emit(Event{Kind: k, Memory: p.Text(0), Index: index})
	}
}

// withPDU is a URC with a line to follow. The length is the last field in PDU mode; if it is no number,
// the modem has fallen back to text mode and the sweep, which sets the mode, must look.
func withPDU(k Kind) func(*engine, string) {
	return func(e *engine, text string) {
		p := at.ParseParams(payload(text))
		length, ok := p.Int(len(p) - 1)
		if !ok || length < 0 {
			e.emit(Event{Kind: Sweep, Text: text})
			return
		}
		e.tail = &tail{Event{Kind: k, Length: length}, text}
	}
}

func (e *engine) registration(text string) {
	e.emit(Event{Kind: Registration, Text: text, State: parseRegistration(at.ParseParams(payload(text)))})
}

// heardUSSD is +CUSD: TS 27.007, 7.15.
func (e *engine) heardUSSD(text string) {
	ev := Event{Kind: USSD, Text: payload(text), At: e.now}
	if open(text) {
		e.quote = &quote{event: ev}
		e.await() // a > may begin a line of the menu
		return
	}
	e.emit(ev)
}

func (e *engine) indicator(text string) {
	switch {
	case strings.Contains(text, "SMSFULL"):
		e.emit(Event{Kind: StoreFull, Text: text})
	case strings.Contains(text, "DONE"):
		e.lateBanner(text)
	case strings.Contains(text, "sim"):
		card(cardIndicator)(e, text)
	default:
		e.unknown(text)
	}
}

// banner is what a modem says first of all.
func (e *engine) banner(text string) {
	e.log.Warn("the modem restarted", "line", text)
	e.emit(Event{Kind: Restarted, Text: text})
	if c := e.cur; c != nil && e.ready.Load() && c.barrier == nil { // no answer will come
		e.fail(c, failure(c, ErrRestarted))
		e.doubt(c, graceTime)
	}
}

// lateBanner is what a modem says when it is nearly up, which may well be after we have come.
func (e *engine) lateBanner(text string) {
	if e.ready.Load() {
		e.log.Warn("the modem restarted", "line", text)
		e.emit(Event{Kind: Restarted, Text: text})
	}
}

// unknown is a line nobody claims.
func (e *engine) unknown(text string) {
	if c := e.cur; c != nil && len(c.foreign) < 8 {
		c.foreign = append(c.foreign, text)
	}
	if !strings.ContainsAny(text[:1], "+^*$#%!") || strings.HasPrefix(text, "$G") { // $GPGGA and such: NMEA
		e.log.Debug("a line nobody knows", "line", shorten{text})
		return
	}
	e.log.Info("an unknown URC", "line", shorten{text})
	e.emit(Event{Kind: Other, Text: text})
}
