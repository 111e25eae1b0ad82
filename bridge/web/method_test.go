package web

import (
	"reflect"
	"slices"
	"testing"
)

// TestFeatures: what hello names is there, and nothing is named that is not.
func TestFeatures(t *testing.T) {
	b := newBox(t, func(rows []method) []method {
		return slices.DeleteFunc(rows, func(m method) bool { return m.name == "case.list" })
	})
	for _, f := range featureOf {
		if f.method != "" && !slices.ContainsFunc(methods, func(m method) bool { return m.name == f.method }) {
			t.Errorf("no box can have %s: there is no method %s", f.feature, f.method)
		}
		if has := slices.Contains(b.features(), f.feature); has == (f.feature == "cases") {
			t.Errorf("%s: hello names it is %v", f.feature, has)
		}
	}
}

// TestEveryMethodIsTyped: a method whose handler answers any cannot be
// documented, nor its answers checked.
func TestEveryMethodIsTyped(t *testing.T) {
	for _, m := range methods {
		for what, of := range map[string]reflect.Type{"parameters": m.do.in, "answer": m.do.out} {
			if of == nil || of.Kind() != reflect.Struct {
				t.Errorf("%s: the %s must be a struct with a name, not %v", m.name, what, of)
			} else if of.Name() == "" {
				t.Errorf("%s: give the struct of its %s a name; the documents call it by that", m.name, what)
			}
		}
	}
}
