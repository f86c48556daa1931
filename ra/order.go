package ra

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/workflow"
)

// soon lets a task run again at once, in an attempt of its own.
const soon = time.Nanosecond

// orderNote is what an order to a CA remembers between attempts. It stays with
// the task when that is done: whoever revokes later finds the CA by it.
type orderNote struct {
	// Route is the name of the CA it goes to; "": the default one. It is
	// durable before anything is sent, so that an order never goes to two CAs,
	// whatever becomes of the configuration.
	Route string `json:"route,omitempty"`
	// Certificate is the hash of what came back: all that is left is to see
	// that it counts, or to have it revoked.
	Certificate string `json:"certificate,omitempty"`
	// Asked: the order is given up, and the CA did not know it once.
	Asked bool `json:"asked,omitempty"`
	// Ended: the certificate did not count and is revoked.
	Ended bool `json:"ended,omitempty"`
}

func noteOf(t *Task) (n orderNote, err error) {
	if len(t.Note) > 0 {
		if err := json.Unmarshal(t.Note, &n); err != nil {
			return n, Permanent(fmt.Errorf("ra: note of %s: %w", t.Key, err))
		}
	}
	return n, nil
}

// later keeps the order for another attempt, with its memory.
func (n orderNote) later(out found, after time.Duration) (found, error) {
	data, err := json.Marshal(n)
	if err != nil {
		return found{}, err
	}
	out.again, out.note = after, data
	return out, nil
}

// checkRoutes refuses routes that could not be told apart, or lead nowhere.
func (c *Config) checkRoutes() error {
	names := map[string]bool{}
	for i, r := range c.Routes {
		switch {
		case r.Name == "" || names[r.Name]:
			return fmt.Errorf("ra: config: route %d has no name of its own", i+1)
		case r.CA == nil || len(r.Issuers) == 0:
			return fmt.Errorf("ra: config: route %s: CA and Issuers are required", r.Name)
		}
		names[r.Name] = true
	}
	return nil
}

// route is the CA for a request: the first of Config.Routes that fits, else
// the default one.
func (a *Authority) route(r *Request) (Route, error) {
	for _, route := range a.cfg.Routes {
		if (route.Process == "" || route.Process == r.Process) && (route.Partner == "" || route.Partner == r.Partner) {
			return route, nil
		}
	}
	return a.routeNamed("")
}

// routeNamed is the CA that an order was sent to before.
func (a *Authority) routeNamed(name string) (Route, error) {
	if name == "" {
		if a.cfg.CA == nil {
			return Route{}, Permanent(errors.New("ra: no route fits the request, and there is no default CA"))
		}
		return Route{CA: a.cfg.CA, Issuers: a.cfg.Issuers}, nil
	}
	i := slices.IndexFunc(a.cfg.Routes, func(r Route) bool { return r.Name == name })
	if i < 0 {
		return Route{}, Permanent(fmt.Errorf("ra: the order was sent by the route %q, which is not configured any more", name))
	}
	return a.cfg.Routes[i], nil
}

// orders are those of a request that were asked for before an entry of its
// journal, the latest last.
func (a *Authority) orders(ctx context.Context, id ID, seq int64) ([]Task, error) {
	tasks, err := a.cfg.Store.Tasks(ctx, id)
	if err != nil {
		return nil, err
	}
	orders := slices.DeleteFunc(tasks, func(t Task) bool { return t.Effect != workflow.SendToCA || t.Seq >= seq })
	slices.SortStableFunc(orders, func(a, b Task) int { return cmp.Compare(a.Seq, b.Seq) })
	return orders, nil
}

// lastOf is the latest order; nil if there is none.
func lastOf(orders []Task) *Task {
	if len(orders) == 0 {
		return nil
	}
	return &orders[len(orders)-1]
}
