package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"smsbridge/storage"
)

// TestHostAndOrigin asks by every name and from every page that may be tried,
// with a good session, over REST and over the socket.
func TestHostAndOrigin(t *testing.T) {
	b := newBox(t, func(c *Config) { c.Hosts = []string{"Desk-Pi.local", "10.0.0.7:8780", "[fd00::7]"} })
	cookie := b.owner(t)
	u, _ := url.Parse(b.url)
	port := u.Port()

	hosts := map[string]bool{ // may the box be called so
		"127.0.0.1:" + port: true, "localhost:" + port: true, "[::1]:" + port: true, "LOCALHOST": true, "localhost.": true,
		"desk-pi.local": true, "desk-pi.local:80": true, "10.0.0.7": true, "10.0.0.7:1": true, "[fd00::7]:8780": true,
	}
	for _, h := range []string{
		"evil.example", "evil.example:" + port, "localhost.evil.example", "evil-localhost", "127.0.0.1.evil.example", "xn--lcalhost-54a",
		"127.0.0.2", "127.1", "0.0.0.0", "0.0.0.0:" + port, "[::]", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001",
		"10.0.0.8", "desk-pi", "desk-pi.local.evil.example", "local", "router.local", "192.168.1.1", "169.254.169.254",
		"a.localhost", "localhost:x", "localhost:80:80", "localhost..", "-", "_", "*", "127.0.0.1:", "[::1", "::1]", "fd00::8", "[fd00::8]", "localhost,evil.example",
		"evil.example:8780", "metadata", "intranet", "wpad", "box", "smsbridge", "localhost.localdomain",
		"rebind.network", "7f000001.c0a80001.rbndr.us", "1.1.1.1", "[2606:4700::1111]",
	} {
		hosts[h] = false
	}

	origins := func(host string) map[string]bool {
		return map[string]bool{
			"": true, "http://" + host: true,
			"http://evil.example": false, "null": false, "http://localhost.evil.example": false, "http://localhost:1": false,
			"http://" + host + ".evil.example": false, "http://" + host + "/": false, "ftp://" + host: false,
			"file://": false, "chrome-extension://abcdef": false, host: false, "http://user@" + host: false,
			"http://" + host + "?": false, "http://" + host + "#": false, "//" + host: false, "https://" + host: true,
		}
	}
	cells, accepted := 0, 0
	for host, ours := range hosts {
		for origin, own := range origins(host) {
			for _, how := range []string{"GET", "POST", "WS"} {
				cells++
				header := []string{"Host", host, "Cookie", cookie}
				if origin != "" {
					header = append(header, "Origin", origin)
				}
				status := 0
				switch how {
				case "WS":
					w, answer, err := b.tryDial(t, header...)
					if err == nil {
						w.Close()
					}
					if answer == nil {
						continue // this host cannot even be sent
					}
					status = answer.StatusCode
				case "GET":
					answer, _ := b.ask(t, "GET", "/api/v1/me", "", header...)
					status = answer.StatusCode
				case "POST":
					answer, _ := b.ask(t, "POST", "/api/v1/messages/count", `{"text":"x"}`, header...)
					status = answer.StatusCode
				}
				in := status == 200 || status == 101
				want := ours && own && !(how != "GET" && origin == "") // a session that may change something must tell its page
				if in {
					accepted++
				}
				if in != want {
					t.Errorf("%s, Host %q, Origin %q: status %d, let in should be %v", how, host, origin, status, want)
				}
				if !ours && status != http.StatusMisdirectedRequest && status != http.StatusBadRequest {
					t.Errorf("%s, Host %q: status %d, not 421", how, host, status)
				}
			}
		}
	}
	t.Logf("%d combinations, %d let in", cells, accepted)
	if cells < 1000 {
		t.Errorf("only %d combinations", cells)
	}
}

// TestCookieAndCSRF sends what other pages, other boxes on the same host and
// old cookies can send, and what only the page itself can.
func TestCookieAndCSRF(t *testing.T) {
	b := newBox(t)
	good := b.owner(t)
	name, value, _ := strings.Cut(good, "=")
	begin, past := b.begin()
	begin.Expires = storage.At(time.Now().Add(-time.Second))
	if _, err := b.db.BeginSession(t.Context(), "Olga", begin); err != nil {
		t.Fatal(err)
	}
	_, token := b.token(t, storage.ScopeAdmin)
	u, _ := url.Parse(b.url)
	cookies := map[string]bool{
		"": false, good: true, "other=1; " + good: true, name + "=" + value + "; smsbridgebx_other=" + value: true,
		past: false, name + "=": false, name + "=" + strings.ToUpper(value): false, name + "=" + value[:63]: false,
		name + "=" + value + "0": false, "smsbridgebx_other=" + value: false, "smsbridge=" + value: false, "session=" + value: false,
		name + "=" + token: false, name + "=" + fmt.Sprintf("%x", hashOf(value)): false, name + "=bad; " + good: false, // the first one counts
	}
	origins := map[string]bool{
		"": true, b.url: true, "http://evil.example": false, "null": false, "http://localhost:" + u.Port(): false,
		"http://127.0.0.1": false, "http://127.0.0.1:1": false, "http://[::1]:" + u.Port(): false, "https://evil.example": false,
	}
	sites := map[string]bool{"": true, "same-origin": true, "none": true, "same-site": false, "cross-site": false}
	kinds := []string{"application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"}
	hostile, accepted, controls := 0, 0, 0
	for cookie, mine := range cookies {
		for origin, own := range origins {
			for site, near := range sites {
				for _, verb := range []string{"POST", "PATCH", "DELETE"} {
					header := []string{"Content-Type", kinds[(hostile+controls)%len(kinds)]}
					for _, h := range [][2]string{{"Cookie", cookie}, {"Origin", origin}, {"Sec-Fetch-Site", site}} {
						if h[1] != "" {
							header = append(header, h[0], h[1])
						}
					}
					path := map[string]string{"POST": "/api/v1/messages/count", "PATCH": "/api/v1/agents/Olga", "DELETE": "/api/v1/sessions/se_0"}[verb]
					answer, text := b.ask(t, verb, path, `{"text":"x","sms_enabled":true}`, header...)
					in := answer.StatusCode != 401 && answer.StatusCode != 403
					ours := mine && own && near && (origin != "" || site != "")
					switch {
					case ours && !in:
						t.Errorf("%s from the page itself was refused: %v: %d %s", verb, header, answer.StatusCode, text)
					case !ours && in:
						accepted++
						t.Errorf("%s was let in: %v: %d", verb, header, answer.StatusCode)
					}
					if ours {
						controls++
					} else {
						hostile++
					}
				}
			}
		}
	}
	t.Logf("%d hostile combinations, %d accepted; %d of the page's own", hostile, accepted, controls)
	if hostile < 200 || controls < 10 {
		t.Error("too few")
	}
}

func TestCrossSiteFetch(t *testing.T) {
	b := newBox(t)
	cookie := b.owner(t)
	for site, want := range map[string]int{"cross-site": 403, "same-site": 403, "same-origin": 200, "none": 200} {
		answer, text := b.ask(t, "POST", "/api/v1/messages/count", `{"text":"x"}`, "Cookie", cookie, "Sec-Fetch-Site", site)
		if answer.StatusCode != want {
			t.Errorf("Sec-Fetch-Site %s: %d %s", site, answer.StatusCode, text)
		}
	}
}

func TestTokenInURL_is_no_token(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeAdmin)
	for _, query := range []string{"token", "access_token", "authorization", "bearer"} {
		if answer, _ := b.ask(t, "GET", "/api/v1/me?"+query+"="+secret, ""); answer.StatusCode != 401 {
			t.Errorf("?%s= was answered with %d", query, answer.StatusCode)
		}
	}
}

func TestSecretsAreNotLogged(t *testing.T) {
	b := newBox(t)
	var secrets []string
	for range 50 {
		token, secret := b.token(t, storage.ScopeAdmin)
		secrets = append(secrets, secret)
		b.ask(t, "GET", "/api/v1/me", "", "Authorization", bearer(secret))
		b.ask(t, "POST", "/api/v1/session", fmt.Sprintf(`{"code":%q}`, secret))
		if _, err := b.db.RevokeToken(t.Context(), token.ID); err != nil {
			t.Fatal(err)
		}
		b.ask(t, "GET", "/api/v1/me", "", "Authorization", bearer(secret))
	}
	for _, s := range secrets {
		if strings.Contains(b.log.String(), s) {
			t.Fatal("a token stands in the log")
		}
	}
}

func TestHeaders(t *testing.T) {
	b := newBox(t)
	for _, path := range []string{"/", "/api/v1/session", "/nothing", "/api/v1/ws"} {
		answer, _ := b.ask(t, "GET", path, "")
		policy := answer.Header.Get("Content-Security-Policy")
		for _, rule := range []string{
			"default-src 'none'", "script-src 'self'", "connect-src 'self' ws://127.0.0.1:", "frame-ancestors 'none'",
			"base-uri 'none'", "form-action 'self'", "manifest-src 'self'", "worker-src 'self'",
			"require-trusted-types-for 'script'", "trusted-types worker",
		} {
			if !strings.Contains(policy, rule) {
				t.Errorf("%s: the policy lacks %s: %s", path, rule, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, answer.Header)
		}
	}
}

// The box is called by the address that a connection came to, and by no other one
// that it may have.
func TestCalledByAddress(t *testing.T) {
	for _, c := range []struct {
		local, host string
		want        bool
	}{
		{"192.168.7.4", "192.168.7.4:8780", true}, {"192.168.7.4", "192.168.7.4", true}, {"::ffff:192.168.7.4", "192.168.7.4", true},
		{"fd00::7", "[fd00::7]:8780", true}, {"fe80::7%eth0", "[fe80::7]", true},
		{"192.168.7.4", "192.168.7.5", false}, {"192.168.7.4", "192.168.7.4.evil.example", false}, {"192.168.7.4", "evil.example", false},
		{"192.168.7.4", "[::ffff:192.168.7.4]", false}, {"192.168.7.4", "0xc0a80704", false}, {"192.168.7.4", "3232237316", false}, {"192.168.7.4", "", false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = c.host
		at := net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(c.local), 8780))
		if got := calledByAddress(r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, at))); got != c.want {
			t.Errorf("at %s, called %q: %v", c.local, c.host, got)
		}
		if calledByAddress(r) {
			t.Errorf("%q by a way that has no address", c.host)
		}
	}
}
