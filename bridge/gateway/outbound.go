package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"smsbridge/modem"
	"smsbridge/pdu"
	"smsbridge/storage"
)

// How often a part is tried. What the network refused and may take later is put
// off by retries, and so is what the modem did not even take: by unsent, until
// that is used up or the text is stale. A text of which a part has left gives up
// after torn tries: service centres throw away what stays incomplete for long.
// While SIM or network refuse everything the line rests, and no try is counted.
var (
	retries = []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour}
	unsent  = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, time.Hour, time.Hour, time.Hour}
)

const (
	torn  = 3
	stale = 24 * time.Hour
)

// coded is a part as it goes to the modem.
type coded struct {
	pdu    string
	length int
}

// Count tells what a text costs, by the codec that sends it.
func Count(text string) (storage.Count, error) {
	m, err := pdu.Measure(text)
	if err != nil {
		return storage.Count{}, storage.Refuse(storage.CodeInvalid, "text", "%v", err)
	}
	c := storage.Count{Alphabet: m.Alphabet, Units: m.Units, Parts: m.Parts, Left: m.Left, Breaks: m.Breaks, Instead: instead(text)}
	for _, s := range m.Costly {
		c.Costly = append(c.Costly, storage.Costly{Char: s.Char, At: s.At, Count: s.Count, Units: s.Units, Forces: s.Forces})
	}
	return c, nil
}

// instead is nil where a text gains nothing by plain quotes and dashes.
func instead(text string) *storage.Instead {
	plain, ok := pdu.Suggest(text)
	if !ok {
		return nil
	}
	m, err := pdu.Measure(plain)
	if err != nil {
		return nil
	}
	return &storage.Instead{Text: plain, Parts: m.Parts, Units: m.Units}
}

// sendNext sends the one part that is due. If none is, it tells how long the
// line may sleep.
func (l *line) sendNext(ctx context.Context) (sent bool, wait time.Time, err error) {
	if time.Now().Before(l.rest) {
		return false, l.rest, nil
	}
	due, later, ok, err := l.g.store.Next(ctx, l.id)
	if err != nil || !ok {
		return false, later.Time, err
	}
	c, err := l.code(due)
	if err != nil {
		return true, wait, l.mark(ctx, storage.Change{Message: due.Message, N: due.N, From: storage.Queued, To: storage.Failed, Reason: err.Error()})
	}
	return true, wait, l.send(ctx, due, c)
}

// code makes the PDUs of a message, all parts at once, and keeps them until the
// next message. A part that was on its way before goes out with the same octets.
func (l *line) code(due storage.Due) (coded, error) {
	if due.PDU != "" {
		return coded{due.PDU, due.Length}, nil
	}
	if l.codedOf != due.Message {
		parts, err := encode(due)
		if err != nil {
			return coded{}, err
		}
		l.codedOf, l.coded = due.Message, parts
	}
	return l.coded[due.N], nil
}

func encode(due storage.Due) (map[int]coded, error) {
	to, err := pdu.ParseAddress(due.To)
	if err != nil {
		return nil, err
	}
	m := pdu.Message{To: to, Text: due.Text, StatusReport: true, Ref: due.ConcatRef}
	if due.Flash {
		class := pdu.Class(0)
		m.Class = &class
	}
	if !due.Expires.IsZero() {
		m.Validity = pdu.RelativeValidity(time.Until(due.Expires.Time))
	}
	submits, err := m.Submits()
	if err != nil {
		return nil, err
	}
	if len(submits) != due.Total {
		return nil, fmt.Errorf("the text has %d parts now and had %d when it was accepted", len(submits), due.Total)
	}
	parts := make(map[int]coded, len(submits))
	for i, s := range submits {
		frame := pdu.Frame{TPDU: s}
		hex, err := frame.AppendHex(nil)
		if err != nil {
			return nil, err
		}
		length, err := frame.Length()
		if err != nil {
			return nil, err
		}
		parts[i+1] = coded{string(hex), length}
	}
	return parts, nil
}

// send carries one part over the wire. The ledger says sending before the
// modem has the first octet, and hears the end whatever it is.
func (l *line) send(ctx context.Context, due storage.Due, c coded) error {
	change := storage.Change{Line: l.id, Message: due.Message, N: due.N}
	marked := false
	release := func(ctx context.Context) error {
		if err := l.concluded(); err != nil {
			return err
		}
		out := change
		out.From, out.To, out.PDU, out.Length = storage.Queued, storage.Sending, c.pdu, c.length
		err := l.g.store.Mark(ctx, out)
		marked = err == nil
		return err
	}
	submitting, cancel := patient(ctx, finish)
	defer cancel()
	ref, err := l.m.Submit(submitting, modem.Submission{Length: c.length, PDU: c.pdu, Prompted: release})
	change.From = storage.Queued
	if marked {
		change.From = storage.Sending
	}
	if err == nil {
		change.To, change.Ref = storage.Sent, ref
		l.conclude(ctx, change)
		return nil
	}
	return l.settle(ctx, change, due, err)
}

// conclude writes down that a part was sent, while the modem is already asked
// for the next prompt: the disk and the line work at the same time. The next
// part is released only when that is written (concluded).
func (l *line) conclude(ctx context.Context, c storage.Change) {
	done := make(chan error, 1)
	l.concluding = done
	go func() { done <- l.write(ctx, c) }()
}

// concluded waits for what conclude began.
func (l *line) concluded() error {
	if l.concluding == nil {
		return nil
	}
	err := <-l.concluding
	l.concluding = nil
	return err
}

// patient is ctx, but ends only some time after it: the command in hand may
// finish.
func patient(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(d, cancel) })
	return longer, func() { stop(); cancel() }
}

// mark writes a transition down, after those before it.
func (l *line) mark(ctx context.Context, c storage.Change) error {
	c.Line = l.id
	if err := l.concluded(); err != nil {
		return err
	}
	return l.write(ctx, c)
}

// write writes a transition down though smsbridge is stopping.
func (l *line) write(ctx context.Context, c storage.Change) error {
	err := l.g.store.Mark(context.WithoutCancel(ctx), c)
	if isCode(err, storage.CodeConflict) {
		l.log.Error("a part was not in the state it should be in", "message", c.Message, "err", err)
		return nil
	}
	return err
}

// settle decides what becomes of a part that was not simply sent.
func (l *line) settle(ctx context.Context, c storage.Change, due storage.Due, err error) error {
	refusal, ok := errors.AsType[*modem.Error](err)
	if !ok || refusal.Outcome == modem.NotSent {
		return l.notSent(ctx, c, due, refusal, err)
	}
	c.Reason, c.Code = why(refusal), max(refusal.Code, 0)
	if refusal.Outcome == modem.Unknown || refusal.Class() == modem.Uncertain {
		c.To = storage.Unconfirmed
		l.log.Warn("a part is unconfirmed", "message", c.Message, "part", c.N, "err", err)
		l.rest = time.Now().Add(l.g.options.Late)
		l.doubt, l.over = &c, l.rest
		return l.mark(ctx, c)
	}
	return l.refused(ctx, c, due, refusal.Class())
}

// refused is a clear no to a part whose PDU the modem had.
func (l *line) refused(ctx context.Context, c storage.Change, due storage.Due, class modem.Class) error {
	switch {
	case class == modem.Duplicate:
		c.To, c.Ref = storage.Sent, -1
	case class == modem.Hold:
		c.To = storage.Queued
		l.rest = time.Now().Add(relapse)
	case class == modem.Transient && putOff(due, due.Attempts, retries, &c):
	default:
		c.To = storage.Failed
	}
	l.log.Warn("a part was refused", "message", c.Message, "part", c.N, "err", c.Reason, "now", c.To)
	return l.mark(ctx, c)
}

// putOff puts a part off, if it is to be tried once more.
func putOff(due storage.Due, tried int, waits []time.Duration, c *storage.Change) bool {
	most := len(waits)
	if due.Begun {
		most = min(most, torn)
	}
	if tried >= most || !due.Since.IsZero() && time.Since(due.Since.Time) > stale {
		return false
	}
	c.To, c.NextTry = storage.Queued, storage.At(time.Now().Add(waits[tried]))
	return true
}

// notSent is a part of which no Ctrl-Z was written: it goes back to the queue,
// unless the modem will never take it.
func (l *line) notSent(ctx context.Context, c storage.Change, due storage.Due, refusal *modem.Error, err error) error {
	select {
	case <-l.m.Lost():
		if c.From == storage.Sending {
			c.To, c.Reason = storage.Queued, why(err)
			if err := l.mark(ctx, c); err != nil {
				return err
			}
		}
		return l.lost()
	default:
	}
	if isCode(err, storage.CodeConflict) {
		return nil // it was canceled between, or held, or all was stopped
	}
	c.Reason = why(err)
	class := modem.Transient
	if refusal != nil {
		c.Code, class = max(refusal.Code, 0), refusal.Class()
	}
	switch {
	case class == modem.Hold: // the part is blameless
		l.rest = time.Now().Add(relapse)
		if c.From == storage.Queued {
			return nil
		}
		c.To = storage.Queued
	case class == modem.Permanent:
		c.To = storage.Failed
	case !putOff(due, due.Tries+due.Attempts, unsent, &c):
		c.To, c.Reason = storage.Failed, fmt.Sprintf("given up after %d tries: %s", due.Tries+due.Attempts+1, c.Reason)
	}
	l.log.Warn("a part was not sent", "message", c.Message, "part", c.N, "err", err, "now", c.To)
	return l.mark(ctx, c)
}

// why says for people what became of a part that was not simply sent.
func why(err error) string {
	e, ok := errors.AsType[*modem.Error](err)
	switch {
	case !ok:
		return err.Error()
	case e.Outcome == modem.Unknown && errors.Is(e, modem.ErrTimeout):
		return "the modem took the text and never said what became of it"
	case e.Outcome == modem.Unknown:
		return "the line to the modem was lost while it had the text"
	case e.Outcome == modem.NotSent && e.Kind == modem.Plain:
		return "the modem did not take the text: " + e.Text
	case e.Kind == modem.Plain:
		return "the modem refused the text without saying why"
	}
	return fmt.Sprintf("refused: %s (%s %d)", e.Text, kinds[e.Kind], e.Code)
}

// kinds names the tables of codes: 3GPP TS 27.005, 3.2.5, and TS 27.007, 9.2.
var kinds = map[modem.ErrorKind]string{modem.CMS: "+CMS ERROR", modem.CME: "+CME ERROR"}

// late settles a part whose final result came after its time.
func (l *line) late(ctx context.Context, e modem.Event) error {
	l.rest, l.over = time.Time{}, time.Time{}
	if l.doubt == nil || e.Late == nil {
		return nil
	}
	c := *l.doubt
	l.doubt = nil
	c.From, c.To, c.Ref, c.Reason, c.Code = storage.Unconfirmed, storage.Sent, e.Late.MR, "", 0
	if e.Kind == modem.LateRejected {
		c.To, c.Reason, c.Code = storage.Failed, why(e.Late.Err), max(e.Late.Err.Code, 0)
	}
	return l.mark(ctx, c)
}
