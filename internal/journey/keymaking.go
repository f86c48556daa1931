package journey

import (
	"context"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

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
func (h *hand) acknowledge(ctx context.Context, r *ra.Request, s workflow.Step) (bool, error) {
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
