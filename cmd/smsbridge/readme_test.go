package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// absent is what README does not name: verbs as `verb`, and rooms as room/.
func absent(readme string, verbs, rooms []string) (lacks []string) {
	for _, verb := range verbs {
		if !strings.Contains(readme, "`"+verb+"`") && !strings.Contains(readme, "`"+verb+" ") {
			lacks = append(lacks, "the verb "+verb)
		}
	}
	for _, room := range rooms {
		if !strings.Contains(readme, " "+room+"/ ") {
			lacks = append(lacks, "the room "+room)
		}
	}
	return lacks
}

// TestReadme: whoever reads README learns of every verb, and of every room of the
// house.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var verbs, rooms []string
	for _, c := range newRootCommand().Commands() {
		verbs = append(verbs, c.Name())
		if c.HasSubCommands() && c.Name() != "completion" && c.Name() != "lab" {
			lacking := missing(string(text), c)
			if len(lacking) > 0 {
				t.Errorf("README does not say that %s has %v", c.Name(), lacking)
			}
		}
	}
	for _, pattern := range []string{"../../bridge/*", "../../modem/*", "../../storage/*"} {
		found, err := filepath.Glob(pattern + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			rooms = append(rooms, filepath.Base(filepath.Dir(file)))
		}
	}
	if len(verbs) < 40 || len(rooms) < 15 {
		t.Fatalf("only %d verbs and %d files were seen", len(verbs), len(rooms))
	}
	for _, lacks := range absent(string(text), verbs, rooms) {
		t.Errorf("README does not name %s", lacks)
	}
	if got := absent(string(text), []string{"sned"}, []string{"cellar"}); len(got) != 2 {
		t.Errorf("what is not in README is found there: only %v are missed", got)
	}
}

// missing are the sub-verbs that do not stand behind their verb in README.
func missing(readme string, cmd *cobra.Command) (names []string) {
	_, row, _ := strings.Cut(readme, "`"+cmd.Name()+" ")
	row, _, _ = strings.Cut(row, "`")
	for _, c := range cmd.Commands() {
		if !strings.Contains("|"+strings.ReplaceAll(row, "\\|", "|")+"|", "|"+c.Name()+"|") {
			names = append(names, c.Name())
		}
	}
	return names
}
