// Package telemetry hands what the authority observes of itself to
// OpenTelemetry: spans to a tracer, counters and durations to a meter. Names
// and attributes are those of [ra.Telemetry]; they hold no personal data.
//
//	authority, err := ra.New(ra.Config{
//		Telemetry: telemetry.New(otel.GetTracerProvider(), otel.GetMeterProvider()), …
//	})
package telemetry

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/surguch/surguch/ra"
)

// scope is the instrumentation scope of all that comes from here.
const scope = "github.com/surguch/surguch/ra"

// Adapter is a ra.Telemetry. It is safe for concurrent use.
type Adapter struct {
	tracer trace.Tracer
	meter  metric.Meter

	mu       sync.Mutex
	counters map[string]metric.Int64Counter
	measures map[string]metric.Float64Histogram
}

// New returns an adapter to the two providers.
func New(traces trace.TracerProvider, metrics metric.MeterProvider) *Adapter {
	return &Adapter{
		tracer: traces.Tracer(scope), meter: metrics.Meter(scope),
		counters: map[string]metric.Int64Counter{}, measures: map[string]metric.Float64Histogram{},
	}
}

// Start begins a span.
func (a *Adapter) Start(ctx context.Context, span string, attributes ...ra.Attribute) (context.Context, func(error)) {
	ctx, s := a.tracer.Start(ctx, span, trace.WithAttributes(convert(attributes)...))
	return ctx, func(err error) {
		if err != nil {
			s.SetStatus(codes.Error, err.Error())
		}
		s.End()
	}
}

// Count adds to a counter. One that the meter refuses is not counted.
func (a *Adapter) Count(ctx context.Context, counter string, n int64, attributes ...ra.Attribute) {
	a.mu.Lock()
	c, ok := a.counters[counter]
	if !ok {
		c, _ = a.meter.Int64Counter(counter)
		a.counters[counter] = c
	}
	a.mu.Unlock()
	if c != nil {
		c.Add(ctx, n, metric.WithAttributes(convert(attributes)...))
	}
}

// Measure records a duration in seconds. The request is left out: a measure
// with a value for each of them would be no measure.
func (a *Adapter) Measure(ctx context.Context, measure string, value float64, attributes ...ra.Attribute) {
	a.mu.Lock()
	m, ok := a.measures[measure]
	if !ok {
		m, _ = a.meter.Float64Histogram(measure, metric.WithUnit("s"))
		a.measures[measure] = m
	}
	a.mu.Unlock()
	if m == nil {
		return
	}
	var few []ra.Attribute
	for _, x := range attributes {
		if x.Key != "request" {
			few = append(few, x)
		}
	}
	m.Record(ctx, value, metric.WithAttributes(convert(few)...))
}

func convert(attributes []ra.Attribute) []attribute.KeyValue {
	list := make([]attribute.KeyValue, len(attributes))
	for i, a := range attributes {
		list[i] = attribute.String(a.Key, a.Value)
	}
	return list
}
