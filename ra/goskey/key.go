package goskey

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
)

// keyOrder is a key pair that was asked for and what became of it.
type keyOrder struct {
	ra.KeyRequest
	id          ra.OperationID
	account     *account // nil: nobody has it
	operation   ra.KeyOperation
	phone       *Phone // that made it; nil: none, or it lost it
	key         *gost.PrivateKey
	request     *csr.Request
	certificate *csr.Certificate
}

// AskKey asks the person's phone for a key pair, once under each key.
// SignerNotFound if he has none.
func (e *Emulator) AskKey(_ context.Context, r ra.KeyRequest) (ra.OperationID, error) {
	if r.Template.Subject.Get(csr.SNILS) != r.SNILS {
		return "", errors.New("goskey: ask for a key: the subject bears another SNILS")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if id, ok := e.byKey["key/"+r.Key]; ok {
		return id, nil
	}
	id := ra.OperationID(newID())
	k := &keyOrder{KeyRequest: r, id: id, operation: ra.KeyOperation{State: ra.AwaitingUser}}
	if a := e.accounts[r.SNILS]; a != nil && a.phone != nil {
		k.account = a
		a.keys = append(a.keys, id)
		e.tell(a, EventKeyAsked, r.Title, id)
	} else {
		k.operation = ra.KeyOperation{State: ra.SignerNotFound, Reason: notInstalled}
	}
	e.keys[id], e.byKey["key/"+r.Key] = k, id
	return id, nil
}

// KeyStatus tells where a key stands; a question whose deadline has passed
// expires.
func (e *Emulator) KeyStatus(_ context.Context, id ra.OperationID) (o ra.KeyOperation, err error) {
	err = e.aboutKey(id, func(k *keyOrder) error {
		o = k.operation
		return nil
	})
	return o, err
}

// Install puts a certificate, DER, beside its key (S0.2.8). ErrOtherKey if it
// is not for that key and subject; ErrNotWaiting if the phone does not have the
// key any more.
func (e *Emulator) Install(_ context.Context, id ra.OperationID, der []byte) error {
	return e.aboutKey(id, func(k *keyOrder) error {
		switch {
		case k.phone == nil:
			return ErrNotWaiting
		case k.certificate != nil && bytes.Equal(k.certificate.Raw, der):
			return nil
		case k.certificate != nil:
			return ErrOtherKey
		}
		c, err := e.Algorithms.ParseCertificate(der)
		if err != nil {
			return fmt.Errorf("goskey: install: %w", err)
		}
		if err := c.Matches(k.request); err != nil {
			return fmt.Errorf("%w: %w", ErrOtherKey, err)
		}
		k.certificate = c
		k.phone.company = append(k.phone.company, &holding{k.key, c})
		e.tell(k.account, EventCertificate, "Получен новый сертификат: "+k.Title, id)
		return nil
	})
}

// DropKey has the phone forget a key pair and its certificate.
func (e *Emulator) DropKey(_ context.Context, id ra.OperationID) error {
	return e.aboutKey(id, func(k *keyOrder) error {
		switch k.operation.State {
		case ra.AwaitingUser, ra.KeyMade:
			k.forget()
			k.end(e, e.Clock.Now(), ra.KeyOperation{State: ra.SigningExpired, Reason: withdrawn})
		}
		return nil
	})
}

func (e *Emulator) aboutKey(id ra.OperationID, do func(*keyOrder) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	k := e.keys[id]
	if k == nil {
		return fmt.Errorf("%w: key %s", ra.ErrNotFound, id)
	}
	k.expire(e)
	return do(k)
}

func (k *keyOrder) expire(e *Emulator) {
	if k.operation.State == ra.AwaitingUser && !e.Clock.Now().Before(k.Deadline) {
		k.end(e, k.Deadline, ra.KeyOperation{State: ra.SigningExpired, Reason: tooLate})
	}
}

func (k *keyOrder) end(e *Emulator, at time.Time, o ra.KeyOperation) {
	k.operation = o
	e.tellAt(k.account, at, EventKeyEnded, k.Title, k.id)
}

// forget takes the key pair and its certificate from the phone.
func (k *keyOrder) forget() {
	if p := k.phone; p != nil {
		var left []*holding
		for _, h := range p.company {
			if h.key != k.key {
				left = append(left, h)
			}
		}
		p.company = left
	}
	k.phone, k.key, k.request = nil, nil, nil
}

// lose is the end of a key with its phone.
func (k *keyOrder) lose() {
	k.forget()
	if k.certificate == nil && k.operation.State == ra.KeyMade {
		k.operation = ra.KeyOperation{State: ra.RefusedByUser, Reason: "ключ утрачен вместе с приложением"}
	}
}

// KeyRequest is what the person sees of a key that was asked for.
type KeyRequest struct {
	ID       ra.OperationID
	Title    string
	Subject  csr.Name // what the certificate will say (S0.2.6)
	Deadline time.Time
}

// KeyRequests returns those that wait for the person, the oldest first.
func (p *Phone) KeyRequests() []KeyRequest {
	e := p.emulator
	e.mu.Lock()
	defer e.mu.Unlock()
	if p.account == nil || p.account.phone != p {
		return nil
	}
	var list []KeyRequest
	for _, id := range p.account.keys {
		k := e.keys[id]
		if k.expire(e); k.operation.State == ra.AwaitingUser {
			list = append(list, KeyRequest{id, k.Title, k.Template.Subject, k.Deadline})
		}
	}
	return list
}

// MakeKey makes a key pair on the phone and a request for it, which goes back
// to whoever asked (S0.2.4, S0.2.5). ErrNotWaiting if nobody asks, or not this
// person, or not any more.
func (p *Phone) MakeKey(id ra.OperationID) error {
	return p.actKey("make a key", id, func(k *keyOrder) error {
		key, request, err := p.emulator.makeKey(&k.Template)
		if err != nil {
			return err
		}
		k.phone, k.key, k.request = p, key, request
		k.operation = ra.KeyOperation{State: ra.KeyMade, Request: request.Raw}
		p.emulator.tell(p.account, EventKeyMade, k.Title, id)
		return nil
	})
}

// RefuseKey declines to make one. ErrNotWaiting as MakeKey.
func (p *Phone) RefuseKey(id ra.OperationID) error {
	return p.actKey("refuse a key", id, func(k *keyOrder) error {
		k.end(p.emulator, p.emulator.Clock.Now(), ra.KeyOperation{State: ra.RefusedByUser, Reason: "владелец отказался создавать ключ"})
		return nil
	})
}

func (p *Phone) actKey(what string, id ra.OperationID, do func(*keyOrder) error) error {
	return p.do(what, func() error {
		k := p.emulator.keys[id]
		if k == nil || k.account != p.account {
			return ErrNotWaiting
		}
		k.expire(p.emulator)
		if k.operation.State != ra.AwaitingUser {
			return ErrNotWaiting
		}
		return do(k)
	}, enrolled...)
}
