package storage

// Meaning is what an inbound text turned out to be, told beside it: the text
// itself is never changed. It is made once, when the message is whole.
type Meaning struct {
	Card     *Card     `json:"card,omitempty"`     // what came was no text
	Passcode string    `json:"passcode,omitempty"` // a code to sign in with, to be copied
	Links    []Link    `json:"links,omitempty"`
	Reaction *Reaction `json:"reaction,omitempty"`
}

// CardKind says what a card stands for.
type CardKind string

// The kinds of cards.
const (
	CardMMS      CardKind = "mms"      // a multimedia message waits at a server
	CardWAP      CardKind = "wap"      // another push for a program of the phone
	CardContact  CardKind = "contact"  // a vCard; the text has it
	CardCalendar CardKind = "calendar" // a vCalendar; the text has it
	CardSIM      CardKind = "sim"      // data for the SIM
	CardBinary   CardKind = "binary"   // data of which nothing is known
)

// Card is shown in the place of what is no text. The box fetches nothing.
type Card struct {
	Kind    CardKind `json:"kind"`
	From    string   `json:"from,omitempty"` // mms: the sender that it names
	Subject string   `json:"subject,omitempty"`
	Size    uint64   `json:"size,omitempty"` // bytes
	Expiry  Time     `json:"expiry,omitzero"`
	URL     string   `json:"url,omitempty"` // where it lies; most open only over the line's own network
}

// Mean is what a text says of itself. Card and the target of a reaction are not
// in the text.
func Mean(text string) Meaning {
	m := Meaning{Reaction: reactionIn(text), Links: linksIn(text)}
	if m.Reaction == nil {
		m.Passcode = passcodeIn(text)
	}
	return m
}

// Empty tells that there is nothing to tell.
func (m Meaning) Empty() bool {
	return m.Card == nil && m.Passcode == "" && len(m.Links) == 0 && m.Reaction == nil
}
