package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"smsbridge/bridge/trust"
)

// shows serves a chain as a box would, and answers its address.
func shows(t *testing.T, pair tls.Certificate) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"items":[]}`)) }))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that clients break off
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

func TestPin(t *testing.T) {
	authority := func() *trust.Authority {
		a, err := trust.Renew(t.TempDir(), "b", nil)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	leaf := func(a *trust.Authority) tls.Certificate {
		pair, err := a.Leaf([]string{"elsewhere.local"}) // not what the client calls it
		if err != nil {
			t.Fatal(err)
		}
		return *pair
	}
	box, thief := authority(), authority()
	own, foreign := leaf(box), leaf(thief)

	borrowed := foreign // the box's public certificates behind another key
	borrowed.Certificate = [][]byte{foreign.Certificate[0], own.Certificate[1], own.Certificate[2]}
	beside := foreign // and a whole other chain, with the pinned root lying beside
	beside.Certificate = append(append([][]byte{}, foreign.Certificate...), own.Certificate[2])

	ask := func(url, pin string) error {
		c, err := New(Options{URL: url, Pin: pin, Token: "scp_x"})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _, err = c.Lines(t.Context())
		return err
	}
	pin := trust.Pin(box.Root)
	for _, c := range []struct {
		name string
		pair tls.Certificate
		pin  string
		ok   bool
	}{
		{"the box", own, pin, true},
		{"the same after a new certificate", leaf(box), pin, true},
		{"another box", foreign, pin, false},
		{"the box's certificates with another key", borrowed, pin, false},
		{"the pinned root beside another chain", beside, pin, false},
		{"the other box by its own pin", foreign, trust.Pin(thief.Root), true},
	} {
		err := ask(shows(t, c.pair), c.pin)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, ErrPin) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	t.Run("what is pinned is believed, not what the system trusts", func(t *testing.T) {
		pool := x509.NewCertPool()
		pool.AddCert(thief.Root)
		c, err := New(Options{URL: shows(t, foreign), Pin: pin, TLS: &tls.Config{RootCAs: pool, ServerName: "elsewhere.local"}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, _, err := c.Lines(t.Context()); !errors.Is(err, ErrPin) {
			t.Errorf("a box that the system trusts passes for the pinned one: %v", err)
		}
	})
	t.Run("without a pin the box is a stranger", func(t *testing.T) {
		if err := ask(shows(t, own), ""); err == nil || errors.Is(err, ErrPin) { // control: it is the pin that lets in above
			t.Errorf("%v", err)
		}
	})
	for _, wrong := range []string{"x", "SHA256:", "SHA256:abcd", strings.TrimPrefix(pin, "SHA256:"), "SHA256:" + strings.Repeat("!", 43)} {
		if _, err := New(Options{URL: "https://b", Pin: wrong}); err == nil || !strings.Contains(err.Error(), "trust show") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if _, err := New(Options{URL: "http://b", Pin: pin}); err == nil || !strings.Contains(err.Error(), "https") {
		t.Errorf("a pin in the clear: %v", err)
	}
}
