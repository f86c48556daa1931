package api

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// mediaProblem is the media type of a refusal (RFC 9457, section 6.1).
const mediaProblem = "application/problem+json"

// problem is a refusal as it is answered: the members of RFC 9457 and ours.
// None of them is personal, except what the caller may see anyway in Current.
type problem struct {
	Type   string `json:"type"`   // a tag URI (RFC 4151) with the code
	Title  string `json:"title"`  // in English
	Status int    `json:"status"` //
	Detail string `json:"detail"` // in English: what to do
	Code   string `json:"code"`   // stable
	Ru     string `json:"ru"`     // in Russian: what happened and what to do

	Faults     []ra.Fault  `json:"faults,omitempty"`     // of the form or the input, by field
	Missing    []fact      `json:"missing,omitempty"`    // evidence
	Reason     string      `json:"reason,omitempty"`     // of an event that is not open; the right that a partner lacks
	Known      []string    `json:"known,omitempty"`      // processes
	Attributes *attributes `json:"attributes,omitempty"` // of the subject
	Left       *int        `json:"left,omitempty"`       // tries of a code, or of a key phrase
	Until      time.Time   `json:"until,omitzero"`       // when to come again
	Current    *summary    `json:"current,omitempty"`    // the request as it is now
}

// attributes are those in which a subject is not that of the form, by name.
type attributes struct {
	Missing    []string `json:"missing,omitempty"`
	Unexpected []string `json:"unexpected,omitempty"`
	Different  []string `json:"different,omitempty"`
}

// fact is a piece of evidence by name.
type fact struct {
	Evidence workflow.Evidence `json:"evidence"`
	Title    string            `json:"title"`
}

func facts(list []workflow.Evidence) (out []fact) {
	for _, e := range list {
		out = append(out, fact{e, e.Title()})
	}
	return out
}

// fault is an error of this package: the code of its row in the table of
// problems.
type fault string

func (f fault) Error() string { return "api: " + string(f) }

// answer answers an error, if there is one, and if nothing is answered yet.
func (c *call) answer(err error) {
	if err == nil {
		return
	}
	if c.status != 0 { // in the midst of an answer that cannot be taken back
		c.err = err
		return
	}
	var late *ra.ConflictError
	if c.matched && errors.As(err, &late) {
		err = fault("version_changed")
	}
	row := rowOf(err)
	p := problem{
		Type: "tag:github.com,2026:surguch/surguch:" + row.code, Title: row.title, Status: row.status,
		Detail: row.detail, Code: row.code, Ru: row.ru,
	}
	row.fill(err, &p)
	if row.current && c.request != nil {
		p.Current = c.present()
	}
	c.code = row.code
	if row.status == http.StatusInternalServerError {
		c.err = err
	}
	header := c.Header()
	if !p.Until.IsZero() {
		seconds := math.Ceil(p.Until.Sub(c.h.cfg.Clock.Now()).Seconds())
		header.Set("Retry-After", strconv.Itoa(max(1, int(seconds))))
	}
	var slow *slowError
	if errors.As(err, &slow) {
		header.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(slow.wait.Seconds())))))
	}
	if row.status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", "Bearer")
	}
	if row.status == http.StatusServiceUnavailable {
		header.Set("Retry-After", "5")
	}
	c.write(row.status, mediaProblem, p)
}

// present is the request as it is now, for whoever came too late; nil if that
// cannot be told.
func (c *call) present() *summary {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx()), writeTimeout)
	defer cancel()
	c.r = c.r.WithContext(ctx)
	if c.id() != "" && c.look() != nil {
		return nil
	}
	s, err := c.summary(c.request)
	if err != nil {
		return nil
	}
	return s
}

// write sends a JSON answer.
func (c *call) write(status int, media string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		c.err = err
		http.Error(c, "", http.StatusInternalServerError)
		return
	}
	c.Header().Set("Content-Type", media)
	c.Header().Set("Content-Length", strconv.Itoa(len(data)))
	c.WriteHeader(status)
	_, _ = c.Write(data) // whoever does not wait for his answer does not get it
}
