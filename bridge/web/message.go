package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"smsbridge/storage"
)

var messageMethods = []method{
	{"message.send", "POST", "/api/v1/messages", storage.ScopeSend, storage.RoleAgent, 202, bind((*Server).send), (*Server).sendREST},
	{"message.get", "GET", "/api/v1/messages/{id}", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).message), nil},
	{"message.count", "POST", "/api/v1/messages/count", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).count), nil},
}

// sendParams is a text to be sent.
type sendParams struct {
	To       recipient `json:"to"`   // may be left out where case says it
	From     string    `json:"from"` // a line; empty: the thread's last one, or the only one
	Text     string    `json:"text"` // with fields such as {{first_name}}, if it goes to a contact; or template
	Idem     string    `json:"idem"`
	MaxParts int       `json:"max_parts"`
	FailFast bool      `json:"fail_fast"`
	Case     string    `json:"case"` // that it belongs to, and whose number it goes to if to says none

	Priority storage.Priority `json:"priority"`
	Flash    bool             `json:"flash"`         // shown at once and not kept
	At       string           `json:"at"`            // not before this moment (RFC 3339)
	Undo     int              `json:"undo_s"`        // seconds in which it can be taken back
	Expires  int              `json:"expires_in_s"`  // seconds after which it is not sent any more
	Age      int              `json:"offline_age_s"` // seconds that it has waited at a desk without a connection

	Template string            `json:"template"` // an id or a name, in place of text
	Values   map[string]string `json:"values"`   // of fields; they go before those of the contact
}

// A recipient is a number, or the other end of a thread. A colleague is none.
type recipient struct {
	Number string `json:"number"`
	Thread string `json:"thread"`
	Agent  string `json:"agent"`
}

type sendResult struct {
	Message  storage.Message `json:"message"`
	Seq      int64           `json:"seq"`
	Replayed bool            `json:"replayed"`
}

// send accepts a text: when it answers, the message is kept and will go out.
func (s *Server) send(ctx context.Context, who storage.Caller, p sendParams) (sendResult, error) {
	if strings.TrimSpace(p.Text) == "" && p.Template == "" {
		return sendResult{}, textEmpty.say("text", "text is empty. Write what is to be sent.")
	}
	if err := s.systemGate(ctx); err != nil {
		return sendResult{}, err
	}
	if err := userGate(who); err != nil {
		return sendResult{}, err
	}
	if p.Case != "" {
		c, err := s.seenCase(ctx, who, p.Case)
		if isNotFound(err) {
			err = notFound.say("case", "there is no case %s", p.Case)
		}
		if err != nil {
			return sendResult{}, err
		}
		if p.To == (recipient{}) {
			p.To.Number = c.Number
		}
	}
	at, err := p.times(time.Now())
	if err != nil {
		return sendResult{}, err
	}
	to, err := s.recipient(ctx, who, p.To, p.From)
	if err != nil {
		return sendResult{}, err
	}
	if err := s.notColleague(ctx, who, to); err != nil {
		return sendResult{}, err
	}
	asked := p.digest(to) // before the text is filled: the same request is the same text
	text, err := s.fillText(ctx, who, to, &p)
	if err != nil {
		return sendResult{}, err
	}
	count, err := s.countParts(text, p.MaxParts)
	if err != nil {
		return sendResult{}, err
	}
	if p.FailFast {
		if err := s.ready(ctx, who, p.From); err != nil {
			return sendResult{}, err
		}
	}
	d := s.draft(who, p.Idem)
	d.To, d.Line, d.Text, d.Count, d.Digest, d.Case = to, p.From, text, count, asked, p.Case
	d.Priority, d.Flash, d.At = p.Priority, p.Flash, at
	d.Undo, d.Expires = time.Duration(p.Undo)*time.Second, time.Duration(p.Expires)*time.Second
	m, replayed, err := s.c.Store.Compose(ctx, d)
	if err != nil {
		return sendResult{}, err
	}
	return sendResult{Message: m, Seq: m.Rev, Replayed: replayed}, nil
}

// draft is one by the caller.
func (s *Server) draft(who storage.Caller, key string) storage.Draft {
	d := storage.Draft{Author: who.Author(), Among: who.Lines(), Key: key}
	if a := who.Person(); a != nil {
		d.Person = a.ID
	}
	return d
}

// The limits of when a text is sent.
const (
	soonest   = 60 * time.Second      // until it expires
	ahead     = 366 * 24 * time.Hour  // that it may be meant for
	longest   = 63 * 7 * 24 * 60 * 60 // seconds; 3GPP TS 23.040, 9.2.3.12.1
	oldest    = 10 * time.Minute      // that it may have waited at a desk
	undoLimit = int(storage.UndoMost / time.Second)
)

// times checks when a text is to be sent, and reads the moment.
func (p sendParams) times(now time.Time) (at storage.Time, err error) {
	if err := p.Priority.Check(); err != nil {
		return at, err
	}
	switch {
	case p.Undo < 0 || p.Undo > undoLimit:
		return at, invalidParams.say("undo_s", "undo_s is %d; it goes from 0 to %d.", p.Undo, undoLimit)
	case p.Expires != 0 && (p.Expires < int(soonest/time.Second) || p.Expires > longest):
		return at, invalidParams.say("expires_in_s", "expires_in_s is %d; it goes from %d to %d.", p.Expires, int(soonest/time.Second), longest)
	case p.Age < 0:
		return at, invalidParams.say("offline_age_s", "offline_age_s is %d; it is 0 or more.", p.Age)
	case p.Age > int(oldest/time.Second):
		return at, tooOld.say("offline_age_s", "This text was written %s ago and has waited at the desk since. Ask its author whether it still should go, and send it with offline_age_s 0.",
			time.Duration(p.Age)*time.Second)
	case p.At == "":
		return at, nil
	}
	moment, err := time.Parse(time.RFC3339, p.At)
	if err != nil {
		return at, invalidParams.say("at", "at is %q; write a moment such as 2030-01-31T09:00:00Z.", p.At)
	}
	if moment.Before(now.Add(-time.Minute)) || moment.After(now.Add(ahead)) {
		return at, invalidParams.say("at", "at is %s; it must lie ahead, within a year. It is %s now on this box.", p.At, now.UTC().Format(time.RFC3339))
	}
	return storage.At(moment), nil
}

// digest stands for what is asked; options that are not used do not change it.
func (p sendParams) digest(to string) string {
	fields := []string{to, p.From, p.Text}
	for name, value := range p.Values {
		fields = append(fields, "value "+name+"="+value)
	}
	for name, value := range map[string]string{
		"priority": string(p.Priority), "at": p.At, "flash": strconv.FormatBool(p.Flash),
		"undo": strconv.Itoa(p.Undo), "case": p.Case, "template": p.Template, "expires": strconv.Itoa(p.Expires),
	} {
		if value != "" && value != "0" && value != "false" {
			fields = append(fields, name+"="+value)
		}
	}
	slices.Sort(fields[3:])
	return digest(fields...)
}

// recipient is the number to write to.
func (s *Server) recipient(ctx context.Context, who storage.Caller, to recipient, from string) (string, error) {
	switch {
	case to.Agent != "":
		return "", channelNot.say("to.agent", "Colleagues are not texted, even if their phone is known; write with chat.send.")
	case to.Thread != "" && to.Number != "":
		return "", recipientInvalid.say("to", "Say to.number or to.thread, not both.")
	case to.Thread == "":
		home, err := s.home(ctx, who, from)
		if err != nil {
			return "", err
		}
		return storage.ReadNumber("to.number", to.Number, home)
	}
	page, err := s.c.Store.Messages(ctx, to.Thread, storage.Page{Limit: 1, Lines: who.Lines(), Agent: agentOf(who)})
	if isNotFound(err) || err == nil && len(page.Messages) == 0 {
		return "", notFound.say("to.thread", "There is no thread %s. Ask for the list of threads, or say to.number.", to.Thread)
	}
	if err != nil {
		return "", err
	}
	if page.Messages[0].Channel == storage.ChannelChat {
		return "", channelNot.say("to.thread", "The other end of this thread is a colleague; write with chat.send.")
	}
	peer := page.Messages[0].To
	if page.Messages[0].Dir == storage.Inbound {
		peer = page.Messages[0].From
	}
	number, err := storage.ParseNumber("to.thread", peer)
	if err != nil {
		return "", recipientInvalid.say("to.thread", "%q is a name and not a number; nobody can answer it by text.", peer)
	}
	return number, nil
}

func (s *Server) countParts(text string, most int) (storage.Count, error) {
	switch {
	case most < 0:
		return storage.Count{}, invalidParams.say("max_parts", "max_parts is %d; it goes from 1 to %d.", most, s.c.MaxParts)
	case most == 0 || most > s.c.MaxParts:
		most = s.c.MaxParts
	}
	count, err := s.c.Count(text)
	if err != nil {
		return count, err
	}
	if count.Parts > most {
		return count, tooManyParts.say("text", "This text takes %d parts, and %d are allowed here. Shorten it, or send it as several messages.", count.Parts, most)
	}
	return count, nil
}

// digest stands for the body of a request where its key is kept.
func digest(fields ...string) string {
	text, _ := json.Marshal(fields)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

type messageAnswer struct {
	Message storage.Message `json:"message"`
}

func (s *Server) message(ctx context.Context, who storage.Caller, p idParams) (messageAnswer, error) {
	m, err := s.c.Store.Message(ctx, p.ID)
	if err == nil {
		err = s.mayRead(ctx, who, m)
	}
	if isNotFound(err) {
		err = notFound.say("id", "there is no message %s", p.ID) // as if it were not there
	}
	if err != nil {
		return messageAnswer{}, err
	}
	return messageAnswer{m}, nil
}

type countAnswer struct {
	Count   storage.Count `json:"count"`
	Text    string        `json:"text,omitempty"`    // filled, if it had fields
	Missing []string      `json:"missing,omitempty"` // fields without a value; a send is refused while there are any
}

// count answers what a text would cost, after its fields are filled.
func (s *Server) count(ctx context.Context, who storage.Caller, p formParams) (countAnswer, error) {
	r, err := s.tryForm(ctx, who, p)
	if err != nil || p.Template == "" && !storage.Merges(p.Text) {
		return countAnswer{Count: r.Count}, err
	}
	return countAnswer{r.Count, r.Text, r.Missing}, nil
}

// Waiting for what became of a message, for scripts. A desk on the socket has
// the events instead.
const (
	waitDefault = 30 * time.Second
	waitMost    = 120 * time.Second
)

// sendREST adds Location, and holds the answer where ?wait= asks for it.
func (s *Server) sendREST(w http.ResponseWriter, r *http.Request, do func() (any, error)) (any, error) {
	want, limit, err := waitParams(r)
	if err != nil {
		return nil, err
	}
	result, err := do()
	if err != nil {
		return nil, err
	}
	sent := result.(sendResult)
	w.Header().Set("Location", "/api/v1/messages/"+sent.Message.ID)
	if want != "" {
		sent.Message = s.wait(r.Context(), sent.Message, want, limit)
	}
	return sent, nil
}

func waitParams(r *http.Request) (want storage.MessageState, limit time.Duration, err error) {
	want = storage.MessageState(r.URL.Query().Get("wait"))
	if want != "" && want != storage.Sent && want != storage.Delivered {
		return "", 0, invalidParams.say("wait", "wait is %q; it takes sent or delivered.", want)
	}
	text := r.URL.Query().Get("timeout")
	if text == "" {
		return want, waitDefault, nil
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 1 || time.Duration(seconds)*time.Second > waitMost {
		return "", 0, invalidParams.say("timeout", "timeout is %q; it takes 1 to %d seconds.", text, int(waitMost/time.Second))
	}
	return want, time.Duration(seconds) * time.Second, nil
}

// wait reads the message again at each change until it has come as far as was
// asked for, or time is up: then it is shown as it stands.
func (s *Server) wait(ctx context.Context, m storage.Message, want storage.MessageState, limit time.Duration) storage.Message {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	ctx, in, err := s.visits.hold(ctx, proofOf(ctx))
	if err != nil {
		return m
	}
	defer s.visits.leave(in)
	for {
		changed := s.c.Store.Changed()
		now, err := s.c.Store.Message(ctx, m.ID)
		if err != nil {
			return m
		}
		if m = now; arrived(m.State, want) {
			return m
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return m
		}
	}
}

// arrived tells whether a message has come as far as want, or will come no
// further.
func arrived(state, want storage.MessageState) bool {
	if want == storage.Delivered && (state == storage.Sent || state == storage.Unconfirmed) {
		return false
	}
	return state.Final()
}
