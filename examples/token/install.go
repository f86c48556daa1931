package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
)

// install puts a certificate beside its key and prints the receipt. Whether an
// authority that anybody trusts has issued it is not looked at.
func (p *program) install(ctx context.Context, rest []string) error {
	if len(rest) != 1 {
		return fmt.Errorf("%w: нужен один файл сертификата", errUsage)
	}
	as := csr.Standard()
	cert, err := readCertificate(as, rest[0])
	if err != nil {
		return err
	}
	return p.with(ctx, p.user(), false, func(c token.Carrier) error {
		entry, err := p.keyOf(ctx, c, cert)
		if err != nil {
			return err
		}
		if err := token.Install(ctx, c, entry.Info.ID, as, cert); err != nil {
			return err
		}
		p.receipt(entry, cert)
		return nil
	})
}

func readCertificate(as csr.Algorithms, name string) (*csr.Certificate, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("сертификат: %w", err)
	}
	der, err := csr.Decode(data, csr.PEMCertificate)
	if err != nil {
		return nil, fmt.Errorf("сертификат %s: %w", name, err)
	}
	cert, err := as.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("сертификат %s: %w", name, err)
	}
	return cert, nil
}

// keyOf finds the key that a certificate is for: that of -id, or the only one
// with its public key. Of several, one that has the certificate already.
func (p *program) keyOf(ctx context.Context, c token.Carrier, cert *csr.Certificate) (token.Entry, error) {
	if p.id != "" {
		return p.pick(ctx, c)
	}
	entries, err := c.List(ctx)
	if err != nil {
		return token.Entry{}, err
	}
	var found []token.Entry
	for _, e := range entries {
		if samePublic(e, cert) {
			found = append(found, e)
		}
	}
	if len(found) == 0 {
		return token.Entry{}, fmt.Errorf("%w: ни у одного из %d ключей нет открытого ключа этого сертификата", token.ErrNotFound, len(entries))
	}
	return choose(found, "")
}

// receipt tells what was done.
func (p *program) receipt(e token.Entry, cert *csr.Certificate) {
	if sameCertificate(e, cert) {
		fmt.Fprintln(p.stdout, "Сертификат уже стоял у ключа; прочитан и проверен заново")
	} else {
		fmt.Fprintln(p.stdout, "Сертификат записан, прочитан обратно и совпал байт в байт; пробная подпись ключом верна")
	}
	sum := sha256.Sum256(cert.Raw)
	for _, row := range [][2]string{
		{"носитель", workplace.Title(e.Info.Device)},
		{"ключ", describe(e.Info)},
		{"сертификат", describeCertificate(cert)},
		{"издатель", cert.Issuer.String()},
		{"SHA-256", fmt.Sprintf("%X", sum)},
	} {
		fmt.Fprintf(p.stdout, "    %-11s %s\n", row[0], row[1])
	}
	if err := inForce(cert, time.Now()); err != nil {
		fmt.Fprintln(p.stdout, "Внимание:", err)
	}
}

// inForce says why a certificate is not in force at a time.
func inForce(cert *csr.Certificate, at time.Time) error {
	switch {
	case at.Before(cert.NotBefore):
		return errors.New("срок действия сертификата ещё не начался")
	case !at.Before(cert.NotAfter):
		return errors.New("срок действия сертификата истёк")
	}
	return nil
}
