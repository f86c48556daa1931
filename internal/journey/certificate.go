package journey

import (
	"context"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// certificate is one that an earlier request led to.
type certificate struct {
	key   signer
	cert  *csr.Certificate
	order string // by which its authority knows it
}

// succeed makes a request be about the certificate of an earlier one.
func (c *Case) succeed(ctx context.Context, earlier *Case) error {
	r, err := c.w.Authority.Request(ctx, earlier.ID)
	if err != nil {
		return err
	}
	der, err := c.w.Authority.Document(ctx, r, ra.CertificateExhibit)
	if err != nil {
		return err
	}
	c.old = &certificate{key: earlier.key}
	if c.old.cert, err = c.w.as.ParseCertificate(der); err != nil {
		return err
	}
	tasks, err := c.w.cfg.Store.Tasks(ctx, earlier.ID)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if t.Effect == workflow.SendToCA {
			c.old.order = t.Key
		}
	}
	c.form, c.client, c.phone = earlier.form, earlier.client, earlier.phone
	c.form.Certificate = fmt.Sprintf("%x", c.old.cert.SerialNumber)
	if c.orders(workflow.RevokeCertificate) && !c.orders(workflow.SendToCA) && !c.orders(workflow.SuspendCertificate) {
		c.form.Reason = "keyCompromise"
	}
	return nil
}

// signByOld signs the application by the certificate that the request is about.
func (h *hand) signByOld(ctx context.Context, r *ra.Request) (bool, error) {
	if h.old == nil {
		return false, errors.New("there is no earlier certificate")
	}
	if err := h.enterFirst(ctx, r, workflow.Applicant); err != nil {
		return false, err
	}
	application, err := h.a.Document(ctx, r, string(ra.ApplicationForm))
	if err != nil {
		return false, err
	}
	signature, err := cms.Sign(h.w.as, h.old.key, h.old.cert, cms.Options{Detached: true, At: h.w.Clock.Now()}, application)
	if err != nil {
		return false, err
	}
	_, err = h.do().SignApplication(ctx, h.ID, h.by(ctx, workflow.Applicant), signature)
	return err == nil, err
}

// spoil has the authority revoke the certificate that is to be renewed.
func (h *hand) spoil(ctx context.Context, r *ra.Request, s workflow.Step) (bool, error) {
	if !h.spoilt {
		return true, h.alter(ctx, ra.Revocation{Action: ra.ActRevoke, Reason: csr.ReasonCessationOfOperation, At: h.w.Clock.Now()})
	}
	if s.From == workflow.Draft {
		return h.fill(ctx, r, workflow.Step{From: s.From, By: workflow.Applicant})
	}
	return false, nil // it is looked at again in time
}

// change has the authority do to the certificate what nobody asked for here.
func (h *hand) change(ctx context.Context, s workflow.Step, need workflow.Evidence) (bool, error) {
	if s.On == regular[s.From] || h.spoilt {
		return false, nil
	}
	r := ra.Revocation{Action: ra.ActResume, At: h.w.Clock.Now()}
	if need == workflow.CertificateRevoked {
		r.Action, r.Reason = ra.ActRevoke, csr.ReasonKeyCompromise
	}
	return true, h.alter(ctx, r)
}

// alter has the authority change the certificate, whatever its mood.
func (h *hand) alter(ctx context.Context, r ra.Revocation) error {
	_, err := h.w.ca.of(h.old.order, false).Revoke(ctx, h.old.order, r)
	h.spoilt = err == nil
	return err
}
