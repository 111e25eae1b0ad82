package gateway

import (
	"fmt"
	"testing"
	"time"

	"smsbridge/modem/simulator"
	"smsbridge/storage"
)

// A modem that does not delete fills up: that is told once, before it is full,
// and the modem's row shows it; when it deletes again, all is well again.
func TestMeter(t *testing.T) {
	b, s := roam(t, Options{Sweep: 200 * time.Millisecond})
	m := b.network.AddModem(simulator.ModemOptions{SM: 5})
	s.plug("1-1", "ttyUSB0", m)
	b.lineIs(m.ICCID(), storage.LineReady, "ttyUSB0")
	b.sim = m
	b.fail(simulator.Fault{Name: simulator.CMEError, Command: "+CMGD", Count: 10_000})
	for n := range 4 {
		if err := b.phone.Send(m.Number(), fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
	}
	b.reads("store: SM holds 4 of 5")
	if memories := b.gateway.Modems()[0].Memories; len(memories) == 0 || !memories[0].NearlyFull() {
		t.Errorf("%+v", memories)
	}
	b.fail(simulator.Fault{Name: simulator.Clear})
	b.reads("store: there is room again")
	if used := m.Status().Used["SM"]; used != 0 {
		t.Errorf("%d are left on the SIM", used)
	}
	notes, err := b.db.Journal(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, n := range notes {
		if n.Step == "store" && n.Level == storage.Warn {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	if got := len(b.texts()); got != 4 {
		t.Errorf("%d texts of 4", got)
	}
}

func TestNearlyFull(t *testing.T) {
	for _, c := range []struct {
		used, total int
		want        bool
	}{{0, 0, false}, {0, 10, false}, {7, 10, false}, {8, 10, true}, {10, 10, true}, {3, 4, false}, {4, 5, true}} {
		if got := (storage.ModemMemory{Used: c.used, Total: c.total}).NearlyFull(); got != c.want {
			t.Errorf("%d of %d: %v", c.used, c.total, got)
		}
	}
}
