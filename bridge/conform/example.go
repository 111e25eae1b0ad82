package conform

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An example is one operation of the document with what it asks.
type example struct {
	verb, path string
	operation
	asks map[string]any
}

// examples replays the examples of the document. The ids in them stand for
// things that this box does not have, so each is bound to one of its own as
// soon as an answer has one in the place where the document's answer has it:
// the id of the first line, of the text that was just sent, and so on. An
// example whose ids are all bound is asked, over HTTP and, what only reads, over
// the socket as well; and what is answered must fit its schema.
func (s *suite) examples(ctx context.Context, tell func(Result)) {
	bound := make(map[string]string)
	for left := s.listExamples(); len(left) > 0; {
		i := slices.IndexFunc(left, func(e example) bool { return ready(e.asks, bound) })
		if i < 0 {
			for _, e := range left {
				tell(Result{Name: "example: " + e.name(), Outcome: Skipped, Detail: "nothing in this box stands for an id in it"})
			}
			return
		}
		e := left[i]
		left = slices.Delete(left, i, i+1)
		begin := time.Now()
		detail, err := s.replay(ctx, e, bound)
		r := result("example: "+e.name(), err, begin)
		if err == nil {
			r.Detail = detail
		}
		tell(r)
		if ctx.Err() != nil {
			return
		}
	}
}

func (e example) name() string {
	if e.RPC != "" {
		return e.RPC
	}
	return e.verb + " " + e.path
}

// stages are changes of one thing that follow each other.
var stages = []string{"campaign.add", "campaign.start", "campaign.pause", "campaign.resume", "campaign.cancel"}

// rank puts what makes before what changes, and what ends last; ten ranks apart,
// with the stages of what changes between them.
func (e example) rank() int {
	if i := slices.Index(stages, e.RPC); i >= 0 {
		return 21 + i
	}
	return 10 * e.step()
}

func (e example) step() int {
	switch {
	case e.RPC == "modem.reset":
		return 9
	case e.RPC == "line.assign", e.RPC == "contact.merge", e.RPC == "message.cancel": // before who needs them
		return 1
	case e.path == "/api/v1/pair/token", e.RPC == "session.list": // after what they tell of
		return 3
	case e.path == "/api/v1/session" && e.verb == http.MethodPost:
		return 2
	case e.verb == http.MethodDelete, e.RPC == "pair.deny":
		return 4
	case e.verb == http.MethodGet && !strings.Contains(e.path, "{"), e.verb == http.MethodPost && !strings.Contains(e.path, "{"):
		return 1
	}
	return 2
}

// listExamples are those that may be asked here, in the order in which to try.
func (s *suite) listExamples() []example {
	var all []example
	for _, path := range slices.Sorted(maps.Keys(s.doc.Paths)) {
		for verb, o := range s.doc.Paths[path] {
			e := example{verb: strings.ToUpper(verb), path: path, operation: o, asks: make(map[string]any)}
			reads := e.verb == http.MethodGet || o.RPC == "message.count"
			if !reads && !s.o.Everything || path == "/api/v1/ws" {
				continue
			}
			for _, p := range o.Parameters {
				if p.Example != nil {
					e.asks[p.Name] = p.Example
				}
			}
			if body, ok := o.Body.Content["application/json"].Example.(map[string]any); ok {
				maps.Copy(e.asks, body)
			}
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b example) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.path, b.path), cmp.Compare(a.verb, b.verb))
	})
	return all
}

// token is what stands for a thing: an id, a secret, or a code.
var token = regexp.MustCompile(`^([a-z]{2}_[0-9A-Za-z]+|dvc_[0-9a-f]+|[B-Z]{4}-[B-Z]{4})$`)

// ready tells whether everything that an example names has been found here.
func ready(v any, bound map[string]string) bool {
	switch v := v.(type) {
	case string:
		_, known := bound[v]
		return known || !token.MatchString(v)
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !ready(item, bound) })
	case map[string]any:
		for _, item := range v {
			if !ready(item, bound) {
				return false
			}
		}
	}
	return true
}

// put writes this box's own in place of what the example names; the other way
// with back.
func put(v any, bound map[string]string) any {
	switch v := v.(type) {
	case string:
		if own, ok := bound[v]; ok {
			return own
		}
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = put(item, bound)
		}
		return list
	case map[string]any:
		o := make(map[string]any, len(v))
		for name, item := range v {
			o[name] = put(item, bound)
		}
		return o
	}
	return v
}

// bind walks the document's answer and this box's side by side.
func bind(theirs, own any, bound map[string]string) {
	switch t := theirs.(type) {
	case string:
		if o, ok := own.(string); ok && token.MatchString(t) && bound[t] == "" {
			bound[t] = o
		}
	case []any:
		if o, ok := own.([]any); ok {
			for i := range min(len(t), len(o)) {
				bind(t[i], o[i], bound)
			}
		}
	case map[string]any:
		if o, ok := own.(map[string]any); ok {
			for name := range t {
				bind(t[name], o[name], bound)
			}
		}
	}
}

// replay asks one example and holds what comes back against the document. What
// is refused as the document's table says is all right: not every box can do
// everything; the detail tells.
func (s *suite) replay(ctx context.Context, e example, bound map[string]string) (detail string, err error) {
	asks, _ := put(e.asks, bound).(map[string]any)
	s.known(asks)
	if s.o.SendTo != "" && e.RPC == "message.send" {
		asks["to"], asks["idem"] = map[string]any{"number": s.o.SendTo}, fmt.Sprintf("check-%d", time.Now().UnixNano())
	}
	a, err := s.askREST(ctx, e, asks)
	if err != nil {
		return "", err
	}
	if a.status >= 400 && s.o.Person != "" {
		own, err := s.as(s.o.Person).askREST(ctx, e, asks)
		if err != nil {
			return "", err
		}
		a, s = own, s.as(s.o.Person)
	}
	status, of, kind := e.success()
	if a.status >= 400 {
		if err := s.doc.problem(a); err != nil {
			return "", err
		}
		return fmt.Sprintf("refused as it should be: %v", a.object()["detail"]), nil
	}
	if status != 0 && a.status != status {
		return "", fmt.Errorf("it answered %d and not %d", a.status, status)
	}
	if kind == "" {
		return "", nil
	}
	var own any
	if err := json.Unmarshal(a.body, &own); err != nil {
		return "", fmt.Errorf("the answer is no JSON: %.80s", a.body)
	}
	if err := complain(s.doc.Components.Schemas.Check(of.Schema, own)); err != nil {
		return "", err
	}
	bind(of.Example, own, bound)
	s.note(own)
	if s.o.Recorded != nil {
		back := make(map[string]string, len(bound))
		for theirs, own := range bound {
			back[own] = theirs
		}
		s.o.Recorded(e.name(), put(own, back))
	}
	if e.RPC == "" || e.verb != http.MethodGet {
		return "", nil
	}
	return "", s.askSocket(ctx, e, asks, of)
}

// named is what a thing is asked for by.
func named(o map[string]any) string {
	for _, key := range []string{"id", "thread", "key", "line"} {
		if id, ok := o[key].(string); ok {
			return id
		}
	}
	return ""
}

// note keeps the revs of everything in an answer.
func (s *suite) note(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			s.note(item)
		}
	case map[string]any:
		if rev, ok := v["rev"].(float64); ok && rev > s.revs[named(v)] {
			s.revs[named(v)] = rev
		}
		for _, item := range v {
			s.note(item)
		}
	}
}

// known puts the rev of this box's own thing in place of the document's.
func (s *suite) known(asks map[string]any) {
	if _, there := asks["if_rev"]; there {
		asks["if_rev"] = s.revs[named(asks)]
	}
}

// as is the suite with another token.
func (s *suite) as(token string) *suite {
	other := *s
	other.o.Token = token
	return &other
}

func (s *suite) askREST(ctx context.Context, e example, asks map[string]any) (answer, error) {
	path, query := e.path, url.Values{}
	rest := maps.Clone(asks)
	for _, p := range e.Parameters {
		v, there := rest[p.Name]
		if !there {
			continue
		}
		delete(rest, p.Name)
		switch p.In {
		case "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(text(v)))
		case "query":
			query.Set(p.Name, text(v))
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	var body []byte
	if len(rest) > 0 {
		body, _ = json.Marshal(rest)
	}
	return s.ask(ctx, e.verb, path, body)
}

func text(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// askSocket asks the same by the other way.
func (s *suite) askSocket(ctx context.Context, e example, asks map[string]any, of media) error {
	l, _, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	v, err := l.call(e.RPC, asks, nil)
	if err != nil {
		return fmt.Errorf("on the socket: %w", err)
	}
	if v["error"] != nil {
		return fmt.Errorf("over HTTP it was answered, on the socket refused: %v", v["error"])
	}
	if err := complain(s.doc.Components.Schemas.Check(of.Schema, v["result"])); err != nil {
		return fmt.Errorf("on the socket: %w", err)
	}
	return nil
}
