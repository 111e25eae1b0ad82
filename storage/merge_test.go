package storage

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

var ana = Contact{
	ID: "ct_1", Name: "Ana Ruiz", First: "Ana", Last: "Ruiz", Organisation: "Ruiz & Co", Numbers: []string{"+15550100"},
	Custom: map[string]string{"car": "Seat {{last_name}}", "empty": " "},
}

func TestMergeFields_S60(t *testing.T) {
	for _, c := range []struct {
		text, want string
		missing    string
	}{
		{"no fields", "no fields", ""},
		{"Dear {{first_name}},", "Dear Ana,", ""},
		{"{{ first_name }}{{last_name}}", "AnaRuiz", ""},
		{"{{name}} of {{organisation}}", "Ana Ruiz of Ruiz & Co", ""},
		{"your {{custom.car}}", "your Seat {{last_name}}", ""}, // a value is never looked at for fields
		{"{{agent_name}} from {{line_number}}", "Ben from +15550191", ""},
		{"{{code}}", "4711", ""},
		{"{{organisation}}", "Ruiz & Co", ""},
		{`\{{first_name}} {{first_name}}`, "{{first_name}} Ana", ""},
		{"{single} {{first_name}} }}", "{single} Ana }}", ""},
		{"{{custom.empty}}", "", "custom.empty"},
		{"{{custom.none}} {{first_name}} {{other}}", "", "custom.none"},
	} {
		f := Filling{Contact: &ana, Values: map[string]string{"code": "4711"}, Agent: "Ben", Line: "+15550191"}
		got, err := f.Text(c.text)
		if c.missing != "" {
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Code != CodeMissing || e.Field != c.missing || got != "" {
				t.Errorf("%q: %q, %v; the missing field is %s", c.text, got, err, c.missing)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%q: %q, %v; want %q", c.text, got, err, c.want)
		}
	}
}

func TestMergeSavedContactsOnly_S60(t *testing.T) {
	_, err := Filling{Agent: "Ben", Line: "+15550191"}.Text("Dear {{first_name}}, {{agent_name}}")
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code != CodeMissing || e.Field != "first_name" || !strings.Contains(e.Detail, "not saved") {
		t.Errorf("%v", err)
	}
	if got, err := (Filling{Agent: "Ben"}).Text("by {{agent_name}}"); err != nil || got != "by Ben" {
		t.Errorf("a field that is on no card: %q %v", got, err)
	}
	if got, err := (Filling{Values: map[string]string{"first_name": "Eva"}}).Text("Dear {{first_name}}"); err != nil || got != "Dear Eva" {
		t.Errorf("a value that came with the text: %q %v", got, err)
	}
}

func TestMergeRefusesBraces(t *testing.T) {
	for text, at := range map[string]string{
		"{{": "character 1", "é {{first name}}": "character 3", "{{}}": "character 1", "{{first_name}": "character 1",
		"{{custom.}}": "character 1", "ok {{a}} {{b\n}": "character 10", "{{a-b}}": "character 1",
	} {
		if _, err := ParseForm(text); err == nil || !strings.Contains(err.Error(), at) {
			t.Errorf("%q: %v, want %s", text, err, at)
		}
	}
}

// FuzzForm: nothing panics; what is read is written the same again; a filled
// text has every value, and no place is left that is not said to be missing.
func FuzzForm(f *testing.F) {
	for _, s := range []string{"", "Dear {{first_name}}", `\{{x}}`, "{{a}}{{a}}{{custom.b c}}", "{{{{a}}}}", `\\{{a}}`, `\{{{{a}}`, "{{a}} {{", "{ {a} }"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseForm(text)
		if err != nil {
			return
		}
		again, err := ParseForm(m.String())
		if err != nil || again.String() != m.String() || !slices.Equal(again.Fields(), m.Fields()) {
			t.Fatalf("%q is written as %q, which is read as %v %v", text, m, again, err)
		}
		filled, missing := m.Fill(func(field string) string { return "<" + field + ">" })
		if len(missing) > 0 {
			t.Fatalf("%q: %q are missing though all have values", text, missing)
		}
		for _, field := range m.Fields() {
			if !strings.Contains(filled, "<"+field+">") {
				t.Fatalf("%q: %q has no %s", text, filled, field)
			}
		}
		if _, missing := m.Fill(func(string) string { return "" }); !slices.Equal(missing, m.Fields()) && len(m.Fields()) > 0 {
			t.Fatalf("%q: %q are missing of %q", text, missing, m.Fields())
		}
	})
}
