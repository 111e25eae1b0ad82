package storage

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Reaction is what phones send as a text when somebody puts a sign to a message:
// `Liked “See you at six”`.
type Reaction struct {
	Sign    string `json:"sign"` // an emoji
	Quote   string `json:"quote,omitempty"`
	Removed bool   `json:"removed,omitempty"` // it is taken back
	Target  string `json:"target,omitempty"`  // the message, if it is here
}

// Phones write these; the quote stands in the quotation marks of either kind,
// and Android puts spaces of no width about its parts.
var (
	thin       = strings.NewReplacer("\u200a", "", "\u200b", "", "\u2060", "", "\ufeff", "")
	reactWord  = regexp.MustCompile(`(?s)^(Liked|Loved|Disliked|Laughed at|Emphasi[sz]ed|Questioned) (?:[“"](.+)[”"]|an? (?:image|movie|attachment|audio message|sticker|link))$`)
	reactSign  = regexp.MustCompile(`(?s)^Reacted (\S+) to (?:[“"](.+)[”"]|an? (?:image|movie|attachment|audio message|sticker|link))$`)
	reactDroid = regexp.MustCompile(`(?s)^([^\s\pL\pN“"]+) (to|removed from) [“"](.+)[”"]$`)
	reactGone  = regexp.MustCompile(`(?s)^Removed an? (like|heart|dislike|laugh|exclamation|question mark|\S+ reaction) from (?:[“"](.+)[”"]|an? (?:image|movie|attachment|audio message|sticker|link))$`)
)

// reactSigns are the signs behind the words.
var reactSigns = map[string]string{
	"Liked": "👍", "Loved": "❤️", "Disliked": "👎", "Laughed at": "😂", "Emphasized": "‼️", "Emphasised": "‼️", "Questioned": "❓",
	"like": "👍", "heart": "❤️", "dislike": "👎", "laugh": "😂", "exclamation": "‼️", "question mark": "❓",
}

func reactionIn(text string) *Reaction {
	plain := strings.TrimSpace(thin.Replace(text))
	if m := reactWord.FindStringSubmatch(plain); m != nil {
		return &Reaction{Sign: reactSigns[m[1]], Quote: m[2]}
	}
	if m := reactSign.FindStringSubmatch(plain); m != nil && isSign(m[1]) {
		return &Reaction{Sign: m[1], Quote: m[2]}
	}
	if m := reactDroid.FindStringSubmatch(plain); m != nil && isSign(m[1]) {
		return &Reaction{Sign: m[1], Quote: m[3], Removed: m[2] != "to"}
	}
	if m := reactGone.FindStringSubmatch(plain); m != nil {
		sign := reactSigns[m[1]]
		if sign == "" {
			sign = strings.TrimSuffix(m[1], " reaction")
		}
		if utf8.RuneCountInString(sign) > longestSign {
			return nil
		}
		return &Reaction{Sign: sign, Quote: m[2], Removed: true}
	}
	return nil
}

// longestSign is how many code points one emoji may have; families have many.
const longestSign = 32

// isSign tells an emoji from a word and from a dash.
func isSign(s string) bool {
	if utf8.RuneCountInString(s) > longestSign {
		return false
	}
	for _, r := range s {
		if r >= 0x203C && r != 0x2060 {
			return true
		}
	}
	return false
}

// Quotes tells whether a reaction's quote is of a text; phones cut long ones
// short with an ellipsis.
func (r Reaction) Quotes(text string) bool {
	text = strings.TrimSpace(thin.Replace(text))
	if r.Quote == "" || text == "" {
		return false
	}
	if begin, cut := strings.CutSuffix(r.Quote, "…"); cut && len(begin) >= 8 && strings.HasPrefix(text, strings.TrimSpace(begin)) {
		return true
	}
	return text == strings.TrimSpace(r.Quote)
}
