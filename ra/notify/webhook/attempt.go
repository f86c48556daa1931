package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"
)

const maxAnswer = 4 << 10 // octets that are read so that the connection can be used again

// statusError says that an endpoint did not take an event.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("the endpoint answers %d", int(e)) }

// attempt delivers one event and puts its queue back. What comes of it is
// logged here, since nobody waits for it.
func (s *Sender) attempt(ctx context.Context, l *line, q *queue, e entry) {
	kept, err := l.load(e.id)
	if err == nil {
		err = s.deliver(ctx, l, kept)
	}
	now := s.cfg.Clock.Now()
	log := s.cfg.Log.With("endpoint", l.Name, "request", q.request, "event", e.id)
	var status statusError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		log.WarnContext(ctx, "webhook: the file of an event was taken away")
		l.done(q, e.id, now)
	case err == nil:
		if err := l.remove(e.id); err != nil {
			log.ErrorContext(ctx, "webhook: a delivered event cannot be removed and will come again", "error", err)
		}
		l.done(q, e.id, now)
	case ctx.Err() != nil:
		l.later(q, now, q.failures) // it was not the endpoint that failed
	case errors.As(err, &status) && status == http.StatusGone, now.Sub(e.first) >= s.cfg.Patience:
		log.ErrorContext(ctx, "webhook: an event is given up", "since", e.first, "error", err)
		if err := l.giveUp(e.id); err != nil {
			log.ErrorContext(ctx, "webhook: an event that was given up cannot be put aside", "error", err)
		}
		l.done(q, e.id, now)
	default:
		failures := q.failures + 1
		due := now.Add(pause(failures))
		if end := e.first.Add(s.cfg.Patience); due.After(end) {
			due = end // the last attempt
		}
		log.WarnContext(ctx, "webhook: a delivery failed", "failures", failures, "again", due, "error", err)
		l.later(q, due, failures)
	}
}

// pause is how long to wait after a number of failures, and up to a quarter
// of that more, so that what failed together is not repeated together.
func pause(failures int) time.Duration {
	d := min(firstPause<<min(failures-1, 20), longPause)
	return d + rand.N(d/4)
}

// deliver posts an event. It returns nil if the endpoint took it.
func (s *Sender) deliver(ctx context.Context, l *line, e event) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.URL, bytes.NewReader(e.Body))
	if err != nil {
		return errors.New("the request cannot be made")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "surguch")
	sign(req.Header, l.Secrets, e.ID, s.cfg.Clock.Now(), e.Body)
	resp, err := s.client.Do(req)
	if err != nil {
		// A *url.Error repeats the address, which may have a key in it.
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return err
	}
	io.CopyN(io.Discard, resp.Body, maxAnswer)
	resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return statusError(resp.StatusCode)
	}
	return nil
}
