package modem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/modem/at"
)

// TestOddities: the oddities of real modems, as the design's modem.md numbers them in its section 6. Each is shown
// by recorded conversations, by a test that stands elsewhere, or by one below.
func TestOddities(t *testing.T) {
	dialogue := map[string]dialogue{}
	for _, d := range loadDialogues(t) {
		dialogue[d.name] = d
	}
	shown := map[int]bool{}
	for _, o := range oddities {
		shown[o.n] = len(o.dialogues)+len(o.tests) > 0
		t.Run(fmt.Sprintf("%02d_%s", o.n, strings.ReplaceAll(o.what, " ", "_")), func(t *testing.T) {
			for _, name := range o.dialogues {
				d, ok := dialogue[name]
				if !ok {
					t.Errorf("there is no dialogue %s", name)
					continue
				}
				t.Run(name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						answers, events, _ := perform(t, d, whole)
						compare(t, d, answers, events)
					})
				})
			}
			for i, test := range o.tests {
				t.Run(fmt.Sprint(i+1), test)
			}
		})
	}
	for n := 1; n <= 30; n++ {
		if !shown[n] {
			t.Errorf("nothing shows oddity %d", n)
		}
	}
	if len(oddities) != 30 {
		t.Errorf("%d oddities", len(oddities))
	}
}

type (
	names []string
	tests []func(*testing.T)
)

var oddities = []struct {
	n         int
	what      string
	dialogues names
	tests     tests
}{
	{1, "unusual finals", names{"o01_finals", "a11_unusual_finals"}, nil},
	{2, "READY without OK", names{"open_slow_start"}, nil},
	{3, "CR CR LF, lines without prefix", names{"o03_clac", "a12_line_ends"}, nil},
	{4, "NUL before an answer", names{"a12_line_ends"}, nil},
	{5, "header glued to a PDU", names{"list_glued"}, nil},
	{6, "text before a header", names{"list_glued"}, nil},
	{7, "empty list", names{"list_empty"}, nil},
	{8, "empty place", names{"read_empty"}, nil},
	{9, "CMTI of nothing", names{"indications", "read_empty"}, nil},
	{10, "CDSI of SM, or within an answer", names{"indications", "o10_report_in_answer"}, nil},
	{11, "count lags", names{"o11_count_lags"}, nil},
	{12, "forms of CPMS", names{"open_slow_start"}, tests{oddMemories, TestOddMemories, TestReadable}},
	{13, "forms of CNMI", nil, tests{oddIndications, TestIndications, TestOddIndications}},
	{14, "CSMS with =, and 128", names{"open_slow_start"}, tests{oddServices, TestOddService}},
	{15, "odd prompts", names{"prompt_taken_back_whole", "a13_prompts", "o15_prompt_in_pieces"}, nil},
	{16, "forms of CMGS", names{"submit_forms", "a03_refused_after_deadline"}, nil},
	{17, "busy after start", names{"open_slow_start"}, tests{oddBusy}},
	{18, "forms of CUSD", names{"ussd_forms", "a15_menu_of_lines", "o18_ussd_twice"}, nil},
	{19, "forms of CREG", names{"a07_urc_of_same_prefix"}, tests{TestRegistration, TestOddRegistration}},
	{20, "banners in a dialogue", names{"banners"}, nil},
	{21, "URC anywhere", names{"a05_urc_in_answer"}, tests{TestURCAtEveryByte, TestURCAtEveryLine}},
	{22, "echo", names{"a20_echo", "open_slow_start"}, tests{oddEcho}},
	{23, "forms of the ICCID", nil, tests{TestICCID, TestOddICCID}},
	{24, "forms of the signal", names{"o24_signal_unasked"}, tests{TestSignal, TestOddSignal, oddSignal}},
	{25, "withheld number", names{"indications"}, tests{TestOddCaller, oddCallers}},
	{26, "restart asked for", names{"o26_restart_after_ok", "o26_restart_without_ok"}, tests{oddReturn}},
	{27, "ModemManager talks too", nil, tests{oddCompany}},
	{28, "wrong baud rate", nil, tests{TestNoLineEnd, oddNoise}},
	{29, "silent or NMEA port", names{"open_silent", "o29_nmea"}, nil},
	{30, "OK of long ago", names{"o30_ok_of_long_ago", "doubled_finals_whole", "a02_two_barriers"}, nil},
}

// withAnswers opens a modem that says some things in its own way.
func withAnswers(t *testing.T, own map[string]string) (*Modem, *peer, error) {
	ours, theirs := net.Pipe()
	p := newPeer(theirs)
	p.answers = maps.Clone(usual)
	maps.Copy(p.answers, own)
	go p.run()
	m, err := Open(t.Context(), ours, Options{})
	if err == nil {
		t.Cleanup(func() { m.Close() })
	}
	t.Cleanup(func() { theirs.Close() })
	return m, p, err
}

// oddMemories: python-gsmmodem's and gammu's strings.
func oddMemories(t *testing.T) {
	for _, c := range []struct{ said, want string }{
		{`(("SM","BM","SR"),("SM"))`, "SM SR"},
		{`(),(),()`, "SM ME"},
		{`("ME","MT","SM","SR"),("ME","MT","SM","SR")`, "SM ME SR"},
		{`("SM","ME"),("SM","ME"),("SM","ME")`, "SM ME"},
		{`("MT","SR"),("MT"),("MT")`, "MT SR"},
		{`"SM","SM","SM"`, "SM"},
	} {
		m, _, err := withAnswers(t, map[string]string{
			"+CPMS=?": "+CPMS: " + c.said + "|OK", `+CPMS="MT","MT","MT"`: "+CPMS: 0,20,0,20,0,20|OK",
			`+CPMS="SM","SM","SM"`: `+CPMS: "SM",0,20,"SM",0,20,"SM",0,20|OK`,
		})
		if err != nil || strings.Join(m.Memories(), " ") != c.want {
			t.Errorf("%s: %q, %v, want %s", c.said, m.Memories(), err, c.want)
		}
	}
}

// oddIndications: the tuple that is asked for is one the modem named.
func oddIndications(t *testing.T) {
	for said, want := range map[string]string{
		"(2),(0-1,3),(0,2),(0-1),(0)":           "+CNMI=2,1,0,1,0",
		"(0-3),(0,1),(0,2,3),(0,2),(1)":         "+CNMI=2,1,0,2,1",
		"(0,1,2),(0-3),(0,2,3),(0,1,2),(0,1)":   "+CNMI=2,1,0,1,0",
		"(0-2),(0-3),(0-3),(0-2),(0-1)":         "+CNMI=2,1,0,1,0",
		"(0, 1, 2),(0, 1),(0, 2),(0, 1),(0, 1)": "+CNMI=2,1,0,1,0",
	} {
		_, p, err := withAnswers(t, map[string]string{"+CNMI=?": "+CNMI: " + said + "|OK", want: "OK"})
		if err != nil || !strings.Contains(strings.Join(p.heard(), "\n"), want+"\n+CNMI?") {
			t.Errorf("%s: %v, %q, want %s", said, err, p.heard(), want)
		}
	}
}

// oddServices: an M26 offers 0 and 128, so that +CSMS=1 must not be asked.
func oddServices(t *testing.T) {
	if s := at.ParseSets("(0,128)"); len(s) != 1 || s[0].Has(1) || !s[0].Has(128) {
		t.Errorf("%+v", s)
	}
	_, p, err := withAnswers(t, map[string]string{"+CSMS?": "+CSMS: 128,1,1,1|OK", "+CSMS=?": "+CSMS: (0,128)|OK", "+CSMS=1": "ERROR"})
	if err != nil || strings.Contains(strings.Join(p.heard(), "\n"), "+CSMS=1") {
		t.Errorf("%v, %q", err, p.heard())
	}
}

// oddBusy: CME 14 for ten seconds, and CME 515 after +CFUN=1.
func oddBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		p := newPeer(theirs)
		p.answers = maps.Clone(usual)
		maps.Copy(p.answers, map[string]string{"+CFUN?": "+CFUN: 4|OK", "+CFUN=1": "+CME ERROR: 515", "+CPIN?": "+CME ERROR: 14"})
		up := time.Now().Add(10 * time.Second)
		go (&waking{p, up}).run()
		begun := time.Now()
		m, err := Open(context.Background(), ours, Options{})
		if took := time.Since(begun); err != nil || took < 10*time.Second || took > 12*time.Second {
			t.Fatalf("%v after %v", err, took)
		}
		m.Close()
		theirs.Close()
	})
}

// waking is a peer whose SIM is ready later.
type waking struct {
	*peer
	up time.Time
}

func (w *waking) run() {
	port := w.port
	w.port = struct {
		io.Reader
		io.Writer
		io.Closer
	}{port, writerFunc(func(b []byte) (int, error) {
		if time.Now().After(w.up) {
			b = []byte(strings.Replace(string(b), "+CME ERROR: 14", "+CPIN: READY\r\n\r\nOK", 1))
		}
		port.Write(b)
		return len(b), nil
	}), port}
	w.peer.run()
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// oddEcho: a modem that echoes all, in each of the forms seen, and will not stop.
func oddEcho(t *testing.T) {
	for _, end := range []string{"\r", "\r\n", "\r\r\n"} {
		ours, theirs := net.Pipe()
		p := newPeer(theirs)
		var echo io.Reader = readerFunc(func(b []byte) (int, error) {
			n, err := theirs.Read(b)
			if text := strings.TrimSuffix(string(b[:n]), "\r"); err == nil && len(text) > 1 {
				io.WriteString(theirs, strings.TrimRight(text, "\x1a")+end)
			}
			return n, err
		})
		p.port = struct {
			io.Reader
			io.Writer
			io.Closer
		}{echo, theirs, theirs}
		go p.run()
		m, err := Open(t.Context(), ours, Options{})
		if err != nil {
			t.Fatalf("%q: %v", end, err)
		}
		if mr, err := m.Submit(t.Context(), submission(5)); mr != 1 || err != nil {
			t.Errorf("%q: %d, %v", end, mr, err)
		}
		if m.Identity().Manufacturer != "Example" || m.Identity().IMEI == "" {
			t.Errorf("%q: %+v", end, m.Identity())
		}
		m.Close()
		if events := collect(m); len(events) != 0 {
			t.Errorf("%q: %q", end, events)
		}
		theirs.Close()
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// oddSignal: a strength with a fraction is no strength, and no harm.
func oddSignal(t *testing.T) {
	for said, want := range map[string]int{"99,99": 0, "31,0": -51, "0,99": -113, "142,99": -74, "18.5,99": 0, "": 0} {
		m, _, err := withAnswers(t, map[string]string{"+CSQ": "+CSQ: " + said + "|OK"})
		if err != nil {
			t.Fatal(err)
		}
		s, err := m.Status(t.Context())
		if err != nil || s.Signal != want {
			t.Errorf("%q: %d, %v, want %d", said, s.Signal, err, want)
		}
	}
}

// oddCallers: a withheld number, and letters where the number should be.
func oddCallers(t *testing.T) {
	m, port := started(t, Options{})
	p := newPeer(port)
	go p.run()
	for said, want := range map[string]string{
		`+CLIP: "",128,,,,2`: "ring", `+CLIP: "Anna",208,,,,0`: "ring Anna", `+CLIP: "+491511",145`: "ring +491511", "RING": "ring RING",
	} {
		p.say(said)
		for ev := range m.Events() {
			if ev.Kind == Ring {
				if got := tell(ev); got != want {
					t.Errorf("%s: %s, want %s", said, got, want)
				}
				break
			}
		}
	}
}

// oddReturn: a modem comes back at another port, with other settings, and is known by its IMEI; what was asked
// of the old port is over.
func oddReturn(t *testing.T) {
	before, p := opened(t, Options{})
	p.port.Close()
	<-before.Lost()
	if err := before.Err(); !errors.Is(err, ErrUnplugged) {
		t.Error(err)
	}
	_, err := before.Submit(t.Context(), submission(1))
	if e, ok := errors.AsType[*Error](err); !ok || e.Outcome != NotSent {
		t.Error(err)
	}
	after, p := opened(t, Options{})
	if after.Identity() != before.Identity() || after.Identity().IMEI == "" {
		t.Errorf("%+v became %+v", before.Identity(), after.Identity())
	}
	mr, err := after.Submit(t.Context(), submission(1))
	if pdus, _ := p.took(); mr != 1 || err != nil || len(pdus) != 1 {
		t.Errorf("%d, %v", mr, err)
	}
}

// oddCompany: for twenty seconds ModemManager probes the same port, so that its AT and the OKs it causes, and
// octets of QCDM, come between ours. Answers stay what they are; when it has gone, all is well.
func oddCompany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		p := newPeer(theirs)
		go p.run()
		r := rand.New(rand.NewPCG(27, 1))
		done := make(chan struct{})
		go func() {
			defer close(done)
			for begun := time.Now(); time.Since(begun) < 20*time.Second; time.Sleep(time.Duration(r.IntN(700)) * time.Millisecond) {
				switch r.IntN(3) {
				case 0:
					p.say("OK")
				case 1:
					io.WriteString(theirs, "AT\r\r\nOK\r\n")
				default:
					io.WriteString(theirs, "\x7e\x13\x1e\x7e\x7e\x0c\x00\x14\x3a\x10\x7e")
				}
			}
		}()
		m := start(ours, Options{}.filled())
		m.engine.ready.Store(true)
		right := 0
		for n := range 40 {
			lines, err := m.ask(context.Background(), "+CGSN", shape{prefix: "+CGSN", bare: isIMEI, need: true})
			if err == nil && joined(lines, err) != "860000000000001" {
				t.Errorf("%q", lines)
			}
			if err == nil {
				right++
			}
			s := submission(n)
			mr, err := m.Submit(context.Background(), s)
			e, _ := errors.AsType[*Error](err)
			pdus, last := p.took()
			if taken := strings.Count(strings.Join(pdus, "\n"), s.PDU); err == nil && (taken != 1 || last != mr) ||
				err != nil && e.Outcome == NotSent && taken != 0 || taken > 1 {
				t.Errorf("submit %d: %d, %v, taken %d times", n, mr, err, taken)
			}
			time.Sleep(400 * time.Millisecond)
		}
		<-done
		time.Sleep(time.Minute)
		mr, err := m.Submit(context.Background(), submission(99))
		if _, last := p.took(); err != nil || mr != last {
			t.Errorf("afterwards: %d, %v", mr, err)
		}
		t.Logf("%d of 40 answers came through", right)
		if right < 10 {
			t.Errorf("%d of 40 answers came through", right)
		}
		m.Close()
		theirs.Close()
	})
}

// oddNoise: what a wrong baud rate makes of answers is no modem, and no memory is spent on it.
func oddNoise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		r := rand.New(rand.NewPCG(28, 1))
		go func() {
			for buf := make([]byte, 256); ; {
				if _, err := theirs.Read(buf); err != nil {
					return
				}
				noise := make([]byte, 20_000)
				for i := range noise {
					noise[i] = byte(r.Uint32())
					if noise[i] == '\n' || noise[i] == '\r' || r.IntN(3) == 0 {
						noise[i] = 0x00
					}
				}
				theirs.Write(noise)
			}
		}()
		begun := time.Now()
		m, err := Open(context.Background(), ours, Options{})
		if m != nil || !errors.Is(err, ErrSilent) || time.Since(begun) > 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		theirs.Close()
	})
}
