package simulator

import (
	"fmt"
	"time"

	"smsbridge/pdu"
)

// setsMax bounds the incomplete messages a handset keeps.
const setsMax = 256

// Handset is a customer's phone, which nobody has to program. All methods may be called from any
// goroutine.
type Handset struct {
	network *Network
	number  string
	address pdu.Address

	// Guarded by Network.mu.
	refs    uint16
	last    int64 // counts changes of log
	counted int64 // counts messages
	log     []*Message
	sets    []*set // incomplete, oldest first
	changed chan struct{}
	conduct Conduct
}

// Message is one message in a handset's memory, sent or received.
type Message struct {
	N       int64     `json:"n"`      // counts the handset's messages from 1
	Change  int64     `json:"change"` // counts all that happened to them
	ID      int64     `json:"id"`     // in the record; of a received message, of its last part
	From    string    `json:"from"`
	To      string    `json:"to"`
	Dir     string    `json:"dir"` // in, out
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
	Parts   int       `json:"parts"`
	State   string    `json:"state"`             // delivered, waiting
	Repeats int       `json:"repeats,omitempty"` // parts that came more than once before it was whole

	left int // parts not delivered yet
}

// Received is a message a handset has received, whole.
type Received struct {
	From, Text string
	At         time.Time
	Parts      int
	Repeats    int
}

// set is a message of which some parts are still missing.
type set struct {
	from    string
	concat  pdu.Concat // of its first part
	dcs     pdu.DCS
	parts   map[uint8]pdu.UserData
	repeats int
}

func newHandset(n *Network, number string) *Handset {
	address, err := pdu.ParseAddress(number)
	if err != nil {
		panic(fmt.Sprintf("simulator: handset number %q: %v", number, err))
	}
	return &Handset{network: n, number: number, address: address, changed: make(chan struct{})}
}

// Number returns the handset's number.
func (h *Handset) Number() string { return h.number }

// Send texts a number; a long text goes out in parts. It returns when the network has it, not when it
// has arrived. The error says what to change: there must be somebody with that number.
func (h *Handset) Send(to, text string) error {
	_, err := h.send(to, text)
	return err
}

func (h *Handset) send(to, text string) (Message, error) {
	n := h.network
	n.mu.Lock()
	defer n.mu.Unlock()
	to = tidy(to)
	if n.find(to) == nil {
		return Message{}, fmt.Errorf("to: nobody has the number %q here; the modems' numbers are in the list of modems", to)
	}
	dcs, segments, err := pdu.Segments(text, h.refs+1, false)
	if err != nil {
		return Message{}, fmt.Errorf("text: %w", err)
	}
	if len(segments) > 1 {
		h.refs++
	}
	out := h.keep(Message{
		ID: n.newID(), From: h.number, To: to, Dir: "out", Text: text,
		Parts: len(segments), State: "waiting", left: len(segments),
	})
	for _, ud := range segments {
		err := n.forward(&message{
			id: out.ID, from: h.number, origin: h.address, to: to, dcs: dcs, ud: ud,
			arrived: func(pdu.Status) { h.delivered(out) },
		})
		if err != nil {
			return *out, err
		}
	}
	return *out, nil
}

// SendPDU sends a DELIVER nobody has looked at: hex with the service centre in front, as a modem would
// print it. For PDUs that are meant to be wrong.
func (h *Handset) SendPDU(to, hex string) error {
	n := h.network
	n.mu.Lock()
	defer n.mu.Unlock()
	length, err := rawLength(hex)
	if err != nil {
		return err
	}
	to = tidy(to)
	if _, ok := n.find(to).(*Modem); !ok {
		return fmt.Errorf("to: no modem has the number %q", to)
	}
	x := &message{id: n.newID(), from: h.number, to: to, pdu: hex, length: length}
	if f, err := pdu.ParseFrame(hex, pdu.MobileTerminated); err == nil {
		if d, ok := f.TPDU.(*pdu.Deliver); ok {
			x.dcs, x.ud = d.DCS, d.UD
		}
	}
	return n.forward(x)
}

// Messages returns what the handset has received and still remembers, oldest first.
func (h *Handset) Messages() []Received {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	var list []Received
	for _, x := range h.log {
		if x.Dir == "in" {
			list = append(list, Received{x.From, x.Text, x.At, x.Parts, x.Repeats})
		}
	}
	return list
}

// Since returns the messages, both ways, that are new or have changed since change number after, in
// their order, and the number of the last change. A message whose State changed comes again, with
// the same N.
func (h *Handset) Since(after int64) ([]Message, int64) {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	list := []Message{}
	for _, x := range h.log {
		if x.Change > after {
			list = append(list, *x)
		}
	}
	return list, h.last
}

// Changed returns a channel that is closed at the next change. Take it first, then look, then wait.
func (h *Handset) Changed() <-chan struct{} {
	h.network.mu.Lock()
	defer h.network.mu.Unlock()
	return h.changed
}

// keep remembers a message and forgets the oldest beyond Options.Keep; the lock is held.
func (h *Handset) keep(x Message) *Message {
	h.counted++
	x.N, x.At = h.counted, time.Now()
	h.log = append(h.log, &x)
	if extra := len(h.log) - h.network.options.Keep; extra > 0 {
		clear(h.log[:extra])
		h.log = h.log[extra:]
	}
	h.touch(&x)
	return &x
}

func (h *Handset) touch(x *Message) {
	h.last++
	x.Change = h.last
	close(h.changed)
	h.changed = make(chan struct{})
}

// delivered counts a part of one's own message as arrived.
func (h *Handset) delivered(x *Message) {
	if x.left--; x.left == 0 {
		x.State = "delivered"
		h.touch(x)
	}
}

// arrive takes in one part: subscriber.
func (h *Handset) arrive(x *message) {
	defer x.tell(statusReceived)
	c, ok := x.ud.UDH.Concat()
	if !ok {
		text, _ := x.ud.Text(x.dcs)
		h.receive(x, Message{Text: text, Parts: 1})
		return
	}
	s := h.set(x, c)
	if _, again := s.parts[c.Seq]; again {
		s.repeats++
	}
	s.parts[c.Seq] = x.ud
	if len(s.parts) == int(c.Total) {
		h.complete(x, s)
	}
}

// set finds the message a part belongs to, or begins one.
func (h *Handset) set(x *message, c pdu.Concat) *set {
	for _, s := range h.sets {
		if s.from == x.from && s.concat.Ref == c.Ref && s.concat.Wide == c.Wide && s.concat.Total == c.Total {
			return s
		}
	}
	s := &set{from: x.from, concat: c, dcs: x.dcs, parts: make(map[uint8]pdu.UserData)}
	h.sets = append(h.sets, s)
	if len(h.sets) > setsMax {
		h.sets = h.sets[1:]
	}
	return s
}

func (h *Handset) complete(x *message, s *set) {
	parts := make([]pdu.UserData, s.concat.Total)
	for seq, ud := range s.parts {
		parts[seq-1] = ud
	}
	for i, other := range h.sets {
		if other == s {
			h.sets = append(h.sets[:i], h.sets[i+1:]...)
			break
		}
	}
	text, _ := pdu.Join(s.dcs, parts)
	h.receive(x, Message{Text: text, Parts: len(parts), Repeats: s.repeats})
}

func (h *Handset) receive(x *message, in Message) {
	in.ID, in.From, in.To, in.Dir, in.State = x.id, x.from, h.number, "in", "delivered"
	h.keep(in)
}
