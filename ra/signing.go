package ra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/workflow"
)

// signApplication has the owner sign the application and the request form on
// his phone. If nobody has identified him yet, the two signatures prove who he
// is: they are made with his valid qualified certificate (law 63-FZ, article 18;
// identificationKind 1). Else the certificate that the application gives to
// everybody will do.
func (a *Authority) signApplication(ctx context.Context, j *job) (found, error) {
	identified := qualified.ByCertificate
	s := signing{
		printed:    workflow.ApplicationPrinted,
		title:      "Заявление на выпуск сертификата и запрос на сертификат",
		documents:  []DocumentKind{ApplicationForm, RequestForm},
		signatures: []string{ApplicationSignature, RequestFormSignature},
		accepted: []Held{
			{Evidence: workflow.ApplicationAccepted, Note: "подпись верна, СНИЛС подписанта совпадает с анкетой"},
		},
	}
	if _, known := j.request.Evidence(workflow.IdentityProofed); known {
		s.level = UnqualifiedLevel
	} else {
		s.accepted = append(s.accepted, Held{Evidence: workflow.IdentityProofed, Note: identified.String(), Identification: &identified})
	}
	return a.sign(ctx, j, s)
}

// signAcknowledgement has the owner sign the certificate sheet, after he has
// ticked that he checked it (law 63-FZ, article 18, part 3). The application
// that made the key gets its certificate first.
func (a *Authority) signAcknowledgement(ctx context.Context, j *job) (found, error) {
	if err := a.handOver(ctx, j.request); err != nil {
		return found{}, err
	}
	return a.sign(ctx, j, signing{
		printed:     workflow.CertificatePrinted,
		title:       "Сведения из выпущенного сертификата",
		documents:   []DocumentKind{CertificateSheet},
		signatures:  []string{SheetSignature},
		acknowledge: true,
		accepted: []Held{
			{Evidence: workflow.AcknowledgementAccepted, Note: "владелец ознакомлен со сведениями сертификата под электронную подпись"},
		},
	})
}

// signing is a package for the mobile signer and what its signatures prove.
type signing struct {
	printed     workflow.Evidence // that the documents are made, from data that still holds
	title       string
	documents   []DocumentKind
	signatures  []string // kinds of exhibits, one for each document
	acknowledge bool
	level       Level  // of the certificate to sign with
	accepted    []Held // the first document's signature is their exhibit
}

// signingNote is the memory of a package between attempts.
type signingNote struct {
	Printed   int64       `json:"printed"` // entry of the documents' printing
	Operation OperationID `json:"operation"`
}

func (a *Authority) sign(ctx context.Context, j *job, s signing) (found, error) {
	note := signingNote{Printed: j.request.basis(s.printed)}
	if len(j.task.Note) > 0 {
		if err := json.Unmarshal(j.task.Note, &note); err != nil {
			return found{}, fmt.Errorf("ra: package of %s: %w", j.request.ID, err)
		}
	}
	if note.Printed != j.request.basis(s.printed) || !wanted(j.process, j.request, s.accepted[0].Evidence) {
		if note.Operation != "" {
			return found{}, a.cfg.Signer.Cancel(ctx, note.Operation)
		}
		return found{}, nil
	}
	documents, err := a.signDocuments(ctx, j.request, s.documents)
	if err != nil {
		return found{}, err
	}
	if note.Operation == "" {
		note.Operation, err = a.cfg.Signer.Submit(ctx, SignRequest{
			Key: j.task.Key, SNILS: j.request.Form.SNILS, Title: s.title, Documents: documents,
			Deadline: j.now.Add(a.cfg.SigningLife), Acknowledge: s.acknowledge, Level: s.level,
		})
		if err != nil {
			return found{}, err
		}
	}
	op, err := a.cfg.Signer.Status(ctx, note.Operation)
	if err != nil {
		return found{}, err
	}
	switch op.State {
	case AwaitingUser:
		memory, err := json.Marshal(note)
		return found{again: a.cfg.Poll, note: memory}, err
	case Signed:
		return a.signed(j, s, documents, op.Signatures)
	case RefusedByUser, SigningExpired, SignerNotFound:
		return found{on: s.printed, fire: workflow.Declined}, nil
	}
	return found{}, fmt.Errorf("ra: the signer answers with an unknown state %q", op.State)
}

func (a *Authority) signDocuments(ctx context.Context, r *Request, kinds []DocumentKind) ([]SignDocument, error) {
	var list []SignDocument
	for _, kind := range kinds {
		pdf, err := a.Document(ctx, r, string(kind))
		if err != nil {
			return nil, err
		}
		list = append(list, SignDocument{Name: string(kind) + ".pdf", Media: mediaPDF, Data: pdf})
	}
	return list, nil
}

// SignatureError says what is wrong with a signature that the mobile signer
// returned. Nothing of it was recorded.
type SignatureError struct {
	Document string // name of the document
	Err      error  // of package cms or csr, or ErrOtherPerson, ErrTooFew
}

func (e *SignatureError) Error() string {
	return fmt.Sprintf("ra: signature of %s: %v", e.Document, e.Err)
}

func (e *SignatureError) Unwrap() error { return e.Err }

// Reasons of a SignatureError beside those of packages cms and csr.
var (
	ErrOtherPerson = errors.New("the signer is not the owner: another SNILS")
	ErrTooFew      = errors.New("a signature is missing")
)

// signed verifies every signature that came back: over this very document, by
// a certificate under a trusted anchor, of the person the form is about.
func (a *Authority) signed(j *job, s signing, documents []SignDocument, signatures [][]byte) (found, error) {
	out := found{on: s.printed}
	for i, d := range documents {
		if i >= len(signatures) {
			return found{}, &SignatureError{d.Name, ErrTooFew}
		}
		anchors := a.cfg.SignerAnchors
		if s.acknowledge { // with the key that the new certificate is for, perhaps
			anchors = slices.Concat(anchors, a.issuers())
		}
		if err := a.checkSignature(d.Data, signatures[i], anchors, j.request.Form.SNILS, j.now); err != nil {
			return found{}, &SignatureError{d.Name, err}
		}
		out.attach = append(out.attach, attachment{kind: s.signatures[i], media: mediaCMS, data: signatures[i]})
	}
	for _, h := range s.accepted {
		h.Exhibit = hashOf(signatures[0])
		out.record = append(out.record, h)
	}
	return out, nil
}

func (a *Authority) checkSignature(document, signature []byte, anchors []*csr.Certificate, snils string, at time.Time) error {
	message, err := cms.Parse(a.cfg.Algorithms, signature)
	if err != nil {
		return err
	}
	signers, err := message.Verify(document, csr.Chain{Anchors: anchors, At: at})
	if err != nil {
		return err
	}
	for _, s := range signers {
		if s.Certificate.Subject.Get(csr.SNILS) != snils {
			return ErrOtherPerson
		}
	}
	return nil
}
