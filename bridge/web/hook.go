package web

import (
	"context"
	"time"

	"smsbridge/storage"
)

var hookMethods = []method{
	{"hook.list", "GET", "/api/v1/webhooks", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).hooks), nil},
	{"hook.create", "POST", "/api/v1/webhooks", storage.ScopeAdmin, storage.RoleOwner, 201, bind((*Server).createHook), nil},
	{"hook.update", "PATCH", "/api/v1/webhooks/{id}", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).updateHook), nil},
	{"hook.delete", "DELETE", "/api/v1/webhooks/{id}", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).deleteHook), nil},
	{"hook.test", "POST", "/api/v1/webhooks/{id}/test", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).testHook), nil},
	{"hook.deliveries", "GET", "/api/v1/webhooks/{id}/deliveries", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).deliveries), nil},
	{"hook.replay", "POST", "/api/v1/webhooks/{id}/replay", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).replayHook), nil},
	{"hook.rotate", "POST", "/api/v1/webhooks/{id}/rotate", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).rotateHook), nil},
}

// Hooks keeps the endpoints that events are pushed to.
type Hooks interface {
	Hooks(ctx context.Context) ([]storage.Hook, error)

	// CreateHook and RotateHook give the new secret, in this answer only; the
	// secrets before hold for keep.
	CreateHook(ctx context.Context, h storage.Hook) (storage.Hook, string, error)
	RotateHook(ctx context.Context, id string, keep time.Duration) (storage.Hook, string, error)
	UpdateHook(ctx context.Context, id string, c storage.HookChange) (storage.Hook, error)
	DeleteHook(ctx context.Context, id string) error

	Deliveries(ctx context.Context, hook, state string, p storage.Page) (storage.DeliveryPage, error)
	ReplayDelivery(ctx context.Context, hook string, seq int64) (storage.Hook, error)
	ReplaySince(ctx context.Context, hook string, seq int64) (storage.Hook, error)
}

// Pusher is who delivers to hooks.
type Pusher interface {
	// Check refuses what could never be delivered.
	Check(h storage.Hook) error
	// Ping tries a hook once and tells what came of it.
	Ping(ctx context.Context, id string) (storage.Delivery, error)
}

// hooked is a hook as answers carry it; Secret stands only in that of the
// method that made it.
type hooked struct {
	Hook   storage.Hook `json:"hook"`
	Secret string       `json:"secret,omitempty"`
}

type hooksAnswer struct {
	Hooks []storage.Hook `json:"hooks"`
	Head  storage.Head   `json:"head"`
}

func (s *Server) hooks(ctx context.Context, _ storage.Caller, _ none) (hooksAnswer, error) {
	hooks, err := s.c.Hooks.Hooks(ctx)
	return hooksAnswer{Hooks: list(hooks)}, err
}

type hookParams struct {
	URL      string   `json:"url" need:"true"`
	Label    string   `json:"label"`
	Events   []string `json:"events"`
	Lines    []string `json:"lines"`
	Order    string   `json:"order"`
	Template string   `json:"template"`
}

func (s *Server) createHook(ctx context.Context, _ storage.Caller, p hookParams) (hooked, error) {
	h := storage.Hook{URL: p.URL, Label: p.Label, Events: p.Events, Lines: p.Lines, Order: p.Order, Template: p.Template}
	if err := s.c.Pusher.Check(h); err != nil {
		return hooked{}, err
	}
	h, secret, err := s.c.Hooks.CreateHook(ctx, h)
	return hooked{h, secret}, err
}

type hookChange struct {
	ID string `json:"id"`
	ifRev
	storage.HookChange
}

func (s *Server) updateHook(ctx context.Context, _ storage.Caller, p hookChange) (hooked, error) {
	h, err := s.hook(ctx, p.ID)
	if err != nil {
		return hooked{}, err
	}
	if p.URL != nil {
		h.URL = *p.URL
	}
	if p.Template != nil {
		h.Template = *p.Template
	}
	if p.URL != nil || p.Template != nil {
		if err := s.c.Pusher.Check(h); err != nil {
			return hooked{}, err
		}
	}
	h, err = s.c.Hooks.UpdateHook(ctx, p.ID, p.HookChange)
	return hooked{Hook: h}, err
}

func (s *Server) hook(ctx context.Context, id string) (storage.Hook, error) {
	hooks, err := s.c.Hooks.Hooks(ctx)
	if err != nil {
		return storage.Hook{}, err
	}
	for _, h := range hooks {
		if h.ID == id {
			return h, nil
		}
	}
	return storage.Hook{}, notFound.say("id", "There is no hook %s.", id)
}

func (s *Server) deleteHook(ctx context.Context, _ storage.Caller, p idRev) (none, error) {
	return none{}, s.c.Hooks.DeleteHook(ctx, p.ID)
}

type deliveryAnswer struct {
	Delivery storage.Delivery `json:"delivery"`
}

// testHook answers also when the endpoint did not take the event: what came of
// it is the answer.
func (s *Server) testHook(ctx context.Context, _ storage.Caller, p idParams) (deliveryAnswer, error) {
	d, err := s.c.Pusher.Ping(ctx, p.ID)
	return deliveryAnswer{d}, err
}

type deliveriesParams struct {
	ID     string `json:"id"`
	State  string `json:"state"`
	Limit  int    `json:"limit"`
	Before string `json:"before"`
}

func (s *Server) deliveries(ctx context.Context, _ storage.Caller, p deliveriesParams) (storage.DeliveryPage, error) {
	return s.c.Hooks.Deliveries(ctx, p.ID, p.State, storage.Page{Limit: p.Limit, Before: p.Before})
}

type replayParams struct {
	ID    string `json:"id"`
	Seq   *int64 `json:"seq"`
	Since *int64 `json:"since"`
}

// replayHook tells an endpoint again of one event, or of all after one.
func (s *Server) replayHook(ctx context.Context, _ storage.Caller, p replayParams) (hooked, error) {
	if (p.Seq == nil) == (p.Since == nil) {
		return hooked{}, invalidParams.say("seq", `Give either "seq", the number of one event, or "since", to tell of all after it.`)
	}
	again, from := s.c.Hooks.ReplayDelivery, p.Seq
	if p.Since != nil {
		again, from = s.c.Hooks.ReplaySince, p.Since
	}
	h, err := again(ctx, p.ID, *from)
	return hooked{Hook: h}, err
}

type rotateParams struct {
	ID   string `json:"id"`
	Keep *int   `json:"keep_hours"` // default 24
}

// keepMost bounds how long an old secret may go on holding.
const keepMost = 30 * 24

func (s *Server) rotateHook(ctx context.Context, _ storage.Caller, p rotateParams) (hooked, error) {
	keep := 24
	if p.Keep != nil {
		keep = *p.Keep
	}
	if keep < 0 || keep > keepMost {
		return hooked{}, invalidParams.say("keep_hours", "keep_hours is %d; it goes from 0 to %d.", keep, keepMost)
	}
	h, secret, err := s.c.Hooks.RotateHook(ctx, p.ID, time.Duration(keep)*time.Hour)
	return hooked{h, secret}, err
}
