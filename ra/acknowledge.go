package ra

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/workflow"
)

// ErrOtherSigner says that a signature was not made under the certificate that
// was issued.
var ErrOtherSigner = errors.New("the signer's certificate is not the one issued")

// Acknowledge takes the owner's signature over the certificate sheet: that he
// has learned what his certificate says (law 63-FZ, article 18). It is detached
// CMS, DER, over the exhibit certificate_sheet, under the certificate that was
// issued: made where the keys are. A *SignatureError says why it does not
// count; a *DeniedError that nobody waits for it.
func (a *Authority) Acknowledge(ctx context.Context, id ID, by Actor, signature []byte) (*Request, error) {
	r, err := a.load(ctx, id)
	if err != nil {
		return nil, err
	}
	sheet, err := a.Document(ctx, r, string(CertificateSheet))
	if err != nil {
		return nil, err
	}
	issued, err := a.Document(ctx, r, CertificateExhibit)
	if err != nil {
		return nil, err
	}
	return a.step(ctx, ask{"Acknowledge", id, by, signature}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		printed, _ := r.Evidence(workflow.CertificatePrinted)
		matches, _ := r.Evidence(workflow.CertificateMatches)
		if !wanted(p, r, workflow.AcknowledgementAccepted) || printed.Exhibit != hashOf(sheet) || matches.Exhibit != hashOf(issued) {
			return nil, &DeniedError{id, by.Role, "acknowledge"}
		}
		if err := a.checkOwnSignature(sheet, signature, issued); err != nil {
			return nil, &SignatureError{string(CertificateSheet), err}
		}
		return &move{
			by:     by,
			attach: []attachment{{kind: SheetSignature, media: mediaCMS, data: signature}},
			record: []Held{{
				Evidence: workflow.AcknowledgementAccepted, Exhibit: hashOf(signature),
				Note: "владелец ознакомлен со сведениями сертификата под подпись, сделанную его новым ключом",
			}},
		}, nil
	})
}

// checkOwnSignature verifies a signature by the one certificate given.
func (a *Authority) checkOwnSignature(document, signature, certificate []byte) error {
	message, err := cms.Parse(a.cfg.Algorithms, signature)
	if err != nil {
		return err
	}
	chain := csr.Chain{Anchors: a.issuers(), At: a.cfg.Clock.Now()}
	if cert, err := a.cfg.Algorithms.ParseCertificate(certificate); err == nil {
		if ahead := cert.NotBefore.Sub(chain.At); ahead > 0 && ahead <= clockAhead {
			chain.At = cert.NotBefore
		}
	}
	signers, err := message.Verify(document, chain)
	if err != nil {
		return err
	}
	for _, s := range signers {
		if !bytes.Equal(s.Certificate.Raw, certificate) {
			return ErrOtherSigner
		}
	}
	if len(signers) == 0 {
		return fmt.Errorf("%w: nobody signed", ErrTooFew)
	}
	return nil
}

// issuers are those of every CA that the authority works with.
func (a *Authority) issuers() []*csr.Certificate {
	list := slices.Clone(a.cfg.Issuers)
	for _, route := range a.cfg.Routes {
		list = append(list, route.Issuers...)
	}
	return list
}

// SignApplication takes the owner's signature over the printed application, by
// the certificate he has had so far: a renewal needs no paper then. It is
// detached CMS, DER, over the exhibit application, by a certificate under one
// of Config.SignerAnchors whose SNILS is the form's. Where the request is about
// a certificate that exists, the signature is by that one, in force, and over
// revocation_application where its end or a hold is asked for. A
// *SignatureError says why it does not count; a *DeniedError that nobody waits
// for it.
func (a *Authority) SignApplication(ctx context.Context, id ID, by Actor, signature []byte) (*Request, error) {
	r, err := a.load(ctx, id)
	if err != nil {
		return nil, err
	}
	p, err := a.process(ctx, r.ProcessHash)
	if err != nil {
		return nil, err
	}
	if concerns(p) {
		return a.signByNamed(ctx, p, r, by, signature)
	}
	application, err := a.Document(ctx, r, string(ApplicationForm))
	if err != nil {
		return nil, err
	}
	return a.step(ctx, ask{"SignApplication", id, by, signature}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		latest, _ := r.Exhibit(string(ApplicationForm))
		if !wanted(p, r, workflow.SignedByOldKey) || latest.Hash != hashOf(application) {
			return nil, &DeniedError{id, by.Role, "sign the application"}
		}
		if err := a.checkSignature(application, signature, a.cfg.SignerAnchors, r.Form.SNILS, a.cfg.Clock.Now()); err != nil {
			return nil, &SignatureError{string(ApplicationForm), err}
		}
		m := &move{
			by:     by,
			attach: []attachment{{kind: ApplicationSignature, media: mediaCMS, data: signature}},
			record: []Held{{
				Evidence: workflow.SignedByOldKey, Exhibit: hashOf(signature),
				Note: "заявление подписано действующим сертификатом владельца",
			}},
		}
		m.record = append(m.record, complete(p, r, workflow.SignedByOldKey)...)
		return m, nil
	})
}
