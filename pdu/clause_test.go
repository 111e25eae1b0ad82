package pdu

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// clauseCited is a place in a standard: "9.2.3.24", "27.005, 3.1", "RFC 2426", "WAP-230".
var clauseCited = regexp.MustCompile(`\d+\.\d+(\.\d+)*|TS\s+\d+\.\d+|RFC \d+|WAP-\d+|OMA MMS|CPHS`)

// TestEveryNameCitesItsClause holds that whoever reads the documentation of an exported name learns
// where the standard has it. Constants and fields are covered by the comment of their group or type.
func TestEveryNameCitesItsClause(t *testing.T) {
	fset := token.NewFileSet()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []*ast.File
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	p, err := doc.NewFromFiles(fset, all, "smsbridge/pdu")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	check := func(name, text string) {
		n++
		if !clauseCited.MatchString(text) {
			t.Errorf("%s cites no clause: %q", name, text)
		}
	}
	values := func(list []*doc.Value) {
		for _, v := range list {
			check(strings.Join(v.Names, " "), v.Doc)
		}
	}
	funcs := func(of string, list []*doc.Func) {
		for _, f := range list {
			check(of+f.Name, f.Doc)
		}
	}
	values(p.Consts)
	values(p.Vars)
	funcs("", p.Funcs)
	for _, typ := range p.Types {
		check(typ.Name, typ.Doc)
		values(typ.Consts)
		values(typ.Vars)
		funcs(typ.Name+".", typ.Funcs)
		funcs(typ.Name+".", typ.Methods)
	}
	if n < 100 {
		t.Errorf("only %d names were looked at", n)
	}
}
