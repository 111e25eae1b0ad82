package web

import (
	"context"
	"time"

	"smsbridge/storage"
)

// offers is what the box has been set up to do, as far as it shows on a desk.
type offers struct {
	SMS   bool   `json:"sms"`   // texts leave the box, and this account may write them
	Call  string `json:"call"`  // tel, hook, modem or none
	Video bool   `json:"video"` // among colleagues
}

// whole is who the caller is, what it may, and what it has missed: up to head,
// or, if it is there, up to where it came.
func (s *Server) whole(ctx context.Context, who storage.Caller, head int64) (me, error) {
	m := meOf(who)
	a := who.Person()
	if a == nil {
		return m, nil
	}
	if came, here := s.presence.since(a.ID); here {
		head = came
	}
	missed, err := s.c.Store.MissedBy(ctx, a.ID, who.Lines(), head)
	if err != nil {
		return m, err
	}
	m.Missed = &missed
	m.Offers, err = s.offersTo(ctx, *a)
	return m, err
}

func (s *Server) offersTo(ctx context.Context, a storage.Agent) (*offers, error) {
	var o offers
	var video string
	for key, into := range map[string]any{storage.SettingSMS: &o.SMS, storage.SettingCall: &o.Call, storage.SettingVideo: &video} {
		if err := s.setting(ctx, key, into); err != nil {
			return nil, err
		}
	}
	o.SMS = o.SMS && a.SMS
	o.Video = video != ""
	return &o, nil
}

// arrive is the moment from which the caller is there by this socket.
func (k *socket) arrive(head int64) {
	if a := k.known.who.Person(); a != nil {
		k.agent = a.ID
		k.s.presence.come(k.agent, head)
	}
}

// leftTime is for writing down that somebody has gone.
const leftTime = 5 * time.Second

// depart is the end of that. With the last socket it is written down how far
// the agent was told, so that the next desk can say what was missed. Where the
// log ends is asked before the agent is gone: what comes from then on nobody is
// told of any more.
func (k *socket) depart(ctx context.Context) {
	if k.agent == "" {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), leftTime)
	defer stop()
	head, err := k.s.c.Store.Head(ctx)
	if !k.s.presence.leave(k.agent) {
		return
	}
	defer k.s.presence.forget(k.agent)
	if err == nil {
		err = k.s.c.Store.Left(ctx, k.agent, head.Seq)
	}
	if err != nil {
		k.s.log.Error("it could not be kept when an account left", "account", k.agent, "err", err)
	}
}
