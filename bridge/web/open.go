package web

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"smsbridge/storage"
)

// openParams are those of session.open.
type openParams struct {
	Token  string `json:"token"`  // for who could not send it with the upgrade
	Ticket string `json:"ticket"` // the same, for a page within a portal
	Client struct {
		Name    string `json:"name"`
		Version string `json:"version"`
		Device  string `json:"device"` // by it the client's cursor is kept
	} `json:"client"`
	Subscribe *filter       `json:"subscribe"`
	Resume    *resumeParams `json:"resume"`
}

// resumeParams say from where the events go on.
type resumeParams struct {
	Epoch  string `json:"epoch"`
	After  int64  `json:"after"`
	Acked  bool   `json:"acked"`  // instead: from what this device has acknowledged
	Replay string `json:"replay"` // all: however far back; for programs
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
	if p.Client.Device != "" {
		if err := checkDevice("client.device", p.Client.Device); err != nil {
			return nil, err
		}
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
		if err := k.begin(ctx, p, head, &a, o); err != nil {
			return nil, err
		}
	}
	k.opened = true
	k.arrive(head.Seq)
	k.listen(p, o)
	return a, nil
}

// begin says from where the events go on, and what came meanwhile.
func (k *socket) begin(ctx context.Context, p openParams, head storage.Head, a *opened, o *outgoing) error {
	who := k.known.who
	t := &stream{who: who, proved: head.Seq, epoch: head.Epoch, after: head.Seq}
	if p.Subscribe != nil {
		t.filter = *p.Subscribe
	}
	if err := t.check(); err != nil {
		return err
	}
	seen, err := k.seen(ctx, p, a)
	if err != nil {
		return err
	}
	if p.Resume != nil && (!p.Resume.Acked || a.Cursor != nil) {
		a.Reason = k.cannot(head, seen, p.Resume.Replay)
		if a.Reason == "" {
			t.after, a.Resumed, a.Replay = seen.Seq, true, &replay{seen.Seq, head.Seq}
		} else {
			a.Next = &next{"snapshot.get", "/api/v1/snapshot"}
		}
	}
	// An account has missed what came since its last desk was left; a program
	// without one, what came since its own position.
	if a.Missed == nil && seen.Epoch != "" && lost(head, seen.Epoch, seen.Seq) == "" && seen.Seq < head.Seq {
		if a.Missed, err = k.s.missed(ctx, who, t.filter, seen.Seq); err != nil {
			return err
		}
	}
	t.prev = t.after
	o.strm = t
	return nil
}

// seen is how far the client had come before: as it says now, or as it said
// last time.
func (k *socket) seen(ctx context.Context, p openParams, a *opened) (position, error) {
	if p.Client.Device != "" {
		c, known, err := k.s.c.Store.Cursor(ctx, k.known.who.Author(), p.Client.Device)
		if err != nil {
			return position{}, err
		}
		if known {
			a.Cursor = &position{c.Epoch, c.Seq}
		}
	}
	switch {
	case p.Resume != nil && !p.Resume.Acked:
		return position{p.Resume.Epoch, p.Resume.After}, nil
	case a.Cursor != nil:
		return *a.Cursor, nil
	}
	return position{}, nil
}

// cannot says why the events do not go on from there; empty if they do. Pages
// read their lists again when that is cheaper; programs have none, and may ask
// for all.
func (k *socket) cannot(head storage.Head, seen position, how string) string {
	if reason := lost(head, seen.Epoch, seen.Seq); reason != "" {
		return reason
	}
	if blind(k.known.who, seen.Seq) {
		return reasonAccess
	}
	if head.Seq-seen.Seq > replayMax && (how != "all" || k.known.who.Agent != nil) {
		return reasonFar
	}
	return ""
}

// listen lets the session hear hints, and tells what its client calls itself.
func (k *socket) listen(p openParams, o *outgoing) {
	k.device = p.Client.Device
	k.acks.cursor.Client = strings.TrimSpace(cut(p.Client.Name, 100) + " " + cut(p.Client.Version, 50))
	k.s.visits.call(k.in, p.Client.Device)
	if o.strm != nil && len(o.strm.Hints) > 0 {
		o.ear = &ear{who: k.known.who, kinds: o.strm.Hints, lines: o.strm.Lines}
		k.leave = append(k.leave, k.s.hints.listen(o.ear))
	}
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
	if k.portal && params.Token != "" {
		k.s.refused(ctx, nil, "session.open", forbidden.say("token", "%s", errPortal.text))
		return errPortal
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
