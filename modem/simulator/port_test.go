package simulator

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	_, m, _ := lab(t, Options{}, ModemOptions{})
	p := m.Open()
	if _, err := m.TryOpen(); !errors.Is(err, ErrBusy) {
		t.Errorf("second opening: %v", err)
	}
	if _, err := m.Open().Read(make([]byte, 1)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("read of a second opening: %v", err)
	}
	p.Write([]byte("AT+CMEE=2;E0\r"))
	p.Close()
	p.Close()
	if _, err := p.Write([]byte("AT\r")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("write after close: %v", err)
	}
	q, err := m.TryOpen()
	if err != nil {
		t.Fatal(err)
	}
	x := newTerminal(t, q)
	x.ask("AT+CMEE?", info("+CMEE: 2")) // settings outlive the opening
	q.Close()
	for range x.c {
	}
}

// A Read that waits ends with Close, and a modem nobody reads from does not stop.
func TestPort_bounds(t *testing.T) {
	_, m, _ := lab(t, Options{}, ModemOptions{})
	p := m.Open().(*port)
	line := []byte("AT+CGMI" + strings.Repeat(" ", 60) + "\r")
	for range 60_000 { // echoed: more than outMax
		if _, err := p.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	waiting := make(chan error)
	go func() {
		b := make([]byte, 1<<20)
		for {
			if _, err := p.Read(b); err != nil {
				waiting <- err
				return
			}
		}
	}()
	p.Close()
	if err := <-waiting; !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("read: %v", err)
	}
	if p.lost == 0 {
		t.Error("nothing was lost: the bound was not met")
	}
}

func TestLuhn(t *testing.T) {
	// ISO/IEC 7812-1 example, and the IMEI of 3GPP TS 23.003, B.2's method.
	for digits, want := range map[string]string{"7992739871": "79927398713", "49015420323751": "490154203237518"} {
		if got := withLuhn(digits); got != want {
			t.Errorf("%s: got %s, want %s", digits, got, want)
		}
	}
}

func TestDefaults(t *testing.T) {
	n := NewNetwork(Options{})
	defer n.Close()
	for k, want := range []string{"+15550191", "+15550192", "+15550193"} {
		m := n.AddModem(ModemOptions{})
		if m.Index() != k+1 || m.Number() != want || len(m.ICCID()) != 19 || len(m.IMEI()) != 15 || len(m.IMSI()) != 15 {
			t.Errorf("modem %d: %s %s %s %s", m.Index(), m.Number(), m.ICCID(), m.IMEI(), m.IMSI())
		}
	}
	if h := n.Handset("+1 555 0100"); h != n.Handset("+15550100") || h.Number() != "+15550100" {
		t.Error("one number, two handsets")
	}
}
