package storage

import "strings"

// blanks may stand in a typed number; a line break or a tab may not, since no
// person types one.
const blanks = " \u00a0\u202f"

// ParseNumber reads a phone number as people write it and gives it as the
// ledger keeps it: E.164 ("+" and 7 to 15 digits, no leading zero), or a short
// code of 3 to 8 digits. Blanks, dots, dashes, slashes and parentheses between
// the digits are dropped. A longer number without "+" is refused, since the box
// cannot know its country.
func ParseNumber(field, s string) (string, error) {
	typed := strings.Trim(s, blanks)
	if typed == "" {
		return "", Refuse(CodeInvalid, field, "a number is missing; write it with + and country code, such as +15550100")
	}
	digits := make([]byte, 0, len(s))
	plus := false
	for i, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r))
		case r == '+' && i == 0:
			plus = true
		case strings.ContainsRune(blanks+"-./()", r):
		default:
			return "", Refuse(CodeInvalid, field, "%q is not a phone number: %q cannot stand in one; write + and digits only, such as +15550100", s, r)
		}
	}
	n := len(digits)
	switch {
	case plus && n >= 7 && n <= 15 && digits[0] != '0':
		return "+" + string(digits), nil
	case plus:
		return "", Refuse(CodeInvalid, field, "%q is not a phone number: after + come 7 to 15 digits that do not begin with 0", s)
	case n >= 3 && n <= 8:
		return string(digits), nil
	}
	return "", Refuse(CodeInvalid, field, "%q has no country code: write + and country code first, such as +15550100 (a short code has 3 to 8 digits)", s)
}
