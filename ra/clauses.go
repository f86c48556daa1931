package ra

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/surguch/surguch/workflow"
)

// ending is the effect whose end an entry tells of, and the arrow that ordered
// it, if it was one.
type ending struct {
	effect workflow.Effect
	by     workflow.Arrow
}

// ended is the ending of a task.
func (a *Authority) ended(ctx context.Context, r *Request, t *Task) (*ending, error) {
	e, err := a.orderedBy(ctx, r, t)
	end := &ending{effect: t.Effect}
	if e.Kind == Moved {
		end.by = workflow.Arrow{From: e.From, On: e.Event, By: e.By.Role}
	}
	return end, err
}

// orderedBy is the entry that asked for a task; the zero one, if the case is
// erased.
func (a *Authority) orderedBy(ctx context.Context, r *Request, t *Task) (Entry, error) {
	if r.Erased {
		return Entry{}, nil
	}
	lines, err := a.cfg.Store.History(ctx, t.Request, t.Seq-1, 1)
	if err != nil || len(lines) == 0 {
		return Entry{}, err
	}
	e, _, err := r.key.decodeLine(&lines[0])
	return e, err
}

// clauses are those of the process's source that an entry is a part of, made
// where the request rests.
func clauses(p *workflow.Process, e *Entry, at workflow.State, end ending) (ids []string) {
	var filled func(field string) bool
	if e.Form != nil {
		filled = e.Form.filled()
	}
	for _, c := range p.Clauses {
		part, here := p.Carries(&c, end.effect, end.by), len(c.In) == 0 || slices.Contains(c.In, at)
		switch e.Kind {
		case Began:
			part = part || c.Begins
		case Moved:
			part = part || slices.Contains(c.Arrows, workflow.Arrow{From: e.From, On: e.Event, By: e.By.Role})
		case Recorded:
			part = part || here && slices.Contains(c.Evidence, e.Evidence)
		case Attached:
			part = part || here && slices.Contains(c.Exhibits, e.Document.Kind)
		case Judged:
			part = part || slices.ContainsFunc(e.Verdict.Quality, func(q Quality) bool { return slices.Contains(c.Quality, string(q.Item)) })
		}
		if filled != nil && len(c.Fields) > 0 {
			part = part || !slices.ContainsFunc(c.Fields, func(field string) bool { return !filled(field) })
		}
		if part {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// filled returns a function that tells whether a field, by its JSON name, is
// filled in.
func (f *Form) filled() func(field string) bool {
	var fields map[string]json.RawMessage
	if data, err := json.Marshal(f); err == nil { // a form is strings
		json.Unmarshal(data, &fields)
	}
	return func(field string) bool {
		value := string(fields[field])
		return value != "" && value != `""`
	}
}
