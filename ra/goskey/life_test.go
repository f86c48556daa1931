package goskey_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey"
)

const number, secret = "+79160000001", "восемь-букв"

// open gives an invented person an account at the portal.
func (w *world) open(t testing.TB, seed uint64, change func(*goskey.Account)) goskey.Account {
	t.Helper()
	p := testenv.NewPerson(seed)
	a := goskey.Account{
		SNILS: p.SNILS, Subject: newName(t, csr.NewAttribute(csr.SNILS, p.SNILS), csr.NewAttribute(csr.CommonName, p.LastName)),
		Login: p.Email, Password: "пароль портала", Phone: number, Confirmed: true,
	}
	if change != nil {
		change(&a)
	}
	if err := w.AddAccount(a); err != nil {
		t.Fatal(err)
	}
	return a
}

// code is the latest code that was sent to the number.
func (w *world) code(t testing.TB) string {
	t.Helper()
	list := w.SMS(number)
	if len(list) == 0 {
		t.Fatal("got no SMS")
	}
	return list[0].Code
}

// steps are the acts of seed 000 up to the unqualified certificate, by the
// stage they begin at.
func (w *world) steps(t testing.TB, p *goskey.Phone, a goskey.Account) map[goskey.Stage]func() error {
	return map[goskey.Stage]func() error{
		goskey.AtLogin:    func() error { return p.LogIn(a.Login, a.Password, true) },
		goskey.AtCode:     func() error { return p.EnterCode(w.code(t)) },
		goskey.AtLicence:  p.AcceptLicence,
		goskey.AtPassword: func() error { return p.SetPassword(secret) },
		goskey.AtEntropy: func() error {
			for i := range goskey.Touches {
				if left, err := p.Touch(i, i); err != nil || left != goskey.Touches-1-i {
					return errors.Join(err, errors.New("a touch does not count"))
				}
			}
			return nil
		},
		goskey.AtUNEP: func() error { return p.ConfirmUNEP(t.Context()) },
	}
}

// arrive leads a phone to a stage.
func (w *world) arrive(t testing.TB, p *goskey.Phone, a goskey.Account, at goskey.Stage) {
	t.Helper()
	steps := w.steps(t, p, a)
	for p.Stage() != at {
		if err := steps[p.Stage()](); err != nil {
			t.Fatalf("at %s: %v", p.Stage(), err)
		}
	}
}

// TestStages goes the way of seed 000 step by step. At each stage every act of
// another stage is refused and changes nothing.
func TestStages(t *testing.T) {
	w := newWorld(t, nil)
	a, p := w.open(t, 2, nil), w.NewPhone()
	steps := w.steps(t, p, a)
	delete(steps, goskey.AtEntropy)
	steps["touch"] = func() error { _, err := p.Touch(1, 1); return err }
	order := []goskey.Stage{goskey.AtLogin, goskey.AtCode, goskey.AtLicence, goskey.AtPassword, goskey.AtEntropy, goskey.AtUNEP, goskey.AtIdentification}
	for i, at := range order {
		if p.Stage() != at || at.Title() == "" {
			t.Fatalf("got stage %s %q, want %s with a title", p.Stage(), at.Title(), at)
		}
		for other, act := range steps {
			if other == at || at == goskey.AtEntropy && other == "touch" {
				continue
			}
			var wrong *goskey.StageError
			if other == goskey.AtCode {
				act = func() error { return p.EnterCode("000000") }
			}
			if err := act(); !errors.As(err, &wrong) || wrong.Stage != at || p.Stage() != at {
				t.Errorf("at %s, act of %s: got %v, want *StageError", at, other, err)
			}
		}
		if i+1 < len(order) {
			w.clock.Advance(time.Second)
			w.arrive(t, p, a, order[i+1])
		}
	}
	got, err := w.Enrolment(a.SNILS)
	want := goskey.Enrolment{
		Consent: start.Add(time.Second), Phone: start.Add(2 * time.Second), Licence: start.Add(3 * time.Second),
		Entropy: start.Add(5 * time.Second), UNEP: start.Add(6 * time.Second),
	}
	if err != nil || got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if list := p.Certificates(); len(list) != 1 || list[0].Subject.Get(csr.SNILS) != a.SNILS {
		t.Errorf("got %d certificates, want one, of the person", len(list))
	}
}

// TestIdentification gets the qualified certificate in each of the three ways
// of seed 001, each of which fails before it fits.
func TestIdentification(t *testing.T) {
	w := newWorld(t, nil)
	for i, c := range []struct {
		how    qualified.Identification
		proof  string
		before func(snils string) error
	}{
		{qualified.InPerson, "", w.Visit},
		{qualified.ByChipPassport, "750000001", nil},
		{qualified.ByBiometrics, "лицо и голос", nil},
	} {
		a := w.open(t, uint64(10+i), func(a *goskey.Account) {
			a.ChipPassport, a.Biometrics, a.Phone = "750000001", "лицо и голос", number
		})
		p := w.NewPhone()
		w.arrive(t, p, a, goskey.AtIdentification)
		if c.how != qualified.InPerson {
			c.before = func(string) error { return nil }
		}
		for _, wrong := range []string{"", "750000002"} {
			if err := p.Identify(c.how, wrong); !errors.Is(err, goskey.ErrNotIdentified) || p.Stage() != goskey.AtIdentification {
				t.Errorf("%v: got %v, want ErrNotIdentified", c.how, err)
			}
		}
		if err := p.Identify(qualified.ByCertificate, ""); err == nil {
			t.Error("by a certificate, which the person does not have: got no error")
		}
		if err := errors.Join(c.before(a.SNILS), p.Identify(c.how, c.proof)); err != nil || p.Stage() != goskey.AtUKEP {
			t.Fatalf("%v: got %v at %s", c.how, err, p.Stage())
		}
		if err := p.ConfirmUKEP(t.Context()); err != nil || p.Stage() != goskey.Ready {
			t.Fatalf("%v: got %v at %s", c.how, err, p.Stage())
		}
		e, ok := csr.FindExtension(p.Certificate().Extensions, qualified.NewIdentificationKind(c.how).ID)
		if want := qualified.NewIdentificationKind(c.how).Value; !ok || !slices.Equal(e.Value, want) {
			t.Errorf("%v: the certificate says %x, want %x", c.how, e.Value, want)
		}
		if len(p.Certificates()) != 2 {
			t.Errorf("got %d certificates, want both", len(p.Certificates()))
		}
	}
}

func TestNoWay(t *testing.T) {
	w := newWorld(t, nil)
	a := w.open(t, 2, nil) // neither passport with a chip nor biometrics
	p := w.NewPhone()
	w.arrive(t, p, a, goskey.AtIdentification)
	for _, how := range []qualified.Identification{qualified.InPerson, qualified.ByChipPassport, qualified.ByBiometrics} {
		if err := p.Identify(how, ""); !errors.Is(err, goskey.ErrNotIdentified) {
			t.Errorf("%v: got %v, want ErrNotIdentified", how, err)
		}
	}
}

func TestLogIn(t *testing.T) {
	w := newWorld(t, nil)
	a := w.open(t, 2, func(a *goskey.Account) { a.Confirmed = false })
	p := w.NewPhone()
	for what, c := range map[string]struct {
		login, password string
		consent         bool
		want            error
	}{
		"another's login": {"nobody@example.org", a.Password, true, goskey.ErrLogin},
		"wrong password":  {a.Login, "другой", true, goskey.ErrLogin},
		"no login":        {"", "", true, goskey.ErrLogin},
		"unconfirmed":     {a.Login, a.Password, true, goskey.ErrUnconfirmed},
	} {
		if err := p.LogIn(c.login, c.password, c.consent); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", what, err, c.want)
		}
	}
	if err := w.ConfirmAccount(a.SNILS); err != nil {
		t.Fatal(err)
	}
	if err := p.LogIn(a.Login, a.Password, false); !errors.Is(err, goskey.ErrConsent) {
		t.Errorf("no consent: got %v, want ErrConsent", err)
	}
	if list := w.SMS(number); len(list) != 0 {
		t.Errorf("got %d messages, want none before the login", len(list))
	}
	w.arrive(t, p, a, goskey.AtCode)
	if err := w.AddAccount(a); err == nil {
		t.Error("a second account of the same person: got no error")
	}
	if err := w.ConfirmAccount("00000000000"); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("nobody's account: got %v, want ErrNotFound", err)
	}
}

// TestCode tries codes: three wrong ones close the account, on every phone,
// for a while; a code lives five minutes; another may be sent in a minute.
func TestCode(t *testing.T) {
	w := newWorld(t, nil)
	a, p := w.open(t, 2, nil), w.NewPhone()
	w.arrive(t, p, a, goskey.AtCode)
	wrong := func() string {
		if w.code(t) == "000000" {
			return "000001"
		}
		return "000000"
	}
	var code *ra.CodeError
	var wait *ra.WaitError
	for left := goskey.CodeTries - 1; left >= 0; left-- {
		if err := p.EnterCode(wrong()); !errors.As(err, &code) || code.Left != left {
			t.Errorf("got %v, want a *CodeError with %d left", err, left)
		}
	}
	if err := p.EnterCode(w.code(t)); !errors.As(err, &wait) || !wait.Until.Equal(start.Add(goskey.CoolDown)) {
		t.Errorf("the right code, too late: got %v, want *WaitError", err)
	}
	if err := w.NewPhone().LogIn(a.Login, a.Password, true); !errors.As(err, &wait) {
		t.Errorf("on another phone: got %v, want *WaitError", err)
	}
	w.clock.Advance(goskey.CoolDown)
	if err := p.EnterCode(w.code(t)); !errors.As(err, &code) || code.Left != 0 {
		t.Errorf("a spent code: got %v, want *CodeError with none left", err)
	}
	if err := p.ResendCode(); err != nil {
		t.Fatal(err)
	}
	if err := p.ResendCode(); !errors.As(err, &wait) || !wait.Until.Equal(w.clock.Now().Add(goskey.CodePause)) {
		t.Errorf("at once: got %v, want *WaitError", err)
	}
	w.clock.Advance(goskey.CodeLife)
	if err := p.EnterCode(w.code(t)); !errors.As(err, &code) || code.Left != 0 {
		t.Errorf("an old code: got %v, want *CodeError with none left", err)
	}
	second := w.NewPhone()
	if err := second.LogIn(a.Login, a.Password, true); err != nil {
		t.Fatal(err)
	}
	if err := p.EnterCode(w.code(t)); err != nil || p.Stage() != goskey.AtLicence {
		t.Errorf("got %v at %s, want the licence", err, p.Stage())
	}
	if err := second.EnterCode(w.code(t)); !errors.As(err, &code) || code.Left != 0 {
		t.Errorf("the same code on another phone: got %v, want *CodeError with none left", err)
	}
}

func TestPassword(t *testing.T) {
	w := newWorld(t, nil)
	a, p := w.open(t, 2, nil), w.NewPhone()
	w.arrive(t, p, a, goskey.AtPassword)
	if err := p.SetPassword("семь-бу"); !errors.Is(err, goskey.ErrWeakPassword) {
		t.Errorf("got %v, want ErrWeakPassword", err)
	}
	w.arrive(t, p, a, goskey.AtIdentification)
	p.Lock()
	if err := p.Identify(qualified.InPerson, ""); !errors.Is(err, goskey.ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	for range goskey.CodeTries {
		if err := p.Unlock("другой пароль"); !errors.Is(err, goskey.ErrPassword) {
			t.Errorf("got %v, want ErrPassword", err)
		}
	}
	var wait *ra.WaitError
	if err := p.Unlock(secret); !errors.As(err, &wait) {
		t.Errorf("got %v, want *WaitError", err)
	}
	w.clock.Advance(goskey.CoolDown)
	if err := p.Unlock(secret); err != nil {
		t.Fatal(err)
	}
	if err := p.Identify(qualified.InPerson, ""); !errors.Is(err, goskey.ErrNotIdentified) {
		t.Errorf("unlocked: got %v, want ErrNotIdentified", err)
	}
}

// TestTouches counts a finger that does not move once.
func TestTouches(t *testing.T) {
	w := newWorld(t, nil)
	a, p := w.open(t, 2, nil), w.NewPhone()
	w.arrive(t, p, a, goskey.AtEntropy)
	for range 2 * goskey.Touches {
		if left, err := p.Touch(0, 0); err != nil || left != goskey.Touches-1 {
			t.Fatalf("got %d, %v, want one touch counted", left, err)
		}
	}
}

// TestSecondPhone registers another phone: the first has lost everything, and
// what waits for the person waits on the second.
func TestSecondPhone(t *testing.T) {
	w := newWorld(t, nil)
	a, first := w.open(t, 2, nil), w.NewPhone()
	w.arrive(t, first, a, goskey.AtIdentification)
	r := w.request("1")
	r.SNILS, r.Level, r.Acknowledge = a.SNILS, ra.UnqualifiedLevel, false
	id := w.submit(t, r)
	w.clock.Advance(time.Hour)
	second := w.NewPhone()
	w.arrive(t, second, a, goskey.AtCode)
	if first.Stage() != goskey.AtIdentification || len(first.Packages()) != 1 {
		t.Error("the first phone is lost before the code was entered")
	}
	w.arrive(t, second, a, goskey.AtUNEP)
	var stage *goskey.StageError
	if err := first.View(id); !errors.As(err, &stage) || stage.Stage != goskey.Displaced || first.Certificate() != nil || first.Packages() != nil || first.Events() != nil {
		t.Errorf("the first phone: got %v, want it displaced and empty", err)
	}
	if err := second.View(id); !errors.As(err, &stage) {
		t.Errorf("before there is a certificate: got %v, want *StageError", err)
	}
	w.arrive(t, second, a, goskey.AtIdentification)
	if err := errors.Join(second.View(id), second.Sign(id, false)); err != nil {
		t.Fatal(err)
	}
	w.state(t, id, ra.Signed)
	if err := first.Reinstall(); !errors.As(err, &stage) {
		t.Errorf("a displaced phone: got %v, want *StageError", err)
	}
}

// TestReinstall is a forgotten password: everything is gone, and nothing can be
// delivered until the person has a phone again.
func TestReinstall(t *testing.T) {
	w := newWorld(t, nil)
	a, p := w.open(t, 2, nil), w.NewPhone()
	w.arrive(t, p, a, goskey.AtIdentification)
	p.Lock()
	if err := p.Reinstall(); err != nil || p.Stage() != goskey.AtLogin || p.Certificates() != nil {
		t.Fatalf("got %v at %s with %d certificates", err, p.Stage(), len(p.Certificates()))
	}
	r := w.request("1")
	r.SNILS = a.SNILS
	w.state(t, w.submit(t, r), ra.SignerNotFound)
	if got, _ := w.Enrolment(a.SNILS); got != (goskey.Enrolment{}) {
		t.Errorf("got enrolment %v, want none", got)
	}
	w.clock.Advance(goskey.CodePause)
	w.arrive(t, p, a, goskey.AtIdentification)
}

// TestLevel wants the certificate of the level that was asked for.
func TestLevel(t *testing.T) {
	w := newWorld(t, nil)
	a, p := w.open(t, 2, nil), w.NewPhone()
	w.arrive(t, p, a, goskey.AtIdentification)
	r := w.request("1")
	r.SNILS = a.SNILS
	id := w.submit(t, r)
	if err := errors.Join(p.View(id), p.Sign(id, true)); !errors.Is(err, goskey.ErrNoCertificate) {
		t.Errorf("got %v, want ErrNoCertificate", err)
	}
	w.state(t, id, ra.AwaitingUser)
	if err := errors.Join(w.Visit(a.SNILS), p.Identify(qualified.InPerson, ""), p.ConfirmUKEP(t.Context()), p.Sign(id, true)); err != nil {
		t.Fatal(err)
	}
	w.state(t, id, ra.Signed)

	r = w.request("2") // to a phone that Enrol gave
	r.Level = ra.UnqualifiedLevel
	id = w.submit(t, r)
	if err := errors.Join(w.phone.View(id), w.phone.Sign(id, true)); !errors.Is(err, goskey.ErrNoCertificate) {
		t.Errorf("unqualified: got %v, want ErrNoCertificate", err)
	}
}

// slow is an authority that takes its time.
type slow struct {
	ra.CA
	keys  []string
	ready bool
}

func (s *slow) Submit(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
	if s.keys = append(s.keys, key); !s.ready {
		return ra.Outcome{State: ra.Pending}, nil
	}
	return s.CA.Submit(ctx, key, o)
}

// TestSlowAuthority asks again under the same key until there is a certificate.
func TestSlowAuthority(t *testing.T) {
	w := newWorld(t, nil)
	late := &slow{CA: w.CA}
	w.Config.UNEP = late
	a, p := w.open(t, 2, nil), w.NewPhone()
	w.arrive(t, p, a, goskey.AtUNEP)
	for range 2 {
		if err := p.ConfirmUNEP(t.Context()); !errors.Is(err, goskey.ErrPending) || p.Stage() != goskey.AtUNEP {
			t.Errorf("got %v at %s, want ErrPending", err, p.Stage())
		}
	}
	late.ready = true
	if err := p.ConfirmUNEP(t.Context()); err != nil || len(late.keys) != 3 || late.keys[0] != late.keys[2] {
		t.Errorf("got %v under keys %v, want one key", err, late.keys)
	}
	no := answer{outcome: ra.Outcome{State: ra.Refused, Reason: "нельзя"}}
	w.Config.CA = no
	if err := errors.Join(w.Visit(a.SNILS), p.Identify(qualified.InPerson, "")); err != nil {
		t.Fatal(err)
	}
	if err := p.ConfirmUKEP(t.Context()); !errors.Is(err, goskey.ErrRefused) || p.Stage() != goskey.AtUKEP {
		t.Errorf("got %v at %s, want ErrRefused", err, p.Stage())
	}
}
