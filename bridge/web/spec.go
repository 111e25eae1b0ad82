package web

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"reflect"
	"slices"
	"strings"

	"smsbridge/bridge/schema"
)

// The words of the documents: spec/NOUN.txt says of each method in one sentence
// what it does, and gives an example; spec/words.json is what the source says
// of types and fields, read by TestSpecFresh.
//
//go:embed spec
var specFiles embed.FS

// A sheet is what spec/NOUN.txt says of one method or route:
//
//	# message.send                 its name, or verb and path
//	Send a text: ...               one sentence
//	? wait: sent or delivered ...  what only the query of its REST twin takes
//	> {"text":"..."}               an example of what is asked
//	< {"message":{...}}            and of what is answered
type sheet struct {
	Noun    string
	Summary string
	Query   []schema.Property
	Asks    json.RawMessage
	Answers json.RawMessage
}

// readSheets reads every sheet by its name.
func readSheets() (map[string]sheet, error) {
	sheets := make(map[string]sheet)
	entries, err := specFiles.ReadDir("spec")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		noun, isText := strings.CutSuffix(e.Name(), ".txt")
		if !isText {
			continue
		}
		text, err := specFiles.ReadFile(path.Join("spec", e.Name()))
		if err != nil {
			return nil, err
		}
		if err := parseSheets(noun, string(text), sheets); err != nil {
			return nil, fmt.Errorf("spec/%s: %w", e.Name(), err)
		}
	}
	return sheets, nil
}

func parseSheets(noun, text string, into map[string]sheet) error {
	name := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		s := into[name]
		mark, rest, _ := strings.Cut(line, " ")
		if mark != "#" && name == "" {
			return fmt.Errorf("%q stands before the first name", line)
		}
		switch mark {
		case "#":
			if name = rest; into[name].Noun != "" {
				return fmt.Errorf("%s stands here twice", name)
			}
			s = sheet{Noun: noun}
		case "?":
			field, doc, _ := strings.Cut(rest, ": ")
			s.Query = append(s.Query, schema.Property{Name: field, Schema: &schema.Schema{Type: "string", Description: doc}})
		case ">":
			s.Asks = json.RawMessage(rest)
		case "<":
			s.Answers = json.RawMessage(rest)
		default:
			s.Summary = strings.TrimSpace(s.Summary + " " + line)
		}
		if s.Asks != nil && !json.Valid(s.Asks) || s.Answers != nil && !json.Valid(s.Answers) {
			return fmt.Errorf("%s: %q is no JSON", name, rest)
		}
		into[name] = s
	}
	return nil
}

// An entry is one method or route as the documents show it.
type entry struct {
	sheet
	Name         string // of JSON-RPC, or verb and path of what only HTTP has
	RPC          bool   // can be asked for over the socket
	Verb, Path   string // of REST; empty: only the socket has it
	Scope, Role  string
	Status       int
	In, Out      *schema.Schema
	Raw          string // the kind of an answer that is not JSON
	Keyed        bool   // takes an idempotency key
	kinds        map[string]reflect.Kind
	unauthorized bool
}

// A spec is everything that can be said over the wire, with the schemas of it.
type spec struct {
	entries []entry
	told    []toldEvent
	hinted  []toldHint
	set     *schema.Set
	problem *schema.Schema
	rpcErr  *schema.Schema
	frames  map[string]*schema.Schema // what the box says on a socket unasked, by method
	version string
}

// toldEvent is a row of eventTypes with its schema.
type toldEvent struct {
	eventType
	data *schema.Schema
}

// spoken is what only the socket has.
var spoken = []struct {
	name string
	types
}{
	{"session.open", takes[openParams, opened]()},
	{"ping", takes[none, none]()},
}

// raw are the routes whose answer is no JSON object.
var raw = map[string]string{
	"GET /api/v1/events":          "application/jsonl",
	"GET " + socketPath:           "",
	"GET /api/v1/reference":       "text/html",
	"GET /api/v1/support-bundle":  "application/zip",
	"GET /api/v1/stats/usage.csv": "text/csv; charset=utf-8",
	"GET /api/v1/export/thread":   "text/plain; charset=utf-8", // or what format says
	"GET /api/v1/export/contacts": "text/vcard; charset=utf-8",
	"GET /api/v1/export":          "application/x-ndjson",
	"GET /metrics":                "text/plain; version=0.0.4; charset=utf-8",
}

// newSpec makes the documents' truth from the tables.
func newSpec(version string, methods []method, routes []route) (*spec, error) {
	sheets, err := readSheets()
	if err != nil {
		return nil, err
	}
	text, err := specFiles.ReadFile("spec/words.json")
	if err != nil {
		return nil, err
	}
	var words schema.Words
	if err := json.Unmarshal(text, &words); err != nil {
		return nil, fmt.Errorf("spec/words.json: %w", err)
	}
	s := &spec{set: schema.NewSet(words), version: version}
	for _, m := range methods {
		e := s.entry(entry{sheet: sheets[m.name], Name: m.name, RPC: true, Verb: m.verb, Path: m.path,
			Scope: m.scope, Role: string(m.least), Status: m.status, Keyed: m.takesKey()}, m.do.types)
		if e.Keyed {
			e.In, e.Out = s.keyed(e)
		}
		s.entries = append(s.entries, e)
	}
	for _, r := range routes {
		name := r.verb + " " + r.path
		s.entries = append(s.entries, s.entry(entry{sheet: sheets[name], Name: name, Verb: r.verb, Path: r.path,
			Scope: r.scope, Role: string(r.least), Status: http.StatusOK, Raw: raw[name]}, r.types))
	}
	for _, k := range spoken {
		s.entries = append(s.entries, s.entry(entry{sheet: sheets[k.name], Name: k.name, RPC: true, Scope: anybody, Role: string(stranger)}, k.types))
	}
	for _, e := range eventTypes {
		s.told = append(s.told, toldEvent{e, schema.Object(schema.Property{Name: e.key, Schema: s.set.Out(e.data)})})
	}
	for _, h := range hintTypes {
		s.hinted = append(s.hinted, toldHint{h, s.set.Out(h.data)})
	}
	s.problem = s.set.Out(reflect.TypeFor[problem]())
	s.rpcErr = s.set.Out(reflect.TypeFor[rpcError]())
	s.frames = map[string]*schema.Schema{
		"hello": s.set.Out(reflect.TypeFor[hello]()),
		"live":  s.set.Out(reflect.TypeFor[position]()),
		"beat":  s.set.Out(reflect.TypeFor[position]()),
		"bye":   s.set.Out(reflect.TypeFor[bye]()),
		"hint":  s.set.Out(reflect.TypeFor[hint]()),
		"event": s.set.Out(reflect.TypeFor[eventLine]()),
	}
	return s, nil
}

func (s *spec) entry(e entry, t types) entry {
	if t.in == nil {
		return e
	}
	e.In, e.Out, e.kinds = s.set.In(t.in), s.set.Out(t.out), t.kinds
	e.unauthorized = e.Scope == anybody && e.Role == string(stranger)
	return e
}

// keyWords say what an idempotency key does.
const keyWords = "A key of your own choice; the same request with the same key is done once, within seven days."

// keyed is what a method with an idempotency key takes and answers: to a key
// that comes again, what it answered then, without the secrets of it.
func (s *spec) keyed(e entry) (in, out *schema.Schema) {
	in, out = new(schema.Schema), new(schema.Schema)
	*in, *out = *s.resolve(e.In), *s.resolve(e.Out)
	if in.Properties.Of("idem") == nil {
		in.Properties = append(slices.Clip(in.Properties), schema.Property{Name: "idem", Schema: &schema.Schema{Type: "string", Description: keyWords}})
	}
	if out.Properties.Of("replayed") == nil {
		out.Properties = append(slices.Clip(out.Properties), schema.Property{Name: "replayed", Schema: &schema.Schema{
			Type: "boolean", Description: "The key came before, and this is what was answered then, without its secrets."}})
		out.Required = slices.DeleteFunc(slices.Clone(out.Required), func(name string) bool { return slices.Contains(secretFields, name) })
	}
	return in, out
}

// resolve follows a reference to the object behind it.
func (s *spec) resolve(of *schema.Schema) *schema.Schema {
	if of == nil {
		return &schema.Schema{}
	}
	if name, ok := strings.CutPrefix(of.Ref, "#/components/schemas/"); ok {
		return s.set.Defs[name]
	}
	return of
}

// inPath are the parameters of a path.
func inPath(path string) []string {
	var names []string
	for piece := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(piece, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// hasBody tells whether the REST twin takes its parameters in a body.
func (e entry) hasBody() bool { return e.Verb != http.MethodGet && e.Verb != http.MethodDelete }

// split parts what is taken: in the path, and elsewhere. What cannot be written
// in a query is left out there.
func (s *spec) split(e entry) (path, rest []schema.Property, required []string) {
	in, named := s.resolve(e.In), inPath(e.Path)
	for _, name := range named {
		p := in.Properties.Of(name)
		if p == nil {
			p = &schema.Schema{Type: "string"}
		}
		path = append(path, schema.Property{Name: name, Schema: p})
	}
	for _, p := range in.Properties {
		if slices.Contains(named, p.Name) || !e.hasBody() && (e.kinds[p.Name] == reflect.Struct || e.kinds[p.Name] == reflect.Map) {
			continue
		}
		rest = append(rest, p)
		if slices.Contains(in.Required, p.Name) {
			required = append(required, p.Name)
		}
	}
	return path, rest, required
}

// shape checks the data of an event against its type.
func (s *spec) shape(kind string, data any) []string {
	for _, e := range s.told {
		if e.name == kind {
			return s.set.Defs.Check(e.data, data)
		}
	}
	return []string{fmt.Sprintf("the event type %s is not in the documents", kind)}
}

// pretty is a document as it is served.
func pretty(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("web: a document cannot be written: %v", err)) // it is made of maps, lists and texts only
	}
	return b.Bytes()
}
