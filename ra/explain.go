package ra

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/surguch/surguch/workflow"
)

// Explanation says why a request is where it is and what it waits for.
type Explanation struct {
	State    workflow.State
	Title    string         // of the place, in Russian
	Owner    workflow.Role  // who must act; "" in a final place
	Deadline time.Time      // by when; zero in a final place
	Late     workflow.Event // what happens otherwise
	Open     []Choice       // what the owner, or the system, may do
	Running  []Running      // effects that are under way
	Trouble  []Trouble      // effects that failed for good: an operator must act
}

// Running is an effect that is under way.
type Running struct {
	Effect   workflow.Effect
	Next     time.Time // when it goes on at the latest
	Failures int       // attempts in a row that failed
}

// Choice is one arrow out of the place and what it still lacks.
type Choice struct {
	Event   workflow.Event
	By      workflow.Role
	To      workflow.State
	Missing []workflow.Evidence // not held, or stale
}

// Explain tells why a request waits, on whom, and what is missing.
func (a *Authority) Explain(ctx context.Context, id ID) (*Explanation, error) {
	r, err := a.load(ctx, id)
	if err != nil {
		return nil, err
	}
	p, err := a.process(ctx, r.ProcessHash)
	if err != nil {
		return nil, err
	}
	place, _ := p.Place(r.State)
	e := &Explanation{State: r.State, Title: place.Title, Owner: place.Owner, Deadline: r.Deadline, Late: place.Late}
	fresh := r.Fresh(a.cfg.Clock.Now())
	for _, s := range p.Steps {
		if s.From != r.State || s.By == workflow.System && !s.Automatic() {
			continue
		}
		c := Choice{Event: s.On, By: s.By, To: s.To}
		for _, need := range s.Needs {
			if !p.Holds(need, fresh) {
				c.Missing = append(c.Missing, need)
			}
		}
		e.Open = append(e.Open, c)
	}
	e.Trouble = r.Trouble
	tasks, err := a.cfg.Store.Tasks(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		if t.State == TaskIntended {
			e.Running = append(e.Running, Running{t.Effect, t.Due, t.Failures})
		}
	}
	return e, nil
}

// Russian is the explanation as a person reads it.
func (e *Explanation) Russian() string {
	if e.Owner == "" {
		return e.Title + "."
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s. Действует: %s, срок до %s.", e.Title, e.Owner.Title(), e.Deadline.Format("02.01.2006 15:04 MST"))
	for _, c := range e.Open {
		if len(c.Missing) == 0 {
			continue
		}
		var lack []string
		for _, m := range c.Missing {
			lack = append(lack, m.Title())
		}
		fmt.Fprintf(&b, " Чтобы «%s» (%s), не хватает: %s.", c.Event.Title(), c.By.Title(), strings.Join(lack, ", "))
	}
	for _, t := range e.Running {
		fmt.Fprintf(&b, " Выполняется: %s, продолжение не позднее %s", t.Effect.Title(), t.Next.Format("02.01.2006 15:04:05 MST"))
		if t.Failures > 0 {
			fmt.Fprintf(&b, ", неудачных попыток подряд: %d", t.Failures)
		}
		b.WriteByte('.')
	}
	for _, t := range e.Trouble {
		what := "не выполнено"
		if t.State == TaskUnknown {
			what = "неизвестно, выполнено ли"
		}
		fmt.Fprintf(&b, " Нужен оператор: %s — %s с %s.", t.Effect.Title(), what, t.Since.Format("02.01.2006 15:04 MST"))
	}
	return b.String()
}

// String is the explanation in English, for engineers and logs.
func (e *Explanation) String() string {
	if e.Owner == "" {
		return fmt.Sprintf("%s: final", e.State)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: waits for %s until %s", e.State, e.Owner, e.Deadline.Format(time.RFC3339))
	for _, c := range e.Open {
		if len(c.Missing) > 0 {
			fmt.Fprintf(&b, "; %s by %s needs %v", c.Event, c.By, c.Missing)
		}
	}
	for _, t := range e.Running {
		fmt.Fprintf(&b, "; %s goes on by %s after %d failures", t.Effect, t.Next.Format(time.RFC3339), t.Failures)
	}
	for _, t := range e.Trouble {
		fmt.Fprintf(&b, "; %s is %s since %s: %s", t.Effect, t.State, t.Since.Format(time.RFC3339), t.Error)
	}
	return b.String()
}
