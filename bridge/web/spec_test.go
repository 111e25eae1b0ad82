package web

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"smsbridge/bridge/schema"
	"smsbridge/storage"
)

var updateSpec = flag.Bool("update-spec", false, "read the words of the documents anew from the source")

// TestSpecFresh holds the embedded words against the source that they come
// from.
func TestSpecFresh(t *testing.T) {
	var w schema.Words
	for _, folder := range []string{".", "../../storage"} {
		if err := schema.ReadSource(folder, &w); err != nil {
			t.Fatal(err)
		}
	}
	s := newTestSpec(t)
	w.Docs = maps.Clone(w.Docs)
	maps.DeleteFunc(w.Docs, func(name, _ string) bool { return !s.set.Made(name) })
	maps.DeleteFunc(w.Enums, func(name string, _ []schema.Value) bool { return !s.set.Made(name) })
	got, err := json.MarshalIndent(w, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	path := filepath.Join("spec", "words.json")
	if *updateSpec {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if kept, err := os.ReadFile(path); err != nil || string(kept) != string(got) {
		t.Errorf("%s is not what the source says; run go test ./bridge/web -run '^TestSpecFresh$' -update-spec", path)
	}
}

func newTestSpec(t testing.TB) *spec {
	t.Helper()
	s, err := newSpec("0.0.0", methods, routes)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSheets: every method and route is told of in one sentence, with an
// example whose fields are those of its schema; and nothing is told of that is
// not there.
func TestSheets(t *testing.T) {
	s := newTestSpec(t)
	sheets, err := readSheets()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range s.entries {
		if e.Noun == "" {
			t.Errorf("spec/NOUN.txt says nothing of %s: add a section \"# %s\" with a sentence and an example", e.Name, e.Name)
			continue
		}
		delete(sheets, e.Name)
		if !strings.HasSuffix(e.Summary, ".") || strings.Contains(e.Summary, ". ") {
			t.Errorf("%s: %q is not one sentence", e.Name, e.Summary)
		}
		if e.Asks == nil {
			t.Errorf("%s has no example", e.Name)
			continue
		}
		for _, wrong := range s.set.Defs.CheckJSON(e.In, e.Asks) {
			t.Errorf("%s: the example that is asked: %s", e.Name, wrong)
		}
		if e.Raw != "" || strings.HasSuffix(e.Path, ".json") || e.Path == socketPath {
			continue
		}
		if e.Answers == nil {
			t.Errorf("%s has no example of its answer", e.Name)
			continue
		}
		for _, wrong := range s.set.Defs.CheckJSON(e.Out, e.Answers) {
			t.Errorf("%s: the example that is answered: %s", e.Name, wrong)
		}
	}
	for name := range sheets {
		t.Errorf("the documents tell of %s, which is not there", name)
	}
}

// TestSpec_replayed: what a key that comes again is answered with is in the
// documents too, whatever method it was.
func TestSpec_replayed(t *testing.T) {
	s := newTestSpec(t)
	keyed := 0
	for _, e := range s.entries {
		if !e.Keyed {
			continue
		}
		keyed++
		v, err := replayed(&storage.Idem{Answer: withoutSecrets(e.Answers, e.Name)})
		if err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
		for _, wrong := range s.set.Defs.CheckJSON(e.Out, encode(v)) {
			t.Errorf("%s, again: %s", e.Name, wrong)
		}
		if s.resolve(e.In).Properties.Of("idem") == nil {
			t.Errorf("%s takes a key, and its document has none", e.Name)
		}
	}
	if keyed < 20 {
		t.Errorf("%d methods take a key", keyed)
	}
}

// TestErrorKinds: the table of the documents has every kind of errors.go.
func TestErrorKinds(t *testing.T) {
	var declared int
	f, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			if c, ok := v.Values[0].(*ast.CompositeLit); ok {
				if name, ok := c.Type.(*ast.Ident); ok && name.Name == "kind" {
					declared++
				}
			}
		}
		return true
	})
	codes := make(map[string]int)
	for i, k := range errorKinds {
		if slices.Contains(errorKinds[:i], k) {
			t.Errorf("%s stands in the table twice", k.Type)
		}
		if code, known := codes[k.Type]; known && code != k.Code {
			t.Errorf("%s has the codes %d and %d", k.Type, code, k.Code)
		}
		codes[k.Type] = k.Code
	}
	if declared < 20 || declared != len(errorKinds) {
		t.Errorf("errors.go declares %d kinds, and errorKinds has %d: add the new one", declared, len(errorKinds))
	}
}

// TestEventTypes: the table of the documents has every type of storage.
func TestEventTypes(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "storage", "event.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	ast.Inspect(f, func(n ast.Node) bool {
		if g, ok := n.(*ast.GenDecl); ok && g.Tok == token.CONST {
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit)
				declared = append(declared, strings.Trim(v.Value, `"`))
			}
		}
		return true
	})
	var told []string
	for _, e := range eventTypes {
		told = append(told, e.name)
	}
	slices.Sort(declared)
	slices.Sort(told)
	if len(declared) < 10 || !slices.Equal(declared, told) {
		t.Errorf("storage declares %v\nthe documents tell of %v: add a row to eventTypes", declared, told)
	}
}

// TestHintTypes: the table of the documents has every kind of hint.
func TestHintTypes(t *testing.T) {
	var told []string
	for _, h := range hintTypes {
		told = append(told, h.kind)
	}
	if len(told) < 4 || !slices.Equal(told, hintKinds) {
		t.Errorf("there are %v\nthe documents tell of %v: add a row to hintTypes", hintKinds, told)
	}
}

// TestPapers: the documents are served to anybody, and the page needs neither
// script nor another host.
func TestPapers(t *testing.T) {
	b := newBox(t)
	for _, path := range []string{"/api/v1/openapi.json", "/api/v1/asyncapi.json"} {
		answer, text := b.ask(t, "GET", path, "")
		var v map[string]any
		if err := json.Unmarshal([]byte(text), &v); err != nil || answer.StatusCode != 200 {
			t.Fatalf("%s: %d %v", path, answer.StatusCode, err)
		}
		for _, ref := range regexp.MustCompile(`"\$ref": "#/([^"]+)"`).FindAllStringSubmatch(text, -1) {
			if !reaches(v, strings.Split(ref[1], "/")) {
				t.Errorf("%s refers to %s, which is not there", path, ref[1])
			}
		}
	}
	answer, page := b.ask(t, "GET", "/api/v1/reference", "")
	policy := answer.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
		t.Errorf("the policy is %q", policy)
	}
	if found := regexp.MustCompile(`(?i)<script|<link|<img|\son\w+=|style="|url\(|(src|href)="(https?:)?//`).FindAllString(page, -1); found != nil {
		t.Errorf("the page has %q", found)
	}
	for _, e := range newTestSpec(t).entries {
		if !strings.Contains(page, `id="`+anchor(e.Name)+`"`) {
			t.Errorf("the page says nothing of %s", e.Name)
		}
	}
	for _, link := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `id="`+link[1]+`"`) {
			t.Errorf("a link leads to #%s, which is not there", link[1])
		}
	}
}

// reaches tells whether a JSON pointer leads to something.
func reaches(v any, way []string) bool {
	for _, step := range way {
		o, ok := v.(map[string]any)
		if !ok {
			return false
		}
		if v, ok = o[step]; !ok {
			return false
		}
	}
	return true
}
