package ra

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/surguch/surguch/workflow"
)

// reruns are the effects that establish evidence anew when it has grown too
// old to count.
var reruns = map[workflow.Evidence]workflow.Effect{
	workflow.RegistersPositive: workflow.AskRegisters,
	workflow.PredecessorValid:  workflow.CheckPredecessor,
}

// setTimers gives the request the timers that follow from what it is now: of
// its deadline, of the reminder before that, of evidence that will grow stale.
func (s *saving) setTimers() {
	if !s.change.Moved {
		return
	}
	s.change.Timers = nil
	add := func(t Timer) {
		t.Request = s.r.ID
		s.change.Timers = append(s.change.Timers, t)
	}
	if !s.r.Deadline.IsZero() {
		add(Timer{Name: TimerLate, Seq: s.r.Late, Due: s.r.Deadline})
		place, _ := s.p.Place(s.r.State)
		if remind := s.r.Deadline.Add(-s.a.cfg.Remind); s.a.reminds[place.Owner] != "" && remind.After(s.now) {
			add(Timer{Name: TimerRemind, Seq: s.r.Late, Due: remind})
		}
	}
	if s.p.Final(s.r.State) {
		return
	}
	for _, h := range s.r.Held {
		if reruns[h.Evidence] != "" && h.Until.After(s.now) {
			add(Timer{Name: TimerStale + string(h.Evidence), Seq: h.Seq, Due: h.Until})
		}
	}
}

// lapsed are the effects that establish anew what an arrow out of this place
// needs and what has grown stale on the way here, each once.
func (s *saving) lapsed() (effects []workflow.Effect) {
	fresh := s.r.Fresh(s.now)
	for _, h := range s.r.Held {
		if effect := reruns[h.Evidence]; effect != "" && !fresh(h.Evidence) && wanted(s.p, s.r, h.Evidence) && !slices.Contains(effects, effect) {
			effects = append(effects, effect)
		}
	}
	return effects
}

// timers fires what has run out. It reports whether there was anything.
func (a *Authority) timers(ctx context.Context) (bool, error) {
	due, _, err := a.cfg.Store.Due(ctx, a.cfg.Clock.Now(), batch+int(a.unrung.Load()))
	if err != nil {
		return false, err
	}
	var failed []error
	for _, t := range due {
		if err := a.ring(ctx, t); err != nil {
			failed = append(failed, err) // a request that does not open holds up no other
		}
		if err := ctx.Err(); err != nil {
			return true, err
		}
	}
	a.unrung.Store(int64(len(failed)))
	return len(due) > 0, errors.Join(failed...)
}

// ring fires a timer, unless what it is about has passed: the request has left
// the place, or the evidence is another. Either way the timer is gone
// afterwards.
func (a *Authority) ring(ctx context.Context, t Timer) error {
	_, err := a.step(ctx, ask{What: "timer", ID: t.Request}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		m := &move{by: System(), rang: &t}
		place, _ := p.Place(r.State)
		stale, isStale := strings.CutPrefix(t.Name, TimerStale)
		switch {
		case isStale:
			e := workflow.Evidence(stale)
			if h, held := r.Evidence(e); held && h.Seq == t.Seq && reruns[e] != "" && wanted(p, r, e) {
				m.write = []Entry{{Kind: Lapsed, Evidence: e}}
				m.order = []workflow.Effect{reruns[e]}
			}
		case r.Late != t.Seq:
		case t.Name == TimerRemind:
			m.write = []Entry{{Kind: Reminded}}
			m.order = []workflow.Effect{a.reminds[place.Owner]}
		case t.Name == TimerLate:
			m.fire = place.Late
		}
		return m, nil
	})
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		return nil // somebody acts on the request this moment
	}
	return err
}
