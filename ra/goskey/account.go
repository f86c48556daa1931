package goskey

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
)

// Account is a person's account at the state portal (ESIA), and what the state
// knows of him besides. Required: SNILS, Subject, Login, Password and Phone.
type Account struct {
	SNILS     string   // 11 digits
	Subject   csr.Name // of his certificates; bears the SNILS
	Login     string
	Password  string
	Phone     string // where codes are sent, as +79161234567
	Confirmed bool   // he once showed who he is; others get no certificate

	ChipPassport string // number of his passport with a chip; "": he has none
	Biometrics   string // what the biometric system has of him; "": nothing
}

// account is an Account with what the server keeps of it.
type account struct {
	Account
	phone   *Phone // registered last; nil: none
	code    code
	visited bool             // an office has seen the person and his papers
	order   []ra.OperationID // packages, the oldest first
	keys    []ra.OperationID
	events  []Event
}

// Enrolment is how far a person has come with his phone: when he gave his
// consent, and so on; the zero time where he did not. These are the facts that
// process goskey asks for before a request begins.
type Enrolment struct {
	Consent time.Time // to the transfer of the account's data (S0.1.3)
	Phone   time.Time // the code from the SMS was right (S0.1.4)
	Licence time.Time // accepted (S0.1.5)
	Entropy time.Time // the random numbers are collected (S0.1.7)
	UNEP    time.Time // the unqualified certificate is there (S0.1.8)
}

// AddAccount opens an account. A SNILS or login that has one already is an
// error.
func (e *Emulator) AddAccount(a Account) error {
	switch {
	case a.SNILS == "" || a.Login == "" || a.Password == "" || a.Phone == "":
		return errors.New("goskey: account: one of SNILS, Login, Password and Phone is missing")
	case a.Subject.Get(csr.SNILS) != a.SNILS:
		return errors.New("goskey: account: the subject bears another SNILS")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for snils, have := range e.accounts {
		if snils == a.SNILS || have.Login == a.Login {
			return errors.New("goskey: account: there is one with this SNILS or login")
		}
	}
	e.accounts[a.SNILS] = &account{Account: a}
	return nil
}

// ConfirmAccount records that the person has shown at an office of the portal
// who he is. ra.ErrNotFound if he has no account.
func (e *Emulator) ConfirmAccount(snils string) error {
	return e.about(snils, func(a *account) { a.Confirmed = true })
}

// Visit records that an officer of the tax service or of an authority has seen
// the person and his papers: what Identify in person goes by. ra.ErrNotFound
// if he has no account.
func (e *Emulator) Visit(snils string) error {
	return e.about(snils, func(a *account) {
		a.visited = true
		e.tell(a, EventIdentified, "Личность подтверждена: "+qualified.InPerson.String(), "")
	})
}

// Enrolment tells how far the person has come on the phone he registered last.
// ra.ErrNotFound if he has no account.
func (e *Emulator) Enrolment(snils string) (found Enrolment, err error) {
	err = e.about(snils, func(a *account) {
		if a.phone != nil {
			found = a.phone.enrolment
		}
	})
	return found, err
}

func (e *Emulator) about(snils string, do func(*account)) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.accounts[snils]
	if a == nil {
		return fmt.Errorf("%w: account at the portal", ra.ErrNotFound)
	}
	do(a)
	return nil
}

// register makes p the person's phone. The one before it is cut off.
func (e *Emulator) register(p *Phone) {
	if old := p.account.phone; old != nil && old != p {
		old.wipe(Displaced)
	}
	p.account.phone = p
}

// SMS is a message with a code, as it arrives at a phone number.
type SMS struct {
	At   time.Time
	Code string // six digits
}

// SMS returns the messages to a number, the latest first.
func (e *Emulator) SMS(number string) []SMS {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := make([]SMS, 0, len(e.numbers[number]))
	for _, m := range e.numbers[number] {
		list = append([]SMS{m}, list...)
	}
	return list
}

// How codes are sent and tried.
const (
	CodeTries = 3                // of one code
	CodeLife  = 5 * time.Minute  // of one code
	CodePause = time.Minute      // between two of them
	CoolDown  = 15 * time.Minute // after three wrong codes or passwords
)

// code is what was sent to an account's phone number.
type code struct {
	text   string // "": none that could be tried
	left   int
	sent   time.Time
	closed time.Time // no code is sent or tried before
}

// send makes a new code and sends it. *ra.WaitError if it is too soon.
func (a *account) send(e *Emulator) error {
	now := e.Clock.Now()
	if now.Before(a.code.closed) {
		return &ra.WaitError{Until: a.code.closed}
	}
	if next := a.code.sent.Add(CodePause); !a.code.sent.IsZero() && now.Before(next) {
		return &ra.WaitError{Until: next}
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return fmt.Errorf("goskey: code: %w", err)
	}
	a.code = code{text: fmt.Sprintf("%06d", n), left: CodeTries, sent: now}
	e.numbers[a.Phone] = append(e.numbers[a.Phone], SMS{At: now, Code: a.code.text})
	return nil
}

// enter tries a code: a right one is spent, and three wrong ones close the
// account for a while.
func (a *account) enter(text string, now time.Time) error {
	switch {
	case now.Before(a.code.closed):
		return &ra.WaitError{Until: a.code.closed}
	case a.code.text == "" || !now.Before(a.code.sent.Add(CodeLife)):
		a.code.text = ""
		return &ra.CodeError{}
	case subtle.ConstantTimeCompare([]byte(a.code.text), []byte(text)) == 1:
		a.code = code{}
		return nil
	}
	a.code.left--
	if a.code.left == 0 {
		a.code.text, a.code.closed = "", now.Add(CoolDown)
	}
	return &ra.CodeError{Left: a.code.left}
}
