package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
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

// An asset is one file, and the same compressed where that was built too. It is
// read when it is asked for: most boxes are never asked for most files.
type asset struct {
	files       fs.FS
	kind        string
	plain, gzip string        // names; gzip is empty where it was not built
	tag         func() string // the first octets of the SHA-256 of plain
}

func newPage(files fs.FS) *page {
	p := &page{files: make(map[string]*asset)}
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".gz") {
			return err
		}
		a := &asset{files: files, kind: kindOf(name), plain: name}
		if _, err := fs.Stat(files, name+".gz"); err == nil {
			a.gzip = name + ".gz"
		}
		a.tag = sync.OnceValue(a.sum)
		p.files["/"+name] = a
		return nil
	})
	return p
}

func (a *asset) sum() string {
	hash := sha256.New()
	if file, err := a.files.Open(a.plain); err == nil {
		_, _ = io.Copy(hash, file)
		_ = file.Close()
	}
	return hex.EncodeToString(hash.Sum(nil)[:12])
}

// kindOf is the media type of each kind of file that is built. The system's own
// table of them is not read: it differs from box to box.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".woff2":
		return "font/woff2"
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
	name, tag := a.plain, a.tag()
	if a.gzip != "" {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			name, tag = a.gzip, tag+"-gz"
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
	a.send(w, r, name)
}

func (a *asset) send(w http.ResponseWriter, r *http.Request, name string) {
	file, err := a.files.Open(name)
	if err != nil {
		panic(err) // it was there when the page was made
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil {
		w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
	}
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, file)
	}
}
