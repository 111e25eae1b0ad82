package modem

import (
	"strings"
	"testing"

	"smsbridge/modem/profile"
)

// TestReply reads what modems answered in the field, and what they are known to write.
func TestReply(t *testing.T) {
	const plain, packed, ucs2 = profile.USSDPlain, profile.USSDPacked, profile.USSDUCS2
	for _, c := range []struct {
		name, said string
		form       profile.USSDForm
		want       Reply
	}{
		{"plain", `0,"Credit 5.20",15`, plain, Reply{0, "Credit 5.20", 15, false}},
		{"menu", "1,\"1 Credit\n2 Data\",15", plain, Reply{1, "1 Credit\n2 Data", 15, true}},
		{"UCS2 by its DCS", `0,"004300720065006400690074",72`, plain, Reply{0, "Credit", 72, false}},
		{"UCS2 with language", `0,"004300720065006400690074",17`, plain, Reply{0, "Credit", 17, false}},
		{"UCS2, E-series says 15", `0,"004300720065006400690074",15`, plain, Reply{0, "Credit", 15, false}},
		{"UCS2, no DCS", `0,"004300720065006400690074"`, plain, Reply{0, "Credit", -1, false}},
		{"UCS2, Cyrillic", `0,"04110430043B0430043D0441",72`, plain, Reply{0, "Баланс", 72, false}},
		{"UCS2, Chinese", `0,"8BDD8D39",72`, plain, Reply{0, "话费", 72, false}},
		{"packed, asked packed", `0,"AA180C3602",15`, packed, Reply{0, "*100#", 15, false}},
		{"packed, asked plain", `0,"4379999CA6836A",15`, plain, Reply{0, "Credit 5", 15, false}},
		{"packed, digits only", `0,"31D98C56B3DD70",15`, packed, Reply{0, "12345678", 15, false}},
		{"packed, lower case", `0,"4379999ca6836a",0`, packed, Reply{0, "Credit 5", 0, false}},
		{"plain though the DCS says UCS2", `0,"Credit 5",72`, plain, Reply{0, "Credit 5", 72, false}},
		{"a number is no hexadecimal", `0,"0171123456",15`, plain, Reply{0, "0171123456", 15, false}},
		{"a short number", `0,"1234",15`, plain, Reply{0, "1234", 15, false}},
		{"a word of hexadecimal letters", `0,"BEEF",15`, plain, Reply{0, "BEEF", 15, false}},
		{"asked in UCS2", `1,"00310020004F004B",15`, ucs2, Reply{1, "1 OK", 15, true}},
		{"ended by the network", `2`, plain, Reply{2, "", -1, false}},
		{"other client answered", `3`, plain, Reply{3, "", -1, false}},
		{"not supported", `4`, plain, Reply{4, "", -1, false}},
		{"timed out", `5`, plain, Reply{5, "", -1, false}},
		{"nothing", ``, plain, Reply{-1, "", -1, false}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := parseReply(c.said, c.form); got != c.want {
				t.Errorf("%s\n got %+v\nwant %+v", c.said, got, c.want)
			}
		})
	}
}

// TestWriteUSSD: what is written in each form is read back as it was.
func TestWriteUSSD(t *testing.T) {
	for form, want := range map[profile.USSDForm]string{
		profile.USSDPlain: "*100#", profile.USSDPacked: "AA180C3602", profile.USSDUCS2: "002A0031003000300023",
	} {
		got, err := writeUSSD("*100#", form)
		if err != nil || got != want {
			t.Errorf("%v: %q, %v, want %s", form, got, err, want)
		}
		if back := readUSSD(got, 15, form); back != "*100#" {
			t.Errorf("%v: %s reads as %q", form, got, back)
		}
	}
}

func FuzzReply(f *testing.F) {
	f.Add(`0,"004300720065006400690074",15`, uint8(0))
	f.Add(`1,"AA180C3602",0`, uint8(1))
	f.Fuzz(func(t *testing.T, said string, form uint8) {
		r := parseReply(said, profile.USSDForm(form%3))
		if r.More != (r.Status == 1) || strings.ContainsRune(r.Text, 0) && !strings.ContainsRune(said, 0) {
			t.Errorf("%q reads as %+v", said, r)
		}
	})
}
