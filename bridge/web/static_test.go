package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPage(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("let a = 1"))
	z.Close()
	b := newBox(t, func(s *Server) {
		s.page = newPage(fstest.MapFS{
			"index.html":       {Data: []byte("<!doctype html>")},
			"app.js":           {Data: []byte("let a = 1")},
			"app.js.gz":        {Data: packed.Bytes()},
			"app.css":          {Data: []byte("a{}")},
			"font.woff2":       {Data: []byte("f")},
			"site.webmanifest": {Data: []byte("{}")},
		})
	})
	for path, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/index.html": "text/html; charset=utf-8", "/app.js": "text/javascript; charset=utf-8",
		"/app.css": "text/css; charset=utf-8", "/font.woff2": "font/woff2", "/site.webmanifest": "application/manifest+json",
	} {
		answer, _ := b.ask(t, "GET", path, "")
		if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != kind {
			t.Errorf("%s: %d %s", path, answer.StatusCode, answer.Header.Get("Content-Type"))
		}
		again, text := b.ask(t, "GET", path, "", "If-None-Match", answer.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified || text != "" {
			t.Errorf("%s again: %d %s", path, again.StatusCode, text)
		}
	}
	for _, path := range []string{"/handset", "/app.js.gz", "/../server.go", "/.git/config", "/page/built/index.html", "/nothing"} {
		if answer, text := b.ask(t, "GET", path, ""); answer.StatusCode != 404 || problemOf(t, text).Detail == "" {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
	if answer, _ := b.ask(t, "POST", "/", "", "Origin", b.url); answer.StatusCode != 405 || answer.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d %v", answer.StatusCode, answer.Header)
	}
	if answer, text := b.ask(t, "HEAD", "/app.js", ""); answer.StatusCode != 200 || text != "" || answer.ContentLength != 9 {
		t.Errorf("HEAD: %d %q %d", answer.StatusCode, text, answer.ContentLength)
	}
	answer, text := b.ask(t, "GET", "/app.js", "", "Accept-Encoding", "gzip")
	if answer.Header.Get("Content-Encoding") != "gzip" || answer.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("packed: %v", answer.Header)
	}
	z2, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if plain, _ := io.ReadAll(z2); string(plain) != "let a = 1" {
		t.Errorf("unpacked: %s", plain)
	}
}

func TestPage_needs_no_session_and_shows_nothing(t *testing.T) {
	b := newBox(t)
	w := httptest.NewRecorder()
	b.Admin().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 200 {
		t.Errorf("the page on the Unix socket: %d", w.Code)
	}
	if answer, _ := b.ask(t, "GET", "/api/v1/health", ""); answer.StatusCode != 200 {
		t.Errorf("health: %d", answer.StatusCode)
	}
}
