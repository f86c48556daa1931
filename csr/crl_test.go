package csr_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
)

// crlVectors returns the certificates and CRLs of RFC 9215, appendix D.
func crlVectors(t testing.TB) (list []struct {
	Section     string `json:"section"`
	Certificate string `json:"certificate_der_hex"`
	CRL         string `json:"x509_crl_der_hex"`
}) {
	t.Helper()
	data, err := os.ReadFile("testdata/rfc9215/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// TestCRLVectors verifies the CRLs of RFC 9215, appendix D.
func TestCRLVectors(t *testing.T) {
	as := csr.Standard(gost.Test256(), gost.TC26A256(), gost.Test512())
	for _, v := range crlVectors(t) {
		t.Run(v.Section, func(t *testing.T) {
			issuer, err := as.ParseCertificate(unhex(t, v.Certificate))
			if err != nil {
				t.Fatal(err)
			}
			list, err := csr.ParseCRL(unhex(t, v.CRL))
			if err != nil {
				t.Fatal(err)
			}
			if list.Len() != 0 || list.Number != nil || list.Issuer.String() != "CN=Example" {
				t.Errorf("got %d entries, number %v, issuer %s", list.Len(), list.Number, list.Issuer)
			}
			if err := as.CheckCRL(list, issuer, list.ThisUpdate); err != nil {
				t.Error(err)
			}
			broken := parseCRL(t, flipLast(list.Raw))
			if err := as.CheckCRL(broken, issuer, list.ThisUpdate); !errors.Is(err, csr.ErrSignature) {
				t.Errorf("a changed signature: got %v, want ErrSignature", err)
			}
		})
	}
}

func parseCRL(t testing.TB, raw []byte) *csr.CRL {
	t.Helper()
	list, err := csr.ParseCRL(raw)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// revoked are entries with every reason a full list may have.
func revoked(at time.Time) (list []csr.Revocation) {
	for i, reason := range []csr.Reason{
		csr.ReasonUnspecified, csr.ReasonKeyCompromise, csr.ReasonCACompromise, csr.ReasonAffiliationChanged,
		csr.ReasonSuperseded, csr.ReasonCessationOfOperation, csr.ReasonCertificateHold, csr.ReasonPrivilegeWithdrawn, csr.ReasonAACompromise,
	} {
		r := csr.Revocation{SerialNumber: big.NewInt(int64(1000 - 100*i)), RevokedAt: at.Add(time.Duration(-i) * time.Hour), Reason: reason}
		if i%2 == 1 {
			r.InvalidityDate = at.Add(-48 * time.Hour)
		}
		list = append(list, r)
	}
	return list
}

func (i *issuer) crl(change func(*csr.CRLTemplate)) []byte {
	i.t.Helper()
	template := &csr.CRLTemplate{
		Issuer: i.cert.Subject, Number: big.NewInt(17), ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(time.Hour),
		AuthorityKeyID: i.cert.SubjectKeyID, Entries: revoked(now.Add(-2 * time.Hour)),
	}
	if change != nil {
		change(template)
	}
	raw, err := i.as.CreateCRL(i.key, template)
	if err != nil {
		i.t.Fatal(err)
	}
	return raw
}

// authority is an issuer of the given key, valid around now.
func authority(t testing.TB, key crypto.Signer) *issuer {
	t.Helper()
	as := csr.Standard()
	cert := (&issuer{t: t, as: as}).issue(key, commonName(t, "authority"), func(c *csr.CertificateTemplate) {
		c.Extensions = append(c.Extensions, csr.NewBasicConstraints(true, 0), csr.NewKeyUsage(csr.KeyCertSign|csr.CRLSign))
	})
	return &issuer{t, as, key, cert}
}

// TestCRLRoundTrip writes and reads a list in every scheme.
func TestCRLRoundTrip(t *testing.T) {
	for what, key := range keys(t) {
		t.Run(what, func(t *testing.T) {
			ca := authority(t, key)
			list := parseCRL(t, ca.crl(nil))
			if err := ca.as.CheckCRL(list, ca.cert, now); err != nil {
				t.Fatal(err)
			}
			want := revoked(now.Add(-2 * time.Hour))
			if got := slices.Collect(list.All()); !slices.EqualFunc(got, want, sameRevocation) || list.Len() != len(want) {
				t.Errorf("got %v, %d entries, want %v", got, list.Len(), want)
			}
			for _, w := range want {
				if got, found := list.Find(w.SerialNumber); !found || !sameRevocation(got, w) {
					t.Errorf("got %v, %v, want %v", got, found, w)
				}
			}
			for _, absent := range []int64{0, -1000, 1, 201, 1001, 1 << 40} {
				if got, found := list.Find(big.NewInt(absent)); found {
					t.Errorf("%d: got %v, want nothing", absent, got)
				}
			}
			if _, found := list.Find(new(big.Int).Lsh(big.NewInt(1), 2000)); found {
				t.Error("a serial number of 2000 bits is found")
			}
			if list.Number.Int64() != 17 || !bytes.Equal(list.AuthorityKeyID, ca.cert.SubjectKeyID) || !list.ThisUpdate.Equal(now.Add(-time.Hour)) {
				t.Errorf("got number %v, key %x, thisUpdate %v", list.Number, list.AuthorityKeyID, list.ThisUpdate)
			}
		})
	}
}

func sameRevocation(a, b csr.Revocation) bool {
	return a.SerialNumber.Cmp(b.SerialNumber) == 0 && a.RevokedAt.Equal(b.RevokedAt) && a.Reason == b.Reason && a.InvalidityDate.Equal(b.InvalidityDate)
}

// TestCRLAgainstX509 compares with crypto/x509 all that both read, in both
// directions.
func TestCRLAgainstX509(t *testing.T) {
	all := keys(t)
	for _, what := range []string{"RSA", "P-256", "P-384", "P-521", "Ed25519"} {
		t.Run(what, func(t *testing.T) {
			ca := authority(t, all[what])
			theirCA, err := ca.cert.X509()
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
				Number: big.NewInt(18), ThisUpdate: now, NextUpdate: time.Date(2051, 1, 1, 0, 0, 0, 0, time.UTC),
				RevokedCertificateEntries: []x509.RevocationListEntry{
					{SerialNumber: big.NewInt(255), RevocationTime: now.Add(-time.Hour), ReasonCode: 1},
					{SerialNumber: big.NewInt(3), RevocationTime: now.Add(-2 * time.Hour)},
				},
			}, theirCA, all[what])
			if err != nil {
				t.Fatal(err)
			}
			for whose, raw := range map[string][]byte{"ours": ca.crl(nil), "theirs": theirs} {
				got := parseCRL(t, raw)
				if err := ca.as.CheckCRL(got, ca.cert, now); err != nil {
					t.Errorf("%s: %v", whose, err)
				}
				want, err := x509.ParseRevocationList(raw)
				if err != nil {
					t.Fatalf("%s: %v", whose, err)
				}
				if err := want.CheckSignatureFrom(theirCA); err != nil {
					t.Errorf("%s: crypto/x509: %v", whose, err)
				}
				compareCRL(t, whose, got, want)
			}
		})
	}
}

func compareCRL(t *testing.T, whose string, got *csr.CRL, want *x509.RevocationList) {
	t.Helper()
	switch {
	case !bytes.Equal(got.RawTBS, want.RawTBSRevocationList), !bytes.Equal(got.RawIssuer, want.RawIssuer), !bytes.Equal(got.Signature, want.Signature),
		!bytes.Equal(got.AuthorityKeyID, want.AuthorityKeyId), got.Number.Cmp(want.Number) != 0,
		!got.ThisUpdate.Equal(want.ThisUpdate), !got.NextUpdate.Equal(want.NextUpdate), len(got.Extensions) != len(want.Extensions):
		t.Errorf("%s: the list differs from that of crypto/x509", whose)
	}
	i := 0
	for e := range got.All() {
		w := want.RevokedCertificateEntries[i]
		if e.SerialNumber.Cmp(w.SerialNumber) != 0 || !e.RevokedAt.Equal(w.RevocationTime) || int(e.Reason) != w.ReasonCode {
			t.Errorf("%s: entry %d: got %v, want %v", whose, i, e, w)
		}
		i++
	}
	if i != len(want.RevokedCertificateEntries) {
		t.Errorf("%s: got %d entries, want %d", whose, i, len(want.RevokedCertificateEntries))
	}
}

func TestCheckCRLRefuses(t *testing.T) {
	ca := authority(t, newKey(t))
	twin := authority(t, newKey(t)) // the same name, another key
	other := newRoot(t, "other", -1)
	list := parseCRL(t, ca.crl(nil))
	noSign := (&issuer{t: t, as: ca.as}).issue(ca.key, ca.cert.Subject, func(c *csr.CertificateTemplate) {
		c.Extensions = append(c.Extensions, csr.NewBasicConstraints(true, 0), csr.NewKeyUsage(csr.KeyCertSign))
	})
	noUsage := (&issuer{t: t, as: ca.as}).issue(ca.key, ca.cert.Subject, nil)
	bare := (&issuer{t: t, as: ca.as}).issue(twin.key, ca.cert.Subject, func(c *csr.CertificateTemplate) { c.Extensions = nil })
	endless := parseCRL(t, handCRL{noNext: true}.seal(t, ca))
	for what, c := range map[string]struct {
		as     csr.Algorithms
		list   *csr.CRL
		issuer *csr.Certificate
		at     time.Time
		want   error  // nil: any
		text   string // empty: accepted
	}{
		"good":                  {ca.as, list, ca.cert, now, nil, ""},
		"no keyUsage":           {ca.as, list, noUsage, now, nil, ""},
		"at thisUpdate":         {ca.as, list, ca.cert, now.Add(-time.Hour), nil, ""},
		"our clock is behind":   {ca.as, list, ca.cert, now.Add(-time.Hour - 5*time.Minute), nil, ""},
		"at nextUpdate":         {ca.as, list, ca.cert, now.Add(time.Hour), nil, ""},
		"too early":             {ca.as, list, ca.cert, now.Add(-time.Hour - 5*time.Minute - time.Second), csr.ErrStale, "thisUpdate"},
		"too late":              {ca.as, list, ca.cert, now.Add(time.Hour + time.Second), csr.ErrStale, "nextUpdate"},
		"no nextUpdate":         {ca.as, endless, ca.cert, now, csr.ErrStale, "no nextUpdate"},
		"another authority":     {ca.as, list, other.cert, now, nil, "another authority"},
		"another key":           {ca.as, list, twin.cert, now, nil, "another key"},
		"another key, unnamed":  {ca.as, list, bare, now, csr.ErrSignature, "signature"},
		"may not sign lists":    {ca.as, list, noSign, now, nil, "may not sign"},
		"changed":               {ca.as, parseCRL(t, flipLast(list.Raw)), ca.cert, now, csr.ErrSignature, "signature"},
		"no algorithm for this": {nil, list, ca.cert, now, csr.ErrUnknownAlgorithm, "algorithm"},
	} {
		err := c.as.CheckCRL(c.list, c.issuer, c.at)
		if (err == nil) != (c.text == "") || c.want != nil && !errors.Is(err, c.want) || err != nil && !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: got %v, want %q", what, err, c.text)
		}
	}
}
