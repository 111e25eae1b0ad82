package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// CheckJSON checks a JSON text; see Check.
func (d Defs) CheckJSON(s *Schema, text []byte) []string {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return []string{"it is no JSON: " + err.Error()}
	}
	return d.Check(s, v)
}

// Check says what about a value does not fit a schema, each with its place; none:
// it fits. It is stricter than JSON Schema in one thing: a field that the schema
// does not know is reported, since the box that answers and its document are of
// the same version.
func (d Defs) Check(s *Schema, v any) []string {
	c := checker{defs: d, strict: true}
	c.check("", s, v)
	return c.wrong
}

// CheckRequest checks what is taken, where unknown fields are passed over.
func (d Defs) CheckRequest(s *Schema, v any) []string {
	c := checker{defs: d}
	c.check("", s, v)
	return c.wrong
}

type checker struct {
	defs   Defs
	strict bool
	wrong  []string
}

func (c *checker) say(place, format string, args ...any) {
	if place == "" {
		place = "the whole"
	}
	c.wrong = append(c.wrong, strings.TrimPrefix(place, ".")+" "+fmt.Sprintf(format, args...))
}

func (c *checker) check(place string, s *Schema, v any) {
	if s.Ref != "" {
		name := strings.TrimPrefix(s.Ref, refs)
		def := c.defs[name]
		if def == nil {
			c.say(place, "refers to %s, which is not defined", s.Ref)
			return
		}
		c.check(place, def, v)
		return
	}
	if all := append(slices.Clone(s.AnyOf), s.OneOf...); len(all) > 0 {
		c.any(place, all, v)
		return
	}
	if s.Const != nil && !same(s.Const, v) {
		c.say(place, "is %v and not %v", v, s.Const)
	}
	if s.Type == "" {
		return
	}
	if is := typeOf(v); is != s.Type && !(s.Type == "number" && is == "integer") {
		c.say(place, "is %s and not %s", is, s.Type)
		return
	}
	switch v := v.(type) {
	case string:
		c.text(place, s, v)
	case []any:
		for i, item := range v {
			if s.Items != nil {
				c.check(fmt.Sprintf("%s[%d]", place, i), s.Items, item)
			}
		}
	case map[string]any:
		c.object(place, s, v)
	}
}

// any passes what fits one of several.
func (c *checker) any(place string, all []*Schema, v any) {
	var best []string
	for i, s := range all {
		try := checker{defs: c.defs, strict: c.strict}
		if try.check(place, s, v); len(try.wrong) == 0 {
			return
		}
		if i == 0 || len(try.wrong) < len(best) {
			best = try.wrong
		}
	}
	c.wrong = append(c.wrong, best...)
}

func (c *checker) text(place string, s *Schema, v string) {
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		c.say(place, "is %q, which is none of %s", v, strings.Join(s.Enum, ", "))
	}
	if s.Format == "date-time" {
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			c.say(place, "is %q, which is no moment (RFC 3339)", v)
		}
	}
}

func (c *checker) object(place string, s *Schema, v map[string]any) {
	for _, name := range s.Required {
		if _, there := v[name]; !there {
			c.say(place+"."+name, "is missing")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		switch p := s.Properties.Of(name); {
		case p != nil:
			c.check(place+"."+name, p, v[name])
		case s.Additional != nil:
			c.check(place+"."+name, s.Additional, v[name])
		case c.strict:
			c.say(place+"."+name, "is not in the document")
		}
	}
}

func same(a, b any) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
		return "number"
	}
	return "object"
}
