package gateway

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/modem/simulator"
	"smsbridge/storage"
)

func TestMissedCall(t *testing.T) {
	b := open(t, simulator.ModemOptions{})
	b.becomes(b.send(customer, "we write"), storage.Delivered)
	if err := b.sim.Ring(simulator.Incoming{From: customer, Rings: 1, Every: 10 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	b.until("the call is in the thread", func() bool {
		all := b.all()
		return len(all) == 2 && all[1].Channel == storage.ChannelCall && all[1].Dir == storage.Inbound &&
			all[1].From == customer && all[1].Thread == all[0].Thread
	})
}

func TestDial(t *testing.T) {
	b := open(t, simulator.ModemOptions{Family: "quectel-ec25"})
	ctx, by := context.Background(), storage.Author{Kind: "agent", Name: "Olga"}
	b.phone.Treat(simulator.Conduct{Answer: "answer"})
	for _, number := range []string{"", "hello", "+15550100;+CFUN=0"} {
		if err := b.gateway.Dial(ctx, b.line, number, by); err == nil {
			t.Errorf("%q was dialled", number)
		}
	}
	if len(b.sim.Calls()) != 0 {
		t.Fatalf("%+v", b.sim.Calls())
	}
	if err := b.gateway.Dial(ctx, b.line, customer, by); err != nil {
		t.Fatal(err)
	}
	b.reads("dial: by agent Olga")
	if err := b.gateway.Hangup(ctx, b.line, by); err != nil {
		t.Fatal(err)
	}
	b.reads("hang up: by agent Olga")
	if c := b.sim.Calls(); len(c) != 1 || c[0].Number != customer || c[0].Dir != "out" || c[0].End == "" {
		t.Errorf("%+v", c)
	}
}

// A modem that gives no result before somebody answers can be hung up all the
// same: Hangup does not wait behind Dial, which may take 90 seconds.
func TestHangup_whileDialling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := open(t, simulator.ModemOptions{Family: "quectel-ec25"})
		ctx, by := context.Background(), storage.Author{Kind: "agent", Name: "Olga"}
		b.phone.Treat(simulator.Conduct{Answer: "answer", After: time.Hour, Blocks: true})
		if err := b.gateway.Dial(ctx, b.line, customer, by); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if len(b.sim.Calls()) == 0 {
			t.Fatal("the modem does not dial")
		}
		if err := b.gateway.Hangup(ctx, b.line, by); err != nil {
			t.Fatal(err)
		}
		b.reads("dial: by agent Olga: it was hung up before")
		b.reads("hang up: by agent Olga")
		if c := b.sim.Calls(); len(c) != 1 || c[0].End != "here" || c[0].Answered {
			t.Errorf("%+v", c)
		}
		b.becomes(b.send(customer, "the line is well"), storage.Delivered)
	})
}

// The card is taken out while all runs, and put back: both are seen, and the
// line comes back by itself.
func TestCardRemoved(t *testing.T) {
	b := open(t, simulator.ModemOptions{Family: "quectel-ec25"})
	b.sim.RemoveSIM()
	l := b.lineIs(b.sim.ICCID(), storage.LineSIMMissing, "sim")
	if l.Reason == "" {
		t.Error("nobody is told why")
	}
	b.reads("sim_missing: ")
	b.sim.InsertSIM()
	if l := b.lineIs(b.sim.ICCID(), storage.LineReady, "sim"); l.ID != b.line {
		t.Errorf("the line is %s now", l.ID)
	}
	b.becomes(b.send(customer, "after"), storage.Delivered)
}
