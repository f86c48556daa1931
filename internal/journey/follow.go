package journey

import (
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// patience is how many arrows a request may take on its way to the next of its
// plan, which its past may have made impossible.
const patience = 100

// route is the way that the request is to take from where it stands.
func (c *Case) route(at workflow.State) ([]workflow.Step, bool) {
	c.w.mu.Lock()
	next, moves := c.next, c.moves
	c.w.mu.Unlock()
	if next == len(c.Plan.Via) {
		to := c.Plan.End
		if to == "" {
			to = goal(c.process)
		}
		return way(c.process, at, to, c.Plan.Avoid)
	}
	via, ok := step(c.process, c.Plan.Via[next])
	if !ok {
		return nil, false
	}
	route, ok := way(c.process, at, via.From, c.Plan.Avoid)
	if !ok || moves > patience { // the request is past it, or never comes there
		c.w.mu.Lock()
		if c.next == next {
			c.next, c.moves = next+1, 0
		}
		c.w.mu.Unlock()
		return c.route(at)
	}
	return append(route, via), true
}

// follow is told what a journal says from now on: which arrows of the plan the
// request has taken. The world's mutex is held.
func (c *Case) follow(e *ra.Entry) {
	if e.Event == workflow.PrepareMarker {
		c.code = "" // of a marker that is printed anew
	}
	if e.Kind == ra.Moved {
		c.moves++
	}
	if e.Kind == ra.Moved && c.next < len(c.Plan.Via) && c.Plan.Via[c.next] == (workflow.Arrow{From: e.From, On: e.Event, By: e.By.Role}) {
		c.next++
		c.moves, c.mood = 0, kind
	}
}

func (c *Case) setMood(m mood) {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	c.mood = m
}

// order is told what has become of tasks, perhaps of a later attempt first. The
// world's mutex is held.
func (c *Case) order(tasks ...ra.Task) {
	for _, t := range tasks {
		if t.Attempt >= c.tasks[t.Key].Attempt {
			c.tasks[t.Key] = t
		}
	}
}

// running are the effects that are under way.
func (c *Case) running() (list []workflow.Effect) {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	for _, t := range c.tasks {
		if t.State == ra.TaskIntended {
			list = append(list, t.Effect)
		}
	}
	return list
}
