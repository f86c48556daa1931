package ra

import (
	"context"
	"time"
)

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
	ApplicationForm       DocumentKind = "application"            // заявление на изготовление сертификата
	RequestForm           DocumentKind = "request_form"           // печатная форма запроса на сертификат
	CertificateSheet      DocumentKind = "certificate_sheet"      // сведения из сертификата, для ознакомления
	InvoiceForm           DocumentKind = "invoice"                // счёт с договором или счёт-оферта
	DocumentListForm      DocumentKind = "document_list"          // список необходимых документов
	QuestionnaireForm     DocumentKind = "questionnaire"          // анкета на получение сертификата
	PowersForm            DocumentKind = "powers_of_attorney"     // образцы доверенностей
	MarkerForm            DocumentKind = "marker"                 // Маркер с инструкцией и распиской
	HandoverAct           DocumentKind = "handover_act"           // акт о вручении ключевого носителя
	SafetyMemo            DocumentKind = "safety_memo"            // памятка по безопасности
	ConsentForm           DocumentKind = "consent"                // согласие на обработку персональных данных
	RevocationApplication DocumentKind = "revocation_application" // заявление на отзыв, приостановление, возобновление
	OriginalsRegister     DocumentKind = "originals_register"     // реестр пересылаемых оригиналов
	InstructionScans      DocumentKind = "instruction_scans"      // как передать сканы документов
	InstructionRequest    DocumentKind = "instruction_request"    // запрос квалифицированной электронной подписи
	InstructionVisit      DocumentKind = "instruction_visit"      // как прийти с документами
)

// Document is what a form is printed from. Kind says which of it the form
// needs.
type Document struct {
	Kind        DocumentKind
	Request     *Request
	PKCS10      []byte // DER, for the forms that show it
	Certificate []byte // DER
	// Stamp is the number of the stamp that certifies a paper copy of the
	// certificate sheet. Empty: the sheet is no such copy.
	Stamp      string
	Use        string        // what the certificate is for, in Russian, if the form says so
	Required   []string      // kinds of the exhibits that this owner brings, for the list
	Marker     *MarkerPaper  // of the marker
	Carrier    *CarrierPaper // of the hand-over act
	Revocation *Revocation   // what the application for it asks
	Requests   []*Request    // those whose originals are forwarded, for the register
}

// MarkerPaper is what a marker's paper shows. The code is a secret: it is on
// the paper and nowhere else.
type MarkerPaper struct {
	Code    string // in groups, as it is printed
	Expires time.Time
}

// CarrierPaper is a key carrier as its hand-over act names it.
type CarrierPaper struct {
	Model  string // Рутокен ЭЦП 3.0
	Serial string // as the carrier bears it
}
