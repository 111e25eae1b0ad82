package pdu

import (
	"slices"
	"strings"
	"testing"
)

// septetsOf packs septets as one part, bit by bit.
func septetsOf(septets ...byte) UserData {
	octets := make([]byte, packedLen(len(septets)))
	for i, s := range septets {
		for bit := range 7 {
			octets[(7*i+bit)/8] |= s >> bit & 1 << ((7*i + bit) % 8)
		}
	}
	return UserData{Octets: octets, Septets: len(septets)}
}

func TestJoin(t *testing.T) {
	missing := UserData{}
	empty := UserData{Octets: []byte{}}
	for _, c := range []struct {
		name  string
		dcs   DCS
		parts []UserData
		want  string
		warn  Warnings
	}{
		{"no parts", DCSGSM7, nil, "", 0},
		{"two parts", DCSGSM7, []UserData{septetsOf('a', 'b'), septetsOf('c')}, "abc", 0},
		{"an escape cut from its character", DCSGSM7, []UserData{septetsOf('1', escape), septetsOf(0x65, '!')}, "1€!", 0},
		{"an escape before a missing part", DCSGSM7, []UserData{septetsOf('1', escape), missing, septetsOf(0x65)}, "1 …e", 0},
		{"the first is missing", DCSGSM7, []UserData{missing, septetsOf('b')}, "…b", 0},
		{"the last is missing", DCSGSM7, []UserData{septetsOf('a'), missing}, "a…", 0},
		{"two are missing", DCSGSM7, []UserData{missing, missing}, "……", 0},
		{"an empty part is not missing", DCSGSM7, []UserData{septetsOf('a'), empty, septetsOf('b')}, "ab", 0},
		{"a pair cut in two", DCSUCS2, []UserData{{Octets: []byte{0xD8, 0x3D}}, {Octets: []byte{0xDE, 0x00}}}, "😀", 0},
		{"a pair with its half missing", DCSUCS2, []UserData{{Octets: []byte{0xD8, 0x3D}}, missing, {Octets: []byte{0, 'a'}}}, "\uFFFD…a", LoneSurrogate},
		{"an odd octet does not shift the next part", DCSUCS2, []UserData{{Octets: []byte{0, 'a', 0}}, {Octets: []byte{0, 'b'}}}, "ab", OddOctets},
		{"compressed parts", 0x20, []UserData{{Octets: []byte{1, 2}}}, "", Compressed},
		{"data", 0x04, []UserData{{Octets: []byte("no text")}}, "", 0},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			text, w := Join(c.dcs, c.parts)
			if text != c.want || w != c.warn {
				t.Errorf("got %q, %v, want %q, %v", text, w, c.want, c.warn)
			}
		})
	}
}

// TestJoinIsNotTextByText is the negative control of TestJoin: reading part by part, as one might,
// must not give what Join gives.
func TestJoinIsNotTextByText(t *testing.T) {
	parts := []UserData{septetsOf('1', escape), septetsOf(0x65, '!')}
	var naive string
	for _, p := range parts {
		s, _ := p.Text(DCSGSM7)
		naive += s
	}
	if joined, _ := Join(DCSGSM7, parts); joined == naive {
		t.Errorf("the cut escape makes no difference: %q", joined)
	}
}

func TestReadPartsAreNeverMissing(t *testing.T) {
	for _, line := range []string{
		"00040B916407550521F3000062108251037440" + "00",             // no text
		"00040B916407550521F3000862108251037440" + "00",             // no text, UCS-2
		"00440B916407550521F3000062108251037440" + "07050003C80301", // header only
		"00440B916407550521F3000862108251037440" + "06050003C80301",
	} {
		f, err := ParseFrame(line, MobileTerminated)
		if err != nil {
			t.Fatal(err)
		}
		if f.TPDU.(*Deliver).UD.Octets == nil {
			t.Errorf("%s: the part would be shown as missing", line)
		}
	}
	for _, text := range []string{"", "ж"} {
		_, parts, err := Segments(text, 0, false)
		if err != nil || slices.ContainsFunc(parts, func(p UserData) bool { return p.Octets == nil }) {
			t.Errorf("Segments(%q) has a part that would be shown as missing, or %v", text, err)
		}
	}
}

func TestTextOfContradictions(t *testing.T) {
	for _, ud := range []UserData{
		{Octets: []byte{0xE8}, Septets: 200},
		{Octets: nil, Septets: 8},
		{Octets: []byte{0xE8, 0x32}, Septets: -3},
		{Octets: make([]byte, 1000), Septets: 1142},
	} {
		ud.Text(DCSGSM7)
		if _, err := ud.append(nil, DCSGSM7, maxOctets); err == nil {
			t.Errorf("%d octets for %d septets are written without complaint", len(ud.Octets), ud.Septets)
		}
	}
}
