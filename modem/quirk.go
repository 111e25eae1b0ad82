package modem

import (
	"strings"

	"smsbridge/modem/at"
)

// What single modems do that no specification foresees, and that is met by looking at what they said
// rather than by knowing who they are.

// empty reports whether an error only says that there is nothing: CMS 321 from phonesim, CMS 303 from an
// EP06 asked for a list of nothing.
func empty(err error) bool {
	return is(err, CMS, 321) || is(err, CMS, 303)
}

// inTextMode reports whether a +CMGL or +CMGR header is a text mode one, as after a restart that took
// +CMGF=0 with it: the state is a word there.
func inTextMode(fields at.Params, state int) bool {
	return state < len(fields) && (fields[state].Quoted || strings.HasPrefix(fields.Text(state), "REC"))
}

// refusesMode reports whether +CMGL=4 may have been refused because the modem fell back to text mode,
// where the state is a word.
func refusesMode(err error) bool {
	for _, code := range []int{302, 304, 305} {
		if is(err, CMS, code) {
			return true
		}
	}
	return false
}

// ready finds READY in what came for +CPIN?, even if no OK followed: Wavecom modems send none.
func ready(info []string) bool {
	for _, text := range info {
		if payload(text) == "READY" {
			return true
		}
	}
	return false
}

// iccid reads the card's number, which comes with and without prefix, quotes and a trailing F.
func iccid(text string) string {
	text = strings.Trim(payload(text), `" `)
	text = strings.TrimRight(text, "Ff")
	if digits(text, 18, 20) {
		return text
	}
	return ""
}

// digits reports whether the text is so many digits and nothing else.
func digits(text string, least, most int) bool {
	if len(text) < least || len(text) > most {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// isICCID, isIMEI and isIMSI know an answer without prefix.
func isICCID(text string) bool { return !strings.Contains(text, ":") && iccid(text) != "" }
func isIMEI(text string) bool  { return digits(strings.Trim(text, `"`), 14, 17) }
func isIMSI(text string) bool  { return digits(strings.Trim(text, `"`), 6, 16) }

// isName takes a line for a name: anything but what opens with a mark.
func isName(text string) bool { return !strings.ContainsAny(text[:1], "+^*$#%!") }
