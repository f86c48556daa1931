// Package forms prints the papers of a request as PDF: the application for a
// certificate, the request on paper, and the sheet by which the owner learns
// what his certificate says. Printer implements ra.Printer.
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
// hexadecimal. The hash is that of the data shown: for the application the
// form as encoding/json writes an ra.Form, for the other two the file in DER.
// So a reviewer who has a scan before him can tell whether it shows the data
// on record.
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
	"net/url"
	"strings"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
)

// Config is what a Printer is made of. Required: Authority.
type Config struct {
	// Algorithms are the schemes of keys and signatures that printed requests
	// and certificates may have. Nil: csr.Standard().
	Algorithms csr.Algorithms
	// Authority is the certification authority that applications address.
	Authority Authority
}

// Authority is the certification authority as its forms name it. All fields
// are required; texts are in Russian and go to print as they stand.
type Authority struct {
	// Name is the name as in the state register, with the legal form: the
	// addressee of applications and the operator of personal data. It stands
	// where other grammatical cases may be due, so that an abbreviation reads
	// best: АО «Удостоверяющий центр».
	Name string
	// HeadTitle and HeadName say to whom applications are written, in the
	// dative: «Генеральному директору» and «И. И. Иванову».
	HeadTitle string
	HeadName  string
	// Address is where letters reach the authority, with the postal code.
	Address string
	// RulesTitle, RulesDate and RulesURL are the rules of the authority that
	// an applicant accedes to: the title in the nominative, without quotation
	// marks around it, the day of the wording in force, and the http or https
	// address at which it is published.
	RulesTitle string
	RulesDate  time.Time
	RulesURL   string
}

// check names everything that is missing, and what cannot be printed.
func (a *Authority) check() error {
	var missing []string
	for _, f := range []struct{ name, text string }{
		{"Name", a.Name}, {"HeadTitle", a.HeadTitle}, {"HeadName", a.HeadName}, {"Address", a.Address},
		{"RulesTitle", a.RulesTitle}, {"RulesURL", a.RulesURL},
	} {
		if strings.TrimSpace(f.text) == "" {
			missing = append(missing, f.name)
		}
		if r, lacks := lacking(f.text); lacks {
			return fmt.Errorf("forms: config: Authority.%s: the font has no character %U", f.name, r)
		}
	}
	if a.RulesDate.IsZero() {
		missing = append(missing, "RulesDate")
	}
	if len(missing) > 0 {
		return fmt.Errorf("forms: config: Authority: missing %s", strings.Join(missing, ", "))
	}
	if u, err := url.Parse(a.RulesURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("forms: config: Authority.RulesURL is no http or https address")
	}
	return nil
}

// Printer prints forms. Its methods may be called from several goroutines.
type Printer struct {
	algorithms csr.Algorithms
	authority  Authority
}

var _ ra.Printer = (*Printer)(nil)

// New checks the configuration and returns the printer. The error lists the
// required fields that are empty.
func New(c Config) (*Printer, error) {
	if err := c.Authority.check(); err != nil {
		return nil, err
	}
	if c.Algorithms == nil {
		c.Algorithms = csr.Standard()
	}
	return &Printer{c.Algorithms, c.Authority}, nil
}

// Print returns the PDF of a document: A4, one file. The application needs
// Document.Request with a complete form and names the request on paper if
// PKCS10 is there too; the request form needs PKCS10, the certificate sheet
// Certificate.
func (p *Printer) Print(ctx context.Context, d ra.Document) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var draw func(ra.Document) (*paper, error)
	switch d.Kind {
	case ra.ApplicationForm:
		draw = p.application
	case ra.RequestForm:
		draw = p.request
	case ra.CertificateSheet:
		draw = p.sheet
	default:
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
