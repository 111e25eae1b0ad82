package gateway

import (
	"context"
	"testing"
	"time"

	"smsbridge/modem/simulator"
	"smsbridge/storage"
)

// The modem is registered and delivers nothing any more: the alarm comes within
// one interval, and ends when texts arrive again.
func TestSelfTest(t *testing.T) {
	const interval = 1500 * time.Millisecond
	b, s := roam(t, Options{Sweep: 500 * time.Millisecond, SelfTest: SelfTestOptions{Every: interval, Most: 50}})
	m := b.network.AddModem(simulator.ModemOptions{})
	s.plug("1-1", "ttyUSB0", m)
	b.lineIs(m.ICCID(), storage.LineReady, "ttyUSB0")
	tests := func() []storage.SelfTest {
		all, _, err := b.db.SelfTests(context.Background(), 100)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	alarm := func() string {
		lines, _, _ := b.db.Lines(context.Background())
		return lines[0].Alarm
	}
	b.until("a test has arrived", func() bool {
		all := tests()
		return len(all) > 0 && all[0].State == storage.SelfTestArrived && all[0].Cost == 1 && !all[0].ArrivedAt.IsZero()
	})
	if alarm() != "" {
		t.Errorf("all is well, and the alarm says %q", alarm())
	}
	b.sim = m
	b.fail(simulator.Fault{Name: simulator.StoreFull})
	b.until("the alarm", func() bool { return alarm() != "" })
	var lost storage.SelfTest
	for _, x := range tests() {
		if x.State == storage.SelfTestLost {
			lost = x
		}
	}
	if d := lost.DueAt.Sub(lost.StartedAt.Time); lost.ID == "" || d > interval {
		t.Errorf("a test is given %s, an interval is %s: %+v", d, interval, lost)
	}
	if l := b.lineIs(m.ICCID(), storage.LineReady, "ttyUSB0"); l.Registration != "home" {
		t.Errorf("the line is %s: the alarm shows nothing that the registration does not", l.Registration)
	}
	b.fail(simulator.Fault{Name: simulator.Clear})
	b.until("the alarm ends", func() bool { return alarm() == "" })
}

func TestPair(t *testing.T) {
	line := func(id string, state storage.LineState, number string) storage.Line {
		return storage.Line{ID: id, State: state, Number: number}
	}
	a, b, c := line("a", storage.LineReady, "+1"), line("b", storage.LineAbsent, "+2"), line("c", storage.LineReady, "")
	for _, x := range []struct {
		lines []storage.Line
		test  string
		want  string // the line that sends; empty: refused
	}{
		{[]storage.Line{a}, "a", "a"},
		{[]storage.Line{a, b, c}, "a", "c"},
		{[]storage.Line{a, b}, "b", "a"},
		{[]storage.Line{a, b, c}, "c", ""},
		{[]storage.Line{b}, "b", ""},
		{[]storage.Line{a}, "x", ""},
	} {
		target, source, err := pair(x.lines, x.test)
		if (err == nil) != (x.want != "") || err == nil && (source.ID != x.want || target.ID != x.test) {
			t.Errorf("%s among %v: from %s, %v", x.test, x.lines, source.ID, err)
		}
	}
}
