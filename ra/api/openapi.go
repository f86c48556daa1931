package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/surguch/surguch/ra"
)

// object is one of the description's. Its keys are written sorted.
type object = map[string]any

// document is the description of the table of operations, OpenAPI 3.1.
func document(prefix string, table []operation) ([]byte, error) {
	s := schemas{}
	problemSchema := s.of(reflect.TypeFor[problem]())
	paths := object{}
	for i := range table {
		op := &table[i]
		path, _ := paths[op.path].(object)
		if path == nil {
			path = object{}
			paths[op.path] = path
		}
		path[strings.ToLower(op.method)] = s.operation(op)
	}
	responses := object{}
	for _, r := range problems {
		responses[r.code] = object{
			"description": r.title + ". " + r.detail, "x-status": r.status, "x-ru": r.ru,
			"content": object{mediaProblem: object{"schema": problemSchema}},
		}
	}
	server := prefix
	if server == "" {
		server = "/"
	}
	return json.MarshalIndent(object{
		"openapi": "3.1.1",
		"info": object{
			"title": "surguch", "version": version,
			"description": "A registration authority. Refusals are problem details (RFC 9457) with a stable code; " +
				"x-problems lists those of an operation, and components/responses says what each means.",
		},
		"servers": []object{{"url": server}},
		"paths":   paths,
		"components": object{
			"schemas": s, "responses": responses,
			"securitySchemes": object{"bearer": object{
				"type": "http", "scheme": "bearer",
				"description": "The token of a session, or whatever else the server knows people by.",
			}},
		},
	}, "", "  ")
}

// version is that of the interface. Its first number changes when something is
// taken away or means something else.
const version = "1.0.0"

// inPath finds the names of a path's parameters.
var inPath = regexp.MustCompile(`\{(\w+)\}`)

func (s schemas) operation(op *operation) object {
	o := object{"operationId": op.name, "summary": op.en, "x-summary-ru": op.ru}
	if op.entry == anybody {
		o["security"] = []object{}
	} else {
		o["security"] = []object{{"bearer": []string{}}}
	}
	parameters := []object{}
	add := func(in, name, description string, required bool) {
		parameters = append(parameters, object{
			"in": in, "name": name, "description": description, "required": required, "schema": object{"type": "string"},
		})
	}
	for _, m := range inPath.FindAllStringSubmatch(op.path, -1) {
		add("path", m[1], "", true)
	}
	for _, p := range op.query {
		add("query", p.name, p.en, p.required)
	}
	if op.keyed {
		add("header", "Idempotency-Key", "8 to 128 visible ASCII characters; the same in a repetition", true)
		add("header", "If-Match", "the ETag of the version that the caller has seen", false)
	}
	if op.streams {
		add("header", "Last-Event-ID", "the version that was seen last", false)
	}
	if len(parameters) > 0 {
		o["parameters"] = parameters
	}
	if op.in.media != nil {
		o["requestBody"] = object{"required": true, "content": s.content(op.in)}
	}
	success := object{"description": http.StatusText(op.status)}
	if op.out.media != nil {
		success["content"] = s.content(op.out)
	}
	responses := object{strconv.Itoa(op.status): success}
	if op.streams {
		responses["204"] = object{"description": "nothing follows: the state is final"}
	}
	codes := op.codes()
	byStatus := map[int][]string{}
	for i := range problems {
		if r := &problems[i]; slices.Contains(codes, r.code) && !slices.Contains(byStatus[r.status], r.code) {
			byStatus[r.status] = append(byStatus[r.status], r.code)
		}
	}
	for status, codes := range byStatus {
		responses[strconv.Itoa(status)] = object{
			"description": strings.Join(codes, ", "), "x-problems": codes,
			"content": object{mediaProblem: object{"schema": s.of(reflect.TypeFor[problem]())}},
		}
	}
	o["responses"] = responses
	return o
}

// codes are the problems that an operation may answer with: its own, and those
// that follow from the rest of its row.
func (op *operation) codes() []string {
	codes := append([]string{"too_many", "malformed", "unavailable", "internal"}, op.problems...)
	if op.entry != anybody {
		codes = append(codes, "unauthenticated", "not_found", "denied", "cross_origin")
	}
	if op.entry == person {
		codes = append(codes, "unconfirmed")
	}
	if op.in.media != nil {
		codes = append(codes, "media", "too_large", "body_broken_off")
	}
	if op.keyed {
		codes = append(codes, "key_required", "key_malformed", "key_reused", "version_changed", "conflict")
	}
	return codes
}

func (s schemas) content(of shape) object {
	content := object{}
	for _, m := range of.media {
		content[m] = object{}
		if of.json != nil {
			content[m] = object{"schema": s.of(of.json)}
		}
	}
	return content
}

// schemas are the JSON schemas of Go types, by name.
type schemas map[string]object

// of returns the schema of a type; of a struct, a reference to it.
func (s schemas) of(t reflect.Type) object {
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		if t == reflect.TypeFor[ra.ID]() {
			return object{"type": "string", "pattern": "^[0-9a-f]{32}$"}
		}
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{"type": "string", "contentEncoding": "base64"}
		}
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() {
			return object{"type": "string", "format": "date-time"}
		}
		return s.structure(t)
	}
	panic(fmt.Sprintf("api: no schema for %s", t)) // a mistake in a type of this package, seen by every New
}

func (s schemas) structure(t reflect.Type) object {
	reference := object{"$ref": "#/components/schemas/" + t.Name()}
	if s[t.Name()] != nil {
		return reference
	}
	properties, required := object{}, []string{}
	s[t.Name()] = object{"type": "object", "properties": properties, "additionalProperties": false}
	for _, f := range fieldsOf(t) {
		properties[f.name] = s.of(f.of)
		if f.required {
			required = append(required, f.name)
		}
	}
	if len(required) > 0 {
		s[t.Name()]["required"] = required
	}
	return reference
}
