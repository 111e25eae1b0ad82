package modem

import (
	"strings"
	"time"

	"smsbridge/modem/at"
)

const (
	ringTime  = 10 * time.Second // without RING before a call counts as over: it comes every 5 s
	afterTime = 15 * time.Second // in which MISSED_CALL speaks of the call just over
)

// ringing is a call that comes in. The first RING opens it, +CLIP says whose it is, and the end of the call or
// ringTime without RING closes it: missed, unless somebody at the modem took it.
type ringing struct {
	since    time.Time // zero: nobody calls
	number   string
	answered bool
	listed   bool        // the last ^SLCC held a call
	over     time.Time   // when the last one was missed
	silence  *time.Timer // since the last RING
}

// rings is RING and +CRING: V.250, 6.3.1, TS 27.007, 6.11.
func (e *engine) rings(text string) {
	e.emit(Event{Kind: Ring, Text: text})
	e.rung("")
}

// caller is +CLIP: TS 27.007, 7.11. The number is empty if it is withheld.
func (e *engine) caller(text string) {
	number := at.ParseParams(payload(text)).Text(0)
	e.emit(Event{Kind: Ring, Text: number})
	e.rung(number)
}

func (e *engine) rung(number string) {
	if e.ring.since.IsZero() {
		e.ring.since, e.ring.number, e.ring.answered = e.now, "", false
	}
	if number != "" {
		e.ring.number = number
	}
	e.ring.silence.Reset(ringTime)
}

// hungUp is the end of a call, whoever it was with.
func (e *engine) hungUp() {
	e.ring.silence.Stop()
	if e.ring.since.IsZero() {
		return
	}
	ev := Event{Kind: Missed, At: e.ring.since, Text: e.ring.number}
	answered := e.ring.answered
	e.ring.since, e.ring.number = time.Time{}, ""
	if !answered {
		e.ring.over = e.now
		e.emit(ev)
	}
}

// taken is a call that somebody answered, or that was made here.
func (e *engine) taken() {
	e.ring.answered = !e.ring.since.IsZero()
	e.ring.silence.Stop() // it may last as long as it likes
}

// missedCall is SIMCom's "MISSED_CALL: 11:01AM 07712345678".
func (e *engine) missedCall(text string) {
	words := strings.Fields(payload(text))
	number := ""
	if len(words) > 0 && digits(strings.TrimPrefix(words[len(words)-1], "+"), 3, 20) {
		number = words[len(words)-1]
	}
	switch {
	case !e.ring.since.IsZero():
		if e.ring.number == "" {
			e.ring.number = number
		}
		e.hungUp()
	case e.now.Sub(e.ring.over) > afterTime: // its RING was not heard
		e.ring.over = e.now
		e.emit(Event{Kind: Missed, Text: number})
	}
}

// callState makes of a URC with a state among its fields what that state means. A state that neither list names
// changes nothing.
func callState(field int, taken, over string) func(*engine, string) {
	return func(e *engine, text string) {
		switch state := at.ParseParams(payload(text)).Text(field); {
		case len(state) == 1 && strings.Contains(over, state):
			e.hungUp()
		case len(state) == 1 && strings.Contains(taken, state):
			e.taken()
		}
	}
}

// voiceCall is SIMCom's "VOICE CALL: BEGIN" and "VOICE CALL: END: 000041".
func (e *engine) voiceCall(text string) {
	if strings.HasPrefix(payload(text), "BEGIN") {
		e.taken()
		return
	}
	e.hungUp()
}

// listedCall is Cinterion's ^SLCC: a line for each call and one that is empty. If that is all, there is no call.
func (e *engine) listedCall(text string) {
	p := at.ParseParams(payload(text))
	listed := e.ring.listed
	e.ring.listed = len(p) > 0
	switch {
	case len(p) == 0 && listed:
	case len(p) == 0:
		e.hungUp()
	case p.Text(2) == "0" && p.Text(1) == "1": // active, and came in
		e.taken()
	case p.Text(1) == "1" && (p.Text(2) == "4" || p.Text(2) == "5"):
		e.rung(numberIn(p))
	}
}

// currentCall is +CLCC when it comes unasked, from SIMCom: id, direction, state, mode, multiparty, number. State 6
// is not in TS 27.007, 7.18; it says that the call is over.
func (e *engine) currentCall(text string) {
	p := at.ParseParams(payload(text))
	if p.Text(1) != "1" { // made here
		return
	}
	switch p.Text(2) {
	case "0":
		e.taken()
	case "4", "5":
		e.rung(numberIn(p))
	case "6":
		e.hungUp()
	}
}

// numberIn finds the number among the fields of a call: the first quoted one.
func numberIn(p at.Params) string {
	for _, f := range p {
		if f.Quoted {
			return f.Text
		}
	}
	return ""
}

// callURCs are the lines about telephone calls, by their word. The states of ^DSCI are those that the makers of
// chan_quectel saw, those of *ECAV what phonesim says.
var callURCs = map[string]func(*engine, string){
	"RING": (*engine).rings, "+CRING": (*engine).rings, "+CLIP": (*engine).caller,
	"NO CARRIER": over, "BUSY": over, "NO ANSWER": over, "NO DIALTONE": over,
	"^CEND":       over,                                    // Huawei: id, duration, end, cause
	"^CONN":       func(e *engine, _ string) { e.taken() }, // Huawei
	"^ORIG":       func(*engine, string) {},                // Huawei: a call made here
	"^CONF":       func(*engine, string) {},                // Huawei: it rings there
	"VOICE CALL":  (*engine).voiceCall,                     // SIMCom
	"MISSED_CALL": (*engine).missedCall,                    // SIMCom
	"+UCALLSTAT":  callState(1, "17", "6"),                 // u-blox: id, state
	"^DSCI":       callState(2, "03", "6"),                 // Quectel: id, direction, state
	"+WIND":       callWind,                                // Wavecom
	"HANGUP":      over,                                    // ZTE: id
	"*ECAV":       callState(1, "3", "07"),                 // Ericsson, phonesim: id, state
	"^SLCC":       (*engine).listedCall,                    // Cinterion
	"+CLCC":       (*engine).currentCall,                   // SIMCom
	"+ZEND":       over,                                    // ZTE
}

func over(e *engine, _ string) { e.hungUp() }

// callWind is Wavecom's "+WIND: 6,1", the end of a call; 5 says only that there is one. Other numbers are not about
// calls.
func callWind(e *engine, text string) {
	switch at.ParseParams(payload(text)).Text(0) {
	case "5":
	case "6":
		e.hungUp()
	default:
		e.unknown(text)
	}
}
