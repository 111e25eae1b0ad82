package gateway

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"smsbridge/pdu"
	"smsbridge/storage"
)

// unknownPeer is who a PDU is from that does not tell.
const unknownPeer = "unknown"

// read turns a kept PDU into what the ledger files. Nothing that a stranger
// sends may stop the line: what cannot be read is shown as it is.
func read(k storage.Kept) (a storage.Arrival) {
	a = storage.Arrival{Kept: k, Kind: storage.Undecodable, From: unknownPeer, Identity: identity([]byte(k.PDU))}
	defer func() {
		if p := recover(); p != nil {
			a = storage.Arrival{Kept: k, Kind: storage.Undecodable, From: unknownPeer, Identity: identity([]byte(k.PDU)), Warnings: []string{"codec_panic"}}
		}
	}()
	frame, err := pdu.ParseFrame(k.PDU, pdu.MobileTerminated)
	if err != nil {
		a.Warnings = []string{"undecodable"}
		return a
	}
	a.Warnings = frame.Warnings.Names()
	switch t := frame.TPDU.(type) {
	case *pdu.Deliver:
		deliver(&a, t)
	case *pdu.StatusReport:
		report(&a, t)
	}
	return a
}

func deliver(a *storage.Arrival, d *pdu.Deliver) {
	a.Identity = deliverIdentity(d)
	if from := d.OA.String(); from != "" {
		a.From = from
	}
	if at, ok := d.SCTS.Time(); ok {
		a.SentAt = storage.At(at)
	}
	if c, ok := d.UD.UDH.Concat(); ok && c.Total > 1 {
		a.Kind = storage.Text
		a.Text, _ = d.UD.Text(d.DCS)
		bits := 8
		if c.Wide {
			bits = 16
		}
		a.Set = &storage.Set{Ref: int(c.Ref), Bits: bits, Total: int(c.Total), Seq: int(c.Seq)}
		return
	}
	content(a, d)
}

// content reads what stands alone: a text, or a card for what is none.
func content(a *storage.Arrival, d *pdu.Deliver) {
	came := a.SentAt.Time
	if came.IsZero() {
		came = time.Now()
	}
	var text string
	a.Card, text = cardOf(d.DCS, []pdu.UserData{d.UD}, came)
	switch {
	case a.Card == nil:
		a.Kind = storage.Text
		a.Text, _ = d.UD.Text(d.DCS)
	case text != "" || a.Card.Kind == storage.CardMMS:
		a.Kind, a.Text = storage.Text, text
	default: // kept with its octets
		a.Warnings = append(a.Warnings, "binary")
	}
}

// identity names octets.
func identity(octets []byte) string {
	sum := sha256.Sum256(octets)
	return hex.EncodeToString(sum[:16])
}

// deliverIdentity names a TPDU so that a repeat by the network has the same
// name: the service centre may clear "more messages" and set "loop" on the way
// (3GPP TS 23.040, 9.2.3.2 and 9.2.3.28), the rest stays.
func deliverIdentity(d *pdu.Deliver) string {
	same := *d
	same.MMS, same.LP = false, false
	octets, err := same.Append(nil)
	if err != nil {
		octets = fmt.Appendf(nil, "%v", same)
	}
	return identity(octets)
}

func report(a *storage.Arrival, r *pdu.StatusReport) {
	a.Kind, a.From, a.Ref, a.Report = storage.Report, r.RA.String(), int(r.MR), int(r.ST)
	if at, ok := r.DT.Time(); ok {
		a.DeliveredAt = storage.At(at)
	}
	switch r.ST.Class() {
	case pdu.Delivered:
		a.Outcome = storage.Delivered
	case pdu.Permanent, pdu.Temporary:
		a.Outcome, a.Text = storage.Undelivered, r.ST.String()
	}
}

func isCode(err error, code storage.Code) bool {
	e, ok := errors.AsType[*storage.Error](err)
	return ok && e.Code == code
}
