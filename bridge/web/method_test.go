package web

import (
	"reflect"
	"testing"
)

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
