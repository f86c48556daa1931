package smevtest

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// metrics count what happened since the start.
type metrics struct {
	filed       int64
	delivered   int64
	redelivered int64
	calls       map[string]int64 // by operation and result
	troubles    map[string]int64
}

func newMetrics() metrics {
	return metrics{calls: map[string]int64{}, troubles: map[string]int64{}}
}

func (m *metrics) deliver(d *message) {
	m.delivered++
	if d.deliveries > 1 {
		m.redelivered++
	}
}

func (m *metrics) count(c *call, status int, fault string) {
	result := "ok"
	switch {
	case status == 0:
		result = "dropped"
	case fault != "":
		result = fault
	case status != 200:
		result = strconv.Itoa(status)
	}
	m.calls[fmt.Sprintf("operation=%q,version=%q,result=%q", c.operation, c.version.Name(), result)]++
	if c.trouble != None {
		m.troubles[fmt.Sprintf("trouble=%q", c.trouble)]++
	}
}

// writeMetrics writes what there is to measure in the text format of
// Prometheus, version 0.0.4.
func (s *Server) writeMetrics(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.settle()
	queued := map[string]int64{}
	for _, m := range s.queues.all() {
		state := "visible"
		switch {
		case m.at.After(now):
			state = "scheduled"
		case m.leased.After(now):
			state = "leased"
		}
		queued[fmt.Sprintf("class=%q,state=%q", m.to.class, state)]++
	}
	metric(w, "smevsim_calls_total", "counter", "Calls by operation, schema version and result.", s.metrics.calls)
	metric(w, "smevsim_troubles_total", "counter", "Calls that met an injected trouble.", s.metrics.troubles)
	metric(w, "smevsim_messages", "gauge", "Messages not yet acknowledged.", queued)
	metric(w, "smevsim_requests_total", "counter", "Requests taken.", map[string]int64{"": s.metrics.filed})
	metric(w, "smevsim_deliveries_total", "counter", "Messages delivered, those again included.", map[string]int64{"": s.metrics.delivered})
	metric(w, "smevsim_redeliveries_total", "counter", "Messages delivered again, after a lease without Ack.", map[string]int64{"": s.metrics.redelivered})
	metric(w, "smevsim_dead_letters_total", "counter", "Messages acknowledged as not accepted.", map[string]int64{"": s.queues.buried})
}

func metric(w io.Writer, name, kind, help string, values map[string]int64) {
	var b strings.Builder
	fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
	for _, labels := range slices.Sorted(maps.Keys(values)) {
		if labels == "" {
			fmt.Fprintf(&b, "%s %d\n", name, values[labels])
			continue
		}
		fmt.Fprintf(&b, "%s{%s} %d\n", name, labels, values[labels])
	}
	_, _ = io.WriteString(w, b.String()) // to a reader that may have gone away
}
