package simulator

import (
	"fmt"
	"testing"

	"smsbridge/pdu"
)

func TestHandset_partsInAnyOrder(t *testing.T) {
	n, m, h := lab(t, Options{}, ModemOptions{})
	text := fmt.Sprintf("%0400d", 7)
	dcs, parts, err := pdu.Segments(text, 9, true)
	if err != nil {
		t.Fatal(err)
	}
	n.mu.Lock()
	for _, i := range []int{2, 0, 2, 1} { // the last first, and twice
		n.forward(&message{from: m.Number(), to: h.Number(), origin: m.address, dcs: dcs, ud: parts[i]})
	}
	n.mu.Unlock()
	got := h.Messages()
	if len(got) != 1 || got[0].Text != text || got[0].Parts != 3 || got[0].Repeats != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestHandset_bounds(t *testing.T) {
	n, m, h := lab(t, Options{Keep: 5, Waiting: 3}, ModemOptions{SM: 2})
	for i := range 5 {
		if err := h.Send(m.Number(), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Send(m.Number(), "one too many"); err == nil {
		t.Error("the waiting room has no end")
	}
	all, last := h.Since(0)
	if len(all) != 5 || all[0].Text != "1" || last != all[4].Change {
		t.Errorf("remembers %+v, last %d", all, last)
	}
	n.mu.Lock()
	for i := range 2 * setsMax { // beginnings of messages that never end
		dcs, parts, _ := pdu.Segments(fmt.Sprintf("%0200d", i), uint16(i), true)
		n.forward(&message{from: m.Number(), to: h.Number(), origin: m.address, dcs: dcs, ud: parts[0]})
	}
	sets := len(h.sets)
	n.mu.Unlock()
	if sets != setsMax {
		t.Errorf("%d incomplete messages kept", sets)
	}
}

func TestHandset_changes(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{SM: 1})
	h.Send(m.Number(), "first")
	changed := h.Changed()
	h.Send(m.Number(), "second")
	<-changed
	all, last := h.Since(0)
	if all[0].State != "delivered" || all[1].State != "waiting" {
		t.Fatalf("got %+v", all)
	}
	x := attach(t, m)
	changed = h.Changed()
	x.ask("AT+CMGD=1", ok)
	<-changed
	again, _ := h.Since(last)
	if len(again) != 1 || again[0].N != 2 || again[0].State != "delivered" {
		t.Errorf("got %+v", again)
	}
}
