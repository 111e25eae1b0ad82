package modem

import (
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf16"

	"smsbridge/modem/at"
	"smsbridge/modem/profile"
	"smsbridge/pdu"
)

// Reply is the network's answer to a USSD request.
type Reply struct {
	Status int    // TS 27.007, 7.15: 0 done, 1 wants an answer, 2 ended by the network, 4 not supported, 5 timed out
	Text   string // readable, whatever form the modem wrote it in
	DCS    int    // TS 23.038, 5; -1 if the modem gave none
	More   bool   // it is a menu: the next USSD answers it
}

// parseReply reads the text of a USSD event, <m>,<str>,<dcs>. The form in which the request was written says most
// about the answer's.
func parseReply(text string, form profile.USSDForm) Reply {
	p := at.ParseParams(text)
	r := Reply{Status: number(p, 0, -1), Text: p.Text(1), DCS: number(p, 2, -1)}
	r.More = r.Status == 1
	r.Text = readUSSD(r.Text, r.DCS, form)
	return r
}

// readUSSD tells by the DCS, and then by the looks, for there are modems that say 15 and mean UCS2, what a text is
// written in. Hexadecimal that gives no readable text was meant as it stands.
func readUSSD(text string, dcs int, form profile.USSDForm) string {
	octets, err := hex.DecodeString(text)
	if err != nil || len(octets) == 0 {
		return text
	}
	if s, ok := fromUCS2(octets); ok && (saysUCS2(dcs) || form == profile.USSDUCS2 || looksUCS2(octets)) {
		return s
	}
	if saysUCS2(dcs) || dcs >= 0 && !saysGSM7(dcs) {
		return text
	}
	s := pdu.USSDText(octets)
	if readable7(s) && (form == profile.USSDPacked || looksPacked(text, s)) {
		return s
	}
	return text
}

// saysUCS2 and saysGSM7 read the coding of cell broadcast, which is that of USSD: TS 23.038, 5.
func saysUCS2(dcs int) bool {
	return dcs == 0x11 || dcs >= 0 && dcs&0xC0 == 0x40 && dcs&0x0C == 0x08
}

func saysGSM7(dcs int) bool {
	switch dcs >> 4 {
	case 0, 2, 3:
		return true
	case 1:
		return dcs == 0x10
	case 4, 5, 6, 7:
		return dcs&0x0C == 0
	case 0xF:
		return dcs&0x04 == 0
	}
	return false
}

// fromUCS2 reads octets as UCS2; false if that gives characters nobody can read.
func fromUCS2(octets []byte) (string, bool) {
	if len(octets)%2 != 0 {
		return "", false
	}
	units := make([]uint16, len(octets)/2)
	for i := range units {
		units[i] = uint16(octets[2*i])<<8 | uint16(octets[2*i+1])
	}
	s := string(utf16.Decode(units))
	return s, !strings.ContainsFunc(s, func(r rune) bool {
		return r == unicode.ReplacementChar || !unicode.IsPrint(r) && !unicode.IsSpace(r)
	})
}

// looksUCS2 reports whether most of the characters are of one alphabet that begins low, as in 00430072: a telephone
// number written out has no such order.
func looksUCS2(octets []byte) bool {
	low := 0
	for i := 0; i < len(octets); i += 2 {
		if octets[i] <= 0x06 || octets[i] == 0x20 {
			low++
		}
	}
	return len(octets) >= 4 && 4*low >= 3*(len(octets)/2)
}

// readable7 reports whether there is nothing but what a network would write.
func readable7(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' })
}

// looksPacked reports whether hexadecimal is more likely packed text than words or numbers: it has a letter among
// its digits, is long enough, and reads as mostly letters, digits and blanks.
func looksPacked(written, s string) bool {
	if len(written) < 8 || !strings.ContainsAny(written, "ABCDEFabcdef") || !strings.ContainsAny(written, "0123456789") {
		return false
	}
	plain := 0
	for _, r := range s {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsSpace(r) || strings.ContainsRune(".,:;*#+-/()", r)) {
			plain++
		}
	}
	return 10*plain >= 9*len([]rune(s))
}
