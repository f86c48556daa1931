package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/surguch/surguch/ra"
)

// none is the body of an operation that takes or gives nothing.
type none struct{}

// inputError says what is wrong with what came in, field by field. It repeats
// no value.
type inputError struct{ faults []ra.Fault }

func (e *inputError) Error() string { return "api: the input is malformed" }

func malformed(field, code, text string) error {
	return &inputError{[]ra.Fault{{Field: field, Code: code, Text: text}}}
}

// body reads the body of the request: at most so many octets, of one of the
// media types.
func (c *call) body(media []string, most int64) ([]byte, error) {
	given, parameters, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	charset, foreign := parameters["charset"]
	fits := false
	for _, m := range media {
		fits = fits || m == given
	}
	if err != nil || !fits || foreign && !strings.EqualFold(charset, "utf-8") {
		return nil, fault("media")
	}
	data, err := io.ReadAll(http.MaxBytesReader(c.ResponseWriter, c.r.Body, most))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, fault("too_large")
	case err != nil:
		return nil, fault("body_broken_off")
	}
	return data, nil
}

// nobody refuses a body where there is none to be.
func (c *call) nobody() error {
	if n, _ := c.r.Body.Read(make([]byte, 1)); n > 0 {
		return malformed("body", "unexpected", "тело запроса должно быть пустым")
	}
	return nil
}

// decode reads JSON into the value, strictly: one value, in UTF-8; no field
// that is unknown, repeated, in other letters, or null.
func decode(data []byte, into any) error {
	broken := malformed("body", "json", "тело запроса не читается как JSON")
	if !utf8.Valid(data) {
		return broken
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	s := shapes{d}
	if err := s.value(reflect.TypeOf(into).Elem(), ""); err != nil {
		var faults *inputError
		if errors.As(err, &faults) {
			return err
		}
		return broken
	}
	if _, err := d.Token(); err != io.EOF {
		return broken
	}
	if err := json.Unmarshal(data, into); err != nil {
		return broken // a number out of range, base64 that is none
	}
	return nil
}

// shapes reads JSON token by token beside the Go type it is for: what
// encoding/json would let pass or report with no usable name. It goes no
// deeper than the type.
type shapes struct{ d *json.Decoder }

func (s shapes) value(t reflect.Type, at string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := s.d.Token()
	if err != nil {
		return err
	}
	wrong := malformed(at, "type", "значение другого вида")
	switch kind := t.Kind(); {
	case t == reflect.TypeFor[time.Time](), t == reflect.TypeFor[[]byte](), kind == reflect.String:
		text, ok := token.(string)
		if !ok {
			return wrong
		}
		if !plainText(text) {
			return malformed(at, "text", "недопустимые знаки")
		}
	case kind == reflect.Bool:
		if _, ok := token.(bool); !ok {
			return wrong
		}
	case kind == reflect.Int, kind == reflect.Int64:
		if _, ok := token.(json.Number); !ok {
			return wrong
		}
	case kind == reflect.Slice:
		if token != json.Delim('[') {
			return wrong
		}
		for i := 0; s.d.More(); i++ {
			if err := s.value(t.Elem(), fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		_, err = s.d.Token()
	case kind == reflect.Map, kind == reflect.Struct:
		if token != json.Delim('{') {
			return wrong
		}
		err = s.members(t, at)
	default:
		err = fmt.Errorf("api: no JSON is taken for %s", t)
	}
	return err
}

// members reads the members of an object up to its end.
func (s shapes) members(t reflect.Type, at string) error {
	seen := map[string]bool{}
	for s.d.More() {
		token, err := s.d.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		member, known := memberOf(t, name)
		switch field := join(at, name); {
		case !known || !plainText(name):
			return malformed(field, "unknown", "такого поля нет")
		case seen[name]:
			return malformed(field, "twice", "поле указано дважды")
		default:
			seen[name] = true
			if err := s.value(member, field); err != nil {
				return err
			}
		}
	}
	_, err := s.d.Token()
	return err
}

// plainText reports whether it is text: without control characters, of which
// some cannot be stored and others are not seen, but for ends of lines.
func plainText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	})
}

// memberOf is the type of a member of an object.
func memberOf(t reflect.Type, name string) (reflect.Type, bool) {
	if t.Kind() == reflect.Map {
		return t.Elem(), true
	}
	for _, f := range fieldsOf(t) {
		if f.name == name {
			return f.of, true
		}
	}
	return nil, false
}

// join is the name of a field for the caller. What is no plain name is not
// repeated: it may be anything.
func join(at, name string) string {
	plain := len(name) <= 64 && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	switch {
	case !plain:
		return at
	case at == "":
		return name
	}
	return at + "." + name
}

// field is a field of a struct as JSON has it.
type field struct {
	name     string
	of       reflect.Type
	required bool // it is always there
}

// fieldsOf are the fields of a struct that JSON has, in their order.
func fieldsOf(t reflect.Type) (list []field) {
	for _, f := range reflect.VisibleFields(t) {
		name, options, tagged := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || name == "-" || name == "" {
			continue
		}
		list = append(list, field{name, f.Type, !tagged || !strings.Contains(options, "omit")})
	}
	return list
}
