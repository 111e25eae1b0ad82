package exchange

import (
	"fmt"
	"strings"

	"smsbridge/storage"
)

// Number reads a number as programs and people write it: with +, with 00, in the
// way of a country whose calling code is given, or a short code.
func Number(raw, country string) (string, error) {
	number := "" // digits, and a + before them
	for _, r := range raw {
		if r >= '0' && r <= '9' || r == '+' && number == "" {
			number += string(r)
		}
		if len(number) > 40 {
			break
		}
	}
	switch {
	case strings.HasPrefix(number, "00"):
		number = "+" + number[2:]
	case strings.HasPrefix(number, "0") && country != "":
		number = "+" + country + number[1:]
	case len(number) > 8 && country != "" && strings.HasPrefix(number, country):
		number = "+" + number
	}
	read, err := storage.ParseNumber("number", number)
	if err != nil {
		return "", fmt.Errorf("%q is no number that can be dialled from everywhere; say which country such numbers are of, as its calling code", clip(raw))
	}
	return read, nil
}

// clip is the beginning of what a stranger wrote, for a sentence.
func clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "..."
	}
	return s
}
