package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Bounds of waiting.
const (
	pollEvery = 2 * time.Second
	silence   = time.Minute // without even a heartbeat: the connection is dead
	mostLine  = 64 << 10    // octets of a line of events
)

// await returns the request when it has changed since a version: at once when
// the server pushes the news, a little later where it has to be asked.
func (c *client) await(ctx context.Context, request string, version int64) (*view, error) {
	for {
		_ = c.listen(ctx, request, version) // with news or without: what is so, the request says
		v, err := c.view(ctx, request)
		if err != nil || v.Version > version {
			return v, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pollEvery):
		}
	}
}

// errSilent says that nothing came from the server for too long.
var errSilent = errors.New("rqmaker: no event, and no heartbeat")

// listen returns nil when the server tells of a later version of the request.
// Any error means that it has to be asked.
func (c *client) listen(ctx context.Context, request string, version int64) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	alarm := time.AfterFunc(silence, func() { cancel(errSilent) })
	defer alarm.Stop()
	response, err := c.open(ctx, message{method: http.MethodGet, path: of(request, "/events")})
	if err != nil {
		return err
	}
	defer response.Body.Close()
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if response.StatusCode != http.StatusOK || media != "text/event-stream" {
		return fmt.Errorf("rqmaker: no events: %s", response.Status)
	}
	return readEvents(response.Body, func() { alarm.Reset(silence) }, func(e event) bool {
		n, err := strconv.ParseInt(e.id, 10, 64)
		return e.name == "state" && err == nil && n > version
	})
}

// event is one server-sent event, as far as the program needs it.
type event struct{ name, id string }

// readEvents reads a stream of events (WHATWG HTML, section 9.2.6) until found
// says that it is enough. It calls alive for every line, heartbeats included.
// The error is io.EOF if the stream ends before.
func readEvents(r io.Reader, alive func(), found func(event) bool) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, mostLine)
	e, data := event{}, false
	for lines.Scan() {
		alive()
		line := strings.TrimSuffix(lines.Text(), "\r")
		if line == "" {
			if data && found(e) {
				return nil
			}
			e, data = event{id: e.id}, false
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field { // "" is a comment
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			data = true
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("rqmaker: events: %w", err)
	}
	return io.EOF
}
