package main

import (
	"errors"
	"strings"
	"testing"
)

func TestCount(t *testing.T) {
	for _, c := range []struct {
		input string
		args  []string
		want  string
	}{
		{"", []string{"Hi €"}, "parts     1\nunits     5\nalphabet  gsm7\nleft      155\ncostly    \"€\" at 3, 1 times, takes 2 units\n"},
		{"Hi\r\n", nil, "parts     1\nunits     2\nalphabet  gsm7\nleft      158\n"},
		{"Hi\n\n", []string{"-"}, "parts     1\nunits     3\nalphabet  gsm7\nleft      157\n"},
		{"", []string{""}, "parts     1\nunits     0\nalphabet  gsm7\nleft      160\n"},
		{"", []string{"naïve ’ï"}, "parts     1\nunits     8\nalphabet  ucs2\nleft      62\ncostly    \"ï\" at 2, 2 times, forces UCS-2\ncostly    \"’\" at 6, 1 times, forces UCS-2; could be \"'\"\n"},
		{"", []string{"-o", "json", "naïve"}, `{"alphabet":"ucs2","units":5,"parts":1,"left":65,"breaks":[],"characters":[{"char":"ï","at":2,"count":1,"units":1,"forces":true}],"costly":["ï"]}` + "\n"},
		{"", []string{"Don’t – go"}, "parts     1\nunits     10\nalphabet  ucs2\nleft      60\ncostly    \"’\" at 3, 1 times, forces UCS-2; could be \"'\"\n" +
			"costly    \"–\" at 6, 1 times, forces UCS-2; could be \"-\"\ninstead   \"Don't - go\": gsm7, parts 1, units 10\n"},
		{"", []string{"--language", "Turkish", strings.Repeat("ş", 75)}, "parts     1\nunits     75\nalphabet  gsm7\nleft      80\ntables    locking Turkish, single none\n"},
		{"", []string{"-o", "json", strings.Repeat("a", 161)}, `{"alphabet":"gsm7","units":161,"parts":2,"left":145,"breaks":[153]}` + "\n"},
		{"", []string{"-o", "json", "--wide", strings.Repeat("a", 161)}, `{"alphabet":"gsm7","units":161,"parts":2,"left":143,"breaks":[152]}` + "\n"},
	} {
		out, err := runVerb(newCountCommand(), c.input, c.args...)
		if err != nil || out != c.want {
			t.Errorf("count %q: %v, got\n%swant\n%s", c.args, err, out, c.want)
		}
	}
}

func TestCountMistakes(t *testing.T) {
	var usage pduUsage
	if _, err := runVerb(newCountCommand(), "", "two", "texts"); !errors.As(err, &usage) {
		t.Errorf("two texts: %v", err)
	}
	if _, err := runVerb(newCountCommand(), "", "-o", "csv", "x"); !errors.As(err, &usage) {
		t.Errorf("-o csv: %v", err)
	}
	for name, input := range map[string]string{
		"too many parts": strings.Repeat("a", 39016),
		"far too long":   strings.Repeat("a", maxText+1),
		"not UTF-8":      "\xff",
		"an escape":      "\x1b",
	} {
		if _, err := runVerb(newCountCommand(), input); err == nil || errors.As(err, &usage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
