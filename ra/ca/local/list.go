package local

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"path/filepath"
	"slices"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/atomicfile"
)

// ErrMayNotList says that the keyUsage of the authority's certificate does
// not let its key sign lists of revoked certificates.
var ErrMayNotList = errors.New("local: the authority's certificate lacks cRLSign")

// CRL makes the list of all certificates that have ended or are suspended,
// from now and for Config.ListLife. Every list has the next number. A
// certificate stays on it after it has expired: signatures made with it are
// looked at for years.
func (ca *CA) CRL() ([]byte, error) {
	c := &ca.cfg
	if u := c.Certificate.KeyUsage; u != 0 && u&csr.CRLSign == 0 {
		return nil, ErrMayNotList
	}
	t := &csr.CRLTemplate{Issuer: c.Certificate.Subject, AuthorityKeyID: c.Certificate.SubjectKeyID}
	if err := ca.list(t); err != nil {
		return nil, err
	}
	der, err := c.Algorithms.CreateCRL(c.Key, t)
	if err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	return der, nil
}

// list takes the next number and the entries of that moment.
func (ca *CA) list(t *csr.CRLTemplate) error {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	if err := ca.write(&line{Kind: lineList, Number: ca.lists + 1}); err != nil {
		return err
	}
	t.Number = big.NewInt(ca.lists)
	t.ThisUpdate = ca.now()
	t.NextUpdate = t.ThisUpdate.Add(ca.cfg.ListLife)
	for _, o := range ca.orders {
		if o.revocation.SerialNumber != nil {
			t.Entries = append(t.Entries, o.revocation)
		}
	}
	slices.SortFunc(t.Entries, func(a, b csr.Revocation) int {
		if d := a.RevokedAt.Compare(b.RevokedAt); d != 0 {
			return d
		}
		return bytes.Compare(a.SerialNumber.Bytes(), b.SerialNumber.Bytes())
	})
	return nil
}

// Files that Publish writes.
const (
	ListFile        = "authority.crl" // DER
	CertificateFile = "authority.cer" // DER
)

// Publish makes a list and writes it, and the authority's certificate, into a
// folder, each replacing the file before it at once.
func (ca *CA) Publish(dir string) error {
	der, err := ca.CRL()
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{ListFile: der, CertificateFile: ca.cfg.Certificate.Raw} {
		if err := atomicfile.Write(filepath.Join(dir, name), data, 0o644); err != nil {
			return fmt.Errorf("local: publish: %w", err)
		}
	}
	return nil
}
