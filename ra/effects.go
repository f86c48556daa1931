package ra

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/workflow"
)

// A handler does one effect. It may be called again for the same task after a
// crash or an error, so what it asks of the outside world goes under the
// task's key. It returns what was found; an error means that nothing is known
// and the attempt is repeated later.
type handler func(ctx context.Context, j *job) (found, error)

// job is what a handler works on.
type job struct {
	task    Task     // as claimed; Attempt counts from 1
	request *Request // as it was when the attempt began
	process *workflow.Process
	now     time.Time
}

// wanted reports whether any of the evidence can still open an arrow where
// the request stands now. An effect that would record none of use any more is
// dropped: the request was cancelled, or went back.
func wanted(p *workflow.Process, r *Request, evidence ...workflow.Evidence) bool {
	for _, s := range p.Steps {
		if s.From != r.State {
			continue
		}
		for _, need := range s.Needs {
			for _, e := range evidence {
				if need == e || slices.Contains(p.Any[need], e) {
					return true
				}
			}
		}
	}
	return false
}

// basis is the entry that recorded the evidence an effect builds on; 0 if it
// is not held. Another number later means that the evidence was given up and
// recorded anew: what was asked before is about something else.
func (r *Request) basis(e workflow.Evidence) int64 {
	h, _ := r.Evidence(e)
	return h.Seq
}

// found is what a handler found out.
type found struct {
	attach []attachment
	record []Held
	fire   workflow.Event // in the name of the system
	link   *Link
	revoke string // number of the marker that ends
	claims []string
	// on is the evidence this builds on. If it changes before the result is
	// saved, the result is dropped.
	on workflow.Evidence
	// again, if set, keeps the task: it runs again after that time with note
	// as its memory.
	again time.Duration
	note  []byte
}

// effects is the table of what the authority can do by itself, as far as its
// configuration provides for it.
func (a *Authority) effects() map[workflow.Effect]handler {
	table := map[workflow.Effect]handler{workflow.RevokeMarker: a.revokeMarker}
	if a.cfg.Registers != nil {
		table[workflow.AskRegisters] = a.askRegisters
	}
	if a.cfg.Notifier != nil {
		table[workflow.SendLink] = a.sendLink
		table[workflow.NotifyApplicant] = a.notify(workflow.Applicant)
		table[workflow.NotifyOperator] = a.notify(workflow.CAOperator)
		table[workflow.NotifyAgent] = a.notify(workflow.Agent)
		table[workflow.NotifyServiceCentre] = a.notify(workflow.ServiceCentre)
		table[workflow.NotifyDocDept] = a.notify(workflow.DocDept)
	}
	if a.cfg.Printer != nil {
		table[workflow.PrintApplication] = a.printApplication
		table[workflow.PrintCertificate] = a.printCertificate
		table[workflow.PrintInvoice] = a.printing(InvoiceForm)
		table[workflow.PrintDocumentList] = a.printing(DocumentListForm)
	}
	if a.cfg.Printer != nil && a.cfg.Notifier != nil {
		table[workflow.IssueMarker] = a.notify(workflow.Agent) // who has it printed: PrintMarker
		table[workflow.SendInvoice] = a.sending(InvoiceForm)
		table[workflow.SendPack] = a.sending(QuestionnaireForm, PowersForm, DocumentListForm)
		table[workflow.SendInstruction] = a.sendInstruction
		table[workflow.SendSMS] = a.notify(workflow.Applicant)
	}
	if a.cfg.Signer != nil && a.cfg.Notifier != nil {
		table[workflow.SignApplication] = a.signApplication
		table[workflow.SignAcknowledgement] = a.signAcknowledgement
	}
	if a.cfg.Keys != nil {
		table[workflow.CreateKey] = a.createKey
	}
	if a.cfg.CA != nil || len(a.cfg.Routes) > 0 {
		table[workflow.SendToCA] = a.sendToCA
		table[workflow.RevokeCertificate] = a.revokeCertificate
		table[workflow.SuspendCertificate] = a.suspendCertificate
		table[workflow.ResumeCertificate] = a.resumeCertificate
		table[workflow.CheckPredecessor] = a.checkPredecessor
		table[workflow.WatchCertificate] = a.watchCertificate
	}
	return table
}

// attempt runs the handler of a claimed task and settles what was found. The
// claim is the record that the outside world may have been asked: it is
// durable before the handler starts. It returns when the task is due again;
// the zero time if it is over.
func (a *Authority) attempt(ctx context.Context, t Task) (time.Time, error) {
	ctx, end := a.watch(ctx, "ra.effect", Attribute{"effect", string(t.Effect)})
	again, err := a.run(ctx, t)
	end(err)
	result := func(name string) {
		a.cfg.Telemetry.Count(ctx, "ra.attempts", 1, Attribute{"effect", string(t.Effect)}, Attribute{"result", name})
	}
	if err == nil {
		result("ok")
		return again, nil
	}
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		result("late")
		return time.Time{}, a.late(ctx, t)
	}
	result("failed")
	if ctx.Err() != nil {
		return time.Time{}, ctx.Err()
	}
	a.cfg.Log.WarnContext(ctx, "ra: an effect failed",
		"request", t.Request, "effect", t.Effect, "attempt", t.Attempt, "error", err)
	return a.failed(ctx, t, err)
}

// run calls the handler and saves what it found, together with the end or the
// continuation of the task. A panic of a handler is an error of its task.
func (a *Authority) run(ctx context.Context, t Task) (again time.Time, err error) {
	r, err := a.load(ctx, t.Request)
	if err != nil {
		return again, err
	}
	p, err := a.process(ctx, r.ProcessHash)
	if err != nil {
		return again, err
	}
	h := a.handlers[t.Effect]
	if h == nil {
		return again, Permanent(fmt.Errorf("ra: nobody handles the effect %s", t.Effect))
	}
	out, err := func() (out found, err error) {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("ra: effect %s panicked: %v", t.Effect, v)
			}
		}()
		ctx, cancel := a.leased(ctx, &t)
		defer cancel()
		if out, err = h(ctx, &job{t, r, p, a.cfg.Clock.Now()}); err != nil && context.Cause(ctx) == errLease {
			err = fmt.Errorf("%w: %w", errLease, err)
		}
		return out, err
	}()
	if err != nil {
		return again, r.discreet(err)
	}
	return again, a.settle(ctx, &t, r, func(ctx context.Context, p *workflow.Process, now *Request) (*move, error) {
		after := t
		after.State, after.Error, after.Failures = TaskDone, "", 0
		if again = (time.Time{}); out.again > 0 {
			again = a.cfg.Clock.Now().Add(out.again)
			after.State, after.Due, after.Note = TaskIntended, again, out.note
		}
		m := &move{by: System(), settle: &t, after: &after}
		if out.of(p, r, now) {
			if out.again == 0 {
				var err error
				if m.done, err = a.ended(ctx, now, &t); err != nil {
					return nil, err
				}
			}
			m.attach, m.record, m.link, m.claims = out.attach, out.record, out.link, out.claims
			if marker := now.revoked(out.revoke); marker != nil {
				m.write = []Entry{{Kind: MarkerChanged, Marker: marker, Note: "маркер отозван"}}
			}
			if slices.ContainsFunc(p.Open(now.State, workflow.System), func(s workflow.Step) bool { return s.On == out.fire }) {
				m.fire = out.fire // else the request is already where the event would lead
			}
		}
		return m, nil
	})
}

// errLease says that an attempt took longer than it may.
var errLease = errors.New("ra: the lease is over")

// leased is a context that ends with the lease of a claimed task: whoever
// hangs loses the task to another worker then, and need not go on.
func (a *Authority) leased(ctx context.Context, t *Task) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	over := a.cfg.Clock.After(t.Due.Sub(a.cfg.Clock.Now()))
	go func() {
		select {
		case <-over:
			cancel(errLease)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// of reports whether what was found for the request as it was still concerns
// the request as it is now.
func (f *found) of(p *workflow.Process, was, now *Request) bool {
	if f.on != "" && was.basis(f.on) != now.basis(f.on) {
		return false
	}
	if f.fire != "" && was.State != now.State {
		return false
	}
	for _, h := range f.record {
		// Where a yes is waited for, a no is as good to know.
		if wanted(p, now, append(contraries(p, h.Evidence), h.Evidence)...) {
			return true
		}
	}
	return len(f.record) == 0
}

// reminders is how each role is reminded: by the effect that tells it
// anything, as far as somebody handles it.
func (a *Authority) reminders() map[workflow.Role]workflow.Effect {
	table := map[workflow.Role]workflow.Effect{}
	for role, effect := range map[workflow.Role]workflow.Effect{
		workflow.Applicant: workflow.NotifyApplicant, workflow.ApplicantRep: workflow.NotifyApplicant,
		workflow.Agent: workflow.NotifyAgent, workflow.ServiceCentre: workflow.NotifyServiceCentre,
		workflow.CAOperator: workflow.NotifyOperator, workflow.DocDept: workflow.NotifyDocDept,
	} {
		if a.handlers[effect] != nil {
			table[role] = effect
		}
	}
	return table
}
