package simulator

import (
	"fmt"
	"strings"
	"testing"
)

func TestMemory_full(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{SM: 3})
	x := attach(t, m)
	x.ask("AT+CNMI=2,1", ok)
	for i := range 5 {
		if err := h.Send(m.Number(), fmt.Sprint("text ", i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		x.expect(fmt.Sprintf("\r\n+CMTI: \"SM\",%d\r\n", i+1))
	}
	x.quiet()
	x.ask("AT+CPMS?", info(`+CPMS: "SM",3,3,"SM",3,3,"SM",3,3`))
	if s := m.Status(); s.Waiting != 2 {
		t.Errorf("%d wait, want 2", s.Waiting)
	}
	x.ask("AT+CMGD=2", ok+"\r\n+CMTI: \"SM\",2\r\n") // the lowest free slot
	// The last one goes where there is room: into another memory, once it is chosen.
	x.ask(`AT+CPMS="SM","SM","ME"`, info("+CPMS: 3,3,3,3,1,100")[:0]+"\r\n+CPMS: 3,3,3,3,0,100\r\n"+ok+"\r\n+CMTI: \"ME\",1\r\n")
}

func TestMemory_fromZero(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{FromZero: true, SM: 600})
	x := attach(t, m)
	x.ask("AT+CNMI=2,1", ok)
	for i := range 600 {
		h.Send(m.Number(), "x")
		x.expect(fmt.Sprintf("\r\n+CMTI: \"SM\",%d\r\n", i))
	}
	x.say("AT+CMGL=4\r")
	if got := strings.Count(x.until(ok), "+CMGL: "); got != 600 {
		t.Errorf("%d listed", got)
	}
}

func TestMemory_delete(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{})
	x := attach(t, m)
	fill := func() {
		t.Helper()
		x.ask("AT+CMGD=1,4", ok)
		h.Send(m.Number(), "read")
		h.Send(m.Number(), "unread")
		x.say("AT+CMGR=1\r")
		x.until(ok)
		out := compose(t, h.Number(), "stored", false)[0]
		for range 2 {
			x.ask(strings.Replace(cmgs(out), "CMGS", "CMGW", 1), "\r\n> ")
			x.say(out + "\x1a")
			x.until(ok)
		}
		x.say("AT+CMSS=4\r")
		x.until(ok)
	}
	for flag, left := range []string{"2,0 3,2 4,3", "2,0 3,2 4,3", "2,0 3,2", "2,0", ""} {
		fill()
		x.say(fmt.Sprintf("AT+CMGD=1,%d\r", flag))
		x.expect(ok)
		x.say("AT+CMGL=4\r")
		var have []string
		for _, line := range strings.Split(x.until(ok), "\r\n") {
			if row, is := strings.CutPrefix(line, "+CMGL: "); is {
				have = append(have, strings.Join(strings.Split(row, ",")[:2], ","))
			}
		}
		if got := strings.Join(have, " "); got != left {
			t.Errorf("after delete with flag %d there is %q, want %q", flag, got, left)
		}
	}
	x.ask("AT+CMGD=?", info("+CMGD: (),(0-4)"))
}

func TestMemory_write(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{SM: 2})
	x := attach(t, m)
	out := compose(t, h.Number(), "stored", false)[0]
	write := strings.Replace(cmgs(out), "CMGS", "CMGW", 1)
	x.ask(write, "\r\n> ")
	x.say(out + "\x1a")
	x.expect(info("+CMGW: 1"))
	x.ask("AT+CMSS=1", info("+CMSS: 0"))
	x.ask("AT+CMSS=1,\"+4711\"", info("+CMSS: 1")) // to somebody else
	if got := h.Messages(); len(got) != 1 || got[0].Text != "stored" {
		t.Errorf("got %+v", got)
	}
	in := "0591515500F0" + "04089151551000000062111290220000" + "02E834"
	x.ask(fmt.Sprintf("AT+CMGW=%d,1", len(in)/2-6), "\r\n> ")
	x.say(in + "\x1a")
	x.expect(info("+CMGW: 2"))
	x.ask("AT+CMGR=2", info(fmt.Sprintf("+CMGR: 1,,%d", len(in)/2-6), in))
	x.ask(write, "\r\n> ")
	x.say(out + "\x1a")
	x.expect("\r\n+CMS ERROR: 322\r\n")
	x.ask(write, "\r\n> ")
	x.say(out + "00\x1a")
	x.expect("\r\n+CMS ERROR: 304\r\n")
	x.ask("AT+CMGW=0", "\r\n+CMS ERROR: 304\r\n")
}
