package web

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Guessing at passwords: so many tries at once for an account and for an
// address, then one for each pause. An account that is guessed at from
// everywhere is closed to its person too for that long; `smsbridge agent
// invite` on the box lets them in meanwhile.
const (
	triesAtOnce = 8
	triesPause  = time.Minute
	triesKnown  = 4096 // accounts and addresses that are remembered
)

// attempts counts wrong tries by what they are aimed at and where they come
// from.
type attempts struct {
	mu   sync.Mutex // guards what follows
	full map[string]time.Time
}

// take counts a try before it is made, so that many at once are no more than
// the limit; right takes it back. Either every key has room or none is counted.
func (a *attempts) take(now time.Time, keys ...string) (wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.full == nil {
		a.full = make(map[string]time.Time)
	}
	for _, k := range keys {
		if at := a.full[k]; at.After(now) {
			wait = max(wait, at.Sub(now)-(triesAtOnce-1)*triesPause)
		}
	}
	if wait > 0 {
		return wait
	}
	if len(a.full) >= triesKnown {
		a.forget(now)
	}
	for _, k := range keys {
		if at := a.full[k]; at.After(now) {
			a.full[k] = at.Add(triesPause)
		} else {
			a.full[k] = now.Add(triesPause)
		}
	}
	return 0
}

// forget drops what has had time to recover. Should that be nothing, all have
// been guessed at within minutes, and one of them makes room.
func (a *attempts) forget(now time.Time) {
	for k, at := range a.full {
		if !at.After(now) {
			delete(a.full, k)
		}
	}
	for k := range a.full {
		if len(a.full) < triesKnown {
			return
		}
		delete(a.full, k)
	}
}

func (a *attempts) right(keys ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, k := range keys {
		if at, known := a.full[k]; known {
			a.full[k] = at.Add(-triesPause)
		}
	}
}

// address is where a request comes from, as guesses are counted: an IPv6
// network of 64 bits is one place, since it is given to one household.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if ip = ip.Unmap(); ip.Is6() && !ip.IsLoopback() {
		if p, err := ip.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}
