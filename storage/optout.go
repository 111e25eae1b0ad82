package storage

import (
	"slices"
	"strings"
)

// OptOut says that a number does not want texts: from one of our lines, or,
// without Line, from none. It ends when they write a start word, or when a
// person records that they agreed again.
type OptOut struct {
	Number string `json:"number"`
	Line   string `json:"line,omitempty"`
	Out    bool   `json:"out"`            // false: it has ended
	Word   string `json:"word,omitempty"` // that they wrote
	By     Author `json:"by"`             // a person, or the rule that read the word
	Note   string `json:"note,omitempty"` // how they agreed or refused, as the person says
	At     Time   `json:"at"`
	Rev    int64  `json:"rev"`
}

// RuleAuthor is the author of what a rule of the box does by itself.
func RuleAuthor(name string) Author { return Author{Kind: AuthorRule, Name: name} }

// AuthorRule is the kind of author that is no person and no program: a rule
// that a person has switched on.
const AuthorRule = "rule"

// Names of the rules that are not auto-replies of the office's own.
const (
	RuleStop = "STOP"
	RuleHelp = "HELP"
)

// Wish is what a text of one word may ask for.
type Wish string

// The wishes.
const (
	WishNone  Wish = ""
	WishStop  Wish = "stop"
	WishStart Wish = "start"
	WishHelp  Wish = "help"
)

// wishes are the words by which people in each language ask for no more texts,
// for texts again, and for help. They count only as a whole text. What a shop's
// customer may write about an order or an appointment is not among them, unless
// the carriers want it: CTIA, Messaging Principles, 5.1.3, has STOP, END,
// CANCEL, UNSUBSCRIBE and QUIT.
var wishes = map[string]map[Wish]string{
	"en": {
		WishStop:  "stop stopall stop_all unsubscribe cancel end quit optout opt_out remove_me no_more",
		WishStart: "start unstop subscribe optin opt_in resume",
		WishHelp:  "help info",
	},
	"de": {
		WishStop:  "stopp abmelden abbestellen austragen aufhören keine_sms keine_sms_mehr",
		WishStart: "anmelden",
		WishHelp:  "hilfe",
	},
	"fr": {
		WishStop:  "arrêt arrêter arrêtez désabonner désabonnement désinscrire désinscription stop_sms",
		WishStart: "réabonner abonner",
		WishHelp:  "aide",
	},
	"es": {
		WishStop:  "baja darme_de_baja parar alto no_más detener",
		WishStart: "alta",
		WishHelp:  "ayuda",
	},
	"it": {
		WishStop:  "basta cancellami disiscrivi disiscrivimi annulla_iscrizione",
		WishStart: "iscrivimi",
		WishHelp:  "aiuto",
	},
	"nl": {
		WishStop:  "afmelden uitschrijven stoppen",
		WishStart: "aanmelden",
		WishHelp:  "hulp",
	},
	"pl": {
		WishStop:  "wypisz wypisz_mnie rezygnuję zatrzymaj koniec",
		WishStart: "zapisz",
		WishHelp:  "pomoc",
	},
	"pt": {
		WishStop:  "parar pare sair descadastrar cancelar_inscrição",
		WishStart: "voltar",
		WishHelp:  "ajuda",
	},
	"ar": {
		WishStop:  "إيقاف ايقاف توقف أوقف قف إلغاء_الاشتراك الغاء_الاشتراك",
		WishStart: "اشتراك ابدأ",
		WishHelp:  "مساعدة",
	},
	"tr": {WishStop: "dur iptal_et ret", WishStart: "başlat", WishHelp: "yardım"},
	"ru": {WishStop: "стоп отписаться", WishStart: "старт", WishHelp: "помощь"},
}

// wishOf has every word of the table, folded.
var wishOf = func() map[string]Wish {
	all := make(map[string]Wish)
	for _, words := range wishes {
		for wish, list := range words {
			for _, w := range splitWishes(list) {
				all[w] = wish
			}
		}
	}
	return all
}()

// splitWishes reads a list of the table: _ is a blank within a wish.
func splitWishes(list string) []string {
	words := strings.Fields(list)
	for i, w := range words {
		words[i] = foldWish(strings.ReplaceAll(w, "_", " "))
	}
	return words
}

// Wishes are words of the office's own, beside those of the table.
type Wishes struct {
	Stop, Start []string
}

// Read tells what a text asks for, and with which word. A text of more than a
// wish is none: "stop by at six" is not STOP.
func (own Wishes) Read(text string) (Wish, string) {
	word := foldWish(text)
	if word == "" {
		return WishNone, ""
	}
	same := func(w string) bool { return foldWish(w) == word }
	switch {
	case slices.ContainsFunc(own.Stop, same):
		return WishStop, word
	case slices.ContainsFunc(own.Start, same):
		return WishStart, word
	}
	return wishOf[word], word
}

// foldWish takes off what does not make another word of it: case, accents,
// punctuation, quotes, signs of direction, and repeated blanks.
func foldWish(text string) string {
	if len(text) > longestWish {
		return ""
	}
	return strings.Join(Words(text), " ")
}

// longestWish is more than any word of the table takes, in bytes.
const longestWish = 200

// OptOutPage is one answer of the list of opt-outs.
type OptOutPage struct {
	OptOuts []OptOut `json:"opt_outs"`
	Next    string   `json:"next,omitempty"`
	Head    Head     `json:"head"`
}
