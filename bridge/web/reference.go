package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"slices"
	"strings"
	"sync"

	"smsbridge/bridge/schema"
)

// The reference is one page to read, with neither script nor anything from
// another host: the browser's own search finds what is looked for.
var (
	//go:embed spec/reference.html
	referenceText string
	//go:embed spec/reference.css
	referenceStyle string
)

// referenceStyleHash is what the page's policy lets through.
func referenceStyleHash() string {
	sum := sha256.Sum256([]byte(referenceStyle))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// referencePage is read when somebody wants it.
var referencePage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("reference").Funcs(template.FuncMap{"kind": kindText, "json": prettyJSON}).Parse(referenceText))
})

// A chapter is the methods of one noun.
type chapter struct {
	Noun    string
	Entries []section
}

// A section is one method as it is read.
type section struct {
	entry
	ID    string
	May   string
	Takes []fieldRow
	Gives template.HTML
}

// A fieldRow is one field in a table.
type fieldRow struct {
	Name, Where, Doc string
	Kind             template.HTML
	Need             bool
}

// An objectRow is one named schema.
type objectRow struct {
	Name, Doc string
	Values    []string
	Fields    []fieldRow
}

func (s *spec) reference() ([]byte, error) {
	var b bytes.Buffer
	err := referencePage().Execute(&b, map[string]any{
		"Style":    template.CSS(referenceStyle),
		"Version":  s.version,
		"Chapters": s.chapters(),
		"Events":   s.eventRows(),
		"Errors":   errorKinds,
		"Objects":  s.objects(),
		"Notices":  notices,
		"Hints":    s.hintRows(),
	})
	return b.Bytes(), err
}

func (s *spec) chapters() []chapter {
	var all []chapter
	for _, noun := range s.nouns() {
		c := chapter{Noun: noun}
		for _, e := range s.entries {
			if e.Noun == noun {
				c.Entries = append(c.Entries, s.section(e))
			}
		}
		all = append(all, c)
	}
	return all
}

func (s *spec) section(e entry) section {
	sec := section{entry: e, ID: anchor(e.Name), May: mayWords(e), Gives: kindText(e.Out)}
	path, rest, required := s.split(e)
	for _, p := range path {
		sec.Takes = append(sec.Takes, fieldRow{p.Name, "path", p.Description, kindText(p.Schema), true})
	}
	where := "body"
	if !e.hasBody() {
		where = "query"
	}
	if e.Path == "" {
		where = "params"
	}
	for _, p := range rest {
		sec.Takes = append(sec.Takes, fieldRow{p.Name, where, p.Description, kindText(p.Schema), slices.Contains(required, p.Name)})
	}
	for _, p := range e.Query {
		sec.Takes = append(sec.Takes, fieldRow{p.Name, "query, REST only", p.Description, kindText(p.Schema), false})
	}
	return sec
}

// eventRow is one type of event as it is read.
type eventRow struct {
	Name, Key, Doc string
	Kind           template.HTML
}

func (s *spec) eventRows() []eventRow {
	var rows []eventRow
	for _, e := range s.told {
		rows = append(rows, eventRow{e.name, e.key, e.doc, kindText(e.data.Properties.Of(e.key))})
	}
	return rows
}

func (s *spec) hintRows() []eventRow {
	var rows []eventRow
	for _, h := range s.hinted {
		rows = append(rows, eventRow{Name: h.kind, Doc: h.doc, Kind: kindText(h.data)})
	}
	return rows
}

func (s *spec) objects() []objectRow {
	var rows []objectRow
	for name, d := range s.set.Defs {
		o := objectRow{Name: name, Values: d.Enum}
		o.Doc, _, _ = strings.Cut(d.Description, "\n")
		if len(d.Enum) > 0 {
			o.Doc = d.Description
		}
		for _, p := range d.Properties {
			o.Fields = append(o.Fields, fieldRow{p.Name, "", p.Description, kindText(p.Schema), slices.Contains(d.Required, p.Name)})
		}
		rows = append(rows, o)
	}
	slices.SortFunc(rows, func(a, b objectRow) int { return strings.Compare(a.Name, b.Name) })
	return rows
}

func anchor(name string) string {
	return strings.Trim(strings.NewReplacer(" ", "-", "/", "-", ".", "-").Replace(strings.ToLower(name)), "-")
}

// kindText names a schema for people, with a link to what it refers to. Only
// names of Go types and fixed words go into it.
func kindText(of *schema.Schema) template.HTML {
	switch {
	case of == nil:
		return ""
	case of.Ref != "":
		name := template.HTMLEscapeString(of.Ref[strings.LastIndex(of.Ref, "/")+1:])
		return template.HTML(`<a href="#object-` + name + `">` + name + `</a>`)
	case of.Items != nil:
		return "list of " + kindText(of.Items)
	case len(of.AnyOf) > 0:
		return kindText(of.AnyOf[0]) + " or null"
	case of.Additional != nil:
		return "map of " + kindText(of.Additional)
	case of.Format == "date-time":
		return "time"
	case of.Type == "":
		return "anything"
	case of.Type == "object" && len(of.Properties) > 0:
		var fields []string
		for _, p := range of.Properties {
			fields = append(fields, template.HTMLEscapeString(p.Name)+": "+string(kindText(p.Schema)))
		}
		return template.HTML("{ " + strings.Join(fields, ", ") + " }")
	case of.Type == "object":
		return "{}"
	}
	return template.HTML(template.HTMLEscapeString(of.Type))
}

func prettyJSON(text json.RawMessage) string {
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return ""
	}
	return b.String()
}
