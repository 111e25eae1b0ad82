package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// walk visits every command that people can call.
func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	if !cmd.IsAvailableCommand() && cmd.HasParent() {
		return
	}
	visit(cmd)
	for _, c := range cmd.Commands() {
		walk(c, visit)
	}
}

// lacking says what a command does not have that every command has.
func lacking(cmd *cobra.Command) (lacks []string) {
	if cmd.Short == "" {
		lacks = append(lacks, "a sentence")
	}
	if n := strings.Count(cmd.Example, "smsbridge "); cmd.HasParent() && n < 2 {
		lacks = append(lacks, fmt.Sprintf("two examples: it has %d", n))
	}
	if f := cmd.Flags().Lookup("output"); cmd.Name() == "list" && !cmd.HasSubCommands() && !strings.HasPrefix(nameOf(cmd), "lab ") && (f == nil || cmd.Flags().Lookup("columns") == nil) {
		lacks = append(lacks, "-o and --columns, as every list")
	}
	return lacks
}

// TestEveryCommand: each says what it is for and how it is called, and each list
// prints for programs as well.
func TestEveryCommand(t *testing.T) {
	n := 0
	walk(newRootCommand(), func(cmd *cobra.Command) {
		n++
		for _, what := range lacking(cmd) {
			t.Errorf("%s lacks %s", cmd.CommandPath(), what)
		}
	})
	if n < 50 {
		t.Errorf("only %d commands were seen", n)
	}
	bare := &cobra.Command{Use: "list", Run: func(*cobra.Command, []string) {}}
	(&cobra.Command{Use: "smsbridge"}).AddCommand(bare)
	if found := lacking(bare); len(found) != 3 {
		t.Errorf("of a bare command only this is missed: %v", found)
	}
}

// TestContext adds a box, uses it, and goes back; nobody else can read the file.
func TestContext(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	say := func(in string, args ...string) (string, string, int) {
		var out, errs bytes.Buffer
		code := run(t.Context(), args, strings.NewReader(in), &out, &errs)
		return out.String(), errs.String(), code
	}
	if _, errs, code := say("scp_secret\n", "context", "add", "desk", "--url", "http://127.0.0.1:1"); code != 0 {
		t.Fatal(errs)
	}
	file := filepath.Join(home, "smsbridge", "contexts.json")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
	if _, errs, code := say("", "context", "use", "shop"); code != exitUsage || !strings.Contains(errs, "context list") {
		t.Errorf("an unknown context: %d %s", code, errs)
	}
	if _, errs, code := say("", "context", "use", "desk"); code != 0 {
		t.Fatal(errs)
	}
	out, _, _ := say("", "context", "list", "-o", "csv", "--columns", "current,name")
	if out != "current,name\nyes,desk\n" {
		t.Errorf("%q", out)
	}
	if out, _, _ := say("", "context", "list", "-o", "json"); strings.Contains(out, "scp_secret") || !json.Valid([]byte(out)) {
		t.Errorf("the list shows %s", out)
	}
	if _, errs, code := say("", "line", "list"); code != exitUnreachable || !strings.Contains(errs, "127.0.0.1:1") {
		t.Errorf("the context is not used: %d %s", code, errs)
	}
	if _, errs, _ := say("", "line", "list", "--admin", filepath.Join(home, "none")); !strings.Contains(errs, "none") {
		t.Errorf("--admin does not win: %s", errs)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := say("", "context", "list"); code != exitUsage || !strings.Contains(errs, "chmod 600") {
		t.Errorf("a file that others may read: %d %s", code, errs)
	}
}

// TestColumns: a column that is not there is refused by the names of those that
// are, and ids are the first column whatever is shown.
func TestColumns(t *testing.T) {
	list := table{heads: []string{"id", "name"}}
	list.add(map[string]string{"id": "a"}, "a", "Ana")
	for _, c := range []struct {
		o         output
		want, err string
	}{
		{output{format: "csv", columns: []string{"name"}}, "name\nAna\n", ""},
		{output{format: "table", columns: []string{"name", "id"}}, "NAME  ID\nAna   a\n", ""},
		{output{format: "table", quiet: true, columns: []string{"name"}}, "a\n", ""},
		{output{format: "jsonl", columns: []string{"name"}}, "{\"id\":\"a\"}\n", ""},
		{output{format: "csv", columns: []string{"age"}}, "", "id, name"},
	} {
		var b bytes.Buffer
		err := c.o.print(&b, list)
		if b.String() != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%+v: %q %v", c.o, b.String(), err)
		}
	}
}

// TestManAndVersion writes every page; man itself reads one, where there is one.
func TestManAndVersion(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"version"}, nil, &out, &errs); code != 0 || strings.TrimSpace(out.String()) != version {
		t.Errorf("%d %q %s", code, out.String(), errs.String())
	}
	folder := t.TempDir()
	if code := run(t.Context(), []string{"man", folder}, nil, &out, &errs); code != 0 {
		t.Fatal(errs.String())
	}
	page, err := os.ReadFile(filepath.Join(folder, "smsbridge-send.1"))
	if err != nil || !bytes.Contains(page, []byte(".SH EXAMPLES")) || !bytes.Contains(page, []byte(`\-\-from`)) {
		t.Errorf("%v\n%s", err, page)
	}
	if man, err := exec.LookPath("man"); err == nil {
		if text, err := exec.Command(man, "--warnings", "-l", filepath.Join(folder, "smsbridge-send.1")).CombinedOutput(); err != nil || bytes.Contains(text, []byte("warning")) {
			t.Errorf("%v\n%s", err, text)
		}
	}
	if code := run(t.Context(), []string{"version", "--nothing"}, nil, &out, &errs); code != exitUsage || !strings.Contains(errs.String(), "--help") {
		t.Errorf("an unknown flag ends with %d: %s", code, errs.String())
	}
}
