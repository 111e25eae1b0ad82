package pdu

import "bytes"

// Content is what the user data of a message are (3GPP TS 23.040, 9.2.3.24; TS 23.038, 4).
type Content uint8

// What there is to tell apart (3GPP TS 23.040, 9.2.3.24). Everything but PlainText is best shown by name, with its octets.
const (
	PlainText Content = iota
	Binary            // 8-bit data of which nothing else is known
	Secret            // compressed text, which cannot be read here (TS 23.042)
	WAPPush           // a push of another kind than the next (WAP-235)
	MMSNotice         // a multimedia message waits at a server (OMA MMS encapsulation, 6.2)
	VCard             // a contact (RFC 2426)
	VCalendar         // an appointment (RFC 5545)
	ForSIM            // data for the SIM (TS 23.048)
)

var contents = [...]string{
	"text", "binary data", "compressed data", "WAP push", "notice of a multimedia message", "contact (vCard)",
	"appointment (vCalendar)", "data for the SIM",
}

// String says it in words (3GPP TS 23.040, 9.2.3.24).
func (c Content) String() string {
	if int(c) < len(contents) {
		return contents[c]
	}
	return "unknown"
}

// Content tells what the user data are, by their coding, their ports (3GPP TS 23.040, 9.2.3.24.4) and
// how they begin. Of a message of several parts only the first has the beginning: ask ContentOf.
func (ud UserData) Content(d DCS) Content { return ContentOf(d, []UserData{ud}) }

// ContentOf tells what the parts of one message are, put together (3GPP TS 23.040, 9.2.3.24).
func ContentOf(d DCS, parts []UserData) Content {
	if d.Compressed() {
		return Secret
	}
	ports, sim := Ports{}, false
	for _, part := range parts {
		if p, ok := part.UDH.Ports(); ok {
			ports = p
		}
		for _, e := range part.UDH {
			sim = sim || e.ID >= 0x70 && e.ID < 0x80
		}
	}
	switch {
	case sim:
		return ForSIM
	case ports.Destination == PortVCard && ports.Wide:
		return VCard
	case ports.Destination == PortVCalendar && ports.Wide:
		return VCalendar
	}
	if d.Alphabet() != Data8 {
		text, _ := Join(d, parts)
		return object([]byte(text), PlainText)
	}
	octets, _ := Data(parts)
	if push, err := ParsePush(octets); err == nil && (ports.push() || ports == Ports{} && push.ContentType == typeMMS) {
		if _, err := push.MMS(); err == nil {
			return MMSNotice
		}
		return WAPPush
	}
	return object(octets, Binary)
}

func (p Ports) push() bool {
	return p.Wide && (p.Destination == PortPush || p.Destination == PortPushSecure)
}

// object tells a vCard or a vCalendar by its first line; otherwise it is other.
func object(octets []byte, other Content) Content {
	head := bytes.ToUpper(bytes.TrimLeft(octets[:min(len(octets), 64)], " \r\n\ufeff"))
	switch {
	case bytes.HasPrefix(head, []byte("BEGIN:VCARD")):
		return VCard
	case bytes.HasPrefix(head, []byte("BEGIN:VCALENDAR")):
		return VCalendar
	}
	return other
}
