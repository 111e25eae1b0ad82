package plan

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

var update = flag.Bool("update", false, "write table.txt anew from the library")

// origin stands at the head of the table.
const origin = `# The numbering plans of the world, one country a line; the columns are named in region.go.
# Made by "go test ./storage/plan -update" from the metadata of github.com/nyaruka/phonenumbers v1.8.1,
# which is Google's libphonenumber's (both under the Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0).
`

// TestTable compares the table with the library that it is made from. The
// library itself would cost every box 7 MB of memory at its start, in use or
// not; so it is the tests' alone.
func TestTable(t *testing.T) {
	want := makeTable(t)
	if *update {
		if err := os.WriteFile("table.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != want {
		t.Fatal("table.txt is not what the library's metadata makes; run go test ./storage/plan -update and look at the difference")
	}
}

func makeTable(t *testing.T) string {
	t.Helper()
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		t.Fatal(err)
	}
	rows := all.GetMetadata()
	slices.SortFunc(rows, func(a, b *phonenumbers.PhoneMetadata) int {
		return cmp.Or(cmp.Compare(a.GetCountryCode(), b.GetCountryCode()), cmp.Compare(place(a), place(b)))
	})
	var b strings.Builder
	b.WriteString(origin)
	for _, m := range rows {
		b.WriteString(strings.Join(row(m), "\t") + "\n")
	}
	return b.String()
}

// place is where a region stands among those that share its code.
func place(m *phonenumbers.PhoneMetadata) int {
	return slices.Index(phonenumbers.GetRegionCodesForCountryCode(int(m.GetCountryCode())), m.GetId())
}

func row(m *phonenumbers.PhoneMetadata) []string {
	r := make([]string, columns)
	r[id], r[code] = m.GetId(), fmt.Sprint(m.GetCountryCode())
	r[idd], r[trunk] = m.GetInternationalPrefix(), m.GetNationalPrefixForParsing()
	r[transform], r[leading] = m.GetNationalPrefixTransformRule(), m.GetLeadingDigits()
	r[sample] = cmp.Or(m.GetMobile().GetExampleNumber(), m.GetGeneralDesc().GetExampleNumber())
	r[general] = patterns(m.GetGeneralDesc())
	r[premium], r[free], r[shared] = patterns(m.GetPremiumRate()), patterns(m.GetTollFree()), patterns(m.GetSharedCost())
	r[other] = patterns(m.GetVoip(), m.GetPersonalNumber(), m.GetPager(), m.GetUan(), m.GetVoicemail())
	r[fixed] = patterns(m.GetFixedLine())
	if !m.GetSameMobileAndFixedLinePattern() {
		r[mobile] = patterns(m.GetMobile())
	}
	return r
}

func patterns(kinds ...*phonenumbers.PhoneNumberDesc) string {
	var all []string
	for _, k := range kinds {
		if p := k.GetNationalNumberPattern(); p != "" && p != "NA" {
			all = append(all, p)
		}
	}
	return strings.Join(all, "|")
}
