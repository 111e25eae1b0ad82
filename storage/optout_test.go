package storage

import "testing"

func TestWishes(t *testing.T) {
	own := Wishes{Stop: []string{"Genug!"}, Start: []string{"doch"}}
	for _, c := range []struct {
		text string
		want Wish
	}{
		{"STOP", WishStop}, {" stop. ", WishStop}, {"Stop!", WishStop}, {"\u200fSTOP\u200f", WishStop}, {"“stop”", WishStop}, {"STOP ALL", WishStop},
		{"STOPALL", WishStop}, {"opt-out", WishStop}, {"unsubscribe", WishStop},
		{"Stopp", WishStop}, {"aufhoren", WishStop}, {"AUFHÖREN", WishStop}, {"Abmelden", WishStop}, {"keine SMS mehr", WishStop},
		{"ARRÊT", WishStop}, {"arret", WishStop}, {"désabonner", WishStop},
		{"BAJA", WishStop}, {"no más", WishStop}, {"no mas", WishStop},
		{"Basta!", WishStop}, {"afmelden", WishStop}, {"WYPISZ MNIE", WishStop}, {"rezygnuje", WishStop}, {"SAIR", WishStop},
		{"إيقاف", WishStop}, {"ايقاف", WishStop}, {"إلغاء الاشتراك", WishStop},
		{"genug", WishStop},
		{"START", WishStart}, {"unstop", WishStart}, {"Doch", WishStart}, {"alta", WishStart}, {"اشتراك", WishStart},
		{"HELP", WishHelp}, {"Hilfe?", WishHelp}, {"aide", WishHelp}, {"ayuda", WishHelp}, {"مساعدة", WishHelp},
		{"", WishNone}, {"?!", WishNone}, {"stop by at six", WishNone}, {"please do not stop", WishNone}, {"Can you help me", WishNone},
		{"nonstop", WishNone}, {"yes", WishNone}, {"no", WishNone},
	} {
		if got, word := own.Read(c.text); got != c.want {
			t.Errorf("%q: %q (%q), want %q", c.text, got, word, c.want)
		}
	}
}

// Every word of the table is found, and none means two things.
func TestWishTable(t *testing.T) {
	for _, l := range []string{"en", "de", "fr", "es", "it", "nl", "pl", "pt", "ar"} {
		if wishes[l][WishStop] == "" || wishes[l][WishStart] == "" || wishes[l][WishHelp] == "" {
			t.Errorf("%s misses words", l)
		}
	}
	seen := make(map[string]Wish)
	for l, words := range wishes {
		for wish, list := range words {
			for _, w := range splitWishes(list) {
				if was, ok := seen[w]; ok && was != wish || w == "" {
					t.Errorf("%s: %q is %s and %s", l, w, was, wish)
				}
				seen[w] = wish
			}
		}
	}
	if len(seen) != len(wishOf) {
		t.Errorf("%d words in the table, %d are read", len(seen), len(wishOf))
	}
}
