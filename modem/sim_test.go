package modem

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// locked is a modem whose card asks for a PIN and takes none; left is how many tries it tells of, none if empty.
func locked(left string) map[string]string {
	answers := maps.Clone(usual)
	answers["+CPIN?"] = "+CPIN: SIM PIN|OK"
	answers[`+CPIN="1234"`] = "+CME ERROR: 16"
	delete(answers, "+CPINR")
	if left != "" {
		answers["+CPINR"] = "+CPINR: SIM PIN," + left + ",3|OK"
	}
	return answers
}

// restart opens a modem once and returns what it heard.
func restart(t *testing.T, answers map[string]string, o Options) ([]string, error) {
	ours, theirs := net.Pipe()
	p := newPeer(theirs)
	p.answers = answers
	go p.run()
	m, err := Open(t.Context(), ours, o)
	if err == nil {
		m.Close()
	}
	theirs.Close()
	return p.heard(), err
}

// book writes down which PIN was tried on which card, as the ledger does.
type book map[string]bool

var errTried = errors.New("this PIN was refused before")

func (b book) try(_ context.Context, iccid string, _ int) error {
	if b[iccid] {
		return errTried
	}
	b[iccid] = true
	return nil
}

// TestPINOnce restarts a thousand times with a wrong PIN. The modem tells no tries, so nothing but the book keeps the
// card from being blocked; without the book, the control, it would be.
func TestPINOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := locked("")
		count := func(n int, o Options) (entered int) {
			for range n {
				heard, err := restart(t, answers, o)
				if !errors.Is(err, ErrPINRequired) {
					t.Fatal(err)
				}
				for _, text := range heard {
					if strings.HasPrefix(text, "+CPIN=") {
						entered++
					}
				}
			}
			return entered
		}
		if n := count(1000, Options{PIN: "1234", TryPIN: book{}.try}); n != 1 {
			t.Errorf("the PIN was entered %d times in 1000 restarts, want once", n)
		}
		if n := count(10, Options{PIN: "1234"}); n != 10 {
			t.Errorf("the control entered the PIN %d times in 10 restarts: the book is not what held it back", n)
		}
	})
}

// TestPINGuard: when the PIN is entered, when not, and what is said then.
func TestPINGuard(t *testing.T) {
	for _, c := range []struct {
		name, left, pin string
		try             error
		entered         bool
		text            string
	}{
		{"three left", "3", "1234", nil, true, "the SIM refused the PIN (tries left: 2)"},
		{"two left", "2", "1234", nil, true, "the SIM refused the PIN (tries left: 1)"},
		{"one left", "1", "1234", nil, false, "the SIM asks for its PIN (tries left: 1)"},
		{"none left", "0", "1234", nil, false, "the SIM asks for its PIN (tries left: 0)"},
		{"not told", "", "1234", nil, true, "the SIM refused the PIN"},
		{"none configured", "3", "", nil, false, "the SIM asks for its PIN (tries left: 3)"},
		{"no PIN at all", "3", "12a4", nil, false, "the SIM asks for its PIN (tries left: 3); the PIN was not entered: a PIN has 4 to 8 digits and nothing else"},
		{"more than a PIN", "3", `1234","1`, nil, false, "the SIM asks for its PIN (tries left: 3); the PIN was not entered: a PIN has 4 to 8 digits and nothing else"},
		{"held back", "3", "1234", errTried, false, "the SIM asks for its PIN (tries left: 3); the PIN was not entered: this PIN was refused before"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked []string
				o := Options{PIN: c.pin, TryPIN: func(_ context.Context, iccid string, _ int) error {
					asked = append(asked, iccid)
					return c.try
				}}
				heard, err := restart(t, locked(c.left), o)
				pe, ok := errors.AsType[*PINError](err)
				if !ok || pe.Error() != c.text || pe.Advice() == "" || !errors.Is(err, ErrPINRequired) {
					t.Errorf("got %v, want %s", err, c.text)
				}
				if c.try != nil && !errors.Is(err, c.try) {
					t.Errorf("%v does not name its cause", err)
				}
				at := slices.Index(heard, `+CPIN="1234"`)
				if (at >= 0) != c.entered {
					t.Errorf("entered: %v, want %v: %q", at >= 0, c.entered, heard)
				}
				if c.entered && (!slices.Equal(asked, []string{"8949000000000000001"}) || at < slices.Index(heard, "+CCID")) {
					t.Errorf("TryPIN was asked for cards %q, the modem %q", asked, heard)
				}
			})
		})
	}
}

func TestPUKAdvice(t *testing.T) {
	for left, want := range map[int]string{-1: "operator's customer area", 9: "operator's customer area", 0: "blocked for good"} {
		e := &PUKError{Tries: left}
		if !strings.Contains(e.Advice(), want) || !errors.Is(e, ErrPUKRequired) {
			t.Errorf("%d left: %s", left, e.Advice())
		}
	}
}

// TestCanary holds a conversation with secrets in every place and looks for them in the redacted transcript. The
// bare transcript, the control, has them all.
func TestCanary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := maps.Clone(usual)
		answers["+CIMI"] = "262017654321098|OK"
		answers["+CNUM"] = `+CNUM: "Zaphod","+4917676543210",145|OK`
		answers["+CMGL=4"] = "+CMGL: 1,1,,23|0791947106004034040C9194717856341200004210101000000005C8329BFD06|OK"
		answers[`+CUSD=1,"*100*998877#",15`] = `+CUSD: 0,"Zaphod has 5",15|OK`
		answers[`+CPIN="7788"`] = "+CME ERROR: 3"
		var bare, shown bytes.Buffer
		for _, w := range []struct {
			to     *bytes.Buffer
			redact bool
		}{{&bare, false}, {&shown, true}} {
			o := Options{Transcript: w.to}
			if w.redact {
				o.Transcript = NewRedactor(w.to)
			}
			ours, theirs := net.Pipe()
			p := newPeer(theirs)
			p.answers = answers
			go p.run()
			m, err := Open(t.Context(), ours, o)
			if err != nil {
				t.Fatal(err)
			}
			m.List(t.Context(), "SM")
			m.USSD(t.Context(), "*100*998877#")
			m.Console(t.Context(), `AT+CPIN="7788"`)
			m.Submit(t.Context(), Submission{Length: 23, PDU: "0791947106004034040C9194717856341200004210101000000005C8329BFD06"})
			m.Close()
			theirs.Close()
		}
		for _, canary := range []string{"7788", "998877", "Zaphod", "7654321", "17676543", "C8329BFD06", "9471785634"} {
			if !strings.Contains(bare.String(), canary) {
				t.Errorf("%s was never said: it proves nothing", canary)
			}
			if strings.Contains(shown.String(), canary) {
				t.Errorf("%s is in the redacted transcript\n%s", canary, shown.String())
			}
		}
		if n := strings.Count(shown.String(), "\n"); n < 50 {
			t.Errorf("%d lines are left, which is little", n)
		}
	})
}
