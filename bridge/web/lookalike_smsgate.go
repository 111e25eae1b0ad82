package web

import (
	"encoding/json"
	"io"
	"net/http"

	"smsbridge/storage"
)

// smsgate is the third-party API of SMS Gateway for Android. The user is the id
// of a token, and the password its secret; a device is a line.
var smsgate = lookalike{
	name: "smsgate",
	forms: []form{
		{"POST", "/3rdparty/v1/messages", "message.send", readSMSGate, answerSMSGate(http.StatusAccepted)},
		{"GET", "/3rdparty/v1/messages/{id}", "message.get", readSMSGate, answerSMSGate(http.StatusOK)},
	},
	refuse: refuseSMSGate,
}

// smsgateParams is a text as its programs send it.
type smsgateParams struct {
	ID          string `json:"id"` // of the program's choice: a key here
	Message     string `json:"message"`
	TextMessage *struct {
		Text string `json:"text"`
	} `json:"textMessage"`
	Data      json.RawMessage `json:"dataMessage"`
	Numbers   []string        `json:"phoneNumbers"`
	Device    string          `json:"deviceId"`
	SIM       int             `json:"simNumber"`
	Encrypted bool            `json:"isEncrypted"`
	TTL       int             `json:"ttl"` // seconds
	Until     string          `json:"validUntil"`
	Priority  int             `json:"priority"` // -128 to 127
}

func readSMSGate(r *http.Request) (errand, error) {
	user, secret, _ := r.BasicAuth()
	a := errand{user: user, secret: secret, id: r.PathValue("id")}
	if r.Method == http.MethodGet {
		return a, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return a, tooLarge.say("", "A request may carry %d bytes. Send less at a time.", maxBody)
	}
	var p smsgateParams
	if err := decode(body, &p); err != nil {
		return a, err
	}
	switch {
	case p.Encrypted:
		return a, invalidParams.say("isEncrypted", "This box sends what it is given, and would send the cipher. Send the text itself, over TLS.")
	case len(p.Data) > 0 && string(p.Data) != "null":
		return a, invalidParams.say("dataMessage", "This box sends texts. Use textMessage.")
	case p.Until != "":
		return a, invalidParams.say("validUntil", "Say ttl, in seconds.")
	case len(p.Numbers) != 1:
		return a, recipientInvalid.say("phoneNumbers", "There are %d numbers; this takes one at a time. Ask once for each.", len(p.Numbers))
	case p.SIM > 1:
		return a, invalidParams.say("simNumber", "A line is one SIM here. Name the line with deviceId, by its id, number or name.")
	}
	if a.text = p.Message; p.TextMessage != nil {
		a.text = p.TextMessage.Text
	}
	switch {
	case p.Priority > 0:
		a.priority = storage.PriorityHigh
	case p.Priority < 0:
		a.priority = storage.PriorityLow
	}
	a.to, a.from, a.key, a.expires = p.Numbers[0], p.Device, p.ID, p.TTL
	return a, nil
}

type smsgateState struct {
	ID         string             `json:"id"`
	Device     string             `json:"deviceId"`
	State      string             `json:"state"`
	Hashed     bool               `json:"isHashed"`
	Encrypted  bool               `json:"isEncrypted"`
	Recipients []smsgateRecipient `json:"recipients"`
	States     map[string]string  `json:"states"`
}

type smsgateRecipient struct {
	Number string `json:"phoneNumber"`
	State  string `json:"state"`
	Error  string `json:"error,omitempty"`
}

// smsgateStates are our states in its words. It has none for unconfirmed, which
// nobody should take for failed and send again; error says so.
var smsgateStates = map[storage.MessageState]string{
	storage.Queued: "Pending", storage.Held: "Pending", storage.Sending: "Processed", storage.PartiallySent: "Failed",
	storage.Sent: "Sent", storage.Unconfirmed: "Sent", storage.PartiallyDelivered: "Sent", storage.Delivered: "Delivered",
	storage.Undelivered: "Failed", storage.Failed: "Failed", storage.Expired: "Failed", storage.Canceled: "Failed",
	storage.Received: "Delivered", storage.Partial: "Pending",
}

func answerSMSGate(status int) func(w http.ResponseWriter, a errand, m storage.Message) {
	return func(w http.ResponseWriter, _ errand, m storage.Message) {
		state := smsgateStates[m.State]
		v := smsgateState{ID: m.ID, Device: m.Line, State: state, States: make(map[string]string),
			Recipients: []smsgateRecipient{{m.To, state, m.Reason}}}
		for name, at := range map[string]storage.Time{"Pending": m.CreatedAt, "Sent": m.SentAt, "Delivered": m.DeliveredAt} {
			if !at.IsZero() {
				text, _ := at.MarshalJSON()
				v.States[name] = string(text[1 : len(text)-1])
			}
		}
		plainJSON(w, status, v)
	}
}

func refuseSMSGate(w http.ResponseWriter, r *refusal) {
	status := r.Status
	switch status {
	case http.StatusUnprocessableEntity:
		status = http.StatusBadRequest
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Basic realm="smsbridge"`)
	}
	plainJSON(w, status, map[string]string{"message": r.Detail})
}
