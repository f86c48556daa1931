package journey

import (
	"context"
	"fmt"
	"slices"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// reason is what people give as one.
const reason = "основание"

// provide has somebody bring a piece of evidence that an arrow needs. It
// reports whether anything was done: if not, the evidence comes by itself.
func (h *hand) provide(ctx context.Context, r *ra.Request, s workflow.Step, need workflow.Evidence, running []workflow.Effect) (bool, error) {
	if all := h.process.Any[need]; len(all) > 0 {
		need = h.alternative(need, all)
	}
	switch need {
	case workflow.FormValid, workflow.ExecutorPhone:
		return h.fill(ctx, r, s)
	case workflow.DocumentsComplete:
		if slices.Contains(running, workflow.PrintApplication) {
			return false, nil // which is to be signed
		}
		return h.attach(ctx, s, h.missing(r)...)
	case workflow.PassportScan, workflow.SNILSScan, workflow.OwnerPhoto, workflow.ApplicationScan, workflow.RequestScan, workflow.CertificateScan:
		return h.attach(ctx, s, need)
	case workflow.SignedOnPaper:
		return h.attach(ctx, s, workflow.ApplicationScan)
	case workflow.RegistersPositive:
		return h.recheck(ctx, r, running)
	case workflow.RegisterRefuted:
		return h.recheck(ctx, r, running)
	case workflow.SignedByOldKey:
		return h.signByOld(ctx, r)
	case workflow.PredecessorUnfit:
		return h.spoil(ctx, r, s, csr.ReasonCessationOfOperation)
	case workflow.CertificateRevoked, workflow.CertificateResumed:
		return h.change(ctx, s, need)
	case workflow.DocumentsAccepted, workflow.ApplicationAccepted, workflow.DutiesSeparated:
		return h.accept(ctx, r, s, need)
	case workflow.ApprovalsComplete:
		return h.approve(ctx, r)
	case workflow.ReturnReason:
		return h.refuse(ctx, r, s)
	case workflow.IdentityProofed:
		return h.identify(ctx, r, s)
	case workflow.AcknowledgementAccepted:
		return h.acknowledge(ctx, r, s, running)
	case workflow.RequestVerified:
		return h.request(ctx, r, s)
	case workflow.CertificateInstalled:
		return h.install(ctx, r, s)
	case workflow.MarkerAccepted:
		return true, h.enter(ctx, h.code)
	case workflow.PhoneConfirmed:
		if h.hasLetters(r) {
			return h.confirmPhone(ctx, r)
		}
	case workflow.CertificateMatches, workflow.CertificatePrinted, workflow.ApplicationPrinted, workflow.PredecessorValid,
		workflow.CertificateSuspended:
		return false, nil // of effects that are under way
	}
	return h.attest(ctx, s, need)
}

// alternative is how the people of a case bring evidence that may be had in
// several ways.
func (h *hand) alternative(head workflow.Evidence, all []workflow.Evidence) workflow.Evidence {
	for _, e := range []workflow.Evidence{workflow.RegistersPositive, workflow.SignedOnPaper, workflow.ApplicationReceived} {
		if slices.Contains(all, e) {
			return e
		}
	}
	return all[0]
}

// vouch says who records evidence by his word, where the role that the arrow is
// for may not.
var vouch = map[workflow.Evidence]workflow.Role{
	workflow.PaymentSettled: workflow.System, workflow.ESIAConfirmed: workflow.System, workflow.ConsentGiven: workflow.System,
	workflow.PhoneConfirmed: workflow.System, workflow.LicenceAccepted: workflow.System, workflow.EntropyReady: workflow.System,
	workflow.UNEPPresent: workflow.System, workflow.DeliveryOwn: workflow.Agent, workflow.DeliveryAgent: workflow.Agent,
	workflow.MarkerReceipt: workflow.Agent, workflow.OriginalsReceived: workflow.CAOperator,
	workflow.AuthorityConfirmed: workflow.CAOperator,
}

func (h *hand) attest(ctx context.Context, s workflow.Step, e workflow.Evidence) (bool, error) {
	role := s.By
	if other, ok := vouch[e]; ok && !(e == workflow.AuthorityConfirmed && meets(role)) {
		role = other
	}
	if e == workflow.OriginalsDispatched {
		role = workflow.Agent
	}
	_, err := h.do().Attest(ctx, h.ID, h.by(ctx, role), e, reason)
	return err == nil, err
}

// meets reports whether a role meets people.
func meets(role workflow.Role) bool {
	return role == workflow.Agent || role == workflow.ServiceCentre || role == workflow.TaxOffice || role == workflow.DocDept || role == workflow.CAOperator
}

// fill fills in the form, in the name of whoever hands it in.
func (h *hand) fill(ctx context.Context, r *ra.Request, s workflow.Step) (bool, error) {
	if err := h.enterFirst(ctx, r, s.By); err != nil {
		return false, err
	}
	_, err := h.do().Fill(ctx, h.ID, h.writes(ctx, s.By), h.form)
	return err == nil, err
}

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

// recheck waits for the registers, or has them asked again if nobody does.
func (h *hand) recheck(ctx context.Context, r *ra.Request, running []workflow.Effect) (bool, error) {
	if slices.Contains(running, workflow.AskRegisters) {
		return false, nil
	}
	for _, s := range h.process.Steps {
		if s.From == r.State && s.On == workflow.Recheck && s.By != workflow.System {
			_, err := h.do().Fire(ctx, h.ID, h.by(ctx, s.By), s.On)
			return err == nil, err
		}
	}
	return false, nil
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
func (h *hand) approve(ctx context.Context, _ *ra.Request) (bool, error) {
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

// identify has the owner seen, or has him sign.
func (h *hand) identify(ctx context.Context, r *ra.Request, s workflow.Step) (bool, error) {
	if (s.By == workflow.System || s.By == workflow.Applicant) && h.old != nil {
		return false, nil // with the signature
	}
	if s.By == workflow.System || s.By == workflow.Applicant {
		return h.sign(ctx, r)
	}
	if s.From == workflow.PhotoReview {
		if did, err := h.judge(ctx, r, people[s.By], "", workflow.OwnerPhoto); err != nil || !did {
			return did, err
		}
		h.given++
	}
	_, err := h.do().Identify(ctx, h.ID, h.by(ctx, s.By), qualified.InPerson, "паспорт")
	return err == nil, err
}

// request makes a key pair and a request for it, or has the phone do both.
func (h *hand) request(ctx context.Context, r *ra.Request, s workflow.Step) (bool, error) {
	if s.By == workflow.System {
		return h.makeKey(ctx)
	}
	if err := h.enterFirst(ctx, r, s.By); err != nil {
		return false, err
	}
	id, key, err := h.w.cfg.Keys.New(ctx)
	if err != nil {
		return false, err
	}
	subject, err := ra.Subject(&r.Form)
	if err != nil {
		return false, err
	}
	der, err := h.w.as.Create(key, &csr.Template{Subject: subject})
	if err != nil {
		return false, err
	}
	h.keyID, h.key = id, key
	_, err = h.do().SubmitCSR(ctx, h.ID, h.atWork(ctx, s.By), der)
	return err == nil, err
}

// install writes the certificate beside its key and reads it back.
func (h *hand) install(ctx context.Context, r *ra.Request, s workflow.Step) (bool, error) {
	certificate, err := h.a.Document(ctx, r, ra.CertificateExhibit)
	if err != nil {
		return false, err
	}
	readBack, err := h.w.cfg.Keys.Install(ctx, h.keyID, certificate)
	if err != nil {
		return false, err
	}
	if err := h.enterFirst(ctx, r, s.By); err != nil {
		return false, err
	}
	_, err = h.do().ConfirmInstalled(ctx, h.ID, h.atWork(ctx, s.By), readBack)
	return err == nil, err
}

// acknowledge has the owner sign that he knows what the certificate says: on
// the phone, by the new key, or by pen on a sheet that is scanned.
func (h *hand) acknowledge(ctx context.Context, r *ra.Request, s workflow.Step, running []workflow.Effect) (bool, error) {
	if s.On != workflow.Acknowledge {
		if _, scanned := r.Exhibit(string(workflow.CertificateScan)); !scanned {
			return h.attach(ctx, s, workflow.CertificateScan)
		}
		if s.By == workflow.DocDept {
			if did, err := h.judge(ctx, r, people[s.By], "", workflow.CertificateScan); err != nil || !did {
				return did, err
			}
			h.given++
			if h.holdsNow(ctx, workflow.AcknowledgementAccepted) {
				return true, nil
			}
		}
		_, err := h.do().Attest(ctx, h.ID, h.by(ctx, s.By), workflow.AcknowledgementAccepted, reason)
		return err == nil, err
	}
	if h.orders(workflow.SignAcknowledgement) {
		return h.sign(ctx, r)
	}
	sheet, err := h.a.Document(ctx, r, string(ra.CertificateSheet))
	if err != nil {
		return false, err
	}
	certificate, err := h.a.Document(ctx, r, ra.CertificateExhibit)
	if err != nil {
		return false, err
	}
	cert, err := h.w.as.ParseCertificate(certificate)
	if err != nil {
		return false, err
	}
	at := h.w.Clock.Now()
	if at.Before(cert.NotBefore) {
		at = cert.NotBefore
	}
	signature, err := cms.Sign(h.w.as, h.key, cert, cms.Options{Detached: true, At: at}, sheet)
	if err != nil {
		return false, err
	}
	_, err = h.do().Acknowledge(ctx, h.ID, h.atWork(ctx, workflow.Applicant), signature)
	return err == nil, err
}

// printMarker has the agent print the marker; its code is on that paper alone.
func (h *hand) printMarker(ctx context.Context) (bool, error) {
	if _, err := h.do().PrintMarker(ctx, h.ID, people[workflow.Agent]); err != nil {
		return false, err
	}
	h.code = h.w.printer.code(h.ID)
	return true, nil
}

// hasLetters reports whether a code can go to the phone of the owner: the
// process has no state account to ask.
func (h *hand) hasLetters(r *ra.Request) bool {
	return r.Form.Phone != "" && !h.needs(workflow.ESIAConfirmed)
}

// confirmPhone has the subscriber open the link that his centre sends him.
func (h *hand) confirmPhone(ctx context.Context, r *ra.Request) (bool, error) {
	if h.w.post.of(h.ID).link == "" || len(r.Links) == 0 || !r.Links[0].Expires.After(h.w.Clock.Now()) {
		_, err := h.do().SendLink(ctx, h.ID, people[workflow.ServiceCentre])
		if err != nil {
			return false, err
		}
		return false, errLater
	}
	return true, h.enter(ctx, h.w.post.of(h.ID).link)
}
