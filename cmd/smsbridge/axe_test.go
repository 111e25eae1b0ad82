package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPageByAxe lets axe-core look at each screen in both themes, wide and
// narrow: no violation of WCAG 2.2, levels A and AA.
func TestPageByAxe(t *testing.T) {
	chromium := findChromium(t)
	axe := axeCore(t)
	url, code := startDemo(t)
	desk := newBrowser(t, chromium)
	signIn(t, desk, url, code)
	talk(t, desk, url)
	r := newTour(desk)
	seen := make(map[string]bool)
	for _, f := range forms {
		r.as(f)
		for _, s := range screens {
			r.to(s)
			for _, wrong := range violations(desk, axe) {
				if !seen[s.name+wrong] {
					t.Errorf("%s, %s: %s", s.name, f.name, wrong)
				}
				seen[s.name+wrong] = true
			}
		}
	}
	t.Logf("%d screens in %d forms", len(screens), len(forms))
	eval[bool](desk, `(document.querySelector("main").append(document.createElement("button")), true)`)
	if found := violations(desk, axe); len(found) != 1 || !strings.Contains(found[0], "button-name") { // control
		t.Errorf("a button without a name: axe finds %q", found)
	}
}

// axeCore is the checker's script, which comes with the other tools from npm.
func axeCore(t *testing.T) string {
	t.Helper()
	needOutside(t)
	script, err := os.ReadFile(filepath.Join(outside, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// violations are what axe finds wrong on the page as it is now.
func violations(p *tab, axe string) (found []string) {
	p.t.Helper()
	eval[bool](p, "if (!window.axe) {"+axe+"}; true")
	answer := eval[string](p, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then(r => JSON.stringify(
		r.violations.flatMap(v => v.nodes.map(n => ({rule: v.id, at: n.target.join(" "), why: n.failureSummary})))))`)
	var rows []struct{ Rule, At, Why string }
	if err := json.Unmarshal([]byte(answer), &rows); err != nil {
		p.t.Fatal(err)
	}
	for _, r := range rows {
		found = append(found, fmt.Sprintf("%s at %s: %s", r.Rule, r.At, strings.Join(strings.Fields(r.Why), " ")))
	}
	return found
}
