// Package forms prints the papers of a request as PDF: what the applicant
// fills in, signs and pays by, what the authority and its agents hand over
// against signature, and what goes with the originals by post. Printer
// implements ra.Printer.
//
//	printer, err := forms.New(forms.Config{Authority: forms.Authority{
//		Name:       "АО «Удостоверяющий центр»",
//		HeadTitle:  "Генеральному директору",
//		HeadName:   "И. И. Иванову",
//		Address:    "109000, г. Москва, ул. Сургучная, д. 1",
//		RulesTitle: "Порядок реализации функций удостоверяющего центра",
//		RulesDate:  time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC),
//		RulesURL:   "https://ca.example.org/rules",
//	}})
//	authority, err := ra.New(ra.Config{Printer: printer, …})
//
// A form states what it is given and decides nothing: that the request's
// subject is that of the form, that the certificate is the one asked for, the
// authority has checked before it prints.
//
// # What binds paper and data
//
// Every page bears the number of the request and a Streebog-256 hash; the
// first page bears both as a QR code, "number hash", in lower-case
// hexadecimal. The hash is that of the data shown, so that a reviewer who has
// a scan before him can tell whether it shows the data on record:
//
//   - request form: the request, DER;
//   - certificate sheet: the certificate, DER;
//   - application, consent, questionnaire, powers of attorney, memo: the
//     form, as encoding/json writes an ra.Form;
//   - marker: the request's number and the hash on record, see markerData;
//   - the others: the JSON of what they show, in invoiceShown, listShown,
//     handoverShown, revocationShown, registerLine.
//
// # Reproducible
//
// The same document gives the same bytes, always, from one build of a
// program: the dates inside are the request's own. Another release of fpdf or
// of Go's compressor may arrange the same pages in other bytes, which is why
// the authority keeps what was signed.
//
// # Characters
//
// The font is embedded, here and in every document, in the part that the
// document needs. A character outside it is an error that names the code
// point; nothing is ever printed as an empty box.
package forms

import (
	"context"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
)

// Printer prints forms. Its methods may be called from several goroutines.
type Printer struct {
	algorithms csr.Algorithms
	authority  Authority
	invoicing  *Invoice
	workplace  string
	papers     map[string]Paper
	powers     Powers
}

var _ ra.Printer = (*Printer)(nil)

// New checks the configuration and returns the printer. The error lists the
// required fields that are empty, or names the one that cannot be printed.
func New(c Config) (*Printer, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("forms: config: %w", err)
	}
	if c.Algorithms == nil {
		c.Algorithms = csr.Standard()
	}
	return &Printer{c.Algorithms, c.Authority, c.Invoice.clone(), c.Workplace, allPapers(c.Papers), c.Powers.clone()}, nil
}

// Print returns the PDF of a document: A4, one file. Every form needs
// Document.Request. The applicant's form is complete in it; those that go out
// before it is filled in leave a line for what they lack: invoice, list of
// documents, questionnaire, powers of attorney, instructions. Besides:
//
//   - the application names the request on paper if PKCS10 is there;
//   - the request form needs PKCS10;
//   - the certificate sheet needs Certificate; with a Stamp it is a certified
//     copy;
//   - the invoice needs Config.Invoice;
//   - the list of documents needs Required;
//   - the marker needs Marker;
//   - the hand-over act needs Certificate and Carrier;
//   - the revocation application needs Certificate and Revocation;
//   - the register of originals takes Requests; nil: Request alone.
//
// Errors name what is missing; none repeats personal data or a code.
func (p *Printer) Print(ctx context.Context, d ra.Document) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	draw := map[ra.DocumentKind]func(ra.Document) (*paper, error){
		ra.ApplicationForm:       p.application,
		ra.RequestForm:           p.request,
		ra.CertificateSheet:      p.sheet,
		ra.InvoiceForm:           p.invoice,
		ra.DocumentListForm:      p.documentList,
		ra.QuestionnaireForm:     p.questionnaire,
		ra.PowersForm:            p.powersOfAttorney,
		ra.MarkerForm:            p.marker,
		ra.HandoverAct:           p.handover,
		ra.SafetyMemo:            p.memo,
		ra.ConsentForm:           p.consentForm,
		ra.RevocationApplication: p.revocation,
		ra.OriginalsRegister:     p.register,
		ra.InstructionScans:      p.instructionScans,
		ra.InstructionRequest:    p.instructionRequest,
		ra.InstructionVisit:      p.instructionVisit,
	}[d.Kind]
	if draw == nil {
		return nil, fmt.Errorf("forms: unknown form %q", d.Kind)
	}
	pdf, err := finish(draw, d)
	if err != nil {
		return nil, fmt.Errorf("forms: %s: %w", d.Kind, err)
	}
	return pdf, nil
}

// finish checks what every form needs, has it drawn and closes the file.
func finish(draw func(ra.Document) (*paper, error), d ra.Document) ([]byte, error) {
	switch {
	case d.Request == nil || d.Request.ID == "":
		return nil, errors.New("the document has no request, or one without a number")
	case len(d.Request.ID) > 40:
		return nil, errors.New("the request's number is too long for the header")
	case d.Request.Updated.IsZero():
		return nil, errors.New("the request lacks the time of its last change")
	}
	sheet, err := draw(d)
	if err != nil {
		return nil, err
	}
	return sheet.close()
}
