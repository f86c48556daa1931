package ra

import (
	"context"
	"fmt"
	"strings"

	"github.com/surguch/surguch/ra/internal/media"
	"github.com/surguch/surguch/workflow"
)

// Documents keeps the bytes of documents outside the store. A document is put
// there before the transaction that refers to it, so a reference never points
// to nothing; what nobody came to refer to is left over and may be removed
// when it is a day old.
type Documents interface {
	// Put keeps data under a name, which is the hash of data: durably when it
	// returns nil. To put the same again is no error.
	Put(ctx context.Context, name string, data []byte) error
	// Get returns what was put. ErrNotFound if there is none.
	Get(ctx context.Context, name string) ([]byte, error)
	// Delete removes what was put, durably. To delete what is not there is
	// no error.
	Delete(ctx context.Context, name string) error
}

// Limits of a document that is attached.
const (
	MaxDocument = media.MaxSize   // octets
	MaxPixels   = media.MaxPixels // width by height of a picture
)

// MediaError says why a document is not taken: neither PDF nor JPEG nor PNG
// nor TIFF by its content, or too large.
type MediaError struct {
	Kind string // of the exhibit
	Err  error
}

func (e *MediaError) Error() string { return fmt.Sprintf("ra: %s is refused: %v", e.Kind, e.Err) }
func (e *MediaError) Unwrap() error { return e.Err }

// scans are the documents that people bring, by the kind of their exhibit, and
// the evidence that follows from having one.
var scans = map[string]workflow.Evidence{
	string(workflow.PassportScan):    workflow.PassportScan,
	string(workflow.SNILSScan):       workflow.SNILSScan,
	string(workflow.OwnerPhoto):      workflow.OwnerPhoto,
	string(workflow.ApplicationScan): workflow.ApplicationScan,
	string(workflow.RequestScan):     workflow.RequestScan,
	string(workflow.CertificateScan): workflow.CertificateScan,
	string(PowerScan):                PowerScan,
}

// Attach takes a document into the dossier, for ever: a later one of the same
// kind stands beside it and is the one that counts. What it is, is told by its
// content: PDF, JPEG, PNG or TIFF of at most MaxDocument octets and MaxPixels.
// The kinds of scans (passport_scan and the like) are evidence at once. The
// last document of the list that was missing is evidence that it is complete.
// The owner of the place may attach, whoever may act in it, and an operator.
// Errors: *MediaError, *DeniedError; then nothing changed.
func (a *Authority) Attach(ctx context.Context, id ID, by Actor, kind string, data []byte, note string) (*Request, error) {
	typ, err := media.Detect(data)
	if err != nil {
		return nil, &MediaError{kind, err}
	}
	asked := ask{"Attach", id, by, []string{kind, hashOf(data), note}}
	return a.step(ctx, asked, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		if madeHere(kind) || !attaches(p, r, by) {
			return nil, &DeniedError{id, by.Role, "attach " + kind}
		}
		m := &move{by: by, attach: []attachment{{kind: kind, media: typ, note: note, data: data}}}
		if evidence, ok := scans[kind]; ok {
			m.record = []Held{{Evidence: evidence, By: by, Exhibit: hashOf(data)}}
			if evidence == workflow.ApplicationScan {
				m.record = append(m.record, Held{Evidence: workflow.SignedOnPaper, By: by, Exhibit: hashOf(data), Note: "заявление подписано на бумаге"})
			}
			m.record = append(m.record, complete(p, r, evidence)...)
		}
		return m, nil
	})
}

// attaches reports whether an actor may attach documents where a request
// rests.
func attaches(p *workflow.Process, r *Request, by Actor) bool {
	place, _ := p.Place(r.State)
	may := by.as(p) == place.Owner || by.Role == workflow.CAOperator || len(p.Open(r.State, by.as(p))) > 0
	return may && by.Role != workflow.System && !p.Final(r.State)
}

// required are the documents that the owner brings before the authority looks
// at the request, by the evidence of having them. They are asked for where a
// process waits for documents_complete, and printed as its list of documents.
func required(p *workflow.Process, r *Request) []workflow.Evidence {
	list := []workflow.Evidence{workflow.PassportScan, workflow.SNILSScan}
	if r.Form.ActsBy == ByPower && !r.empowered() {
		list = append(list, PowerScan)
	}
	if _, signed := r.Evidence(workflow.SignedByOldKey); printsForm(p) && !signed {
		list = append(list, workflow.ApplicationScan)
	}
	return list
}

// PowerScan is a scan of the power of attorney on paper, by which a person acts
// for an organisation: a kind of exhibit, and the evidence of having one.
const PowerScan workflow.Evidence = "power_of_attorney_scan"

// complete is the evidence that nothing on the list is missing any more once
// the evidence given is held, where that is of use.
func complete(p *workflow.Process, r *Request, with workflow.Evidence) []Held {
	if !wanted(p, r, workflow.DocumentsComplete) {
		return nil
	}
	after := r.clone()
	after.Held = append(after.Held, Held{Evidence: with})
	for _, e := range required(p, after) {
		if _, held := after.Evidence(e); !held || e != with && r.refusedDocument(string(e)) {
			return nil
		}
	}
	return []Held{{Evidence: workflow.DocumentsComplete, Note: "все документы списка загружены"}}
}

// madeHere reports whether exhibits of a kind are made here and not
// brought by people.
func madeHere(kind string) bool {
	switch kind {
	case RequestExhibit, CertificateExhibit, ApplicationSignature, RequestFormSignature, SheetSignature,
		PowerExhibit, PowerSignature, RefusedCertificate, RefusalExhibit, RequestedExhibit, RevocationExhibit,
		string(ApplicationForm), string(RequestForm), string(CertificateSheet), string(InvoiceForm), string(DocumentListForm),
		string(MarkerForm), string(RevocationApplication):
		return true
	}
	return kind == "" || strings.HasPrefix(kind, "smev_") || instructions[DocumentKind(kind)] != ""
}
