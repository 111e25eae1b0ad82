package storage

import (
	"strings"

	"smsbridge/storage/plan"
)

// blanks may stand in a typed number; a line break or a tab may not, since no
// person types one.
const blanks = " \u00a0\u202f"

// ParseNumber reads a phone number as people write it and gives it as the
// ledger keeps it: E.164 ("+" and 7 to 15 digits, no leading zero), or a short
// code of 3 to 8 digits. Blanks, dots, dashes, slashes and parentheses between
// the digits are dropped. A longer number without "+" is refused, since its
// country is not known; ReadNumber takes it.
func ParseNumber(field, s string) (string, error) {
	digits, plus, err := digitsOf(field, s)
	if err != nil {
		return "", err
	}
	n := len(digits)
	switch {
	case plus && n >= 7 && n <= 15 && digits[0] != '0':
		return "+" + digits, nil
	case plus:
		return "", Refuse(CodeInvalid, field, "%q is not a phone number: after + come 7 to 15 digits that do not begin with 0", s)
	case n >= 3 && n <= 8:
		return digits, nil
	}
	return "", Refuse(CodeInvalid, field, "%q has no country code: write + and country code first, such as +15550100 (a short code has 3 to 8 digits)", s)
}

// shortest is the fewest digits that are taken for a whole number of home and
// not for a short code.
const shortest = 6

// ReadNumber is ParseNumber for a box whose country is known: a number written
// as at home, such as 0151 23456789, becomes E.164 as well. So does one that
// has the trunk prefix behind the country code, as in +49 (0)151.
func ReadNumber(field, s, country string) (string, error) {
	digits, plus, err := digitsOf(field, s)
	if err != nil || country == "" {
		return ParseNumber(field, s)
	}
	n, ok := plan.Read(digits, plus, country)
	if ok && (plus || len(digits) >= shortest) {
		return n.E164, nil
	}
	if plus || len(digits) <= 8 {
		return ParseNumber(field, s)
	}
	return "", Refuse(CodeInvalid, field, "%q is no number of %s; write one of its plan, or + and country code first, such as %s", s, country, plan.Sample(country))
}

// digitsOf takes off what people put between digits.
func digitsOf(field, s string) (digits string, plus bool, err error) {
	typed := strings.Trim(s, blanks)
	if typed == "" {
		return "", false, Refuse(CodeInvalid, field, "a number is missing; write it with + and country code, such as +15550100")
	}
	found := make([]byte, 0, len(s))
	for i, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			found = append(found, byte(r))
		case r == '+' && i == 0:
			plus = true
		case strings.ContainsRune(blanks+"-./()", r):
		default:
			return "", false, Refuse(CodeInvalid, field, "%q is not a phone number: %q cannot stand in one; write + and digits only, such as +15550100", s, r)
		}
	}
	return string(found), plus, nil
}
