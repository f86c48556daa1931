package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const mediaEvents = "text/event-stream"

// watch streams a request to its reader as server-sent events (HTML living
// standard, section 9.2). An event is where the request stands, not what
// happened, so whoever comes back needs the last one only. Before each, and at
// every heartbeat, the reader's right to see it is asked for anew.
func (c *call) watch() error {
	if err := c.nobody(); err != nil {
		return err
	}
	control := http.NewResponseController(c.ResponseWriter)
	_ = control.SetReadDeadline(time.Time{})                             // from now on he only listens
	last, _ := strconv.ParseInt(c.r.Header.Get("Last-Event-ID"), 10, 64) // what is none: from the beginning
	l, err := c.h.broker.listen(c.name(), c.request.ID, c.request.Version)
	if err != nil {
		return err
	}
	defer l.leave()
	s, err := c.summary(c.request)
	if err != nil {
		return err
	}
	if s.Final && s.Version == last {
		c.WriteHeader(http.StatusNoContent) // which tells an EventSource not to come again
		return nil
	}
	c.Header().Set("Content-Type", mediaEvents)
	c.WriteHeader(http.StatusOK)
	for {
		if s.Version == last {
			err = c.send([]byte(":\n\n")) // a sign of life
		} else {
			err = c.sendState(s)
		}
		if err != nil || s.Final {
			return nil // he is gone, or there will be no news
		}
		last = s.Version
		select {
		case <-l.changed:
		case <-c.h.cfg.Clock.After(heartbeat):
		case <-c.h.broker.done:
			return nil
		case <-c.ctx().Done():
			return nil
		}
		if c.look() != nil {
			return nil // he may see it no more, or it cannot be told: he comes again, and learns it
		}
		if s, err = c.summary(c.request); err != nil {
			return err
		}
	}
}

func (c *call) sendState(s *summary) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return c.send(fmt.Appendf(nil, "event: state\nid: %d\ndata: %s\n\n", s.Version, data))
}

// send sends a piece of the stream. A reader who does not take it in time is
// let go.
func (c *call) send(piece []byte) error {
	control := http.NewResponseController(c.ResponseWriter)
	_ = control.SetWriteDeadline(time.Now().Add(writeTimeout)) // not supported: the server's own is all there is
	if _, err := c.Write(piece); err != nil {
		return err
	}
	return control.Flush()
}
