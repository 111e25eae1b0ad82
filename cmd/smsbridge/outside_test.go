package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// outside is the folder of other people's tools. They come from npm, so a
// machine without them skips what needs them; where SMSBRIDGE_TEST_ALL is set,
// nothing may be skipped.
const outside = "testdata/outside"

func needOutside(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(outside, "node_modules", "openapi-typescript"))
	}
	if err == nil {
		return
	}
	if os.Getenv("SMSBRIDGE_TEST_ALL") == "1" {
		t.Fatalf("%v; install node, then: npm ci --ignore-scripts --prefix cmd/smsbridge/%s", err, outside)
	}
	t.Skipf("%v; npm ci --ignore-scripts --prefix cmd/smsbridge/%s brings it", err, outside)
}

// tool runs one of the tools in their folder.
func tool(t *testing.T, args ...string) (string, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "node", args...)
	c.Dir = outside
	c.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off")
	text, err := c.CombinedOutput()
	return string(text), err
}

// specs are the documents of this version as files.
func specs(t *testing.T) map[string]string {
	t.Helper()
	files := make(map[string]string)
	for _, kind := range []string{"openapi", "asyncapi"} {
		var out bytes.Buffer
		if code := run(t.Context(), []string{"api", "spec", kind}, nil, &out, &out); code != 0 {
			t.Fatal(out.String())
		}
		files[kind] = kept(t, out.Bytes())
	}
	return files
}

func kept(t *testing.T, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "document.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lint is what a tool of other people finds wrong with each file.
func lint(t *testing.T, kind string, files ...string) [][]string {
	t.Helper()
	text, err := tool(t, append([]string{"lint.mjs", kind}, files...)...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", kind, err, text)
	}
	var wrong [][]string
	for line := range strings.Lines(text) {
		var found []string
		if err := json.Unmarshal([]byte(line), &found); err != nil {
			t.Fatalf("%s: %q: %v", kind, line, err)
		}
		wrong = append(wrong, found)
	}
	if len(wrong) != len(files) {
		t.Fatalf("%s: %d answers for %d documents:\n%s", kind, len(wrong), len(files), text)
	}
	return wrong
}

// TestSpecByOthers holds the documents against the rules of OpenAPI 3.1 and
// AsyncAPI 3.0, by tools of other people. Each must also find what is wrong with
// a document that was spoiled.
func TestSpecByOthers(t *testing.T) {
	needOutside(t)
	t.Parallel()
	files := specs(t)
	for kind, spoil := range map[string][][2]string{
		"openapi": {
			{`"in": "path"`, `"in": "nowhere"`},
			{`#/components/schemas/Message"`, `#/components/schemas/Massage"`},
			{`"replayed": false`, `"replayed": "no"`},
		},
		"asyncapi": {
			{`"action": "receive"`, `"action": "hear"`},
			{`#/components/messages/ping.reply"`, `#/components/messages/pong"`},
			{`"payload": {`, `"payloads": {`},
		},
	} {
		holdAgainst(t, kind, files[kind], spoil)
	}
	if os.Getenv("SMSBRIDGE_LONG") == "1" {
		holdAgainst(t, "parser", files["asyncapi"], [][2]string{{`"action": "receive"`, `"action": "hear"`}})
	}
}

// holdAgainst lints a document, and copies of it that are spoiled in one place
// each.
func holdAgainst(t *testing.T, kind, document string, spoil [][2]string) {
	t.Helper()
	good, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	documents := []string{document}
	for _, s := range spoil {
		bad := bytes.Replace(good, []byte(s[0]), []byte(s[1]), 1)
		if bytes.Equal(bad, good) {
			t.Fatalf("%s holds no %s", kind, s[0])
		}
		documents = append(documents, kept(t, bad))
	}
	for i, wrong := range lint(t, kind, documents...) {
		if i == 0 && len(wrong) > 0 {
			t.Errorf("%s: %s", kind, strings.Join(wrong, "\n"))
		} else if i > 0 && len(wrong) == 0 {
			t.Errorf("%s with %s passed", kind, spoil[i-1][1])
		}
	}
}

// TestClientByOthers makes a client from the document that a box serves, with
// other people's generator, and has it send a text and read it. A client that
// uses a field that is not in the document does not compile.
func TestClientByOthers(t *testing.T) {
	needOutside(t)
	t.Parallel()
	url, token, _ := startBox(t)
	folder, err := os.MkdirTemp(outside, "made-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	made := strings.TrimPrefix(folder, outside+"/")
	if text, err := tool(t, "node_modules/openapi-typescript/bin/cli.js", url+"/api/v1/openapi.json", "-o", made+"/openapi.d.ts"); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	source, err := os.ReadFile(filepath.Join(outside, "client.ts"))
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(outside, "tsconfig.json"))
	if err != nil {
		t.Fatal(err)
	}
	compile := func(source []byte) (string, error) {
		for name, text := range map[string][]byte{"client.ts": source, "tsconfig.json": config, "package.json": []byte(`{"type":"module"}`)} {
			if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return tool(t, "node_modules/typescript/bin/tsc", "-p", made)
	}
	if text, err := compile(bytes.Replace(source, []byte("m.id === id"), []byte("m.ident === id"), 1)); err == nil || !strings.Contains(text, "ident") {
		t.Errorf("a field that is not in the document compiles: %s", text)
	}
	if text, err := compile(source); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	text, err := tool(t, made+"/client.js", url, token, demoHandset)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var got struct {
		State, Text, Refused string
		Parts                int
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if got.Text != "Written by a client that was generated." || got.State != "sent" && got.State != "delivered" || got.Parts != 1 || got.Refused != "/problems/not_found" {
		t.Errorf("the client says %+v", got)
	}
}
