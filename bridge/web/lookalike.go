package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"smsbridge/storage"
)

// A lookalike is another gateway's way to send a text, for programs that speak
// that already. It is a form and nothing more: who asks shows a token of this
// box, by its id and its secret, and what is asked for goes the way of our own
// methods, with their scopes, rights, limits, keys and audit. None is on unless
// Config.Lookalikes names it.
type lookalike struct {
	name   string
	forms  []form
	refuse func(w http.ResponseWriter, r *refusal)
	warns  string // of what the form does with the secret
}

// A form is one address of a lookalike.
type form struct {
	verb, path string
	method     string // of ours
	// read takes a request apart. What it could tell of who asks stands in the errand
	// even when the rest cannot be taken.
	read   func(r *http.Request) (errand, error)
	answer func(w http.ResponseWriter, a errand, m storage.Message)
}

// An errand is what a lookalike's request says.
type errand struct {
	user, secret   string
	from, to, text string
	key            string // of idempotency
	flash          bool
	priority       storage.Priority
	at             string // not before
	expires        int    // seconds
	id             string // of a message
}

var lookalikes = []lookalike{kannel, twilio, smsgate}

// Lookalikes are the names that Config.Lookalikes takes.
func Lookalikes() []string {
	var names []string
	for _, l := range lookalikes {
		names = append(names, l.name)
	}
	return names
}

// look makes the routes of the lookalikes that are on, and warns of what they
// do with secrets.
func (s *Server) look(names []string) *http.ServeMux {
	mux := http.NewServeMux()
	for _, l := range lookalikes {
		if !slices.Contains(names, l.name) {
			continue
		}
		if l.warns != "" {
			s.log.Warn("lookalike "+l.name, "secret", l.warns)
		}
		for _, f := range l.forms {
			mux.HandleFunc(f.verb+" "+f.path, func(w http.ResponseWriter, r *http.Request) { s.alike(w, r, l, f) })
		}
	}
	return mux
}

// alike answers one request of a lookalike. Nothing of the request's address
// goes into the log or the audit: there may be a secret in it.
func (s *Server) alike(w http.ResponseWriter, r *http.Request, l lookalike, f form) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	w.Header().Set("Cache-Control", "no-store")
	a, wrong := f.read(r)
	if a.key == "" {
		a.key = strings.Trim(r.Header.Get("Idempotency-Key"), `"`)
	}
	m, err := s.doAlike(r.Context(), f, a, wrong)
	if err != nil {
		refused, trace := s.refuse(r.Context(), err)
		w.Header().Set("X-Trace", trace)
		if refused.After > 0 {
			w.Header().Set("Retry-After", fmt.Sprint(int((refused.After+time.Second-1)/time.Second)))
		}
		l.refuse(w, refused)
		return
	}
	w.Header().Set("Location", "/api/v1/messages/"+m.ID)
	f.answer(w, a, m)
}

// doAlike asks the method that a form stands for.
func (s *Server) doAlike(ctx context.Context, f form, a errand, wrong error) (storage.Message, error) {
	m := s.byName[f.method]
	p, err := s.proveNamed(ctx, a.user, a.secret)
	if err == nil {
		err = may(p, m.scope, m.least)
	}
	if err != nil {
		s.refused(ctx, p, m.name, err)
		return storage.Message{}, err
	}
	if wrong != nil {
		return storage.Message{}, wrong
	}
	params := map[string]any{"id": a.id}
	if a.id == "" {
		params = map[string]any{"to": recipient{Number: a.to}, "text": a.text, "from": s.lineNamed(ctx, p.who, a.from), "idem": a.key,
			"flash": a.flash, "priority": a.priority, "at": a.at, "expires_in_s": a.expires}
	}
	text, err := json.Marshal(params)
	if err != nil {
		return storage.Message{}, err
	}
	result, err := s.call(withProof(ctx, p), m, p, text)
	if err != nil {
		return storage.Message{}, err
	}
	switch result := result.(type) {
	case sendResult:
		return result.Message, nil
	case messageAnswer:
		return result.Message, nil
	}
	return storage.Message{}, fmt.Errorf("%s answers a %T", m.name, result)
}

// proveNamed lets a token in by its id and its secret.
func (s *Server) proveNamed(ctx context.Context, id, secret string) (*proof, error) {
	const how = "Sign in with the id of a token (tk_...) as user and its secret (scp_...) as password; `smsbridge token create --scope messages:send` prints both."
	if id == "" || secret == "" {
		return nil, unauthenticated.say("", how)
	}
	p, err := s.proveToken(ctx, secret)
	if err != nil {
		return nil, err
	}
	if p.who.Token.ID != id {
		return nil, unauthenticated.say("", how)
	}
	return p, nil
}

// lineNamed is the line that a program calls by its number or name, as others
// call a sender; what is none stays as it is, and is refused as the line that
// it is not.
func (s *Server) lineNamed(ctx context.Context, who storage.Caller, named string) string {
	if named == "" {
		return ""
	}
	lines, _, err := s.linesOf(ctx, who)
	if err != nil {
		return named
	}
	number, _ := storage.ParseNumber("from", named)
	for _, l := range lines {
		if l.ID == named || number != "" && l.Number == number || l.Name != "" && strings.EqualFold(l.Name, named) {
			return l.ID
		}
	}
	return named
}

// wholeNumber reads a field that may be left out, in a unit of so many.
func wholeNumber(field, text string, unit int) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1<<31/unit {
		return 0, invalidParams.say(field, "%s is %q; it takes a whole number.", field, text)
	}
	return n * unit, nil
}

// parseForm reads query and body of a form.
func parseForm(r *http.Request) error {
	err := r.ParseForm()
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge.say("", "A request may carry %d bytes. Send less at a time.", maxBody)
	}
	if err != nil {
		return invalidRequest.say("", "This is no form; write it as application/x-www-form-urlencoded.")
	}
	return nil
}

// plainText answers with a line of text.
func plainText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // who has gone away does not read it
}

// plainJSON answers with an object.
func plainJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	writeJSON(w, v)
}
