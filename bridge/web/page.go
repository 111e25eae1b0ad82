package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed page/built
var embedded embed.FS

// built is the chat page as it was built.
func built() fs.FS {
	sub, err := fs.Sub(embedded, "page/built")
	if err != nil {
		panic(err) // the path above is wrong
	}
	return sub
}

// A page is the files that a browser may have.
type page struct {
	files map[string]*asset
}

// An asset is one file, and the same compressed where that was built too.
type asset struct {
	kind, tag   string
	plain, gzip []byte
}

func newPage(files fs.FS) *page {
	p := &page{files: make(map[string]*asset)}
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".gz") {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(text)
		a := &asset{kind: kindOf(name), tag: hex.EncodeToString(sum[:12]), plain: text}
		a.gzip, _ = fs.ReadFile(files, name+".gz")
		p.files["/"+name] = a
		return nil
	})
	return p
}

func kindOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".webmanifest":
		return "application/manifest+json"
	case ".woff2":
		return "font/woff2"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// servePage answers everything outside of /api/. The pages of the program are
// all the same file; the script looks at the address.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		s.writeProblem(w, r, wrongVerb.say("", "Files are only read. The API is at /api/v1/."))
		return
	}
	name := r.URL.Path
	if name == "/" || name == pageWithin || name == "/handset" && s.c.Lab != nil {
		name = "/index.html"
	}
	a := s.page.files[name]
	if a == nil {
		s.writeProblem(w, r, notFound.say("", "There is nothing at %s. The page is at /, the API at /api/v1/.", r.URL.Path))
		return
	}
	if name == portalScript {
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	a.serve(w, r)
}

// What is for portals: the page that they show within theirs, one conversation
// in it, and the script of the element that does so, which alone of all files
// other pages may load.
const (
	pageWithin   = "/embed"
	portalScript = "/portal.js"
)

// serve lets the browser keep the file and ask each time whether it is still
// the same; an answer to that is one packet.
func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	text, tag := a.plain, a.tag
	if a.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			text, tag = a.gzip, a.tag+"-gz"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", `"`+tag+`"`)
	if strings.Contains(r.Header.Get("If-None-Match"), `"`+tag+`"`) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(text)
	}
}
