package main

import (
	"fmt"
	"time"

	"smsbridge/pdu"
)

// pduObject is one line of pdu decode -o jsonl. What a message does not have is left out.
type pduObject struct {
	OK              bool       `json:"ok"`
	Error           string     `json:"error,omitempty"`
	Type            string     `json:"type,omitempty"`
	SMSC            string     `json:"smsc,omitempty"`
	Address         string     `json:"address,omitempty"`
	Text            *string    `json:"text,omitempty"`
	DataHex         *string    `json:"data_hex,omitempty"`
	Timestamp       string     `json:"timestamp,omitempty"`
	Discharge       string     `json:"discharge,omitempty"`
	MR              *uint8     `json:"mr,omitempty"`
	Status          *uint8     `json:"status,omitempty"`
	StatusClass     string     `json:"status_class,omitempty"`
	StatusText      string     `json:"status_text,omitempty"`
	Concat          *pduConcat `json:"concat,omitempty"`
	PID             *uint8     `json:"pid,omitempty"`
	DCS             *uint8     `json:"dcs,omitempty"`
	Alphabet        string     `json:"alphabet,omitempty"`
	Class           *uint8     `json:"class,omitempty"`
	ValiditySeconds *int64     `json:"validity_seconds,omitempty"`
	ValidUntil      string     `json:"valid_until,omitempty"`
	Warnings        []string   `json:"warnings,omitempty"`

	Cause     *uint8       `json:"cause,omitempty"`
	CauseText string       `json:"cause_text,omitempty"`
	Command   *uint8       `json:"command,omitempty"`
	About     *uint8       `json:"about_mr,omitempty"`
	Locking   string       `json:"locking,omitempty"`
	Single    string       `json:"single,omitempty"`
	Ports     *pduPorts    `json:"ports,omitempty"`
	Elements  []pduElement `json:"elements,omitempty"`
	Waiting   []pduWaiting `json:"waiting,omitempty"`
	Content   string       `json:"content,omitempty"`
	MMS       *pduMMS      `json:"mms,omitempty"`
}

type pduConcat struct {
	Ref   uint16 `json:"ref"`
	Total uint8  `json:"total"`
	Seq   uint8  `json:"seq"`
	Bits  int    `json:"bits"`
}

type pduPorts struct {
	Destination uint16 `json:"destination"`
	Source      uint16 `json:"source"`
	Bits        int    `json:"bits"`
}

// pduElement is an element of the header, known or not.
type pduElement struct {
	ID      uint8  `json:"id"`
	Name    string `json:"name"`
	DataHex string `json:"data_hex"`
}

type pduWaiting struct {
	Kind   string `json:"kind"`
	Active bool   `json:"active"`
	Count  *int   `json:"count,omitempty"`
	Store  bool   `json:"store"`
}

type pduMMS struct {
	From            string `json:"from,omitempty"`
	Subject         string `json:"subject,omitempty"`
	Class           string `json:"class,omitempty"`
	Size            uint64 `json:"size"`
	URL             string `json:"url"`
	Transaction     string `json:"transaction"`
	Expiry          string `json:"expiry,omitempty"`
	ValiditySeconds int64  `json:"validity_seconds,omitempty"`
}

func newPDUObject(f pdu.Frame, err error) pduObject {
	if err != nil {
		return pduObject{Error: err.Error()}
	}
	o := pduObject{OK: true, Type: f.TPDU.MessageType().String(), SMSC: f.SMSC.String()}
	w := f.Warnings
	switch t := f.TPDU.(type) {
	case *pdu.Deliver:
		o.Address, o.Timestamp = t.OA.String(), rfc3339(t.SCTS)
		o.coding(t.PID, t.DCS)
		w |= o.userData(t.UD, t.DCS)
		o.waiting(t.Waiting())
	case *pdu.Submit:
		o.Address, o.MR = t.DA.String(), &t.MR
		o.coding(t.PID, t.DCS)
		if d, ok := t.VP.Duration(); ok {
			o.ValiditySeconds = new(int64(d / time.Second))
		}
		if end, ok := t.VP.Time(); ok {
			o.ValidUntil = end.Format(time.RFC3339)
		}
		w |= o.userData(t.UD, t.DCS)
	case *pdu.StatusReport:
		o.Address, o.MR = t.RA.String(), &t.MR
		o.Timestamp, o.Discharge = rfc3339(t.SCTS), rfc3339(t.DT)
		o.Status, o.StatusClass, o.StatusText = new(uint8(t.ST)), t.ST.Class().String(), t.ST.String()
		if t.UD.Octets != nil {
			o.coding(t.PID, t.DCS)
			w |= o.userData(t.UD, t.DCS)
		}
	case *pdu.SubmitReport:
		o.Timestamp = rfc3339(t.SCTS)
		o.cause(t.FCS)
		if t.UD.Octets != nil {
			o.coding(t.PID, t.DCS)
			w |= o.userData(t.UD, t.DCS)
		}
	case *pdu.DeliverReport:
		o.cause(t.FCS)
		if t.UD.Octets != nil {
			o.coding(t.PID, t.DCS)
			w |= o.userData(t.UD, t.DCS)
		}
	case *pdu.Command:
		o.Address, o.MR, o.PID = t.DA.String(), &t.MR, &t.PID
		o.Command, o.About = new(uint8(t.CT)), &t.MN
		w |= o.userData(t.Data, pdu.DCSData8)
		o.Content = ""
	}
	o.Warnings = w.Names()
	return o
}

func (o *pduObject) coding(pid byte, d pdu.DCS) {
	o.PID, o.DCS, o.Alphabet = &pid, new(uint8(d)), d.Alphabet().String()
	if c, ok := d.Class(); ok {
		o.Class = new(uint8(c))
	}
}

func (o *pduObject) userData(ud pdu.UserData, d pdu.DCS) pdu.Warnings {
	text, w := ud.Text(d)
	if d.Alphabet() != pdu.Data8 {
		o.Text = &text
	}
	o.DataHex = new(fmt.Sprintf("%X", ud.Octets))
	if c, ok := ud.UDH.Concat(); ok {
		o.Concat = &pduConcat{Ref: c.Ref, Total: c.Total, Seq: c.Seq, Bits: 8}
		if c.Wide {
			o.Concat.Bits = 16
		}
	}
	if p, ok := ud.UDH.Ports(); ok {
		o.Ports = &pduPorts{Destination: p.Destination, Source: p.Source, Bits: 8}
		if p.Wide {
			o.Ports.Bits = 16
		}
	}
	if locking, single, _ := ud.UDH.Shifts(); locking != pdu.NoLanguage || single != pdu.NoLanguage {
		o.Locking, o.Single = locking.String(), single.String()
	}
	for _, e := range ud.UDH {
		o.Elements = append(o.Elements, pduElement{ID: e.ID, Name: e.Name(), DataHex: fmt.Sprintf("%X", e.Data)})
	}
	o.content(ud, d)
	return w
}

// content names what is not simply a text.
func (o *pduObject) content(ud pdu.UserData, d pdu.DCS) {
	c := ud.Content(d)
	if c == pdu.PlainText {
		return
	}
	o.Content = c.String()
	push, err := pdu.ParsePush(ud.Octets)
	if c != pdu.MMSNotice || err != nil {
		return
	}
	if m, err := push.MMS(); err == nil {
		o.MMS = &pduMMS{From: m.From, Subject: m.Subject, Class: m.Class, Size: m.Size, URL: m.URL,
			Transaction: m.Transaction, ValiditySeconds: int64(m.ValidFor / time.Second)}
		if !m.Expiry.IsZero() {
			o.MMS.Expiry = m.Expiry.Format(time.RFC3339)
		}
	}
}

func (o *pduObject) waiting(all []pdu.Waiting) {
	for _, w := range all {
		p := pduWaiting{Kind: w.Kind.String(), Active: w.Active, Store: w.Store}
		if w.Count >= 0 {
			p.Count = new(w.Count)
		}
		o.Waiting = append(o.Waiting, p)
	}
}

func (o *pduObject) cause(c pdu.Cause) {
	if c != 0 {
		o.Cause, o.CauseText = new(uint8(c)), c.String()
	}
}

func rfc3339(ts pdu.Timestamp) string {
	t, ok := ts.Time()
	if !ok {
		return ""
	}
	return t.Format(time.RFC3339)
}
