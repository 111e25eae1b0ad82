package simulator

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"smsbridge/modem/at"
)

// ringPeriod is how far apart two rings are in most networks.
const ringPeriod = 5 * time.Second

// callsMax bounds the calls a modem remembers.
const callsMax = 1000

// Voice are the lines a family adds to RING, +CLIP and NO CARRIER. Placeholders: {call} {way} (0 out, 1 in)
// {from} (the other number) {toa} {seconds} {hhmmss} {clock}.
type Voice struct {
	Offered   []string // with the first ring
	Dialing   []string
	Alerting  []string
	Connected []string
	Over      []string // whoever ended it
	Ends      []string // the other side ended it; default NO CARRIER
	Missed    []string // it was never answered
	Enable    string   // none of them comes before this command has set 1
}

func (v Voice) over(below Voice) Voice {
	if v.Ends == nil {
		v.Ends = below.Ends
	}
	return v
}

// Incoming is a call to a modem.
type Incoming struct {
	From     string        // who calls
	Withheld bool          // and does not show it
	Rings    int           // default 3; then the caller gives up
	Every    time.Duration // from ring to ring; default 5 s
	Hold     time.Duration // after an answer the caller hangs up this much later; default never
}

// Conduct is how a handset treats a call. The zero value is not there: NO CARRIER at once.
type Conduct struct {
	Answer string        // answer, busy, no-answer, no-carrier
	After  time.Duration // when; at once it is the final result of ATD, later a line of its own
	Hold   time.Duration // after an answer it hangs up this much later; default never

	// Blocks has the modem give the final result of ATD no sooner, as many do that do not say OK at once; an octet
	// that it hears meanwhile aborts: V.250, 5.6.1.
	Blocks bool
}

// Call is a call as a modem remembers it.
type Call struct {
	Number   string    `json:"number"` // empty if withheld
	Dir      string    `json:"dir"`    // in, out
	State    string    `json:"state"`  // ringing, dialing, active, ended
	Rings    int       `json:"rings,omitempty"`
	Tones    string    `json:"tones,omitempty"`
	Answered bool      `json:"answered"`
	End      string    `json:"end,omitempty"` // here, there, busy, no-answer, no-carrier, unplugged, restart, sim removed
	Began    time.Time `json:"began"`
	Ended    time.Time `json:"ended,omitzero"`
}

// talking is the call that is under way.
type talking struct {
	*Call
	hold     time.Duration
	answered time.Time
}

// Ring calls the modem. It returns at once; the error says why nobody hears it.
func (m *Modem) Ring(x Incoming) error {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case m.call != nil:
		return errors.New("call: the modem has one already")
	case !m.reachable() || !m.coverage.attached():
		return fmt.Errorf("call: the modem is %s, coverage %s", m.state(), m.coverage)
	case x.Rings < 0 || x.Every < 0 || x.Hold < 0:
		return errors.New("rings, every, hold: none may be below 0")
	}
	if x.Withheld {
		x.From = ""
	}
	c := m.begin("in", tidy(x.From), x.Hold)
	m.tellCall(m.family.Voice.Offered)
	m.ring(c, cmp.Or(x.Rings, 3), cmp.Or(x.Every, ringPeriod))
	return nil
}

// Calls returns the calls the modem remembers, oldest first.
func (m *Modem) Calls() []Call {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	list := make([]Call, len(m.calls))
	for i, c := range m.calls {
		list[i] = *c
	}
	return list
}

// Treat sets how the handset treats calls from now on.
func (h *Handset) Treat(c Conduct) error {
	answers := []string{"", "answer", "busy", "no-answer", "no-carrier"}
	if !slices.Contains(answers, c.Answer) {
		return fmt.Errorf("answer: there is no %q; there are %s", c.Answer, strings.Join(answers[1:], ", "))
	}
	n := h.network
	n.mu.Lock()
	defer n.mu.Unlock()
	h.conduct = c
	return nil
}

func (m *Modem) begin(dir, number string, hold time.Duration) *talking {
	state := "dialing"
	if dir == "in" {
		state = "ringing"
	}
	c := &talking{Call: &Call{Number: number, Dir: dir, State: state, Began: time.Now()}, hold: hold}
	m.call = c
	m.calls = append(m.calls, c.Call)
	if extra := len(m.calls) - callsMax; extra > 0 {
		m.calls = m.calls[extra:]
	}
	return c
}

// ring rings so many more times; after the last the caller waits as long again and gives up.
func (m *Modem) ring(c *talking, left int, every time.Duration) {
	switch {
	case m.call != c || c.State != "ringing":
		return
	case left == 0:
		m.dropped("there")
		return
	}
	c.Rings++
	m.urc(map[int]string{0: "RING", 1: "+CRING: VOICE"}[m.crc])
	if m.clip == 1 {
		m.urc("+CLIP: " + c.shown())
	}
	m.network.later(every, func() { m.ring(c, left-1, every) })
}

// shown is the caller as +CLIP has it: 27.007, 7.11, where 1 is a number that is withheld.
func (c *talking) shown() string {
	if c.Number == "" {
		return `"",128,,,,1`
	}
	return fmt.Sprintf("%s,%d,,,,0", at.Quote(c.Number), toa(c.Number))
}

// dial is ATD. A service code is a USSD request; a number with a semicolon is a call.
func dial(m *Modem, c at.Command) reply {
	number, voice := strings.CutSuffix(c.Args, ";")
	switch {
	case number == "":
		return refuse()
	case strings.HasSuffix(number, "#"):
		if !m.registered() {
			return cme(30)
		}
		return m.ask(number, true)
	case m.call != nil:
		return cme(3)
	case !voice || !m.registered() || !m.coverage.attached():
		return noCarrier(m, c)
	}
	return m.dialed(tidy(number))
}

func (m *Modem) dialed(number string) reply {
	conduct := Conduct{}
	if h, ok := m.network.find(number).(*Handset); ok {
		conduct = h.conduct
	}
	c := m.begin("out", number, conduct.Hold)
	result := map[string]at.Kind{"busy": at.Busy, "no-answer": at.NoAnswer, "no-carrier": at.NoCarrier, "": at.NoCarrier}[conduct.Answer]
	if result != 0 && conduct.After <= 0 {
		m.over(cmp.Or(conduct.Answer, "no-carrier"))
		return reply{failed: &at.Result{Kind: result, Code: -1}}
	}
	goes := func() {
		m.tellCall(m.family.Voice.Dialing)
		m.tellCall(m.family.Voice.Alerting)
		m.network.later(conduct.After, func() {
			t := m.dialling
			switch {
			case m.call != c:
				return
			case result == 0:
				m.connect(c)
			default:
				m.over(conduct.Answer)
			}
			final := at.Result{Kind: cmp.Or(result, at.OK), Code: -1}
			switch {
			case t != nil:
				m.dialling = nil
				t.ends(final)
			case result != 0:
				m.urc(final.String())
			}
		})
	}
	if conduct.Blocks {
		goes()
		return reply{blocks: true}
	}
	return reply{after: goes}
}

// connect makes the call an active one.
func (m *Modem) connect(c *talking) {
	c.State, c.Answered, c.answered = "active", true, time.Now()
	m.tellCall(m.family.Voice.Connected)
	if c.hold > 0 {
		m.network.later(c.hold, func() {
			if m.call == c {
				m.dropped("there")
			}
		})
	}
}

// answerCall is ATA.
func answerCall(m *Modem, c at.Command) reply {
	if m.call == nil || m.call.State != "ringing" {
		return noCarrier(m, c)
	}
	call := m.call
	call.State = "active" // it rings no more
	return reply{after: func() {
		if m.call == call {
			m.connect(call)
		}
	}}
}

// dropCall is ATH and +CHUP, which are right without a call too.
func dropCall(m *Modem, c at.Command) reply {
	if c.Op == at.Test {
		return reply{}
	}
	return reply{after: func() { m.hangUp("here") }}
}

// hangUp ends the call from this side.
func (m *Modem) hangUp(how string) {
	if m.call != nil {
		m.over(how)
	}
}

// dropped ends it from the other.
func (m *Modem) dropped(how string) {
	missed := m.call.Dir == "in" && !m.call.Answered
	lines := slices.Clone(m.family.Voice.Ends)
	if missed {
		lines = append(lines, m.spoken(m.family.Voice.Missed)...)
	}
	m.over(how)
	for _, text := range lines {
		m.urc(text)
	}
}

func (m *Modem) over(how string) {
	c := m.call
	c.State, c.End, c.Ended = "ended", how, time.Now()
	m.tellCall(m.family.Voice.Over)
	m.call, m.dialling = nil, nil
}

func (m *Modem) tellCall(lines []string) {
	for _, text := range m.spoken(lines) {
		m.urc(text)
	}
}

// spoken fills in what a family says about the call.
func (m *Modem) spoken(lines []string) []string {
	v, c := &m.family.Voice, m.call
	if v.Enable != "" && !m.enabled[v.Enable] {
		return nil
	}
	lasted := 0
	if !c.answered.IsZero() {
		lasted = int(time.Since(c.answered).Seconds())
	}
	fill := strings.NewReplacer("{call}", "1", "{way}", fmt.Sprint(asInt(c.Dir == "in")), "{from}", c.Number,
		"{toa}", fmt.Sprint(toa(c.Number)), "{seconds}", fmt.Sprint(lasted),
		"{hhmmss}", fmt.Sprintf("%02d%02d%02d", lasted/3600, lasted/60%60, lasted%60), "{clock}", c.Began.Format("03:04PM"))
	said := make([]string, len(lines))
	for i, text := range lines {
		said[i] = fill.Replace(text)
	}
	return said
}

// currentCalls is +CLCC: 27.007, 7.18.
func currentCalls(m *Modem, c at.Command) reply {
	if m.call == nil || c.Op == at.Test {
		return reply{}
	}
	x := m.call
	state := map[string]int{"active": 0, "dialing": 2, "ringing": 4}[x.State]
	line := fmt.Sprintf("+CLCC: 1,%d,%d,0,0", asInt(x.Dir == "in"), state)
	if x.Number != "" {
		line += fmt.Sprintf(",%s,%d", at.Quote(x.Number), toa(x.Number))
	}
	return tell(line)
}

// tones is +VTS: 27.007, C.2.11.
func tones(m *Modem, c at.Command) reply {
	p := c.Params()
	text := strings.ToUpper(p.Text(0))
	switch {
	case c.Op == at.Test:
		return tell("+VTS: (0-9,*,#,A-D)")
	case m.call == nil || m.call.State != "active":
		return cme(3)
	case text == "" || strings.Trim(text, "0123456789*#ABCD") != "":
		return cme(50)
	}
	m.call.Tones += text
	return reply{}
}

func noCarrier(*Modem, at.Command) reply {
	return reply{failed: &at.Result{Kind: at.NoCarrier, Code: -1}}
}
