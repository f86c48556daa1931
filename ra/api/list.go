package api

import (
	"strconv"
	"strings"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// page is a page of requests.
type page struct {
	Items []summary `json:"items"`
	Next  string    `json:"next,omitempty"` // the parameter after of the next page; absent: this is the last
}

// listParameters are those that requests are asked for by.
var listParameters = []parameter{
	{name: "queue", en: "only those that wait for this role"},
	{name: "state", en: "only those in this state"},
	{name: "process", en: "only those of this process"},
	{name: "partner", en: "only those of this partner"},
	{name: "assignee", en: "only those that this person works on"},
	{name: "trouble", en: "true: only those with work that failed and waits for an operator"},
	{name: "name", en: "the owner's name begins with it; the list is then in the order of names"},
	{name: "contains", en: "the owner's name has it somewhere; three letters at least"},
	{name: "inn", en: "the owner's INN"},
	{name: "snils", en: "the owner's SNILS"},
	{name: "limit", en: "requests of a page: 50 if absent, 200 at most"},
	{name: "after", en: "next of the page before"},
}

func (c *call) list(*none) (*page, error) {
	q, err := c.asked()
	if err != nil {
		return nil, err
	}
	requests, err := c.h.cfg.Authority.Page(c.ctx(), c.actor, q)
	if err != nil {
		return nil, err
	}
	p := &page{Items: []summary{}}
	for _, r := range requests {
		s, err := c.summary(r)
		if err != nil {
			return nil, err
		}
		p.Items = append(p.Items, *s)
	}
	if n := len(requests); n > 0 && n == q.Limit {
		p.Next = nextOf(requests[n-1].Cursor())
	}
	return p, nil
}

// asked is the query that the address asks for.
func (c *call) asked() (ra.Query, error) {
	get := c.query.Get
	q := ra.Query{
		Queue: workflow.Role(get("queue")), State: workflow.State(get("state")), Process: get("process"),
		Assignee: get("assignee"),
		Name:     ra.Normalise(get("name")), Contains: ra.Normalise(get("contains")), INN: get("inn"), SNILS: get("snils"),
		Limit: pageDefault,
	}
	if partner := get("partner"); partner != "" {
		q.Partners = []string{partner}
	}
	switch get("trouble") {
	case "", "false":
	case "true":
		q.Trouble = true
	default:
		return q, malformed("trouble", "type", "true или false")
	}
	if q.Contains != "" && len([]rune(q.Contains)) < 3 {
		return q, malformed("contains", "short", "нужно не меньше трёх букв")
	}
	if limit := get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 || n > pageMost {
			return q, malformed("limit", "range", "от 1 до 200")
		}
		q.Limit = n
	}
	if after := get("after"); after != "" {
		cursor, ok := parseNext(after)
		if !ok {
			return q, malformed("after", "cursor", "такой страницы нет")
		}
		if q.Name != "" { // the name it goes on from stands in no address: the request has it
			last, err := c.h.cfg.Authority.Read(c.ctx(), cursor.ID, c.actor)
			if err != nil || last.Erased {
				return q, malformed("after", "cursor", "такой страницы нет")
			}
			cursor.Name = last.Cursor().Name
		}
		q.After = cursor
	}
	return q, nil
}

// nextOf writes a cursor for an address: when the last request of the page was
// changed, in nanoseconds, its ID, and a mark if it is expedited. Its name
// stays here.
func nextOf(c ra.Cursor) string {
	text := strconv.FormatInt(c.Updated.UnixNano(), 36) + "-" + string(c.ID)
	if !c.Ordinary {
		text += expeditedMark
	}
	return text
}

const expeditedMark = "-e"

func parseNext(text string) (ra.Cursor, bool) {
	text, expedited := strings.CutSuffix(text, expeditedMark)
	at, id, _ := strings.Cut(text, "-")
	n, err := strconv.ParseInt(at, 36, 64)
	if err != nil || !plainID(id) || strconv.FormatInt(n, 36) != at {
		return ra.Cursor{}, false
	}
	return ra.Cursor{Ordinary: !expedited, Updated: time.Unix(0, n).UTC(), ID: ra.ID(id)}, true
}

// plainID reports whether the text has the form of a request's ID.
func plainID(id string) bool {
	return len(id) == 32 && strings.Trim(id, "0123456789abcdef") == ""
}
