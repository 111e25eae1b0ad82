package gateway

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"smsbridge/modem"
	"smsbridge/modem/simulator"
	"smsbridge/storage"
)

// session waits for a USSD session to reach a state.
func (b *bank) ussd(id string, state storage.USSDState) storage.USSDSession {
	b.Helper()
	var s storage.USSDSession
	b.until(id+" "+string(state), func() bool {
		var err error
		if s, err = b.db.USSD(context.Background(), id); err != nil {
			b.Fatal(err)
		}
		return s.State == state
	})
	return s
}

func TestUSSD(t *testing.T) {
	b := open(t, simulator.ModemOptions{})
	ctx, by := context.Background(), storage.Author{Kind: "agent", Name: "Olga"}
	t.Run("a menu is walked down, and all of it is kept", func(t *testing.T) {
		s, err := b.gateway.USSD(ctx, b.line, "*101#", by)
		if err != nil {
			t.Fatal(err)
		}
		s = b.ussd(s.ID, storage.USSDAsking)
		if c := s.Turns[1].Choices; len(c) != 3 || c[1].Label != "My number" {
			t.Fatalf("%+v", s.Turns)
		}
		if _, err := b.gateway.USSD(ctx, b.line, "*100#", by); !isCode(err, storage.CodeConflict) {
			t.Error("a second dialogue at the same time:", err)
		}
		if _, err := b.gateway.AnswerUSSD(ctx, s.ID, "2"); err != nil {
			t.Fatal(err)
		}
		s = b.ussd(s.ID, storage.USSDDone)
		if len(s.Turns) != 4 || s.Turns[3].Text != "Your number: "+b.sim.Number() || s.Author.Name != "Olga" {
			t.Errorf("%+v", s)
		}
	})
	t.Run("canceled, it makes room for the next", func(t *testing.T) {
		s, err := b.gateway.USSD(ctx, b.line, "*101#", by)
		if err != nil {
			t.Fatal(err)
		}
		b.ussd(s.ID, storage.USSDAsking)
		if s, err = b.gateway.CancelUSSD(ctx, s.ID); err != nil || s.State != storage.USSDCanceled {
			t.Fatal(s, err)
		}
		if _, err := b.gateway.AnswerUSSD(ctx, s.ID, "1"); !isCode(err, storage.CodeConflict) {
			t.Error("what was canceled went on:", err)
		}
	})
	t.Run("the credit is read by the operator's rule, and low is told once", func(t *testing.T) {
		rule := storage.BalanceRule{Operator: "00101", Code: "*100#", Pattern: `Balance: (?P<amount>[0-9.]+) (?P<currency>[A-Z]+)`, Low: 20}
		if _, err := b.db.SaveBalanceRule(ctx, rule); err != nil {
			t.Fatal(err)
		}
		alerts := 0
		for range 2 {
			s, err := b.gateway.Balance(ctx, b.line, by)
			if err != nil {
				t.Fatal(err)
			}
			b.ussd(s.ID, storage.USSDDone)
			b.until("the credit", func() bool {
				lines, _, _ := b.db.Lines(ctx)
				return lines[0].Balance != nil && lines[0].Balance.At.Milli() >= s.StartedAt.Milli()
			})
		}
		lines, _, _ := b.db.Lines(ctx)
		if l := lines[0].Balance; l.Amount != 12.34 || l.Currency != "EUR" || !l.Low {
			t.Errorf("%+v", l)
		}
		events, _ := b.db.Events(ctx, 0, 1000)
		for _, e := range events {
			if e.Type == storage.LineBalanceLow {
				alerts++
			}
		}
		if alerts != 1 {
			t.Errorf("told %d times", alerts)
		}
	})
	t.Run("what is no code, or no line, is refused", func(t *testing.T) {
		for _, c := range []struct{ line, text string }{{b.line, "hello"}, {b.line, "100"}, {b.line, ""}, {b.line, "*100#\r"}, {"ln_x", "*100#"}} {
			if _, err := b.gateway.USSD(ctx, c.line, c.text, by); err == nil {
				t.Errorf("%q on %s was taken", c.text, c.line)
			}
		}
	})
	t.Run("a start ends what an earlier process left open", func(t *testing.T) {
		s, err := b.gateway.USSD(ctx, b.line, "*101#", by)
		if err != nil {
			t.Fatal(err)
		}
		b.ussd(s.ID, storage.USSDAsking)
		b.stop()
		b.start()
		b.ussd(s.ID, storage.USSDFailed)
	})
}

func TestTold(t *testing.T) {
	for _, c := range []struct {
		status int
		err    error
		want   storage.USSDState
		kept   bool // the text is
	}{
		{0, nil, storage.USSDDone, true}, {1, nil, storage.USSDAsking, true}, {2, nil, storage.USSDDone, true},
		{4, nil, storage.USSDFailed, false}, {5, nil, storage.USSDFailed, false},
		{0, fmt.Errorf("wait: %w", modem.ErrTimeout), storage.USSDFailed, false}, {0, errors.New("lost"), storage.USSDFailed, false},
	} {
		got := told(modem.Reply{Status: c.status, Text: "text"}, c.err)
		if got.To != c.want || (got.Dir != "") != c.kept || got.To == storage.USSDFailed && got.Reason == "" {
			t.Errorf("status %d, %v: %+v", c.status, c.err, got)
		}
	}
}
