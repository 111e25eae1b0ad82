package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"smsbridge/bridge/trust"
)

// office is serve as a box on a LAN runs it, except that it listens on loopback.
type office struct {
	url, folder, admin string
	log                *lockedBuffer
}

func newOffice(t *testing.T, args ...string) office {
	t.Helper()
	o := office{folder: t.TempDir(), log: new(lockedBuffer)}
	o.admin = filepath.Join(o.folder, "admin.sock")
	out, in := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	var serving sync.WaitGroup
	serving.Go(func() {
		defer in.Close()
		run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0", "--modem", "simulator:1", "--name", "desk-pi",
			"--db", filepath.Join(o.folder, "ledger.db"), "--admin", o.admin}, args...), nil, in, o.log)
	})
	t.Cleanup(serving.Wait)
	t.Cleanup(stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ready := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if err != nil || !ready {
		t.Fatalf("serve says %q, %v\n%s", line, err, o.log)
	}
	serving.Go(func() { io.Copy(io.Discard, out) })
	o.url = url
	return o
}

// host is where it listens, whatever it is called.
func (o office) host(t *testing.T) string {
	t.Helper()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(strings.TrimPrefix(o.url, "https://"), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// root is what people trust.
func (o office) root(t *testing.T) *x509.Certificate {
	t.Helper()
	c, err := trust.ReadRoot(filepath.Join(o.folder, "tls"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// browser trusts the box, finds every name at its address, and stays where it is sent.
func (o office) browser(t *testing.T) *http.Client {
	pool := x509.NewCertPool()
	pool.AddCert(o.root(t))
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, o.host(t))
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// asked is an answer with its body.
func asked(t *testing.T, c *http.Client, verb, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(verb, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	answer, err := c.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", verb, url, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

// The way of TLS that each set of flags means, and which sets are refused.
func TestTLSSettings(t *testing.T) {
	for _, c := range []struct {
		name            string
		s               tlsSettings
		local, insecure bool
		want            string // mode, or what the refusal says
	}{
		{"on the box itself", tlsSettings{mode: tlsAuto}, true, false, tlsOff},
		{"on a LAN", tlsSettings{mode: tlsAuto}, false, false, tlsLocal},
		{"on a LAN, in the clear by a word", tlsSettings{mode: tlsAuto}, false, true, tlsOff},
		{"in the clear without the word", tlsSettings{mode: tlsOff}, false, false, "--insecure"},
		{"off on the box itself", tlsSettings{mode: tlsOff}, true, false, tlsOff},
		{"local on the box itself", tlsSettings{mode: tlsLocal}, true, false, tlsLocal},
		{"files win", tlsSettings{mode: tlsAuto, cert: "a", key: "b"}, false, true, tlsFiles},
		{"files on the box itself", tlsSettings{mode: tlsAuto, cert: "a", key: "b"}, true, false, tlsFiles},
		{"half a pair", tlsSettings{mode: tlsAuto, cert: "a"}, false, false, "tls-key"},
		{"no pair", tlsSettings{mode: tlsFiles}, false, false, "both"},
		{"files that nobody reads", tlsSettings{mode: tlsOff, cert: "a", key: "b"}, true, false, "not used"},
		{"another way", tlsSettings{mode: "on"}, true, false, "none of"},
		{"a name that is an address", tlsSettings{mode: tlsAuto, canonical: "https://desk"}, true, false, "canonical"},
		{"HSTS for a LAN name", tlsSettings{mode: tlsAuto, cert: "a", key: "b", canonical: "desk-pi.local", hsts: true}, false, false, "hsts"},
		{"HSTS for the box's own authority", tlsSettings{mode: tlsLocal, canonical: "sms.example.com", hsts: true}, false, false, "hsts"},
		{"HSTS for no name", tlsSettings{mode: tlsAuto, cert: "a", key: "b", hsts: true}, false, false, "hsts"},
		{"HSTS", tlsSettings{mode: tlsAuto, cert: "a", key: "b", canonical: "sms.example.com", hsts: true}, false, false, tlsFiles},
	} {
		mode, err := c.s.resolve(c.local, c.insecure)
		if mode != c.want && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %q, %v; want %q", c.name, mode, err, c.want)
		}
	}
	for text, ok := range map[string]bool{
		"127.0.0.1": true, "10.0.0.0/24": true, "fd00::/8": true, "::1": true,
		"0.0.0.0/0": false, "::/0": false, "proxy": false, "10.0.0.0/33": false, "": false,
	} {
		s := tlsSettings{proxies: []string{text}}
		if _, err := s.networks(); (err == nil) != ok {
			t.Errorf("--trusted-proxy %q: %v", text, err)
		}
	}
}

// A box on a LAN as a small office has it: nothing was set up, and each device
// trusts it once.
func TestServe_TLS(t *testing.T) {
	o := newOffice(t, "--tls", "local")
	host := o.host(t)
	if o.url != "https://"+host {
		t.Errorf("ready at %s", o.url)
	}
	desk := o.browser(t)
	t.Run("plain HTTP has the trust page, the health and the way to TLS, and nothing else", func(t *testing.T) {
		for _, c := range []struct {
			verb, path string
			status     int
			want       string
		}{
			{"GET", "/trust", 200, "SHA-256 fingerprint"},
			{"GET", "/trust/smsbridge.pem", 200, "BEGIN CERTIFICATE"},
			{"GET", "/api/v1/health", 200, `{"ok":true}`},
			{"GET", "/", 307, ""}, {"GET", "/page.js", 307, ""}, {"GET", "/api/v1/session", 307, ""}, {"GET", "/api/v1/lines", 307, ""},
			{"GET", "/trust/../api/v1/session", 307, ""}, {"GET", "/trust/../../", 307, ""}, {"GET", "/trustworthy", 307, ""},
			{"GET", "/api/v1/lab/handsets", 307, ""},
			{"POST", "/api/v1/session", 400, "HTTPS"}, {"POST", "/api/v1/pair", 400, "HTTPS"}, {"DELETE", "/api/v1/session", 400, "HTTPS"},
			{"POST", "/api/v1/health", 400, "HTTPS"},
		} {
			answer, text := asked(t, desk, c.verb, "http://"+host+c.path, "")
			if answer.StatusCode != c.status || !strings.Contains(text, c.want) || answer.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s %s: %s %.80q", c.verb, c.path, answer.Status, text)
			}
			if c.status == 307 && !strings.HasPrefix(answer.Header.Get("Location"), "https://"+host+"/") {
				t.Errorf("%s: sent to %s", c.path, answer.Header.Get("Location"))
			}
		}
		// Control: the same question by TLS is answered.
		if answer, text := asked(t, desk, "GET", "https://"+host+"/api/v1/session", ""); answer.StatusCode != 200 || !strings.Contains(text, "signed_in") {
			t.Errorf("by TLS: %s %s", answer.Status, text)
		}
	})
	t.Run("a foreign Host on the TLS port", func(t *testing.T) {
		for name, status := range map[string]int{
			"evil.example": 421, "localhost.evil.example": 421, "10.0.0.8": 421, "127.0.0.2": 421, "desk-pi.evil.example": 421, "[::1]:80": 200, // the box itself
			"127.0.0.1": 200, "127.0.0.1:1": 200, "localhost": 200,
		} {
			if answer, _ := asked(t, desk, "GET", "https://"+host+"/api/v1/session", "", "Host", name); answer.StatusCode != status {
				t.Errorf("%s: %s, want %d", name, answer.Status, status)
			}
		}
	})
	t.Run("the cookie never crosses in the clear", func(t *testing.T) {
		signs := func(o office, url string) *http.Cookie {
			code := regexp.MustCompile(`#code=([A-Z-]+)`).FindStringSubmatch(o.log.String())[1]
			answer, text := asked(t, desk, "POST", url+"/api/v1/session", `{"code":"`+code+`","name":"Ana"}`, "Origin", url)
			if answer.StatusCode != 200 || len(answer.Cookies()) != 1 {
				t.Fatalf("sign in: %s %s", answer.Status, text)
			}
			return answer.Cookies()[0]
		}
		if c := signs(o, "https://"+host); !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode {
			t.Errorf("the cookie is %v", c)
		}
		plain := newOffice(t) // control: where there is no TLS it could not be Secure
		desk = http.DefaultClient
		if c := signs(plain, plain.url); c.Secure {
			t.Error("Secure everywhere: this test sees nothing")
		}
		desk = o.browser(t)
	})
	t.Run("no HSTS, which would shut the trust page", func(t *testing.T) {
		if answer, _ := asked(t, desk, "GET", "https://"+host+"/", ""); answer.Header.Get("Strict-Transport-Security") != "" {
			t.Error(answer.Header)
		}
	})
	t.Run("who does not trust the box is warned", func(t *testing.T) {
		if _, err := http.Get("https://" + host + "/"); err == nil {
			t.Error("the box was believed by everybody")
		}
	})
	t.Run("its secrets are its own", func(t *testing.T) {
		for name, mode := range map[string]os.FileMode{"tls": 0o700, "tls/intermediate.key": 0o600} {
			if info, err := os.Stat(filepath.Join(o.folder, name)); err != nil || info.Mode().Perm() != mode {
				t.Errorf("%s: %v %v", name, info, err)
			}
		}
		key, _ := os.ReadFile(filepath.Join(o.folder, "tls", "intermediate.key"))
		if block, _ := pem.Decode(key); block == nil || strings.Contains(o.log.String(), string(key[40:80])) {
			t.Error("the key stands in the log")
		}
	})
}

// The verbs from elsewhere: by the pin, and not without one.
func TestServe_pin(t *testing.T) {
	o := newOffice(t, "--tls", "local")
	_, token, errs := verb("", "token", "create", "--label", "elsewhere", "--scope", "lines:read", "-q", "--admin", o.admin)
	if token == "" {
		t.Fatal(errs)
	}
	t.Setenv("SMSBRIDGE_TOKEN", strings.TrimSpace(token))
	another := newOffice(t, "--tls", "local")
	pin := trust.Pin(o.root(t))
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"its pin", []string{"--pin", pin}, 0, "+1555"},
		{"none", nil, exitDenied, "--pin"},
		{"that of another box", []string{"--pin", trust.Pin(another.root(t))}, exitDenied, "smsbridge trust show"},
		{"half of one", []string{"--pin", pin[:20]}, exitUsage, "43 letters"},
	} {
		code, out, errs := verb("", append([]string{"line", "list", "--url", "https://" + o.host(t)}, c.args...)...)
		if code != c.code || !strings.Contains(out+errs, c.want) {
			t.Errorf("%s: exit %d, want %d with %q: %s%s", c.name, code, c.code, c.want, out, errs)
		}
	}
	t.Run("pairing tells a program what to pin", func(t *testing.T) {
		if _, text := asked(t, o.browser(t), "POST", "https://"+o.host(t)+"/api/v1/pair", `{"name":"till"}`); !strings.Contains(text, `"box_key":"`+pin+`"`) {
			t.Errorf("%s lacks %s", text, pin)
		}
	})
}

func TestServe_canonical(t *testing.T) {
	o := newOffice(t, "--tls", "local", "--canonical", "Desk.example", "--host", "other.example")
	desk := o.browser(t)
	_, port, _ := net.SplitHostPort(o.host(t))
	if o.url != "https://desk.example:"+port {
		t.Errorf("ready at %s", o.url)
	}
	for from, want := range map[string]string{
		"https://other.example:" + port + "/a?b": "https://desk.example:" + port + "/a?b",
		"http://other.example:" + port + "/a":    "https://desk.example:" + port + "/a",
		"http://evil.example/":                   "https://desk.example/",
		"https://desk.example:" + port + "/":     "",
	} {
		if answer, _ := asked(t, desk, "GET", from, ""); answer.Header.Get("Location") != want {
			t.Errorf("%s is sent to %q, want %q", from, answer.Header.Get("Location"), want)
		}
	}
	for name, status := range map[string]int{"desk.example": 200, "other.example": 200, strings.ToLower(hostname()) + ".local": 421} {
		if answer, _ := asked(t, desk, "GET", "https://desk.example/api/v1/session", "", "Host", name); answer.StatusCode != status {
			t.Errorf("the API by %s: %s, want %d", name, answer.Status, status)
		}
	}
}

// The address that tries are counted by is the proxy's word only where that was asked for.
func TestServe_trusted_proxy(t *testing.T) {
	from := func(o office) string {
		answer, text := asked(t, http.DefaultClient, "POST", o.url+"/api/v1/pair", `{"name":"till"}`, "Host", "desk.example",
			"X-Forwarded-For", "203.0.113.9", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "desk.example")
		code := regexp.MustCompile(`[A-Z]{4}-[A-Z]{4}`).FindString(text)
		if answer.StatusCode != 200 || code == "" {
			t.Fatalf("%s %s", answer.Status, text)
		}
		_, out, errs := verb("", "agent", "pair", "show", code, "--admin", o.admin)
		return out + errs
	}
	stranger := newOffice(t, "--host", "desk.example", "--trusted-proxy", "10.0.0.1")
	if said := from(stranger); !strings.Contains(said, "at 127.0.0.1 ") || strings.Contains(said, "203.0.113.9") {
		t.Errorf("a stranger's X-Forwarded-For was believed: %s", said)
	}
	proxy := newOffice(t, "--canonical", "desk.example", "--trusted-proxy", "127.0.0.1")
	if said := from(proxy); !strings.Contains(said, "at 203.0.113.9 ") {
		t.Errorf("the proxy that was named is not believed: %s", said) // and so the check above sees something
	}
}

// The recipe of README with a proxy: what desks get is as if the box spoke TLS
// itself under its canonical name.
func TestServe_behind_a_proxy(t *testing.T) {
	o := newOffice(t, "--trusted-proxy", "127.0.0.1", "--canonical", "sms.example.com")
	at, err := url.Parse("http://" + o.host(t))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(at)
		r.Out.Host = r.In.Host
		r.SetXForwarded()
	}})
	defer proxy.Close()
	code := regexp.MustCompile(`#code=([A-Z-]+)`).FindStringSubmatch(o.log.String())[1]
	answer, text := asked(t, proxy.Client(), "POST", proxy.URL+"/api/v1/session", `{"code":"`+code+`","name":"Ana"}`,
		"Host", "sms.example.com", "Origin", "https://sms.example.com")
	if answer.StatusCode != 200 || len(answer.Cookies()) != 1 || !answer.Cookies()[0].Secure {
		t.Errorf("sign in: %s %s %v", answer.Status, text, answer.Cookies())
	}
	page, _ := asked(t, proxy.Client(), "GET", proxy.URL+"/", "", "Host", "sms.example.com")
	if p := page.Header.Get("Content-Security-Policy"); page.StatusCode != 200 || !strings.Contains(p, " wss://sms.example.com") {
		t.Errorf("the page: %s, policy %s", page.Status, p)
	}
	if answer, _ := asked(t, proxy.Client(), "GET", proxy.URL+"/api/v1/session", "", "Host", "evil.example"); answer.StatusCode != 421 {
		t.Errorf("a foreign Host through the proxy: %s", answer.Status)
	}
}

// pairFiles writes a certificate for names, signed by an authority of its own.
func pairFiles(t *testing.T, folder string, names ...string) (cert, key string, root *x509.Certificate) {
	t.Helper()
	a, err := trust.Renew(t.TempDir(), "elsewhere", names)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := a.Leaf(names)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(folder, "desk.crt"), filepath.Join(folder, "desk.key")
	chain := slices.Concat(trust.PEM(pair.Leaf), trust.PEM(a.Intermediate))
	for name, text := range map[string][]byte{cert: chain, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key, a.Root
}

func TestServe_files(t *testing.T) {
	folder := t.TempDir()
	cert, key, _ := pairFiles(t, folder, "sms.example.com")
	o := newOffice(t, "--tls-cert", cert, "--tls-key", key, "--canonical", "sms.example.com", "--hsts")
	presents := func() []byte {
		c, err := tls.Dial("tcp", o.host(t), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].Raw
	}
	first := presents()
	if _, err := os.Stat(filepath.Join(o.folder, "tls")); err == nil {
		t.Error("an authority of the box's own was made, which nobody needs")
	}
	insecure := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer insecure.CloseIdleConnections()
	if answer, _ := asked(t, insecure, "GET", "https://"+o.host(t)+"/", "", "Host", "sms.example.com"); answer.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS, though it was asked for")
	}
	if answer, _ := asked(t, insecure, "GET", "https://"+o.host(t)+"/trust", "", "Host", "sms.example.com"); answer.StatusCode != 404 {
		t.Errorf("/trust, where there is nothing to trust: %s", answer.Status)
	}
	pairFiles(t, folder, "sms.example.com")
	later := time.Now().Add(time.Minute)
	os.Chtimes(cert, later, later)
	if bytes.Equal(presents(), first) {
		t.Error("the new certificate waits for a restart")
	}
	if code, _, errs := verb("", "serve", "--db", filepath.Join(folder, "other.db"), "--tls-cert", cert+"x", "--tls-key", key); code != exitError || !strings.Contains(errs, cert+"x") {
		t.Errorf("no such file: exit %d, %s", code, errs)
	}
}
