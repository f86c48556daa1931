package journey

import (
	"context"
	"fmt"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// missing are the documents of the list that are not there, or were refused.
func (h *hand) missing(r *ra.Request) (list []workflow.Evidence) {
	for _, e := range []workflow.Evidence{workflow.PassportScan, workflow.SNILSScan, ra.PowerScan, workflow.ApplicationScan} {
		if e == ra.PowerScan && r.Form.ActsBy != ra.ByPower {
			continue
		}
		if e == workflow.ApplicationScan {
			if _, printed := r.Exhibit(string(ra.ApplicationForm)); !printed {
				continue
			}
			if _, signed := r.Evidence(workflow.SignedByOldKey); signed {
				continue
			}
		}
		list = append(list, e)
	}
	return list
}

// attach brings documents, each unlike any before it.
func (h *hand) attach(ctx context.Context, s workflow.Step, kinds ...workflow.Evidence) (bool, error) {
	role := s.By
	if role == workflow.System {
		place, _ := h.process.Place(s.From)
		role = place.Owner
	}
	for _, kind := range kinds {
		h.sheets++
		h.given++
		scan := fmt.Appendf(nil, "%%PDF-1.7\n%% %s %s %d\n%%%%EOF\n", h.ID, kind, h.sheets)
		if _, err := h.do().Attach(ctx, h.ID, h.writes(ctx, role), string(kind), scan, ""); err != nil {
			return false, err
		}
	}
	return true, nil
}

// reviewed are the documents that reviewers look at.
var reviewed = []workflow.Evidence{workflow.PassportScan, workflow.SNILSScan, workflow.ApplicationScan, workflow.RequestScan, ra.PowerScan}

// looked is what a reviewer looks at in a document.
func looked(kind workflow.Evidence, good bool) (list []ra.Quality) {
	items := []ra.QualityItem{ra.Legible}
	switch kind {
	case workflow.ApplicationScan, workflow.RequestScan:
		items = append(items, ra.ColourScan, ra.BlueInk, ra.SameSignature)
	case workflow.OwnerPhoto:
		items = append(items, ra.DatedPhoto, ra.FaceInPhoto)
	}
	for i, item := range items {
		list = append(list, ra.Quality{Item: item, Good: good || i < len(items)-1})
	}
	return list
}

// judge gives a verdict on the latest documents of some kinds.
func (h *hand) judge(ctx context.Context, r *ra.Request, by ra.Actor, why string, kinds ...workflow.Evidence) (bool, error) {
	var list []ra.Verdict
	for _, kind := range kinds {
		if e, ok := r.Exhibit(string(kind)); ok {
			list = append(list, ra.Verdict{Exhibit: e.Hash, Kind: string(kind), Accepted: why == "", Reason: why, Quality: looked(kind, why == "")})
		}
	}
	if len(list) == 0 {
		return false, nil
	}
	_, err := h.do().Judge(ctx, h.ID, by, list)
	return err == nil, err
}

// reviewer is who accepts documents where a request rests.
func (h *hand) reviewer(at workflow.State) workflow.Role {
	place, _ := h.process.Place(at)
	return place.Owner
}

// accept has the reviewer find the documents right; those that were signed by a
// key, or that only the tax office has seen, on his word.
func (h *hand) accept(ctx context.Context, r *ra.Request, s workflow.Step, need workflow.Evidence) (bool, error) {
	role := h.reviewer(s.From)
	if role == workflow.Applicant && h.old != nil && s.By == workflow.System {
		return false, nil // with the signature
	}
	if role == workflow.Applicant && s.By == workflow.System {
		return h.sign(ctx, r) // on the phone
	}
	if s.By != workflow.System {
		role = s.By
	}
	if role == workflow.CAOperator || role == workflow.DocDept {
		did, err := h.judge(ctx, r, people[role], "", reviewed...)
		if err != nil || did && h.holdsNow(ctx, need) {
			return did, err
		}
		h.given++
	}
	if need == workflow.DutiesSeparated {
		need = workflow.DocumentsAccepted
	}
	_, err := h.do().Attest(ctx, h.ID, h.by(ctx, role), need, reason)
	return err == nil, err
}

// holdsNow reports whether evidence is held by now.
func (h *hand) holdsNow(ctx context.Context, e workflow.Evidence) bool {
	r, err := h.a.Request(ctx, h.ID)
	if err != nil {
		return false
	}
	_, held := r.Evidence(e)
	return held
}

// approve has a second pair of eyes approve what it saw.
func (h *hand) approve(ctx context.Context) (bool, error) {
	v, err := h.a.Review(ctx, h.ID)
	if err != nil {
		return false, err
	}
	_, err = h.do().Approve(ctx, h.ID, approver, v.Content, reason)
	return err == nil, err
}

// refuse gives the reason of a return: what is wrong with a document, where
// documents are looked at.
func (h *hand) refuse(ctx context.Context, r *ra.Request, s workflow.Step) (bool, error) {
	kind := map[workflow.State]workflow.Evidence{
		workflow.CAReview: workflow.SNILSScan, workflow.ApplicationReview: workflow.ApplicationScan,
		workflow.PhotoReview: workflow.OwnerPhoto, workflow.AckReview: workflow.CertificateScan,
	}[s.From]
	if s.On == workflow.ReturnDocuments {
		kind = workflow.PassportScan
	}
	if kind != "" {
		if did, err := h.judge(ctx, r, people[s.By], "не читается", kind); did || err != nil {
			return did, err
		}
	}
	_, err := h.do().Attest(ctx, h.ID, h.by(ctx, s.By), workflow.ReturnReason, "исправьте")
	return err == nil, err
}
