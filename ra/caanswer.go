package ra

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/surguch/surguch/workflow"
)

// NeedError says that a CA goes on with an order only when it gets something
// from a person. It is the trouble of the order: an operator settles it at the
// CA, or hands over what is asked for with [Authority.AnswerCA].
type NeedError struct {
	Request   ID
	State     OutcomeState // NeedsSignature or NeedsCorrection
	Fields    []string     // to be corrected
	Documents []string     // to be given anew, by kind
}

func (e *NeedError) Error() string {
	if e.State == NeedsSignature {
		return fmt.Sprintf("ra: request %s: the CA wants a document signed by the owner: exhibit %s", e.Request, RequestedExhibit)
	}
	return fmt.Sprintf("ra: request %s: the CA wants corrections: fields %s; documents %s",
		e.Request, strings.Join(e.Fields, ", "), strings.Join(e.Documents, ", "))
}

// needs makes what a CA asks for an operator's: the document, and the reason
// in its note, join the dossier first, then the order is in trouble. The owner
// is not asked by the authority itself: what he signs for a CA is that CA's
// own paper, of which a person has to say first what it is.
func (a *Authority) needs(j *job, note orderNote, o Outcome) (found, error) {
	d := attachment{kind: RequestedExhibit, media: o.Media, data: o.Document, note: o.Reason}
	if o.State == NeedsCorrection {
		d.media = mediaText
		d.data = fmt.Appendf(nil, "%s\n%s\n%s\n%s\n", j.task.Key, o.Reason, strings.Join(o.Fields, ", "), strings.Join(o.Documents, ", "))
	}
	if !has(j.request, d.kind, hashOf(d.data)) {
		return note.later(found{attach: []attachment{d}}, soon)
	}
	return found{}, Permanent(&NeedError{j.request.ID, o.State, o.Fields, o.Documents})
}

// AnswerCA hands a CA what it asked for, on an operator's word, and has the
// order go on. The note says where the answer comes from and is required. A
// signature must be the owner's, over the document that the CA asked about,
// by a certificate under one of Config.SignerAnchors.
func (a *Authority) AnswerCA(ctx context.Context, id ID, by Actor, answer Answer, note string) (*Request, error) {
	if by.Role != workflow.CAOperator {
		return nil, &DeniedError{id, by.Role, "answer the CA"}
	}
	q := ask{"AnswerCA", id, by, []any{answer, note}}
	if done, err := a.repeated(ctx, q); done != nil || err != nil {
		return done, err
	}
	r, err := a.load(ctx, id)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(r.Trouble, func(t Trouble) bool { return t.Effect == workflow.SendToCA })
	if i < 0 || note == "" {
		return nil, fmt.Errorf("%w: request %s has no order that waits for an answer, or the note is missing", ErrNotFound, id)
	}
	if len(answer.Signature) > 0 {
		document, err := a.Document(ctx, r, RequestedExhibit)
		if err != nil {
			return nil, err
		}
		if err := a.checkSignature(document, answer.Signature, a.cfg.SignerAnchors, r.Form.SNILS, a.cfg.Clock.Now()); err != nil {
			return nil, &SignatureError{RequestedExhibit, err}
		}
	}
	order, err := a.task(ctx, id, r.Trouble[i].Task)
	if err != nil {
		return nil, err
	}
	memory, err := noteOf(order)
	if err != nil {
		return nil, err
	}
	route, err := a.routeNamed(memory.Route)
	if err != nil {
		return nil, err
	}
	if _, err := route.CA.Answer(ctx, order.Key, answer); err != nil {
		return nil, fmt.Errorf("ra: request %s: the CA did not take the answer: %w", id, r.discreet(err))
	}
	return a.amend(ctx, q, order.Key, note, Retried)
}

// task returns a task of a request by its key.
func (a *Authority) task(ctx context.Context, id ID, key string) (*Task, error) {
	tasks, err := a.cfg.Store.Tasks(ctx, id)
	if err != nil {
		return nil, err
	}
	for i := range tasks {
		if tasks[i].Key == key {
			return &tasks[i], nil
		}
	}
	return nil, fmt.Errorf("%w: request %s has no task %s", ErrNotFound, id, key)
}
