package csr_test

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/oid"
)

func TestCreateCRLRefuses(t *testing.T) {
	ca := authority(t, newKey(t))
	one := func(change func(*csr.Revocation)) func(*csr.CRLTemplate) {
		return func(c *csr.CRLTemplate) { change(&c.Entries[0]) }
	}
	year := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	for what, change := range map[string]func(*csr.CRLTemplate){
		"no number":          func(c *csr.CRLTemplate) { c.Number = nil },
		"a negative number":  func(c *csr.CRLTemplate) { c.Number = big.NewInt(-1) },
		"a long number":      func(c *csr.CRLTemplate) { c.Number = new(big.Int).Lsh(big.NewInt(1), 159) },
		"times swapped":      func(c *csr.CRLTemplate) { c.NextUpdate = c.ThisUpdate },
		"no nextUpdate":      func(c *csr.CRLTemplate) { c.NextUpdate = time.Time{} },
		"year 10000":         func(c *csr.CRLTemplate) { c.NextUpdate = year },
		"two numbers":        func(c *csr.CRLTemplate) { c.Extensions = []csr.Extension{{ID: oid.CRLNumber}} },
		"a delta":            func(c *csr.CRLTemplate) { c.Extensions = []csr.Extension{{ID: oid.DeltaCRL}} },
		"a serial twice":     func(c *csr.CRLTemplate) { c.Entries[1].SerialNumber = c.Entries[0].SerialNumber },
		"no serial":          one(func(r *csr.Revocation) { r.SerialNumber = nil }),
		"serial 0":           one(func(r *csr.Revocation) { r.SerialNumber = new(big.Int) }),
		"a long serial":      one(func(r *csr.Revocation) { r.SerialNumber = new(big.Int).Lsh(big.NewInt(1), 159) }),
		"revoked in 10000":   one(func(r *csr.Revocation) { r.RevokedAt = year }),
		"invalid since then": one(func(r *csr.Revocation) { r.InvalidityDate = year }),
		"removeFromCRL":      one(func(r *csr.Revocation) { r.Reason = csr.ReasonRemoveFromCRL }),
		"reason 7":           one(func(r *csr.Revocation) { r.Reason = 7 }),
		"reason 11":          one(func(r *csr.Revocation) { r.Reason = 11 }),
	} {
		template := &csr.CRLTemplate{Issuer: ca.cert.Subject, Number: big.NewInt(1), ThisUpdate: now, NextUpdate: now.Add(time.Hour), Entries: revoked(now)}
		if _, err := ca.as.CreateCRL(ca.key, template); err != nil {
			t.Fatal(err)
		}
		change(template)
		if raw, err := ca.as.CreateCRL(ca.key, template); err == nil || raw != nil || !strings.HasPrefix(err.Error(), "csr: crl: ") {
			t.Errorf("%s: got %d octets, %v, want it refused", what, len(raw), err)
		}
	}
	if _, err := csr.Algorithms(nil).CreateCRL(ca.key, &csr.CRLTemplate{Number: big.NewInt(1), ThisUpdate: now, NextUpdate: now.Add(1)}); !errors.Is(err, csr.ErrUnknownAlgorithm) {
		t.Errorf("no algorithm: got %v", err)
	}
}

// TestCRLTimes writes the years of UTCTime and of GeneralizedTime.
func TestCRLTimes(t *testing.T) {
	ca := authority(t, newKey(t))
	far := time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC)
	raw := ca.crl(func(c *csr.CRLTemplate) {
		c.NextUpdate, c.Number, c.AuthorityKeyID = far, new(big.Int), nil
		c.Entries = []csr.Revocation{{SerialNumber: big.NewInt(1), RevokedAt: far, InvalidityDate: now}}
	})
	if n := bytes.Count(raw, []byte("\x18\x0f20500101000000Z")); n != 2 || !bytes.Contains(raw, []byte("\x18\x0f20261122120000Z")) || bytes.Contains(raw, []byte("\x0a\x01\x00")) {
		t.Errorf("got %d GeneralizedTimes in %x", n, raw)
	}
	list := parseCRL(t, raw)
	if !list.NextUpdate.Equal(far) || list.Number.Sign() != 0 || !bytes.Equal(list.AuthorityKeyID, ca.cert.SubjectKeyID) {
		t.Errorf("got %v, %v, %x", list.NextUpdate, list.Number, list.AuthorityKeyID)
	}
}

func ExampleAlgorithms_CreateCRL() {
	as := csr.Standard()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	authority, err := exampleAuthority(as, key)
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	raw, err := as.CreateCRL(key, &csr.CRLTemplate{
		Issuer: authority.Subject, AuthorityKeyID: authority.SubjectKeyID, Number: big.NewInt(1),
		ThisUpdate: at, NextUpdate: at.Add(24 * time.Hour),
		Entries: []csr.Revocation{{SerialNumber: big.NewInt(100), RevokedAt: at, Reason: csr.ReasonKeyCompromise}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	list, err := csr.ParseCRL(raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := as.CheckCRL(list, authority, at.Add(time.Hour)); err != nil {
		fmt.Println(err)
		return
	}
	r, found := list.Find(big.NewInt(100))
	fmt.Println(found, r.Reason, r.Reason.Russian())
	_, found = list.Find(big.NewInt(101))
	fmt.Println(found)
	fmt.Println(as.CheckCRL(list, authority, at.Add(25*time.Hour)))
	// Output:
	// true keyCompromise ключ электронной подписи скомпрометирован
	// false
	// csr: crl: nextUpdate has passed: csr: revocation data is not of the time asked for
}

// exampleAuthority makes a self-signed certificate of an authority.
func exampleAuthority(as csr.Algorithms, key crypto.Signer) (*csr.Certificate, error) {
	spki, id, err := as.EncodeKey(key.Public())
	if err != nil {
		return nil, err
	}
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "УЦ"))
	if err != nil {
		return nil, err
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	raw, err := as.CreateCertificate(key, &csr.CertificateTemplate{
		SerialNumber: big.NewInt(1), Issuer: name, Subject: name, RawKey: spki, NotBefore: at, NotAfter: at.AddDate(10, 0, 0),
		Extensions: []csr.Extension{csr.NewBasicConstraints(true, 0), csr.NewKeyUsage(csr.KeyCertSign | csr.CRLSign), csr.NewSubjectKeyID(id)},
	})
	if err != nil {
		return nil, err
	}
	return as.ParseCertificate(raw)
}
