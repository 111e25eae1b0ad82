package at

import (
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// corpus is what real modems and programs say.
var corpus = []string{
	`"SM",3`, `,-1`, `"",128,,,,2`, `1,"Menu: say \22hi\22",15`, `2,1,"00C3","0000ABCD",7`, `0,0,"Example Net",7`,
	"(0-3),(0,1),(0,2,3),(0,2),(1)", "(2),(0-1,3),(0,2),(0-1),(0)", "(),(),()", `("SM","ME"),("SM")`,
	`(("SM","BM","SR"),("SM"))`, "(0,128)", "(GSM,IRA)", "(0-4294967295)", "1,(0-1)",
	"ATE0V1", "AT+CMGF=0;+CPMS?", `AT+CUSD=1,"*100#",15`, "ATD*100#;", "AT&F", "ATS3=13", "AT^CURC=0", `AT+CPMS="SM","SM"`,
	"OK", "ERROR", "+CME ERROR: 10", "+CMS ERROR: network timeout", "COMMAND NOT SUPPORT", "CONNECT 9600", "MODEM ERROR: 5",
	"+CMGS: 7", "0", "4",
}

// TestMutation gives spoiled lines to each parser: 100,000, or ten million with SMSBRIDGE_LONG=1.
func TestMutation(t *testing.T) {
	count := 100_000
	if os.Getenv("SMSBRIDGE_LONG") != "" {
		count = 10_000_000
	}
	r := rand.New(rand.NewPCG(250, 27007))
	begun := time.Now()
	for range count {
		if checkParsers(t, spoil(r)); t.Failed() {
			return
		}
	}
	t.Logf("%d lines in %v", count, time.Since(begun).Round(time.Millisecond))
}

func spoil(r *rand.Rand) string {
	s := corpus[r.IntN(len(corpus))]
	for range r.IntN(5) {
		i := r.IntN(len(s) + 1)
		switch r.IntN(5) {
		case 0:
			s = s[:i] + string([]byte{byte(r.Uint32())}) + s[i:]
		case 1:
			s = s[:i] + `"(),;=?-\ 0`[r.IntN(11):][:1] + s[i:]
		case 2:
			s = s[:i] + s[min(len(s), i+1+r.IntN(3)):]
		case 3:
			other := corpus[r.IntN(len(corpus))]
			s = s[:i] + other[r.IntN(len(other)):]
		case 4:
			if r.IntN(500) == 0 {
				s = strings.Repeat(s, 200)
			}
		}
	}
	return s
}

// checkParsers demands of each parser what it promises of any text.
func checkParsers(t testing.TB, s string) {
	p := ParseParams(s)
	if len(p) > strings.Count(s, ",")+1 {
		t.Errorf("%q has %d fields", s, len(p))
	}
	p.Int(0)
	if again := ParseParams(Quote(s)); len(again) != 1 || again[0] != (Param{s, true}) {
		t.Errorf("%q, quoted, came back as %+v", s, again)
	}
	for _, set := range ParseSets(s) {
		numbers := set.Numbers()
		if len(numbers) > numbersMax || slices.ContainsFunc(numbers, func(n int) bool { return !set.Has(n) }) {
			t.Errorf("%q: %d numbers, some not in the set", s, len(numbers))
		}
		set.Names()
	}
	list, err := ParseCommand(s)
	for _, c := range list {
		again, err := ParseCommand("AT" + c.String())
		if c.Name == "" || err != nil || len(again) != 1 || !reflect.DeepEqual(again[0], c) {
			t.Errorf("%q: %+v is written %q and read %+v, %v", s, c, c.String(), again, err)
		}
	}
	if err == nil && len(s) < 2 {
		t.Errorf("%q is a command line", s)
	}
	if r, ok := ParseResult(s); ok {
		again, ok := ParseResult(r.String())
		if !ok || again.Kind != r.Kind || again.Code != r.Code {
			t.Errorf("%q: %+v is written %q and read %+v", s, r, r.String(), again)
		}
	}
	if r, ok := ParseNumeric(s); ok && strings.Trim(strings.TrimSpace(s), "0123456789") != "" {
		t.Errorf("%q is read as the number of a result, %+v", s, r)
	}
}
