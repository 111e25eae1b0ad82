package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
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
	To       recipient `json:"to" need:"true"`
	From     string    `json:"from"` // a line; empty: the thread's last one, or the only one
	Text     string    `json:"text" need:"true"`
	Idem     string    `json:"idem"`
	MaxParts int       `json:"max_parts"`
	FailFast bool      `json:"fail_fast"`
}

// A recipient is a number, or the other end of a thread.
type recipient struct {
	Number string `json:"number"`
	Thread string `json:"thread"`
}

type sendResult struct {
	Message  storage.Message `json:"message"`
	Seq      int64           `json:"seq"`
	Replayed bool            `json:"replayed"`
}

// maxKey is the longest idempotency key.
const maxKey = 200

// send accepts a text: when it answers, the message is kept and will go out.
func (s *Server) send(ctx context.Context, who storage.Caller, p sendParams) (sendResult, error) {
	if strings.TrimSpace(p.Text) == "" {
		return sendResult{}, textEmpty.say("text", "text is empty. Write what is to be sent.")
	}
	if len(p.Idem) > maxKey {
		return sendResult{}, invalidParams.say("idem", "The key has %d bytes; %d are the most.", len(p.Idem), maxKey)
	}
	if a := who.Person(); a != nil && !a.SMS {
		return sendResult{}, smsOffUser.say("", "Texting is switched off for the account %s. The owner switches it on with `smsbridge agent sms %s on`.", a.Name, a.Name)
	}
	to, err := s.recipient(ctx, who, p.To)
	if err != nil {
		return sendResult{}, err
	}
	count, err := s.countParts(p.Text, p.MaxParts)
	if err != nil {
		return sendResult{}, err
	}
	if p.FailFast {
		if err := s.ready(ctx, who, p.From); err != nil {
			return sendResult{}, err
		}
	}
	m, replayed, err := s.c.Store.Compose(ctx, storage.Draft{
		To: to, Line: p.From, Text: p.Text, Count: count, Author: who.Author(),
		Among: who.Lines(), Key: p.Idem, Digest: digest(to, p.From, p.Text),
	})
	if err != nil {
		return sendResult{}, err
	}
	return sendResult{Message: m, Seq: m.Rev, Replayed: replayed}, nil
}

// recipient is the number to write to.
func (s *Server) recipient(ctx context.Context, who storage.Caller, to recipient) (string, error) {
	switch {
	case to.Thread != "" && to.Number != "":
		return "", recipientInvalid.say("to", "Say to.number or to.thread, not both.")
	case to.Thread == "":
		return storage.ParseNumber("to.number", to.Number)
	}
	page, err := s.c.Store.Messages(ctx, to.Thread, storage.Page{Limit: 1, Lines: who.Lines()})
	if isNotFound(err) || err == nil && len(page.Messages) == 0 {
		return "", notFound.say("to.thread", "There is no thread %s. Ask for the list of threads, or say to.number.", to.Thread)
	}
	if err != nil {
		return "", err
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
	if err == nil && !who.Sees(m.Line) {
		err = notFound.say("id", "there is no message %s", p.ID) // as if it were not there
	}
	if err != nil {
		return messageAnswer{}, err
	}
	return messageAnswer{m}, nil
}

type countParams struct {
	Text string `json:"text" need:"true"`
}

type countAnswer struct {
	Count storage.Count `json:"count"`
}

// count answers what a text would cost.
func (s *Server) count(_ context.Context, _ storage.Caller, p countParams) (countAnswer, error) {
	c, err := s.c.Count(p.Text)
	return countAnswer{c}, err
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
