package api_test

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// description is /openapi.json, as far as the tests hold answers against it.
type description struct {
	Servers []struct{ URL string }
	Paths   map[string]map[string]described

	Components struct {
		Schemas   map[string]schema
		Responses map[string]struct {
			Status int    `json:"x-status"`
			Ru     string `json:"x-ru"`
		}
	}
}

type described struct {
	OperationID string
	Summary     string
	Ru          string `json:"x-summary-ru"`
	Security    []map[string][]string
	Parameters  []struct {
		In, Name string
		Required bool
	}
	RequestBody *struct {
		Content map[string]struct{ Schema schema }
	}
	Responses map[string]struct {
		Problems []string `json:"x-problems"`
		Content  map[string]struct{ Schema schema }
	}
}

type schema struct {
	Ref        string `json:"$ref"`
	Type       string
	Format     string
	Items      *schema
	Properties map[string]schema
	Required   []string
	Additional any `json:"additionalProperties"`
}

// describe reads the description that the handler serves.
func (w *world) describe() *description {
	w.t.Helper()
	a := w.call("GET", "/openapi.json", "", nil).is(200)
	var d description
	if err := json.Unmarshal(a.body, &d); err != nil {
		w.t.Fatal(err)
	}
	return &d
}

// operation finds the one that a request is for; nil if it is for none.
func (d *description) operation(method, path string) *described {
	path, inside := strings.CutPrefix(path, strings.TrimSuffix(d.Servers[0].URL, "/"))
	if !inside {
		return nil
	}
	for pattern, methods := range d.Paths {
		want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
		fits := len(want) == len(got)
		for i := 0; fits && i < len(want); i++ {
			fits = want[i] == got[i] || strings.HasPrefix(want[i], "{") && got[i] != ""
		}
		if op, ok := methods[strings.ToLower(method)]; fits && ok {
			return &op
		}
	}
	return nil
}

// holds fails the test if the answer is not one that the description allows.
func (d *description) holds(t testing.TB, r *http.Request, a reply) {
	t.Helper()
	op := d.operation(r.Method, r.URL.Path)
	if op == nil {
		if a.status != 404 && a.status != 405 {
			t.Errorf("%s %s: got %d for what is not described", r.Method, r.URL.Path, a.status)
		}
		return
	}
	response, ok := op.Responses[strconv.Itoa(a.status)]
	if !ok {
		t.Errorf("%s: the status %d is not described: %s", op.OperationID, a.status, a.body)
		return
	}
	if len(response.Content) == 0 {
		if len(a.body) > 0 {
			t.Errorf("%s: %d has a body, which is not described: %s", op.OperationID, a.status, a.body)
		}
		return
	}
	media := a.header.Get("Content-Type")
	content, ok := response.Content[media]
	if !ok {
		t.Errorf("%s: %d in %s is not described", op.OperationID, a.status, media)
		return
	}
	if plain, _, _ := mime.ParseMediaType(media); !strings.HasSuffix(plain, "json") || content.Schema.Ref == "" {
		return
	}
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Errorf("%s: %v: %s", op.OperationID, err, a.body)
		return
	}
	if fault := d.check(content.Schema, v, ""); fault != "" {
		t.Errorf("%s: %d: %s: %s", op.OperationID, a.status, fault, a.body)
	}
	if a.status >= 400 {
		code, _ := v.(map[string]any)["code"].(string)
		if !slices.Contains(response.Problems, code) {
			t.Errorf("%s: the problem %q is not described", op.OperationID, code)
		}
	}
}

// check says what of a value is not as the schema has it; "" if nothing is.
func (d *description) check(s schema, v any, at string) string {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		referred, ok := d.Components.Schemas[name]
		if !ok {
			return at + ": no schema " + name
		}
		return d.check(referred, v, at)
	}
	wrong := fmt.Sprintf("%s: %v is no %s", at, v, s.Type)
	switch s.Type {
	case "string":
		text, ok := v.(string)
		if !ok {
			return wrong
		}
		if s.Format == "date-time" {
			if _, err := time.Parse(time.RFC3339, text); err != nil {
				return wrong
			}
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			return wrong
		}
	case "integer":
		if n, ok := v.(float64); !ok || n != float64(int64(n)) {
			return wrong
		}
	case "array":
		list, ok := v.([]any)
		if !ok {
			return wrong
		}
		for i, item := range list {
			if fault := d.check(*s.Items, item, fmt.Sprintf("%s[%d]", at, i)); fault != "" {
				return fault
			}
		}
	case "object":
		members, ok := v.(map[string]any)
		if !ok {
			return wrong
		}
		for _, name := range s.Required {
			if _, ok := members[name]; !ok {
				return at + "." + name + " is missing"
			}
		}
		for name, member := range members {
			property, ok := s.Properties[name]
			if !ok && s.Additional == false {
				return at + "." + name + " is not described"
			}
			if fault := d.check(property, member, at+"."+name); ok && fault != "" {
				return fault
			}
		}
	default:
		return at + ": a schema without a type"
	}
	return ""
}
