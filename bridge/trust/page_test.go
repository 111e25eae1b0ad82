package trust

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/pem"
	"encoding/xml"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"rsc.io/qr"
)

// trustPage serves the page of a box on loopback and answers how to get from it.
func trustPage(t *testing.T, canonical string) (l *Local, get func(path string, header ...string) (*http.Response, string)) {
	t.Helper()
	l = openLocal(t, t.TempDir(), "desk-pi.local")
	server := httptest.NewServer(Page(l, canonical))
	t.Cleanup(server.Close)
	return l, func(path string, header ...string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequest("GET", server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
			if header[i] == "Host" {
				r.Host = header[i+1]
			}
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(body)
	}
}

func TestPage(t *testing.T) {
	l, get := trustPage(t, "")
	answer, text := get("/trust", "User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)")
	for _, want := range []string{
		groups(Hex(Fingerprint(l.Root())))[7], Pin(l.Root()), "smsbridge desk-pi", "192.168.0.0/16", "Certificate Trust Settings", "<details open>\n<summary>iPhone",
	} {
		if !strings.Contains(strings.ReplaceAll(text, "&#43;", "+"), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(text, "<details open>"); n != 1 {
		t.Errorf("%d chapters are open, want the reader's own", n)
	}
	if p := answer.Header.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none';") || strings.Contains(p, "script") || strings.Contains(p, "unsafe") {
		t.Errorf("policy %s", p)
	}
	t.Run("it works under its own policy", func(t *testing.T) {
		if inline := regexp.MustCompile(`(?i)<script|<style|\son\w+=|\sstyle=|javascript:`).FindString(text); inline != "" {
			t.Errorf("the page wants %q, which the policy forbids", inline)
		}
		for _, m := range regexp.MustCompile(`(?:href|src)="(/[^"]*)"`).FindAllStringSubmatch(text, -1) {
			if answer, _ := get(m[1]); answer.StatusCode != 200 {
				t.Errorf("%s: %s", m[1], answer.Status)
			}
		}
	})
	t.Run("nothing of a request is repeated but the port", func(t *testing.T) {
		_, text := get("/trust?<b>x", "Host", "evil.example:99", "User-Agent", "<i>agent", "Referer", "http://evil.example/")
		if strings.Contains(text, "evil") || strings.Contains(text, "<b>x") || strings.Contains(text, "<i>agent") || !strings.Contains(text, "https://127.0.0.1:99/") {
			t.Error("a stranger's words stand on the page, or the port does not")
		}
	})
	t.Run("a canonical name", func(t *testing.T) {
		_, get := trustPage(t, "desk.example")
		if _, text := get("/trust", "Host", "10.0.0.1:8780"); !strings.Contains(text, `href="https://desk.example:8780/"`) {
			t.Error("it is not where the page sends people")
		}
	})
	if answer, _ := get("/trust/intermediate.key"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("the key: %s", answer.Status)
	}
}

// What is downloaded is the root in each form, and nothing more.
func TestPage_downloads(t *testing.T) {
	l, get := trustPage(t, "")
	root := l.Root().Raw
	for path, of := range map[string]func(string) []byte{
		"/trust/smsbridge.crt": func(s string) []byte { return []byte(s) },
		"/trust/smsbridge.pem": func(s string) []byte {
			block, rest := pem.Decode([]byte(s))
			if block == nil || len(rest) > 0 {
				return nil
			}
			return block.Bytes
		},
		"/trust/smsbridge.mobileconfig": payload,
	} {
		answer, text := get(path)
		if !bytes.Equal(of(text), root) {
			t.Errorf("%s is not the root", path)
		}
		if kind := answer.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/x-") {
			t.Errorf("%s is %s, which no system takes for a certificate", path, kind)
		}
		if strings.Contains(text, "PRIVATE") {
			t.Errorf("%s holds a key", path)
		}
	}
	other, _ := trustPage(t, "")
	if bytes.Equal(other.Root().Raw, root) { // control: the comparison above tells two boxes apart
		t.Error("two boxes have one root")
	}
	t.Run("the QR code leads to the page", func(t *testing.T) {
		answer, text := get("/trust/qr.png")
		picture, err := png.Decode(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		want := func(text string) string {
			c, err := qr.Encode(text, qr.M)
			if err != nil {
				t.Fatal(err)
			}
			return string(c.PNG())
		}
		here := "http://" + answer.Request.URL.Host + "/trust"
		if text != want(here) || text == want(here+"x") || picture.Bounds().Dx() < 100 {
			t.Errorf("the code does not say %s", here)
		}
	})
}

// payload takes the certificate out of a configuration profile.
func payload(text string) []byte {
	d := xml.NewDecoder(strings.NewReader(text))
	var found []byte
	for {
		token, err := d.Token()
		if err == io.EOF {
			return found
		}
		if err != nil {
			return nil
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "data" {
			var s string
			if d.DecodeElement(&s, &e) != nil || found != nil {
				return nil
			}
			if found, err = base64.StdEncoding.DecodeString(s); err != nil {
				return nil
			}
		}
	}
}

func TestProfile_hostile_name(t *testing.T) {
	a, err := Renew(t.TempDir(), "R&D</string><true/>", nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(payload(string(Profile(a.Root))), a.Root.Raw) || bytes.Contains(Profile(a.Root), []byte("<true/>")) {
		t.Error("a name breaks the profile")
	}
}

func TestPublic(t *testing.T) {
	for name, want := range map[string]bool{
		"sms.example.com": true, "SMS.Example.com": true, "desk-pi": false, "desk-pi.local": false, "box.lan": false, "a.home.arpa": false,
		"192.168.7.4": false, "": false, "a..b": false, "-a.example": false, "a_b.example": false, "https://x.example": false, "x.example:80": false,
	} {
		if Public(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

// A device whose name is beyond the authority's power is called by another one.
func TestPage_address_beyond(t *testing.T) {
	l := openLocal(t, t.TempDir(), "desk-pi.local")
	r := httptest.NewRequest("GET", "http://203.0.113.5:8780/trust", nil)
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.ParseIP("203.0.113.5"), Port: 8780}))
	w := httptest.NewRecorder()
	Page(l, "").ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), `href="https://desk-pi.local:8780/"`) {
		t.Error("people are sent to an address that the certificate cannot name")
	}
}
