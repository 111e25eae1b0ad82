package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"smsbridge/storage"
)

// Limits of a request: what it may carry, and how long that and the answer may
// be under way. A caller that is slower holds a connection no longer.
const (
	maxBody  = 256 << 10
	bodyTime = 15 * time.Second
)

// router makes the REST twins from the table.
func (s *Server) router() *http.ServeMux {
	mux := http.NewServeMux()
	for i := range s.methods {
		m := &s.methods[i]
		mux.HandleFunc(m.verb+" "+m.path, func(w http.ResponseWriter, r *http.Request) {
			result, err := s.twin(w, r, m)
			if err != nil {
				s.writeProblem(w, r, err)
				return
			}
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(bodyTime))
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Cache-Control", "no-store")
			w.WriteHeader(m.status)
			writeJSON(w, result)
		})
	}
	for _, t := range s.routes {
		mux.HandleFunc(t.verb+" "+t.path, func(w http.ResponseWriter, r *http.Request) {
			p, err := s.prove(r)
			if _, refused := errors.AsType[*refusal](err); refused && t.scope == anybody {
				err = nil // to be a stranger is all right here; a ledger that does not answer is not
			}
			if err == nil {
				err = may(p, t.scope, t.least)
			}
			if err != nil {
				s.refused(r.Context(), p, t.verb+" "+t.path, err)
			}
			if err == nil {
				err = t.serve(s, w, r.WithContext(storage.WithReader(r.Context(), t.verb+" "+t.path)), p)
			}
			if err != nil {
				s.writeProblem(w, r, err)
			}
		})
	}
	if s.c.Lab != nil {
		mux.HandleFunc(labPath+"/", s.lab)
	}
	return mux
}

// twin answers a method that was asked for over REST.
func (s *Server) twin(w http.ResponseWriter, r *http.Request, m *method) (any, error) {
	p, err := s.prove(r)
	if err == nil {
		err = may(p, m.scope, m.least)
	}
	if err != nil {
		s.refused(r.Context(), p, m.name, err)
		return nil, err
	}
	r = r.WithContext(withProof(r.Context(), p))
	params, err := restParams(w, r, m.path, m.do.types)
	if err != nil {
		return nil, err
	}
	do := func() (any, error) { return s.call(r.Context(), m, p, params) }
	if m.rest != nil {
		return m.rest(s, w, r, do)
	}
	return do()
}

// restParams gathers what stands in body, query, path and Idempotency-Key into
// the object that the socket would have sent. What the path says wins.
func restParams(w http.ResponseWriter, r *http.Request, path string, t types) (json.RawMessage, error) {
	params := make(map[string]json.RawMessage)
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, tooLarge.say("", "A request may carry %d bytes. Send less at a time.", maxBody)
	}
	if err != nil {
		return nil, invalidRequest.say("", "The body broke off: %v.", err)
	}
	if len(body) > 0 {
		err := json.Unmarshal(body, &params)
		if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return nil, invalidParams.say("", `The body must be a JSON object, such as {"text":"..."}, not %s.`, article(e.Value))
		}
		if err != nil {
			return nil, parseProblem(body, err)
		}
		if params == nil { // null
			params = make(map[string]json.RawMessage)
		}
	}
	for name, values := range r.URL.Query() {
		params[name] = fromQuery(t.kinds[name], values)
	}
	if key := r.Header.Get("Idempotency-Key"); key != "" {
		params["idem"] = quoted(strings.Trim(key, `"`))
	}
	for piece := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(piece, "{"); ok {
			name = strings.TrimSuffix(name, "}")
			params[name] = quoted(r.PathValue(name))
		}
	}
	return json.Marshal(params)
}

// fromQuery writes what stands in a query, where all is text, as the kind that
// is taken. What is not of that kind stays text, and is refused by its name.
func fromQuery(kind reflect.Kind, values []string) json.RawMessage {
	switch text := values[0]; kind {
	case reflect.Int, reflect.Int64:
		if _, err := strconv.ParseInt(text, 10, 64); err == nil {
			return json.RawMessage(text)
		}
	case reflect.Bool:
		if text == "true" || text == "false" {
			return json.RawMessage(text)
		}
	case reflect.Slice:
		list, _ := json.Marshal(words(values))
		return list
	}
	return quoted(values[0])
}

func quoted(s string) json.RawMessage {
	b, _ := json.Marshal(s)
	return b
}

// writeJSON writes v and a line end. Who has gone away does not hear it.
func writeJSON(w io.Writer, v any) {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
}

// serve finds the way: the API, what looks like another's, or the page.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.likes.Handler(r); pattern != "" {
		s.likes.ServeHTTP(w, r)
		return
	}
	if r.URL.Path != "/api" && r.URL.Path != metricsPath && !strings.HasPrefix(r.URL.Path, "/api/") {
		s.servePage(w, r)
		return
	}
	if _, pattern := s.api.Handler(r); pattern != "" {
		s.api.ServeHTTP(w, r)
		return
	}
	var allow []string
	for _, verb := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		other := &http.Request{Method: verb, URL: r.URL, Host: r.Host}
		if _, pattern := s.api.Handler(other); pattern != "" {
			allow = append(allow, verb)
		}
	}
	if len(allow) > 0 {
		w.Header().Set("Allow", strings.Join(allow, ", "))
		s.writeProblem(w, r, wrongVerb.say("", "%s takes %s, not %s.", r.URL.Path, strings.Join(allow, " or "), r.Method))
		return
	}
	s.writeProblem(w, r, methodNotFound.say("", "There is nothing at %s. The paths begin with /api/v1/, such as /api/v1/threads.", r.URL.Path))
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request, _ *proof) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, healthAnswer{true})
	return nil
}

type healthAnswer struct {
	OK bool `json:"ok"`
}

// labPath is where the demo's own handler is; it sees paths without it.
const labPath = "/api/v1/lab"

// lab hands over to the demo's own handler, for people who are signed in and
// for whoever may everything.
func (s *Server) lab(w http.ResponseWriter, r *http.Request) {
	p, err := s.prove(r)
	if err == nil {
		err = may(p, storage.ScopeAdmin, storage.RoleAgent)
	}
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	ctx, in, err := s.visits.hold(r.Context(), p)
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	defer s.visits.leave(in)
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	http.StripPrefix(labPath, s.c.Lab).ServeHTTP(w, r.WithContext(ctx))
}
