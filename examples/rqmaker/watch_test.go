package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
)

// TestReadEvents: an event is one that has data and ends with an empty line;
// heartbeats and other events pass by.
func TestReadEvents(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		found string // "": to the end, in vain
	}{
		"event":          {"id: 7\nevent: state\ndata: {}\n\n", "state 7"},
		"CRLF":           {"id:7\r\nevent:state\r\ndata:{}\r\n\r\n", "state 7"},
		"heartbeat":      {":\n\n: alive\n\nid: 7\nevent: state\ndata: {}\n\n", "state 7"},
		"the ID stays":   {"id: 7\nevent: other\ndata: x\n\nevent: state\ndata: {}\n\n", "state 7"},
		"without data":   {"id: 7\nevent: state\n\n", ""},
		"unfinished":     {"id: 7\nevent: state\ndata: {}\n", ""},
		"another event":  {"id: 7\nevent: other\ndata: {}\n\n", ""},
		"the name stays": {"event: state\n\nid: 7\ndata: {}\n\n", ""}, // it does not: WHATWG HTML, 9.2.6
		"nothing":        {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, alive := "", 0
			err := readEvents(iotest.OneByteReader(strings.NewReader(c.text)), func() { alive++ }, func(e event) bool {
				if e.name == "state" {
					got = e.name + " " + e.id
				}
				return got != ""
			})
			if got != c.found || (err == nil) != (c.found != "") || err != nil && err != io.EOF {
				t.Errorf("got %q, %v, want %q", got, err, c.found)
			}
			if want := strings.Count(c.text, "\n"); c.found == "" && alive != want {
				t.Errorf("alive %d times, want %d", alive, want)
			}
		})
	}
	if err := readEvents(strings.NewReader(strings.Repeat("a", mostLine+1)), func() {}, func(event) bool { return true }); err == nil || err == io.EOF {
		t.Errorf("a line without end: got %v", err)
	}
}

// TestAwait: news are heard from the stream; where there is none, or it is
// silent about them, the request is asked.
func TestAwait(t *testing.T) {
	for name, events := range map[string]http.HandlerFunc{
		"pushed": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, ": hello\n\nid: 4\nevent: state\ndata: {}\n\nid: 5\nevent: state\ndata: {}\n\n")
			w.(http.Flusher).Flush()
			<-r.Context().Done() // the listener has heard enough and goes
		},
		"cut off": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/event-stream") },
		"none":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotImplemented) },
		"no text": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") },
	} {
		t.Run(name, func(t *testing.T) {
			var looked atomic.Int64
			mux := http.NewServeMux()
			mux.HandleFunc("GET /api/requests/0123/events", events)
			mux.HandleFunc("GET /api/requests/0123", func(w http.ResponseWriter, _ *http.Request) {
				looked.Add(1)
				fmt.Fprint(w, `{"id":"0123","version":5,"state":"issued","title":"Выпущен"}`)
			})
			c := speakTo(t, mux)
			v, err := c.await(t.Context(), "0123", 4)
			if err != nil || v.Version != 5 || v.State != "issued" {
				t.Errorf("got %+v, %v", v, err)
			}
			if looked.Load() != 1 {
				t.Errorf("the request was asked %d times, want once", looked.Load())
			}
		})
	}
}

// TestAwaitEnds: whoever waits is released.
func TestAwaitEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/requests/0123/events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	})
	if _, err := speakTo(t, mux).await(ctx, "0123", 4); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func FuzzReadEvents(f *testing.F) {
	f.Add("id: 7\nevent: state\ndata: {}\n\n")
	f.Add(": heartbeat\r\n\r\n")
	f.Add("data\n\nid\nevent\n")
	f.Fuzz(func(t *testing.T, text string) {
		last := event{}
		err := readEvents(strings.NewReader(text), func() {}, func(e event) bool {
			last = e
			return false
		})
		if err == nil {
			t.Error("nothing was found, and no error")
		}
		if strings.ContainsAny(last.name+last.id, "\n") {
			t.Errorf("an event over lines: %+v", last)
		}
	})
}
