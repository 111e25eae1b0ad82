package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// The page is built here, from page/src and page/vendor, so that nobody needs
// Node and the product needs no bundler: built files are committed, and this
// test says when they are not what the sources make.
//
//	go test ./bridge/web -run TestPageBuilt -update-page

var updatePage = flag.Bool("update-page", false, "write page/built instead of comparing with it")

const (
	pageSrc    = "page/src"
	pageVendor = "page/vendor"
	pageBuilt  = "page/built"

	scriptBudget = 60_000 // compressed octets
	styleBudget  = 15_000
)

// vendored is one row of page/vendor/manifest.json.
type vendored struct {
	Package string            `json:"package"`
	Version string            `json:"version"`
	Licence string            `json:"licence"`
	Modules map[string]string `json:"modules"` // what is imported, and its file
	SHA256  map[string]string `json:"sha256"`  // every file, and its hash
}

func manifest(t *testing.T) []vendored {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(pageVendor, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []vendored
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		t.Fatal("the manifest names no package")
	}
	return rows
}

func TestPageBuilt(t *testing.T) {
	made := buildPage(t)
	if *updatePage {
		writePage(t, made)
	}
	committed := make(map[string][]byte)
	for name, text := range filesOf(t, pageBuilt) {
		if plain, ok := strings.CutSuffix(name, ".gz"); ok {
			// Compressors may differ from one Go to the next; what comes out may not.
			if !bytes.Equal(unzip(t, name, text), made[plain]) {
				t.Errorf("%s is not the compressed form of what the sources make; run make generate", name)
			}
			continue
		}
		committed[name] = text
	}
	for name, text := range made {
		if !bytes.Equal(committed[name], text) {
			t.Errorf("page/built/%s is not what the sources make; run make generate", name)
		}
	}
	for name := range committed {
		if made[name] == nil {
			t.Errorf("page/built/%s is made from nothing; run make generate", name)
		}
	}
}

func TestPageBudget(t *testing.T) {
	built := filesOf(t, pageBuilt)
	first := firstScripts(built)
	if len(first) == 0 || !slices.Contains(first, "page.js") {
		t.Fatalf("the first scripts are %q", first)
	}
	script := 0
	for _, name := range first {
		script += len(zip(t, built[name]))
	}
	rest := 0
	for name, text := range built {
		if strings.HasSuffix(name, ".js") && !slices.Contains(first, name) {
			rest += len(zip(t, text))
		}
	}
	style := len(zip(t, built["page.css"]))
	t.Logf("compressed octets: script %d in %d files, rooms %d more when they are visited, style %d", script, len(first), rest, style)
	if script > scriptBudget {
		t.Errorf("the script has %d octets compressed, of %d at most", script, scriptBudget)
	}
	if style == 0 || style > styleBudget {
		t.Errorf("the style has %d octets compressed, of %d at most", style, styleBudget)
	}
}

var importsFile = regexp.MustCompile(`(?:from|import)\s*"\./([^"]+\.js)"`)

// firstScripts are the files that a browser needs before it draws anything: the
// script and what it imports, and what that imports.
func firstScripts(built map[string][]byte) []string {
	found := []string{"page.js"}
	for i := 0; i < len(found); i++ {
		for _, m := range importsFile.FindAllSubmatch(built[found[i]], -1) {
			if name := string(m[1]); !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	return found
}

// An address of another host in a built file would be a request to it, sooner
// or later. Names of XML vocabularies are no addresses.
func TestPageAsksNobodyElse(t *testing.T) {
	address := regexp.MustCompile(`(?i)(?:https?|wss?):(?:\\?/){2}[a-z0-9.\-\[]+|url\((?:["']?)(?:https?:)?//[^)]*`)
	vocabulary := regexp.MustCompile(`^https?://www\.w3\.org$`)
	if !address.MatchString("see https://example.com/x") || !address.MatchString("url(//example.com/f)") {
		t.Fatal("the pattern finds nothing")
	}
	for name, text := range filesOf(t, pageBuilt) {
		if strings.HasSuffix(name, ".gz") || name == "licences.txt" {
			continue
		}
		for _, found := range address.FindAllString(string(text), -1) {
			if !vocabulary.MatchString(found) {
				t.Errorf("page/built/%s: %s", name, found)
			}
		}
	}
}

func TestPageVendor(t *testing.T) {
	listed := map[string]bool{"manifest.json": true}
	for _, row := range manifest(t) {
		licensed := false
		for file, want := range row.SHA256 {
			listed[file] = true
			licensed = licensed || filepath.Base(file) == "LICENSE"
			text, err := os.ReadFile(filepath.Join(pageVendor, file))
			if err != nil {
				t.Error(err)
				continue
			}
			if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != want {
				t.Errorf("%s is not the file of %s %s that the manifest means", file, row.Package, row.Version)
			}
		}
		if !licensed {
			t.Errorf("%s comes without its licence", row.Package)
		}
		for name, file := range row.Modules {
			if row.SHA256[file] == "" {
				t.Errorf("%s: %s has no hash", name, file)
			}
		}
	}
	for file := range filesOf(t, pageVendor) {
		if !listed[file] {
			t.Errorf("page/vendor/%s is not in the manifest", file)
		}
	}
}

// buildPage makes every file of page/built but the compressed ones.
func buildPage(t *testing.T) map[string][]byte {
	t.Helper()
	result := api.Build(api.BuildOptions{
		EntryPointsAdvanced: []api.EntryPoint{
			{InputPath: pageSrc + "/app.tsx", OutputPath: "page"},
			{InputPath: pageSrc + "/portal.ts", OutputPath: "portal"},
			{InputPath: pageSrc + "/style.css", OutputPath: "page"},
		},
		Bundle:            true,
		Outdir:            pageBuilt,
		Format:            api.FormatESModule,
		Splitting:         true, // rooms are loaded when somebody goes there
		ChunkNames:        "[name]-[hash]",
		Platform:          api.PlatformBrowser,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		LegalComments:     api.LegalCommentsNone, // licences.txt has them
		JSX:               api.JSXAutomatic,
		JSXImportSource:   "preact",
		TsconfigRaw:       `{"compilerOptions":{"verbatimModuleSyntax":true}}`,
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "110"},
			{Name: api.EngineFirefox, Version: "115"},
			{Name: api.EngineSafari, Version: "16.4"},
		},
		Plugins: []api.Plugin{fromVendor(t)},
	})
	for _, m := range result.Errors {
		t.Errorf("build: %s", said(m))
	}
	for _, m := range result.Warnings {
		t.Errorf("build: %s", said(m))
	}
	if t.Failed() {
		t.FailNow()
	}
	made := map[string][]byte{"licences.txt": licences(t)}
	for _, file := range result.OutputFiles {
		made[filepath.Base(file.Path)] = file.Contents
	}
	for _, name := range asTheyAre {
		text, err := os.ReadFile(filepath.Join(pageSrc, name))
		if err != nil {
			t.Fatal(err)
		}
		made[name] = text
	}
	var preload strings.Builder
	for _, name := range firstScripts(made) { // all in one turn, not one after the other
		fmt.Fprintf(&preload, "<link rel=\"modulepreload\" href=\"/%s\">\n", name)
	}
	made["index.html"] = bytes.Replace(made["index.html"], []byte("<!-- preload -->\n"), []byte(preload.String()), 1)
	for language, sections := range languages(t) {
		text, err := json.Marshal(sections)
		if err != nil {
			t.Fatal(err)
		}
		made["words-"+language+".json"] = text
	}
	nameBuild(t, made)
	return made
}

// asTheyAre are the files of the page that nothing is built from. The pictures
// are the drawings as a browser draws them, for systems that take no drawing.
var asTheyAre = []string{
	"index.html", "manifest.webmanifest", "icon.svg", "icon-unread.svg", "icon-192.png", "icon-512.png", "icon-mask-512.png",
}

// nameBuild adds the worker, which knows every file of this build by its hash, and
// tells the page which build it is.
func nameBuild(t *testing.T, made map[string][]byte) {
	t.Helper()
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(made)) {
		fmt.Fprintf(sum, "%s %d\n%s", name, len(made[name]), made[name])
	}
	build := hex.EncodeToString(sum.Sum(nil)[:8])
	const unnamed = `<meta name="build" content="">`
	if !bytes.Contains(made["index.html"], []byte(unnamed)) {
		t.Fatalf("index.html lacks %s", unnamed)
	}
	made["index.html"] = bytes.Replace(made["index.html"], []byte(unnamed), fmt.Appendf(nil, `<meta name="build" content="%s">`, build), 1)
	files := make(map[string]string)
	for name, text := range made {
		files["/"+name] = integrity(text)
	}
	delete(files, "/licences.txt")
	delete(files, "/index.html")
	files["/"] = integrity(made["index.html"])
	table, err := json.Marshal(files)
	if err != nil {
		t.Fatal(err)
	}
	result := api.Build(api.BuildOptions{
		EntryPoints:       []string{pageSrc + "/sw.ts"},
		Bundle:            true,
		Format:            api.FormatIIFE,
		Target:            api.ES2022,
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		Define:            map[string]string{"build": strconv.Quote(build), "files": string(table)},
	})
	if len(result.Errors)+len(result.Warnings) > 0 || len(result.OutputFiles) != 1 {
		t.Fatalf("the worker: %v %v", result.Errors, result.Warnings)
	}
	made["sw.js"] = result.OutputFiles[0].Contents
}

// integrity is a hash as Subresource Integrity writes it (W3C, 3.5).
func integrity(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// languages reads the words of the page in other languages, by language and
// section.
func languages(t *testing.T) map[string]map[string]json.RawMessage {
	t.Helper()
	found := make(map[string]map[string]json.RawMessage)
	files, err := filepath.Glob(filepath.Join(pageSrc, "words", "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		language := filepath.Base(filepath.Dir(file))
		if found[language] == nil {
			found[language] = make(map[string]json.RawMessage)
		}
		found[language][strings.TrimSuffix(filepath.Base(file), ".json")] = text
	}
	return found
}

func said(m api.Message) string {
	if m.Location == nil {
		return m.Text
	}
	return fmt.Sprintf("%s:%d: %s", m.Location.File, m.Location.Line, m.Text)
}

// fromVendor finds imported packages by the manifest and nowhere else.
func fromVendor(t *testing.T) api.Plugin {
	vendor, err := filepath.Abs(pageVendor)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, row := range manifest(t) {
		for name, file := range row.Modules {
			files[name] = filepath.Join(vendor, file)
		}
	}
	return api.Plugin{Name: "vendor", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^[^./]`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			if a.Kind == api.ResolveEntryPoint {
				return api.OnResolveResult{}, nil
			}
			file := files[a.Path]
			if file == "" {
				return api.OnResolveResult{}, fmt.Errorf("%s is not in page/vendor", a.Path)
			}
			return api.OnResolveResult{Path: file}, nil
		})
	}}
}

// licences gathers what the authors of the vendored files ask to be told.
func licences(t *testing.T) []byte {
	var text bytes.Buffer
	text.WriteString("This page is made with:\n")
	for _, row := range manifest(t) {
		for _, file := range slices.Sorted(maps.Keys(row.SHA256)) {
			if filepath.Base(file) != "LICENSE" {
				continue
			}
			licence, err := os.ReadFile(filepath.Join(pageVendor, file))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&text, "\n%s %s\n\n%s", row.Package, row.Version, licence)
		}
	}
	return text.Bytes()
}

// writePage puts the built files in place of those that are there.
func writePage(t *testing.T, made map[string][]byte) {
	old, _ := filepath.Glob(filepath.Join(pageBuilt, "*"))
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(pageBuilt, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range made {
		files := map[string][]byte{name: text}
		if len(text) > 2<<10 {
			files[name+".gz"] = zip(t, text)
		}
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(pageBuilt, name), text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func filesOf(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	found := make(map[string][]byte)
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		found[name], err = os.ReadFile(filepath.Join(dir, name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("%s is empty; run make generate", dir)
	}
	return found
}

func zip(t *testing.T, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func unzip(t *testing.T, name string, text []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return plain
}
