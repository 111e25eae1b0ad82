package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"smsbridge/bridge/schema"
)

// obj is an object of a document.
type obj = map[string]any

// openAPI is the description of REST and webhooks (OpenAPI 3.1).
func (s *spec) openAPI() obj {
	paths := make(map[string]obj)
	for _, e := range s.entries {
		if e.Path == "" {
			continue
		}
		if paths[e.Path] == nil {
			paths[e.Path] = obj{}
		}
		paths[e.Path][strings.ToLower(e.Verb)] = s.operation(e)
	}
	schemas := make(obj)
	for name, d := range s.set.Defs {
		schemas[name] = d
	}
	return obj{
		"openapi":           "3.1.0",
		"jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
		"info":              s.info("smsbridge REST", restWords),
		"servers":           []obj{{"url": "/", "description": "this box"}},
		"tags":              s.tags(),
		"paths":             paths,
		"webhooks":          obj{"event": obj{"post": s.webhook()}},
		"components": obj{
			"schemas":         schemas,
			"securitySchemes": securitySchemes(),
			"responses": obj{"problem": obj{
				"description": "A refusal (RFC 9457). Its code and type are those of the table in x-problems.",
				"content":     obj{"application/problem+json": obj{"schema": s.problem}},
			}},
		},
		"x-problems": problemTable(),
		"x-events":   s.eventTable(),
	}
}

const restWords = "Every method of the box over HTTP. The same methods are spoken over the WebSocket, " +
	"whose description is /api/v1/asyncapi.json; both are made from one table. Fields may be added; " +
	"ignore what you do not know. Ids are opaque. Times are RFC 3339 in UTC. A list that is longer " +
	"than one answer goes on with its cursor."

func (s *spec) info(title, words string) obj {
	return obj{"title": title, "version": s.version, "description": words,
		"license": obj{"name": "see the program's LICENSE", "url": "https://spdx.org/licenses/"}}
}

// tags are the nouns, in the order of the table.
func (s *spec) tags() []obj {
	var tags []obj
	for _, noun := range s.nouns() {
		tags = append(tags, obj{"name": noun, "description": "What can be asked about: " + noun + "."})
	}
	return tags
}

func (s *spec) nouns() []string {
	var nouns []string
	for _, e := range s.entries {
		if e.Noun != "" && !slices.Contains(nouns, e.Noun) {
			nouns = append(nouns, e.Noun)
		}
	}
	return nouns
}

func securitySchemes() obj {
	return obj{
		"token":   obj{"type": "http", "scheme": "bearer", "description": "A token of `smsbridge token create`, or one got by pairing."},
		"session": obj{"type": "apiKey", "in": "cookie", "name": "smsbridge", "description": "The page's session; the cookie's name ends with the id of the box."},
	}
}

func (s *spec) operation(e entry) obj {
	o := obj{
		"operationId": operationID(e),
		"summary":     e.Summary,
		"description": mayWords(e),
		"tags":        []string{e.Noun},
		"responses": obj{
			strconv.Itoa(e.Status): s.answer(e),
			"4XX":                  obj{"$ref": "#/components/responses/problem"},
			"5XX":                  obj{"$ref": "#/components/responses/problem"},
		},
		"security": []obj{{"token": []string{}}, {"session": []string{}}},
	}
	if e.unauthorized {
		o["security"] = []obj{}
	}
	if e.RPC {
		o["x-rpc"] = e.Name
	}
	path, rest, required := s.split(e)
	example := asked(e)
	var params []obj
	for _, p := range path {
		params = append(params, param("path", p, true, example[p.Name]))
	}
	for _, p := range e.Query {
		params = append(params, param("query", p, false, nil))
	}
	if !e.hasBody() {
		for _, p := range rest {
			params = append(params, param("query", p, slices.Contains(required, p.Name), example[p.Name]))
		}
	} else if len(rest) > 0 {
		o["requestBody"] = body(rest, required, path, example)
	}
	if e.Keyed {
		params = append(params, param("header", schema.Property{Name: "Idempotency-Key", Schema: &schema.Schema{Type: "string", Description: keyWords}}, false, nil))
	}
	if len(params) > 0 {
		o["parameters"] = params
	}
	return o
}

func operationID(e entry) string {
	if e.RPC {
		return e.Name
	}
	return strings.ToLower(e.Verb) + strings.NewReplacer("/api/v1/", ".", "/", ".", ".json", "").Replace(e.Path)
}

// mayWords says who may.
func mayWords(e entry) string {
	switch {
	case e.unauthorized:
		return "For anybody, signed in or not."
	case e.Scope == known:
		return "For whoever is signed in, or has a token."
	}
	return fmt.Sprintf("A token needs the scope %s; a person, the role %s or more.", e.Scope, e.Role)
}

func (s *spec) answer(e entry) obj {
	a := obj{"description": "Done."}
	switch {
	case e.Path == socketPath:
		a["description"] = "Never: the answer to an upgrade is 101, and to anything else 426."
	case e.Raw != "":
		a["content"] = obj{e.Raw: obj{"schema": obj{"type": "string"}}}
		if e.Raw == "application/jsonl" {
			a["content"].(obj)["text/event-stream"] = obj{"schema": obj{"type": "string"}}
			a["description"] = "One event on each line: the schema EventLine."
		}
	case e.Out != nil:
		content := obj{"schema": e.Out}
		if e.Answers != nil {
			content["example"] = e.Answers
		}
		a["content"] = obj{"application/json": content}
	}
	if e.Name == "message.send" {
		a["headers"] = obj{"Location": obj{"description": "Where the message is.", "schema": obj{"type": "string"}}}
	}
	return a
}

// asked is the example of what is asked, by field.
func asked(e entry) map[string]json.RawMessage {
	var example map[string]json.RawMessage
	_ = json.Unmarshal(e.Asks, &example) // it was valid when it was read
	return example
}

func param(in string, p schema.Property, required bool, example json.RawMessage) obj {
	o := obj{"name": p.Name, "in": in, "schema": p.Schema}
	if p.Schema.Description != "" {
		o["description"] = p.Schema.Description
	}
	if required {
		o["required"] = true
	}
	if p.Schema.Type == "array" {
		o["style"], o["explode"] = "form", false
	}
	if example != nil {
		o["example"] = example
	}
	return o
}

func body(fields []schema.Property, required []string, path []schema.Property, example map[string]json.RawMessage) obj {
	for _, p := range path {
		delete(example, p.Name)
	}
	content := obj{"schema": &schema.Schema{Type: "object", Properties: fields, Required: required}}
	if len(example) > 0 {
		content["example"] = example
	}
	return obj{"required": len(required) > 0, "content": obj{"application/json": content}}
}

// webhook is what the box says to a hook.
func (s *spec) webhook() obj {
	return obj{
		"operationId": "webhook.event",
		"summary":     "The box tells of an event (Standard Webhooks).",
		"description": "Signed with the hook's secret: HMAC-SHA256 over webhook-id, webhook-timestamp and the body, parted by full stops.",
		"parameters": []obj{
			param("header", schema.Property{Name: "webhook-id", Schema: &schema.Schema{Type: "string", Description: "The same at every try; made of epoch and number of the event."}}, true, nil),
			param("header", schema.Property{Name: "webhook-timestamp", Schema: &schema.Schema{Type: "integer", Description: "Seconds since 1970; refuse what is older than five minutes."}}, true, nil),
			param("header", schema.Property{Name: "webhook-signature", Schema: &schema.Schema{Type: "string", Description: "v1,BASE64; several with spaces between, while a secret is changed."}}, true, nil),
		},
		"requestBody": obj{"required": true, "content": obj{"application/json": obj{"schema": s.frames["event"]}}},
		"responses": obj{
			"2XX": obj{"description": "Taken; it is not told again."},
			"4XX": obj{"description": "Not taken; it is tried again later, and at last given up."},
		},
		"security": []obj{},
	}
}

// problemTable is the table of errors for programs.
func problemTable() []obj {
	var rows []obj
	for _, k := range errorKinds {
		rows = append(rows, obj{"code": k.Code, "type": k.Type, "status": k.Status, "retryable": k.Retryable, "title": k.Title})
	}
	return rows
}

// eventTable is the table of events: what stands in the data of each type.
func (s *spec) eventTable() []obj {
	var rows []obj
	for _, e := range s.told {
		rows = append(rows, obj{"type": e.name, "description": e.doc, "data": e.data})
	}
	return rows
}

// document is what the answer that is itself a description looks like.
type document map[string]any

// paper is one of the documents, ready to be served.
type paper struct {
	kind string
	text []byte
}

func makePapers(version string, methods []method, routes []route) (map[string]paper, error) {
	s, err := newSpec(version, methods, routes)
	if err != nil {
		return nil, err
	}
	page, err := s.reference()
	if err != nil {
		return nil, err
	}
	return map[string]paper{
		"/api/v1/openapi.json":  {"application/json", pretty(s.openAPI())},
		"/api/v1/asyncapi.json": {"application/json", pretty(s.asyncAPI())},
		"/api/v1/reference":     {"text/html; charset=utf-8", page},
	}, nil
}

// Documents are the OpenAPI and the AsyncAPI description of this version, for
// who has no box at hand.
func Documents(version string) (openapi, asyncapi []byte, err error) {
	papers, err := makePapers(version, methods, routes)
	return papers["/api/v1/openapi.json"].text, papers["/api/v1/asyncapi.json"].text, err
}

// showPaper answers with a document. They hold no secret, so anybody may read.
func (s *Server) showPaper(w http.ResponseWriter, r *http.Request, _ *proof) error {
	papers, err := s.documents()
	if err != nil {
		return err
	}
	p := papers[r.URL.Path]
	h := w.Header()
	h.Set("Content-Type", p.kind)
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(p.kind, "text/html") {
		h.Set("Content-Security-Policy", "default-src 'none'; style-src '"+referenceStyleHash()+"'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	}
	_, _ = w.Write(p.text) // who has gone away does not read it
	return nil
}
