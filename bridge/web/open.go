package web

import (
	"context"
	"encoding/json"
	"time"

	"smsbridge/storage"
)

// openParams are those of session.open.
type openParams struct {
	Token     string  `json:"token"`  // for who could not send it with the upgrade
	Ticket    string  `json:"ticket"` // the same, for a page within a portal
	Subscribe *filter `json:"subscribe"`
	Resume    *struct {
		Epoch  string `json:"epoch"`
		After  int64  `json:"after"`
		Replay string `json:"replay"` // all: however far back
	} `json:"resume"`
}

// open begins the session: it tells who the caller is, and from where in the
// log the events go on.
func (k *socket) open(ctx context.Context, params json.RawMessage, o *outgoing) (any, error) {
	var p openParams
	if len(params) > 0 {
		if err := decode(params, &p); err != nil {
			return nil, err
		}
	}
	if k.opened {
		return nil, invalidRequest.say("method", "This socket's session is open already. Connect again to change what it follows.")
	}
	if err := k.admit(ctx, p, o); err != nil {
		return nil, err
	}
	// The log's end first, then the rights: what has changed of them up to that
	// end is known, and what changes after it ends the stream.
	head, err := k.s.c.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	if k.known, err = k.s.again(ctx, k.known); err != nil {
		return nil, err
	}
	wants := p.Subscribe != nil || p.Resume != nil
	mayRead := may(k.known, storage.ScopeRead, storage.RoleViewer)
	if wants && mayRead != nil {
		k.s.refused(ctx, k.known, "session.open", mayRead)
		return nil, mayRead
	}
	mine, err := k.s.whole(ctx, k.known.who, head.Seq)
	if err != nil {
		return nil, err
	}
	a := opened{Session: "se_" + newTrace()[3:], me: mine, Events: mayRead == nil,
		Epoch: head.Epoch, Head: head.Seq, Oldest: head.Oldest}
	if a.Events {
		t := &stream{who: k.known.who, proved: head.Seq, epoch: head.Epoch, after: head.Seq}
		if p.Subscribe != nil {
			t.filter = *p.Subscribe
		}
		if err := t.check(); err != nil {
			return nil, err
		}
		if r := p.Resume; r != nil {
			a.Reason = lost(head, r.Epoch, r.After)
			if a.Reason == "" && blind(k.known.who, r.After) {
				a.Reason = reasonAccess
			}
			if a.Reason == "" && head.Seq-r.After > replayMax && r.Replay != "all" {
				a.Reason = reasonFar
			}
			if a.Reason == "" {
				t.after, a.Resumed, a.Replay = r.After, true, &replay{r.After, head.Seq}
			} else {
				a.Next = &next{"snapshot.get", "/api/v1/snapshot"}
			}
		}
		t.prev = t.after
		o.strm = t
	}
	k.opened = true
	k.arrive(head.Seq)
	return a, nil
}

// proveFirst finds out who stands behind a first frame.
func (s *Server) proveFirst(ctx context.Context, params openParams) (*proof, error) {
	switch {
	case params.Ticket != "":
		return s.tickets.take(time.Now(), params.Ticket)
	case params.Token != "":
		return s.proveToken(ctx, params.Token)
	}
	return nil, unauthenticated.say("token", "%s", howToSignIn)
}

// admit lets a stranger in whose first frame carries a token or a ticket.
func (k *socket) admit(ctx context.Context, params openParams, o *outgoing) error {
	if k.known != nil {
		return nil
	}
	if k.portal {
		params.Token = "" // a page of another origin has no business with one
	}
	p, err := k.s.proveFirst(ctx, params)
	if err != nil {
		k.s.refused(ctx, nil, "session.open", err)
		return err
	}
	if err := k.s.visits.know(k.in, p); err != nil {
		return closing{closeTooMany, err.Error()}
	}
	if p, err = k.s.again(ctx, p); err != nil {
		return err
	}
	k.known, o.proof = p, p
	return nil
}
