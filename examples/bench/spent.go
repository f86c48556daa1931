package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/surguch/surguch/ra"
)

// spent is a part of the time of a journey.
type spent struct {
	What         string  `json:"what"`
	Calls        float64 `json:"calls"`
	Milliseconds float64 `json:"ms"` // without those of calls to another part
}

// count adds up time by what it is spent on. It is the telemetry of an
// authority, and what else calls Start.
type count struct {
	mu     sync.Mutex
	totals map[string]*total
}

type total struct {
	calls int
	took  time.Duration
}

func newCount() *count { return &count{totals: map[string]*total{}} }

// names are the parts, by the beginning of the spans that make them up.
var names = []struct{ span, part string }{
	{"people", "people: keys, signatures, looking"},
	{"ra.step", "authority: transitions"},
	{"ra.effect", "authority: effects"},
	{"registers", "registers: client"},
	{"smev", "registers: HTTP and simulator"},
	{"ca", "certification authority"},
	{"phone", "phone"},
	{"printer", "forms"},
	{"store: save", "store: transactions"},
	{"store: claim", "store: transactions"},
	{"store: ", "store: reading"},
	{"messages: ", "store: messages of SMEV"},
}

// partOf is the part that a span belongs to.
func partOf(span string) string {
	for _, n := range names {
		if strings.HasPrefix(span, n.span) {
			return n.part
		}
	}
	return span
}

// frame is a span under way.
type frame struct{ inner time.Duration }

type frameKey struct{}

// Start implements ra.Telemetry. What a span spends within another is that
// one's alone.
func (c *count) Start(ctx context.Context, span string, _ ...ra.Attribute) (context.Context, func(error)) {
	outer, _ := ctx.Value(frameKey{}).(*frame)
	mine, begun := &frame{}, time.Now()
	return context.WithValue(ctx, frameKey{}, mine), func(error) {
		took := time.Since(begun)
		c.mu.Lock()
		defer c.mu.Unlock()
		if outer != nil {
			outer.inner += took
		}
		part := partOf(span)
		if c.totals[part] == nil {
			c.totals[part] = &total{}
		}
		c.totals[part].calls++
		c.totals[part].took += took - mine.inner
	}
}

// Count implements ra.Telemetry.
func (*count) Count(context.Context, string, int64, ...ra.Attribute) {}

// Measure implements ra.Telemetry.
func (*count) Measure(context.Context, string, float64, ...ra.Attribute) {}

// parts are those of one of n journeys, the largest first.
func (c *count) parts(n int) (list []spent) {
	for _, name := range slices.Sorted(maps.Keys(c.totals)) {
		t := c.totals[name]
		list = append(list, spent{name, float64(t.calls) / float64(n), float64(t.took.Microseconds()) / 1000 / float64(n)})
	}
	slices.SortStableFunc(list, func(a, b spent) int { return cmp.Compare(b.Milliseconds, a.Milliseconds) })
	return list
}

// timed is a call that is counted as a span.
func timed[T any](ctx context.Context, c *count, span string, call func(ctx context.Context) (T, error)) (T, error) {
	ctx, end := c.Start(ctx, span)
	v, err := call(ctx)
	end(err)
	return v, err
}
