package modem

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"smsbridge/modem/at"
	"smsbridge/modem/profile"
	"smsbridge/pdu"
)

const (
	// ussdTime is how long the network may take, counted from the request: TS 24.090 leaves it open, 30 to 60 s
	// are usual.
	ussdTime = 60 * time.Second

	// menuTime is how long a menu may wait for its answer. Networks close it after one to three minutes, not all
	// of them say so.
	menuTime = 3 * time.Minute

	// finalTime is for the OK after a reply that came before it; some modems send none.
	finalTime = 2 * time.Second
)

// ErrUSSDClosed is an answer to a menu that is no longer open: the network closed it, or it timed out. A new
// session begins with a code such as *100#.
var ErrUSSDClosed = errors.New("no USSD menu is open: start again with a code such as *100#")

// unlearned is the form of a modem that has not shown yet which one it takes.
const unlearned profile.USSDForm = 0xFF

// session is the one USSD session of a modem.
type session struct {
	form profile.USSDForm // that worked
	left bool             // a request timed out, so that the network may still hold a session open
}

// USSD sends a request such as *100# and waits for the network's reply, for a minute at most. If a menu is open,
// because the last reply said More, the text is the answer to it, whatever it looks like; if none is, the text must
// be a code, of digits, * and # with at least one of the latter two, and all else is ErrUSSDClosed: an answer that
// comes too late must not become a request of its own.
//
// The text goes in the form that worked last time, else in those of the profile until one is not refused with a
// bare ERROR. There is one session; a second caller waits.
func (m *Modem) USSD(ctx context.Context, text string) (Reply, error) {
	var s session
	select {
	case s = <-m.dialog:
	case <-ctx.Done():
		return Reply{}, unsent(newCall(ctx, "+CUSD=1,...", shape{}, 0), context.Cause(ctx)).err
	}
	defer func() { m.dialog <- s }()
	if err := m.admit(text); err != nil {
		return Reply{}, err
	}
	if s.left {
		s.left = false
		if err := m.CancelUSSD(ctx); gone(ctx, err) {
			return Reply{}, err
		}
	}
	var reply Reply
	var err error
	for _, form := range m.forms(s.form) {
		reply, err = m.askUSSD(ctx, text, form)
		if refusesForm(err) {
			continue
		}
		if err == nil && form != s.form && reply.Status >= 0 && reply.Status <= 2 {
			s.form = form
			if m.options.Learned != nil {
				m.options.Learned(m.identity.IMEI, form)
			}
		}
		break
	}
	s.left = errors.Is(err, ErrTimeout)
	return reply, err
}

// admit checks the text against what is open: only a code may open a session, and control octets go nowhere.
func (m *Modem) admit(text string) error {
	code := len(text) <= 160 && strings.Trim(text, "0123456789*#") == "" && strings.ContainsAny(text, "*#")
	switch {
	case m.menuOpen():
		if len(text) == 0 || len(text) > 182 || strings.ContainsFunc(text, func(r rune) bool { return !pdu.InGSM7(r) || r < ' ' }) {
			return errors.New("answer of the USSD menu: want 1 to 182 characters of the GSM alphabet")
		}
		return nil
	case !code:
		return ErrUSSDClosed
	}
	return nil
}

func (m *Modem) menuOpen() bool {
	since := m.engine.menu.Load()
	return since != 0 && time.Since(time.Unix(0, since)) < menuTime
}

// forms lists what to try: what worked here, what worked with this modem before, what its family takes.
func (m *Modem) forms(learned profile.USSDForm) []profile.USSDForm {
	if learned == unlearned && m.options.Form != nil {
		if f, ok := m.options.Form(m.identity.IMEI); ok {
			learned = f
		}
	}
	var list []profile.USSDForm
	if learned != unlearned {
		list = append(list, learned)
	}
	for _, f := range m.profile.USSD {
		if f != learned {
			list = append(list, f)
		}
	}
	return list
}

// refusesForm reports whether another form of the text may do: a bare ERROR, or a word about its characters.
func refusesForm(err error) bool {
	return is(err, Plain, -1) && unsupported(err) || is(err, CME, 25)
}

// askUSSD sends the text in one form and waits for the reply, which may come before the OK, after it, or alone.
func (m *Modem) askUSSD(ctx context.Context, text string, form profile.USSDForm) (Reply, error) {
	written, err := writeUSSD(text, form)
	if err != nil {
		return Reply{}, err
	}
	heard := make(chan Event, 1)
	limit := time.NewTimer(ussdTime)
	defer limit.Stop()
	c := newCall(ctx, "+CUSD=1,"+at.Quote(written)+",15", shape{}, ussdTime)
	c.label, c.ussd = "+CUSD=1,...", heard
	a := m.do(c)
	select {
	case ev := <-heard: // even without an OK
		return parseReply(ev.Text, form), nil
	default:
	}
	if a.err != nil {
		return Reply{}, a.err
	}
	var cause error
	select {
	case ev := <-heard:
		return parseReply(ev.Text, form), nil
	case <-ctx.Done():
		cause = context.Cause(ctx)
	case <-limit.C:
		cause = ErrTimeout
	case <-m.engine.ended:
		cause = m.engine.err
	}
	return Reply{}, failure(c, cause)
}

// CancelUSSD ends the session: +CUSD=2, TS 27.007, 7.15. Modems whose profile says that they do not bear it are
// not asked; the network ends such a session by itself.
func (m *Modem) CancelUSSD(ctx context.Context) error {
	m.engine.menu.Store(0)
	if m.profile.NoUSSDCancel {
		return nil
	}
	return m.set(ctx, "+CUSD=2")
}

// writeUSSD puts a text in one of the forms that modems take.
func writeUSSD(text string, form profile.USSDForm) (string, error) {
	switch form {
	case profile.USSDPacked:
		packed, ok := pdu.AppendUSSD(nil, text)
		if !ok {
			return "", fmt.Errorf("the GSM alphabet does not have all of the text")
		}
		return strings.ToUpper(hex.EncodeToString(packed)), nil
	case profile.USSDUCS2:
		var b []byte
		for _, u := range utf16.Encode([]rune(text)) {
			b = append(b, byte(u>>8), byte(u))
		}
		return strings.ToUpper(hex.EncodeToString(b)), nil
	}
	return text, nil
}
