package schema

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// refs is where both OpenAPI and AsyncAPI keep named schemas.
const refs = "#/components/schemas/"

// Defs are schemas by name, as references call them.
type Defs map[string]*Schema

// Set makes schemas of Go types. Types with a name become definitions, which
// others refer to.
type Set struct {
	Defs  Defs
	words Words
	names map[mode]string
	taken map[string]mode
	made  map[reflect.Type]bool // even where it has become no definition of its own
}

// mode is a type and the way it goes: what is taken may leave fields out, what
// is answered has all of them but those with omitempty or omitzero.
type mode struct {
	reflect.Type
	in bool
}

// NewSet makes an empty Set. Descriptions and enums come from words.
func NewSet(words Words) *Set {
	return &Set{Defs: make(Defs), words: words, names: make(map[mode]string), taken: make(map[string]mode), made: make(map[reflect.Type]bool)}
}

// In is the schema of what is taken as a t.
func (s *Set) In(t reflect.Type) *Schema { return s.of(mode{t, true}) }

// Out is the schema of what a t is answered as.
func (s *Set) Out(t reflect.Type) *Schema { return s.of(mode{t, false}) }

var (
	rawJSON  = reflect.TypeFor[json.RawMessage]()
	goTime   = reflect.TypeFor[time.Time]()
	texts    = reflect.TypeFor[encoding.TextMarshaler]()
	marshals = reflect.TypeFor[json.Marshaler]()
)

// moment tells whether t is a point in time: time.Time, or a struct that embeds
// nothing else.
func moment(t reflect.Type) bool {
	return t == goTime || t.Kind() == reflect.Struct && t.NumField() == 1 && t.Field(0).Anonymous && t.Field(0).Type == goTime
}

func (s *Set) of(m mode) *Schema {
	if m.Name() != "" && (m.Kind() == reflect.Struct || m.Kind() == reflect.String) {
		s.made[m.Type] = true
	}
	switch {
	case moment(m.Type):
		return &Schema{Type: "string", Format: "date-time"}
	case m.Type == rawJSON || m.Kind() == reflect.Interface:
		return &Schema{}
	case m.Implements(texts):
		return &Schema{Type: "string"}
	case m.Implements(marshals):
		panic(fmt.Sprintf("schema: %v writes its JSON itself, in a way that is not known here", m.Type))
	}
	switch m.Kind() {
	case reflect.Pointer:
		return s.of(mode{m.Elem(), m.in})
	case reflect.Bool:
		return &Schema{Type: "boolean"}
	case reflect.Float32, reflect.Float64:
		return &Schema{Type: "number"}
	case reflect.String:
		return s.text(m)
	case reflect.Slice, reflect.Array:
		if m.Elem().Kind() == reflect.Uint8 {
			return &Schema{Type: "string", Format: "byte"}
		}
		return &Schema{Type: "array", Items: s.of(mode{m.Elem(), m.in})}
	case reflect.Map:
		return &Schema{Type: "object", Additional: s.of(mode{m.Elem(), m.in})}
	case reflect.Struct:
		return s.object(m)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &Schema{Type: "integer"}
	}
	panic(fmt.Sprintf("schema: %v has no JSON", m.Type))
}

// text is a string; one of a type with constants is an enum of those.
func (s *Set) text(m mode) *Schema {
	values := s.words.Enums[m.String()]
	if len(values) == 0 {
		return &Schema{Type: "string"}
	}
	return s.define(mode{m.Type, false}, func(d *Schema) {
		d.Type = "string"
		for _, v := range values {
			d.Enum = append(d.Enum, v.Value)
			if v.Doc != "" {
				d.Description = strings.TrimSpace(d.Description + "\n- " + v.Value + ": " + v.Doc)
			}
		}
	})
}

func (s *Set) object(m mode) *Schema {
	if m.NumField() == 0 {
		return &Schema{Type: "object"}
	}
	if m.Name() == "" {
		d := &Schema{Type: "object"}
		s.fields(d, m)
		return d
	}
	return s.define(m, func(d *Schema) {
		d.Type = "object"
		s.fields(d, m)
	})
}

// define names a schema once and answers with a reference to it.
func (s *Set) define(m mode, fill func(*Schema)) *Schema {
	name, known := s.names[m]
	if !known {
		name = s.name(m)
		s.names[m], s.taken[name] = name, m
		d := &Schema{Description: s.words.Docs[m.String()]}
		s.Defs[name] = d
		fill(d)
	}
	return &Schema{Ref: refs + name}
}

// name is what the documents call a type: its Go name, with Input where it is
// taken and does not say so itself. A second type of that name carries its
// package.
func (s *Set) name(m mode) string {
	first, size := utf8.DecodeRuneInString(m.Name())
	name := string(unicode.ToUpper(first)) + m.Name()[size:]
	if m.in && !strings.HasSuffix(name, "Params") {
		name += "Input"
	}
	if _, taken := s.taken[name]; taken {
		pkg, _, _ := strings.Cut(m.String(), ".")
		name = strings.ToUpper(pkg[:1]) + pkg[1:] + name
	}
	if other, taken := s.taken[name]; taken {
		panic(fmt.Sprintf("schema: %v and %v would both be called %s", other.Type, m.Type, name))
	}
	return name
}

// fields adds the fields of a struct; those of embedded ones join, as
// encoding/json has them.
func (s *Set) fields(d *Schema, m mode) {
	for i := range m.NumField() {
		f := m.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct && !moment(f.Type) {
			s.made[f.Type] = true
			s.fields(d, mode{f.Type, m.in})
			continue
		}
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		if d.Properties.Of(name) != nil {
			continue
		}
		left := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		p := s.of(mode{f.Type, m.in})
		if doc := s.words.Docs[m.String()+"."+f.Name]; doc != "" {
			p.Description = doc
		}
		if f.Type.Kind() == reflect.Pointer && !left && !m.in {
			p = &Schema{AnyOf: []*Schema{p, {Type: "null"}}}
		}
		d.Properties = append(d.Properties, Property{name, p})
		if m.in && f.Tag.Get("need") == "true" || !m.in && !left {
			d.Required = append(d.Required, name)
		}
	}
}

// Made tells whether a type, by package.Type or package.Type.Field, has gone
// into a definition.
func (s *Set) Made(name string) bool {
	for m := range s.made {
		if of := m.String(); name == of || strings.HasPrefix(name, of+".") {
			return true
		}
	}
	return false
}
