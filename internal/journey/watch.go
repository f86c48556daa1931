package journey

import (
	"context"
	"io"
	"net/http"
)

// watch observes a call to something outside, from here to the call of what it
// returns: "registers", "smev" (what the client of the registers asks over
// HTTP), "ca", "phone", "printer", "notifier".
func (w *World) watch(ctx context.Context, outside string) (context.Context, func(error)) {
	if w.cfg.Telemetry == nil {
		return ctx, func(error) {}
	}
	return w.cfg.Telemetry.Start(ctx, outside)
}

// watched is a transport whose exchanges are observed until the answer is read.
type watched struct {
	http.RoundTripper
	w *World
}

// RoundTrip implements http.RoundTripper.
func (t watched) RoundTrip(q *http.Request) (*http.Response, error) {
	_, end := t.w.watch(q.Context(), "smev")
	answer, err := t.RoundTripper.RoundTrip(q)
	if err != nil {
		end(err)
		return nil, err
	}
	answer.Body = &watchedBody{answer.Body, end}
	return answer, nil
}

type watchedBody struct {
	io.ReadCloser
	end func(error)
}

// Close ends the exchange.
func (b *watchedBody) Close() error {
	err := b.ReadCloser.Close()
	b.end(err)
	return err
}
