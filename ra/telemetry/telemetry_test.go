package telemetry_test

import (
	"context"
	"errors"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/telemetry"
)

var _ ra.Telemetry = (*telemetry.Adapter)(nil)

func TestAdapter(t *testing.T) {
	ctx := context.Background()
	spans := tracetest.NewInMemoryExporter()
	traces := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	reader := sdkmetric.NewManualReader()
	a := telemetry.New(traces, sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))

	inner, end := a.Start(ctx, "ra.step", ra.Attribute{Key: "command", Value: "Fire"})
	_, endInner := a.Start(inner, "ra.effect")
	endInner(errors.New("conflict"))
	end(nil)
	a.Count(ctx, "ra.transitions", 2)
	a.Count(ctx, "ra.transitions", 3)
	a.Measure(ctx, "ra.step.duration", 0.25, ra.Attribute{Key: "request", Value: "id"}, ra.Attribute{Key: "command", Value: "Fire"})

	got := spans.GetSpans()
	if len(got) != 2 || got[0].Name != "ra.effect" || got[0].Status.Code != codes.Error ||
		got[0].Parent.SpanID() != got[1].SpanContext.SpanID() || got[1].Attributes[0].Value.AsString() != "Fire" {
		t.Errorf("got spans %+v", got)
	}
	var data metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &data); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, m := range data.ScopeMetrics[0].Metrics {
		switch d := m.Data.(type) {
		case metricdata.Sum[int64]:
			if m.Name != "ra.transitions" || d.DataPoints[0].Value != 5 {
				t.Errorf("got %s of %d", m.Name, d.DataPoints[0].Value)
			}
			seen++
		case metricdata.Histogram[float64]:
			if m.Name != "ra.step.duration" || d.DataPoints[0].Sum != 0.25 || d.DataPoints[0].Attributes.Len() != 1 {
				t.Errorf("got %s: %+v", m.Name, d.DataPoints[0])
			}
			seen++
		}
	}
	if seen != 2 {
		t.Errorf("got %d figures, want 2", seen)
	}
}
