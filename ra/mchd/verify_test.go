package mchd_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/mchd"
)

func TestVerify(t *testing.T) {
	w := newWorld(t)
	document := newFile().xml()
	got, err := w.verifier(nil).Verify(t.Context(), document, w.signed(&head, document), w.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	want := &ra.Power{
		Number:    "0f2c5a1e-8f4b-4c7e-9a35-0123456789ab",
		Principal: ra.Principal{LegalForm: ra.LegalOrganization, INN: head.INNLE, OGRN: head.OGRN},
		Representatives: []ra.PowerPerson{{
			SNILS: staff.SNILS, INN: staff.INN, LastName: staff.LastName, FirstName: staff.FirstName, MiddleName: staff.MiddleName,
		}},
		From:  time.Date(2026, 10, 31, 21, 0, 0, 0, time.UTC),
		Until: time.Date(2027, 11, 1, 21, 0, 0, 0, time.UTC),
		Codes: []string{"TEST_CERTIFICATES"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

// TestPrincipals: persons and sole traders empower as well.
func TestPrincipals(t *testing.T) {
	person, trader := applicant.Form(9), applicant.Form(10)
	trader.LegalForm, trader.OGRNIP = ra.LegalSoleTrader, "304500116000157"
	for _, c := range []struct {
		form      ra.Form
		principal string
		want      ra.Principal
	}{
		{person, `<ФЛДовер СНИЛС="` + dashed(person.SNILS) + `"><СведФЛ>` + name(&person) + `</СведФЛ></ФЛДовер>`,
			ra.Principal{LegalForm: ra.LegalPerson, SNILS: person.SNILS}},
		{trader, `<ИПДовер ОГРНИП="304500116000157" ИННФЛ="` + trader.INN + `" СНИЛС="` + trader.SNILS + `"/>`,
			ra.Principal{LegalForm: ra.LegalSoleTrader, SNILS: trader.SNILS, INN: trader.INN, OGRN: "304500116000157"}},
	} {
		w := newWorld(t)
		f := newFile()
		f.principal = c.principal
		power, err := w.verifier(nil).Verify(t.Context(), f.xml(), w.signed(&c.form, f.xml()), w.clock.Now())
		if err != nil || power.Principal != c.want {
			t.Errorf("%s: got %+v, %v, want %+v", c.form.LegalForm, power, err, c.want)
		}
	}
}

// TestOtherSigner: nobody but the principal empowers for it.
func TestOtherSigner(t *testing.T) {
	other := organization(5)
	other.OGRN, other.INNLE = "1037739877295", "7708503727"
	deputy := organization(11) // of the same organisation, not its head
	for what, signer := range map[string]ra.Form{"another organisation": other, "not the head": deputy, "a person": staff} {
		w := newWorld(t)
		document := newFile().xml()
		power, err := w.verifier(nil).Verify(t.Context(), document, w.signed(&signer, document), w.clock.Now())
		if !errors.Is(err, mchd.ErrSigner) || power != nil {
			t.Errorf("%s: got %v, want %v", what, err, mchd.ErrSigner)
		}
	}
}

func TestSignatureThatDoesNotCount(t *testing.T) {
	w := newWorld(t)
	document := newFile().xml()
	good := w.signed(&head, document)
	later := newFile()
	later.until = "2099-01-01"
	key, cert := w.certified(&staff)
	attached, err := cms.Sign(as, key, cert, cms.Options{At: start}, document)
	if err != nil {
		t.Fatal(err)
	}
	stranger := newWorld(t)
	for what, c := range map[string]struct {
		document, signature []byte
		want                string
	}{
		"another document": {later.xml(), good, "not what was signed"},
		"another root":     {document, stranger.signed(&head, document), "mchd: "},
		"no signature":     {document, nil, "mchd: "},
		"attached":         {document, attached, "not detached"},
	} {
		power, err := w.verifier(nil).Verify(t.Context(), c.document, c.signature, w.clock.Now())
		if err == nil || power != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, %v, want an error with %q", what, power, err, c.want)
			continue
		}
		discreet(t, err)
	}
	revoked := errors.New("revoked")
	v := w.verifier(func(c *mchd.Config) {
		c.Standing = func(_ context.Context, cert *csr.Certificate, at time.Time) error {
			if cert.Subject.Get(csr.OGRN) != head.OGRN || !at.Equal(w.clock.Now()) {
				t.Errorf("asked about %v at %v", cert.Subject, at)
			}
			return revoked
		}
	})
	if _, err := v.Verify(t.Context(), document, good, w.clock.Now()); !errors.Is(err, revoked) {
		t.Errorf("got %v, want %v", err, revoked)
	}
}

// TestSignedByACertificateThatHasEnded: the power counts as of the signing,
// and says so; what claims to be signed later than now does not.
func TestSignedByACertificateThatHasEnded(t *testing.T) {
	w := newWorld(t)
	f := newFile()
	f.until = "2029-01-01"
	key, cert := w.certified(&head)
	sign := func(at time.Time) []byte {
		signature, err := cms.Sign(as, key, cert, cms.Options{Detached: true, At: at}, f.xml())
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}
	then := sign(start.Add(time.Hour))
	w.clock.Advance(400 * 24 * time.Hour)
	power, err := w.verifier(nil).Verify(t.Context(), f.xml(), then, w.clock.Now())
	if err != nil || !power.Ended {
		t.Fatalf("got %+v, %v, want the power, its signer's certificate ended", power, err)
	}
	for what, at := range map[string]time.Time{"after it had ended": w.clock.Now().Add(-time.Hour), "before it began": start.Add(-time.Hour)} {
		if power, err := w.verifier(nil).Verify(t.Context(), f.xml(), sign(at), w.clock.Now()); err == nil {
			t.Errorf("%s: got %+v, want an error", what, power)
		}
	}
}

func TestMalformed(t *testing.T) {
	w := newWorld(t)
	for what, c := range map[string]struct {
		change func(*file)
		want   string
	}{
		"number":             {func(f *file) { f.number = "7" }, "НомДовер"},
		"term":               {func(f *file) { f.until = "01.11.2027" }, "СрокДейст"},
		"ends before":        {func(f *file) { f.until = "2026-10-01" }, "СрокДейст"},
		"no principal":       {func(f *file) { f.principal = "" }, "Доверит"},
		"two principals":     {func(f *file) { f.principal += f.principal }, "Доверит"},
		"check digit":        {func(f *file) { f.principal = strings.Replace(f.principal, head.OGRN, "1027700132194", 1) }, "ОГРН"},
		"SNILS":              {func(f *file) { f.representatives = person(&staff, "11223344596", staff.INN) }, "СНИЛС"},
		"INN":                {func(f *file) { f.representatives = person(&staff, staff.SNILS, "1") }, "ИННФЛ"},
		"no name":            {func(f *file) { f.representatives = strings.Replace(f.representatives, "<ФИО", "<ИОФ", 1) }, "ФИО"},
		"alone or together":  {func(f *file) { f.joint = "" }, "ПрСовмПолн"},
		"no powers":          {func(f *file) { f.powers = "" }, "СвПолн"},
		"a power of no code": {func(f *file) { f.powers = "<МашПолн/>" }, "КодПолн"},
	} {
		f := newFile()
		c.change(&f)
		power, err := w.verifier(nil).Verify(t.Context(), f.xml(), nil, start)
		if err == nil || power != nil || !strings.Contains(err.Error(), c.want+" is missing, repeated or malformed") {
			t.Errorf("%s: got %v, want %s named", what, err, c.want)
			continue
		}
		discreet(t, err)
	}
	good := string(newFile().xml())
	for what, text := range map[string]string{
		"another version":   strings.Replace(good, `ВерсФорм="EMCHD_1"`, `ВерсФорм="002"`, 1),
		"another namespace": strings.Replace(good, "EMCHD_1", "EMCHD_2", 1),
		"another root":      strings.ReplaceAll(good, "Доверенность", "Файл"),
		"a document type":   strings.Replace(good, "<Доверенность", "<!DOCTYPE x><Доверенность", 1),
		"too large":         good + strings.Repeat(" ", mchd.MaxSize),
		"nothing":           "",
	} {
		if _, err := w.verifier(nil).Verify(t.Context(), []byte(text), nil, start); err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
	passed := strings.NewReplacer("<Довер>", "<Передов>", "</Довер>", "</Передов>").Replace(good)
	if _, err := w.verifier(nil).Verify(t.Context(), []byte(passed), nil, start); !errors.Is(err, mchd.ErrRedelegated) {
		t.Errorf("got %v, want %v", err, mchd.ErrRedelegated)
	}
}

func TestNew(t *testing.T) {
	for _, c := range []mchd.Config{{}, {Algorithms: as}} {
		if _, err := mchd.New(c); err == nil {
			t.Errorf("got no error of %+v", c)
		}
	}
}
