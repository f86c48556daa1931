package ra_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/storetest"
	"github.com/surguch/surguch/workflow"
)

var roles = []workflow.Role{
	workflow.Applicant, workflow.ApplicantRep, workflow.Agent, workflow.ServiceCentre,
	workflow.CAOperator, workflow.DocDept, workflow.TaxOffice, workflow.System, "", "director",
}

// powerful says, apart from the authority's own words for it, which arrows an
// office may follow with a second factor only: they issue, approve or revoke.
func powerful(s workflow.Step) bool {
	if s.By == workflow.Applicant || s.By == workflow.ApplicantRep {
		return false // he comes by a link, and signs on his phone
	}
	for _, e := range s.Do {
		if strings.HasSuffix(string(e), "_certificate") && e != workflow.PrintCertificate || e == workflow.SendToCA {
			return true
		}
	}
	return s.On == workflow.Approve || s.To == workflow.Issuing
}

// TestRights fires every event of every process in every place, in every role,
// with and without a second factor, where all evidence is held: what the
// process allows is done, and everything else is refused by a typed error and
// leaves no trace.
func TestRights(t *testing.T) {
	w := newWorld(t)
	allowed, refused, factors := 0, 0, 0
	for _, p := range sampled(t) {
		for _, place := range p.Places {
			store := w.onMemory(storetest.Faults{})
			at := plan{process: p, state: place.State, evidence: allEvidence(p)}
			id := w.plant(store, at)
			before := w.snapshot(store, id)
			for _, event := range events(p) {
				for _, role := range roles {
					for _, second := range []bool{false, true} {
						by := ra.Actor{ID: "somebody", Role: role, SecondFactor: second}
						arrow := arrowOf(p, place.State, event, role)
						if arrow != nil && (second || !powerful(*arrow)) {
							allowed++
							w.follows(w.plant(store, at), by, *arrow)
							continue
						}
						refused++
						_, err := w.authority.Fire(w.ctx, id, by, event)
						var closed *workflow.RefusedError
						var denied *ra.DeniedError
						var factor *ra.SecondFactorError
						ok := errors.As(err, &closed) && arrow == nil && closed.Event == event && closed.Role == role
						if role == workflow.System || role == workflow.ApplicantRep { // he has no power of attorney
							ok = errors.As(err, &denied)
						} else if arrow != nil {
							ok = errors.As(err, &factor)
							factors++
						}
						if !ok {
							t.Errorf("%s: %s in %s by %q, second factor %v: got %v", p.Name, event, place.State, role, second, err)
						}
					}
				}
			}
			if after := w.snapshot(store, id); after != before {
				t.Errorf("%s in %s: refused events left a trace:\n%s\n%s", p.Name, place.State, before, after)
			}
		}
	}
	t.Logf("%d allowed, %d refused, %d of them for want of a second factor", allowed, refused, factors)
}

func events(p *workflow.Process) (list []workflow.Event) {
	for _, s := range p.Steps {
		if !slices.Contains(list, s.On) {
			list = append(list, s.On)
		}
	}
	return list
}

// arrowOf is the arrow of the process that a person may follow; nil if none.
func arrowOf(p *workflow.Process, from workflow.State, on workflow.Event, by workflow.Role) *workflow.Step {
	for i, s := range p.Steps {
		if s.From == from && s.On == on && s.By == by && by != workflow.System {
			return &p.Steps[i]
		}
	}
	return nil
}

// follows fires what is allowed and looks whether the arrow was followed.
func (w *world) follows(id ra.ID, by ra.Actor, arrow workflow.Step) {
	w.t.Helper()
	planted := w.reload(id).Version
	if _, err := w.authority.Fire(w.ctx, id, by, arrow.On); err != nil {
		w.t.Errorf("%s: got %v", arrow, err)
		return
	}
	w.reload(id)
	entries, err := w.authority.History(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	e := entries[planted]
	if e.Kind != ra.Moved || e.Event != arrow.On || e.From != arrow.From || e.To != arrow.To || e.By != by {
		w.t.Errorf("%s: got the entry %s", arrow, asJSON(w.t, e))
	}
	for _, gone := range arrow.Void {
		if r, _ := ra.Replay(entries[:planted+1]); r != nil {
			if _, held := r.Evidence(gone); held {
				w.t.Errorf("%s: still holds %s", arrow, gone)
			}
		}
	}
}

// TestNeeds takes one need at a time away from every arrow of every process:
// it is then refused, and the error names what is missing.
func TestNeeds(t *testing.T) {
	w := newWorld(t)
	refused := 0
	for _, p := range runnable(t) {
		store := w.onMemory(storetest.Faults{})
		for _, s := range p.Steps {
			if s.By == workflow.System {
				continue
			}
			for _, need := range s.Needs {
				held := without(allEvidence(p), append(p.Any[need], need)...)
				id := w.plant(store, plan{process: p, state: s.From, evidence: held})
				before := w.snapshot(store, id)
				_, err := w.authority.Fire(w.ctx, id, ra.Actor{ID: "somebody", Role: s.By, SecondFactor: true}, s.On)
				var closed *workflow.RefusedError
				if !errors.As(err, &closed) || closed.Reason != workflow.EvidenceMissing || !slices.Equal(closed.Missing, needing(p, s, need)) {
					t.Errorf("%s: %s without %s: got %v", p.Name, s, need, err)
				}
				if w.snapshot(store, id) != before {
					t.Errorf("%s: %s without %s: left a trace", p.Name, s, need)
				}
				refused++
			}
		}
	}
	t.Logf("%d refused", refused)
}

// needing are the needs of an arrow that fall with one of them, because they
// share an alternative.
func needing(p *workflow.Process, s workflow.Step, gone workflow.Evidence) (list []workflow.Evidence) {
	dropped := append([]workflow.Evidence{gone}, p.Any[gone]...)
	for _, n := range s.Needs {
		if left := without(append([]workflow.Evidence{n}, p.Any[n]...), dropped...); n == gone || slices.Contains(dropped, n) ||
			len(p.Any[n]) > 0 && len(left) == 1 {
			list = append(list, n)
		}
	}
	return list
}

// TestOfficeRights is who may do what else: to a request in the middle, and to
// one at its end, which nothing but erasing and settling trouble changes.
func TestOfficeRights(t *testing.T) {
	w := newWorld(t)
	pdf := []byte("%PDF-1.7\n%%EOF\n")
	seen := strings.Repeat("0", 64)
	der := w.request(w.newKey(), w.form)
	actions := map[string]func(id ra.ID, by ra.Actor) error{
		"fill": func(id ra.ID, by ra.Actor) error { _, err := w.authority.Fill(w.ctx, id, by, w.form); return err },
		"attach": func(id ra.ID, by ra.Actor) error {
			_, err := w.authority.Attach(w.ctx, id, by, "passport_scan", pdf, "")
			return err
		},
		"approve": func(id ra.ID, by ra.Actor) error { _, err := w.authority.Approve(w.ctx, id, by, seen, ""); return err },
		"attest": func(id ra.ID, by ra.Actor) error {
			_, err := w.authority.Attest(w.ctx, id, by, workflow.RejectionReason, "основание")
			return err
		},
		"retry": func(id ra.ID, by ra.Actor) error { _, err := w.authority.Retry(w.ctx, id, by, "none", "x"); return err },
		"dismiss": func(id ra.ID, by ra.Actor) error {
			_, err := w.authority.Dismiss(w.ctx, id, by, "none", "x")
			return err
		},
		"answer": func(id ra.ID, by ra.Actor) error {
			_, err := w.authority.AnswerCA(w.ctx, id, by, ra.Answer{}, "x")
			return err
		},
		"erase": func(id ra.ID, by ra.Actor) error { return w.authority.Erase(w.ctx, id, by, "срок истёк") },
		"written": func(id ra.ID, by ra.Actor) error {
			_, err := w.authority.ConfirmInstalled(w.ctx, id, by, pdf)
			return err
		},
		"request": func(id ra.ID, by ra.Actor) error { _, err := w.authority.SubmitCSR(w.ctx, id, by, der); return err },
	}
	done := map[string]int{}
	for _, p := range sampled(t) {
		for _, place := range p.Places {
			store := w.onMemory(storetest.Faults{}) // the key of the request is claimed once
			id := w.plant(store, plan{process: p, state: place.State})
			before := w.snapshot(store, id)
			for _, what := range slices.Sorted(maps.Keys(actions)) {
				for _, role := range roles {
					for _, second := range []bool{false, true} {
						by := ra.Actor{ID: "somebody", Role: role, SecondFactor: second}
						err := actions[what](id, by)
						may := mayAct(p, place, what, by)
						if form := (*ra.FormError)(nil); may && errors.As(err, &form) {
							continue // the role may fill it in; that it names no certificate is another matter
						}
						if (err == nil) != may || err != nil && !typed(err) {
							t.Errorf("%s in %s: %s by %q, second factor %v: got %v, want it allowed: %v", p.Name, place.State, what, role, second, err, may)
						}
						if err == nil {
							done[what]++
							if w.snapshot(store, id) == before {
								t.Errorf("%s in %s: %s by %q: nothing was done", p.Name, place.State, what, role)
							}
							store = w.onMemory(storetest.Faults{})
							id = w.plant(store, plan{process: p, state: place.State})
							before = w.snapshot(store, id)
						}
					}
				}
				if after := w.snapshot(store, id); after != before {
					t.Errorf("%s in %s: what was refused of %s left a trace:\n%s\n%s", p.Name, place.State, what, before, after)
				}
			}
		}
	}
	t.Logf("done: %v", done)
}

// mayAct is who may do what to a request without evidence.
func mayAct(p *workflow.Process, place workflow.Place, what string, by ra.Actor) bool {
	final, operates := place.Owner == "", by.Role == workflow.CAOperator
	switch what {
	case "fill":
		return slices.ContainsFunc(p.Steps, func(s workflow.Step) bool {
			return s.From == place.State && s.By == by.Role && (s.On == workflow.Submit || s.On == workflow.Resubmit || s.On == workflow.ChooseKind) && slices.Contains(s.Needs, workflow.FormValid)
		})
	case "attach":
		return !final && by.Role != workflow.System && (operates || by.Role == place.Owner || len(p.Open(place.State, by.Role)) > 0)
	case "attest":
		arrow := arrowOf(p, place.State, workflow.Reject, by.Role)
		return arrow != nil && slices.Contains(arrow.Needs, workflow.RejectionReason) && by.Role != workflow.ServiceCentre
	case "erase":
		return final && operates && by.SecondFactor
	case "request":
		// In the app the key is made on the system's word.
		i := slices.IndexFunc(p.Steps, func(s workflow.Step) bool {
			return s.From == place.State && s.On == workflow.SubmitRequest && s.By == by.Role
		})
		return i >= 0 && slices.Equal(p.Steps[i].Needs, []workflow.Evidence{workflow.RequestVerified}) && (by.SecondFactor || !powerful(p.Steps[i]))
	}
	return false
}

// typed reports whether a caller can tell what he did wrong.
func typed(err error) bool {
	var denied *ra.DeniedError
	var factor *ra.SecondFactorError
	var content *ra.ContentError
	var closed *workflow.RefusedError
	return errors.As(err, &denied) || errors.As(err, &factor) || errors.As(err, &content) || errors.As(err, &closed) ||
		errors.Is(err, ra.ErrNotFound) || errors.Is(err, ra.ErrOtherCertificate)
}
