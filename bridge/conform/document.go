package conform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"smsbridge/bridge/schema"
)

// document is what the suite needs of OpenAPI.
type document struct {
	OpenAPI    string                          `json:"openapi"`
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas schema.Defs `json:"schemas"`
	} `json:"components"`
	Problems []struct {
		Code   int    `json:"code"`
		Type   string `json:"type"`
		Status int    `json:"status"`
	} `json:"x-problems"`
	Events []struct {
		Type string         `json:"type"`
		Data *schema.Schema `json:"data"`
	} `json:"x-events"`
}

type operation struct {
	ID         string      `json:"operationId"`
	RPC        string      `json:"x-rpc"`
	Parameters []parameter `json:"parameters"`
	Body       struct {
		Content map[string]media `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Ref     string           `json:"$ref"`
		Content map[string]media `json:"content"`
	} `json:"responses"`
}

type parameter struct {
	Name    string `json:"name"`
	In      string `json:"in"`
	Example any    `json:"example"`
}

type media struct {
	Schema  *schema.Schema `json:"schema"`
	Example any            `json:"example"`
}

func (s *suite) readDocument(ctx context.Context) (*document, error) {
	a, err := s.ask(ctx, "GET", "/api/v1/openapi.json", nil)
	if err != nil {
		return nil, fmt.Errorf("the box could not be reached: %w", err)
	}
	var d document
	if err := json.Unmarshal(a.body, &d); err != nil || a.status != 200 || len(d.Paths) == 0 {
		return nil, fmt.Errorf("%s answers %d to /api/v1/openapi.json, and no document; is it a box of this kind, of version 1?", s.base, a.status)
	}
	return &d, nil
}

// success is the answer of an operation that is done.
func (o operation) success() (status int, of media, kind string) {
	for text, r := range o.Responses {
		if n, err := strconv.Atoi(text); err == nil && n < 300 {
			for kind, m := range r.Content {
				if kind == "application/json" || m.Schema != nil && status == 0 {
					of, status = m, n
					if kind == "application/json" {
						return n, m, kind
					}
				}
			}
			return n, of, ""
		}
	}
	return 0, of, ""
}

// fits holds a value against a schema by name.
func (d *document) fits(name string, v any) error {
	of := d.Components.Schemas[name]
	if of == nil {
		return fmt.Errorf("the document defines no %s", name)
	}
	return complain(d.Components.Schemas.Check(of, v))
}

func complain(wrong []string) error {
	if len(wrong) == 0 {
		return nil
	}
	if len(wrong) > 3 {
		wrong = append(wrong[:3:3], fmt.Sprintf("and %d more", len(wrong)-3))
	}
	return errors.New(strings.Join(wrong, "; "))
}

// event holds an event against the document.
func (d *document) event(v map[string]any) error {
	if err := d.fits("EventLine", v); err != nil {
		return fmt.Errorf("event %v: %w", v["seq"], err)
	}
	for _, e := range d.Events {
		if e.Type == v["type"] {
			if err := complain(d.Components.Schemas.Check(e.Data, v["data"])); err != nil {
				return fmt.Errorf("event %v, %s: data: %w", v["seq"], e.Type, err)
			}
			return nil
		}
	}
	return fmt.Errorf("event %v: the document has no type %v", v["seq"], v["type"])
}

// problem holds a refusal against the document and its table.
func (d *document) problem(a answer, want ...string) error {
	if a.kind != "application/problem+json" {
		return fmt.Errorf("the refusal (%d) is %q and not application/problem+json", a.status, a.kind)
	}
	v := a.object()
	if err := d.fits("Problem", v); err != nil {
		return fmt.Errorf("the refusal: %w", err)
	}
	kind, _ := strings.CutPrefix(fmt.Sprint(v["type"]), "/problems/")
	if len(want) > 0 && !slices.Contains(want, kind) {
		return fmt.Errorf("it was refused as %s and not as %s", kind, strings.Join(want, " or "))
	}
	for _, p := range d.Problems {
		if p.Type == kind {
			if float64(p.Code) != v["code"] || p.Status != a.status || float64(p.Status) != v["status"] {
				return fmt.Errorf("%s has the code %v and the status %d (body: %v), and not %d and %d", kind, v["code"], a.status, v["status"], p.Code, p.Status)
			}
			return nil
		}
	}
	return fmt.Errorf("the table of the document has no refusal %s", kind)
}

// documents: both are served, and every reference in them leads somewhere.
func documents(ctx context.Context, s *suite) error {
	for _, path := range []string{"/api/v1/openapi.json", "/api/v1/asyncapi.json"} {
		a, err := s.ask(ctx, "GET", path, nil)
		if err != nil {
			return err
		}
		var v any
		if err := json.Unmarshal(a.body, &v); err != nil || a.status != 200 {
			return fmt.Errorf("%s: %d, %v", path, a.status, err)
		}
		if err := references(v, v); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if !strings.HasPrefix(s.doc.OpenAPI, "3.1") {
		return fmt.Errorf("openapi is %q and not 3.1", s.doc.OpenAPI)
	}
	return nil
}

func references(root, v any) error {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if err := references(root, item); err != nil {
				return err
			}
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && strings.HasPrefix(ref, "#/") {
			at := root
			for step := range strings.SplitSeq(ref[2:], "/") {
				o, _ := at.(map[string]any)
				if at = o[step]; at == nil {
					return fmt.Errorf("%s leads nowhere", ref)
				}
			}
		}
		for _, item := range v {
			if err := references(root, item); err != nil {
				return err
			}
		}
	}
	return nil
}
