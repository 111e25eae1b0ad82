package pdu

// AppendUSSD packs the text of a USSD string behind dst; false when the GSM 7 bit default alphabet has not all of
// it. Seven unused bits at the end would read as an @, so they hold a carriage return, and a carriage return that
// ends on an octet is doubled (3GPP TS 23.038, 6.1.2.3.1).
func AppendUSSD(dst []byte, text string) (packed []byte, ok bool) {
	n := 0
	for _, r := range text {
		if !InGSM7(r) {
			return dst, false
		}
		n += septetWidth(r)
	}
	if n%8 == 7 || n%8 == 0 && n > 0 && text[len(text)-1] == '\r' {
		text += "\r"
	}
	packed, _ = shifts{}.appendPacked(dst, text)
	return packed, true
}

// USSDText returns the text of packed septets, without the carriage return that fills the last octet (3GPP TS
// 23.038, 6.1.2.3.1).
func USSDText(octets []byte) string {
	n := len(octets) * 8 / 7
	d := shifts{}.decoder()
	text := d.end(d.packed(nil, octets, n))
	if last := len(text) - 1; n%8 == 0 && last >= 0 && text[last] == '\r' {
		text = text[:last]
	}
	return string(text)
}
