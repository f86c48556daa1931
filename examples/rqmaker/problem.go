package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// problem is the server's refusal (RFC 9457): what it says in a document, or
// what its status alone says.
type problem struct {
	Status int    `json:"-"`
	Code   string `json:"code"`           // stable
	Ru     string `json:"ru"`             // for people
	Left   *int   `json:"left,omitempty"` // tries of a code from a text message
	wait   time.Duration
}

// Codes that the program acts on.
const (
	codeForeign  = "foreign_answer" // not from the authority: no document of its kind
	codeConflict = "conflict"       // somebody was faster
	codeBusy     = "too_many"       // a little later it will do
)

func (p *problem) Error() string {
	return fmt.Sprintf("the server refuses: %d %s", p.Status, p.Code)
}

// parseProblem reads a refusal. Whatever it is, it becomes one.
func parseProblem(r *http.Response, data []byte) *problem {
	p := &problem{}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "application/problem+json" || json.Unmarshal(data, p) != nil || p.Code == "" {
		p = &problem{Code: codeForeign}
	}
	p.Status = r.StatusCode
	if seconds, err := strconv.Atoi(r.Header.Get("Retry-After")); err == nil && seconds > 0 && seconds <= 24*60*60 {
		p.wait = time.Duration(seconds) * time.Second
	}
	return p
}

// passing reports whether the refusal is one of the moment: the server is out
// of order or has too much to do, or somebody changed the request just then.
func (p *problem) passing() bool {
	switch p.Status {
	case http.StatusTooManyRequests:
		return p.Code == codeBusy
	case http.StatusConflict:
		return p.Code == codeConflict
	case http.StatusNotImplemented:
		return false
	}
	return p.Status >= 500
}

// text is what the server says to people, with the tries or the time that it
// leaves them.
func (p *problem) text() string {
	text := clean(p.Ru)
	if text != "" && !strings.HasSuffix(text, ".") {
		text += "."
	}
	switch {
	case p.Left != nil && *p.Left == 0:
		text += " Этот код больше не действует."
	case p.Left != nil:
		text += fmt.Sprintf(" Осталось попыток: %d.", *p.Left)
	case p.wait > 0:
		text += fmt.Sprintf(" Подождать нужно: %s.", p.wait)
	}
	return text
}

// refusedAs reports whether an error is a refusal with one of the statuses.
func refusedAs(err error, statuses ...int) bool {
	var p *problem
	if !errors.As(err, &p) {
		return false
	}
	for _, s := range statuses {
		if p.Status == s {
			return true
		}
	}
	return false
}
