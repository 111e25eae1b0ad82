package modem

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// questionForm is +X? and +X=?, and S3?: V.250, 5.3.2 and 5.4.3.
	questionForm = regexp.MustCompile(`^([+^*$#%!][A-Z][A-Z0-9_]*=?\?|S[0-9]{1,2}\?)$`)

	// bareQuestions only tell something though they have no question mark.
	bareQuestions = []string{
		"I", "I0", "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9",
		"+GMI", "+GMM", "+GMR", "+GSN", "+GCAP", "+CGMI", "+CGMM", "+CGMR", "+CGSN",
		"+CIMI", "+CCID", "+ICCID", "+CICCID", "+QCCID", "^ICCID", "^SCID", "#CCID", "#CIMI",
		"+CSQ", "+CESQ", "+QCSQ", "+CNUM", "+CPAS", "+CEER", "+CLCC", "+CLAC", "+CPINR",
		"+QTEMP", "+QNWINFO", "+QSPN", "+CPMUTEMP", "^SMONI", "^SYSINFO", "^SYSINFOEX", "#RFSTS", "#MONI",
	}

	// costlyQuestions have the form and do more: a search for networks takes the modem away for minutes, and some
	// act on the question alone.
	costlyQuestions = []string{"+COPS=?", "+CNMA?", "+CMGS?", "+CMGW?", "+CMSS?", "+CMGD?", "+CMGC?"}
)

// ReadOnly reports whether an AT line only asks: AT alone, AT+X?, AT+X=?, and a few that are known to tell something
// without a question mark. Of a line of several commands all must. It is a list of what is allowed: what it does
// not know, it does not let pass, so nothing that dials, sends, deletes or sets does.
func ReadOnly(line string) bool {
	rest, ok := strings.CutPrefix(strings.ToUpper(strings.Trim(line, " ")), "AT")
	if !ok || len(line) > 200 || strings.ContainsFunc(line, func(r rune) bool { return r < 0x20 || r > 0x7E }) {
		return false
	}
	if rest == "" {
		return true
	}
	for part := range strings.SplitSeq(rest, ";") {
		question := questionForm.MatchString(part) && !slices.Contains(costlyQuestions, part)
		if !question && !slices.Contains(bareQuestions, part) {
			return false
		}
	}
	return true
}
