package exchange

import "strings"

// formula begins what a spreadsheet would reckon with instead of showing it.
const formula = "=+-@\t\r"

// Guard makes a field safe to open in a spreadsheet: what would be reckoned with
// there gets an apostrophe before it, which spreadsheets take as "this is text".
// So does what begins with apostrophes and such a sign, so that Unguard knows.
// Numbers with + are such fields too, and keep their + that way.
func Guard(field string) string {
	if rest := strings.TrimLeft(field, "'"); rest != "" && strings.IndexByte(formula, rest[0]) >= 0 {
		return "'" + field
	}
	return field
}

// Unguard takes off what Guard put on.
func Unguard(field string) string {
	if rest := strings.TrimLeft(field, "'"); len(rest) < len(field) && rest != "" && strings.IndexByte(formula, rest[0]) >= 0 {
		return field[1:]
	}
	return field
}

func guarded(fields []string) []string {
	for i := range fields {
		fields[i] = Guard(fields[i])
	}
	return fields
}
