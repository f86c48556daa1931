package api

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
)

// operation is one row of the table of operations: what is documented of it,
// what is checked before it, and the function that carries it out.
type operation struct {
	name         string // operationId
	method, path string
	entry        entry
	keyed        bool // it changes state and carries an Idempotency-Key
	en, ru       string
	query        []parameter
	problems     []string // codes, besides those that follow from the rest of the row
	action
}

// parameter is one that may stand in the query.
type parameter struct {
	name     string
	required bool
	en       string
}

// action is what an operation takes, gives and does.
type action struct {
	in, out shape
	status  int // of an answer without a problem
	streams bool
	run     func(*call) error
}

// shape is what a body looks like.
type shape struct {
	media []string     // nil: there is none
	json  reflect.Type // of application/json and text/event-stream
}

const mediaJSON = "application/json"

func jsonShape[T any]() shape {
	t := reflect.TypeFor[T]()
	if t == reflect.TypeFor[none]() {
		return shape{}
	}
	return shape{[]string{mediaJSON}, t}
}

// act is an action that takes and gives JSON.
func act[In, Out any](serve func(*call, *In) (*Out, error)) action {
	a := action{in: jsonShape[In](), out: jsonShape[Out](), status: http.StatusOK}
	if a.out.media == nil {
		a.status = http.StatusNoContent
	}
	a.run = func(c *call) error {
		var in In
		if err := c.input(&in); err != nil {
			return err
		}
		out, err := serve(c, &in)
		if err != nil {
			return err
		}
		c.give(out)
		return nil
	}
	return a
}

// input reads the JSON that an action takes, or sees that there is none.
func (c *call) input(into any) error {
	if c.op.in.media == nil {
		return c.nobody()
	}
	data, err := c.body(c.op.in.media, jsonMost)
	if err != nil {
		return err
	}
	return decode(data, into)
}

// give answers with JSON, or with nothing where nothing is to be said.
func (c *call) give(out any) {
	if v, ok := out.(interface{ etag() string }); ok {
		c.Header().Set("ETag", v.etag())
	}
	if c.op.out.media == nil {
		c.WriteHeader(c.op.status)
		return
	}
	c.write(c.op.status, mediaJSON, out)
}

// upload is an action that takes a file of one of the media types, of at most
// so many octets.
func upload[Out any](most int64, media []string, serve func(*call, []byte) (*Out, error)) action {
	a := action{in: shape{media: media}, out: jsonShape[Out](), status: http.StatusOK}
	a.run = func(c *call) error {
		data, err := c.body(media, most)
		if err != nil {
			return err
		}
		out, err := serve(c, data)
		if err != nil {
			return err
		}
		c.give(out)
		return nil
	}
	return a
}

// file is what a download gives.
type file struct {
	name  string // without personal data
	media string
	data  []byte
}

// download is an action that gives a file of one of the media types: to be
// saved and never shown, since its content is somebody's.
func download(media []string, serve func(*call) (*file, error)) action {
	return action{out: shape{media: media}, status: http.StatusOK, run: func(c *call) error {
		if err := c.nobody(); err != nil {
			return err
		}
		f, err := serve(c)
		if err != nil {
			return err
		}
		c.hand(f)
		return nil
	}}
}

// printed is an action that takes JSON and gives a file that came of it.
func printed[In any](media []string, serve func(*call, *In) (*file, error)) action {
	return action{in: jsonShape[In](), out: shape{media: media}, status: http.StatusOK, run: func(c *call) error {
		var in In
		if err := c.input(&in); err != nil {
			return err
		}
		f, err := serve(c, &in)
		if err != nil {
			return err
		}
		c.hand(f)
		return nil
	}}
}

// hand gives a file.
func (c *call) hand(f *file) {
	h := c.Header()
	h.Set("Content-Type", f.media)
	h.Set("Content-Length", strconv.Itoa(len(f.data)))
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", f.name))
	c.WriteHeader(http.StatusOK)
	_, _ = c.Write(f.data) // whoever goes away does not get it
}

// created makes an action answer with 201.
func (a action) created() action {
	a.status = http.StatusCreated
	return a
}

// checkQuery refuses what the operation does not know, twice, or without a
// value: an address is no place for anything else.
func (c *call) checkQuery() error {
	values, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return malformed("query", "query", "параметры адреса не читаются")
	}
	for name, given := range values {
		known := slices.ContainsFunc(c.op.query, func(p parameter) bool { return p.name == name })
		if !known || len(given) != 1 {
			return malformed("query", "unknown", "в адресе лишний или повторённый параметр")
		}
		if !plainText(given[0]) {
			return malformed(name, "text", "недопустимые знаки")
		}
	}
	for _, p := range c.op.query {
		if p.required && values.Get(p.name) == "" {
			return malformed(p.name, "missing", "в адресе не хватает параметра")
		}
	}
	c.query = values
	return nil
}
