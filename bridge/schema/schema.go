// Package schema makes JSON Schemas of Go types and checks JSON against them,
// so that what is served, what is documented and what is tested cannot part.
//
// It covers what the public objects of this program are made of, by JSON Schema
// 2020-12: objects with named fields, lists, maps, enums of named strings and
// moments. It knows neither HTTP nor the objects themselves. Start with Set.In
// and Set.Out, which make schemas, then Defs.Check, which uses them.
package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Schema is one JSON Schema, as far as this package writes and reads them. The
// zero Schema takes anything.
type Schema struct {
	Ref         string     `json:"$ref,omitempty"`
	Type        string     `json:"type,omitempty"`
	Format      string     `json:"format,omitempty"`
	Description string     `json:"description,omitempty"`
	Enum        []string   `json:"enum,omitempty"`
	Const       any        `json:"const,omitempty"`
	Default     any        `json:"default,omitempty"`
	Items       *Schema    `json:"items,omitempty"`
	Properties  Properties `json:"properties,omitempty"`
	Required    []string   `json:"required,omitempty"`
	Additional  *Schema    `json:"additionalProperties,omitempty"` // of the values of a map
	AnyOf       []*Schema  `json:"anyOf,omitempty"`
	OneOf       []*Schema  `json:"oneOf,omitempty"`
}

// Property is one named field of an object.
type Property struct {
	Name string
	*Schema
}

// Properties are the fields of an object, in the order in which they are
// declared; JSON Schema has them as an object.
type Properties []Property

// Of is the schema of a field, or nil.
func (p Properties) Of(name string) *Schema {
	for _, f := range p {
		if f.Name == name {
			return f.Schema
		}
	}
	return nil
}

// MarshalJSON keeps the order.
func (p Properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(f.Name)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(f.Schema)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON keeps the order too.
func (p *Properties) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return fmt.Errorf("properties: an object was expected, not %v", open)
	}
	*p = nil
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		f := Property{Name: name.(string), Schema: new(Schema)}
		if err := d.Decode(f.Schema); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		*p = append(*p, f)
	}
	return nil
}

// Object is the schema of an object with these fields, all of them required.
func Object(fields ...Property) *Schema {
	s := &Schema{Type: "object", Properties: fields}
	for _, f := range fields {
		s.Required = append(s.Required, f.Name)
	}
	return s
}
