package storage

import (
	"slices"
	"testing"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Is the van ready?", []string{"is", "the", "van", "ready"}},
		{"Ãngela STRAUSS-Łódź", []string{"angela", "strauss", "lodz"}},
		{"Strauß, Cafe\u0301", []string{"strauss", "cafe"}},
		{"Ναί, Αθήνα", []string{"ναι", "αθηνα"}},
		{"Ёлка Андрей", []string{"елка", "андреи"}},
		{"مُحَمَّد", []string{"محمد"}},
		{"東京 at 9", []string{"東", "京", "at", "9"}},
		{"ok👍🏽", []string{"ok", "👍"}},
		{"０１２ＡＢ", []string{"012ab"}},
		{" \t?!", nil},
	} {
		if got := Words(c.text); !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
			t.Errorf("%q: %q, not %q", c.text, got, c.want)
		}
	}
	for _, w := range SplitWords("Über Łódź") {
		if got := Fold("Über Łódź"[w.Start:w.End]); got != w.Text {
			t.Errorf("%+v stands at %q", w, got)
		}
	}
}
