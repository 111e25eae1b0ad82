package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

	"smsbridge/storage"
)

// framing is which portals may show the page within theirs. It is asked at every
// request, so it is kept here until somebody sets it anew; nobody else writes
// the ledger.
type framing struct {
	mu      sync.Mutex // guards what follows
	known   bool
	turn    int // how often it was set anew
	origins []string
}

func (f *framing) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known = false
	f.turn++
}

func (f *framing) get() (origins []string, known bool, turn int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.origins, f.known, f.turn
}

// keep keeps what was read, unless it was set anew meanwhile.
func (f *framing) keep(origins []string, turn int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.turn == turn {
		f.origins, f.known = origins, true
	}
}

// embedders are the origins that may. A ledger that does not answer allows none.
func (s *Server) embedders(ctx context.Context) []string {
	origins, known, turn := s.framing.get()
	if known {
		return origins
	}
	origins = nil
	if err := s.setting(ctx, storage.SettingEmbed, &origins); err != nil {
		return nil
	}
	s.framing.keep(origins, turn)
	return origins
}

// portal tells whether a page of this origin may open a socket with a ticket.
func (s *Server) portal(r *http.Request) bool {
	said := r.Header.Values("Origin")
	if len(said) != 1 {
		return false
	}
	origin := strings.ToLower(said[0])
	return s.portals[origin] || slices.Contains(s.embedders(r.Context()), origin)
}

// frameHeaders let the portals that were listed, and no other page, show this
// one within theirs. X-Frame-Options knows no list, so it goes where there is
// one; browsers that know frame-ancestors heed that.
func frameHeaders(h http.Header, origins []string) {
	if len(origins) == 0 {
		return
	}
	h.Del("X-Frame-Options")
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"),
		"frame-ancestors 'none'", "frame-ancestors 'self' "+strings.Join(origins, " "), 1))
}
