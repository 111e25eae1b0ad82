package gateway

import (
	"context"
	"testing"
	"time"

	"smsbridge/modem/simulator"
	"smsbridge/storage"
)

// scheduled is a bank whose operator tells the credit, with a schedule. Time is
// what the test says it is.
func scheduled(t *testing.T, answer simulator.USSD, every, most int) *bank {
	t.Helper()
	b := open(t, simulator.ModemOptions{Family: "quectel-ec25"})
	if err := b.network.Offer("*100#", answer); err != nil {
		t.Fatal(err)
	}
	rule := storage.BalanceRule{Operator: "00101", Code: "*100#", Pattern: `(?P<amount>[0-9.]+) (?P<currency>EUR)`, Low: 5}
	if _, err := b.db.SaveBalanceRule(t.Context(), rule); err != nil {
		t.Fatal(err)
	}
	if err := b.db.SaveBalanceSchedule(t.Context(), storage.BalanceSchedule{Line: b.line, Every: every, Most: most}); err != nil {
		t.Fatal(err)
	}
	return b
}

// asked counts the sessions of the schedule, when the last has ended.
func (b *bank) asked() (n int) {
	b.Helper()
	b.until("no session is open", func() bool {
		all, err := b.db.USSDSessions(context.Background(), b.line, 100)
		if err != nil {
			b.Fatal(err)
		}
		n = len(all)
		for _, s := range all {
			if !s.State.Over() {
				return false
			}
			if !unattended(s) {
				b.Errorf("%+v is not the schedule's", s)
			}
		}
		return true
	})
	return n
}

func (b *bank) lows() (n int) {
	events, err := b.db.Events(context.Background(), 0, 1000)
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range events {
		if e.Type == storage.LineBalanceLow {
			n++
		}
	}
	return n
}

func TestBalances(t *testing.T) {
	b := scheduled(t, simulator.USSD{Text: "Your credit is 3.20 EUR"}, 6, 3)
	now := time.Now()
	for _, c := range []struct {
		after time.Duration
		want  int
		why   string
	}{
		{0, 1, "it was never asked"},
		{time.Hour, 1, "six hours have not passed"},
		{6*time.Hour + time.Minute, 2, "six hours have passed"},
	} {
		b.gateway.askBalances(t.Context(), now.Add(c.after))
		if got := b.asked(); got != c.want {
			t.Fatalf("after %v asked %d times, want %d: %s", c.after, got, c.want, c.why)
		}
	}
	lines, _, err := b.db.Lines(t.Context())
	if err != nil || lines[0].Balance == nil || lines[0].Balance.Amount != 3.2 || !lines[0].Balance.Low {
		t.Fatalf("%+v %v", lines, err)
	}
	if n := b.lows(); n != 1 {
		t.Errorf("a low credit was told %d times", n)
	}
	if err := b.db.SaveBalanceSchedule(t.Context(), storage.BalanceSchedule{Line: b.line, Every: 0}); err != nil {
		t.Fatal(err)
	}
	b.gateway.askBalances(t.Context(), now.Add(100*time.Hour))
	if got := b.asked(); got != 2 {
		t.Errorf("after the schedule's end it was asked %d times", got)
	}
}

// An operator that does not tell is asked so many times a day and no more. The
// negative control is a higher cap, with which it is asked again.
func TestBalances_cap(t *testing.T) {
	b := scheduled(t, simulator.USSD{Status: 4}, 1, 2)
	now := time.Now()
	for i := range 5 {
		b.gateway.askBalances(t.Context(), now.Add(time.Duration(i)*2*time.Hour))
		b.asked()
	}
	if got := b.asked(); got != 2 {
		t.Errorf("asked %d times, and 2 are the most", got)
	}
	if err := b.db.SaveBalanceSchedule(t.Context(), storage.BalanceSchedule{Line: b.line, Every: 1, Most: 3}); err != nil {
		t.Fatal(err)
	}
	b.gateway.askBalances(t.Context(), now.Add(10*time.Hour))
	if got := b.asked(); got != 3 {
		t.Errorf("asked %d times, and 3 are the most", got)
	}
}

// A code that opens a menu is left at once: nobody is there to answer, and a
// person who wants the line's dialogue shall have it.
func TestBalances_menu(t *testing.T) {
	b := scheduled(t, simulator.USSD{Text: "1 Credit\n2 Data", Choices: map[string]simulator.USSD{"1": {Text: "3.20 EUR"}}}, 6, 3)
	b.gateway.askBalances(t.Context(), time.Now())
	b.asked()
	all, err := b.db.USSDSessions(t.Context(), b.line, 10)
	if err != nil || len(all) != 1 || all[0].State != storage.USSDCanceled {
		t.Errorf("%+v %v", all, err)
	}
}

// A line that has something to send is not asked meanwhile.
func TestBalances_idle(t *testing.T) {
	b := scheduled(t, simulator.USSD{Text: "3.20 EUR"}, 6, 3)
	if !b.gateway.idle(t.Context(), b.line) {
		t.Error("a line that has nothing to do is busy")
	}
	b.stop() // so that the text stays where it is
	b.send(customer, "waits")
	if b.gateway.idle(t.Context(), b.line) {
		t.Error("a line with a text that waits is idle")
	}
}
