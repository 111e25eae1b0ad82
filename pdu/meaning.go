package pdu

import (
	"fmt"
	"strings"
	"time"
)

// meaning says in words what a field of the frame says.
func (f Frame) meaning(field Field) string {
	if field.Name == "SMSC" {
		if f.SMSC.Value == "" {
			return "no service centre: the one kept on the SIM"
		}
		return "service centre " + f.SMSC.words()
	}
	switch t := f.TPDU.(type) {
	case *Deliver:
		return t.meaning(field)
	case *Submit:
		return t.meaning(field)
	case *StatusReport:
		return t.meaning(field)
	}
	return ""
}

func (d *Deliver) meaning(field Field) string {
	switch field.Name {
	case "TP-MTI":
		return flags{{true, "deliver"}, {d.MMS, "more messages waiting"}, {d.LP, "loop prevention"},
			{d.SRI, "status report asked for"}, {d.UD.UDH != nil, "header"}, {d.RP, "reply path"}}.words()
	case "TP-OA":
		return "from " + d.OA.words()
	case "TP-SCTS":
		return "service centre time " + d.SCTS.words()
	}
	return meaning(field, d.DCS, d.UD)
}

func (s *Submit) meaning(field Field) string {
	switch field.Name {
	case "TP-MTI":
		return flags{{true, "submit"}, {s.RD, "reject duplicates"}, {s.SRR, "status report asked for"},
			{s.UD.UDH != nil, "header"}, {s.RP, "reply path"}}.words()
	case "TP-DA":
		return "to " + s.DA.words()
	case "TP-VP":
		return "valid " + s.VP.words()
	}
	return meaning(field, s.DCS, s.UD)
}

func (s *StatusReport) meaning(field Field) string {
	switch field.Name {
	case "TP-MTI":
		return flags{{true, "status report"}, {s.MMS, "more messages waiting"}, {s.LP, "loop prevention"},
			{s.SRQ, "of a command"}, {s.UD.UDH != nil, "header"}}.words()
	case "TP-RA":
		return "of a message to " + s.RA.words()
	case "TP-SCTS":
		return "service centre time " + s.SCTS.words()
	case "TP-DT":
		return "discharge time " + s.DT.words()
	case "TP-ST":
		return s.ST.Class().String() + ": " + s.ST.String()
	case "TP-PI":
		pi := s.PI[0]
		return flags{{true, "what follows"}, {pi&piPID != 0, "TP-PID"}, {pi&piDCS != 0, "TP-DCS"}, {pi&piUD != 0, "TP-UD"}}.words()
	}
	return meaning(field, s.DCS, s.UD)
}

// meaning is for the fields that all messages share.
func meaning(field Field, d DCS, ud UserData) string {
	switch field.Name {
	case "TP-MR":
		return fmt.Sprintf("message reference %d", field.Octets[0])
	case "TP-PID":
		return fmt.Sprintf("protocol identifier %d", field.Octets[0])
	case "TP-DCS":
		return d.words()
	case "TP-UDL":
		unit := "octets"
		if d.inSeptets() {
			unit = "septets"
		}
		return fmt.Sprintf("%d %s of user data", field.Octets[0], unit)
	case "TP-UDH":
		return ud.UDH.words()
	case "TP-UD":
		if text, _ := ud.Text(d); text != "" {
			return fmt.Sprintf("%q", text)
		}
		return "no text"
	case "filling":
		return "no part of the message"
	}
	return ""
}

// flags are words, each with whether it applies.
type flags []struct {
	on   bool
	word string
}

func (f flags) words() string {
	var on []string
	for _, flag := range f {
		if flag.on {
			on = append(on, flag.word)
		}
	}
	return strings.Join(on, ", ")
}

var tons = [8]string{
	"number of unknown type", "international", "national", "number of the network", "subscriber number",
	"name", "abbreviated number", "reserved type",
}

func (a Address) words() string {
	value := a.String()
	if a.TON == TONAlphanumeric {
		value = fmt.Sprintf("%q", value) // a name may hold line ends
	}
	return fmt.Sprintf("%s (%s)", value, tons[a.TON&0x07])
}

func (ts Timestamp) words() string {
	if t, ok := ts.Time(); ok {
		return t.Format(time.RFC3339)
	}
	return "that is no time"
}

func (v Validity) words() string {
	if t, ok := v.Time(); ok {
		return "until " + t.Format(time.RFC3339)
	}
	if d, ok := v.Duration(); ok {
		return "for " + d.String()
	}
	return "for as long as the service centre likes"
}

func (d DCS) words() string {
	alphabet := [...]string{GSM7: "GSM 7 bit", Data8: "8-bit data", UCS2: "UCS-2"}[d.Alphabet()]
	c, ok := d.Class()
	return flags{{true, alphabet}, {ok, fmt.Sprintf("class %d", c)}, {d.Compressed(), "compressed"},
		{d.Reserved(), "a reserved value"}}.words()
}

func (h UDH) words() string {
	var words []string
	if c, ok := h.Concat(); ok {
		words = append(words, fmt.Sprintf("part %d of %d, reference %d", c.Seq, c.Total, c.Ref))
	}
	for _, e := range h {
		words = append(words, fmt.Sprintf("element %02X: % X", e.ID, e.Data))
	}
	if words == nil {
		return "a header that contradicts itself, ignored"
	}
	return strings.Join(words, "; ")
}
