package ra

import (
	"context"
	"errors"
)

// Telemetry observes the authority: spans and figures for a collector of the
// embedder's choice. Package telemetry adapts it to OpenTelemetry. Names and
// attributes are those listed here; none is personal, and a request is named
// by its ID alone.
//
// Spans: "ra.step" (a command, with its name), "ra.effect" (an attempt, with
// the effect).
// Counters: "ra.transitions" (journal entries written), "ra.conflicts" (races
// lost), "ra.attempts" (by effect and result: ok, failed, late).
// Measures, in seconds: "ra.step.duration", "ra.effect.duration".
type Telemetry interface {
	// Start begins a span. What it returns ends it, with the error it met.
	Start(ctx context.Context, span string, attributes ...Attribute) (context.Context, func(err error))
	// Count adds to a counter.
	Count(ctx context.Context, counter string, n int64, attributes ...Attribute)
	// Measure records a value.
	Measure(ctx context.Context, measure string, value float64, attributes ...Attribute)
}

// Attribute is a fact about a span or a figure.
type Attribute struct{ Key, Value string }

// noTelemetry is for who watches nothing.
type noTelemetry struct{}

func (noTelemetry) Start(ctx context.Context, _ string, _ ...Attribute) (context.Context, func(error)) {
	return ctx, func(error) {}
}
func (noTelemetry) Count(context.Context, string, int64, ...Attribute)     {}
func (noTelemetry) Measure(context.Context, string, float64, ...Attribute) {}

// watch observes one command or attempt from here to the call of what it
// returns. Errors are told by their kind and never by their text.
func (a *Authority) watch(ctx context.Context, what string, attributes ...Attribute) (context.Context, func(err error)) {
	began := a.cfg.Clock.Now()
	ctx, end := a.cfg.Telemetry.Start(ctx, what, attributes...)
	return ctx, func(err error) {
		var conflict *ConflictError
		if errors.As(err, &conflict) {
			a.cfg.Telemetry.Count(ctx, "ra.conflicts", 1)
		}
		a.cfg.Telemetry.Measure(ctx, what+".duration", a.cfg.Clock.Now().Sub(began).Seconds(), attributes...)
		end(kindOf(err))
	}
}

// kindOf is an error without what it says: texts of outside services may hold
// anything.
func kindOf(err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []struct {
		is   func() bool
		kind string
	}{
		{func() bool { var e *ConflictError; return errors.As(err, &e) }, "conflict"},
		{func() bool { var e *DeniedError; return errors.As(err, &e) }, "denied"},
		{func() bool { return errors.Is(err, ErrNotFound) }, "not found"},
		{func() bool { return errors.Is(err, context.Canceled) }, "cancelled"},
		{func() bool { return errors.Is(err, context.DeadlineExceeded) }, "deadline"},
	} {
		if known.is() {
			return errors.New(known.kind)
		}
	}
	return errors.New("error")
}
