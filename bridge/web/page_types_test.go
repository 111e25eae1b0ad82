package web_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// outside is where other people's tools come to stand.
const outside = "../../cmd/smsbridge/testdata/outside"

// TestPageTypes lets TypeScript's own compiler look at the page, which the
// bundler only strips of its types. The compiler must have read every file, and
// find what is planted.
func TestPageTypes(t *testing.T) {
	modules := typeTools(t)
	sources, err := filepath.Abs(pageSrc)
	if err != nil {
		t.Fatal(err)
	}
	said, err := checkTypes(t, modules, sources, "--listFiles")
	for line := range strings.Lines(said) {
		if strings.Contains(line, "error TS") {
			t.Error(strings.TrimSpace(line))
		}
	}
	if err != nil {
		t.Error(err)
	}
	for name := range filesOf(t, pageSrc) {
		if ext := filepath.Ext(name); (ext == ".ts" || ext == ".tsx") && !strings.Contains(said, filepath.ToSlash(filepath.Join(sources, name))+"\n") {
			t.Errorf("the compiler did not read %s", name)
		}
	}
	planted := filepath.Join(t.TempDir(), "planted.tsx")
	plant := `import type { Message } from "` + sources + `/protocol";
import { Toasts } from "` + sources + `/kit";
export const sum = (m: Message): number => m.text;
export const shown = <Toasts told="nobody takes this" />;
`
	if err := os.WriteFile(planted, []byte(plant), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := checkTypes(t, modules, planted); err == nil || !strings.Contains(said, "planted.tsx(3,") || !strings.Contains(said, "planted.tsx(4,") {
		t.Errorf("control: of two planted faults the compiler says %v\n%s", err, said)
	}
}

// typeTools is the folder of the compiler and of the types of what the page is
// made with, in the versions that the page carries. Without it there is nothing
// to check with.
func typeTools(t *testing.T) string {
	t.Helper()
	modules, err := filepath.Abs(filepath.Join(outside, "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	lacks := func(what string) {
		t.Helper()
		way := what + "; install node, then: npm ci --ignore-scripts --prefix " + outside
		if os.Getenv("SMSBRIDGE_TEST_ALL") == "1" {
			t.Fatal(way)
		}
		t.Skip(way)
	}
	if _, err := exec.LookPath("node"); err != nil {
		lacks(err.Error())
	}
	if _, err := os.Stat(filepath.Join(modules, "typescript")); err != nil {
		lacks(err.Error())
	}
	for _, row := range manifest(t) {
		var has struct{ Version string }
		text, err := os.ReadFile(filepath.Join(modules, row.Package, "package.json"))
		if err == nil {
			err = json.Unmarshal(text, &has)
		}
		if err != nil {
			lacks(err.Error())
		}
		if has.Version != row.Version {
			lacks(row.Package + " has types of " + has.Version + ", the page carries " + row.Version)
		}
	}
	return modules
}

// checkTypes runs the compiler with the page's own settings over a file or a
// folder, and answers what it says.
func checkTypes(t *testing.T, modules, what string, more ...string) (string, error) {
	t.Helper()
	settings, err := filepath.Abs(filepath.Join(pageSrc, "tsconfig.json"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{
		"extends":         settings,
		"compilerOptions": map[string]any{"paths": map[string][]string{"*": {modules + "/*"}}},
		"include":         []string{what},
	})
	if err != nil {
		t.Fatal(err)
	}
	project := filepath.Join(t.TempDir(), "tsconfig.json")
	if err := os.WriteFile(project, text, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{filepath.Join(modules, "typescript", "bin", "tsc"), "--pretty", "false", "-p", project}, more...)
	said, err := exec.CommandContext(t.Context(), "node", args...).CombinedOutput()
	return string(said), err
}
