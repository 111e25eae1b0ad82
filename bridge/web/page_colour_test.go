package web_test

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What WCAG 2.2 asks for at level AA: 1.4.3 of words, 1.4.11 of what shows where
// a control is, what state it has, and where the focus is.
const (
	wordContrast = 4.5
	signContrast = 3
)

// grounds are the colours on which each colour of words stands.
var grounds = map[string][]string{
	"--ink":       {"--frame", "--sheet", "--raised", "--hover", "--here", "--warn-ground", "--bad-ground", "--mark"},
	"--soft":      {"--frame", "--sheet", "--raised", "--hover", "--here", "--warn-ground", "--table"},
	"--accent":    {"--frame", "--sheet", "--raised", "--hover", "--here"},
	"--on-accent": {"--accent", "--accent-hover"},
	"--on-in":     {"--in"},
	"--on-out":    {"--out"},
	"--on-unseen": {"--unseen"},
	"--good":      {"--frame", "--sheet", "--hover"},
	"--warn":      {"--frame", "--sheet", "--hover", "--here", "--warn-ground"},
	"--bad":       {"--frame", "--sheet", "--raised", "--hover", "--bad-ground"},
	"--inside":    {"--inside-ground"},
	"--manager":   {"--manager-ground"},
	"--sheet":     {"--ink", "--bad"}, // toasts, tips, the button that deletes
	"--frame":     {"--ink"},          // the phone's chosen peer
	"--card-ink":  {"--card"},
	"--outside":   {"--sheet"},
}

// dumb are the colours that say nothing by themselves: lines between things that
// stand apart without them, and the cardboard of the pretend phone.
var dumb = []string{"--edge", "--card-dark"}

// signs are the colours by which one sees a control, its state or the focus.
var signs = map[string][]string{
	"--field-edge": {"--frame", "--sheet", "--raised"},
	"--focus":      {"--frame", "--sheet", "--raised", "--here", "--hover"},
	"--accent":     {"--frame", "--sheet", "--raised"},
	"--on-accent":  {"--accent"},
	"--bad":        {"--sheet", "--raised", "--bad-ground"},
	"--warn":       {"--sheet", "--warn-ground"},
	"--good":       {"--frame", "--sheet"},
	"--online":     {"--sheet"},
	"--soft":       {"--sheet"},
}

// sheet is what a style sheet says of colours.
type sheet struct {
	rules   []rule
	presets map[string]map[string]string // a name for everybody who changes tokens, and what they are then
}

type rule struct {
	selector string
	says     map[string]string
}

var (
	remark    = regexp.MustCompile(`(?s)/\*.*?\*/`)
	block     = regexp.MustCompile(`([^{};]+)\{([^{}]*)\}`)
	token     = regexp.MustCompile(`var\((--[a-z-]+)\)`)
	themed    = regexp.MustCompile(`^light-dark\(([^,()]+),([^,()]+)\)$`)
	hexColour = regexp.MustCompile(`^#(?:[0-9a-f]{3}|[0-9a-f]{6})$`)
)

// readSheet finds the rules, and each set of tokens that people can meet: those
// of :root alone, and with the changes of every rule that sets some of them.
func readSheet(css string) sheet {
	s := sheet{presets: map[string]map[string]string{}}
	for _, found := range block.FindAllStringSubmatch(remark.ReplaceAllString(css, ""), -1) {
		r := rule{strings.Join(strings.Fields(found[1]), " "), map[string]string{}}
		for one := range strings.SplitSeq(found[2], ";") {
			if name, value, ok := strings.Cut(one, ":"); ok {
				r.says[strings.TrimSpace(name)] = strings.TrimSpace(value)
			}
		}
		s.rules = append(s.rules, r)
	}
	root := map[string]string{}
	for _, r := range s.rules {
		if r.selector == ":root" {
			maps.Copy(root, r.says)
			s.presets[":root"] = root
		}
	}
	for _, r := range s.rules {
		for name := range r.says {
			if strings.HasPrefix(name, "--") && r.selector != ":root" {
				preset := maps.Clone(root)
				maps.Copy(preset, r.says)
				s.presets[r.selector] = preset
			}
		}
	}
	return s
}

// colour is what a value is in a preset, light or dark; "" if it is none that
// has a contrast, such as transparent.
func colour(preset map[string]string, value string, dark bool) string {
	if name := token.FindStringSubmatch(value); name != nil && name[0] == value {
		return colour(preset, preset[name[1]], dark)
	}
	if both := themed.FindStringSubmatch(value); both != nil {
		value = strings.TrimSpace(both[1])
		if dark {
			value = strings.TrimSpace(both[2])
		}
	}
	if !hexColour.MatchString(value) {
		return ""
	}
	return value
}

// contrast is the ratio of WCAG 2.2 between two colours, 1 to 21.
func contrast(a, b string) float64 {
	light, dark := luminance(a), luminance(b)
	if light < dark {
		light, dark = dark, light
	}
	return (light + 0.05) / (dark + 0.05)
}

// luminance is relative luminance as WCAG 2.2 defines it.
func luminance(hex string) float64 {
	digits := hex[1:]
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}

// pale are the pairs of a sheet that are too close to one another.
func (s sheet) pale() (found []string) {
	for _, name := range slices.Sorted(maps.Keys(s.presets)) {
		for _, dark := range []bool{false, true} {
			found = append(found, s.paleIn(name, dark)...)
		}
	}
	return found
}

func (s sheet) paleIn(preset string, dark bool) (found []string) {
	of := s.presets[preset]
	theme := map[bool]string{false: "light", true: "dark"}[dark]
	judge := func(what, on, above string, least float64) {
		a, b := colour(of, above, dark), colour(of, on, dark)
		if a == "" || b == "" {
			return
		}
		if c := contrast(a, b); c < least {
			found = append(found, fmt.Sprintf("%s, %s: %s %s on %s %s: %.2f, of %.1f at least", preset, theme, what, a, on, b, c, least))
		}
	}
	for _, above := range slices.Sorted(maps.Keys(grounds)) {
		for _, on := range grounds[above] {
			judge(above, "var("+on+")", "var("+above+")", wordContrast)
		}
	}
	for _, above := range slices.Sorted(maps.Keys(signs)) {
		for _, on := range signs[above] {
			judge("the sign "+above, "var("+on+")", "var("+above+")", signContrast)
		}
	}
	for _, r := range s.rules { // a rule that says both is a pair by itself
		if ground := r.ground(); ground != "" && r.says["color"] != "" {
			judge(r.selector, ground, r.says["color"], wordContrast)
		}
	}
	return found
}

func (r rule) ground() string {
	if g := r.says["background-color"]; g != "" {
		return g
	}
	return r.says["background"]
}

// unjudged are the rules whose words or whose ground have a colour that none of
// the tables knows as such.
func (s sheet) unjudged() (found []string) {
	known := slices.Concat(dumb, slices.Collect(maps.Keys(signs)), slices.Concat(slices.Collect(maps.Values(grounds))...))
	for _, r := range s.rules {
		if t := token.FindStringSubmatch(r.says["color"]); t != nil && grounds[t[1]] == nil {
			found = append(found, r.selector+" has words in "+t[1])
		}
		if t := token.FindStringSubmatch(r.ground()); t != nil && !slices.Contains(known, t[1]) {
			found = append(found, r.selector+" lies on "+t[1])
		}
	}
	return found
}

// TestPageColours: what is written can be read, in each theme and preset, and
// controls and the focus can be seen. Which colours meet is the table above; that
// none is missing in it, the sheet itself tells.
func TestPageColours(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(pageSrc, "style.css"))
	if err != nil {
		t.Fatal(err)
	}
	css := string(text)
	s := readSheet(css)
	for _, want := range []string{":root", `[data-colours="seed"]`, ".phone"} {
		if s.presets[want] == nil {
			t.Errorf("the sheet has no tokens of %s, but %q", want, slices.Sorted(maps.Keys(s.presets)))
		}
	}
	for _, found := range append(s.pale(), s.unjudged()...) {
		t.Error(found)
	}
	for name, of := range map[string]map[string][]string{"grounds": grounds, "signs": signs} {
		for above, list := range of {
			for _, each := range append(list, above) {
				if colour(s.presets[":root"], "var("+each+")", false) == "" {
					t.Errorf("%s: the sheet has no colour %s", name, each)
				}
			}
		}
	}
	if c := contrast("#777", "#ffffff"); math.Abs(c-4.48) > 0.01 { // the grey that just fails, as W3C's own example has it
		t.Errorf("#777 on white is %.2f", c)
	}
	for _, plant := range []struct{ old, bad, want string }{ // controls
		{"--soft: light-dark(#5a616c,", "--soft: light-dark(#838a96,", "--soft"},
		{"--focus: light-dark(#0b6bcb, #7cc0ff)", "--focus: light-dark(#0b6bcb, #40464e)", "the sign --focus"},
		{"--accent: light-dark(#1f5fae, #8fc1ff)", "--accent: light-dark(#5f9fee, #8fc1ff)", `[data-colours="seed"], light`},
		{".tone0 {", ".tone0 { color: #aaa; background: #bbb; } .other {", ".tone0 #aaa"},
		{".hint { color: var(--soft);", ".hint { color: var(--edge-of-night);", "--edge-of-night"},
	} {
		spoiled := strings.Replace(css, plant.old, plant.bad, 1)
		if spoiled == css {
			t.Errorf("the sheet has no %q", plant.old)
			continue
		}
		bad := readSheet(spoiled)
		if found := strings.Join(append(bad.pale(), bad.unjudged()...), "\n"); !strings.Contains(found, plant.want) {
			t.Errorf("control: %q is not seen, but %q", plant.bad, found)
		}
	}
}
