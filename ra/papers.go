package ra

import (
	"context"
	"strings"

	"github.com/surguch/surguch/workflow"
)

// printApplication prints the application and the request form. The papers
// show the data they were printed from; a change of that data voids the
// evidence recorded here. Of a process about a certificate that exists it
// prints what is asked of that.
func (a *Authority) printApplication(ctx context.Context, j *job) (found, error) {
	if alters(j.process) {
		return a.printDemand(ctx, j)
	}
	if printsForm(j.process) && j.request.basis(workflow.RequestVerified) == 0 { // before the keys are made
		return a.print(ctx, j, workflow.FormValid, ApplicationForm)
	}
	if !wanted(j.process, j.request, workflow.ApplicationPrinted) {
		return found{}, nil
	}
	request, err := a.pkcs10(ctx, j.request)
	if err != nil {
		return found{}, err
	}
	out := found{on: workflow.RequestVerified}
	for _, kind := range []DocumentKind{ApplicationForm, RequestForm} {
		pdf, err := a.cfg.Printer.Print(ctx, Document{Kind: kind, Request: j.request, PKCS10: request.Raw, Use: a.use(j.request)})
		if err != nil {
			return found{}, err
		}
		out.attach = append(out.attach, attachment{kind: string(kind), media: mediaPDF, data: pdf})
	}
	out.record = []Held{{
		Evidence: workflow.ApplicationPrinted, Exhibit: hashOf(out.attach[0].data),
		Note: "заявление и печатная форма запроса сформированы",
	}}
	return out, nil
}

// print returns a handler's findings: forms that show the form alone.
func (a *Authority) print(ctx context.Context, j *job, on workflow.Evidence, kinds ...DocumentKind) (found, error) {
	out := found{on: on}
	for _, kind := range kinds {
		d := Document{Kind: kind, Request: j.request, Use: a.use(j.request)}
		for _, e := range required(j.process, j.request) {
			d.Required = append(d.Required, string(e))
		}
		pdf, err := a.cfg.Printer.Print(ctx, d)
		if err != nil {
			return found{}, err
		}
		out.attach = append(out.attach, attachment{kind: string(kind), media: mediaPDF, data: pdf})
	}
	return out, nil
}

// printing prints one form that shows the form alone.
func (a *Authority) printing(kind DocumentKind) handler {
	return func(ctx context.Context, j *job) (found, error) { return a.print(ctx, j, workflow.FormValid, kind) }
}

// sending prints forms and tells the applicant that they are there.
func (a *Authority) sending(kinds ...DocumentKind) handler {
	return func(ctx context.Context, j *job) (found, error) {
		out, err := a.print(ctx, j, "", kinds...)
		if err != nil {
			return found{}, err
		}
		return out, a.cfg.Notifier.Notify(ctx, a.notice(j, workflow.Applicant))
	}
}

// printCertificate prints the sheet with the contents of the certificate.
func (a *Authority) printCertificate(ctx context.Context, j *job) (found, error) {
	if !wanted(j.process, j.request, workflow.CertificatePrinted) {
		return found{}, nil
	}
	certificate, err := a.Document(ctx, j.request, CertificateExhibit)
	if err != nil {
		return found{}, err
	}
	pdf, err := a.cfg.Printer.Print(ctx, Document{Kind: CertificateSheet, Request: j.request, Certificate: certificate})
	if err != nil {
		return found{}, err
	}
	return found{
		on:     workflow.CertificateMatches,
		attach: []attachment{{kind: string(CertificateSheet), media: mediaPDF, data: pdf}},
		record: []Held{{
			Evidence: workflow.CertificatePrinted, Exhibit: hashOf(pdf),
			Note: "лист ознакомления сформирован",
		}},
	}, nil
}

// sendLink mints the individual link and has it delivered. A repetition mints
// another and the one before it ends: only the link that was recorded works.
func (a *Authority) sendLink(ctx context.Context, j *job) (found, error) {
	link, token := newLink(j.request.ID, j.now.Add(a.cfg.LinkLife))
	n := a.notice(j, workflow.Applicant)
	n.Link = token
	if err := a.cfg.Notifier.Notify(ctx, n); err != nil {
		_, secret, _ := strings.Cut(token, ".")
		return found{}, j.request.discreet(err, secret)
	}
	return found{link: &link}, nil
}

// notify tells a role where the request stands.
func (a *Authority) notify(to workflow.Role) handler {
	return func(ctx context.Context, j *job) (found, error) {
		return found{}, a.cfg.Notifier.Notify(ctx, a.notice(j, to))
	}
}

func (a *Authority) notice(j *job, to workflow.Role) Notice {
	place, _ := j.process.Place(j.request.State)
	n := Notice{Key: j.task.Key, Request: j.request.ID, Partner: j.request.Partner, Seq: j.request.Version, Effect: j.task.Effect, To: to, State: place.State, Title: place.Title}
	if to == workflow.Applicant {
		n.Email, n.Phone = j.request.Form.Email, j.request.Form.Phone
	}
	return n
}
