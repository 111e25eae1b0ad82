package schema

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// Words are what the source says of its types: their comments, those of their
// fields, and the constants of named strings. A program does not carry its
// source, so they are read when it is built, kept as JSON, and embedded.
type Words struct {
	Docs  map[string]string  `json:"docs"`  // by package.Type and package.Type.Field
	Enums map[string][]Value `json:"enums"` // by package.Type
}

// Value is one of the values of a named string.
type Value struct {
	Value string `json:"value"`
	Doc   string `json:"doc,omitempty"`
}

// ReadSource reads the words of the Go package in a folder, tests left out.
func ReadSource(folder string, into *Words) error {
	if into.Docs == nil {
		into.Docs, into.Enums = make(map[string]string), make(map[string][]Value)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return err
	}
	name := ""
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		if name != "" && f.Name.Name != name {
			return fmt.Errorf("%s holds the packages %s and %s", folder, name, f.Name.Name)
		}
		name = f.Name.Name
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				into.read(name, g)
			}
		}
	}
	if name == "" {
		return fmt.Errorf("%s holds no package", folder)
	}
	return nil
}

func (w *Words) read(pkg string, g *ast.GenDecl) {
	for _, spec := range g.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			name := pkg + "." + spec.Name.Name
			w.note(name, sentence(first(spec.Doc, g.Doc)))
			if t, ok := spec.Type.(*ast.StructType); ok {
				w.fields(name, t)
			}
		case *ast.ValueSpec:
			t, typed := spec.Type.(*ast.Ident)
			if g.Tok != token.CONST || !typed || len(spec.Values) != 1 {
				continue
			}
			if v, ok := spec.Values[0].(*ast.BasicLit); ok && v.Kind == token.STRING {
				text, err := strconv.Unquote(v.Value)
				if name := pkg + "." + t.Name; err == nil {
					w.Enums[name] = append(w.Enums[name], Value{text, sentence(first(spec.Comment, spec.Doc))})
				}
			}
		}
	}
}

func (w *Words) fields(name string, t *ast.StructType) {
	for _, f := range t.Fields.List {
		for _, n := range f.Names {
			if n.IsExported() {
				w.note(name+"."+n.Name, sentence(first(f.Comment, f.Doc)))
			}
		}
	}
}

func (w *Words) note(name, doc string) {
	if doc != "" {
		w.Docs[name] = doc
	}
}

func first(groups ...*ast.CommentGroup) *ast.CommentGroup {
	for _, g := range groups {
		if g != nil {
			return g
		}
	}
	return nil
}

// sentence is the first paragraph of a comment, on one line.
func sentence(g *ast.CommentGroup) string {
	if g == nil {
		return ""
	}
	text, _, _ := strings.Cut(g.Text(), "\n\n")
	return strings.Join(strings.Fields(text), " ")
}
