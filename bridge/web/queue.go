package web

import (
	"context"

	"smsbridge/storage"
)

var queueMethods = []method{
	{"message.queue", "GET", "/api/v1/queue", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).queue), nil},
	{"message.cancel", "POST", "/api/v1/messages/{id}/cancel", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).cancelMessage), nil},
	{"message.hold", "POST", "/api/v1/messages/{id}/hold", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).holdMessage), nil},
	{"message.release", "POST", "/api/v1/messages/{id}/release", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).releaseMessage), nil},
	{"message.priority", "POST", "/api/v1/messages/{id}/priority", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).prioritize), nil},
	{"message.retry", "POST", "/api/v1/messages/{id}/retry", storage.ScopeSend, storage.RoleAgent, 202, bind((*Server).retryMessage), nil},
	{"message.resend", "POST", "/api/v1/messages/{id}/resend", storage.ScopeSend, storage.RoleAgent, 202, bind((*Server).resendMessage), nil},
	{"message.close", "POST", "/api/v1/messages/{id}/close", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).closeMessage), nil},
}

// Outbox is what the ledger does with messages that were accepted.
type Outbox interface {
	Queue(ctx context.Context, lines []string, limit int) (storage.Queue, error)
	Cancel(ctx context.Context, id string, by storage.Author) (storage.Message, error)
	Hold(ctx context.Context, id string, by storage.Author) (storage.Message, error)
	Release(ctx context.Context, id string, manager bool) (storage.Message, error)
	Prioritize(ctx context.Context, id string, p storage.Priority) (storage.Message, error)
	CloseUnconfirmed(ctx context.Context, id string, as storage.MessageState, by storage.Author) (storage.Message, error)

	// Resend makes a new message of one that has ended; doubtful tells that the
	// first may have arrived.
	Resend(ctx context.Context, id string, doubtful bool, d storage.Draft) (m storage.Message, replayed bool, err error)
}

// queue lists what has not gone out by the lines that the caller sees.
func (s *Server) queue(ctx context.Context, who storage.Caller, p limitParams) (storage.Queue, error) {
	rows, err := p.rows()
	if err != nil {
		return storage.Queue{}, err
	}
	return s.c.Store.Queue(ctx, who.Lines(), rows)
}

// onMessage does something with a message that the caller sees.
func (s *Server) onMessage(ctx context.Context, who storage.Caller, id string, do func() (storage.Message, error)) (messageAnswer, error) {
	if _, err := s.message(ctx, who, idParams{ID: id}); err != nil {
		return messageAnswer{}, err
	}
	m, err := do()
	return messageAnswer{m}, err
}

func (s *Server) cancelMessage(ctx context.Context, who storage.Caller, p idParams) (messageAnswer, error) {
	return s.onMessage(ctx, who, p.ID, func() (storage.Message, error) { return s.c.Store.Cancel(ctx, p.ID, who.Author()) })
}

func (s *Server) holdMessage(ctx context.Context, who storage.Caller, p idParams) (messageAnswer, error) {
	return s.onMessage(ctx, who, p.ID, func() (storage.Message, error) { return s.c.Store.Hold(ctx, p.ID, who.Author()) })
}

func (s *Server) releaseMessage(ctx context.Context, who storage.Caller, p idParams) (messageAnswer, error) {
	return s.onMessage(ctx, who, p.ID, func() (storage.Message, error) {
		return s.c.Store.Release(ctx, p.ID, who.May(storage.ScopeAdmin, storage.RoleManager))
	})
}

type priorityParams struct {
	ID       string           `json:"id" need:"true"`
	Priority storage.Priority `json:"priority" need:"true"`
}

func (s *Server) prioritize(ctx context.Context, who storage.Caller, p priorityParams) (messageAnswer, error) {
	return s.onMessage(ctx, who, p.ID, func() (storage.Message, error) { return s.c.Store.Prioritize(ctx, p.ID, p.Priority) })
}

// againParams ask for a message to be sent again.
type againParams struct {
	ID   string `json:"id" need:"true"`
	From string `json:"from"` // another line; empty: the same
	Idem string `json:"idem"`
}

// retryMessage sends again what is known not to have arrived.
func (s *Server) retryMessage(ctx context.Context, who storage.Caller, p againParams) (sendResult, error) {
	return s.repeat(ctx, who, p, false)
}

// resendMessage sends again what may have arrived. Only a person decides that.
func (s *Server) resendMessage(ctx context.Context, who storage.Caller, p againParams) (sendResult, error) {
	if err := person(who); err != nil {
		return sendResult{}, err
	}
	return s.repeat(ctx, who, p, true)
}

func (s *Server) repeat(ctx context.Context, who storage.Caller, p againParams, doubtful bool) (sendResult, error) {
	if err := userGate(who); err != nil {
		return sendResult{}, err
	}
	if _, err := s.message(ctx, who, idParams{ID: p.ID}); err != nil {
		return sendResult{}, err
	}
	d := s.draft(who, p.Idem)
	d.Line, d.Digest = p.From, digest("again", p.ID, p.From)
	m, replayed, err := s.c.Store.Resend(ctx, p.ID, doubtful, d)
	return sendResult{Message: m, Seq: m.Rev, Replayed: replayed}, err
}

type closeParams struct {
	ID string               `json:"id" need:"true"`
	As storage.MessageState `json:"as" need:"true"` // sent or failed
}

// closeMessage writes down what a person knows of an unconfirmed text.
func (s *Server) closeMessage(ctx context.Context, who storage.Caller, p closeParams) (messageAnswer, error) {
	if err := person(who); err != nil {
		return messageAnswer{}, err
	}
	return s.onMessage(ctx, who, p.ID, func() (storage.Message, error) {
		return s.c.Store.CloseUnconfirmed(ctx, p.ID, p.As, who.Author())
	})
}

// person refuses a program: what nobody knows about a text is for a person to
// decide.
func person(who storage.Caller) error {
	if a := who.Person(); who.Admin || a != nil && a.Role != storage.RoleService {
		return nil
	}
	r := forbidden.say("", "Whether an unconfirmed text is sent again is for a person to decide. Do it on the page, or with a token that belongs to an account of a person.")
	r.Gate = gateRole
	return r
}
