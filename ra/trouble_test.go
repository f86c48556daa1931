package ra_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// TestTrouble has the CA fail until the attempts are used up: an operator is
// told, sees it in his list and in Explain, and has it done again.
func TestTrouble(t *testing.T) {
	for what, c := range map[string]struct {
		err   error
		state ra.TaskState
		calls int
	}{
		"transient": {errors.New("the line is down"), ra.TaskUnknown, 15},
		"permanent": {ra.Permanent(errors.New("the contract has ended")), ra.TaskFailed, 1},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			id, phone := w.sent(w.newKey())
			failing := true
			w.ca.submit = func(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
				if failing {
					return ra.Outcome{}, c.err
				}
				return w.ca.CA.Submit(ctx, key, o)
			}
			w.sign(phone)
			for range 40 {
				w.pass(15 * time.Minute)
			}
			r := w.inState(id, workflow.Issuing)
			if w.ca.calls != c.calls || len(r.Trouble) != 1 || r.Trouble[0].State != c.state || r.Trouble[0].Effect != workflow.SendToCA {
				t.Fatalf("got %d calls and trouble %+v, want %d and one of state %s", w.ca.calls, r.Trouble, c.calls, c.state)
			}
			told := false
			for _, n := range w.mail.notices {
				told = told || n.To == workflow.CAOperator
			}
			if !told {
				t.Error("the operator was not told")
			}
			rows, err := w.store.Page(w.ctx, ra.Query{Trouble: true})
			if err != nil || len(rows) != 1 || rows[0].ID != id {
				t.Errorf("got %d requests in trouble (%v), want this one", len(rows), err)
			}
			explanation, err := w.authority.Explain(w.ctx, id)
			if err != nil || !strings.Contains(explanation.Russian(), "Нужен оператор: выпуск сертификата") || !strings.Contains(explanation.String(), string(c.state)) {
				t.Errorf("got %v: %s", err, explanation.Russian())
			}

			failing = false
			task := r.Trouble[0].Task
			unchanged[*ra.DeniedError](w, id, "retry by the owner", func() error {
				_, err := w.authority.Retry(w.ctx, id, owner, task, "x")
				return err
			})
			w.must(w.authority.Retry(w.ctx, id, operator, task, "связь восстановлена"))
			w.settle()
			r = w.inState(id, workflow.CertificateAck)
			if len(r.Trouble) != 0 {
				t.Errorf("got trouble %+v left", r.Trouble)
			}
			w.logIsClean()
		})
	}
}

// TestDismiss ends the trouble with an effect that is settled by other means.
func TestDismiss(t *testing.T) {
	w := newWorld(t)
	id, phone := w.sent(w.newKey())
	w.ca.submit = func(context.Context, string, ra.Order) (ra.Outcome, error) {
		return ra.Outcome{}, ra.Permanent(errors.New("no"))
	}
	w.sign(phone)
	r := w.inState(id, workflow.Issuing)
	if len(r.Trouble) != 1 {
		t.Fatalf("got trouble %+v, want one", r.Trouble)
	}
	if _, err := w.authority.Dismiss(w.ctx, id, operator, r.Trouble[0].Task, ""); err == nil {
		t.Error("without a note: no error")
	}
	if _, err := w.authority.Dismiss(w.ctx, id, operator, "no such task", "x"); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("another task: got %v, want ErrNotFound", err)
	}
	r = w.must(w.authority.Dismiss(w.ctx, id, operator, r.Trouble[0].Task, "заявка передана на бумаге"))
	if len(r.Trouble) != 0 {
		t.Errorf("got trouble %+v left", r.Trouble)
	}
	w.reload(id)
}

// TestLateWorker pauses a worker until another has done his task: his result
// is in the journal and changes nothing.
func TestLateWorker(t *testing.T) {
	w := newWorld(t)
	id, phone := w.sent(w.newKey())
	first := true
	w.ca.submit = func(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
		out, err := w.ca.CA.Submit(ctx, key, o)
		if first { // while it waits for its answer the lease runs out and another takes the task
			first = false
			w.clock.Advance(2 * time.Minute)
			w.settle()
		}
		return out, err
	}
	w.sign(phone)
	r := w.inState(id, workflow.CertificateAck)
	entries, err := w.authority.History(w.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	late, matches := 0, 0
	for _, e := range entries {
		if e.Kind == ra.LateResult {
			late++
		}
		if e.Evidence == workflow.CertificateMatches && e.Kind == ra.Recorded {
			matches++
		}
	}
	if late != 1 || matches != 1 || r.State != workflow.CertificateAck {
		t.Errorf("got %d late results and %d certificates, want 1 and 1", late, matches)
	}
}

// TestReminder reminds whoever must act a day before his deadline, once.
func TestReminder(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	r := w.reload(id)
	w.clock.Advance(r.Deadline.Add(-25 * time.Hour).Sub(w.clock.Now()))
	w.settle()
	before := len(w.mail.notices)
	w.pass(2 * time.Hour)
	w.pass(2 * time.Hour)
	if got := len(w.mail.notices) - before; got != 1 {
		t.Errorf("got %d reminders, want 1", got)
	}
	w.inState(id, workflow.KeyGeneration)
}

// TestChecksAreMadeAnew lets the registers' answers grow stale while the owner
// takes his time: they are asked again, and he may go on.
func TestChecksAreMadeAnew(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	asked := len(w.registers.asked)
	w.pass(25 * time.Hour) // CheckLife is a day
	w.settle()
	if got := len(w.registers.asked); got != 2*asked {
		t.Errorf("got %d inquiries, want the %d made anew", got, asked)
	}
	r := w.inState(id, workflow.KeyGeneration)
	if !r.Fresh(w.clock.Now())(workflow.RegistersPositive) {
		t.Error("the answers are still stale")
	}
	w.must(w.authority.SubmitCSR(w.ctx, id, owner, w.request(w.newKey(), w.form)))
}
