package storage

import (
	"regexp"
	"strconv"
	"strings"
)

// Balance is the credit of a card as the network told it last.
type Balance struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency,omitempty"`
	Expires  string  `json:"expires,omitempty"` // as the network wrote it
	Low      bool    `json:"low,omitempty"`     // under the rule's limit
	At       Time    `json:"at"`
}

// BalanceRule says how an operator is asked for the credit of a card, and how
// its answer is read.
type BalanceRule struct {
	Operator string  `json:"operator"`      // MCC and MNC such as 26201, or the name that the line shows
	Code     string  `json:"code"`          // such as *100#
	Pattern  string  `json:"pattern"`       // regular expression (RE2) with a group named amount, and perhaps currency and expiry
	Low      float64 `json:"low,omitempty"` // warn below; 0: never
	Rev      int64   `json:"rev,omitempty"`
}

// Check refuses a rule that could never tell a credit.
func (r BalanceRule) Check() error {
	switch {
	case strings.TrimSpace(r.Operator) == "":
		return Refuse(CodeInvalid, "operator", "name the operator as the line shows it, or by MCC and MNC, such as 26201")
	case strings.Trim(r.Code, "0123456789*#") != "" || len(r.Code) < 2:
		return Refuse(CodeInvalid, "code", "%q is no code: it has digits, * and #, such as *100#", r.Code)
	}
	e, err := regexp.Compile(r.Pattern)
	if err != nil {
		return Refuse(CodeInvalid, "pattern", "%v", err)
	}
	if e.SubexpIndex("amount") < 0 {
		return Refuse(CodeInvalid, "pattern", `it has no group named amount, such as (?P<amount>[0-9]+[.,][0-9]{2})`)
	}
	return nil
}

// Read finds the credit in an operator's answer; false if the pattern does not
// fit. An amount may be written 1.234,50 or 1,234.50 or 12 as well.
func (r BalanceRule) Read(text string) (Balance, bool) {
	e, err := regexp.Compile(r.Pattern)
	if err != nil {
		return Balance{}, false
	}
	m := e.FindStringSubmatch(text)
	if m == nil {
		return Balance{}, false
	}
	group := func(name string) string {
		if i := e.SubexpIndex(name); i >= 0 {
			return strings.TrimSpace(m[i])
		}
		return ""
	}
	amount, ok := parseAmount(group("amount"))
	return Balance{
		Amount: amount, Currency: group("currency"), Expires: group("expiry"), Low: r.Low > 0 && amount < r.Low,
	}, ok
}

// parseAmount reads a number whose last dot or comma is the decimal one, unless
// exactly three digits follow it and it is the only kind there is: then it parts
// thousands.
func parseAmount(s string) (float64, bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "").Replace(strings.TrimRight(s, ".,"))
	if i := strings.LastIndexAny(s, ".,"); i >= 0 {
		head, tail := s[:i], s[i+1:]
		mixed := strings.ContainsAny(head, ".,") && !strings.Contains(head, s[i:i+1])
		head = strings.NewReplacer(".", "", ",", "").Replace(head)
		if len(tail) == 3 && !mixed && head != "0" {
			s = head + tail
		} else {
			s = head + "." + tail
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}
