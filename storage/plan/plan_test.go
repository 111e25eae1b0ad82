package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// TestLibrary asks our table and the library the same, for every country: the
// plan's own examples, the same with a digit changed, one more and one less,
// each as the world writes it and as people at home do.
func TestLibrary(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	asked, differ, planted := 0, 0, 0
	for region := range phonenumbers.GetSupportedRegions() {
		for _, national := range examples(region, random) {
			for _, form := range forms(region, national) {
				asked++
				if said := difference(form, region, region); said != "" {
					differ++
					t.Error(said)
				}
				if difference(form, region, "") != "" {
					planted++
				}
			}
		}
	}
	if asked < 20_000 {
		t.Fatalf("only %d were asked: the test does not see the plans", asked)
	}
	t.Logf("%d numbers of %d countries, %d read differently", asked, len(phonenumbers.GetSupportedRegions()), differ)
	if planted < asked/10 {
		t.Errorf("negative control: of %d numbers read without their country only %d were found to be wrong", asked, planted)
	}
}

var kinds = map[Kind][]phonenumbers.PhoneNumberType{
	Unknown: {phonenumbers.UNKNOWN},
	Mobile:  {phonenumbers.MOBILE},
	Fixed:   {phonenumbers.FIXED_LINE, phonenumbers.FIXED_LINE_OR_MOBILE},
	Free:    {phonenumbers.TOLL_FREE},
	Shared:  {phonenumbers.SHARED_COST},
	Premium: {phonenumbers.PREMIUM_RATE},
	Other: {phonenumbers.VOIP, phonenumbers.PERSONAL_NUMBER, phonenumbers.PAGER, phonenumbers.UAN,
		phonenumbers.VOICEMAIL},
}

// difference asks both of a number: whether there is one, and then which,
// whose and what for. It is empty when they say the same.
func difference(form, region, ours string) string {
	digits, plus := strings.CutPrefix(form, "+")
	got, ok := Read(digits, plus, ours)
	want, err := phonenumbers.Parse(form, region)
	valid := err == nil && phonenumbers.IsValidNumber(want)
	if ok != valid {
		return fmt.Sprintf("%s in %s: %v, the library says %v (%v)", form, region, ok, valid, err)
	}
	if !valid {
		return ""
	}
	e164, country, kind := phonenumbers.Format(want, phonenumbers.E164), phonenumbers.GetRegionCodeForNumber(want), phonenumbers.GetNumberType(want)
	if slices.Contains(kinds[got.Kind], kind) && got.E164 == e164 && got.Country == country {
		return ""
	}
	return fmt.Sprintf("%s in %s: %+v, the library says %s of %s, kind %d", form, region, got, e164, country, kind)
}

func examples(region string, random *rand.Rand) []string {
	var list []string
	for kind := phonenumbers.FIXED_LINE; kind <= phonenumbers.VOICEMAIL; kind++ {
		n := phonenumbers.GetExampleNumberForType(region, kind)
		if n == nil {
			continue
		}
		s := phonenumbers.GetNationalSignificantNumber(n)
		list = append(list, s, s+"1", s[:len(s)-1])
		for range 10 {
			b := []byte(s)
			b[random.IntN(len(b))] = byte('0' + random.IntN(10))
			list = append(list, string(b))
		}
	}
	return list
}

// forms are the ways in which a national number is written.
func forms(region, national string) []string {
	f := []string{"+" + Code(region) + national, national}
	if trunk := lookup(region).field(trunk); len(trunk) == 1 {
		f = append(f, trunk+national)
	}
	if idd := lookup(region).field(idd); strings.Trim(idd, "0123456789") == "" {
		f = append(f, idd+Code(region)+national)
	}
	return f
}

func TestSatellite(t *testing.T) {
	for _, n := range []string{"870301234567", "8823421234", "881612345678"} {
		if got, _ := Read(n, true, ""); !got.Kind.Costly() || got.Country != world {
			t.Errorf("+%s is %+v", n, got)
		}
	}
	if got, ok := Read("881612345678", true, ""); !ok || got.Kind != Satellite {
		t.Errorf("an Iridium number is %+v", got)
	}
}

func TestHome(t *testing.T) {
	for _, c := range []struct{ imsi, want string }{
		{"262011234567890", "DE"}, {"310260123456789", "US"}, {"001010000000001", ""}, {"26", ""}, {"", ""}, {"999991", ""},
	} {
		if got := Home(c.imsi); got != c.want {
			t.Errorf("a SIM with %s is at home in %q, not %q", c.imsi, got, c.want)
		}
	}
	seen := make(map[string]bool)
	for row := range strings.FieldsSeq(mobileCodes) {
		if len(row) != 5 || seen[row[:3]] || !Known(row[3:]) {
			t.Errorf("row %s is twice there, or of a country without a plan", row)
		}
		seen[row[:3]] = true
	}
}
