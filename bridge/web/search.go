package web

import (
	"context"

	"smsbridge/storage"
)

var searchMethods = []method{
	{"message.search", "GET", "/api/v1/messages", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).search), nil},
	{"message.delete", "DELETE", "/api/v1/messages/{id}", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).deleteMessage), nil},
}

type searchParams struct {
	Q      string `json:"q"` // words, "exact phrases", and from:, number:, line:, in:, before:, after: and is:unread
	Limit  int    `json:"limit"`
	Before string `json:"before"`
}

// search finds messages by their words; what q may say is at storage.ParseQuery.
func (s *Server) search(ctx context.Context, who storage.Caller, p searchParams) (storage.HitPage, error) {
	q, err := storage.ParseQuery(p.Q)
	if err != nil {
		return storage.HitPage{}, err
	}
	page, err := pageParams{Limit: p.Limit, Before: p.Before}.page(who)
	if err != nil {
		return storage.HitPage{}, err
	}
	found, err := s.c.Store.Search(ctx, q, page)
	found.Hits = list(found.Hits)
	return found, err
}

// deleteMessage deletes one's own message, or as manager any: in the box only,
// for nothing can be called back from a phone.
func (s *Server) deleteMessage(ctx context.Context, who storage.Caller, p idParams) (deleted, error) {
	m, err := s.c.Store.Message(ctx, p.ID)
	if err != nil {
		return deleted{}, err
	}
	if _, err := s.c.Store.Thread(ctx, m.Thread, sight(who)); err != nil || m.Channel != storage.ChannelChat && !who.Sees(m.Line) {
		return deleted{}, storage.Refuse(storage.CodeNotFound, "id", "there is no message %s", p.ID)
	}
	by := ""
	if !who.Admin && !(who.Person() != nil && who.InRole(storage.RoleManager)) {
		by = who.Author().ID
	}
	gone, err := s.c.Store.DeleteMessage(ctx, p.ID, by)
	if err == nil {
		s.frames.forget()
	}
	return deleted{gone}, err
}
