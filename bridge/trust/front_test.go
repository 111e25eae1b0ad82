package trust

import (
	"bufio"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// echo tells what the desk bank would see.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	io.WriteString(w, scheme+" "+r.Host+" "+hostOf(r.RemoteAddr)+" "+r.Header.Get("X-Forwarded-For"))
})

// serve runs a real server with both TLS and plain HTTP on one port.
func serve(t *testing.T, o FrontOptions) (addr string, l *Local) {
	t.Helper()
	l = openLocal(t, t.TempDir(), "desk-pi.local")
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.TLS = true
	server := &http.Server{Handler: Front(o)(echo), ErrorLog: log.New(io.Discard, "", 0)}
	both := Listen(port, ServerConfig(l))
	done := make(chan error, 1)
	go func() { done <- server.Serve(both) }()
	t.Cleanup(func() { server.Close(); <-done })
	return port.Addr().String(), l
}

// raw sends octets on a plain connection and returns every answer.
func raw(t *testing.T, addr, said string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, said)
	c.(*net.TCPConn).CloseWrite()
	answer, _ := io.ReadAll(c)
	return string(answer)
}

func TestPlainOnTLSPort(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "how to trust") })
	addr, l := serve(t, FrontOptions{Names: []string{"desk-pi.local"}, Page: page})
	_, port, _ := net.SplitHostPort(addr)
	secret := "http 127.0.0.1" // what echo would say
	for _, c := range []struct{ name, said, want string }{
		{"a page", "GET /a?b=c HTTP/1.1\r\nHost: desk-pi.local:" + port + "\r\n\r\n", "Location: https://desk-pi.local:" + port + "/a?b=c\r\n"},
		{"by address", "GET / HTTP/1.1\r\nHost: " + addr + "\r\n\r\n", "Location: https://" + addr + "/\r\n"},
		{"another's name", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "Location: https://desk-pi.local/\r\n"},
		{"a whole address", "GET http://evil.example/x HTTP/1.1\r\nHost: evil.example\r\n\r\n", "Location: https://desk-pi.local/x\r\n"},
		{"two slashes", "GET //evil.example/x HTTP/1.1\r\nHost: desk-pi.local\r\n\r\n", "Location: https://desk-pi.local/evil.example/x\r\n"},
		{"a line break in the path", "GET /%0d%0aSet-Cookie:x HTTP/1.1\r\nHost: desk-pi.local\r\n\r\n", "Location: https://desk-pi.local/%0D%0ASet-Cookie:x\r\n"},
		{"a request that changes something", "POST /api/v1/messages HTTP/1.1\r\nHost: desk-pi.local\r\nContent-Length: 2\r\n\r\n{}", "400 Bad Request"},
		{"a token", "GET /api/v1/lines HTTP/1.1\r\nHost: desk-pi.local\r\nAuthorization: Bearer scp_x\r\n\r\n", "revoke it"},
		{"a token in Kannel's form", "GET /cgi-bin/sendsms?username=tk_x&password=scp_x HTTP/1.1\r\nHost: desk-pi.local\r\n\r\n", "400 Bad Request"},
		{"a socket", "GET /api/v1/ws HTTP/1.1\r\nHost: desk-pi.local\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "400 Bad Request"},
		{"HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 "},
		{"a proxy's word that nobody trusts", "GET / HTTP/1.1\r\nHost: desk-pi.local\r\nX-Forwarded-Proto: https\r\n\r\n", "307 Temporary Redirect"},
		{"a watcher", "GET /api/v1/health HTTP/1.1\r\nHost: desk-pi.local\r\n\r\n", "http desk-pi.local"},
		{"a watcher that shows its token", "GET /api/v1/health HTTP/1.1\r\nHost: desk-pi.local\r\nAuthorization: Bearer scp_x\r\n\r\n", "revoke it"},
		{"the trust page", "GET /trust HTTP/1.1\r\nHost: 192.168.7.4\r\n\r\n", "how to trust"},
		{"two at once", "GET /trust HTTP/1.1\r\nHost: x\r\n\r\nPOST /api/v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "400 Bad Request"},
		{"a body that hides a request", "GET / HTTP/1.1\r\nHost: desk-pi.local\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 "},
		{"a TLS record that holds HTTP", "\x16\x03\x01GET / HTTP/1.1\r\nHost: desk-pi.local\r\n\r\n", ""},
	} {
		got := raw(t, addr, c.said)
		if !strings.Contains(got, c.want) || strings.Contains(got, secret) || strings.Contains(got, "\nSet-Cookie") || strings.Contains(got, "https://evil") {
			t.Errorf("%s:\n%s\nwant %q", c.name, got, c.want)
		}
	}
	t.Run("by TLS the desk bank answers", func(t *testing.T) {
		c, err := tls.Dial("tcp", addr, deskOf(l.Root(), "desk-pi.local"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: desk-pi.local\r\n\r\n")
		a, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := io.ReadAll(a.Body); string(b) != "https desk-pi.local 127.0.0.1 " || a.Header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s %v", b, a.Header)
		}
	})
	t.Run("who says nothing holds up nobody", func(t *testing.T) {
		for range 20 {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
		}
		if got := raw(t, addr, "GET /trust HTTP/1.0\r\n\r\n"); !strings.Contains(got, "how to trust") {
			t.Error(got)
		}
	})
}

// ask asks a front as a desk at from would.
func ask(f Middleware, from, method, target string, secure bool, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.RemoteAddr, r.TLS = from+":4711", nil
	if secure {
		r.TLS = &tls.ConnectionState{}
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	f(echo).ServeHTTP(w, r)
	return w
}

func TestProxies(t *testing.T) {
	proxy := netip.MustParsePrefix("10.9.0.0/24")
	f := Front(FrontOptions{TLS: true, Canonical: "desk.example", Proxies: []netip.Prefix{proxy}})
	for _, c := range []struct {
		name, from, want string
		headers          []string
	}{
		{"a proxy of ours", "10.9.0.2", "https desk.example 203.0.113.9 ", []string{"X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "desk.example"}},
		{"what the desk invented is left of what the proxy saw", "10.9.0.2", "https box:8780 203.0.113.9 ", []string{"X-Forwarded-For", "127.0.0.1, 203.0.113.9", "X-Forwarded-Proto", "https"}},
		{"in two headers", "10.9.0.2", "https box:8780 203.0.113.9 ", []string{"X-Forwarded-For", "127.0.0.1", "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https"}},
		{"two proxies of ours", "10.9.0.2", "https box:8780 203.0.113.9 ", []string{"X-Forwarded-For", "127.0.0.1,203.0.113.9, 10.9.0.3", "X-Forwarded-Proto", "https"}},
		{"no address", "10.9.0.2", "https box:8780 10.9.0.2 ", []string{"X-Forwarded-For", "127.0.0.1, unknown", "X-Forwarded-Proto", "https"}},
		{"an IPv6 way to write it", "::ffff:10.9.0.2", "https box:8780 2001:db8::1 ", []string{"X-Forwarded-For", "2001:db8::1", "X-Forwarded-Proto", "https"}},
		{"it ended no TLS", "10.9.0.2", "Temporary Redirect", []string{"X-Forwarded-Proto", "http"}},
		{"it does not say", "10.9.0.2", "Temporary Redirect", []string{"X-Forwarded-For", "203.0.113.9"}},
		{"anybody", "10.9.1.2", "Temporary Redirect", []string{"X-Forwarded-For", "127.0.0.1", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "desk.example"}},
		{"anybody, in the other way to say it", "192.168.1.2", "Temporary Redirect", []string{"Forwarded", "for=127.0.0.1;proto=https", "X-Real-IP", "127.0.0.1"}},
	} {
		from := c.from
		if strings.Contains(from, ":") {
			from = "[" + from + "]"
		}
		if got := ask(f, from, "GET", "http://box:8780/", false, c.headers...).Body.String(); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	t.Run("nobody is trusted by default", func(t *testing.T) {
		got := ask(Front(FrontOptions{}), "127.0.0.1", "GET", "http://localhost/", false, "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "x").Body.String()
		if got != "http localhost 127.0.0.1 " {
			t.Errorf("%q", got)
		}
	})
}

func TestCanonical(t *testing.T) {
	f := Front(FrontOptions{TLS: true, Canonical: "desk.example", Pin: true, Proxies: []netip.Prefix{netip.MustParsePrefix("10.9.0.1/32")}})
	for _, c := range []struct{ method, target, want string }{
		{"GET", "https://desk-pi.local:8780/handset?x=1", "https://desk.example:8780/handset?x=1"},
		{"HEAD", "https://192.168.7.4/", "https://desk.example/"},
		{"GET", "https://desk.example:8780/", ""},
		{"GET", "https://DESK.example./", ""},
		{"GET", "https://desk-pi.local/api/v1/lines", ""},
		{"POST", "https://desk-pi.local/x", ""},
		{"GET", "https://desk-pi.local/cgi-bin/sendsms?password=scp_x", ""},
		{"GET", "https://localhost:8780/", ""},
		{"GET", "https://127.0.0.1:8780/", ""},
		{"GET", "https://[::1]:8780/", ""},
	} {
		if got := ask(f, "192.168.7.9", c.method, c.target, true).Header().Get("Location"); got != c.want {
			t.Errorf("%s %s: to %q, want %q", c.method, c.target, got, c.want)
		}
	}
	t.Run("no circle", func(t *testing.T) {
		for _, start := range []string{"http://desk-pi.local:8780/a", "http://desk.example/a", "http://evil.example/a", "http://127.0.0.1:8780/a"} {
			at, hops := start, 0
			for ; at != "" && hops < 4; hops++ {
				at = ask(f, "192.168.7.9", "GET", at, strings.HasPrefix(at, "https:")).Header().Get("Location")
			}
			if hops > 2 {
				t.Errorf("%s is sent on %d times", start, hops)
			}
		}
		behind := ask(f, "10.9.0.1", "GET", "http://upstream:8780/", false, "X-Forwarded-Proto", "https")
		if behind.Code != http.StatusOK {
			t.Errorf("a proxy that changes the name is sent away: %d", behind.Code)
		}
	})
	t.Run("remembered only where asked for and by its name", func(t *testing.T) {
		pinned := func(f Middleware, target string) bool {
			return ask(f, "192.168.7.9", "GET", target, true).Header().Get("Strict-Transport-Security") != ""
		}
		if !pinned(f, "https://desk.example/") || pinned(f, "https://localhost/") || pinned(Front(FrontOptions{TLS: true, Canonical: "desk.example"}), "https://desk.example/") {
			t.Error("HSTS is not where it should be")
		}
	})
}
