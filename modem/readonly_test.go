package modem

import (
	"strings"
	"testing"
)

func TestReadOnly(t *testing.T) {
	for _, line := range []string{
		"AT", "at", "AT+CSQ", "at+csq", "AT+CPIN?", "AT+CPMS=?", "AT+CREG?;+COPS?", "ATI", "ATI3", "AT+CGSN", "AT^HCSQ?",
		"ATS3?", "AT#QSS?", "AT!GSTATUS?", "AT+CMGS=?", "AT+CNUM;+CSQ;+CGMI",
	} {
		if !ReadOnly(line) {
			t.Errorf("%s only asks", line)
		}
	}
	for _, line := range []string{
		"", "A", "A/", "+CSQ", "ATZ", "AT&F", "ATE1", "ATD112;", "ATA", "ATH", "ATO", "AT+CMGD=1", "AT+CMGD=1,4", "AT+CMGS=20",
		"AT+CMSS=1", "AT+CFUN=1,1", "AT+CPIN=\"1234\"", "AT+CMGF=1", "AT+CSQ;+CMGD=1", "AT+CSQ;D112;", "AT+CSQ;", "AT;", "AT+CSQ ;+CSQ",
		"AT+CMGR=1", "AT+CMGL=4", "AT+COPS=?", "AT^RESET", "AT!RESET", "AT#REBOOT", "AT+CRESET", "AT+CUSD=1,\"?\"", "AT+CUSD?=1",
		"AT+X?D112", "AT+X??", "AT+?", "AT?", "AT+CPWROFF", "AT+CSQ\rATD112;", "AT+CSQ\x1a", "ATS3=13", "ATE0?", "AT+CMGS?", "AT+CSQ=1?",
		"AT=?", "AT+C SQ?", "AT+CLCK=\"SC\",2", "ATX?", "AT+CSQ\u00a0", "ATD+CSQ?",
	} {
		if ReadOnly(line) {
			t.Errorf("%s does more than ask", line)
		}
	}
}

// FuzzReadOnly: no line that passes has an octet in it by which a modem could be made to do something.
func FuzzReadOnly(f *testing.F) {
	f.Add("AT+CSQ;+CPIN?")
	f.Add("AT+CMGS=?")
	f.Add("ATD?")
	f.Fuzz(func(t *testing.T, line string) {
		if !ReadOnly(line) {
			return
		}
		line = strings.ToUpper(strings.Trim(line, " "))
		if strings.ContainsAny(line, "\r\n\x1a\x1b\x00\",&") {
			t.Errorf("%q passes", line)
		}
		for part := range strings.SplitSeq(strings.TrimPrefix(line, "AT"), ";") {
			if i := strings.IndexByte(part, '='); i >= 0 && part[i:] != "=?" {
				t.Errorf("%q sets something", line)
			}
			if strings.HasPrefix(part, "D") || part == "A" || part == "H" || part == "Z" {
				t.Errorf("%q acts", line)
			}
		}
	})
}
