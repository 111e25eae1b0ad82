package gateway

import "testing"

// TestCount holds what the desk is told of a text that costs more than it must.
// The plain text is the control: it has no such remarks.
func TestCount_S61(t *testing.T) {
	for _, c := range []struct {
		text, alphabet, costly, instead string
		forces                          bool
	}{
		{"plain", "gsm7", "", "", false},
		{"5 €", "gsm7", "€", "", false},
		{"a – b", "ucs2", "–", "a - b", true},
		{"naïve", "ucs2", "ï", "", true},
	} {
		count, err := Count(c.text)
		if err != nil || count.Alphabet != c.alphabet {
			t.Errorf("%q: %+v, %v", c.text, count, err)
			continue
		}
		costly, forces, instead := "", false, ""
		for _, s := range count.Costly {
			costly, forces = costly+s.Char, s.Forces
		}
		if count.Instead != nil {
			instead = count.Instead.Text
		}
		if costly != c.costly || forces != c.forces || instead != c.instead {
			t.Errorf("%q: costly %q (forces %v), instead %q; want %q (%v), %q", c.text, costly, forces, instead, c.costly, c.forces, c.instead)
		}
		if kept := count.Kept(); kept.Costly != nil || kept.Instead != nil || kept.Parts != count.Parts {
			t.Errorf("%q is kept as %+v", c.text, kept)
		}
	}
}
