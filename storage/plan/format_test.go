package plan

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// TestFormats compares the table of formats with the library that it is made
// from, as TestTable does with the plans.
func TestFormats(t *testing.T) {
	want := makeFormats(t)
	if *update {
		if err := os.WriteFile("format.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if formats != want {
		t.Fatal("format.txt is not what the library's metadata makes; run go test ./storage/plan -update and look at the difference")
	}
}

const formatOrigin = `# How numbers are written, by the code of the country; the columns are named in format.go.
# Made by "go test ./storage/plan -update" from the metadata of github.com/nyaruka/phonenumbers v1.8.1,
# which is Google's libphonenumber's (both under the Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0).
`

func makeFormats(t *testing.T) string {
	t.Helper()
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		t.Fatal(err)
	}
	main := make(map[int32]*phonenumbers.PhoneMetadata)
	var order []int32
	for _, m := range all.GetMetadata() {
		if place(m) == 0 { // the others of a code write as it does
			main[m.GetCountryCode()] = m
			order = append(order, m.GetCountryCode())
		}
	}
	var b strings.Builder
	b.WriteString(formatOrigin)
	for code := range int32(1000) {
		m := main[code]
		if m == nil {
			continue
		}
		abroad := m.GetIntlNumberFormat()
		for _, f := range m.GetNumberFormat() {
			row := formatRow(code, f, true, len(abroad) == 0)
			b.WriteString(strings.Join(row, "\t") + "\n")
		}
		for _, f := range abroad {
			b.WriteString(strings.Join(formatRow(code, f, false, true), "\t") + "\n")
		}
	}
	if len(order) < 200 {
		t.Fatalf("formats of %d codes only", len(order))
	}
	return b.String()
}

func formatRow(code int32, f *phonenumbers.NumberFormat, national, abroad bool) []string {
	r := make([]string, formatColumns)
	r[formatCode], r[formatPattern] = fmt.Sprint(code), f.GetPattern()
	if l := f.GetLeadingDigitsPattern(); len(l) > 0 {
		r[formatLeading] = strings.Join(strings.Fields(l[len(l)-1]), "") // the last one is the whole
	}
	if national {
		form := f.GetFormat()
		if rule := f.GetNationalPrefixFormattingRule(); rule != "" {
			at := firstGroup.FindStringIndex(form)
			form = form[:at[0]] + strings.ReplaceAll(rule, "$1", form[at[0]:at[1]]) + form[at[1]:]
		}
		r[formatNational] = braced(form)
	}
	if abroad && f.GetFormat() != "NA" {
		r[formatAbroad] = braced(f.GetFormat())
	}
	return r
}

var (
	firstGroup = regexp.MustCompile(`\$\d`)
	group      = regexp.MustCompile(`\$(\d)`)
)

// braced is a form as package regexp reads it: $12 would be the twelfth group.
func braced(form string) string { return group.ReplaceAllString(form, `$${$1}`) }

// TestWritten asks the library about a number of each kind of every country.
func TestWritten_S5(t *testing.T) {
	for _, c := range []struct{ number, home, want string }{
		{"+4915123456789", "DE", "01512 3456789"},
		{"+4915123456789", "FR", "+49 1512 3456789"},
		{"+12025550123", "US", "(202) 555-0123"},
		{"+12025550123", "us", "(202) 555-0123"},
		{"+12025550123", "", "+1 202-555-0123"},
		{"+33612345678", "FR", "06 12 34 56 78"},
		{"+5491123456789", "AR", "011 15-2345-6789"},
		{"+15550100", "US", "+15550100"}, // of no plan
		{"70123", "DE", "70123"},
		{"Bank", "DE", "Bank"},
	} {
		if got := Written(c.number, c.home); got != c.want {
			t.Errorf("%s in %q: %q, want %q", c.number, c.home, got, c.want)
		}
	}
	asked, differ := 0, 0
	for region := range phonenumbers.GetSupportedRegions() {
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.MOBILE, phonenumbers.FIXED_LINE, phonenumbers.TOLL_FREE, phonenumbers.UAN} {
			n := phonenumbers.GetExampleNumberForType(region, kind)
			if n == nil {
				continue
			}
			e164 := phonenumbers.Format(n, phonenumbers.E164)
			if got, ok := Read(strings.TrimPrefix(e164, "+"), true, ""); !ok || got.Country != region {
				continue // a number that is another's in the plans too
			}
			asked++
			for home, form := range map[string]phonenumbers.PhoneNumberFormat{region: phonenumbers.NATIONAL, "": phonenumbers.INTERNATIONAL} {
				// The library puts the wrong group behind the 0 of Argentine mobiles: 09 15-2345-6789.
				if got, want := Written(e164, home), phonenumbers.Format(n, form); got != want && region != "AR" {
					differ++
					t.Errorf("%s in %q: %q, the library writes %q", e164, home, got, want)
				}
			}
		}
	}
	t.Logf("%d numbers written, %d differently", asked, differ)
	if asked < 600 {
		t.Errorf("only %d numbers were asked for", asked)
	}
}
