package web

import (
	"encoding/binary"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"smsbridge/storage"
)

// kannel is the sendsms address of Kannel's smsbox, as its user guide has it:
// a query or a form, or a text with X-Kannel headers. Only the headers keep the
// secret out of the address.
var kannel = lookalike{
	name: "kannel",
	forms: []form{
		{"GET", "/cgi-bin/sendsms", "message.send", readKannel, answerKannel},
		{"POST", "/cgi-bin/sendsms", "message.send", readKannel, answerKannel},
	},
	refuse: refuseKannel,
	warns: "the secret of the token stands in the address, which proxies and programs write down; " +
		"give it a token of its own that may send only (messages:send), or send X-Kannel headers by POST",
}

// kannelFields are the names in a form, and those of the headers in a POST.
var kannelFields = map[string]string{
	"username": "X-Kannel-Username", "password": "X-Kannel-Password", "from": "X-Kannel-From", "to": "X-Kannel-To",
	"coding": "X-Kannel-Coding", "mclass": "X-Kannel-MClass", "validity": "X-Kannel-Validity", "deferred": "X-Kannel-Deferred", "udh": "X-Kannel-UDH", "dlr-url": "X-Kannel-DLR-Url",
}

func readKannel(r *http.Request) (errand, error) {
	get, text, charset, err := kannelForm(r)
	a := errand{user: get("username"), secret: get("password"), from: get("from"), to: get("to")}
	if err != nil {
		return a, err
	}
	switch {
	case len(strings.Fields(a.to)) > 1:
		return a, recipientInvalid.say("to", "There is one recipient at a time here. Ask once for each.")
	case get("udh") != "":
		return a, invalidParams.say("udh", "This box sends texts, and makes the headers of their parts itself. Leave udh out.")
	case get("dlr-url") != "":
		return a, invalidParams.say("dlr-url", "This box tells of reports by webhooks: `smsbridge hook add URL --event message.updated`. Leave dlr-url out.")
	}
	a.flash = get("mclass") == "0"
	if a.expires, err = wholeNumber("validity", get("validity"), 60); err != nil {
		return a, err
	}
	later, err := wholeNumber("deferred", get("deferred"), 60)
	if err != nil {
		return a, err
	}
	if later > 0 {
		a.at = time.Now().Add(time.Duration(later) * time.Second).Format(time.RFC3339)
	}
	a.text, err = kannelText(text, get("coding"), charset)
	return a, err
}

// kannelForm finds the fields of a request, its text as bytes, and what it says
// of their character set.
func kannelForm(r *http.Request) (get func(string) string, text []byte, charset string, err error) {
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method == http.MethodPost && kind == "text/plain" {
		get = func(name string) string { return r.Header.Get(kannelFields[name]) }
		if text, err = io.ReadAll(r.Body); err != nil {
			err = tooLarge.say("", "A request may carry %d bytes. Send less at a time.", maxBody)
		}
		return get, text, params["charset"], err
	}
	if err = parseForm(r); err != nil {
		// what stands in the query tells still who asks
		query, _ := url.ParseQuery(r.URL.RawQuery)
		return query.Get, nil, "", err
	}
	return r.Form.Get, []byte(r.Form.Get("text")), r.Form.Get("charset"), nil
}

// kannelText reads the text: UTF-8 for coding 0, UTF-16BE for coding 2, unless
// charset says otherwise. Which alphabet goes on the air the box finds out.
func kannelText(text []byte, coding, charset string) (string, error) {
	if charset == "" && coding == "2" {
		charset = "UTF-16BE"
	}
	switch {
	case coding != "" && coding != "0" && coding != "2":
		return "", invalidParams.say("coding", "coding is %q; this box sends texts: 0, or 2 for UCS-2.", coding)
	case charset == "" || strings.EqualFold(charset, "UTF-8"):
		if !utf8.Valid(text) {
			return "", invalidParams.say("text", "text is no UTF-8. Encode it, or say its charset.")
		}
		return string(text), nil
	case strings.EqualFold(charset, "UTF-16BE") || strings.EqualFold(charset, "UCS-2"):
		if len(text)%2 != 0 {
			return "", invalidParams.say("text", "text has %d bytes; UTF-16BE has two for each unit. Say charset=UTF-8 if it is that.", len(text))
		}
		units := make([]uint16, len(text)/2)
		for i := range units {
			units[i] = binary.BigEndian.Uint16(text[2*i:])
		}
		return string(utf16.Decode(units)), nil
	case strings.EqualFold(charset, "ISO-8859-1") || strings.EqualFold(charset, "latin1"):
		runes := make([]rune, len(text))
		for i, b := range text {
			runes[i] = rune(b)
		}
		return string(runes), nil
	}
	return "", invalidParams.say("charset", "charset is %q; this takes UTF-8, UTF-16BE and ISO-8859-1.", charset)
}

func answerKannel(w http.ResponseWriter, _ errand, _ storage.Message) {
	plainText(w, http.StatusAccepted, "0: Accepted for delivery")
}

func refuseKannel(w http.ResponseWriter, r *refusal) {
	switch {
	case r.Code == unauthenticated.Code || r.Code == tokenExpired.Code || r.Code == forbidden.Code:
		plainText(w, http.StatusForbidden, "Authorization failed for sendsms")
	case r.Retryable || r.Status >= 500:
		plainText(w, http.StatusServiceUnavailable, "Temporal failure, try again later. "+r.Detail)
	case r.Status == http.StatusForbidden:
		plainText(w, r.Status, r.Title+". "+r.Detail)
	default:
		plainText(w, http.StatusBadRequest, r.Title+". "+r.Detail)
	}
}
