package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"smsbridge/storage"
)

var threadMethods = []method{
	{"thread.list", "GET", "/api/v1/threads", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).threads), nil},
	{"thread.get", "GET", "/api/v1/threads/{thread}", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).thread), nil},
	{"thread.messages", "GET", "/api/v1/threads/{thread}/messages", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).threadMessages), nil},
	{"thread.delete", "DELETE", "/api/v1/threads/{thread}", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).deleteThread), nil},
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
	page := sight(who)
	page.Limit, page.Before, page.After = p.Limit, p.Before, p.After
	return page, nil
}

// sight is a page of all that a caller sees, and as it sees it.
func sight(who storage.Caller) storage.Page {
	p := storage.Page{Lines: who.Lines()}
	if a := who.Person(); a != nil {
		p.Agent = a.ID
	}
	return p
}

type listParams struct {
	pageParams
	Channel string `json:"channel"` // sms, chat
	Line    string `json:"line"`
	State   string `json:"state"` // open, closed, muted, unread; default: all
	Q       string `json:"q"`     // part of a name, or of a number
}

func (p listParams) filter() (storage.ThreadFilter, error) {
	if p.State == "all" {
		p.State = ""
	}
	for _, c := range []struct {
		field, value string
		known        []string
	}{
		{"state", p.State, storage.ThreadStates},
		{"channel", p.Channel, []string{storage.ChannelSMS, storage.ChannelChat}},
	} {
		if c.value != "" && !slices.Contains(c.known, c.value) {
			return storage.ThreadFilter{}, invalidParams.say(c.field, "%s is %q; it is one of %s, or left out for all.", c.field, c.value, strings.Join(c.known, ", "))
		}
	}
	return storage.ThreadFilter{Channel: p.Channel, Line: p.Line, State: p.State, Text: p.Q}, nil
}

func (s *Server) threads(ctx context.Context, who storage.Caller, p listParams) (storage.ThreadPage, error) {
	page, err := p.page(who)
	if err != nil {
		return storage.ThreadPage{}, err
	}
	if page.Filter, err = p.filter(); err != nil {
		return storage.ThreadPage{}, err
	}
	found, err := s.c.Store.Threads(ctx, page)
	found.Threads = list(found.Threads)
	return found, err
}

type threadRef struct {
	Thread string `json:"thread"`
}

type threadAnswer struct {
	Thread storage.Thread `json:"thread"`
}

func (s *Server) thread(ctx context.Context, who storage.Caller, p threadRef) (threadAnswer, error) {
	t, err := s.c.Store.Thread(ctx, p.Thread, sight(who))
	return threadAnswer{t}, err
}

// deleteThread takes a thread away for everybody; closing it is thread.view.
func (s *Server) deleteThread(ctx context.Context, who storage.Caller, p threadRef) (deleted, error) {
	if _, err := s.c.Store.Thread(ctx, p.Thread, sight(who)); err != nil {
		return deleted{}, err
	}
	gone, err := s.c.Store.DeleteThread(ctx, p.Thread)
	if err == nil {
		s.frames.forget()
	}
	return deleted{gone}, err
}

type deleted struct {
	Deleted storage.Gone `json:"deleted"`
}

type threadParams struct {
	threadRef
	pageParams
	Around string `json:"around"` // a message, to come out in the middle
	At     string `json:"at"`     // a day or a moment, to begin at
}

func (s *Server) threadMessages(ctx context.Context, who storage.Caller, p threadParams) (storage.MessagePage, error) {
	page, err := p.page(who)
	if err != nil {
		return storage.MessagePage{}, err
	}
	page.Around = p.Around
	if page.At, err = moment("at", p.At); err != nil {
		return storage.MessagePage{}, err
	}
	found, err := s.c.Store.Messages(ctx, p.Thread, page)
	found.Messages = list(found.Messages)
	return found, err
}

// moment reads a day, in the box's own zone, or a moment.
func moment(field, text string) (storage.Time, error) {
	if text == "" {
		return storage.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		return storage.At(day), nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return storage.Time{}, invalidParams.say(field, "%s is %q; write a day as 2026-11-20, or a moment as 2026-11-20T15:00:00Z.", field, text)
	}
	return storage.At(at), nil
}

type snapshot struct {
	Threads []storage.Thread `json:"threads"`
	Next    string           `json:"next,omitempty"` // of the threads
	Lines   []storage.Line   `json:"lines"`
	Badges  *storage.Badges  `json:"badges,omitempty"`
	Head    storage.Head     `json:"head"`
}

// snapshot is what a desk begins with. Its head is from before the first list
// was read, so a stream that begins there misses nothing of either.
func (s *Server) snapshot(ctx context.Context, who storage.Caller, _ none) (snapshot, error) {
	head, err := s.c.Store.Head(ctx)
	if err != nil {
		return snapshot{}, err
	}
	threads, err := s.c.Store.Threads(ctx, sight(who))
	if err != nil {
		return snapshot{}, err
	}
	badges, err := s.badgesOf(ctx, who)
	if err != nil {
		return snapshot{}, err
	}
	lines, _, err := s.linesOf(ctx, who)
	return snapshot{list(threads.Threads), threads.Next, list(lines), badges, head}, err
}
