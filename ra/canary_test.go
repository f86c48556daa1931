package ra_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/catest"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

// TestNothingPersonalLeaks runs whole journeys, good ones and bad ones, with
// outside services that repeat in their errors all they know, and looks for the
// applicant in the log, the errors, the telemetry, the tasks, the audit trail
// and everything else that is stored, where the case has a key.
func TestNothingPersonalLeaks(t *testing.T) {
	for name, journey := range map[string]func(v *aviary){
		"accepted and erased": (*aviary).accepted, "refuted": (*aviary).refuted, "trouble at the CA": (*aviary).trouble,
		"another certificate": (*aviary).mismatch, "cancelled": (*aviary).cancelled, "wrong commands": (*aviary).wrong,
		"rude services": (*aviary).rudeServices,
	} {
		t.Run(name, func(t *testing.T) {
			v := newAviary(t)
			journey(v)
			for what, text := range map[string]string{
				"log": v.log.String(), "store": v.stored.String(), "telemetry": v.told.String(), "errors": v.errors.String(), "tasks": v.kept.String(),
			} {
				for _, leak := range v.leaks(text) {
					t.Errorf("the %s: %s", what, leak)
				}
			}
			if v.told.Len() == 0 || v.stored.Len() == 0 {
				t.Error("nothing was heard")
			}
		})
	}
}

// leaks finds canaries in a text, in whatever letters.
func (v *aviary) leaks(text string) (found []string) {
	f := v.form
	words := append([]string{
		f.Email, f.Phone, f.Phone[2:], f.SNILS, f.INN, f.LastName, f.FirstName, f.MiddleName, f.BirthDate, "11.02.1983", f.BirthPlace,
		f.PassportSeries, f.PassportNumber, f.PassportDate, f.PassportIssuer, f.PassportDivCode, f.Region[3:], f.City, f.Street, f.PostalCode,
		ra.Normalise(f.LastName), f.SNILS[:3] + "-" + f.SNILS[3:6], "canary-document", "canary-note",
	}, v.tokens...)
	part := func(c byte) bool { // of a longer run of digits and letters, where digits stand by chance
		return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '_'
	}
	text = strings.ToLower(text)
	for _, word := range words {
		word = strings.ToLower(word)
		for at := 0; ; {
			i := strings.Index(text[at:], word)
			if i < 0 {
				break
			}
			at += i
			end := at + len(word)
			if (at == 0 || !part(text[at-1])) && (end == len(text) || !part(text[end])) {
				found = append(found, fmt.Sprintf("%q in …%s…", word, text[max(0, at-120):min(len(text), end+40)]))
				break
			}
			at = end
		}
	}
	return found
}

func (v *aviary) accepted() {
	id, phone := v.sent(v.newKey())
	v.must(v.authority.Attach(v.ctx, id, operator, "passport_scan", []byte("%PDF-1.7\n% canary-document\n%%EOF\n"), "canary-note"))
	v.sign(phone)
	v.sign(phone)
	r := v.inState(id, workflow.Writing)
	der, err := v.authority.Document(v.ctx, r, ra.CertificateExhibit)
	v.heard(err)
	v.must(v.authority.Once("installed").ConfirmInstalled(v.ctx, id, owner, der))
	v.after(time.Minute)
	v.inState(id, workflow.Completed)
	v.heard(v.authority.Erase(v.ctx, id, operator, "срок хранения истёк"))
	if err := v.authority.Erase(v.ctx, id, secured, "срок хранения истёк"); err != nil {
		v.t.Fatal(err)
	}
	_, err = v.authority.Fire(v.ctx, id, owner, workflow.Cancel)
	v.heard(err)
}

func (v *aviary) refuted() {
	reason := "не найден: " + v.everything()
	v.registers.answers[smev.CheckPassport] = smev.Answer{Outcome: smev.Inconclusive, Reason: reason, Fields: []string{"ownerLastName"}}
	v.registers.answers[smev.CheckSNILS] = smev.Answer{Outcome: smev.Unavailable, Reason: reason}
	id := v.filled()
	v.must(v.authority.Fire(v.ctx, id, owner, workflow.Submit))
	v.after(time.Minute)
	v.after(time.Minute)
	v.registers.answers[smev.CheckSNILS] = smev.Answer{Outcome: smev.Refuted, Reason: reason, Fields: []string{"SNILS"}}
	v.after(time.Hour)
	v.inState(id, workflow.Draft)
}

func (v *aviary) trouble() {
	id, phone := v.sent(v.newKey())
	v.ca.submit = func(_ context.Context, _ string, o ra.Order) (ra.Outcome, error) {
		return ra.Outcome{}, fmt.Errorf("a certificate of %s exists: %s", o.Request.Subject, v.everything())
	}
	v.sign(phone)
	for range 3 {
		v.after(time.Hour)
	}
	r := v.inState(id, workflow.Issuing)
	if len(r.Trouble) != 1 {
		v.t.Fatalf("got the trouble %v", r.Trouble)
	}
	explanation, err := v.authority.Explain(v.ctx, id)
	v.heard(err)
	fmt.Fprintln(&v.errors, explanation, explanation.Russian())
	_, err = v.authority.AnswerCA(v.ctx, id, operator, ra.Answer{Signature: []byte(v.everything())}, "ответ")
	v.heard(err)
	v.reopen(func(c *ra.Config) { c.CA = rudeCA{c.CA, v} })
	_, err = v.authority.AnswerCA(v.ctx, id, operator, ra.Answer{}, "ответ")
	v.heard(err)
	_, err = v.authority.Retry(v.ctx, id, operator, r.Trouble[0].Task, "ещё раз")
	v.heard(err)
	v.after(time.Hour)
}

type rudeCA struct {
	ra.CA
	v *aviary
}

func (c rudeCA) Answer(context.Context, string, ra.Answer) (ra.Outcome, error) {
	return ra.Outcome{}, errors.New(c.v.everything())
}

func (c rudeCA) Find(context.Context, string) (ra.Outcome, error) {
	return ra.Outcome{State: ra.OutcomeState(c.v.form.LastName)}, nil
}

func (v *aviary) mismatch() {
	for _, fault := range []catest.Fault{catest.OtherSubject, catest.WrongKey, catest.Refuse} {
		v.failing(catest.Config{Rate: 1, Faults: []catest.Fault{fault}})
		id := v.ordered()
		v.after(time.Minute)
		v.inState(id, workflow.ManualCheck)
	}
}

func (v *aviary) cancelled() {
	id := v.confirmed()
	_, phone := v.sent(v.newKey())
	v.must(v.authority.Once("cancel").Fire(v.ctx, id, owner, workflow.Cancel))
	v.heard(phone.Decline(phone.Packages()[0].ID))
	v.after(time.Hour)
	v.inState(id, workflow.Cancelled)
}

// wrong gives commands that are refused, with all their data in them.
func (v *aviary) wrong() {
	id := v.filled()
	form := v.form
	form.SNILS, form.Email, form.Country, form.BirthDate = form.LastName, form.FirstName, form.MiddleName, form.PassportNumber
	_, err := v.authority.Fill(v.ctx, id, owner, form)
	v.heard(err)
	_, err = v.authority.Begin(v.ctx, owner, "personal-link", form)
	v.heard(err)
	_, err = ra.ParseApplication([]byte(`{"process": "personal-link", "ownerLastName": {"` + v.form.LastName + `": 1}}`))
	v.heard(err)
	v.must(v.authority.Fire(v.ctx, id, owner, workflow.Submit))
	v.after(time.Minute)
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, v.form.FullName()), csr.NewAttribute(csr.SNILS, v.form.INN))
	v.heard(err)
	der, err := v.as.Create(v.newKey(), &csr.Template{Subject: name})
	v.heard(err)
	for _, request := range [][]byte{der, der[:len(der)-9], []byte(v.everything())} {
		_, err = v.authority.SubmitCSR(v.ctx, id, owner, request)
		v.heard(err)
	}
	_, err = v.authority.Attach(v.ctx, id, owner, "passport_scan", []byte(v.everything()), v.form.LastName)
	v.heard(err)
	_, err = v.authority.ConfirmInstalled(v.ctx, id, owner, []byte(v.everything()))
	v.heard(err)
	_, _, err = v.authority.Open(v.ctx, string(id)+"."+v.tokens[0][:21]+"A")
	v.heard(err)
	_, err = v.authority.Attest(v.ctx, id, owner, workflow.CheckOverride, v.everything())
	v.heard(err)
	v.must(v.authority.Once("k").Attest(v.ctx, id, operator, workflow.CheckOverride, v.everything()))
	_, err = v.authority.Once("k").Attest(v.ctx, id, operator, workflow.CheckOverride, v.form.LastName)
	v.heard(err)
}

// rudeServices fail with all they were given in their errors, until attempts
// are used up.
func (v *aviary) rudeServices() {
	v.rude = true
	r := v.must(v.authority.Begin(v.ctx, operator, "personal-link", v.form))
	v.after(time.Second)
	v.must(v.authority.Fill(v.ctx, r.ID, owner, v.form))
	v.must(v.authority.Fire(v.ctx, r.ID, owner, workflow.Submit))
	for range 5 {
		v.after(time.Minute)
	}
	v.rude = false
	for _, x := range v.reload(r.ID).Trouble {
		v.must(v.authority.Retry(v.ctx, r.ID, operator, x.Task, "связь восстановлена"))
	}
	v.after(time.Minute)
	v.inState(r.ID, workflow.KeyGeneration)
	v.phone(v.form)
	v.must(v.authority.SubmitCSR(v.ctx, r.ID, owner, v.request(v.newKey(), v.form)))
	v.rude = true
	for range 5 {
		v.after(time.Minute)
	}
	if trouble := v.reload(r.ID).Trouble; len(trouble) == 0 {
		v.t.Error("the printer's panic is nobody's trouble")
	}
}
