package schema

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

type colour string

type base struct {
	ID string `json:"id" need:"true"`
}

type moments struct{ time.Time }

func (moments) MarshalJSON() ([]byte, error) { return []byte(`"2026-01-02T03:04:05Z"`), nil }

type thing struct {
	base
	Colour colour            `json:"colour"`
	Size   *int              `json:"size"`
	Note   string            `json:"note,omitempty"`
	Parts  []thing           `json:"parts,omitempty"`
	Names  map[string]string `json:"names,omitempty"`
	At     moments           `json:"at,omitzero"`
	Any    json.RawMessage   `json:"any,omitempty"`
	Hidden string            `json:"-"`
	inner  int               //lint:ignore U1000 what is not exported is in no schema
}

var words = Words{
	Docs:  map[string]string{"schema.thing": "A thing.", "schema.thing.Size": "in metres"},
	Enums: map[string][]Value{"schema.colour": {{"red", "as blood"}, {"green", ""}}},
}

// TestSet holds what is made of a type against the schema as the specification
// writes it.
func TestSet(t *testing.T) {
	s := NewSet(words)
	out, in := s.Out(reflect.TypeFor[thing]()), s.In(reflect.TypeFor[thing]())
	if out.Ref != "#/components/schemas/Thing" || in.Ref != "#/components/schemas/ThingInput" {
		t.Fatalf("%+v %+v", out, in)
	}
	got, _ := json.Marshal(s.Defs)
	want := `{"Colour":{"type":"string","description":"- red: as blood","enum":["red","green"]},` +
		`"Thing":{"type":"object","description":"A thing.","properties":{"id":{"type":"string"},"colour":{"$ref":"#/components/schemas/Colour"},` +
		`"size":{"anyOf":[{"type":"integer","description":"in metres"},{"type":"null"}]},"note":{"type":"string"},` +
		`"parts":{"type":"array","items":{"$ref":"#/components/schemas/Thing"}},"names":{"type":"object","additionalProperties":{"type":"string"}},` +
		`"at":{"type":"string","format":"date-time"},"any":{}},"required":["id","colour","size"]},` +
		`"ThingInput":{"type":"object","description":"A thing.","properties":{"id":{"type":"string"},"colour":{"$ref":"#/components/schemas/Colour"},` +
		`"size":{"type":"integer","description":"in metres"},"note":{"type":"string"},` +
		`"parts":{"type":"array","items":{"$ref":"#/components/schemas/ThingInput"}},"names":{"type":"object","additionalProperties":{"type":"string"}},` +
		`"at":{"type":"string","format":"date-time"},"any":{}},"required":["id"]}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var again Defs
	if err := json.Unmarshal(got, &again); err != nil {
		t.Fatal(err)
	}
	if text, _ := json.Marshal(again); string(text) != want {
		t.Errorf("read and written again it is %s", text)
	}
}

// TestCheck: what a type writes fits its schema, and each kind of change to it
// is seen.
func TestCheck(t *testing.T) {
	s := NewSet(words)
	out, in := s.Out(reflect.TypeFor[thing]()), s.In(reflect.TypeFor[thing]())
	size := 3
	text, _ := json.Marshal(thing{base: base{"a"}, Colour: "red", Size: &size, Names: map[string]string{"de": "Ding"},
		At: moments{time.Now()}, Any: json.RawMessage(`[1]`), Parts: []thing{{base: base{"b"}, Colour: "green"}}})
	if wrong := s.Defs.CheckJSON(out, text); len(wrong) > 0 {
		t.Fatalf("%s: %v", text, wrong)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"colour":"red"`, `"colour":"blue"`, `colour is "blue"`},
		{`"colour":"red"`, `"colour":7`, "colour is integer and not string"},
		{`"colour":"red",`, ``, "colour is missing"},
		{`"size":3`, `"size":3.5`, "size is number and not integer"},
		{`"size":3`, `"size":3,"weight":1`, "weight is not in the document"},
		{`"id":"b"`, `"id":null`, "parts[0].id is null and not string"},
		{`"2026-01-02T03:04:05Z"`, `"yesterday"`, "no moment"},
		{`"Ding"`, `1`, "names.de is integer and not string"},
		{`{`, `[`, "no JSON"},
	} {
		changed := strings.Replace(string(text), c.old, c.new, 1)
		if changed == string(text) {
			t.Fatalf("%s is not in %s", c.old, text)
		}
		if wrong := strings.Join(s.Defs.CheckJSON(out, []byte(changed)), "; "); !strings.Contains(wrong, c.want) {
			t.Errorf("%s for %s: %q, want %q", c.new, c.old, wrong, c.want)
		}
	}
	var taken any
	_ = json.Unmarshal([]byte(`{"id":"a","later":1}`), &taken)
	if wrong := s.Defs.CheckRequest(in, taken); len(wrong) > 0 {
		t.Errorf("a request with an unknown field: %v", wrong)
	}
	if wrong := s.Defs.CheckRequest(in, map[string]any{}); len(wrong) != 1 {
		t.Errorf("a request without what it needs: %v", wrong)
	}
}

// TestNames: two types of one name are told apart, three are refused.
func TestNames(t *testing.T) {
	s := NewSet(Words{})
	type Thing struct{ A string }
	if a, b := s.Out(reflect.TypeFor[thing]()).Ref, s.Out(reflect.TypeFor[Thing]()).Ref; a == b {
		t.Errorf("both are %s", a)
	}
}

// TestReadSource reads this package's own words.
func TestReadSource(t *testing.T) {
	var w Words
	if err := ReadSource(".", &w); err != nil {
		t.Fatal(err)
	}
	if got := w.Docs["schema.Value"]; got != "Value is one of the values of a named string." {
		t.Errorf("%q", got)
	}
	if got := w.Docs["schema.Words.Enums"]; got != "by package.Type" {
		t.Errorf("%q", got)
	}
}
