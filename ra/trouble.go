package ra

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/surguch/surguch/workflow"
)

// Trouble is an effect of a request that has failed for good, or of which
// nobody knows whether it was done. The request waits for an operator, who has
// it begun again ([Authority.Retry]) or settles it by other means
// ([Authority.Dismiss]).
type Trouble struct {
	Task   string          `json:"task"` // key
	Effect workflow.Effect `json:"effect"`
	State  TaskState       `json:"state"` // TaskFailed or TaskUnknown
	Since  time.Time       `json:"since"`
	Error  string          `json:"error"` // no personal data
}

// permanent marks an error that no repetition cures.
type permanent struct{ err error }

func (e permanent) Error() string { return e.err.Error() }
func (e permanent) Unwrap() error { return e.err }

// Permanent marks an error of an outside service as one that no repetition
// cures: the effect is not tried again and a human is told at once. Errors
// that are not marked are repeated, with growing pauses, a number of times.
func Permanent(err error) error { return permanent{err} }

// failed is the end of an attempt with an error: another one later, or, when
// they are used up, trouble.
func (a *Authority) failed(ctx context.Context, t Task, cause error) (time.Time, error) {
	after := t
	after.Failures++
	after.Error = cause.Error()
	var final permanent
	switch {
	case errors.As(cause, &final):
		after.State = TaskFailed
	case after.Failures >= a.cfg.Failures:
		after.State = TaskUnknown
	default:
		after.Due = a.cfg.Clock.Now().Add(pause(after.Failures, rand.Int64N))
		err := a.cfg.Store.Settle(ctx, t, after)
		var conflict *ConflictError
		if errors.As(err, &conflict) {
			return time.Time{}, a.late(ctx, t)
		}
		return after.Due, err
	}
	return time.Time{}, a.settle(ctx, &t, nil, func(context.Context, *workflow.Process, *Request) (*move, error) {
		m := &move{by: System(), settle: &t, after: &after}
		m.write = []Entry{{Kind: Troubled, Task: t.Key, Trouble: &Trouble{
			Task: t.Key, Effect: t.Effect, State: after.State, Since: a.cfg.Clock.Now().UTC(), Error: after.Error,
		}}}
		if t.Effect != workflow.NotifyOperator && a.handlers[workflow.NotifyOperator] != nil {
			m.order = []workflow.Effect{workflow.NotifyOperator}
		}
		return m, nil
	})
}

// late records that a worker came with his result after another had taken the
// task: it is not applied, since the other's will be.
func (a *Authority) late(ctx context.Context, t Task) error {
	return a.settle(ctx, &t, nil, func(context.Context, *workflow.Process, *Request) (*move, error) {
		return &move{by: System(), write: []Entry{{
			Kind: LateResult, Task: t.Key, Note: fmt.Sprintf("результат попытки %d пришёл после начала следующей и не применён", t.Attempt),
		}}}, nil
	})
}

// Retry has a task begun again that is in trouble, on an operator's word. The
// note says why it should succeed now and is required.
func (a *Authority) Retry(ctx context.Context, id ID, by Actor, task, note string) (*Request, error) {
	return a.amend(ctx, ask{"Retry", id, by, []string{task, note}}, task, note, Retried)
}

// Dismiss ends the trouble with a task that is not to be begun again, on an
// operator's word. The note says by what other means it was settled and is
// required.
func (a *Authority) Dismiss(ctx context.Context, id ID, by Actor, task, note string) (*Request, error) {
	return a.amend(ctx, ask{"Dismiss", id, by, []string{task, note}}, task, note, Dismissed)
}

func (a *Authority) amend(ctx context.Context, q ask, task, note string, kind EntryKind) (*Request, error) {
	if q.By.Role != workflow.CAOperator {
		return nil, &DeniedError{q.ID, q.By.Role, string(kind)}
	}
	if note == "" {
		return nil, fmt.Errorf("ra: request %s: %s needs a note that says what it rests on", q.ID, kind)
	}
	return a.step(ctx, q, func(ctx context.Context, _ *workflow.Process, r *Request) (*move, error) {
		i := slices.IndexFunc(r.Trouble, func(t Trouble) bool { return t.Task == task })
		if i < 0 {
			return nil, fmt.Errorf("%w: request %s has no trouble with %s", ErrNotFound, r.ID, task)
		}
		m := &move{by: q.By, write: []Entry{{Kind: kind, Task: task, Note: note}}}
		if kind == Retried {
			tasks, err := a.cfg.Store.Tasks(ctx, r.ID)
			if err != nil {
				return nil, err
			}
			for _, t := range tasks {
				if t.Key == task {
					again := t
					again.State, again.Failures, again.Error, again.Due = TaskIntended, 0, "", a.cfg.Clock.Now().UTC()
					m.settle, m.after = &t, &again
				}
			}
		}
		return m, nil
	})
}
