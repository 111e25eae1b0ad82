// Package web is the desk bank: it serves desks, which are pages, programs and
// our own verbs. Requests come in by REST or as JSON-RPC over a WebSocket,
// events go out by WebSocket, SSE or JSON lines, and the chat page comes from
// here too.
//
// Everything that is pushed is read from the ledger's log, after the number
// that the desk has seen last; replay and live are the same code. So a socket
// that is cut loses nothing, and no desk can hold up the radio bank, which this
// package does not know. Who is let in, and with which scope, stands in one
// table (method.go); what a refusal looks like stands in another (errors.go).
//
// Start with methods, then socket.
package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"smsbridge/storage"
)

// Config is what a Server is made from. Store, Keys, Hooks,
// Pusher and Count must be there.
type Config struct {
	Store   Store
	Keys    Keys
	Count   func(text string) (storage.Count, error) // what a text costs
	Hooks   Hooks
	Pusher  Pusher
	Lookup  func(ctx context.Context, url string) (storage.Lookup, error) // asks who a number is; nil: nobody is asked
	Modems  func() []storage.Modem                                        // what is plugged in now; nil: nothing
	Radio   Radio                                                         // the modems, for what people want of them; nil: there are none
	Ringer  Ringer                                                        // the telephone system, for calls; nil: there is none
	Backups Backups                                                       // copies of the ledger; nil: none are made
	Lab     http.Handler                                                  // serves what is below /api/v1/lab; nil: this is no demo

	// Support writes a support bundle, as a zip; nil: there are none.
	Support func(ctx context.Context, w io.Writer, goroutines bool) error

	Box     string // id of the box
	BoxName string // for people
	BoxKey  string // fingerprint of what vouches for the box by TLS, for programs to pin; empty: nothing of its own does
	Version string

	// Lookalikes are other gateways whose way to send a text is understood too, by
	// the names of Lookalikes; default: none.
	Lookalikes []string

	Hosts     []string      // names that the box answers to, beside localhost
	Portals   []string      // origins whose pages may open a socket with a ticket, such as https://crm.example
	Log       *slog.Logger  // default: none
	MaxParts  int           // the most parts of one message; default 10
	Heartbeat time.Duration // of sockets; default 25 s
	Sockets   int           // the most sockets and streams at a time; default 64
	PerAgent  int           // the most of one account or token; default 8
	Compress  bool          // permessage-deflate for frames above 1 KiB, for whom asks for it; it costs memory by socket
	Comeback  time.Duration // what desks are told to wait when the box stops; default 1 s
}

// Server answers desks. It starts nothing by itself; Close ends what desks
// hold open.
type Server struct {
	c        Config
	log      *slog.Logger
	methods  []method
	routes   []route
	byName   map[string]*method
	page     *page
	hosts    map[string]bool
	portals  map[string]bool
	frames   frames
	framing  framing
	presence presence
	tries    tries
	wrong    attempts
	skipped  skipped
	pairs    pairings
	tickets  tickets
	visits   visits
	hints    hub
	once     once
	api      *http.ServeMux
	likes    *http.ServeMux
	face     http.Handler

	documents func() (map[string]paper, error) // made when first asked for

	times times
}

// times are the limits that tests shorten.
type times struct {
	write time.Duration // one write to a socket
	open  time.Duration // until the first frame has told who is there
	lag   time.Duration // a live socket may be behind the log for so long
	stall time.Duration // one may take nothing for so long, when much is on the way

	window int64 // events on the way; 0: as usual
}

// perAgent is the default of Config.PerAgent.
const perAgent = 8

// New makes a Server.
func New(c Config) *Server { return build(c.withDefaults(), methods, routes) }

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Modems == nil {
		c.Modems = func() []storage.Modem { return nil }
	}
	if c.MaxParts <= 0 {
		c.MaxParts = 10
	}
	if c.Heartbeat <= 0 {
		c.Heartbeat = 25 * time.Second
	}
	if c.Sockets <= 0 {
		c.Sockets = 64
	}
	if c.PerAgent <= 0 {
		c.PerAgent = perAgent
	}
	if c.Comeback <= 0 {
		c.Comeback = time.Second
	}
	return c
}

// build makes a Server that knows these methods and routes.
func build(c Config, methods []method, routes []route) *Server {
	s := &Server{
		c: c, log: c.Log, methods: methods, routes: routes,
		byName: make(map[string]*method),
		page:   newPage(built()),
		hosts:  hostNames(c.Hosts), portals: make(map[string]bool),
		times: times{write: 10 * time.Second, open: 5 * time.Second, lag: 15 * time.Second, stall: 5 * time.Second},
	}
	s.visits.limit, s.visits.each = c.Sockets, c.PerAgent
	s.presence.publish = s.tellPresence
	for _, origin := range c.Portals {
		s.portals[strings.ToLower(strings.TrimSuffix(origin, "/"))] = true
	}
	for i, m := range methods {
		s.byName[m.name] = &methods[i]
	}
	s.documents = sync.OnceValues(func() (map[string]paper, error) { return makePapers(c.Version, methods, routes) })
	s.api, s.likes = s.router(), s.look(c.Lookalikes)
	s.face = s.guard(http.HandlerFunc(s.serve))
	return s
}

// Handler is the face on TCP: Host and Origin are checked, and a caller shows
// a token or a session.
func (s *Server) Handler() http.Handler { return s.face }

// Admin is the face on the Unix socket: the same routes, and whoever reaches
// it is the administrator, since the socket's file says who may.
func (s *Server) Admin() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.serve(w, r.WithContext(context.WithValue(r.Context(), adminKey{}, true)))
	})
}

// Close tells every socket and stream to come again later, and returns when
// they have ended, or when ctx has. No new ones are taken from then on.
func (s *Server) Close(ctx context.Context) error {
	return s.visits.close(ctx)
}
