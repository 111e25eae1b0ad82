package modem

import (
	"maps"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/modem/profile"
)

// TestUSSDLearned: the form that worked is told, by IMEI, and comes first at the next opening.
func TestUSSDLearned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := maps.Clone(usual)
		answers[`+CUSD=1,"AA180C3602",15`] = `+CUSD: 0,"4379999CA6836A",15|OK`
		known := map[string]profile.USSDForm{}
		told := 0
		o := Options{
			Form:    func(imei string) (profile.USSDForm, bool) { f, ok := known[imei]; return f, ok },
			Learned: func(imei string, f profile.USSDForm) { known[imei] = f; told++ },
		}
		for round, tries := range []int{2, 1} { // plain is refused; then it is not asked any more
			ours, theirs := net.Pipe()
			p := newPeer(theirs)
			p.answers = answers
			go p.run()
			m, err := Open(t.Context(), ours, o)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if r, err := m.USSD(t.Context(), "*100#"); err != nil || r.Text != "Credit 5" {
					t.Errorf("%+v, %v", r, err)
				}
			}
			asked := 0
			for _, text := range p.heard() {
				if strings.HasPrefix(text, "+CUSD=1") {
					asked++
				}
			}
			if asked != tries+1 {
				t.Errorf("opening %d: %d requests, want %d", round+1, asked, tries+1)
			}
			m.Close()
			theirs.Close()
		}
		if told != 2 || known["860000000000001"] != profile.USSDPacked {
			t.Errorf("learned %v, told %d times", known, told)
		}
	})
}

// TestUSSDInjection: nothing but a code opens a session, and no text leaves its quotes.
func TestUSSDInjection(t *testing.T) {
	m, p := opened(t, Options{})
	for _, text := range []string{
		"", "1", "100", `*100#",15;+CMGD=1,4;+CUSD=1,"`, "*100#\r", "*100#\x1a", "*100#\rATD112;", "*１００#",
		"*" + strings.Repeat("1", 160) + "#", "hello*", "*100#\x00",
	} {
		if _, err := m.USSD(t.Context(), text); err == nil {
			t.Errorf("%q went out", text)
		}
	}
	m.engine.menu.Store(time.Now().UnixNano()) // a menu is open
	for _, text := range []string{"", "1\r", "1\x1a", "баланс", strings.Repeat("1", 183)} {
		if _, err := m.USSD(t.Context(), text); err == nil {
			t.Errorf("%q went out", text)
		}
	}
	if slices.ContainsFunc(p.heard(), func(text string) bool { return strings.HasPrefix(text, "+CUSD") }) {
		t.Errorf("the modem heard %q", p.heard())
	}
}

// TestDevice: the USB device tells the family of a modem that does not tell its name.
func TestDevice(t *testing.T) {
	ec25 := profile.ID{Vendor: 0x2c7c, Product: 0x0125}
	for _, c := range []struct {
		maker  string
		device profile.ID
		want   string
	}{
		{"Example", ec25, "quectel"}, {"", ec25, "quectel"}, {"huawei", ec25, "huawei"}, {"Example", profile.ID{}, "generic"},
	} {
		m := &Modem{identity: Identity{Manufacturer: c.maker}, options: Options{Device: c.device}}
		if got := m.family().Name; got != c.want {
			t.Errorf("%q on %v is %s, want %s", c.maker, c.device, got, c.want)
		}
	}
}

// TestConsoleRefuses what the guard of the wire would not let through, and what waits for more than a line.
func TestConsoleRefuses(t *testing.T) {
	m, p := opened(t, Options{})
	before := len(p.heard())
	for _, line := range []string{
		"AT+CSQ\rATD112;", "AT+CSQ\x1a", "AT\x1b", "AT+CMGW=20", "at+cmgs=20", "AT+CSQ;+CMGS=20", "ATO", "ATA", "ATD112",
		"AT+CMUX=0", "AT+IPR=9600", "CMGF=1", "AT+CNMA=1,20", "ATE0+CMGS=20", "AT+CSQ\u00e9",
		"ATV", "ATV0", "atv00", "ATQ1", "ATE0Q1", "ATS3=65", "ATS4=65", "ATS5=65", "AT+CSQ;V0", "ATA?", "ATO=?", "ATD0+++A;ATD+15550100;", "ATD112;+CFUN=0", "ATD>1;",
	} {
		if info, final, err := m.Console(t.Context(), line); err == nil {
			t.Errorf("%q: %q %s", line, info, final)
		}
	}
	if n := len(p.heard()); n != before {
		t.Errorf("the modem heard %q", p.heard()[before:])
	}
	for _, line := range []string{"ATV1", "ATQ", "ATQ0", "ATS3?", "ATE0V1Q0"} {
		if _, _, err := m.Console(t.Context(), line); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}
