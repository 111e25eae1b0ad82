package modem

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"smsbridge/modem/at"
	"smsbridge/modem/profile"
)

// TestIndications builds +CNMI from what real modems say they take.
func TestIndications(t *testing.T) {
	for _, c := range []struct{ modem, legal, want string }{
		{"TS 27.005", "(0-3),(0-3),(0-3),(0-2),(0,1)", "2,1,0,1,0"},
		{"MC75i: the fifth must be 1", "(0-3),(0,1),(0,2,3),(0,2),(1)", "2,1,0,2,1"},
		{"SIM800: no <ds>=2", "(0-3),(0-3),(0,2),(0,1),(0,1)", "2,1,0,1,0"},
		{"phonesim", "(2),(0-1,3),(0,2),(0-1),(0)", "2,1,0,1,0"},
		{"gammu #1207", "(0,1,2),(0-3),(0,2,3),(0,1,2),(0,1)", "2,1,0,1,0"},
		{"no mode 2", "(0,1,3),(0,1),(0),(0),(0)", "1,1,0,0,0"},
		{"four fields", "(0-2),(0,1),(0),(0,1)", "2,1,0,1"},
		{"an empty group", "(0-2),(0,1),(),(0,1),(0)", "2,1,0,1,0"},
		{"nothing", "", "2,1,0,1,0"},
	} {
		if got := indications(profile.Generic(), at.ParseSets(c.legal)); got[0] != c.want {
			t.Errorf("%s: %q, want %s first", c.modem, got, c.want)
		}
	}
}

func TestReadable(t *testing.T) {
	for _, c := range []struct{ preferred, offered, want string }{
		{"SM ME", "ME MT SM SR", "SM ME SR"},
		{"SM ME", "SM", "SM"},
		{"SM ME", "MT", "MT"},
		{"SM ME", "SM BM SR", "SM SR"},
		{"SM ME", "XX SR", "XX SR"},
		{"SM ME", "ME MT", "ME"},
		{"ME SM", "ME MT SM SR", "ME SM SR"}, // an A7670
		{"SM", "ME SM", "SM ME"},             // preferred is not only
		{"", "ME SM", "SM ME"},
	} {
		if got := strings.Join(readable(strings.Fields(c.offered), sought(strings.Fields(c.preferred))), " "); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.preferred, c.offered, got, c.want)
		}
	}
}

func TestRegistration(t *testing.T) {
	for text, want := range map[string]RegistrationState{
		"1": Home, "5": Roaming, "0,1": Home, "2,5": Roaming, "2": Searching, "0,3": Denied, "0,11": RegistrationUnknown,
		`1,"00C3","0000ABCD"`: Home, `2,1,"00C3","0000ABCD",7`: Home, `1,00C3,ABCD`: Home, `5,"0123","45",0`: Roaming,
		"0,6": HomeSMS, "7": RoamingSMS, "": RegistrationUnknown, "x": RegistrationUnknown, "-1": RegistrationUnknown,
	} {
		if got := parseRegistration(at.ParseParams(text)); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	if RegistrationState(200).String() != "unknown" || Home.String() != "home" || !Roaming.Registered() || Denied.Registered() {
		t.Error("names")
	}
}

func TestSignal(t *testing.T) {
	for rssi, want := range map[int]int{0: -113, 20: -73, 31: -51, 99: 0, 32: 0, -1: 0, 100: -116, 191: -25, 199: 0} {
		if got := dBm(rssi); got != want {
			t.Errorf("%d: %d, want %d", rssi, got, want)
		}
	}
}

func TestICCID(t *testing.T) {
	for text, want := range map[string]string{
		"+CCID: 8949000000000000001F":      "8949000000000000001",
		`+ICCID: "89490000000000000012"`:   "89490000000000000012",
		"^ICCID: 8949000000000000001":      "8949000000000000001",
		"!ICCID: 8949000000000000001":      "8949000000000000001",
		"89490000000000000012":             "89490000000000000012",
		"+CCID: ERROR":                     "",
		"+CCID: 894900000000000000000000F": "",
	} {
		if got := iccid(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestPrivacy: the log shortens PDUs and keeps the PIN; the transcript has every octet.
func TestPrivacy(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	go newPeer(theirs).run()
	var log, script bytes.Buffer
	o := Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), Transcript: &script}
	m := start(ours, o.filled())
	if _, err := m.Submit(t.Context(), submission(0xABCDE)); err != nil {
		t.Fatal(err)
	}
	c := newCall(t.Context(), `+CPIN="1234"`, shape{}, time.Second)
	c.label = "+CPIN=..."
	m.do(c)
	m.engine.log.Debug("hear", "line", shorten{submission(0xABCDE).PDU})
	m.Close()
	if text := log.String(); strings.Contains(text, "ABCDE") || strings.Contains(text, "1234") || !strings.Contains(text, "+CMGS=8") {
		t.Error(text)
	}
	for _, want := range []string{`> "AT+CMGS=8\r"`, `< "\r\n> "`, `> "0000000000000ABCDE\x1a"`, "+CMGS: 1"} {
		if !strings.Contains(script.String(), want) {
			t.Errorf("no %s in the transcript\n%s", want, script.String())
		}
	}
}

// still is a port on which nothing happens.
type still struct{}

func (still) Read([]byte) (int, error)    { select {} }
func (still) Write(b []byte) (int, error) { return len(b), nil }
func (still) Close() error                { return nil }

var _ io.ReadWriteCloser = still{}

// FuzzHear lets the engine hear anything in the middle of anything.
func FuzzHear(f *testing.F) {
	for _, s := range []string{
		"\r\n+CSQ: 11,99\r\n\r\nOK\r\n", "\r\n> ", "\r\n+CMT: ,8\r\n000000000000000001\r\n", "+CUSD: 1,\"a\r\n> b\",15\r\n",
		"+CMGL: 1,0,,8\r\n000000000000000001+CMGL: 2,1,,8\r\n", "+CMS ERROR: 38\r\n", "RDY\r\n", "+CMGS: 7\r\n", "^X: 1> ",
		"+CDS:\r\n", "+CMTI:\r\n", "+CREG:\r\n", "+CUSD:\r\n", ">\r>\r>\r", "\x00\x1a\x1b",
	} {
		for state := range uint8(7) {
			f.Add(state, s)
		}
	}
	f.Fuzz(func(t *testing.T, state uint8, said string) {
		listen(t, state, []byte(said))
	})
}

// listen lets an engine that is in some state hear what is said, and demands what must hold whatever it is: what is
// kept has bounds, a PDU goes out once and after a prompt, and no ESC follows a Ctrl-Z. It returns how many PDUs went out.
func listen(t testing.TB, state uint8, said []byte) (parcels int) {
	e := newEngine(still{}, Options{}.filled())
	e.ready.Store(state&8 != 0)
	c := newCall(context.Background(), "+CSQ", shape{prefix: "+CSQ", need: true}, time.Second)
	switch state % 8 {
	case 0:
		c = nil
	case 1:
		c.shape = shape{prefix: "+CMGL", pdus: true}
	case 2:
		c.shape = shape{bare: isName}
	case 3, 4:
		s := submission(1)
		c.text, c.pdu, c.shape = "+CMGS=8", s.PDU, shape{}
	case 5:
		e.late, e.mode, e.unwanted = c, listening, true
		e.doubted, c = c, nil
	case 6:
		c.probe = true
	case 7:
		e.shaky = true
	}
	if c != nil {
		e.begin(c)
	}
	drain := func() {
		e.saying = 0
		for len(e.say) > 0 {
			switch u := <-e.say; {
			case u[len(u)-1] == ctrlZ:
				parcels++
			case u[0] == esc && parcels > 0:
				t.Error("ESC follows Ctrl-Z")
			}
		}
	}
	if state%8 == 4 {
		e.hear(chunk{data: []byte("\r\n> ")})
	}
	for piece := range slices.Chunk(said, 512) {
		drain()
		e.hear(chunk{data: piece})
	}
	e.unglue()
	drain()
	for _, timer := range []*time.Timer{e.timer, e.stuck, e.glue} {
		timer.Stop()
	}
	if n := len(e.lexer.text); n > lineMax {
		t.Errorf("%d octets kept", n)
	}
	if n := len(e.events.waiting); n > queueMax+1 {
		t.Errorf("%d events kept", n)
	}
	if q := e.quote; q != nil && (q.lines > quoteMax || len(q.event.Text) > 2*lineMax) {
		t.Errorf("a string of %d lines and %d octets kept", q.lines, len(q.event.Text))
	}
	if parcels > 1 || parcels == 1 && (c == nil || c.pdu == "" || !bytes.Contains(said, []byte(">")) && state%8 != 4) {
		t.Errorf("a PDU went out %d times", parcels)
	}
	if c != nil && c.size > infoMax {
		t.Errorf("%d octets of an answer kept", c.size)
	}
	return parcels
}
