package storage

import (
	"strings"
	"testing"
)

func TestParseNumber(t *testing.T) {
	good := map[string]string{
		"+15550100":             "+15550100",
		" +1 (555) 01-00 ":      "+15550100",
		"+49.30/1234567":        "+49301234567",
		"+1\u00a0555\u202f0100": "+15550100",
		"72000":                 "72000",
		"110":                   "110",
	}
	for in, want := range good {
		if got, err := ParseNumber("to.number", in); got != want || err != nil {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
	bad := []string{
		"", " ", "+", "12", "+1555x0100", "+15550100\r", "+15550100\r\nATD1;", "\t+15550100", "+15550100\x1a", "1+5550100",
		"++15550100", "+05550100", "+1234567890123456", "015550100999", "+１５５５０１００", "+155\x000100", "+1555;0100", "\"+15550100\"",
	}
	for _, in := range bad {
		_, err := ParseNumber("to.number", in)
		e, ok := err.(*Error)
		if !ok || e.Field != "to.number" || e.Code != CodeInvalid || strings.ContainsAny(e.Detail, "\r\x1a\x00") {
			t.Errorf("%q: %v", in, err)
		}
	}
}
