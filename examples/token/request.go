package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/cryptopro"
)

// usage is what the keys of qualified certificates are for.
const usage = csr.DigitalSignature | csr.ContentCommitment | csr.KeyEncipherment | csr.DataEncipherment | csr.KeyAgreement

// request makes a PKCS #10 request, signed by the key on the carrier.
func (p *program) request(ctx context.Context, rest []string) error {
	if len(rest) > 0 || p.out == "" || (p.subject == "") == (p.form == "") {
		return fmt.Errorf("%w: нужны -out и одно из двух, -subject или -form", errUsage)
	}
	subject, err := p.subjectName()
	if err != nil {
		return err
	}
	// What stands there may be a key.
	if _, err := os.Lstat(p.out); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("-out: файл %s уже есть, укажите новый", p.out), err)
	}
	return p.with(ctx, p.user(), false, func(c token.Carrier) error {
		e, err := p.pick(ctx, c)
		if err != nil {
			return err
		}
		if _, locked := e.Key.Public().(cryptopro.Fingerprint); locked {
			// The list asked for the password, and the answer was wrong.
			return &token.Error{Fault: token.WrongPIN, Op: "sign", Device: e.Info.Device, Tries: -1}
		}
		as := csr.Standard()
		der, err := as.Create(e.Key, &csr.Template{Subject: subject, Extensions: []csr.Extension{csr.NewKeyUsage(usage)}})
		if err != nil {
			return err
		}
		if err := atomicfile.Write(p.out, csr.EncodePEM(csr.PEMRequest, der), 0o644); err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "Запрос записан в %s, подписан ключом %s\n    %s\n", p.out, describe(e.Info), subject)
		return nil
	})
}

// subjectName is the name of -subject or -form.
func (p *program) subjectName() (csr.Name, error) {
	if p.form == "" {
		name, err := parseSubject(p.subject)
		if err != nil {
			return name, fmt.Errorf("-subject: %w", err)
		}
		return name, nil
	}
	data, err := os.ReadFile(p.form)
	if err != nil {
		return csr.Name{}, fmt.Errorf("-form: %w", err)
	}
	application, err := ra.ParseApplication(data)
	var form *ra.FormError
	switch {
	case errors.As(err, &form):
		return csr.Name{}, fmt.Errorf("-form: %w", explained(form))
	case err != nil:
		return csr.Name{}, fmt.Errorf("-form: %w", err)
	}
	name, err := ra.Subject(&application.Form)
	if err != nil {
		return name, fmt.Errorf("-form: %w", err)
	}
	return name, nil
}

// explained puts the faults of a form into Russian, a line each.
func explained(form *ra.FormError) error {
	var list []error
	for _, f := range form.Faults {
		list = append(list, fmt.Errorf("%s: %s", f.Field, f.Text))
	}
	return errors.Join(list...)
}
