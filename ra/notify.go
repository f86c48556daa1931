package ra

import (
	"context"

	"github.com/surguch/surguch/workflow"
)

// Notifier tells people. It is called at least once for each notice; Key lets
// it tell a repetition.
type Notifier interface {
	Notify(ctx context.Context, n Notice) error
}

// Notice is one message to a person.
type Notice struct {
	Key     string
	Request ID
	To      workflow.Role
	Email   string // the applicant's; "" for colleagues
	Phone   string
	State   workflow.State
	Title   string // of the place the request is in, in Russian
	// Link is the secret of an individual link, in a notice that delivers
	// one: it opens the request to whoever holds it.
	Link string
}

// Printer makes printed forms.
type Printer interface {
	// Print returns the PDF of a document. The same document gives the same
	// bytes.
	Print(ctx context.Context, d Document) ([]byte, error)
}

// DocumentKind says which form is printed; it is also the kind of the
// exhibit.
type DocumentKind string

// Printed forms.
const (
	ApplicationForm  DocumentKind = "application"       // заявление на изготовление сертификата
	RequestForm      DocumentKind = "request_form"      // печатная форма запроса на сертификат
	CertificateSheet DocumentKind = "certificate_sheet" // сведения из сертификата, для ознакомления
)

// Document is what a form is printed from.
type Document struct {
	Kind        DocumentKind
	Request     *Request
	PKCS10      []byte // DER, for the forms that show it
	Certificate []byte // DER
}
