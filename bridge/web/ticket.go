package web

import (
	"context"
	"sync"
	"time"

	"smsbridge/storage"
)

var ticketMethods = []method{
	{"ticket.create", "POST", "/api/v1/tickets", known, storage.RoleViewer, 201, bind((*Server).createTicket), nil},
}

// A ticket lets one socket in, once and soon: a portal's server asks for it
// with its token and hands it to its page, so that no long secret stands in a
// page or an address. Whoever came in by it goes when that token ends.
const (
	ticketAge  = 30 * time.Second
	ticketsOut = 1024
)

type ticket struct {
	proof   *proof
	expires time.Time
}

type tickets struct {
	mu  sync.Mutex // guards what follows
	out map[string]ticket
}

func (l *tickets) put(now time.Time, secret string, p *proof) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.out == nil {
		l.out = make(map[string]ticket)
	}
	for hash, t := range l.out {
		if !now.Before(t.expires) {
			delete(l.out, hash)
		}
	}
	if len(l.out) >= ticketsOut {
		return tooMany.say("", "%d tickets are out, which is the most. Try again in %d seconds.", len(l.out), int(ticketAge/time.Second))
	}
	l.out[string(hashOf(secret))] = ticket{p, now.Add(ticketAge)}
	return nil
}

// take uses a ticket up.
func (l *tickets) take(now time.Time, secret string) (*proof, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	hash := string(hashOf(secret))
	t, known := l.out[hash]
	delete(l.out, hash)
	if !known || !now.Before(t.expires) {
		return nil, unauthenticated.say("ticket", "This ticket was used, or is older than %d seconds. Ask for a new one.", int(ticketAge/time.Second))
	}
	return t.proof, nil
}

type ticketAnswer struct {
	Ticket  string `json:"ticket"`
	Expires int    `json:"expires_in"`
}

// createTicket gives the caller a ticket that stands for it.
func (s *Server) createTicket(ctx context.Context, _ storage.Caller, _ none) (ticketAnswer, error) {
	secret := newSecret("tkt_")
	if err := s.tickets.put(time.Now(), secret, proofOf(ctx)); err != nil {
		return ticketAnswer{}, err
	}
	return ticketAnswer{secret, int(ticketAge / time.Second)}, nil
}
