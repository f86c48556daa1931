package ra

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/surguch/surguch/workflow"
)

// Verdict is what a reviewer found of one document.
type Verdict struct {
	Exhibit  string    `json:"exhibit"` // hash of the document he saw
	Kind     string    `json:"kind"`    // of the exhibit
	Accepted bool      `json:"accepted"`
	Reason   string    `json:"reason,omitempty"` // why not: in Russian, for whoever replaces it
	Quality  []Quality `json:"quality,omitempty"`
	By       Actor     `json:"by"`
	At       time.Time `json:"at"`
}

// Quality is one thing a reviewer looked at, and whether it is as it must be.
type Quality struct {
	Item QualityItem `json:"item"`
	Good bool        `json:"good"`
}

// QualityItem names what is looked at. An embedder adds names of its own.
type QualityItem string

// What the five procedures have reviewers look at.
const (
	Legible          QualityItem = "legible"           // every field can be read
	ColourScan       QualityItem = "colour_scan"       // the scan is in colour
	BlueInk          QualityItem = "blue_ink"          // signed by pen, in blue
	SameSignature    QualityItem = "same_signature"    // as in the passport
	DatedPhoto       QualityItem = "dated_photo"       // the photograph shows the day
	FaceInPhoto      QualityItem = "face_in_photo"     // the owner with his passport
	SameAsOriginal   QualityItem = "same_as_original"  // as the original that was shown
	WholePage        QualityItem = "whole_page"        // nothing is cut off
	MatchesForm      QualityItem = "matches_form"      // what it says is what the form says
	SignedEverywhere QualityItem = "signed_everywhere" // no signature is missing
	Sealed           QualityItem = "sealed"            // by the seal of the organisation
)

// Judge records what a reviewer found of documents, each by itself. What he
// refuses he gives reasons for, which become the return_reason; only that has
// to be replaced, and what is accepted stays so until it is. When every
// document on the list is accepted, documents_accepted is held; with the
// signed application, application_accepted.
//
// It is for whoever accepts documents where the request rests, and for whoever
// may return it; none of them entered the documents: *DutiesError. A
// *ContentError says that a document is no longer the latest of its kind.
func (a *Authority) Judge(ctx context.Context, id ID, by Actor, verdicts []Verdict) (*Request, error) {
	return a.step(ctx, ask{"Judge", id, by, verdicts}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		if len(verdicts) == 0 || p.Final(r.State) || !judges(p, r, by.Role) {
			return nil, &DeniedError{id, by.Role, "judge documents"}
		}
		if slices.Contains(r.Authors, by.ID) {
			return nil, &DutiesError{id, by.ID, "judging the documents"}
		}
		m := &move{by: by}
		after := r.clone()
		now := a.cfg.Clock.Now().UTC().Truncate(time.Millisecond)
		for _, v := range verdicts {
			e, ok := r.Exhibit(v.Kind)
			if !ok || e.Hash != v.Exhibit {
				return nil, &ContentError{id}
			}
			if !v.Accepted && strings.TrimSpace(v.Reason) == "" {
				return nil, fmt.Errorf("ra: request %s: %s is refused without a reason", id, v.Kind)
			}
			v.By, v.At = by, now
			m.write = append(m.write, Entry{Kind: Judged, Exhibit: v.Exhibit, Verdict: &v, Note: v.Reason})
			after.judged(&v)
		}
		m.record = concluded(p, after, by)
		return m, nil
	})
}

// judges reports whether a role judges documents where the request rests.
func judges(p *workflow.Process, r *Request, by workflow.Role) bool {
	accepts := slices.Contains(recorders[workflow.DocumentsAccepted], by) && attestable(p, r, workflow.DocumentsAccepted, by)
	signed := slices.Contains(recorders[workflow.ApplicationAccepted], by) && attestable(p, r, workflow.ApplicationAccepted, by)
	return accepts || signed || attestable(p, r, workflow.ReturnReason, by)
}

// concluded is the evidence that follows from the verdicts a request has.
func concluded(p *workflow.Process, r *Request, by Actor) (list []Held) {
	hold := func(e workflow.Evidence, exhibit, note string) {
		if slices.Contains(recorders[e], by.Role) && attestable(p, r, e, by.Role) {
			list = append(list, Held{Evidence: e, By: by, Exhibit: exhibit, Note: note})
		}
	}
	var refused []string
	accepted := true
	for _, e := range required(p, r) {
		x, ok := r.Exhibit(string(e))
		v, judged := r.Verdict(x.Hash)
		accepted = accepted && ok && judged && v.Accepted
	}
	for _, v := range r.Verdicts {
		if latest, _ := r.Exhibit(v.Kind); latest.Hash == v.Exhibit && !v.Accepted {
			refused = append(refused, workflow.Evidence(v.Kind).Title()+": "+v.Reason)
		}
	}
	if len(refused) > 0 {
		hold(workflow.ReturnReason, "", strings.Join(refused, "; "))
		return list
	}
	if signed, ok := r.Exhibit(string(workflow.ApplicationScan)); ok {
		if v, judged := r.Verdict(signed.Hash); judged && v.Accepted {
			hold(workflow.ApplicationAccepted, signed.Hash, "подписанное заявление проверено и принято")
		}
	}
	if accepted {
		hold(workflow.DocumentsAccepted, "", "приняты все документы списка")
	}
	if len(list) > 0 {
		list = append(list, Held{Evidence: workflow.DutiesSeparated, By: by, Note: "документы принял не тот, кто их загрузил"})
	}
	return list
}

// Verdict returns what was found of a document, if anything was.
func (r *Request) Verdict(exhibit string) (Verdict, bool) {
	for _, v := range r.Verdicts {
		if v.Exhibit == exhibit && exhibit != "" {
			return v, true
		}
	}
	return Verdict{}, false
}

// judged makes the verdict the one on its document.
func (r *Request) judged(v *Verdict) {
	r.Verdicts = slices.DeleteFunc(r.Verdicts, func(x Verdict) bool { return x.Exhibit == v.Exhibit })
	r.Verdicts = append(r.Verdicts, *v)
}

// refusedDocument reports whether the latest document of a kind was refused.
func (r *Request) refusedDocument(kind string) bool {
	x, _ := r.Exhibit(kind)
	v, judged := r.Verdict(x.Hash)
	return judged && !v.Accepted
}
