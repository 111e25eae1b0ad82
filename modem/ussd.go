package modem

import (
	"context"
	"encoding/hex"
	"time"
	"unicode/utf16"

	"smsbridge/modem/at"
)

// ussdTime is how long the network may take: TS 24.090 leaves it open, 30 to 60 s are usual.
const ussdTime = 60 * time.Second

// Reply is the network's answer to a USSD request.
type Reply struct {
	Status int // TS 27.007, 7.15: 0 done, 1 wants an answer, 2 ended by the network, 4 not supported, 5 timed out
	Text   string
	DCS    int // -1 if the modem gave none
}

// USSD sends a request such as *100# and waits for the reply, which may come before or after the modem's
// OK. It goes as plain text; a modem that wants another form refuses it.
func (m *Modem) USSD(ctx context.Context, request string) (Reply, error) {
	heard := make(chan Event, 1)
	c := newCall(ctx, "+CUSD=1,"+at.Quote(request)+",15", shape{}, ussdTime)
	c.label, c.ussd = "+CUSD=1,...", heard
	if a := m.do(c); a.err != nil {
		return Reply{}, a.err
	}
	limit := time.NewTimer(ussdTime)
	defer limit.Stop()
	var cause error
	select {
	case ev := <-heard:
		return parseReply(ev.Text), nil
	case <-ctx.Done():
		cause = context.Cause(ctx)
	case <-limit.C:
		cause = ErrTimeout
	case <-m.engine.ended:
		cause = m.engine.err
	}
	return Reply{}, failure(c, cause)
}

// parseReply reads <m>,<str>,<dcs>.
func parseReply(text string) Reply {
	p := at.ParseParams(text)
	r := Reply{Status: number(p, 0, -1), Text: p.Text(1), DCS: number(p, 2, -1)}
	if r.DCS == 72 || r.DCS == -1 || r.DCS == 15 { // UCS2, or an E-series modem that says 15 and means it
		if s, ok := fromUCS2(r.Text); ok {
			r.Text = s
		}
	}
	return r
}

// fromUCS2 reads a text of hexadecimal UCS2 units.
func fromUCS2(s string) (string, bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) < 2 || len(b)%2 != 0 || b[0] > 0x06 && b[0] != 0x20 {
		return "", false
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(units)), true
}
