package ra_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

// unchanged runs a call that must be refused with an error of the given type
// and must leave the request, its journal and its tasks as they were.
func unchanged[E error](w *world, id ra.ID, what string, call func() error) E {
	w.t.Helper()
	before := w.reload(id)
	err := call()
	var typed E
	if !errors.As(err, &typed) {
		w.t.Fatalf("%s: got %v, want a %T", what, err, typed)
	}
	if after := w.reload(id); !reflect.DeepEqual(before, after) {
		w.t.Fatalf("%s: the request changed from version %d to %d", what, before.Version, after.Version)
	}
	return typed
}

func TestJourney(t *testing.T) {
	w := newWorld(t)
	key := w.newKey()
	id, phone := w.sent(key)
	w.sign(phone) // the application and the request form
	w.inState(id, workflow.CertificateAck)
	w.sign(phone) // the certificate sheet
	r := w.inState(id, workflow.Writing)

	der, err := w.authority.Document(w.ctx, r, ra.CertificateExhibit)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := w.as.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	if !key.PublicKey().Equal(cert.PublicKey) || cert.Subject.Get(csr.SNILS) != w.form.SNILS {
		t.Error("the certificate is for somebody else")
	}
	w.must(w.authority.ConfirmInstalled(w.ctx, id, owner, der))
	w.settle()
	r = w.inState(id, workflow.Completed)
	if !r.Deadline.IsZero() {
		t.Errorf("a completed request has the deadline %v", r.Deadline)
	}
	if next, err := w.authority.Next(w.ctx); err != nil || !next.IsZero() {
		t.Errorf("got something due at %v (%v), want nothing left", next, err)
	}
	if w.ca.calls != 1 {
		t.Errorf("the CA was asked to issue %d times, want 1", w.ca.calls)
	}
	if w.log.Len() > 0 {
		t.Errorf("got log lines, want none:\n%s", w.log)
	}
}

func TestRefusedForms(t *testing.T) {
	w := newWorld(t)
	id := w.filled()
	for what, c := range map[string]struct {
		field, code string
		change      func(*ra.Form)
	}{
		"SNILS check number":     {"SNILS", "checksum", func(f *ra.Form) { f.SNILS = f.SNILS[:10] + string('0'+(f.SNILS[10]-'0'+1)%10) }},
		"INN of an organisation": {"INNFL", "length", func(f *ra.Form) { f.INN = "7707083893" }},
		"no surname":             {"ownerLastName", "missing", func(f *ra.Form) { f.LastName = "" }},
		"spaces around a name":   {"ownerFirstName", "text", func(f *ra.Form) { f.FirstName += " " }},
		"a Latin letter":         {"ownerLastName", "cyrillic", func(f *ra.Form) { f.LastName = "Cургучёв" }},
		"hieroglyphs":            {"city", "letters", func(f *ra.Form) { f.City = "東京" }},
		"passport before 14":     {"passportDate", "early", func(f *ra.Form) { f.PassportDate = f.BirthDate }},
		"Cyrillic address":       {"email", "email", func(f *ra.Form) { f.Email = "кот@example.org" }},
		"no such gender":         {"ownerGender", "gender", func(f *ra.Form) { f.Gender = "3" }},
		"series with letters":    {"passportSeries", "digits", func(f *ra.Form) { f.PassportSeries = "45O3" }},
		"region without code":    {"region", "region", func(f *ra.Form) { f.Region = "Москва" }},
	} {
		form := w.form
		c.change(&form)
		err := unchanged[*ra.FormError](w, id, what, func() error {
			_, err := w.authority.Fill(w.ctx, id, owner, form)
			return err
		})
		if len(err.Faults) != 1 || err.Faults[0].Field != c.field || err.Faults[0].Code != c.code {
			t.Errorf("%s: got %v, want %s: %s", what, err, c.field, c.code)
		}
	}
}

func TestWhoMayWhat(t *testing.T) {
	w := newWorld(t)
	id := w.filled()
	fill := func(by ra.Actor) func() error {
		return func() error { _, err := w.authority.Fill(w.ctx, id, by, w.form); return err }
	}
	fire := func(by ra.Actor, e workflow.Event) func() error {
		return func() error { _, err := w.authority.Fire(w.ctx, id, by, e); return err }
	}
	unchanged[*ra.DeniedError](w, id, "an operator fills the form", fill(operator))
	unchanged[*ra.DeniedError](w, id, "a link to another request", fill(ra.Actor{ID: "x", Role: workflow.Applicant, Request: "other"}))
	unchanged[*ra.DeniedError](w, id, "somebody plays the system", fire(ra.System(), workflow.Expire))
	unchanged[*workflow.RefusedError](w, id, "an operator submits", fire(operator, workflow.Submit))
	unchanged[*ra.DeniedError](w, id, "the applicant vouches for himself", func() error {
		_, err := w.authority.Attest(w.ctx, id, owner, workflow.CheckOverride, "верьте мне")
		return err
	})
	unchanged[*ra.DeniedError](w, id, "an operator attests what the CA must show", func() error {
		_, err := w.authority.Attest(w.ctx, id, operator, workflow.CertificateMatches, "есть")
		return err
	})

	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	refused := unchanged[*workflow.RefusedError](w, id, "submit again", fire(owner, workflow.Submit))
	if refused.Reason != workflow.EventNotOpen || refused.State != workflow.AutoCheck {
		t.Errorf("got %v, want that submit is not open in auto_check", refused)
	}
}

func TestBegin(t *testing.T) {
	w := newWorld(t)
	var unknown *ra.UnknownProcessError
	if _, err := w.authority.Begin(w.ctx, operator, "teleport", w.form); !errors.As(err, &unknown) || !strings.Contains(err.Error(), "personal-link") {
		t.Errorf("got %v, want an unknown process and the known ones", err)
	}
	var form *ra.FormError
	if _, err := w.authority.Begin(w.ctx, operator, "personal-link", ra.Form{}); !errors.As(err, &form) {
		t.Errorf("without an address: got %v, want a FormError", err)
	}
	list, err := w.store.Page(w.ctx, ra.Query{})
	if err != nil || len(list) != 0 {
		t.Errorf("got %d requests (%v), want none", len(list), err)
	}
}

func TestSubjectMustBeTheForms(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	key := w.newKey()
	submit := func(der []byte) func() error {
		return func() error { _, err := w.authority.SubmitCSR(w.ctx, id, owner, der); return err }
	}
	changed := func(change func(*ra.Form)) []byte {
		form := w.form
		change(&form)
		return w.request(key, form)
	}

	lower := changed(func(f *ra.Form) { f.LastName = strings.ToLower(f.LastName) })
	err := unchanged[*ra.SubjectError](w, id, "a letter's case", submit(lower))
	if got, want := strings.Join(err.Different, " "), "CN SN"; got != want {
		t.Errorf("a letter's case: got %q, want %q to differ", got, want)
	}
	if strings.Contains(err.Error(), w.form.LastName) {
		t.Errorf("the error shows the name: %v", err)
	}
	err = unchanged[*ra.SubjectError](w, id, "no street", submit(changed(func(f *ra.Form) { f.Street = "" })))
	if got, want := strings.Join(err.Missing, " "), "STREET"; got != want {
		t.Errorf("no street: got %q missing, want %q", got, want)
	}

	broken := w.request(key, w.form)
	broken[len(broken)-1] ^= 1
	before := w.reload(id)
	if err := submit(broken)(); !errors.Is(err, csr.ErrSignature) {
		t.Errorf("a broken signature: got %v, want ErrSignature", err)
	}
	if after := w.reload(id); after.Version != before.Version {
		t.Error("a request with a broken signature changed the record")
	}

	w.must(w.authority.SubmitCSR(w.ctx, id, owner, w.request(key, w.form)))
	unchanged[*workflow.RefusedError](w, id, "a second submit", submit(w.request(key, w.form)))
}

func TestKeyIsNobodyElses(t *testing.T) {
	w := newWorld(t)
	key := w.newKey()
	first := w.confirmed()
	w.must(w.authority.SubmitCSR(w.ctx, first, owner, w.request(key, w.form)))
	second := w.confirmed()
	unchanged[*ra.ClaimedError](w, second, "a key of another request", func() error {
		_, err := w.authority.SubmitCSR(w.ctx, second, owner, w.request(key, w.form))
		return err
	})
}

func TestRegisterOutcomes(t *testing.T) {
	for what, c := range map[string]struct {
		answer smev.Answer
		want   workflow.State
	}{
		"confirmed":    {smev.Answer{Outcome: smev.Confirmed}, workflow.KeyGeneration},
		"refuted":      {smev.Answer{Outcome: smev.Refuted, Reason: "mvd_301_601", Fields: []string{"passportNumber"}}, workflow.Draft},
		"not found":    {smev.Answer{Outcome: smev.NotFound}, workflow.ManualCheck},
		"inconclusive": {smev.Answer{Outcome: smev.Inconclusive}, workflow.ManualCheck},
		"rejected":     {smev.Answer{Outcome: smev.Rejected}, workflow.ManualCheck},
		"unavailable":  {smev.Answer{Outcome: smev.Unavailable, RetryAt: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}, workflow.AutoCheck},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			id := w.filled()
			w.registers.answers[smev.CheckPassport] = c.answer
			w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
			w.settle()
			r := w.inState(id, c.want)
			if what == "unavailable" {
				w.registers.answers = nil
				w.pass(30 * time.Minute) // before the register asked to be tried again
				w.inState(id, workflow.AutoCheck)
				w.pass(2 * time.Hour)
				r = w.inState(id, workflow.KeyGeneration)
				if len(w.registers.asked) != 4 {
					t.Errorf("got %d inquiries, want 4: one of them under another key", len(w.registers.asked))
				}
			}
			if what == "refuted" {
				if _, held := r.Evidence(workflow.FormValid); held {
					t.Error("the form still counts as valid")
				}
				w.registers.answers = nil
				w.must(w.authority.Fill(w.ctx, id, owner, w.form))
				w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
				w.settle()
				w.inState(id, workflow.KeyGeneration)
			}
			if c.want == workflow.ManualCheck {
				w.must(w.authority.Attest(w.ctx, id, operator, workflow.CheckOverride, "паспорт предъявлен оператору"))
				w.must(w.authority.Fire(w.ctx, id, operator, workflow.ApproveCheck))
				w.inState(id, workflow.KeyGeneration)
			}
			if e, ok := r.Exhibit("smev_passport"); (ok && e.Size > 0) != (what != "unavailable" || r.State == workflow.KeyGeneration) {
				t.Errorf("got envelope %v of %d octets", ok, e.Size)
			}
		})
	}
}

func TestAnswerToAnotherInquiry(t *testing.T) {
	w := newWorld(t)
	id := w.filled()
	w.registers.foreign = "passport-99"
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	before := w.reload(id)
	w.settle()
	if after := w.reload(id); !reflect.DeepEqual(before, after) {
		t.Errorf("an answer to another inquiry changed the request to %s", after.State)
	}
	if !strings.Contains(w.log.String(), "is for inquiry passport-99") {
		t.Errorf("the log does not say why nothing happens: %s", w.log)
	}
	w.registers.foreign = ""
	w.pass(time.Hour)
	w.inState(id, workflow.KeyGeneration)
}

func TestSimulatedAnswersAreNoEvidence(t *testing.T) {
	w := newWorld(t)
	w.reopen(func(c *ra.Config) { c.Rehearsal = false })
	id := w.filled()
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	w.settle()
	w.inState(id, workflow.AutoCheck)
	if !strings.Contains(w.log.String(), "simulator") {
		t.Errorf("the log does not say why nothing happens: %s", w.log)
	}
}

func TestLateAnswersStillCount(t *testing.T) {
	w := newWorld(t)
	id := w.filled()
	w.registers.pending = true
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	w.settle()
	w.inState(id, workflow.AutoCheck)
	w.pass(25 * time.Hour)
	w.inState(id, workflow.ManualCheck)
	w.registers.pending = false
	w.pass(time.Hour)
	w.inState(id, workflow.KeyGeneration)
}

func TestLateAnswerThatDecidesNothing(t *testing.T) {
	w := newWorld(t)
	id := w.filled()
	w.registers.pending = true
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	w.pass(25 * time.Hour)
	w.inState(id, workflow.ManualCheck)
	w.registers.pending = false
	w.registers.answers[smev.CheckINN] = smev.Answer{Outcome: smev.NotFound}
	w.pass(2 * time.Minute)
	w.inState(id, workflow.ManualCheck)
	tasks, err := w.store.Tasks(w.ctx, id)
	if err != nil || w.log.Len() > 0 {
		t.Errorf("got %v, log: %s", err, w.log)
	}
	for _, task := range tasks {
		if task.State != ra.TaskDone {
			t.Errorf("got %s left %s", task.Key, task.State)
		}
	}
}

func TestAnswersAboutAnotherFormAreDropped(t *testing.T) {
	w := newWorld(t)
	id := w.filled()
	w.registers.pending = true
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	w.settle()
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Amend))
	w.must(w.authority.Fill(w.ctx, id, owner, applicant.Form(4)))
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	w.registers.pending = false
	w.registers.answers[smev.CheckPassport] = smev.Answer{Outcome: smev.NotFound}
	w.pass(time.Minute)
	w.inState(id, workflow.ManualCheck)
	w.pass(time.Hour)
	w.inState(id, workflow.ManualCheck)
	if len(w.registers.asked) != 6 {
		t.Errorf("got %d inquiries, want 3 for each form", len(w.registers.asked))
	}
}

func TestLostAnswerOfTheCA(t *testing.T) {
	w := newWorld(t)
	w.ca.submit = func(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
		if _, err := w.ca.CA.Submit(ctx, key, o); err != nil { // it issues …
			return ra.Outcome{}, err
		}
		return ra.Outcome{}, errors.New("connection reset") // … and the answer is lost
	}
	id, phone := w.sent(w.newKey())
	w.sign(phone)
	w.inState(id, workflow.Issuing)
	w.pass(time.Minute)
	w.inState(id, workflow.CertificateAck)
	if w.ca.calls != 1 {
		t.Errorf("the CA was asked to issue %d times, want 1 and then a question", w.ca.calls)
	}
}

func TestSignatureMustBeTheOwners(t *testing.T) {
	w := newWorld(t)
	id, _ := w.sent(w.newKey())
	other := w.form
	other.SNILS = applicant.Form(5).SNILS
	stranger := w.phone(other)

	// The stranger gets the same documents and signs them; the service hands
	// his signatures out as the owner's.
	w.reopen(func(c *ra.Config) { c.Signer = &impostor{w.phones, other.SNILS} })
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Resend))
	w.settle()
	for _, p := range stranger.Packages() {
		if err := errors.Join(stranger.View(p.ID), stranger.Sign(p.ID, true)); err != nil {
			t.Fatal(err)
		}
	}
	w.pass(time.Minute)
	w.inState(id, workflow.SigningApplication)
	if !strings.Contains(w.log.String(), "another SNILS") {
		t.Errorf("the log does not say what is wrong: %s", w.log)
	}
	w.logIsClean()
}

// impostor delivers every package to another person.
type impostor struct {
	ra.MobileSigner
	snils string
}

func (i *impostor) Submit(ctx context.Context, r ra.SignRequest) (ra.OperationID, error) {
	r.SNILS = i.snils
	return i.MobileSigner.Submit(ctx, r)
}

func TestDeclineResendCancel(t *testing.T) {
	w := newWorld(t)
	id, phone := w.sent(w.newKey())
	if err := phone.Decline(phone.Packages()[0].ID); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute)
	w.inState(id, workflow.SigningApplication)
	if len(phone.Packages()) != 0 {
		t.Error("a declined package still waits")
	}
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Resend))
	w.settle()
	if len(phone.Packages()) != 1 {
		t.Fatal("the package was not sent again")
	}
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Cancel))
	w.pass(time.Hour)
	w.inState(id, workflow.Cancelled)
	if len(phone.Packages()) != 0 {
		t.Error("a package of a cancelled request still waits")
	}
}

func TestRevertAfterIssue(t *testing.T) {
	w := newWorld(t)
	id, phone := w.sent(w.newKey())
	w.sign(phone)
	w.inState(id, workflow.CertificateAck)
	first := w.ca.calls
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Revert)) // the key is lost
	w.settle()
	r := w.inState(id, workflow.KeyGeneration)
	for _, e := range []workflow.Evidence{workflow.RequestVerified, workflow.ApplicationAccepted, workflow.CertificateMatches} {
		if _, held := r.Evidence(e); held {
			t.Errorf("%s is still held", e)
		}
	}
	w.must(w.authority.SubmitCSR(w.ctx, id, owner, w.request(w.newKey(), w.form)))
	w.settle()
	w.inState(id, workflow.SigningApplication)
	w.sign(phone)
	w.inState(id, workflow.CertificateAck)
	if w.ca.calls != first+1 {
		t.Errorf("got %d orders, want one more than %d", w.ca.calls, first)
	}
}

func TestReadBackMustBeTheCertificate(t *testing.T) {
	w := newWorld(t)
	id, phone := w.sent(w.newKey())
	w.sign(phone)
	w.sign(phone)
	r := w.inState(id, workflow.Writing)
	der, err := w.authority.Document(w.ctx, r, ra.CertificateExhibit)
	if err != nil {
		t.Fatal(err)
	}
	der[len(der)-1] ^= 1
	if _, err := w.authority.ConfirmInstalled(w.ctx, id, owner, der); !errors.Is(err, ra.ErrOtherCertificate) {
		t.Errorf("got %v, want ErrOtherCertificate", err)
	}
	w.inState(id, workflow.Writing)
}

func TestDeadlines(t *testing.T) {
	w := newWorld(t)
	id := w.filled()
	w.pass(31 * 24 * time.Hour)
	w.inState(id, workflow.Expired)
	if _, err := w.authority.Fire(w.ctx, id, owner, workflow.Submit); err == nil {
		t.Error("an expired request was submitted")
	}
}

func TestStaleConfirmationIsAskedForAgain(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	w.registers.pending = true
	w.pass(25 * time.Hour) // longer than a register's answer counts
	err := unchanged[*workflow.RefusedError](w, id, "a request after the answers have grown old", func() error {
		_, err := w.authority.SubmitCSR(w.ctx, id, owner, w.request(w.newKey(), w.form))
		return err
	})
	if len(err.Missing) != 1 || err.Missing[0] != workflow.RegistersConfirmed {
		t.Errorf("got %v missing, want registers_confirmed", err.Missing)
	}
	w.registers.pending = false
	w.pass(2 * time.Minute) // they were asked again by themselves
	w.must(w.authority.SubmitCSR(w.ctx, id, owner, w.request(w.newKey(), w.form)))
}

func TestLink(t *testing.T) {
	w := newWorld(t)
	r := w.must(w.authority.Begin(w.ctx, operator, "personal-link", ra.Form{Email: w.form.Email}))
	w.settle()
	token := w.mail.notices[0].Link
	actor, opened, err := w.authority.Open(w.ctx, token)
	if err != nil || opened.ID != r.ID || actor.Role != workflow.Applicant || actor.Request != r.ID {
		t.Fatalf("got %v %v %v", actor, opened, err)
	}
	for what, wrong := range map[string]string{
		"nothing": "", "no secret": string(r.ID), "another secret": string(r.ID) + ".AAAAAAAAAAAAAAAAAAAAAA",
		"another request": "0" + token, "longer": token + "A",
	} {
		if _, _, err := w.authority.Open(w.ctx, wrong); !errors.Is(err, ra.ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", what, err)
		}
	}
	if strings.Contains(string(mustJSON(t, w.reload(r.ID))), token[len(r.ID)+1:]) {
		t.Error("the secret of the link is stored")
	}
	w.clock.Advance(15 * 24 * time.Hour)
	if _, _, err := w.authority.Open(w.ctx, token); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("an expired link: got %v, want ErrNotFound", err)
	}
}

func TestExplain(t *testing.T) {
	w := newWorld(t)
	id := w.filled()
	w.registers.pending = true
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	why, err := w.authority.Explain(w.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Идет автоматическая проверка СМЭВ", "23.11.2026 09:00", "подтверждение сведений"} {
		if !strings.Contains(why.Russian(), want) {
			t.Errorf("got %s, want %q in it", why.Russian(), want)
		}
	}
	if !strings.Contains(why.String(), "confirm by system needs [registers_confirmed]") {
		t.Errorf("got %s", why)
	}
}

func TestPanickingHandler(t *testing.T) {
	w := newWorld(t)
	w.ca.submit = func(context.Context, string, ra.Order) (ra.Outcome, error) { panic("boom") }
	id, phone := w.sent(w.newKey())
	w.sign(phone)
	w.inState(id, workflow.Issuing)
	w.ca.submit = nil
	w.pass(time.Minute)
	w.inState(id, workflow.CertificateAck)
}

func TestNewRefuses(t *testing.T) {
	w := newWorld(t)
	config := w.config
	config.CA = nil
	if _, err := ra.New(config); err == nil || !strings.Contains(err.Error(), "send_to_ca") {
		t.Errorf("got %v, want that nobody handles send_to_ca", err)
	}
	config = w.config
	config.Processes = []*workflow.Process{{Name: "empty"}}
	if _, err := ra.New(config); err == nil {
		t.Error("a process that does not pass Check was taken")
	}
	if _, err := ra.New(ra.Config{}); err == nil {
		t.Error("an empty configuration was taken")
	}
}

// TestPersonalDataStaysInside looks for the applicant's data in everything
// that was logged over journeys that go wrong in every way the tests know.
func TestPersonalDataStaysInside(t *testing.T) {
	w := newWorld(t)
	w.ca.submit = func(context.Context, string, ra.Order) (ra.Outcome, error) { return ra.Outcome{State: "odd"}, nil }
	w.registers.foreign = "passport-99"
	id := w.filled()
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	w.pass(time.Minute)
	w.registers.foreign = ""
	w.pass(time.Hour)
	phone := w.phone(w.form)
	w.must(w.authority.SubmitCSR(w.ctx, id, owner, w.request(w.newKey(), w.form)))
	w.settle()
	w.sign(phone)
	w.inState(id, workflow.Issuing)
	if w.log.Len() == 0 {
		t.Fatal("nothing was logged, so nothing was shown")
	}
	w.logIsClean()
}

// TestNewKnowsStoredVersions refuses a configuration that cannot go on with
// the requests under way: they are pinned to a version that is configured no
// more, and nobody handles one of its effects.
func TestNewKnowsStoredVersions(t *testing.T) {
	w := newWorld(t)
	id := w.confirmed()
	other, err := workflow.Lookup("personal-link")
	if err != nil {
		t.Fatal(err)
	}
	pinned := *other
	other.Version, other.Clauses = "9.0.0", nil
	for i := range other.Steps { // the next version does without the phone
		other.Steps[i].Do = slices.DeleteFunc(slices.Clone(other.Steps[i].Do), func(e workflow.Effect) bool {
			return e == workflow.SignApplication || e == workflow.SignAcknowledgement
		})
	}
	config := w.config
	config.Processes, config.Signer = []*workflow.Process{other}, nil
	if _, err := ra.New(config); err == nil || !strings.Contains(err.Error(), "sign_") || !strings.Contains(err.Error(), pinned.Version) {
		t.Errorf("got %v, want the effect and the stored version named", err)
	}
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Cancel))
	w.settle()
	if _, err := ra.New(config); err != nil {
		t.Errorf("when the last of them has ended: %v", err)
	}
}
