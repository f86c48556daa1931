package main

import (
	"context"
	"sync"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey"
)

// phones are emulated ones that everybody has and that sign whatever comes. The
// certificate of a phone is of an invented person with the SNILS of the one who
// is to sign: that is all an authority compares.
type phones struct {
	*goskey.Emulator
	mu   sync.Mutex
	have map[string]*goskey.Phone
}

func newPhones(as csr.Algorithms, ca ra.CA) (*phones, error) {
	e, err := goskey.NewEmulator(goskey.Config{Algorithms: as, CA: ca})
	return &phones{Emulator: e, have: map[string]*goskey.Phone{}}, err
}

// Submit delivers the package and has it signed.
func (p *phones) Submit(ctx context.Context, r ra.SignRequest) (ra.OperationID, error) {
	phone, err := p.phone(ctx, r.SNILS)
	if err != nil {
		return "", err
	}
	id, err := p.Emulator.Submit(ctx, r)
	if err != nil {
		return "", err
	}
	for _, waiting := range phone.Packages() {
		if err := phone.View(waiting.ID); err != nil {
			return "", err
		}
		if err := phone.Sign(waiting.ID, true); err != nil {
			return "", err
		}
	}
	return id, nil
}

// phone is that of a person, who gets one the first time.
func (p *phones) phone(ctx context.Context, snils string) (*goskey.Phone, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if phone := p.have[snils]; phone != nil {
		return phone, nil
	}
	form := applicant.Form(1)
	form.SNILS = snils
	subject, err := ra.Subject(&form)
	if err != nil {
		return nil, err
	}
	phone, err := p.Enrol(ctx, snils, subject)
	if err == nil {
		p.have[snils] = phone
	}
	return phone, err
}
