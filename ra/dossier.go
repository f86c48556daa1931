package ra

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/workflow"
)

// Kinds of exhibits that the authority makes or takes itself, besides the
// printed forms (DocumentKind).
const (
	RequestExhibit       = "request"                     // PKCS #10, DER
	CertificateExhibit   = "certificate"                 // DER
	ApplicationSignature = "application_signature"       // detached CMS over the application
	RequestFormSignature = "request_form_signature"      // detached CMS over the request form
	SheetSignature       = "certificate_sheet_signature" // detached CMS over the certificate sheet
	mediaPKCS10          = "application/pkcs10"
	mediaCertificate     = "application/pkix-cert"
	mediaCMS             = "application/pkcs7-signature"
	mediaPDF             = "application/pdf"
	mediaXML             = "application/xml"
)

// Document returns the bytes of a request's exhibit of the given kind, the
// latest of them. ErrNotFound if there is none.
func (a *Authority) Document(ctx context.Context, r *Request, kind string) ([]byte, error) {
	e, ok := r.Exhibit(kind)
	if !ok {
		return nil, fmt.Errorf("%w: request %s has no %s", ErrNotFound, r.ID, kind)
	}
	return a.blob(ctx, r, e.Hash)
}

// DocumentByHash returns the bytes of a request's exhibit of the given SHA-256,
// hexadecimal. ErrNotFound if it has none.
func (a *Authority) DocumentByHash(ctx context.Context, r *Request, hash string) ([]byte, error) {
	return a.blob(ctx, r, hash)
}

// SubmitCSR takes the PKCS #10 request made at the workplace (DER): possession
// is verified, the subject compared with the confirmed form byte for byte, the
// purposes it asks for with those of the form, the key claimed for this request
// alone. Errors: csr.ErrSignature, a *SubjectError, a *PurposeError, a
// *ClaimedError, a *workflow.RefusedError; then nothing
// changed.
func (a *Authority) SubmitCSR(ctx context.Context, id ID, by Actor, der []byte) (*Request, error) {
	parsed, err := a.cfg.Algorithms.Parse(der)
	if err != nil {
		return nil, fmt.Errorf("ra: request %s: %w", id, err)
	}
	return a.step(ctx, ask{"SubmitCSR", id, by, der}, func(_ context.Context, _ *workflow.Process, r *Request) (*move, error) {
		if err := a.checkRequest(&r.Form, parsed); err != nil {
			return nil, err
		}
		return &move{
			by:     by,
			attach: []attachment{{kind: RequestExhibit, media: mediaPKCS10, data: parsed.Raw}},
			record: []Held{requestVerified(parsed)},
			claims: []string{keyClaim(parsed)},
			fire:   workflow.SubmitRequest,
		}, nil
	})
}

// ErrOtherCertificate says that what was read back from a carrier is not the
// certificate of the request.
var ErrOtherCertificate = errors.New("ra: the certificate read back is not the one issued")

// ConfirmInstalled records that the workplace wrote the certificate beside
// its key, and goes on from where the request waits for that alone: readBack is
// what it then read from the carrier, DER, and must be the certificate byte for
// byte.
func (a *Authority) ConfirmInstalled(ctx context.Context, id ID, by Actor, readBack []byte) (*Request, error) {
	return a.step(ctx, ask{"ConfirmInstalled", id, by, readBack}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		issued, ok := r.Evidence(workflow.CertificateMatches)
		if !ok || hashOf(readBack) != issued.Exhibit {
			return nil, fmt.Errorf("ra: request %s: %w", id, ErrOtherCertificate)
		}
		m := &move{
			by:     by,
			record: []Held{{Evidence: workflow.CertificateInstalled, Exhibit: issued.Exhibit, Note: "сертификат записан на носитель и прочитан обратно"}},
		}
		if place, _ := p.Place(r.State); by.as(p) != place.Owner || !wanted(p, r, workflow.CertificateInstalled) || hears(p, r.State, workflow.Written) {
			m.fire = workflow.Written
		}
		return m, nil
	})
}

// hears reports whether an event means anything in a place.
func hears(p *workflow.Process, at workflow.State, on workflow.Event) bool {
	return slices.ContainsFunc(p.Steps, func(s workflow.Step) bool { return s.From == at && s.On == on })
}

// pkcs10 returns the request's verified PKCS #10.
func (a *Authority) pkcs10(ctx context.Context, r *Request) (*csr.Request, error) {
	h, ok := r.Evidence(workflow.RequestVerified)
	if !ok {
		return nil, fmt.Errorf("%w: request %s has no verified PKCS #10", ErrNotFound, r.ID)
	}
	der, err := a.blob(ctx, r, h.Exhibit)
	if err != nil {
		return nil, err
	}
	return a.cfg.Algorithms.Parse(der)
}
