package history

import (
	"fmt"
	"strings"
	"unicode"

	"smsbridge/storage"
)

// peer reads the other end of a message as programs write it: with +, with 00,
// in the way of the country, a short code, or the name of a sender.
func (o Options) peer(raw string) (string, error) {
	text := strings.TrimSpace(raw)
	if strings.ContainsFunc(text, unicode.IsLetter) && !strings.HasPrefix(text, "+") {
		return text, nil
	}
	number := "" // digits, and a + before them
	for _, r := range text {
		if r >= '0' && r <= '9' || r == '+' && number == "" {
			number += string(r)
		}
	}
	switch {
	case strings.HasPrefix(number, "00"):
		number = "+" + number[2:]
	case strings.HasPrefix(number, "0") && o.Country != "":
		number = "+" + o.Country + number[1:]
	case len(number) > 8 && o.Country != "" && strings.HasPrefix(number, o.Country):
		number = "+" + number
	}
	read, err := storage.ParseNumber("peer", number)
	if err != nil {
		return "", fmt.Errorf("%q is no number that can be dialled from everywhere; say which country such numbers are of with --country", clip(raw))
	}
	return read, nil
}

// international reads a number that programs write without its +.
func (o Options) international(raw string) (string, error) {
	text := strings.TrimSpace(raw)
	if len(text) >= 7 && strings.Trim(text, "0123456789") == "" && text[0] != '0' {
		text = "+" + text
	}
	return o.peer(text)
}
