package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// complete are the sections of which every language has every word. A section
// that is new goes in here as soon as it is translated.
var complete = []string{
	"added", "audit", "box", "boxes", "bulk", "calls", "campaigns", "card", "case", "cases", "consent", "contact", "credit",
	"deliveries", "embed", "exchange", "failure", "file", "first", "help", "history", "keys", "ladder", "lists", "mine", "notices",
	"numbers", "offers", "opening", "own", "page", "people", "programs", "radio", "sending", "settings", "team",
	"templateroom", "templates", "usage", "ussd",
}

// forms are the plural forms of the languages of the page (Unicode CLDR, cardinal
// rules). alone stand for one number only, so that they may say it in a word;
// the French "one" is also 0. What may be left out falls back to "other".
var forms = map[string]struct{ need, may, alone []string }{
	"en": {need: []string{"one", "other"}, alone: []string{"one"}},
	"de": {need: []string{"one", "other"}, alone: []string{"one"}},
	"fr": {need: []string{"one", "other"}, may: []string{"many"}},
	"es": {need: []string{"one", "other"}, may: []string{"many"}, alone: []string{"one"}},
	"ar": {need: []string{"zero", "one", "two", "few", "many", "other"}, alone: []string{"zero", "one", "two"}},
}

func TestPageWords(t *testing.T) {
	english := catalogues(t)
	for _, section := range complete {
		if english[section] == nil {
			t.Errorf("%s is said to be complete and is no catalogue", section)
		}
	}
	for section, words := range english {
		var c comparison
		c.compare("en", section, words, words)
		c.report(t, "en")
	}
	foreign := languages(t)
	for language := range foreign {
		if _, known := forms[language]; !known || language == "en" {
			t.Errorf("words/%s: the plural forms of this language are not in the table", language)
		}
	}
	for language := range forms {
		if language == "en" {
			continue
		}
		sections, missing := foreign[language], 0
		for section, words := range english {
			var c comparison
			c.compare(language, section, words, parseWords(t, sections[section]))
			c.report(t, language)
			missing += len(c.missing)
			if slices.Contains(complete, section) && len(c.missing) > 0 {
				t.Errorf("words/%s/%s.json lacks %s", language, section, strings.Join(c.missing, ", "))
			}
		}
		for section := range sections {
			if english[section] == nil {
				t.Errorf("words/%s/%s.json: the page has no such catalogue", language, section)
			}
		}
		t.Logf("%s: %d words are still English", language, missing)
	}
}

// Each fault that a translation may have is planted once, and must be named.
func TestPageWordsControl(t *testing.T) {
	english := map[string]any{
		"hello": "Hello {who}", "n": map[string]any{"one": "{n} text", "other": "{n} texts"},
		"state": map[string]any{"sent": "Sent"}, "keys": []any{[]any{"Enter", "Send"}},
	}
	for _, c := range []struct{ name, language, words, want string }{
		{"nothing is wrong", "de", `{"hello": "Hallo {who}", "n": {"one": "eine SMS", "other": "{n} SMS"}, "state": {"sent": "Gesendet"}, "keys": [["Enter", "Senden"]]}`, ""},
		{"unknown name", "de", `{"hallo": "Hallo {who}"}`, "hallo: the English has no such name"},
		{"unknown name in a group", "de", `{"state": {"send": "Gesendet"}}`, "state.send: the English has no such name"},
		{"placeholder lost", "de", `{"hello": "Hallo"}`, "hello: lacks {who}"},
		{"placeholder translated", "de", `{"hello": "Hallo {wer}"}`, "hello: {wer} is filled with nothing"},
		{"empty", "de", `{"hello": " "}`, "hello: is empty"},
		{"forms too few", "ar", `{"n": {"one": "رسالة", "other": "{n} رسالة"}}`, "n: lacks the form zero"},
		{"form of another language", "de", `{"n": {"one": "{n} SMS", "few": "{n} SMS", "other": "{n} SMS"}}`, "n: the language has no form few"},
		{"a form for several numbers names none", "fr", `{"n": {"one": "un SMS", "other": "{n} SMS"}}`, "n.one: lacks {n}"},
		{"no forms", "de", `{"n": "{n} SMS"}`, "n: is no set of plural forms"},
		{"no group", "de", `{"state": "Gesendet"}`, "state: is no group of words"},
		{"list too short", "de", `{"keys": []}`, "keys: is no list of 1"},
		{"number turned round", "ar", `{"hello": "{who} +15550100"}`, "hello: \"+15550100\" would be turned round"},
		{"space that breaks", "fr", `{"hello": "Bonjour {who} !"}`, "hello: the space before ! may break"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var found comparison
			found.compare(c.language, "", english, parseWords(t, json.RawMessage(c.words)))
			if c.want == "" && len(found.wrong)+len(found.missing) > 0 || c.want != "" && !slices.Contains(found.wrong, c.want) {
				t.Errorf("found %q and missed %q, want %q", found.wrong, found.missing, c.want)
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		var found comparison
		found.compare("de", "", english, parseWords(t, nil))
		if want := []string{"hello", "keys", "n", "state.sent"}; !slices.Equal(found.missing, want) {
			t.Errorf("missed %q, want %q", found.missing, want)
		}
	})
}

// A comparison gathers what is wrong with a translation and what it lacks.
type comparison struct{ wrong, missing []string }

func (c *comparison) report(t *testing.T, language string) {
	t.Helper()
	for _, fault := range c.wrong {
		t.Errorf("%s: %s", language, fault)
	}
}

func (c *comparison) fault(at, format string, args ...any) {
	c.wrong = append(c.wrong, at+": "+fmt.Sprintf(format, args...))
}

// compare holds words, groups, lists and plural forms against the English.
func (c *comparison) compare(language, at string, english, foreign any) {
	switch old := english.(type) {
	case string:
		c.word(language, at, old, foreign, nil)
	case []any:
		list, ok := foreign.([]any)
		if foreign == nil {
			c.missing = append(c.missing, at)
		} else if !ok || len(list) != len(old) {
			c.fault(at, "is no list of %d", len(old))
		} else {
			for i := range old {
				c.compare(language, fmt.Sprintf("%s[%d]", at, i), old[i], list[i])
			}
		}
	case map[string]any:
		if other, ok := old["other"].(string); ok && onlyForms(old) {
			c.plural(language, at, other, foreign)
			return
		}
		c.group(language, at, old, foreign)
	}
}

// onlyForms tells plural forms from a group that has a word called other.
func onlyForms(group map[string]any) bool {
	for name := range group {
		if !slices.Contains(forms["ar"].need, name) { // Arabic has all there are
			return false
		}
	}
	return true
}

func (c *comparison) group(language, at string, english map[string]any, foreign any) {
	group, ok := foreign.(map[string]any)
	if foreign != nil && !ok {
		c.fault(at, "is no group of words")
		return
	}
	for _, name := range slices.Sorted(maps.Keys(english)) {
		c.compare(language, under(at, name), english[name], group[name])
	}
	for name := range group {
		if english[name] == nil {
			c.fault(under(at, name), "the English has no such name")
		}
	}
}

func under(at, name string) string { return strings.TrimPrefix(at+"."+name, ".") }

func (c *comparison) plural(language, at, other string, foreign any) {
	set, ok := foreign.(map[string]any)
	if foreign == nil {
		c.missing = append(c.missing, at)
		return
	} else if !ok {
		c.fault(at, "is no set of plural forms")
		return
	}
	rule := forms[language]
	for _, form := range rule.need {
		if set[form] == nil {
			c.fault(at, "lacks the form %s", form)
		}
	}
	for form, words := range set {
		if !slices.Contains(rule.need, form) && !slices.Contains(rule.may, form) {
			c.fault(at, "the language has no form %s", form)
		}
		var spared []string
		if slices.Contains(rule.alone, form) {
			spared = []string{"{n}"}
		}
		c.word(language, at+"."+form, other, words, spared)
	}
}

var (
	placeholder = regexp.MustCompile(`\{\w+\}`)
	breaking    = regexp.MustCompile(` ([:;?!»])`)
	// What begins with a sign is drawn from its other end among letters that go
	// from right to left, unless it stands in an isolate (UAX 9, 6.3).
	turned = regexp.MustCompile(`(?:^|[^\x{2066}\w])([+*]\d[\d*#]*|--\w+|\w+://)`)
)

// word compares one sentence; spared are the placeholders that it may leave out.
func (c *comparison) word(language, at, english string, foreign any, spared []string) {
	said, ok := foreign.(string)
	switch {
	case foreign == nil:
		c.missing = append(c.missing, at)
		return
	case !ok:
		c.fault(at, "is no word")
		return
	case (strings.TrimSpace(said) == "") != (english == ""):
		c.fault(at, "is empty")
		return
	}
	want, got := placeholder.FindAllString(english, -1), placeholder.FindAllString(said, -1)
	for _, name := range want {
		if !slices.Contains(got, name) && !slices.Contains(spared, name) {
			c.fault(at, "lacks %s", name)
		}
	}
	for _, name := range got {
		if !slices.Contains(want, name) {
			c.fault(at, "%s is filled with nothing", name)
		}
	}
	if m := turned.FindStringSubmatch(said); language == "ar" && m != nil {
		c.fault(at, "%q would be turned round", m[1])
	}
	if m := breaking.FindStringSubmatch(said); language == "fr" && m != nil {
		c.fault(at, "the space before %s may break", m[1])
	}
}

func parseWords(t *testing.T, text json.RawMessage) any {
	t.Helper()
	if text == nil {
		return nil
	}
	var words any
	if err := json.Unmarshal(text, &words); err != nil {
		t.Fatal(err)
	}
	return words
}

var catalogueBegins = regexp.MustCompile(`\bcatalog\("([a-z]+)",\s*`)

// catalogues reads the English words out of the sources, by section.
func catalogues(t *testing.T) map[string]any {
	t.Helper()
	found := make(map[string]any)
	err := filepath.WalkDir(pageSrc, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".ts" && filepath.Ext(name) != ".tsx" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		loader := api.LoaderTSX
		if strings.HasSuffix(name, ".ts") {
			loader = api.LoaderTS // <T> begins no element there
		}
		plain := api.Transform(string(text), api.TransformOptions{Loader: loader, Charset: api.CharsetUTF8, JSX: api.JSXPreserve, MinifyWhitespace: true})
		if len(plain.Errors) > 0 {
			return errors.New(said(plain.Errors[0]))
		}
		for _, at := range catalogueBegins.FindAllSubmatchIndex(plain.Code, -1) {
			section := string(plain.Code[at[2]:at[3]])
			words, rest, err := literal(string(plain.Code[at[1]:]))
			if err == nil && !strings.HasPrefix(rest, ")") {
				err = errLiteral
			}
			if err != nil {
				return fmt.Errorf("%s: catalogue %s: %w, before %.30q", name, section, err, rest)
			}
			if found[section] != nil {
				return fmt.Errorf("%s: catalogue %s stands elsewhere too", name, section)
			}
			found[section] = words
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found["page"] == nil {
		t.Fatal("the sources have no catalogue of the page")
	}
	return found
}
