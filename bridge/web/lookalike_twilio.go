package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"smsbridge/storage"
)

// twilio is the Messages resource of Twilio's REST API of 2010-04-01. The
// account's SID is the id of a token, and the auth token its secret.
var twilio = lookalike{
	name: "twilio",
	forms: []form{
		{"POST", "/2010-04-01/Accounts/{sid}/Messages.json", "message.send", readTwilio, answerTwilio(http.StatusCreated)},
		{"GET", "/2010-04-01/Accounts/{sid}/Messages/{id}", "message.get", readTwilio, answerTwilio(http.StatusOK)},
	},
	refuse: refuseTwilio,
}

func readTwilio(r *http.Request) (errand, error) {
	user, secret, _ := r.BasicAuth()
	a := errand{user: user, secret: secret}
	if sid := r.PathValue("sid"); sid != user {
		a.user = "" // somebody else's account, or none
	}
	if a.id = strings.TrimSuffix(r.PathValue("id"), ".json"); r.Method == http.MethodGet {
		return a, nil
	}
	if err := parseForm(r); err != nil {
		return a, err
	}
	a.from, a.to, a.text, a.at = r.PostForm.Get("From"), r.PostForm.Get("To"), r.PostForm.Get("Body"), r.PostForm.Get("SendAt")
	var err error
	if a.expires, err = wholeNumber("ValidityPeriod", r.PostForm.Get("ValidityPeriod"), 1); err != nil {
		return a, err
	}
	switch {
	case r.PostForm.Get("MediaUrl") != "":
		return a, invalidParams.say("MediaUrl", "This box sends texts and no pictures. Leave MediaUrl out.")
	case r.PostForm.Get("StatusCallback") != "":
		return a, invalidParams.say("StatusCallback", "This box tells of states by webhooks: `smsbridge hook add URL --event message.updated`. Leave StatusCallback out.")
	case r.PostForm.Get("MessagingServiceSid") != "" && a.from == "":
		return a, fromRequired.say("From", "This box has lines and no messaging services. Say From: a line's number, name or id.")
	}
	return a, nil
}

// twilioMessage is a message as Twilio's programs read it.
type twilioMessage struct {
	SID          string  `json:"sid"`
	Account      string  `json:"account_sid"`
	API          string  `json:"api_version"`
	Body         string  `json:"body"`
	Created      string  `json:"date_created"`
	Sent         *string `json:"date_sent"`
	Updated      string  `json:"date_updated"`
	Direction    string  `json:"direction"`
	ErrorCode    *int    `json:"error_code"`
	ErrorMessage *string `json:"error_message"`
	From         string  `json:"from"`
	Service      *string `json:"messaging_service_sid"`
	Media        string  `json:"num_media"`
	Segments     string  `json:"num_segments"`
	Price        *string `json:"price"`
	PriceUnit    *string `json:"price_unit"`
	Status       string  `json:"status"`
	To           string  `json:"to"`
	URI          string  `json:"uri"`
}

// twilioStates are our states in Twilio's words. It has none for unconfirmed,
// which nobody should take for failed and send again; error_message says so.
var twilioStates = map[storage.MessageState]string{
	storage.Queued: "queued", storage.Held: "queued", storage.Sending: "sending", storage.PartiallySent: "failed", storage.Sent: "sent",
	storage.Unconfirmed: "sent", storage.Delivered: "delivered", storage.PartiallyDelivered: "partially_delivered",
	storage.Undelivered: "undelivered", storage.Failed: "failed", storage.Expired: "failed", storage.Canceled: "canceled",
	storage.Received: "received", storage.Partial: "receiving",
}

// twilioUnknown is Twilio's code of an error that has no better one.
const twilioUnknown = 30008

func answerTwilio(status int) func(w http.ResponseWriter, a errand, m storage.Message) {
	return func(w http.ResponseWriter, a errand, m storage.Message) {
		date := func(t storage.Time) string { return t.UTC().Format(time.RFC1123Z) }
		v := twilioMessage{
			SID: m.ID, Account: a.user, API: "2010-04-01", Body: m.Text, Created: date(m.CreatedAt), Updated: date(m.CreatedAt),
			Direction: "outbound-api", From: m.From, To: m.To, Media: "0", Segments: strconv.Itoa(max(m.Total, 1)),
			Status: twilioStates[m.State], URI: "/2010-04-01/Accounts/" + a.user + "/Messages/" + m.ID + ".json",
		}
		if m.Dir == storage.Inbound {
			v.Direction = "inbound"
		}
		if !m.SentAt.IsZero() {
			sent := date(m.SentAt)
			v.Sent, v.Updated = &sent, sent
		}
		if !m.DeliveredAt.IsZero() {
			v.Updated = date(m.DeliveredAt)
		}
		if m.Reason != "" {
			code := twilioUnknown
			v.ErrorCode, v.ErrorMessage = &code, &m.Reason
		}
		plainJSON(w, status, v)
	}
}

// twilioCodes are the error codes of Twilio's that say what ours do.
var twilioCodes = map[string]int{
	unauthenticated.Type: 20003, tokenExpired.Type: 20003, forbidden.Type: 20403, rateLimited.Type: 20429, quotaUsed.Type: 20429, numberRule.Type: 21408,
	recipientInvalid.Type: 21211, textEmpty.Type: 21602, tooManyParts.Type: 21617, fromRequired.Type: 21603, notAssigned.Type: 21606,
	notFound.Type: 20404,
}

func refuseTwilio(w http.ResponseWriter, r *refusal) {
	code, known := twilioCodes[r.Type]
	switch {
	case r.Type == notFound.Type && r.Field == "from":
		code = twilioCodes[notAssigned.Type]
	case !known && r.Status >= 500:
		code = 20500
	case !known:
		code = 20001
	}
	status := r.Status
	if status == http.StatusUnprocessableEntity || code == twilioCodes[notAssigned.Type] {
		status = http.StatusBadRequest
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="smsbridge"`)
	}
	plainJSON(w, status, map[string]any{"code": code, "message": r.Detail, "more_info": "/api/v1/reference#error-" + r.Type, "status": status})
}
