package web

import (
	"slices"
	"sync"
	"time"

	"smsbridge/storage"
)

// online knows which accounts have a socket open. It is what presence is made
// from; whether an account that is online wants to be seen is judged there. Its
// zero value is ready.
type online struct {
	mu      sync.Mutex // guards what follows
	sockets map[string]int
	leaving map[string]*time.Timer // has none any more, and may be back at once
	told    []func(agent storage.Agent, on bool)
	closed  bool
}

// away is how long an account without a socket counts as online still: a page
// that is read again, or a short break of the network, is no coming and going.
const away = 5 * time.Second

// watch has f called when an account comes online or goes. It is called before
// the server serves, and f neither waits nor calls back.
func (o *online) watch(f func(agent storage.Agent, on bool)) { o.told = append(o.told, f) }

// here are the ids of the accounts that are online, in order.
func (o *online) here() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	ids := make([]string, 0, len(o.sockets)+len(o.leaving))
	for id := range o.sockets {
		ids = append(ids, id)
	}
	for id := range o.leaving {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// come counts a socket of an account in.
func (o *online) come(a storage.Agent) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sockets == nil {
		o.sockets, o.leaving = make(map[string]int), make(map[string]*time.Timer)
	}
	o.sockets[a.ID]++
	if t := o.leaving[a.ID]; t != nil {
		t.Stop()
		delete(o.leaving, a.ID)
		return
	}
	if o.sockets[a.ID] == 1 {
		o.tell(a, true)
	}
}

// leave counts it out. The last one counts for a while.
func (o *online) leave(a storage.Agent, wait time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sockets[a.ID]--; o.sockets[a.ID] > 0 {
		return
	}
	delete(o.sockets, a.ID)
	if o.closed {
		return
	}
	var t *time.Timer
	t = time.AfterFunc(wait, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.leaving[a.ID] == t {
			delete(o.leaving, a.ID)
			o.tell(a, false)
		}
	})
	o.leaving[a.ID] = t
}

func (o *online) tell(a storage.Agent, on bool) {
	for _, f := range o.told {
		f(a, on)
	}
}

// close forgets those who are about to go.
func (o *online) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	for _, t := range o.leaving {
		t.Stop()
	}
	clear(o.leaving)
}

// tellPresence is the hint of it.
func (s *Server) tellPresence(a storage.Agent, on bool) {
	s.hints.publish(hint{Kind: hintPresence, From: a.ID, Data: map[string]any{
		"agent": map[string]string{"id": a.ID, "name": a.Name}, "online": on}})
}
