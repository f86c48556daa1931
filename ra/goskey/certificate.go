package goskey

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
)

// holding is a key with its certificate.
type holding struct {
	key         *gost.PrivateKey
	certificate *csr.Certificate
}

// making is a certificate on its way. The key of the order stays the same
// however often the authority is asked.
type making struct {
	ca       ra.CA
	how      qualified.Identification
	template csr.Template
	order    string
	key      *gost.PrivateKey
	request  *csr.Request
}

// certificate makes a key pair, if that was not done yet, and asks the
// authority for a certificate. ErrPending: ask again later. ErrRefused.
func (e *Emulator) certificate(ctx context.Context, m *making) (*holding, error) {
	if m.key == nil {
		key, request, err := e.makeKey(&m.template)
		if err != nil {
			return nil, err
		}
		m.key, m.request, m.order = key, request, "goskey/"+newID()
	}
	outcome, err := m.ca.Submit(ctx, m.order, ra.Order{Request: m.request, Identification: m.how})
	if err != nil {
		return nil, fmt.Errorf("goskey: certificate: %w", err)
	}
	switch outcome.State {
	case ra.Issued:
	case ra.Pending:
		return nil, ErrPending
	case ra.Refused:
		return nil, fmt.Errorf("%w: %s", ErrRefused, outcome.Reason)
	default:
		return nil, fmt.Errorf("goskey: certificate: the authority answers %s", outcome.State)
	}
	certificate, err := e.Algorithms.ParseCertificate(outcome.Certificate)
	if err != nil {
		return nil, fmt.Errorf("goskey: certificate: %w", err)
	}
	if err := certificate.Matches(m.request); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOtherKey, err)
	}
	return &holding{m.key, certificate}, nil
}

// makeKey makes a key pair and a request for it.
func (e *Emulator) makeKey(t *csr.Template) (*gost.PrivateKey, *csr.Request, error) {
	key, err := gost.GenerateKey(e.Curve, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("goskey: key: %w", err)
	}
	der, err := e.Algorithms.Create(key, t)
	if err != nil {
		return nil, nil, fmt.Errorf("goskey: request: %w", err)
	}
	request, err := e.Algorithms.Parse(der)
	if err != nil {
		return nil, nil, fmt.Errorf("goskey: request: %w", err)
	}
	return key, request, nil
}

// ConfirmUNEP confirms that the person wants the unqualified certificate
// (S0.1.8): a key pair is made and the certificate fetched. It is given to
// confirmed accounts, whose owners once showed in person who they are, which
// is what the order says. ErrPending: the same again later.
func (p *Phone) ConfirmUNEP(ctx context.Context) error {
	e := p.emulator
	return p.obtain(ctx, "confirm the UNEP", AtUNEP, func() *making {
		return &making{ca: e.UNEP, how: qualified.InPerson, template: csr.Template{Subject: p.account.Subject}}
	}, func(h *holding) {
		p.unep, p.stage, p.enrolment.UNEP = h, AtIdentification, e.Clock.Now()
		e.tell(p.account, EventCertificate, "Получен сертификат УНЭП", "")
	})
}

// Identify shows who the person is, in one of three ways (S1.8): in person,
// after [Emulator.Visit]; by the number read from the chip of a passport; by
// biometrics, compared with what the state has. ErrNotIdentified if that does
// not fit; other ways are no ways here.
func (p *Phone) Identify(how qualified.Identification, proof string) error {
	return p.do("identify", func() error {
		known, want := false, ""
		switch how {
		case qualified.InPerson:
			known = p.account.visited
		case qualified.ByChipPassport:
			want = p.account.ChipPassport
		case qualified.ByBiometrics:
			want = p.account.Biometrics
		default:
			return fmt.Errorf("goskey: identify: no way of the application: %d", int(how))
		}
		if want != "" {
			known = subtle.ConstantTimeCompare([]byte(want), []byte(proof)) == 1
		}
		if !known {
			return ErrNotIdentified
		}
		p.making = &making{ca: p.emulator.CA, how: how, template: csr.Template{Subject: p.account.Subject}}
		p.stage = AtUKEP
		return nil
	}, AtIdentification)
}

// ConfirmUKEP confirms that the person wants the qualified certificate (S1.8):
// a key pair is made and the certificate fetched, in which stands how he was
// identified. ErrPending: the same again later.
func (p *Phone) ConfirmUKEP(ctx context.Context) error {
	return p.obtain(ctx, "confirm the UKEP", AtUKEP, func() *making { return p.making }, func(h *holding) {
		p.ukep, p.stage = h, Ready
		p.emulator.tell(p.account, EventCertificate, "Получен сертификат УКЭП", "")
	})
}

// errBusy says that the same certificate is being fetched by another call.
var errBusy = errors.New("goskey: the certificate is being fetched already")

// obtain fetches a certificate for a phone at a stage. The authority is asked
// without a lock held, for it may take its time.
func (p *Phone) obtain(ctx context.Context, act string, at Stage, begin func() *making, done func(*holding)) error {
	var m *making
	if err := p.do(act, func() error {
		if p.fetching {
			return errBusy
		}
		if p.making == nil {
			p.making = begin()
		}
		m, p.fetching = p.making, true
		return nil
	}, at); err != nil {
		return err
	}
	h, err := p.emulator.certificate(ctx, m)
	p.emulator.mu.Lock()
	defer p.emulator.mu.Unlock()
	if p.making != m {
		return &StageError{Act: act, Stage: p.stage} // the phone was wiped meanwhile
	}
	p.fetching = false
	if err != nil {
		return err
	}
	p.making = nil
	done(h)
	return nil
}

// signer is what the person signs with at a level; nil: nothing.
func (p *Phone) signer(level ra.Level) *holding {
	switch {
	case level == ra.UnqualifiedLevel:
		return p.unep
	case level == ra.QualifiedLevel && p.ukep != nil:
		return p.ukep
	case level == ra.QualifiedLevel && len(p.company) > 0:
		return p.company[len(p.company)-1]
	}
	return nil
}

// Certificates are those on the phone, the unqualified one first, the ones
// issued for keys made here last (S0.3.6).
func (p *Phone) Certificates() []*csr.Certificate {
	p.emulator.mu.Lock()
	defer p.emulator.mu.Unlock()
	var list []*csr.Certificate
	for _, h := range append([]*holding{p.unep, p.ukep}, p.company...) {
		if h != nil {
			list = append(list, h.certificate)
		}
	}
	return list
}
