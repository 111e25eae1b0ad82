package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/pdu"
)

// compose makes the SUBMITs of a text.
func compose(t testing.TB, to, text string, report bool) []string {
	t.Helper()
	da, err := pdu.ParseAddress(to)
	if err != nil {
		t.Fatal(err)
	}
	dcs, parts, err := pdu.Segments(text, 7, false)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, ud := range parts {
		b, err := pdu.Frame{TPDU: &pdu.Submit{SRR: report, DA: da, DCS: dcs, UD: ud}}.AppendHex(nil)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(b))
	}
	return list
}

func cmgs(hex string) string { return fmt.Sprintf("AT+CMGS=%d", (len(hex)-2)/2-octet(hex)) }

func octet(hex string) int {
	var n int
	fmt.Sscanf(hex[:2], "%02X", &n)
	return n
}

// submit sends one PDU and expects its reference.
func (x *terminal) submit(hex string, mr int) {
	x.t.Helper()
	x.ask(cmgs(hex), "\r\n> ")
	x.say(hex + "\x1a")
	x.expect(info(fmt.Sprintf("+CMGS: %d", mr)))
}

// report reads the STATUS-REPORT in a +CDS.
func (x *terminal) report() *pdu.StatusReport {
	x.t.Helper()
	x.until("\r\n+CDS: ")
	var length int
	fmt.Sscan(x.until("\r\n"), &length)
	return x.readReport(strings.TrimSpace(x.until("\r\n")), length)
}

func (x *terminal) readReport(hex string, length int) *pdu.StatusReport {
	x.t.Helper()
	f, err := pdu.ParseFrame(hex, pdu.MobileTerminated)
	if err != nil || f.Warnings != 0 {
		x.t.Fatalf("report %s: %v, %v", hex, err, f.Warnings)
	}
	if n, _ := f.Length(); n != length {
		x.t.Errorf("report of %d octets, said %d", n, length)
	}
	return f.TPDU.(*pdu.StatusReport)
}

func TestSend(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{})
	x := attach(t, m)
	for i, text := range []string{"hello", "€ {} ~", "žluťoučký 😀", strings.Repeat("0123456789", 40), strings.Repeat("ж", 200)} {
		mr := int(m.mr)
		parts := compose(t, h.Number(), text, false)
		for k, hex := range parts {
			x.submit(hex, mr+k)
		}
		got := h.Messages()
		if len(got) != i+1 || got[i].Text != text || got[i].Parts != len(parts) || got[i].From != m.Number() {
			t.Fatalf("message %d: %+v, want %q in %d parts", i, got[len(got)-1], text, len(parts))
		}
	}
}

func TestSend_publishedVector(t *testing.T) {
	// Written by hand from 3GPP TS 23.040, 9.2.2.2: to +15550100, relative validity, "hellohello".
	_, m, h := lab(t, Options{}, ModemOptions{})
	x := attach(t, m)
	x.submit("0011000891515510000000AA0AE8329BFD4697D9EC37", 0)
	if got := h.Messages(); len(got) != 1 || got[0].Text != "hellohello" {
		t.Errorf("got %+v", got)
	}
}

func TestSend_referenceWraps(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{})
	x := attach(t, m)
	hex := compose(t, h.Number(), "x", false)[0]
	for i := range 258 {
		x.submit(hex, i%256)
	}
}

func TestSend_dialogue(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{})
	p := m.Open()
	x := newTerminal(t, p)
	defer func() {
		p.Close()
		for range x.c {
		}
	}()
	hex := compose(t, h.Number(), "x", false)[0]
	line := cmgs(hex)
	x.ask(line, line+"\r\r\n> ") // the echo, and a prompt of exactly four octets
	x.say(hex + "\x1a")
	x.expect(hex + info("+CMGS: 0")) // the PDU is echoed, the end of it is not
	x.ask("ATE0", "ATE0\r"+ok)
	x.ask(line, "\r\n> ")
	x.say(hex[:10] + "\x1b") // ESC
	x.expect(ok)
	x.say(line + "\r\n")
	x.expect("\r\n> ")
	x.say(strings.ToLower(hex) + "\x1a")
	x.expect(info("+CMGS: 1"))
	x.ask("AT+CSQ;"+line[2:], "\r\n> ") // information of earlier commands comes with the final result
	x.say(hex + "\x1a")
	x.expect(info("+CSQ: 20,99", "+CMGS: 2"))
	x.ask(line+";+CSQ", "\r\nERROR\r\n")
	x.quiet()
	if got := len(h.Messages()); got != 3 {
		t.Errorf("%d messages arrived, want 3", got)
	}
}

// A prompt that was left open ends with the port.
func TestSend_closedAtPrompt(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{})
	x := attach(t, m)
	hex := compose(t, h.Number(), "x", false)[0]
	x.ask(cmgs(hex), "\r\n> ")
	x.w.(*port).Close()
	y := attach(t, m)
	y.ask("AT+CSQ", info("+CSQ: 20,99"))
	if len(h.Messages()) > 0 {
		t.Error("a message was sent")
	}
}

func TestReceive(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{})
	x := attach(t, m)
	x.ask("AT+CNMI=2,1,0,0,0", ok)
	if err := h.Send(m.Number(), strings.Repeat("long ", 50)); err != nil {
		t.Fatal(err)
	}
	x.expect("\r\n+CMTI: \"SM\",1\r\n\r\n+CMTI: \"SM\",2\r\n")
	x.say("AT+CMGR=2\r")
	second := strings.Split(x.until(ok), "\r\n")
	if !strings.HasPrefix(second[1], "+CMGR: 0,,") {
		t.Errorf("got %q", second)
	}
	x.say("AT+CMGL=0\r") // the other is still unread
	if got := x.until(ok); strings.Count(got, "+CMGL:") != 1 || !strings.HasPrefix(got, "\r\n+CMGL: 1,0,,") {
		t.Errorf("got %q", got)
	}
	x.say("AT+CMGL=1\r") // now both are read
	rows := strings.Split(strings.TrimSpace(x.until(ok)), "\r\n")
	if len(rows) != 6 || rows[3] != second[2] {
		t.Fatalf("got %q", rows)
	}
	var dcs pdu.DCS
	var parts []pdu.UserData
	for i := range 2 {
		f, err := pdu.ParseFrame(rows[2*i+1], pdu.MobileTerminated)
		if err != nil || f.Warnings != 0 {
			t.Fatalf("%s: %v, %v", rows[2*i+1], err, f.Warnings)
		}
		n, _ := f.Length()
		if want := fmt.Sprintf("+CMGL: %d,1,,%d", i+1, n); rows[2*i] != want {
			t.Errorf("got %q, want %q", rows[2*i], want)
		}
		d := f.TPDU.(*pdu.Deliver)
		if d.OA.String() != h.Number() || f.SMSC.String() != "+15550000" {
			t.Errorf("from %s by %s", d.OA, f.SMSC)
		}
		dcs, parts = d.DCS, append(parts, d.UD)
	}
	if text, w := pdu.Join(dcs, parts); text != strings.Repeat("long ", 50) || w != 0 {
		t.Errorf("text %q, %v", text, w)
	}
	x.ask("AT+CMGD=1;+CMGL=0;+CMGD=2", ok)
	x.ask("AT+CPMS?", info(`+CPMS: "SM",0,50,"SM",0,50,"SM",0,50`))
}

func TestReceive_indications(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{})
	x := attach(t, m)
	send := func(text string) {
		t.Helper()
		if err := h.Send(m.Number(), text); err != nil {
			t.Fatal(err)
		}
	}
	send("mt 0: stored, and nothing is said")
	x.quiet()
	x.ask("AT+CNMI=0,1", ok)
	send("mode 0: said later")
	x.quiet()
	x.ask("AT+CNMI=2", ok+"\r\n+CMTI: \"SM\",2\r\n")
	x.ask("AT+CNMI=0", ok)
	send("mode 0: said never")
	x.ask("AT+CNMI=2,1,0,0,1", ok)
	x.quiet()
	x.ask("AT+CNMI=2,2", ok)
	send("mt 2: pushed")
	x.until("\r\n+CMT: ,")
	x.until("0591515500000408915155100000")
	x.until("\r\n")
	x.ask("AT+CNMI=2,1", ok)
	x.ask(`AT+CPMS="SM","SM","ME"`, info("+CPMS: 3,50,3,50,0,100"))
	send("into ME")
	x.expect("\r\n+CMTI: \"ME\",1\r\n")
	x.quiet()
}

func TestReceive_class2(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{})
	x := attach(t, m)
	x.ask("AT+CNMI=2,2", ok)
	hex := "07911111111111F1040B911111111111F100126211129022750002C834" // DCS 12: class 2
	if err := h.SendPDU(m.Number(), hex); err != nil {
		t.Fatal(err)
	}
	x.expect("\r\n+CMTI: \"SM\",1\r\n") // the SIM's, however it is routed
	x.ask("AT+CMGR=1", info(fmt.Sprintf("+CMGR: 0,,%d", len(hex)/2-8), hex))
}

func TestReceive_hostile(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{})
	x := attach(t, m)
	x.ask("AT+CNMI=2,1", ok)
	for i, hex := range []string{"00", "FF", "0004", "07911111111111F1FFFFFFFFFF", strings.Repeat("AB", 400)} {
		if err := h.SendPDU(m.Number(), hex); err != nil {
			t.Fatal(err)
		}
		x.expect(fmt.Sprintf("\r\n+CMTI: \"SM\",%d\r\n", i+1))
		x.say(fmt.Sprintf("AT+CMGR=%d\r", i+1))
		if got := x.until(ok); !strings.Contains(got, "\r\n"+hex+"\r\n") {
			t.Errorf("got %q", got)
		}
	}
	for _, hex := range []string{"", "0", "0x", "000G"} {
		if h.SendPDU(m.Number(), hex) == nil {
			t.Errorf("%q was taken", hex)
		}
	}
	if h.SendPDU("+4711", "00") == nil || h.Send("+4711", "x") == nil {
		t.Error("nobody has that number")
	}
}

func TestReceive_acknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, m, h := lab(t, Options{}, ModemOptions{})
		defer n.Close()
		x := attach(t, m)
		x.ask("AT+CSMS=1", info("+CSMS: 1,1,1"))
		x.ask("AT+CNMI=2,2,0,1", ok)
		h.Send(m.Number(), "one")
		h.Send(m.Number(), "two")
		x.until("+CMT: ")
		x.until("\r\n")
		x.until("\r\n")
		x.quiet() // the second waits for the first
		if got, _ := h.Since(0); got[0].State != "waiting" {
			t.Errorf("state %q before +CNMA", got[0].State)
		}
		x.ask("AT+CNMA", ok)
		x.until("+CMT: ")
		x.until("\r\n")
		x.until("\r\n")
		time.Sleep(ackTimeout + time.Second) // no +CNMA: the modem gives up direct routing and keeps it
		synctest.Wait()
		x.ask("AT+CNMI?", info("+CNMI: 2,0,0,0,0"))
		x.ask("AT+CPMS?", info(`+CPMS: "SM",1,50,"SM",1,50,"SM",1,50`))
		x.ask("AT+CNMA", "\r\n+CMS ERROR: 340\r\n")
		if got, _ := h.Since(0); got[0].State != "delivered" || got[1].State != "delivered" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestReport(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{})
	x := attach(t, m)
	hex := compose(t, h.Number(), "x", true)[0]
	x.submit(hex, 0)
	x.quiet() // ds 0
	x.ask("AT+CNMI=2,1,0,1", ok)
	x.submit(hex, 1)
	r := x.report()
	if r.MR != 1 || r.RA.String() != h.Number() || r.ST != 0 {
		t.Errorf("got %+v", r)
	}
	x.submit(compose(t, "+4711", "x", true)[0], 2)
	if r := x.report(); r.MR != 2 || r.RA.String() != "+4711" || r.ST.Class() != pdu.Permanent {
		t.Errorf("to nobody: got %+v", r)
	}
	x.submit(compose(t, "+4711", "x", false)[0], 3)
	x.quiet() // not asked for
	x.ask("AT+CNMI=2,1,0,2", ok)
	x.submit(hex, 4)
	x.expect("\r\n+CDSI: \"SR\",1\r\n")
	x.ask(`AT+CPMS="SR"`, info("+CPMS: 1,10,0,50,0,50"))
	x.say("AT+CMGR=1\r")
	rows := strings.Split(x.until(ok), "\r\n")
	var length int
	fmt.Sscanf(rows[1], "+CMGR: 0,,%d", &length)
	if r := x.readReport(rows[2], length); r.MR != 4 {
		t.Errorf("got %+v", r)
	}
	x.ask("AT+CMGD=1", ok)
	for i := range 12 { // SR has ten slots: two reports wait
		x.ask(cmgs(hex), "\r\n> ")
		x.say(hex + "\x1a")
		x.until(ok)
		if i < 10 {
			x.expect(fmt.Sprintf("\r\n+CDSI: \"SR\",%d\r\n", i+1))
		}
	}
	x.quiet()
	x.ask("AT+CMGD=3", ok+"\r\n+CDSI: \"SR\",3\r\n")
	x.ask("AT+CMGD=1,4", ok)
	x.until("+CDSI: \"SR\",1\r\n")
}

func TestReport_delayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, m, h := lab(t, Options{ReportDelay: time.Minute}, ModemOptions{})
		defer n.Close()
		x := attach(t, m)
		x.ask("AT+CNMI=2,1,0,1", ok)
		begin := time.Now()
		x.submit(compose(t, h.Number(), "x", true)[0], 0)
		x.quiet()
		time.Sleep(time.Minute)
		synctest.Wait()
		r := x.report()
		sent, _ := r.SCTS.Time()
		done, _ := r.DT.Time()
		if done.Sub(sent) != time.Minute || !sent.Equal(begin) {
			t.Errorf("sent %v, delivered %v", sent, done)
		}
	})
}

func TestTwoModems(t *testing.T) {
	n, one, _ := lab(t, Options{}, ModemOptions{})
	two := n.AddModem(ModemOptions{})
	x, y := attach(t, one), attach(t, two)
	x.ask("AT+CNMI=2,1,0,1", ok)
	y.ask("AT+CNMI=2,1,0,1", ok)
	x.submit(compose(t, two.Number(), "hello", true)[0], 0)
	y.expect("\r\n+CMTI: \"SM\",1\r\n")
	if r := x.report(); r.RA.String() != "+15550192" || r.ST != 0 {
		t.Errorf("got %+v", r)
	}
	y.say("AT+CMGR=1\r")
	rows := strings.Split(y.until(ok), "\r\n")
	f, err := pdu.ParseFrame(rows[2], pdu.MobileTerminated)
	if err != nil {
		t.Fatal(err)
	}
	d := f.TPDU.(*pdu.Deliver)
	if text, _ := d.UD.Text(d.DCS); text != "hello" || d.OA.String() != "+15550191" || !d.SRI {
		t.Errorf("got %q from %s, report %t", text, d.OA, d.SRI)
	}
	// A SIM that texts itself has the final result first, then the message, then the report.
	x.submit(compose(t, one.Number(), "me", true)[0], 1)
	x.expect("\r\n+CMTI: \"SM\",1\r\n")
	x.report()
	x.quiet()
}

func TestRecord(t *testing.T) {
	var file bytes.Buffer
	n, m, h := lab(t, Options{Record: &file}, ModemOptions{})
	x := attach(t, m)
	x.ask("AT+CNMI=2,1,0,1", ok)
	x.submit(compose(t, h.Number(), "out", true)[0], 0)
	x.report()
	h.Send(m.Number(), strings.Repeat("in ", 60))
	x.until("\"SM\",2\r\n")
	x.ask("AT+CMGD=1", ok)
	m.Fail(Fault{Name: CMSError, Code: 38})
	hex := compose(t, h.Number(), "no", false)[0]
	x.ask(cmgs(hex), "\r\n> ")
	x.say(hex + "\x1a")
	x.expect("\r\n+CMS ERROR: 38\r\n")
	n.Close()
	var kinds []string
	for i, line := range strings.Split(strings.TrimSpace(file.String()), "\n") {
		var e Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if e.N != int64(i+1) {
			t.Errorf("line %d is number %d", i+1, e.N)
		}
		kinds = append(kinds, fmt.Sprint(e.Kind, " ", e.ID, " ", e.Seq, "/", e.Total))
	}
	want := "submit 1 0/0, deliver 1 0/0, report 0 0/0, deliver 2 1/2, deliver-stored 2 1/2, " +
		"deliver 2 2/2, deliver-stored 2 2/2, deleted 2 0/0, fault 0 0/0, refused 0 0/0"
	if got := strings.Join(kinds, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

type brokenDisk struct{}

func (brokenDisk) Write([]byte) (int, error) { return 0, fmt.Errorf("disk full") }

// What cannot be written down does not cross.
func TestRecord_broken(t *testing.T) {
	n, m, h := lab(t, Options{Record: brokenDisk{}}, ModemOptions{})
	x := attach(t, m)
	hex := compose(t, h.Number(), "x", false)[0]
	for range 2 {
		x.ask(cmgs(hex), "\r\n> ")
		x.say(hex + "\x1a")
		x.expect("\r\n+CMS ERROR: 500\r\n")
	}
	if h.Send(m.Number(), "x") == nil || n.Err() == nil || len(h.Messages()) > 0 {
		t.Error("something crossed without a record")
	}
}
