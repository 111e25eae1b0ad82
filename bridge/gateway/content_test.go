package gateway

import (
	"strings"
	"testing"
	"time"

	"smsbridge/modem/simulator"
	"smsbridge/pdu"
	"smsbridge/storage"
)

// notice is an M-Notification.ind in a push, long enough for two parts.
var notice = "%\x06\x01\xbe" + "\x8c\x82\x98T1\x00\x8d\x92" + "\x89\x15\x80+15550100/TYPE=PLMN\x00" + "\x96Holiday\x00\x8a\x80" +
	"\x8e\x03\x01\x86\xa0" + "\x88\x05\x81\x03\x03\xf4\x80" + "\x83http://mms.example/" + strings.Repeat("x", 90) + "\x00"

// data makes the PDUs of 8-bit data for a port, in pieces of a length.
func data(t *testing.T, octets string, port, most int) (lines []string) {
	t.Helper()
	from, err := pdu.ParseAddress(customer)
	if err != nil {
		t.Fatal(err)
	}
	total := (len(octets) + most - 1) / most
	for seq := 1; octets != ""; seq++ {
		n := min(most, len(octets))
		udh := pdu.UDH{{ID: pdu.IEPorts16, Data: []byte{byte(port >> 8), byte(port), 0x23, 0xF0}}}
		if total > 1 {
			udh = append(udh, pdu.IE{ID: pdu.IEConcat8, Data: []byte{7, byte(total), byte(seq)}})
		}
		d := &pdu.Deliver{OA: from, DCS: pdu.DCSData8, SCTS: pdu.TimestampOf(time.Now()), UD: pdu.UserData{UDH: udh, Octets: []byte(octets[:n])}}
		line, err := pdu.Frame{TPDU: d}.AppendHex(nil)
		if err != nil {
			t.Fatal(err)
		}
		lines, octets = append(lines, string(line)), octets[n:]
	}
	return lines
}

func TestCards_B7_B8_S36(t *testing.T) {
	url := "http://mms.example/" + strings.Repeat("x", 90)
	for name, c := range map[string]struct {
		pdus []string
		kind storage.CardKind
		text string
	}{
		"picture notice in two parts": {data(t, notice, 2948, 100), storage.CardMMS, ""},
		"other push":                  {data(t, "%\x06\x01\xae\x02\x05\x6a", 2948, 100), storage.CardWAP, ""},
		"contact":                     {data(t, "BEGIN:VCARD\r\nFN:Ana\r\nEND:VCARD\r\n", 9204, 100), storage.CardContact, "BEGIN:VCARD\r\nFN:Ana\r\nEND:VCARD\r\n"},
		"data":                        {data(t, "\x00\x01\x02\xff", 5000, 100), storage.CardBinary, ""},
		"data in two parts":           {data(t, strings.Repeat("\x00\xff", 80), 5000, 100), storage.CardBinary, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, simulator.ModemOptions{})
			for _, line := range c.pdus {
				if err := b.phone.SendPDU(b.sim.Number(), line); err != nil {
					t.Fatal(err)
				}
			}
			b.until("it is whole", func() bool { all := b.all(); return len(all) == 1 && all[0].State == storage.Received })
			m := b.all()[0]
			if m.Card == nil || m.Card.Kind != c.kind || m.Text != c.text {
				t.Fatalf("%+v has %+v and %q", m, m.Card, m.Text)
			}
			if c.kind != storage.CardMMS {
				return
			}
			if m.Card.From != "+15550100" || m.Card.Subject != "Holiday" || m.Card.Size != 100000 || m.Card.URL != url || m.Card.Expiry.Sub(m.SentAt.Time) != 259200*time.Second {
				t.Errorf("%+v", m.Card)
			}
		})
	}
	// A text that looks like none of this has no card.
	if card, _ := cardOf(0, []pdu.UserData{{Octets: []byte("hello"), Septets: 5}}, time.Now()); card != nil {
		t.Errorf("a plain text has %+v", card)
	}
}
