package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// An edition is a box whose page can be another one from one moment to the next,
// as after a new program was installed. It alters the files on their way.
type edition struct {
	build string // of the program that is tested

	mu    sync.Mutex // guards files
	files map[string][]byte
}

const pageBuild = `document.querySelector("meta[name=build]").content`

// newEdition stands before the box at an address and answers its own.
func newEdition(t *testing.T, box string) (v *edition, at string) {
	t.Helper()
	to, err := url.Parse(box)
	if err != nil {
		t.Fatal(err)
	}
	v = &edition{}
	_, after, _ := bytes.Cut(v.fetch(t, box, "/"), []byte(`<meta name="build" content="`))
	build, _, found := bytes.Cut(after, []byte(`"`))
	if !found || len(build) != 16 {
		t.Fatalf("the page names no build: %q", build)
	}
	v.build = string(build)
	door := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
			r.Out.Header.Del("If-None-Match")
			r.Out.Header.Del("Accept-Encoding")
		},
		ModifyResponse: v.alter,
	})
	t.Cleanup(door.Close)
	return v, door.URL
}

func (v *edition) fetch(t *testing.T, box, path string) []byte {
	t.Helper()
	answer, err := http.Get(box + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", path, answer.Status, err)
	}
	return text
}

func (v *edition) alter(r *http.Response) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	text, ok := v.files[r.Request.URL.Path]
	r.Header.Del("ETag")
	if !ok {
		return nil
	}
	r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(text))
	r.ContentLength = int64(len(text))
	r.Header.Set("Content-Length", strconv.Itoa(len(text)))
	r.Header.Del("Content-Encoding")
	return nil
}

// install makes the page another build with another sheet. With torn, the worker
// names the old sheet's hash: what it finds is not what was built.
func (v *edition) install(t *testing.T, box, build string, torn bool) {
	t.Helper()
	index, sheet, worker := v.fetch(t, box, "/"), v.fetch(t, box, "/page.css"), v.fetch(t, box, "/sw.js")
	newIndex := bytes.Replace(index, []byte(v.build), []byte(build), 1)
	newSheet := append(bytes.Clone(sheet), "\n/* another */"...)
	pairs := []string{v.build, build, integrity(index), integrity(newIndex)}
	if !torn {
		pairs = append(pairs, integrity(sheet), integrity(newSheet))
	}
	for i := 0; i < len(pairs); i += 2 {
		if !bytes.Contains(worker, []byte(pairs[i])) {
			t.Fatalf("the worker does not hold %s", pairs[i])
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.files = map[string][]byte{"/": newIndex, "/page.css": newSheet, "/sw.js": []byte(strings.NewReplacer(pairs...).Replace(string(worker)))}
}

// integrity is a hash as Subresource Integrity writes it (W3C, 3.5).
func integrity(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// TestPageRenewed_N10: a new program's page takes the place of the kept one as
// soon as the box is back, and says so to who has the old one open; what was not
// built together is never kept.
func TestPageRenewed_N10(t *testing.T) {
	chromium := findChromium(t)
	box, code := startDemo(t)
	v, at := newEdition(t, box)
	g := newGate(t, at)
	desk := newBrowser(t, chromium)
	signIn(t, desk, g.url(), code)
	talk(t, desk, box)
	settled(desk, "Thank you!")
	kept := func() string { return strings.Join(eval[[]string](desk, `caches.keys()`), " ") }
	first := kept()
	if want := "smsbridge." + v.build; first != want {
		t.Fatalf("kept as %q, want %q", first, want)
	}

	t.Run("control: a file that is not the one that was built is not kept", func(t *testing.T) {
		desk := desk.in(t)
		v.install(t, box, "0000000000000000", true)
		failed := eval[string](desk, `navigator.serviceWorker.ready.then(r => r.update()).then(r => new Promise(done => {
			const w = r.installing;
			if (!w) done("nothing new");
			else w.addEventListener("statechange", () => done(w.state));
		}), e => e.name)`)
		if now := kept(); failed != "redundant" || now != first {
			t.Errorf("the worker became %s, kept is %s", failed, now)
		}
	})

	desk.typeInto("#composer", "Half a sen")
	v.install(t, box, "feedfeedfeedfeed", false)
	g.shut() // as a box does that starts again
	desk.until(`document.querySelector(".connection.lost")`)
	g.unlock()
	desk.until(`document.querySelector(".ask-bar")?.textContent.startsWith("A new version of this page is here.")`)
	desk.comes(`caches.keys().then(k => k.join() === "smsbridge.feedfeedfeedfeed")`)
	if now := eval[string](desk, pageBuild); now != v.build {
		t.Errorf("the page was loaded anew by itself, as %s", now)
	}
	picture(desk, "renewed")
	press(desk, ".ask-bar", "Load it")
	desk.until(`document.querySelector("meta[name=build]")?.content === "feedfeedfeedfeed" && document.querySelector("#composer")?.value === "Half a sen"`)
	desk.until(`document.querySelector(".connection.live") && !document.querySelector(".ask-bar")`)
	g.shut()
	desk.do(chromedp.Reload())
	desk.until(`document.querySelector("meta[name=build]")?.content === "feedfeedfeedfeed" && document.querySelector(".scroll .kept")`)
	desk.quiet(t)
}
