package bridge

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// floors says which of our own packages each package may import, and which of
// other people's. The standard library is free to all. It is the table of this
// package's comment.
var floors = map[string][]string{
	"pdu":             {},
	"modem/at":        {},
	"modem/profile":   {},
	"storage/plan":    {},
	"storage":         {"storage/plan"},
	"bridge/schema":   {},
	"modem":           {"pdu", "modem/at", "modem/profile", "modem/usb", "go.bug.st/serial", "golang.org/x/sys/unix", "github.com/warthog618/modem"},
	"modem/usb":       {"modem/profile", "golang.org/x/sys/unix"},
	"modem/simulator": {"pdu", "modem/at", "github.com/creack/pty", "golang.org/x/sys/unix"},
	"storage/sqlite":  {"storage", "github.com/mattn/go-sqlite3", "golang.org/x/sys/unix"},
	"modem/doctor":    {"modem", "modem/profile", "modem/usb"},
	"bridge/gateway":  {"modem", "modem/doctor", "modem/profile", "pdu", "storage"},
	"bridge/web":      {"bridge/exchange", "bridge/schema", "storage", "github.com/gorilla/websocket", "golang.org/x/crypto/argon2"},
	"bridge/exchange": {"storage"},
	"bridge/history":  {"bridge/exchange", "storage", "github.com/mattn/go-sqlite3"},
	"bridge/hook":     {"storage"},
	"bridge/conform":  {"bridge/schema", "github.com/gorilla/websocket"},
	"bridge/offer":    {"storage"},
	"bridge/bulk":     {"storage"},
	"bridge/trust":    {"rsc.io/qr"},
	"bridge/mdns":     {},
	"bridge/client":   {"storage", "github.com/gorilla/websocket"},
	"bridge":          {"bridge/gateway", "bridge/web", "bridge/hook", "bridge/offer", "bridge/bulk", "storage"},
	"cmd/smsbridge":   {"*"},
}

func TestFloors(t *testing.T) {
	found := imports(t, "..")
	if len(found) < 8 {
		t.Fatalf("only %d packages were found: the test does not see the house", len(found))
	}
	for _, wrong := range trespassers(found) {
		t.Error(wrong)
	}
	t.Run("negative control", func(t *testing.T) {
		planted := maps.Clone(found)
		planted["storage"] = append(slices.Clone(found["storage"]), "smsbridge/bridge/web")
		planted["pdu"] = append(slices.Clone(found["pdu"]), "github.com/warthog618/sms")
		if n := len(trespassers(planted)) - len(trespassers(found)); n != 2 {
			t.Fatalf("two planted imports that go up were answered with %d complaints", n)
		}
	})
}

// imports reads the imports of every package below root, tests left out.
func imports(t *testing.T, root string) map[string][]string {
	t.Helper()
	found := make(map[string][]string)
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			found[filepath.ToSlash(pkg)] = append(found[filepath.ToSlash(pkg)], strings.Trim(i.Path.Value, `"`))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// trespassers lists the imports that the table does not allow.
func trespassers(found map[string][]string) []string {
	var wrong []string
	for _, pkg := range slices.Sorted(maps.Keys(found)) {
		allowed, known := floors[pkg]
		if !known {
			wrong = append(wrong, fmt.Sprintf("%s is a room that the table does not know", pkg))
			continue
		}
		for _, i := range found[pkg] {
			if !mayImport(allowed, i) {
				wrong = append(wrong, fmt.Sprintf("%s may not import %s", pkg, i))
			}
		}
	}
	return wrong
}

func mayImport(allowed []string, imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	own, isOwn := strings.CutPrefix(imported, "smsbridge/")
	if !isOwn && !strings.Contains(first, ".") {
		return true // the standard library
	}
	for _, a := range allowed {
		if a == "*" || a == own || a == imported || (!isOwn && strings.HasPrefix(imported, path.Clean(a)+"/")) {
			return true
		}
	}
	return false
}
