package web

import (
	"context"
	"path"
	"slices"
	"sync"
	"time"

	"smsbridge/storage"
)

var hintMethods = []method{
	{"typing", "POST", "/api/v1/threads/{thread}/typing", storage.ScopeSend, storage.RoleAgent, 202, bind((*Server).typing), nil},
}

// The kinds of hints.
const (
	hintTyping   = "typing"      // somebody writes in a thread
	hintPresence = "presence"    // an account has come or gone
	hintSignal   = "signal"      // how well a line hears the network
	hintQueue    = "queue_depth" // how many texts wait for a line
)

// hintKinds are those that subscribe.hints may name.
var hintKinds = []string{hintTyping, hintPresence, hintSignal, hintQueue}

// A hint is news that is worth nothing a moment later: it has no number, stands
// in no log, and who misses it misses nothing. It is told to whoever would be
// told of an event of the same line, thread and audience; one of no line by the
// row "hint.KIND" of sights.
type hint struct {
	Kind   string       `json:"kind"` // typing, presence, signal, queue_depth
	At     storage.Time `json:"at"`
	Thread string       `json:"thread,omitempty"`
	Line   string       `json:"line,omitempty"`
	Data   any          `json:"data"` // by kind

	For  []string `json:"-"` // the agents whom alone it is told; nil: all who see its line
	From string   `json:"-"` // the account that it comes from, which is not told; empty: none
}

// event is the hint as far as sight and filters go.
func (h hint) event() storage.Event {
	return storage.Event{Type: "hint." + h.Kind, Thread: h.Thread, Line: h.Line, For: h.For}
}

// hub passes hints on, in memory. Its zero value is ready.
type hub struct {
	mu   sync.Mutex // guards what follows
	ears map[*ear]struct{}
	came int                  // how many ever did
	said map[string]time.Time // who typed where, last told
}

// hintsWaiting is how many hints wait for a socket that is busy with better
// things; of more, the oldest are forgotten.
const hintsWaiting = 16

// An ear is one socket that wants hints. Nobody waits for it.
type ear struct {
	who   storage.Caller
	kinds []string // patterns, as those of events
	lines []string // empty: any
	in    chan []byte
}

func (e *ear) wants(h hint) bool {
	if h.From != "" && e.who.Person() != nil && e.who.Person().ID == h.From {
		return false
	}
	if h.Line != "" && len(e.lines) > 0 && !slices.Contains(e.lines, h.Line) {
		return false
	}
	return slices.ContainsFunc(e.kinds, func(glob string) bool {
		ok, _ := path.Match(glob, h.Kind)
		return ok
	}) && sees(e.who, h.event())
}

// listen lets e hear until the answered function is called.
func (b *hub) listen(e *ear) (leave func()) {
	e.in = make(chan []byte, hintsWaiting)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ears == nil {
		b.ears = make(map[*ear]struct{})
	}
	b.ears[e] = struct{}{}
	b.came++
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.ears, e)
	}
}

// publish tells a hint to those who are there and want it. It never waits.
func (b *hub) publish(h hint) {
	h.At = storage.Now()
	var frame []byte
	b.mu.Lock()
	defer b.mu.Unlock()
	for e := range b.ears {
		if !e.wants(h) {
			continue
		}
		if frame == nil {
			frame = newNotice("hint", h)
		}
		for len(e.in) == cap(e.in) { // only we put in, so room that is made stays
			select {
			case <-e.in:
			default:
			}
		}
		e.in <- frame
	}
}

// wanted tells whether anybody would hear such a hint at all.
func (b *hub) wanted(kind string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for e := range b.ears {
		if slices.ContainsFunc(e.kinds, func(glob string) bool { ok, _ := path.Match(glob, kind); return ok }) {
			return true
		}
	}
	return false
}

// heads is how many have ever listened: another number means that somebody new
// is there.
func (b *hub) heads() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.came
}

// typingPause is how often one is told that the same account still writes in
// the same thread. A desk shows it for a little longer than that.
const typingPause = 3 * time.Second

// first tells whether it is time again to tell of this.
func (b *hub) first(what string, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if at, ok := b.said[what]; ok && now.Sub(at) < typingPause {
		return false
	}
	for other, at := range b.said {
		if now.Sub(at) >= typingPause {
			delete(b.said, other)
		}
	}
	if b.said == nil {
		b.said = make(map[string]time.Time)
	}
	b.said[what] = now
	return true
}

// tellPresence is the hint that somebody's presence is another now.
func (s *Server) tellPresence(agent string) {
	if !s.hints.wanted(hintPresence) {
		return
	}
	a, err := s.c.Keys.Agent(context.Background(), agent)
	if err != nil {
		return // who listens asks again when it matters
	}
	s.hints.publish(hint{Kind: hintPresence, From: agent, Data: presenceHint{s.presence.of(a, time.Now())}})
}

type typingParams struct {
	Thread string `json:"thread" need:"true"`
}

type typingAnswer struct {
	Told bool `json:"told"` // false: it was told a moment ago
}

// typing tells the others that the caller writes in a thread. It may be asked
// for at each key; the others are told every few seconds.
func (s *Server) typing(ctx context.Context, who storage.Caller, p typingParams) (typingAnswer, error) {
	if p.Thread == "" {
		return typingAnswer{}, invalidParams.say("thread", "thread is missing. Say in which thread somebody writes.")
	}
	page, err := s.c.Store.Messages(ctx, p.Thread, storage.Page{Limit: 1, Lines: who.Lines(), Agent: agentOf(who)})
	if err != nil {
		return typingAnswer{}, err
	}
	h := hint{Kind: hintTyping, Thread: p.Thread}
	if n := len(page.Messages); n > 0 {
		last := page.Messages[n-1]
		h.Line = last.Line
		if last.Channel == storage.ChannelChat {
			h.For = []string{last.From, last.To} // colleagues, by their ids
		}
	}
	author := who.Author()
	if p := who.Person(); p != nil {
		author = storage.Author{Kind: "agent", ID: p.ID, Name: p.Name}
	}
	told := s.hints.first(author.Kind+" "+author.ID+" "+p.Thread, time.Now())
	if told {
		h.Data = typingHint{author}
		if author.Kind == "agent" {
			h.From = author.ID
		}
		s.hints.publish(h)
	}
	return typingAnswer{told}, nil
}
