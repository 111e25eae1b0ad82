package modem

import (
	"slices"
	"strings"

	"smsbridge/modem/at"
)

// CardState is what a SIM event says of the card.
type CardState uint8

const (
	CardUnknown  CardState = iota // something changed: ask, or open the modem again
	CardInserted                  // there is one, which may still want its PIN
	CardRemoved
)

func (s CardState) String() string { return [...]string{"unknown", "inserted", "removed"}[s] }

// cardURCs are the lines about the card, by their word.
var cardURCs = map[string]func(p at.Params) CardState{
	"+CPIN":     lockState,
	"^SIMST":    stateOf(0, "1 2 3 4", "255"), // Huawei: valid, or not for some service; 255 none
	"#QSS":      stateOf(0, "1 2 3", "0"),     // Telit: 3 is also ready for messages
	"+QSIMSTAT": stateOf(1, "1", "0"),         // Quectel: <enable>,<inserted>
	"+QSIMDET":  stateOf(9, "", ""),
	"+USIMSTAT": stateOf(9, "", ""),
	"+ZUSIMR":   stateOf(9, "", ""), // ZTE
}

// lockState is +CPIN unasked: TS 27.007, 8.3.
func lockState(p at.Params) CardState {
	switch text := p.Text(0); {
	case strings.HasPrefix(text, "NOT"), strings.Contains(text, "REMOVED"):
		return CardRemoved
	case text == "READY", strings.HasPrefix(text, "SIM P"), strings.HasPrefix(text, "PH-"):
		return CardInserted
	}
	return CardUnknown
}

// stateOf reads a field that is a number.
func stateOf(field int, inserted, removed string) func(at.Params) CardState {
	return func(p at.Params) CardState {
		text := p.Text(field)
		switch {
		case slices.Contains(strings.Fields(inserted), text):
			return CardInserted
		case slices.Contains(strings.Fields(removed), text):
			return CardRemoved
		}
		return CardUnknown
	}
}

// card is a line about the card.
func card(state func(at.Params) CardState) func(*engine, string) {
	return func(e *engine, text string) {
		e.emit(Event{Kind: SIM, Text: text, Card: state(at.ParseParams(payload(text)))})
	}
}

// cardIndicator is "+CIEV: simstatus,5" or "+CIEV: simlocal,1": 0 removed, 1 inserted, and for the first one 2 to 5
// how far it has come (Siemens AC75 AT command set, 3.3).
func cardIndicator(p at.Params) CardState {
	if name := p.Text(0); name != "simstatus" && name != "simlocal" {
		return CardUnknown
	}
	return stateOf(1, "1 2 3 4 5", "0")(p)
}
