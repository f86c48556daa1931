package goskey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/ra"
)

// pack is a package of documents and what became of it.
type pack struct {
	ra.SignRequest
	id        ra.OperationID
	account   *account // nil: nobody has it
	operation ra.Operation
	viewed    bool
	ended     time.Time
}

// end settles a package.
func (pk *pack) end(e *Emulator, at time.Time, o ra.Operation, kind EventKind) {
	pk.operation, pk.ended = o, at
	e.tellAt(pk.account, at, kind, pk.Title, pk.id)
}

// Submit delivers a package to the person's phone, once under each key.
// SignerNotFound if he has none.
func (e *Emulator) Submit(_ context.Context, r ra.SignRequest) (ra.OperationID, error) {
	if len(r.Documents) == 0 {
		return "", errors.New("goskey: a package without documents")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if id, ok := e.byKey["package/"+r.Key]; ok {
		return id, nil
	}
	id := ra.OperationID(newID())
	p := &pack{SignRequest: r, id: id, operation: ra.Operation{State: ra.AwaitingUser}}
	if a := e.accounts[r.SNILS]; a != nil && a.phone != nil {
		p.account = a
		a.order = append(a.order, id)
		e.tell(a, EventPackage, r.Title, id)
	} else {
		p.operation = ra.Operation{State: ra.SignerNotFound, Reason: notInstalled}
	}
	e.packages[id], e.byKey["package/"+r.Key] = p, id
	return id, nil
}

const (
	notInstalled = "приложение Госключ у этого человека не установлено"
	tooLate      = "срок подписания истёк"
	withdrawn    = "пакет отозван отправителем"
	declined     = "владелец отказался подписывать"
)

// Status tells where a package stands; one whose deadline has passed expires.
func (e *Emulator) Status(_ context.Context, id ra.OperationID) (ra.Operation, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.packages[id]
	if p == nil {
		return ra.Operation{}, fmt.Errorf("%w: package %s", ra.ErrNotFound, id)
	}
	e.expire(p)
	return p.operation, nil
}

func (e *Emulator) expire(p *pack) {
	if p.operation.State == ra.AwaitingUser && !e.Clock.Now().Before(p.Deadline) {
		p.end(e, p.Deadline, ra.Operation{State: ra.SigningExpired, Reason: tooLate}, EventEnded)
	}
}

// Cancel withdraws a package that is not signed yet.
func (e *Emulator) Cancel(_ context.Context, id ra.OperationID) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.packages[id]
	if p == nil {
		return fmt.Errorf("%w: package %s", ra.ErrNotFound, id)
	}
	e.expire(p)
	if p.operation.State == ra.AwaitingUser {
		p.end(e, e.Clock.Now(), ra.Operation{State: ra.SigningExpired, Reason: withdrawn}, EventEnded)
	}
	return nil
}

// Package is what the person sees of a package.
type Package struct {
	ID          ra.OperationID
	Title       string
	Documents   []ra.SignDocument
	Acknowledge bool      // «Я проверил документы» must be ticked
	Level       ra.Level  // of the certificate to sign with
	Deadline    time.Time // to sign

	State ra.OperationState // AwaitingUser in the list of those that wait
	Ended time.Time         // when it was signed or came to another end (S0.3.5)
}

// Packages returns those that wait for the person, the oldest first.
func (p *Phone) Packages() []Package {
	return p.packages(func(pk *pack) bool { return pk.operation.State == ra.AwaitingUser })
}

// History returns those that have ended, the oldest first, with status and
// date (S0.3.5).
func (p *Phone) History() []Package {
	return p.packages(func(pk *pack) bool { return pk.operation.State != ra.AwaitingUser })
}

func (p *Phone) packages(which func(*pack) bool) []Package {
	e := p.emulator
	e.mu.Lock()
	defer e.mu.Unlock()
	if p.account == nil || p.account.phone != p {
		return nil
	}
	var list []Package
	for _, id := range p.account.order {
		pk := e.packages[id]
		if e.expire(pk); which(pk) {
			list = append(list, Package{
				id, pk.Title, slices.Clone(pk.Documents), pk.Acknowledge, pk.Level, pk.Deadline, pk.operation.State, pk.ended,
			})
		}
	}
	return list
}

// View shows the documents; only then can they be signed (S0.3.3).
// ErrNotWaiting if the package is another's, or has ended.
func (p *Phone) View(id ra.OperationID) error {
	return p.act("view", id, func(pk *pack) error {
		pk.viewed = true
		return nil
	})
}

// Sign signs every document with a detached CMS (S0.3.4). Checked is the tick
// at «Я проверил документы», which some packages require (S1.9). ErrNotViewed;
// ErrNotChecked; ErrNoCertificate; ErrNotWaiting.
func (p *Phone) Sign(id ra.OperationID, checked bool) error {
	return p.act("sign", id, func(pk *pack) error {
		h := p.signer(pk.Level)
		switch {
		case h == nil:
			return ErrNoCertificate
		case !pk.viewed:
			return ErrNotViewed
		case pk.Acknowledge && !checked:
			return ErrNotChecked
		}
		e := p.emulator
		var signatures [][]byte
		for _, d := range pk.Documents {
			s, err := cms.Sign(e.Algorithms, h.key, h.certificate, cms.Options{Detached: true, At: e.Clock.Now()}, d.Data)
			if err != nil {
				return fmt.Errorf("goskey: %s: %w", d.Name, err)
			}
			signatures = append(signatures, s)
		}
		pk.end(e, e.Clock.Now(), ra.Operation{State: ra.Signed, Signatures: signatures}, EventSigned)
		return nil
	})
}

// Decline refuses to sign. ErrNotWaiting.
func (p *Phone) Decline(id ra.OperationID) error {
	return p.act("decline", id, func(pk *pack) error {
		pk.end(p.emulator, p.emulator.Clock.Now(), ra.Operation{State: ra.RefusedByUser, Reason: declined}, EventDeclined)
		return nil
	})
}

// act does something to a package that waits for the person.
func (p *Phone) act(what string, id ra.OperationID, do func(*pack) error) error {
	return p.do(what, func() error {
		pk := p.emulator.packages[id]
		if pk == nil || pk.account != p.account {
			return ErrNotWaiting
		}
		p.emulator.expire(pk)
		if pk.operation.State != ra.AwaitingUser {
			return ErrNotWaiting
		}
		return do(pk)
	}, enrolled...)
}

// enrolled are the stages of a phone that holds a certificate.
var enrolled = []Stage{AtIdentification, AtUKEP, Ready}
