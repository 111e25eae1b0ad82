package plan

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"time"
)

func TestZone(t *testing.T) {
	for country, want := range map[string]string{
		"DE": "Europe/Berlin", "GB": "Europe/London", "IN": "Asia/Kolkata", "ZW": "Africa/Harare", "AD": "Europe/Andorra",
		"US": "", "RU": "", "ES": "", "AU": "", "001": "", "": "", "XX": "", "# ": "", "de": "",
	} {
		if got := Zone(country); got != want {
			t.Errorf("%q: %q, want %q", country, got, want)
		}
	}
}

// TestZones holds the table against the list that this machine has: every
// country with one clock is there, with a zone of its own, and no other.
func TestZones(t *testing.T) {
	list, err := os.Open("/usr/share/zoneinfo/zone.tab")
	if err != nil {
		if os.Getenv("SMSBRIDGE_TEST_ALL") != "" {
			t.Fatal(err)
		}
		t.Skip("this machine has no list of zones: ", err)
	}
	defer list.Close()
	of := make(map[string][]string)
	for s := bufio.NewScanner(list); s.Scan(); {
		if f := strings.Split(s.Text(), "\t"); len(f) > 2 && f[0][0] != '#' {
			of[f[0]] = append(of[f[0]], f[2])
		}
	}
	if len(of) < 200 {
		t.Fatalf("only %d countries are in the list", len(of))
	}
	for country, names := range of {
		want := names[0]
		if !agree(t, names) {
			want = ""
		}
		if got := Zone(country); got != want && (got == "" || want == "" || !agree(t, []string{got, want})) {
			t.Errorf("%s: %q, want %q", country, got, want)
		}
	}
	if n := strings.Count(zones, "\n") - 2; n < 200 {
		t.Errorf("the table has %d countries", n)
	}
	// Negative control: zones that differ, if only in winter or in summer, do.
	for _, differ := range [][]string{{"Europe/Madrid", "Atlantic/Canary"}, {"America/Denver", "America/Phoenix"}, {"Europe/Berlin", "Africa/Lagos"}} {
		if agree(t, differ) {
			t.Errorf("%v are said to agree", differ)
		}
	}
}

// agree tells whether the clocks of all zones show the same all the time.
func agree(t *testing.T, names []string) bool {
	t.Helper()
	var all []*time.Location
	for _, name := range names {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, zone)
	}
	for at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2036 && len(all) > 1; at = at.Add(12 * time.Hour) {
		_, first := at.In(all[0]).Zone()
		for _, zone := range all[1:] {
			if _, other := at.In(zone).Zone(); other != first {
				return false
			}
		}
	}
	return true
}
