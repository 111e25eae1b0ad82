package gateway

import (
	"time"

	"smsbridge/pdu"
	"smsbridge/storage"
)

// cardKinds are the cards that stand for contents.
var cardKinds = map[pdu.Content]storage.CardKind{
	pdu.Binary: storage.CardBinary, pdu.Secret: storage.CardBinary, pdu.WAPPush: storage.CardWAP, pdu.MMSNotice: storage.CardMMS,
	pdu.VCard: storage.CardContact, pdu.VCalendar: storage.CardCalendar, pdu.ForSIM: storage.CardSIM,
}

// cardOf is what stands in the place of a message that is no text, and the text
// that it has none the less; nil for a plain text.
func cardOf(d pdu.DCS, parts []pdu.UserData, came time.Time) (*storage.Card, string) {
	kind, ok := cardKinds[pdu.ContentOf(d, parts)]
	if !ok {
		return nil, ""
	}
	card := &storage.Card{Kind: kind}
	octets, _ := pdu.Data(parts)
	switch kind {
	case storage.CardContact, storage.CardCalendar:
		if d.Alphabet() != pdu.Data8 {
			text, _ := pdu.Join(d, parts)
			return card, text
		}
		return card, string(octets)
	case storage.CardMMS:
		push, err := pdu.ParsePush(octets)
		if err != nil {
			return card, ""
		}
		notice, err := push.MMS()
		if err != nil {
			return card, ""
		}
		card.From, card.Subject, card.Size, card.URL = notice.From, notice.Subject, notice.Size, notice.URL
		switch {
		case !notice.Expiry.IsZero():
			card.Expiry = storage.At(notice.Expiry)
		case notice.ValidFor > 0:
			card.Expiry = storage.At(came.Add(notice.ValidFor))
		}
	}
	return card, ""
}

// contents puts a card in the place of a message of several parts that is no
// text. While some are missing, data are shown as nothing.
func contents(made *storage.Assembled, s pdu.Set) {
	dcs := s.Parts[0].DCS
	if !made.Whole {
		if dcs.Alphabet() == pdu.Data8 {
			made.Text = ""
		}
		return
	}
	came := s.Parts[0].Sent
	card, text := cardOf(dcs, s.UserData(), came)
	if card == nil {
		return
	}
	made.Card, made.Text = card, text
	if text == "" && card.Kind != storage.CardMMS {
		made.Warnings = append(made.Warnings, "binary")
	}
}
