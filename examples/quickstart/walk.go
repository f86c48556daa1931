package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/workflow"
)

// operator is whoever sends out individual links at the authority.
var operator = ra.Actor{ID: "operator-1", Role: workflow.CAOperator, Authn: "password", SecondFactor: true}

// walk takes the application through seed 001, step by step.
func (w *world) walk(ctx context.Context, application *ra.Application) error {
	if err := w.keepApplication(application); err != nil {
		return err
	}
	form := application.Form
	w.journey.begin(&form)

	// S1.1: a request is made, its individual link goes out by e-mail.
	r, err := w.authority.Begin(ctx, operator, application.Process, ra.Form{LegalForm: form.LegalForm, Email: form.Email})
	if err != nil {
		return err
	}
	if err := w.settle(ctx, r.ID); err != nil {
		return err
	}
	link, err := w.mailbox.link()
	if err != nil {
		return err
	}

	// S1.2, S1.3: the applicant follows it, fills the form and goes on.
	w.clock.Advance(25 * time.Minute)
	applicant, _, err := w.authority.Open(ctx, link)
	if err != nil {
		return err
	}
	if _, err = w.authority.Fill(ctx, r.ID, applicant, form); err != nil {
		return err
	}
	if _, err = w.authority.Fire(ctx, r.ID, applicant, workflow.Submit); err != nil {
		return err
	}

	// S1.4 to S1.6: the registers answer after 10 to 30 minutes.
	if r, err = w.work(ctx, r.ID, workflow.AutoCheck); err != nil {
		return err
	}
	if r.State != workflow.KeyGeneration {
		return w.refused(ctx, r)
	}

	// S1.7: the key pair is made on the carrier, at the workplace.
	w.clock.Advance(8 * time.Minute)
	key, err := w.makeKey(ctx, &form)
	if err != nil {
		return err
	}
	request, err := w.makeRequest(key, &form)
	if err != nil {
		return err
	}
	if _, err = w.authority.SubmitCSR(ctx, r.ID, applicant, request); err != nil {
		return err
	}
	if err := w.journey.show(ctx, w.authority, r.ID); err != nil {
		return err
	}

	// S1.8: the papers are signed in Goskey, for which the person gets a
	// qualified certificate of another authority.
	phone, err := w.enrol(ctx, &form)
	if err != nil {
		return err
	}
	if r, err = w.signOnPhone(ctx, r.ID, phone, workflow.SigningApplication); err != nil {
		return err
	}

	// S1.9: the certificate is issued; its sheet is signed too.
	if r, err = w.signOnPhone(ctx, r.ID, phone, workflow.CertificateAck); err != nil {
		return err
	}

	// S1.10: «Записать на ключевой носитель».
	w.clock.Advance(3 * time.Minute)
	if r, err = w.install(ctx, r, applicant, key); err != nil {
		return err
	}
	if err := w.settle(ctx, r.ID); err != nil {
		return err
	}
	if err := w.keepPapers(ctx, r); err != nil {
		return err
	}
	return w.journey.end(r, w.carrier)
}

// settle lets the authority finish what is due this moment.
func (w *world) settle(ctx context.Context, id ra.ID) error {
	for some := true; some; {
		var err error
		if some, err = w.authority.Work(ctx); err != nil {
			return err
		}
	}
	return w.journey.show(ctx, w.authority, id)
}

// refused tells why the request came back instead of going on.
func (w *world) refused(ctx context.Context, r *ra.Request) error {
	why, err := w.authority.Explain(ctx, r.ID)
	if err != nil {
		return err
	}
	return fmt.Errorf("сведения не подтверждены, заявка возвращена: %s", why.Russian())
}

// makeKey has the carrier make the key pair; the private half stays there.
func (w *world) makeKey(ctx context.Context, form *ra.Form) (token.Key, error) {
	key, err := token.Generate(ctx, w.carrier, token.Spec{Algorithm: w.curve.Name(), Name: form.FullName()})
	if err != nil {
		return nil, err
	}
	w.journey.workplace("ключевая пара создана на носителе, %s", key.Info().Algorithm)
	return key, nil
}

// makeRequest builds the PKCS #10 request, signed by the key on the carrier.
func (w *world) makeRequest(key token.Key, form *ra.Form) ([]byte, error) {
	subject, err := ra.Subject(form)
	if err != nil {
		return nil, err
	}
	der, err := w.as.Create(key, &csr.Template{Subject: subject, Extensions: []csr.Extension{
		csr.NewKeyUsage(csr.DigitalSignature | csr.ContentCommitment | csr.KeyEncipherment | csr.DataEncipherment | csr.KeyAgreement),
	}})
	if err != nil {
		return nil, err
	}
	w.journey.workplace("запрос PKCS #10 создан и подписан ключом носителя")
	return der, nil
}

// enrol installs Goskey for the person, who is identified in person there.
func (w *world) enrol(ctx context.Context, form *ra.Form) (*goskey.Phone, error) {
	subject, err := ra.Subject(form)
	if err != nil {
		return nil, err
	}
	phone, err := w.phones.Enrol(ctx, form.SNILS, subject)
	if err != nil {
		return nil, err
	}
	w.journey.phone("приложение установлено, сертификат УКЭП получен после очной идентификации")
	return phone, nil
}

// signOnPhone lets the authority send its package, has the person view and
// sign it, and lets the authority work until the request has moved on.
func (w *world) signOnPhone(ctx context.Context, id ra.ID, phone *goskey.Phone, place workflow.State) (*ra.Request, error) {
	if err := w.settle(ctx, id); err != nil {
		return nil, err
	}
	w.clock.Advance(12 * time.Minute)
	packages := phone.Packages()
	if len(packages) == 0 {
		return nil, fmt.Errorf("%w: в Госключ ничего не пришло", errStuck)
	}
	for _, p := range packages {
		if err := phone.View(p.ID); err != nil {
			return nil, err
		}
		if err := phone.Sign(p.ID, true); err != nil {
			return nil, err
		}
		tick := ""
		if p.Acknowledge {
			tick = ", флаг «Я проверил документы» установлен"
		}
		w.journey.phone("просмотрено и подписано: %s%s", p.Title, tick)
	}
	return w.work(ctx, id, place)
}

// install writes the certificate beside its key, reads it back and reports.
func (w *world) install(ctx context.Context, r *ra.Request, applicant ra.Actor, key token.Key) (*ra.Request, error) {
	der, err := w.authority.Document(ctx, r, ra.CertificateExhibit)
	if err != nil {
		return nil, err
	}
	certificate, err := w.as.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	if err := token.Install(ctx, w.carrier, key.Info().ID, w.as, certificate); err != nil {
		return nil, err
	}
	entry, err := token.Find(ctx, w.carrier, key.Info().ID)
	if err != nil {
		return nil, err
	}
	w.journey.workplace("сертификат записан на носитель, прочитан обратно, пробная подпись верна")
	return w.authority.ConfirmInstalled(ctx, r.ID, applicant, entry.Certificate.Raw)
}

// keepApplication writes the application as it was given.
func (w *world) keepApplication(application *ra.Application) error {
	data, err := json.MarshalIndent(application, "", "  ")
	if err != nil {
		return err
	}
	return w.files.keep("application.json", append(data, '\n'))
}

// keepPapers writes what the journey made.
func (w *world) keepPapers(ctx context.Context, r *ra.Request) error {
	for name, kind := range map[string]string{
		"application.pdf": string(ra.ApplicationForm),
		"application.p7s": ra.ApplicationSignature,
		"request.pdf":     string(ra.RequestForm),
		"request.p7s":     ra.RequestFormSignature,
		"request.p10":     ra.RequestExhibit,
		"certificate.cer": ra.CertificateExhibit,
		"certificate.pdf": string(ra.CertificateSheet),
		"certificate.p7s": ra.SheetSignature,
		"certificate.pem": ra.CertificateExhibit,
	} {
		data, err := w.authority.Document(ctx, r, kind)
		if err != nil {
			return err
		}
		switch name {
		case "certificate.pem":
			data = csr.EncodePEM(csr.PEMCertificate, data)
		case "request.p10":
			data = csr.EncodePEM(csr.PEMRequest, data)
		}
		if err := w.files.keep(name, data); err != nil {
			return err
		}
	}
	for name, root := range map[string]*csr.Certificate{"ca.pem": w.root, "goskey-ca.pem": w.appRoot} {
		if err := w.files.keep(name, csr.EncodePEM(csr.PEMCertificate, root.Raw)); err != nil {
			return err
		}
	}
	return nil
}
