package hook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/template"
	"time"

	"smsbridge/storage"
)

// Limits of one try: an endpoint that is slow or talks much holds a connection
// no longer than this.
const (
	tryTime    = 10 * time.Second
	headerMost = 16 << 10
	answerMost = 64 << 10
	idleTime   = 90 * time.Second
)

// newClient makes what deliveries go through. Each connection passes the guard;
// no proxy stands between, since behind one the guard would see the proxy's
// address only, and no redirection is followed.
func newClient(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dial,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    connecting,
			MaxIdleConnsPerHost:    together,
			IdleConnTimeout:        idleTime,
			MaxResponseHeaderBytes: headerMost,
			DisableCompression:     true, // so that 64 KiB are 64 KiB
		},
	}
}

// endpoint is a hook as tries need it.
type endpoint struct {
	hook     storage.Hook
	epoch    string
	agent    string
	secrets  []storage.HookSecret
	template *template.Template
	client   *http.Client
	timeout  time.Duration
}

// outcome is what one try led to.
type outcome struct {
	status int
	err    error
	took   time.Duration
	after  time.Duration // the endpoint asked to wait so long
}

// errForgotten is the outcome of an event that the log has not any more.
var errForgotten = errors.New("the log has not this event any more")

func (o outcome) ok() bool { return o.err == nil }

// try posts one event. The id is the same at each try of it, so that the
// endpoint can drop what it has seen; the time stamp is the try's own.
func (p *endpoint) try(ctx context.Context, id string, e event) outcome {
	text, kind, err := body(p.template, e)
	if err != nil {
		return outcome{err: err}
	}
	at := time.Now()
	signature, ok := sign(p.secrets, id, at, text)
	if !ok {
		return outcome{err: errors.New("no secret holds any more; make one with `smsbridge hook rotate`")}
	}
	ctx, stop := context.WithTimeout(ctx, p.timeout)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.hook.URL, bytes.NewReader(text))
	if err != nil {
		return outcome{err: plain(err)}
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("User-Agent", p.agent)
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("webhook-signature", signature)
	answer, err := p.client.Do(r)
	if err != nil {
		return outcome{err: plain(err), took: time.Since(at)}
	}
	defer answer.Body.Close()
	// What an endpoint says is thrown away: to show it would let whoever names
	// the endpoint read from where the box stands. It is read up to the limit so
	// that the connection can be used again.
	_, _ = io.CopyN(io.Discard, answer.Body, answerMost)
	o := outcome{status: answer.StatusCode, took: time.Since(at)}
	switch {
	case o.status >= 200 && o.status < 300:
	case o.status >= 300 && o.status < 400:
		o.err = fmt.Errorf("it redirects (%d), which is not followed; give the hook the address that it leads to", o.status)
	default:
		o.err = fmt.Errorf("it answers %d %s", o.status, http.StatusText(o.status))
	}
	if o.status == http.StatusTooManyRequests || o.status == http.StatusServiceUnavailable {
		o.after = retryAfter(answer.Header.Get("Retry-After"), time.Now())
	}
	return o
}

// plain takes the URL out of an error: it may hold a secret, and errors are
// logged.
func plain(err error) error {
	if e, ok := errors.AsType[*Refused](err); ok {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("there is no answer in time")
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	return errors.New(strings.ToValidUTF8(cut(err.Error(), 300), "?"))
}

func cut(s string, n int) string { return s[:min(n, len(s))] }

// retryAfter reads the header: seconds or a date (RFC 9110, 10.2.3).
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, afterMost)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(0, at.Sub(now)), afterMost)
	}
	return 0
}
