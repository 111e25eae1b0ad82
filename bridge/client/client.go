// Package client is a desk for programs, our own verbs among them: it asks a
// box by REST and follows its events over the WebSocket, on TCP or on the
// box's Unix socket.
//
// Start with New, then Client.Send and Client.Follow. What is asked for and
// answered are the types of package storage; a refusal is an *Error.
package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options say which box, and who is asking.
type Options struct {
	URL    string // such as http://127.0.0.1:8080; default: the Unix socket's
	Socket string // path of the box's Unix socket; it wins over URL's address
	Token  string // scp_...; not needed on the Unix socket

	TLS     *tls.Config   // for https; default: the system's
	Pin     string        // key of the box, SHA256:...; it alone is believed then, whatever the system trusts
	Timeout time.Duration // of one request without its own deadline; default 30 s
}

// Client asks one box. Its methods may be called from any goroutine.
type Client struct {
	base    *url.URL
	token   string
	timeout time.Duration
	http    *http.Client
	dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	tls     *tls.Config
	waits   waits
}

// New makes a Client. It does not connect; Close frees connections that are
// kept for the next request.
func New(o Options) (*Client, error) {
	if o.URL == "" {
		o.URL = "http://localhost"
	}
	base, err := url.Parse(o.URL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("the box's address is %q; write it as http://HOST:PORT", o.URL)
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Pin != "" {
		if base.Scheme != "https" {
			return nil, fmt.Errorf("the box's address is %q; a pin wants https, or the token crosses the network in the clear", o.URL)
		}
		if o.TLS, err = pinned(o.Pin, o.TLS); err != nil {
			return nil, err
		}
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	dial := dialer.DialContext
	if o.Socket != "" {
		dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", o.Socket)
		}
	}
	return &Client{
		base: base, token: o.Token, timeout: o.Timeout, dial: dial, tls: o.TLS, waits: usualWaits,
		http: &http.Client{Transport: &http.Transport{
			DialContext: dial, TLSClientConfig: o.TLS, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute,
		}},
	}, nil
}

// Close frees what is kept open between requests. Follow ends by its context.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Error is the box's refusal.
type Error struct {
	Status    int      `json:"status"` // of HTTP; 0 if it came over the WebSocket
	Code      int      `json:"code"`   // number of the kind of refusal
	Type      string   `json:"-"`      // its name, such as from_required
	Title     string   `json:"title"`
	Field     string   `json:"field"`   // what it is about, such as to.number
	Detail    string   `json:"detail"`  // a sentence, with the way out
	Options   []string `json:"options"` // what could be chosen instead
	Retryable bool     `json:"retryable"`
	After     int64    `json:"retry_after_ms"`
	Trace     string   `json:"trace"` // stands in the box's log as well
}

func (e *Error) Error() string {
	text := e.Detail
	if text == "" {
		text = e.Title
	}
	if e.Field != "" {
		return e.Field + ": " + text
	}
	return text
}

// call asks for path; in and out may be nil.
func (c *Client) call(ctx context.Context, verb, path string, query url.Values, in, out any) error {
	if _, ok := ctx.Deadline(); !ok {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, c.timeout)
		defer stop()
	}
	answer, err := c.answer(ctx, verb, path, query, in)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("%s %s: the answer broke off: %w", verb, path, err)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("%s %s: the answer is not the box's: %w", verb, path, err)
	}
	return nil
}

// answer asks for path. Its body is to be read and closed; a refusal is an error.
func (c *Client) answer(ctx context.Context, verb, path string, query url.Values, in any) (*http.Response, error) {
	r, err := c.request(ctx, verb, path, withRev(ctx, query), in)
	if err != nil {
		return nil, err
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, c.unreachable(err)
	}
	if answer.StatusCode < 400 {
		return answer, nil
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxRefusal))
	if err != nil {
		return nil, fmt.Errorf("%s %s: the answer broke off: %w", verb, path, err)
	}
	return nil, parseError(answer, body)
}

// maxRefusal is far above what a box says of why it refuses something, with the
// thing as it stands beside it.
const maxRefusal = 1 << 20

func (c *Client) request(ctx context.Context, verb, path string, query url.Values, in any) (*http.Request, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	u := *c.base
	u = *u.JoinPath("/api/v1" + path) // which is escaped already
	u.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(ctx, verb, u.String(), body)
	if err != nil {
		return nil, err
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	return r, nil
}

// unreachable takes off what net/http puts in front: verb and address say
// nothing on a Unix socket.
func (c *Client) unreachable(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	return fmt.Errorf("reach the box: %w", err)
}

// parseError reads a problem (RFC 9457); anything else came from something
// that stands between.
func parseError(answer *http.Response, body []byte) error {
	var p struct {
		Error
		Type string `json:"type"`
	}
	if err := json.Unmarshal(body, &p); err != nil || p.Type == "" {
		return &Error{Status: answer.StatusCode, Type: "unknown", Title: answer.Status,
			Detail: fmt.Sprintf("The answer %q does not come from a box; look at what stands between.", answer.Status)}
	}
	p.Error.Type = strings.TrimPrefix(p.Type, "/problems/")
	p.Status = answer.StatusCode
	return &p.Error
}
