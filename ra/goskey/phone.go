package goskey

import (
	"crypto/sha256"
	"crypto/subtle"
	"time"
	"unicode/utf8"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
)

// Phone is one person's application: what a finger does to it.
// [Emulator.NewPhone] gives a fresh one.
type Phone struct {
	emulator  *Emulator
	account   *account // nil until the person has logged in
	stage     Stage
	enrolment Enrolment

	password *[sha256.Size]byte // hash of the application's; nil: none is set
	locked   bool
	tries    int       // of the password, that are left
	closed   time.Time // no password is tried before

	x, y, touches int // the last touch, and how many there were
	unep, ukep    *holding
	company       []*holding // issued by others, for keys made here
	making        *making    // a certificate that is not there yet
	fetching      bool       // the authority is being asked for it
}

// NewPhone is a phone with the application just installed (S0.1.1, S0.1.2).
func (e *Emulator) NewPhone() *Phone { return &Phone{emulator: e, stage: AtLogin} }

// do carries out one act of the person.
func (p *Phone) do(act string, f func() error, stages ...Stage) error {
	p.emulator.mu.Lock()
	defer p.emulator.mu.Unlock()
	if err := p.at(act, stages...); err != nil {
		return err
	}
	if p.locked {
		return ErrLocked
	}
	return f()
}

// Stage is what the phone waits for.
func (p *Phone) Stage() Stage {
	p.emulator.mu.Lock()
	defer p.emulator.mu.Unlock()
	return p.stage
}

// LogIn takes the login and password of the state portal and the consent to
// the transfer of the account's data, and has a code sent to the phone number
// of the account (S0.1.3). ErrLogin; ErrConsent; ErrUnconfirmed: only confirmed
// accounts will do; *ra.WaitError if a code was sent just now.
func (p *Phone) LogIn(login, password string, consent bool) error {
	return p.do("log in", func() error {
		var found *account
		for _, a := range p.emulator.accounts {
			known := a.Login != "" && a.Login == login
			if known && subtle.ConstantTimeCompare([]byte(a.Password), []byte(password)) == 1 {
				found = a
			}
		}
		switch {
		case found == nil:
			return ErrLogin
		case !found.Confirmed:
			return ErrUnconfirmed
		case !consent:
			return ErrConsent
		}
		if err := found.send(p.emulator); err != nil {
			return err
		}
		p.enrolment = Enrolment{Consent: p.emulator.Clock.Now()}
		p.account, p.stage = found, AtCode
		return nil
	}, AtLogin)
}

// ResendCode sends another code; the one before it counts no more.
// *ra.WaitError within a minute, or while the account is closed.
func (p *Phone) ResendCode() error {
	return p.do("resend the code", func() error { return p.account.send(p.emulator) }, AtCode)
}

// EnterCode takes the code from the SMS (S0.1.4) and makes this the person's
// phone. A wrong or old one is a *ra.CodeError with the tries left; after the
// third the account is closed for a while: *ra.WaitError.
func (p *Phone) EnterCode(text string) error {
	return p.do("enter the code", func() error {
		now := p.emulator.Clock.Now()
		if err := p.account.enter(text, now); err != nil {
			return err
		}
		p.emulator.register(p)
		p.enrolment.Phone, p.stage = now, AtLicence
		return nil
	}, AtCode)
}

// AcceptLicence accepts the licence (S0.1.5).
func (p *Phone) AcceptLicence() error {
	return p.do("accept the licence", func() error {
		p.enrolment.Licence, p.stage = p.emulator.Clock.Now(), AtPassword
		return nil
	}, AtLicence)
}

// SetPassword sets the application's password (S0.1.6). It cannot be had
// again. ErrWeakPassword if it is shorter than eight characters.
func (p *Phone) SetPassword(password string) error {
	return p.do("set the password", func() error {
		if utf8.RuneCountInString(password) < 8 {
			return ErrWeakPassword
		}
		hash := sha256.Sum256([]byte(password))
		p.password, p.tries, p.stage = &hash, CodeTries, AtEntropy
		return nil
	}, AtPassword)
}

// Touches is how many different touches the application collects.
const Touches = 64

// Touch is a finger at a point of the screen, for the random numbers (S0.1.7).
// It tells how many more are needed; the same point again does not count.
func (p *Phone) Touch(x, y int) (left int, err error) {
	err = p.do("touch", func() error {
		if p.touches == 0 || x != p.x || y != p.y {
			p.x, p.y = x, y
			p.touches++
		}
		if left = Touches - p.touches; left == 0 {
			p.enrolment.Entropy, p.stage = p.emulator.Clock.Now(), AtUNEP
		}
		return nil
	}, AtEntropy)
	return left, err
}

// Lock locks the application, if it has a password.
func (p *Phone) Lock() {
	p.emulator.mu.Lock()
	defer p.emulator.mu.Unlock()
	p.locked = p.password != nil
}

// Unlock opens it again. ErrPassword if the password is wrong; after the third
// wrong one *ra.WaitError for a while.
func (p *Phone) Unlock(password string) error {
	p.emulator.mu.Lock()
	defer p.emulator.mu.Unlock()
	now := p.emulator.Clock.Now()
	switch {
	case !p.locked:
		return nil
	case now.Before(p.closed):
		return &ra.WaitError{Until: p.closed}
	}
	hash := sha256.Sum256([]byte(password))
	if subtle.ConstantTimeCompare(hash[:], p.password[:]) != 1 {
		if p.tries--; p.tries == 0 {
			p.tries, p.closed = CodeTries, now.Add(CoolDown)
		}
		return ErrPassword
	}
	p.locked, p.tries = false, CodeTries
	return nil
}

// Reinstall is what is left to a person who has forgotten the password: the
// application begins anew, and keys and certificates are gone. Requests for
// keys that were made here end as refused.
func (p *Phone) Reinstall() error {
	p.emulator.mu.Lock()
	defer p.emulator.mu.Unlock()
	if p.stage == Displaced {
		return &StageError{Act: "reinstall", Stage: p.stage}
	}
	if a := p.account; a != nil && a.phone == p {
		a.phone = nil
	}
	p.wipe(AtLogin)
	return nil
}

// wipe forgets everything that was on the phone.
func (p *Phone) wipe(to Stage) {
	for _, k := range p.emulator.keys {
		if k.phone == p {
			k.lose()
		}
	}
	*p = Phone{emulator: p.emulator, stage: to}
}

// Certificate is the qualified one of the person, by which packages are
// signed; if there is none, the one issued last for a key made here, then the
// unqualified one, then nil.
func (p *Phone) Certificate() *csr.Certificate {
	p.emulator.mu.Lock()
	defer p.emulator.mu.Unlock()
	for _, level := range []ra.Level{ra.QualifiedLevel, ra.UnqualifiedLevel} {
		if h := p.signer(level); h != nil {
			return h.certificate
		}
	}
	return nil
}
