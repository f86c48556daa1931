package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// entrance is the answer to POST /session and POST /session/code.
type entrance struct {
	Token   string `json:"token"`
	Request string `json:"request"`
	Phone   string `json:"phone"` // masked; "": no code is needed
}

// view is a request as the session sees it.
type view struct {
	ID          string         `json:"id"`
	Version     int64          `json:"version"`
	State       workflow.State `json:"state"`
	Title       string         `json:"title"`
	Form        *ra.Form       `json:"form"` // nil until the code has been confirmed
	Explanation string         `json:"explanation"`
	Evidence    []struct {
		Evidence workflow.Evidence `json:"evidence"`
	} `json:"evidence"`
}

// holds reports whether the request holds evidence.
func (v *view) holds(e workflow.Evidence) bool {
	for _, h := range v.Evidence {
		if h.Evidence == e {
			return true
		}
	}
	return false
}

// in reports whether the request is in one of the states.
func (v *view) in(states ...workflow.State) bool { return slices.Contains(states, v.State) }

// of is a path of the session's request.
func of(request string, rest string) string { return "/requests/" + url.PathEscape(request) + rest }

// view reads the request.
func (c *client) view(ctx context.Context, request string) (*view, error) {
	data, err := c.send(ctx, message{method: http.MethodGet, path: of(request, "")})
	if err != nil {
		return nil, err
	}
	return parseView(data, request)
}

// post sends a message that changes the request, and returns what it is then.
func (c *client) post(ctx context.Context, request, rest, media, key string, body []byte) error {
	_, err := c.send(ctx, message{method: http.MethodPost, path: of(request, rest), media: media, key: key, body: body})
	return err
}

// parseView reads a view of the request that was asked for. Fields it does not
// know are of a newer server, and left alone.
func parseView(data []byte, request string) (*view, error) {
	v := &view{}
	if err := json.Unmarshal(data, v); err != nil {
		return nil, fmt.Errorf("rqmaker: the answer of the server does not read: %w", err)
	}
	if v.ID != request || v.State == "" || v.Version <= 0 {
		return nil, &problem{Status: http.StatusOK, Code: codeForeign}
	}
	return v, nil
}
