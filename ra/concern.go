package ra

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/workflow"
)

// RevocationReasons are the reasons that an owner can have to end his
// certificate (RFC 5280, section 5.3.1), by the names that Form.Reason takes.
// Their Russian texts are csr.Reason.Russian.
func RevocationReasons() map[string]csr.Reason {
	reasons := map[string]csr.Reason{}
	for _, r := range []csr.Reason{
		csr.ReasonUnspecified, csr.ReasonKeyCompromise, csr.ReasonAffiliationChanged, csr.ReasonSuperseded,
		csr.ReasonCessationOfOperation, csr.ReasonPrivilegeWithdrawn,
	} {
		reasons[r.String()] = r
	}
	return reasons
}

// checkCertificate returns what is wrong with the fields that name a
// certificate, wherever they are filled in.
func (f *Form) checkCertificate(now time.Time) (faults []Fault) {
	if _, ok := parseSerial(f.Certificate); f.Certificate != "" && !ok {
		faults = append(faults, Fault{"certificate", "serial", "серийный номер пишется как на бланке сертификата: цифры и буквы от a до f"})
	}
	if _, known := RevocationReasons()[f.Reason]; f.Reason != "" && !known {
		faults = append(faults, Fault{"revocationReason", "reason", "такой причины владелец назвать не может"})
	}
	if since := parseDate(f.InvalidSince); f.InvalidSince != "" && (since.IsZero() || since.After(now)) {
		faults = append(faults, Fault{"invalidityDate", "date", "дата пишется как 2026-05-17 и не может быть в будущем"})
	}
	return faults
}

// unknownCertificate is one fault for whatever the actor may not know: that
// there is no such certificate, that it is another's, that another partner had
// it issued.
var unknownCertificate = Fault{"certificate", "unknown_certificate", "среди выданных здесь сертификатов этого владельца такого нет"}

// concern is what follows from a form for a request about a certificate.
type concern struct {
	faults []Fault
	record []Held
	order  []workflow.Effect
	void   []workflow.Evidence
}

// ofCertificate is the evidence, besides ofForm, that is about the certificate
// and the owner that a form named before.
var ofCertificate = []workflow.Evidence{workflow.KeyPhraseGiven, workflow.IdentityProofed, workflow.AuthorityConfirmed}

// concern looks at what a form says of a certificate: nothing, in a process that
// is about none; else one that the actor may use. Whoever may not fill in the
// form is told nothing of it.
func (a *Authority) concern(ctx context.Context, id ID, by Actor, f *Form) (*concern, error) {
	r, err := a.load(ctx, id)
	if err != nil {
		return nil, err
	}
	p, err := a.process(ctx, r.ProcessHash)
	if err != nil {
		return nil, err
	}
	c := &concern{}
	if !by.may(ask{What: "Fill", ID: id}) || by.ofPartner() && !a.sees(by, r) || a.represents(r, ask{What: "Fill", By: by}) != nil || !fills(p, r.State, by.as(p)) {
		return c, nil
	}
	if !alters(p) {
		c.faults = f.foreign(!concerns(p))
	}
	if !concerns(p) {
		return c, nil
	}
	c.void = ofCertificate
	if _, suspends := demand(p, r); f.Reason == "" && alters(p) && !suspends {
		c.faults = append(c.faults, Fault{"revocationReason", "missing", "не указана причина"})
	}
	if f.Certificate == "" {
		c.faults = append(c.faults, Fault{"certificate", "missing", "не указан серийный номер сертификата"})
		return c, nil
	}
	x, err := a.earlierOf(ctx, f.Certificate, func(x *earlier) bool { return x.ownedBy(f) && a.mayUse(by, x, f) })
	switch {
	case errors.Is(err, errNoCertificate):
		c.faults = append(c.faults, unknownCertificate)
		return c, nil
	case err != nil:
		return nil, err
	case acted(r) && !sameSerial(f.Certificate, r.Form.Certificate):
		c.faults = append(c.faults, Fault{"certificate", "settled", "о другом сертификате подаётся другое заявление"})
	}
	if waitsFor(p, workflow.PredecessorValid) {
		a.renewable(ctx, c, x, f)
	}
	return c, nil
}

// renewable adds to a concern whether the certificate may be renewed. What the
// applicant wrote otherwise than the certificate has it is a fault of the form;
// that the certificate is not in force any more is the end of the request. A CA
// that does not answer is asked later.
func (a *Authority) renewable(ctx context.Context, c *concern, x *earlier, f *Form) {
	if checkName(f, x.certificate.Subject) != nil {
		c.faults = append(c.faults, Fault{"certificate", "other_subject", "в сертификате о владельце сказано другое: продлевают без изменений, иначе нужна новая заявка"})
		return
	}
	h, err := a.predecessor(ctx, x, f)
	if err != nil {
		c.void = slices.Concat(c.void, []workflow.Evidence{workflow.PredecessorValid})
		c.order = []workflow.Effect{workflow.CheckPredecessor}
		return
	}
	c.record = []Held{h}
}

// acted reports whether the CA has changed something at the word of a request.
func acted(r *Request) bool {
	return len(r.held([]workflow.Evidence{workflow.CertificateSuspended, workflow.CertificateResumed, workflow.CertificateRevoked})) > 0
}

func sameSerial(a, b string) bool {
	x, known := parseSerial(a)
	y, too := parseSerial(b)
	return known && too && x.Cmp(y) == 0
}

// foreign are the fields about a certificate, or about its end alone, where the
// process does not have them.
func (f *Form) foreign(certificate bool) (faults []Fault) {
	for _, x := range []struct {
		field, value string
		foreign      bool
	}{{"certificate", f.Certificate, certificate}, {"revocationReason", f.Reason, true}, {"invalidityDate", f.InvalidSince, true}} {
		if x.foreign && x.value != "" {
			faults = append(faults, Fault{x.field, "stranger", "в такой заявке этого поля нет"})
		}
	}
	return faults
}

// notRepeated are the fields of an earlier form that belong to that request and
// not to its owner.
var notRepeated = []string{"Alias", "Expedited", "Support", "Certificate", "Reason", "InvalidSince"}

// resumed is the form that a request about a certificate begins with: what is
// given, and for the rest what the earlier request knows of the owner, if the
// actor may see that. A *FormError if there is no such certificate for him.
func (a *Authority) resumed(ctx context.Context, p *workflow.Process, by Actor, given Form) (Form, error) {
	if !concerns(p) || given.Certificate == "" {
		return given, nil
	}
	if faults := given.checkCertificate(a.cfg.Clock.Now()); len(faults) > 0 {
		return given, &FormError{faults}
	}
	x, err := a.earlierOf(ctx, given.Certificate, func(x *earlier) bool {
		meant := given.SNILS == "" || x.ofPerson(&given) || x.ownedBy(&given)
		return meant && a.mayUse(by, x, &given)
	})
	if errors.Is(err, errNoCertificate) {
		err = &FormError{[]Fault{unknownCertificate}}
	}
	if err != nil || !a.sees(by, x.request) {
		return given, err
	}
	known := reflect.ValueOf(x.request.Form)
	form := reflect.ValueOf(&given).Elem()
	for i := range form.NumField() {
		if form.Field(i).IsZero() && !slices.Contains(notRepeated, form.Type().Field(i).Name) {
			form.Field(i).Set(known.Field(i))
		}
	}
	return given, nil
}
