package simulator

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func order(t *testing.T, m *Modem, f Fault) {
	t.Helper()
	if err := m.Fail(f); err != nil {
		t.Fatal(err)
	}
}

// rigged is a modem in a bubble of time, ready to send x.
func rigged(t *testing.T, f func(t *testing.T, m *Modem, h *Handset, x *terminal, hex string)) {
	synctest.Test(t, func(t *testing.T) {
		n, m, h := lab(t, Options{}, ModemOptions{})
		defer n.Close()
		x := attach(t, m)
		x.ask("AT+CNMI=2,1,0,1;+CREG=1", ok)
		f(t, m, h, x, compose(t, h.Number(), "x", true)[0])
	})
}

// silentFor checks that nothing comes for a time.
func (x *terminal) silentFor(d time.Duration) {
	x.t.Helper()
	time.Sleep(d)
	synctest.Wait()
	select {
	case b := <-x.c:
		x.t.Fatalf("not silent: %q", b)
	default:
	}
	if len(x.b) > 0 {
		x.t.Fatalf("not silent: %q", x.b)
	}
}

func TestFault_loseFinal(t *testing.T) {
	rigged(t, func(t *testing.T, m *Modem, h *Handset, x *terminal, hex string) {
		order(t, m, Fault{Name: LoseFinal, Count: 2})
		for i := range 2 {
			x.ask(cmgs(hex), "\r\n> ")
			x.say(hex + "\x1a")
			if r := x.report(); int(r.MR) != i { // it was sent all the same
				t.Errorf("report for %d", r.MR)
			}
			x.silentFor(time.Hour)
		}
		x.submit(hex, 2)
		if got := len(h.Messages()); got != 3 {
			t.Errorf("%d arrived, want 3", got)
		}
		if got := fmt.Sprint(m.Faults()); got != "[{lose-final 0 2}]" {
			t.Errorf("counted %s", got)
		}
	})
}

func TestFault_lateFinal(t *testing.T) {
	rigged(t, func(t *testing.T, m *Modem, _ *Handset, x *terminal, hex string) {
		order(t, m, Fault{Name: LateFinal, Delay: 135 * time.Second})
		x.ask(cmgs(hex), "\r\n> ")
		x.say(hex + "\x1a")
		x.silentFor(134 * time.Second)
		x.say("AT+CSQ\r") // who does not wait is answered after it
		x.silentFor(0)
		time.Sleep(time.Second)
		x.expect(info("+CMGS: 0"))
		x.report()
		x.until("\r\n+CSQ: 20,99\r\n" + ok)
		order(t, m, Fault{Name: LateFinal, Delay: time.Minute, Command: "AT+CSQ"})
		x.submit(hex, 1)
		x.report()
		x.say("AT+CSQ\r")
		x.silentFor(59 * time.Second)
		time.Sleep(time.Second)
		x.expect(info("+CSQ: 20,99"))
	})
}

func TestFault_errors(t *testing.T) {
	rigged(t, func(t *testing.T, m *Modem, h *Handset, x *terminal, hex string) {
		order(t, m, Fault{Name: CMSError, Code: 38})
		order(t, m, Fault{Name: CMSError})
		for _, code := range []int{38, 500} {
			x.ask(cmgs(hex), "\r\n> ")
			x.say(hex + "\x1a")
			x.expect(fmt.Sprintf("\r\n+CMS ERROR: %d\r\n", code))
		}
		x.submit(hex, 0)
		x.report()
		x.ask("AT+CMEE=1", ok)
		order(t, m, Fault{Name: CMEError, Code: 14, Command: "+CPIN"})
		x.ask("AT+CPIN?", "\r\n+CME ERROR: 14\r\n")
		x.ask("AT+CPIN?", info("+CPIN: READY"))
		if got := len(h.Messages()); got != 1 {
			t.Errorf("%d arrived, want 1", got)
		}
	})
}

func TestFault_prompt(t *testing.T) {
	rigged(t, func(t *testing.T, m *Modem, h *Handset, x *terminal, hex string) {
		order(t, m, Fault{Name: NoPrompt})
		x.say(cmgs(hex) + "\r")
		x.silentFor(time.Hour)
		x.say("\x1b")
		x.quiet()
		order(t, m, Fault{Name: LatePrompt, Delay: time.Minute})
		x.say(cmgs(hex) + "\r")
		x.silentFor(59 * time.Second)
		time.Sleep(time.Second)
		x.expect("\r\n> ")
		x.say(hex + "\x1a")
		x.expect(info("+CMGS: 0"))
		if got := len(h.Messages()); got != 1 {
			t.Errorf("%d arrived, want 1", got)
		}
	})
}

// A URC does not come between a prompt and its PDU.
func TestPrompt_holdsURCs(t *testing.T) {
	rigged(t, func(t *testing.T, m *Modem, h *Handset, x *terminal, hex string) {
		x.ask(cmgs(hex), "\r\n> ")
		h.Send(m.Number(), "meanwhile")
		x.silentFor(time.Second)
		x.say(hex + "\x1a")
		x.expect("\r\n+CMTI: \"SM\",1\r\n" + info("+CMGS: 0"))
	})
}

func TestFault_storeFull(t *testing.T) {
	rigged(t, func(t *testing.T, m *Modem, h *Handset, x *terminal, _ string) {
		order(t, m, Fault{Name: StoreFull})
		h.Send(m.Number(), "waits")
		x.ask("AT+CPMS?", info(`+CPMS: "SM",50,50,"SM",50,50,"SM",50,50`))
		x.silentFor(time.Hour)
		order(t, m, Fault{Name: Clear})
		x.expect("\r\n+CMTI: \"SM\",1\r\n")
		order(t, m, Fault{Name: StoreFull, Delay: time.Minute})
		h.Send(m.Number(), "waits")
		x.silentFor(59 * time.Second)
		time.Sleep(time.Second)
		x.expect("\r\n+CMTI: \"SM\",2\r\n")
	})
}

func TestFault_silence(t *testing.T) {
	rigged(t, func(t *testing.T, m *Modem, h *Handset, x *terminal, hex string) {
		order(t, m, Fault{Name: Silence, Delay: time.Minute})
		for range 10 {
			x.say("AT+CSQ\r")
		}
		x.silentFor(0) // a terminal would wait a little, and the modem has to have heard it
		h.Send(m.Number(), "kept, not announced")
		x.silentFor(time.Minute)
		x.ask("AT+CPMS?", info(`+CPMS: "SM",1,50,"SM",1,50,"SM",1,50`))
		x.ask(cmgs(hex), "\r\n> ")
		order(t, m, Fault{Name: Silence}) // at the prompt
		x.say(hex + "\x1a")
		x.silentFor(time.Hour)
		order(t, m, Fault{Name: Clear})
		x.quiet()
		if len(h.Messages()) > 0 {
			t.Error("it was sent")
		}
	})
}

func TestFault_splitWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, m, _ := lab(t, Options{}, ModemOptions{})
		defer n.Close()
		order(t, m, Fault{Name: SplitWrites, Delay: time.Millisecond})
		p := m.Open()
		defer p.Close()
		p.Write([]byte("ATE0\r"))
		want := "ATE0\r" + ok
		b := make([]byte, 100)
		begin := time.Now()
		for i := range want {
			got, err := p.Read(b)
			if err != nil || got != 1 || b[0] != want[i] {
				t.Fatalf("read %q, %v; want %q", b[:got], err, want[i:i+1])
			}
		}
		if took := time.Since(begin); took != time.Duration(len(want)-1)*time.Millisecond {
			t.Errorf("took %v", took)
		}
		order(t, m, Fault{Name: Clear})
		p.Write([]byte("AT\r"))
		if got, _ := p.Read(b); got != len(ok) {
			t.Errorf("read %q", b[:got])
		}
	})
}

func TestFault_duplicate(t *testing.T) {
	rigged(t, func(t *testing.T, m *Modem, h *Handset, x *terminal, _ string) {
		order(t, m, Fault{Name: Duplicate})
		h.Send(m.Number(), "once")
		h.Send(m.Number(), "twice")
		x.expect("\r\n+CMTI: \"SM\",1\r\n\r\n+CMTI: \"SM\",2\r\n\r\n+CMTI: \"SM\",3\r\n")
		x.say("AT+CMGL=4\r")
		rows := strings.Split(x.until(ok), "\r\n")
		if rows[2] != rows[4] || rows[2] == rows[6] {
			t.Errorf("got %q", rows)
		}
	})
}

func TestFault_stormAndGarbage(t *testing.T) {
	rigged(t, func(t *testing.T, m *Modem, _ *Handset, x *terminal, _ string) {
		order(t, m, Fault{Name: Storm, Count: 1000})
		synctest.Wait()
		x.say("AT\r")
		if got := x.until(ok); strings.Count(got, "\r\n") != 2002 {
			t.Errorf("%d line ends", strings.Count(got, "\r\n"))
		}
		order(t, m, Fault{Name: Storm, Count: 3, Command: "+CSQ"})
		x.ask("AT+CSQ", "\r\n+CSQ: 20,99\r\n"+"\r\n^RSSI:0\r\n\r\n+CIEV: 2,1\r\n\r\n^DSFLOWRPT:00000002,00000000,00000000\r\n"+ok)
		x.ask("AT+CSQ", info("+CSQ: 20,99"))
		order(t, m, Fault{Name: Garbage, Count: 100})
		x.expect(string(noise(100)))
		x.quiet()
	})
}

func TestFault_restart(t *testing.T) {
	rigged(t, func(t *testing.T, m *Modem, h *Handset, x *terminal, hex string) {
		x.ask(cmgs(hex), "\r\n> ")
		order(t, m, Fault{Name: Restart, Delay: 10 * time.Second})
		x.say(hex + "\x1a")
		x.silentFor(9 * time.Second)
		time.Sleep(time.Second)
		x.expect("\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nCall Ready\r\n\r\nSMS Ready\r\n")
		x.ask("AT+CNMI?", "AT+CNMI?\r"+info("+CNMI: 0,0,0,0,0")) // with echo, as new
		if len(h.Messages()) > 0 {
			t.Error("it was sent")
		}
	})
}

func TestFault_deregister(t *testing.T) {
	rigged(t, func(t *testing.T, m *Modem, h *Handset, x *terminal, hex string) {
		order(t, m, Fault{Name: Deregister, Delay: time.Minute})
		x.expect("\r\n+CREG: 2\r\n")
		x.ask("AT+COPS?", info("+COPS: 0"))
		x.ask(cmgs(hex), "\r\n> ")
		x.say(hex + "\x1a")
		x.expect("\r\n+CMS ERROR: 331\r\n")
		h.Send(m.Number(), "waits")
		x.silentFor(59 * time.Second)
		time.Sleep(time.Second)
		x.expect("\r\n+CREG: 1\r\n\r\n+CMTI: \"SM\",1\r\n")
	})
}

func TestFault_loseReport(t *testing.T) {
	rigged(t, func(t *testing.T, m *Modem, _ *Handset, x *terminal, hex string) {
		order(t, m, Fault{Name: LoseReport})
		order(t, m, Fault{Name: LoseReport, Delay: time.Minute})
		x.submit(hex, 0)
		x.silentFor(time.Hour)
		x.submit(hex, 1)
		x.silentFor(59 * time.Second)
		x.submit(hex, 2)
		if r := x.report(); r.MR != 2 {
			t.Errorf("report for %d first", r.MR)
		}
		time.Sleep(time.Second)
		if r := x.report(); r.MR != 1 {
			t.Errorf("report for %d", r.MR)
		}
	})
}

func TestFault_unplug(t *testing.T) {
	rigged(t, func(t *testing.T, m *Modem, h *Handset, x *terminal, hex string) {
		p := x.w.(*port)
		order(t, m, Fault{Name: Unplug, Delay: time.Minute})
		if _, err := p.Write([]byte("AT\r")); !errors.Is(err, syscall.EIO) {
			t.Errorf("write: %v", err)
		}
		if _, err := p.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("read: %v", err)
		}
		if _, err := m.TryOpen(); !errors.Is(err, syscall.ENODEV) {
			t.Errorf("open: %v", err)
		}
		h.Send(m.Number(), "waits")
		time.Sleep(time.Minute)
		synctest.Wait()
		y := attach(t, m)
		y.ask("AT+CNMI?", info("+CNMI: 0,0,0,0,0"))
		y.ask("AT+CPMS?", info(`+CPMS: "SM",1,50,"SM",1,50,"SM",1,50`))
	})
}

// Unplugged after each octet of a dialogue: what was read is its beginning, and the message was sent
// just when its Ctrl-Z crossed.
func TestFault_unplugAnywhere(t *testing.T) {
	hex := good
	script := []string{"ATE0\r", cmgs(hex) + "\r", hex + "\x1a"}
	answers := []string{"ATE0\r" + ok, "\r\n> ", info("+CMGS: 0")}
	whole, before := 0, 0
	for i := range script {
		whole += len(script[i])
		before = whole
		whole += len(answers[i])
	}
	for octets := 1; octets <= whole; octets++ {
		n := NewNetwork(Options{})
		m, h := n.AddModem(ModemOptions{}), n.Handset("+15550100")
		order(t, m, Fault{Name: Unplug, Octets: octets})
		p := m.Open()
		crossed := 0
		for i, line := range script {
			w, err := p.Write([]byte(line))
			crossed += w
			if err != nil {
				break
			}
			b := make([]byte, len(answers[i]))
			r, err := io.ReadFull(p, b)
			crossed += r
			if got := string(b[:r]); !strings.HasPrefix(answers[i], got) {
				t.Fatalf("after %d octets: read %q", octets, got)
			}
			if err != nil {
				break
			}
		}
		if crossed != octets {
			t.Fatalf("unplugged after %d octets, not %d", crossed, octets)
		}
		p.Close()
		if _, err := m.TryOpen(); !errors.Is(err, syscall.ENODEV) {
			t.Fatalf("after %d octets: open: %v", octets, err)
		}
		if sent := h.last == 0 && octets >= before; sent && len(h.sets) != 1 {
			t.Fatalf("after %d octets: nothing was sent", octets)
		} else if octets < before && len(h.sets) > 0 {
			t.Fatalf("after %d octets: it was sent", octets)
		}
		if err := m.Replug(); err != nil {
			t.Fatal(err)
		}
		q, err := m.TryOpen()
		if err != nil {
			t.Fatalf("after replug: %v", err)
		}
		q.Close()
		n.Close()
	}
}

func TestFault_refused(t *testing.T) {
	_, m, _ := lab(t, Options{}, ModemOptions{})
	for _, f := range []Fault{
		{Name: "no-such"}, {Name: LoseFinal, Count: -1}, {Name: LateFinal, Delay: -1},
		{Name: Unplug, Octets: -1}, {Name: CMSError, Code: 1000}, {Name: Storm, Count: 2_000_000},
	} {
		if m.Fail(f) == nil {
			t.Errorf("%+v was taken", f)
		}
	}
}
