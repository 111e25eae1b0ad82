package gateway

import (
	"context"
	"errors"
	"strings"
	"time"

	"smsbridge/modem"
	"smsbridge/modem/profile"
	"smsbridge/storage"
)

// menuTime is how long a menu waits for its answer; networks close it after one
// to three minutes, and not all of them say so.
const menuTime = 3 * time.Minute

// The <m> of +CUSD: TS 27.007, 7.15.
const (
	ussdMore         = 1
	ussdNotSupported = 4
	ussdTimeout      = 5
)

// USSD asks the network something, such as *100#, on a line. It returns when
// that is written down; what the network says comes as events of the session.
func (g *Gateway) USSD(ctx context.Context, line, code string, by storage.Author) (storage.USSDSession, error) {
	if strings.Trim(code, "0123456789*#") != "" || !strings.ContainsAny(code, "*#") {
		return storage.USSDSession{}, storage.Refuse(storage.CodeInvalid, "text", "%q is no code: it has digits, * and #, such as *100#", code)
	}
	s, err := g.at(line)
	if err != nil {
		return storage.USSDSession{}, err
	}
	d, err := g.store.BeginUSSD(ctx, line, code, by)
	if err == nil {
		g.talk(s, d, code)
	}
	return d, err
}

// AnswerUSSD answers the menu that a session waits with.
func (g *Gateway) AnswerUSSD(ctx context.Context, id, text string) (storage.USSDSession, error) {
	d, err := g.store.USSD(ctx, id)
	if err != nil {
		return d, err
	}
	s, err := g.at(d.Line)
	if err != nil {
		return d, err
	}
	d, err = g.store.StepUSSD(ctx, storage.USSDStep{
		Session: id, From: storage.USSDAsking, To: storage.USSDWaiting, Dir: storage.Outbound, Text: text,
	})
	if err == nil {
		g.hush(id)
		g.talk(s, d, text)
	}
	return d, err
}

// CancelUSSD ends a session, whoever's turn it is.
func (g *Gateway) CancelUSSD(ctx context.Context, id string) (storage.USSDSession, error) {
	d, err := g.store.USSD(ctx, id)
	if err != nil {
		return d, err
	}
	if d.State.Over() {
		return d, storage.Refuse(storage.CodeConflict, "id", "session %s is over: %s", id, d.State)
	}
	d, err = g.store.StepUSSD(ctx, storage.USSDStep{Session: id, From: d.State, To: storage.USSDCanceled})
	if err != nil {
		return d, err
	}
	g.hush(id)
	if s := g.session(d.Line); s != nil {
		g.act(func(ctx context.Context) { s.m.CancelUSSD(ctx) })
	}
	return d, nil
}

// hush ends what waits for a session.
func (g *Gateway) hush(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if stop := g.dialogue[id]; stop != nil {
		stop()
	}
	delete(g.dialogue, id)
}

// talk says text to the network and writes down what it answers, then waits for
// as long as a menu stays open.
func (g *Gateway) talk(s *session, d storage.USSDSession, text string) {
	began := g.act(func(ctx context.Context) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		g.mu.Lock()
		g.dialogue[d.ID] = stop
		g.mu.Unlock()
		reply, err := s.m.USSD(ctx, text)
		next := told(reply, err)
		next.Session, next.From = d.ID, storage.USSDWaiting
		if !g.stepped(ctx, next) {
			return
		}
		if next.Dir != "" {
			g.credit(ctx, d, reply.Text)
		}
		if next.To != storage.USSDAsking {
			return
		}
		select {
		case <-time.After(menuTime):
			g.stepped(ctx, storage.USSDStep{Session: d.ID, From: storage.USSDAsking, To: storage.USSDFailed, Reason: "nobody answered the menu in time"})
		case <-s.done:
			g.stepped(ctx, storage.USSDStep{Session: d.ID, From: storage.USSDAsking, To: storage.USSDFailed, Reason: "the modem was lost, and the menu with it"})
		case <-ctx.Done():
		}
	})
	if !began {
		g.stepped(context.Background(), storage.USSDStep{Session: d.ID, From: storage.USSDWaiting, To: storage.USSDFailed, Reason: "smsbridge is stopping"})
	}
}

// stepped writes a step down, unless the session has gone another way.
func (g *Gateway) stepped(ctx context.Context, step storage.USSDStep) bool {
	_, err := g.store.StepUSSD(context.WithoutCancel(ctx), step)
	if err != nil && !isCode(err, storage.CodeConflict) {
		g.log.Error("what the network said could not be written down", "err", err)
	}
	return err == nil
}

// told is what becomes of a session by what the network said.
func told(r modem.Reply, err error) storage.USSDStep {
	switch {
	case errors.Is(err, modem.ErrTimeout):
		return storage.USSDStep{To: storage.USSDFailed, Reason: "the network did not answer within a minute"}
	case err != nil:
		return storage.USSDStep{To: storage.USSDFailed, Reason: why(err)}
	case r.Status == ussdNotSupported:
		return storage.USSDStep{To: storage.USSDFailed, Reason: "the network does not support this"}
	case r.Status == ussdTimeout:
		return storage.USSDStep{To: storage.USSDFailed, Reason: "the network gave up: it took too long"}
	case r.Status == ussdMore:
		return storage.USSDStep{To: storage.USSDAsking, Dir: storage.Inbound, Text: r.Text}
	}
	return storage.USSDStep{To: storage.USSDDone, Dir: storage.Inbound, Text: r.Text}
}

// credit reads the credit out of what the network said, if the session began
// with the code of the operator's rule.
func (g *Gateway) credit(ctx context.Context, d storage.USSDSession, text string) {
	rule, ok, err := g.rule(ctx, d.Line)
	if err != nil || !ok || len(d.Turns) == 0 || d.Turns[0].Text != rule.Code {
		return
	}
	balance, ok := rule.Read(text)
	if !ok {
		return
	}
	if err := g.store.SetBalance(context.WithoutCancel(ctx), d.Line, balance); err != nil {
		g.log.Error("balance", "err", err)
	}
}

// rule is the balance rule that fits a line: by the name of its operator, or by
// the MCC and MNC that its IMSI begins with (TS 23.003, 2.2).
func (g *Gateway) rule(ctx context.Context, line string) (storage.BalanceRule, bool, error) {
	lines, _, err := g.store.Lines(ctx)
	if err != nil {
		return storage.BalanceRule{}, false, err
	}
	rules, err := g.store.BalanceRules(ctx)
	if err != nil {
		return storage.BalanceRule{}, false, err
	}
	for _, l := range lines {
		for _, r := range rules {
			number := len(r.Operator) >= 5 && strings.Trim(r.Operator, "0123456789") == ""
			if l.ID == line && (strings.EqualFold(r.Operator, l.Operator) || number && strings.HasPrefix(l.IMSI, r.Operator)) {
				return r, true, nil
			}
		}
	}
	return storage.BalanceRule{}, false, nil
}

// Balance asks the network for the credit of a line's card, by its operator's
// rule. The answer changes the line.
func (g *Gateway) Balance(ctx context.Context, line string, by storage.Author) (storage.USSDSession, error) {
	rule, ok, err := g.rule(ctx, line)
	if err == nil && !ok {
		err = storage.Refuse(storage.CodeNotFound, "line", "no rule fits the operator of %s; save one with `smsbridge ussd rule`", line)
	}
	if err != nil {
		return storage.USSDSession{}, err
	}
	return g.USSD(ctx, line, rule.Code, by)
}

// form is the form of requests that the modem took before.
func (l *line) form(imei string) (profile.USSDForm, bool) {
	name, err := l.g.store.USSDForm(context.Background(), imei)
	if err != nil {
		return 0, false
	}
	for _, f := range []profile.USSDForm{profile.USSDPlain, profile.USSDPacked, profile.USSDUCS2} {
		if f.String() == name {
			return f, true
		}
	}
	return 0, false
}

// learned keeps the form that worked.
func (l *line) learned(imei string, f profile.USSDForm) {
	if err := l.g.store.LearnUSSDForm(context.Background(), imei, f.String()); err != nil {
		l.g.log.Error("the form of USSD could not be kept", "err", err)
	}
}
