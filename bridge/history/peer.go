package history

import (
	"strings"
	"unicode"

	"smsbridge/bridge/exchange"
)

// peer reads the other end of a message: a number, or the name of a sender.
func (o Options) peer(raw string) (string, error) {
	text := strings.TrimSpace(raw)
	if strings.ContainsFunc(text, unicode.IsLetter) && !strings.HasPrefix(text, "+") {
		return text, nil
	}
	return exchange.Number(text, o.Country)
}

// international reads a number that programs write without its +.
func (o Options) international(raw string) (string, error) {
	text := strings.TrimSpace(raw)
	if len(text) >= 7 && strings.Trim(text, "0123456789") == "" && text[0] != '0' {
		text = "+" + text
	}
	return o.peer(text)
}
