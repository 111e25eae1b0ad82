package web

import (
	"context"

	"smsbridge/storage"
)

var threadMethods = []method{
	{"thread.list", "GET", "/api/v1/threads", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).threads), nil},
	{"thread.messages", "GET", "/api/v1/threads/{thread}/messages", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).threadMessages), nil},
	{"snapshot.get", "GET", "/api/v1/snapshot", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).snapshot), nil},
}

// pageParams are the keyset cursors of a list.
type pageParams struct {
	Limit  int    `json:"limit"`
	Before string `json:"before"`
	After  string `json:"after"`
}

func (p pageParams) page(who storage.Caller) (storage.Page, error) {
	if p.Limit < 0 || p.Limit > storage.MaxPage {
		return storage.Page{}, invalidParams.say("limit", "limit is %d; it goes from 1 to %d. Ask for the rest with the cursor of the answer.", p.Limit, storage.MaxPage)
	}
	if p.Before != "" && p.After != "" {
		return storage.Page{}, invalidParams.say("before", "Ask with before or with after, not with both.")
	}
	return storage.Page{Limit: p.Limit, Before: p.Before, After: p.After, Lines: who.Lines(), Agent: agentOf(who)}, nil
}

func (s *Server) threads(ctx context.Context, who storage.Caller, p pageParams) (storage.ThreadPage, error) {
	page, err := p.page(who)
	if err != nil {
		return storage.ThreadPage{}, err
	}
	found, err := s.c.Store.Threads(ctx, page)
	found.Threads = list(found.Threads)
	return found, err
}

type threadParams struct {
	Thread string `json:"thread"`
	pageParams
}

func (s *Server) threadMessages(ctx context.Context, who storage.Caller, p threadParams) (storage.MessagePage, error) {
	page, err := p.page(who)
	if err != nil {
		return storage.MessagePage{}, err
	}
	found, err := s.c.Store.Messages(ctx, p.Thread, page)
	found.Messages = list(found.Messages)
	return found, err
}

type snapshotAnswer struct {
	Threads []storage.Thread `json:"threads"`
	Next    string           `json:"next,omitempty"` // of the threads
	Lines   []storage.Line   `json:"lines"`
	Head    storage.Head     `json:"head"`
}

// snapshot is what a desk begins with. Its head is from before the first list
// was read, so a stream that begins there misses nothing of either.
func (s *Server) snapshot(ctx context.Context, who storage.Caller, _ none) (snapshotAnswer, error) {
	head, err := s.c.Store.Head(ctx)
	if err != nil {
		return snapshotAnswer{}, err
	}
	threads, err := s.c.Store.Threads(ctx, storage.Page{Lines: who.Lines(), Agent: agentOf(who)})
	if err != nil {
		return snapshotAnswer{}, err
	}
	lines, _, err := s.linesOf(ctx, who)
	return snapshotAnswer{list(threads.Threads), threads.Next, list(lines), head}, err
}
