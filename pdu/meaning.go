package pdu

import (
	"cmp"
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
	if t, ok := f.TPDU.(interface{ meaning(Field) string }); ok {
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
		return s.VP.words()
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
	}
	return parameters{s.PI, s.PID, s.DCS, s.UD}.meaning(field, 0)
}

func (s *SubmitReport) meaning(field Field) string {
	switch field.Name {
	case "TP-MTI":
		return flags{{true, "submit report"}, {s.UD.UDH != nil, "header"}}.words()
	case "TP-SCTS":
		return "service centre time " + s.SCTS.words()
	}
	return parameters{s.PI, s.PID, s.DCS, s.UD}.meaning(field, s.FCS)
}

func (s *DeliverReport) meaning(field Field) string {
	if field.Name == "TP-MTI" {
		return flags{{true, "deliver report"}, {s.UD.UDH != nil, "header"}}.words()
	}
	return parameters{s.PI, s.PID, s.DCS, s.UD}.meaning(field, s.FCS)
}

func (c *Command) meaning(field Field) string {
	switch field.Name {
	case "TP-MTI":
		return flags{{true, "command"}, {c.SRR, "status report asked for"}, {c.Data.UDH != nil, "header"}}.words()
	case "TP-CT":
		return c.CT.String()
	case "TP-MN":
		return fmt.Sprintf("about message reference %d", c.MN)
	case "TP-DA":
		return "sent to " + c.DA.words()
	case "TP-CDL":
		return fmt.Sprintf("%d octets of command data", field.Octets[0])
	case "TP-CD":
		return "command data"
	}
	return meaning(field, DCSData8, c.Data)
}

// meaning is for the fields that all reports share.
func (p parameters) meaning(field Field, c Cause) string {
	switch field.Name {
	case "TP-PI":
		pi := p.PI[0]
		what := flags{{pi&piPID != 0, "TP-PID"}, {pi&piDCS != 0, "TP-DCS"}, {pi&piUD != 0, "TP-UD"}}.words()
		return "what follows: " + cmp.Or(what, "nothing")
	case "TP-FCS":
		return "not taken: " + c.String()
	}
	return meaning(field, p.DCS, p.UD)
}

// meaning is for the fields that all messages share.
func meaning(field Field, d DCS, ud UserData) string {
	switch field.Name {
	case "TP-MR":
		return fmt.Sprintf("message reference %d", field.Octets[0])
	case "TP-PID":
		return PIDText(field.Octets[0])
	case "TP-DCS":
		return d.words()
	case "TP-UDL":
		unit := "octets"
		if d.inSeptets() {
			unit = "septets"
		}
		return fmt.Sprintf("%d %s of user data", field.Octets[0], unit)
	case "TP-UDHL":
		return fmt.Sprintf("%d octets of header", field.Octets[0])
	case "TP-UDH":
		if e, ok := field.element(ud.UDH); ok {
			return e.words()
		}
		return "a header that contradicts itself, ignored"
	case "TP-UD":
		return ud.words(d)
	case "filling":
		return "no part of the message"
	}
	return ""
}

// element finds the element of a header that a field shows.
func (f Field) element(h UDH) (IE, bool) {
	if len(h) == 0 || len(f.Octets) < 2 || int(f.Octets[1]) != len(f.Octets)-2 {
		return IE{}, false
	}
	return IE{ID: f.Octets[0], Data: f.Octets[2:]}, true
}

func (ud UserData) words(d DCS) string {
	if text, _ := ud.Text(d); text != "" {
		return fmt.Sprintf("%q", text)
	}
	if k := ud.Content(d); k != PlainText {
		return fmt.Sprintf("%d octets, %s", len(ud.Octets), k)
	}
	return "no text"
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
	var words string
	if t, ok := v.Time(); ok {
		words = "valid until " + t.Format(time.RFC3339)
	} else if d, ok := v.Duration(); ok {
		words = "valid for " + d.String()
	} else {
		words = "valid for as long as the service centre likes"
	}
	return flags{{true, words}, {v.SingleShot(), "one attempt only"}}.words()
}

func (d DCS) words() string {
	alphabet := [...]string{GSM7: "GSM 7 bit", Data8: "8-bit data", UCS2: "UCS-2"}[d.Alphabet()]
	c, ok := d.Class()
	w, waiting := d.Waiting()
	return flags{{true, alphabet}, {ok, fmt.Sprintf("class %d", c)}, {waiting, w.String()}, {waiting && !w.Store, "not to be kept"},
		{d.AutoDelete(), "to be deleted once read"}, {d.Compressed(), "compressed"}, {d.Reserved(), "a reserved value"}}.words()
}
