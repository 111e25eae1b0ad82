package web

import (
	"fmt"
	"reflect"

	"smsbridge/bridge/schema"
	"smsbridge/storage"
)

// A hintType is one row of the table of hints, as the documents tell it.
type hintType struct {
	kind string
	data reflect.Type
	doc  string
}

// hintTypes is every kind of hint. TestHintTypes holds it against hintKinds.
var hintTypes = []hintType{
	{hintTyping, reflect.TypeFor[typingHint](), "Somebody writes in a thread; told again every few seconds while it lasts."},
	{hintPresence, reflect.TypeFor[presenceHint](), "An account has come or gone, or its phone does something else."},
	{hintSignal, reflect.TypeFor[signalHint](), "A line hears the network so well."},
	{hintQueue, reflect.TypeFor[queueHint](), "So many parts of texts wait for a line."},
}

// What hints carry.
type (
	typingHint struct {
		Author storage.Author `json:"author"`
	}
	presenceHint struct {
		Presence storage.Presence `json:"presence"`
	}
	signalHint struct {
		DBm int `json:"dbm"` // 0: not known
	}
	queueHint struct {
		Parts int `json:"parts"`
	}
)

// toldHint is a row of hintTypes with its schema.
type toldHint struct {
	hintType
	data *schema.Schema
}

// hintOf is a hint of one kind: the general object with its own data.
func (s *spec) hintOf(h toldHint) *schema.Schema {
	return s.narrowed("hint", map[string]*schema.Schema{"kind": {Const: h.kind}, "data": h.data})
}

// narrowed is what the box says by a method, with some fields told more of.
func (s *spec) narrowed(method string, fields map[string]*schema.Schema) *schema.Schema {
	general := s.resolve(s.frames[method])
	of := &schema.Schema{Type: "object", Required: general.Required}
	for _, p := range general.Properties {
		if own := fields[p.Name]; own != nil {
			p.Schema = own
		}
		of.Properties = append(of.Properties, p)
	}
	return of
}

// checkHint holds a hint against the documents.
func (s *spec) checkHint(text []byte, kind string) []string {
	for _, h := range s.hinted {
		if h.kind == kind {
			return s.set.Defs.CheckJSON(s.hintOf(h), text)
		}
	}
	return []string{fmt.Sprintf("the kind of hint %q is not in the documents", kind)}
}
