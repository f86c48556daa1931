package ra

import (
	"encoding/json"
	"slices"

	"github.com/surguch/surguch/workflow"
)

// clauses are those of the process's source that an entry is a part of. The
// effect is the one whose end the entry tells of, or "".
func clauses(p *workflow.Process, e *Entry, effect workflow.Effect) (ids []string) {
	var filled func(field string) bool
	if e.Form != nil {
		filled = e.Form.filled()
	}
	for _, c := range p.Clauses {
		part := slices.Contains(c.Effects, effect)
		switch e.Kind {
		case Began:
			part = part || c.Begins
		case Moved:
			part = part || slices.Contains(c.Arrows, workflow.Arrow{From: e.From, On: e.Event, By: e.By.Role})
		case Recorded:
			part = part || slices.Contains(c.Evidence, e.Evidence)
		case Attached:
			part = part || slices.Contains(c.Exhibits, e.Document.Kind)
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
