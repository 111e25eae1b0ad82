// Package conform looks whether a box keeps what its protocol promises. It
// knows a box only from outside, by its address, a token, and the documents
// that it serves, so the same suite runs in our own tests and at the desk of
// somebody who writes a client, or another box.
//
// Start with Run. The checks stand in rest.go, socket.go, stream.go and
// example.go; the list of them in checks.
package conform

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options say which box is looked at, and how far one may go.
type Options struct {
	URL    string // such as http://127.0.0.1:8780
	Socket string // path of the box's Unix socket; it wins over URL's address
	Token  string // with the scope admin everything can be looked at
	Person string // a token of an account, for what only a person has; empty: that is refused

	TLS *tls.Config // whom to believe; nil: as the system does

	// Everything allows what changes the box: texts are sent, accounts and
	// tokens made and removed, modems restarted. It is meant for a demo box.
	Everything bool
	SendTo     string // the number that texts go to; default with Everything: that of the document's example
	Quick      bool   // do not wait for a heartbeat

	// Recorded is told of each example that was replayed, with the ids of the
	// document; nil: nobody is.
	Recorded func(name string, answer any)
}

// Outcome is what came of a check.
type Outcome string

// The outcomes.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Skipped Outcome = "skipped" // it could not be looked at; the detail says why
)

// Result is what came of one check.
type Result struct {
	Name    string  `json:"name"`
	Outcome Outcome `json:"outcome"`
	Detail  string  `json:"detail,omitempty"`
	Millis  int64   `json:"took_ms"`
}

// A check is one promise.
type check struct {
	name string
	do   func(ctx context.Context, s *suite) error
}

var checks = []check{
	{"documents: served and whole", documents},
	{"problem: an unknown path", unknownPath},
	{"problem: a wrong verb", wrongVerb},
	{"problem: no token", noToken},
	{"problem: a body that is no JSON", noJSON},
	{"problem: a value of the wrong type", wrongType},
	{"problem: an unknown object", unknownObject},
	{"problem: a plain GET on the socket's address", plainGET},
	{"idempotency: the same key is one text", idempotency},
	{"socket: hello comes first", helloFirst},
	{"socket: open, then live", openLive},
	{"socket: resume tells the log exactly", resume},
	{"socket: a position that is lost", lostPosition},
	{"socket: prev leaves no hole", prevChain},
	{"socket: wrong frames", wrongFrames},
	{"socket: news arrives", news},
	{"events: JSON lines", jsonLines},
	{"events: Server-Sent Events", serverSent},
	{"events: a position that is lost", lostSince},
}

// slow is what is waited for while everything else is looked at: a heartbeat.
var slow = check{"socket: beat", beat}

// errSkip ends a check that cannot be made.
type errSkip string

func (e errSkip) Error() string { return string(e) }

// Run makes every check and tells of each as it ends; the examples of the
// documents come after them, and what takes its time last. The error is for what
// prevents looking at all.
func Run(ctx context.Context, o Options, tell func(Result)) error {
	s, err := newSuite(ctx, o)
	if err != nil {
		return err
	}
	defer s.http.CloseIdleConnections()
	beats := make(chan Result, 1)
	go func() {
		begin := time.Now()
		beats <- result(slow.name, slow.do(ctx, s), begin)
	}()
	defer func() { tell(<-beats) }()
	for _, c := range checks {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		begin := time.Now()
		tell(result(c.name, c.do(ctx, s), begin))
	}
	s.examples(ctx, tell)
	return ctx.Err()
}

func result(name string, err error, begin time.Time) Result {
	r := Result{Name: name, Outcome: Passed, Millis: time.Since(begin).Milliseconds()}
	if skip, ok := errors.AsType[errSkip](err); ok {
		r.Outcome, r.Detail = Skipped, string(skip)
	} else if err != nil {
		r.Outcome, r.Detail = Failed, err.Error()
	}
	return r
}

// patience bounds one answer, and one wait for a frame.
const patience = 20 * time.Second

// suite is one look at one box.
type suite struct {
	o    Options
	base *url.URL
	http *http.Client
	dial func(ctx context.Context, network, addr string) (net.Conn, error)
	doc  *document
	sent bool               // a text was sent by this suite
	revs map[string]float64 // the newest that answers told of, by what has them
}

func newSuite(ctx context.Context, o Options) (*suite, error) {
	if o.URL == "" {
		o.URL = "http://localhost"
	}
	base, err := url.Parse(strings.TrimSuffix(o.URL, "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("the box's address is %q; write it as http://HOST:PORT", o.URL)
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	dial := dialer.DialContext
	if o.Socket != "" {
		dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", o.Socket)
		}
	}
	s := &suite{revs: make(map[string]float64), o: o, base: base, dial: dial, http: &http.Client{Transport: &http.Transport{DialContext: dial, TLSClientConfig: o.TLS, MaxIdleConnsPerHost: 4}}}
	if s.doc, err = s.readDocument(ctx); err != nil {
		return nil, err
	}
	if s.o.SendTo == "" && o.Everything {
		s.o.SendTo = "+15550100"
	}
	return s, nil
}
