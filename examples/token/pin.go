package main

import (
	"context"
	"fmt"

	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
)

// pin checks, changes or unblocks the user's PIN.
func (p *program) pin(ctx context.Context, rest []string) error {
	if len(rest) != 1 {
		return fmt.Errorf("%w: нужно одно из check, change, unblock", errUsage)
	}
	var done string
	var do func(workplace.Device) error
	switch rest[0] {
	case "check":
		done, do = "ПИН-код верен", func(d workplace.Device) error { return d.CheckPIN(ctx) }
	case "change":
		done, do = "ПИН-код изменён", func(d workplace.Device) error { return d.ChangePIN(ctx) }
	case "unblock":
		done, do = "ПИН-код разблокирован и задан заново", func(d workplace.Device) error { return d.Unblock(ctx, p.officer()) }
	default:
		return fmt.Errorf("%w: нужно одно из check, change, unblock", errUsage)
	}
	present, chosen := p.user(), p.chosen()
	ask := func(ctx context.Context, q token.Question) (token.Answer, error) {
		if q.New {
			return chosen(ctx, q)
		}
		return present(ctx, q)
	}
	return p.with(ctx, ask, false, func(c token.Carrier) error {
		d, ok := c.(workplace.Device)
		if !ok {
			return fmt.Errorf("у места %s нет ПИН-кода, он бывает у pkcs11 и soft", p.carrier)
		}
		if err := do(d); err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "%s: %s\n", workplace.Title(d.Device()), done)
		return nil
	})
}

// chosen is who chooses a new PIN.
func (p *program) chosen() token.PIN {
	s := workplace.Sources{Variable: workplace.NewPINVariable}
	if p.keyboard != nil {
		s.Person = p.person().PIN
	}
	return s.PIN()
}

// officer is who knows the administrator's PIN.
func (p *program) officer() token.PIN {
	s := workplace.Sources{Variable: workplace.OfficerPINVariable}
	if p.keyboard != nil {
		s.Person = p.person().OfficerPIN
	}
	return s.PIN()
}
