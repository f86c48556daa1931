package csr_test

import (
	"crypto"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// issuer is an authority for tests.
type issuer struct {
	t    testing.TB
	as   csr.Algorithms
	key  crypto.Signer
	cert *csr.Certificate
}

func newKey(t testing.TB) *gost.PrivateKey {
	t.Helper()
	k, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func commonName(t testing.TB, cn string) csr.Name {
	t.Helper()
	n, err := csr.NewName(csr.NewAttribute(csr.CommonName, cn))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// issue makes a certificate for key under i; a nil i makes it self-signed.
func (i *issuer) issue(key crypto.Signer, subject csr.Name, change func(*csr.CertificateTemplate)) *csr.Certificate {
	i.t.Helper()
	spki, id, err := i.as.EncodeKey(key.Public())
	if err != nil {
		i.t.Fatal(err)
	}
	template := &csr.CertificateTemplate{
		SerialNumber: big.NewInt(7), Subject: subject, Issuer: subject, RawKey: spki,
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		Extensions: []csr.Extension{csr.NewSubjectKeyID(id)},
	}
	signer := key
	if i.cert != nil {
		template.Issuer, signer = i.cert.Subject, i.key
		template.Extensions = append(template.Extensions, csr.NewAuthorityKeyID(i.cert.SubjectKeyID))
	}
	if change != nil {
		change(template)
	}
	der, err := i.as.CreateCertificate(signer, template)
	if err != nil {
		i.t.Fatal(err)
	}
	cert, err := i.as.ParseCertificate(der)
	if err != nil {
		i.t.Fatal(err)
	}
	return cert
}

// under makes an authority below i; pathLen as in csr.NewBasicConstraints.
func (i *issuer) under(cn string, pathLen int) *issuer {
	i.t.Helper()
	key := newKey(i.t)
	cert := i.issue(key, commonName(i.t, cn), func(c *csr.CertificateTemplate) {
		c.Extensions = append(c.Extensions, csr.NewBasicConstraints(true, pathLen), csr.NewKeyUsage(csr.KeyCertSign|csr.CRLSign))
	})
	return &issuer{i.t, i.as, key, cert}
}

func newRoot(t testing.TB, cn string, pathLen int) *issuer {
	t.Helper()
	return (&issuer{t: t, as: csr.Standard()}).under(cn, pathLen)
}

func TestVerifyChain(t *testing.T) {
	as := csr.Standard()
	root := newRoot(t, "root", -1)
	twin := newRoot(t, "root", -1) // the same name, another key
	middle := root.under("middle", 0)
	leaf := middle.issue(newKey(t), commonName(t, "leaf"), nil)

	anchors := []*csr.Certificate{twin.cert, root.cert}
	chain, err := as.VerifyChain(leaf, csr.Chain{Anchors: anchors, Intermediates: []*csr.Certificate{middle.cert}, At: now})
	if err != nil {
		t.Fatal(err)
	}
	if len(chain) != 3 || chain[0] != leaf || chain[1] != middle.cert || chain[2] != root.cert {
		t.Errorf("got a chain of %d", len(chain))
	}

	low := middle.under("low", -1) // middle has path length 0
	plain := newKey(t)
	notCA := middle.issue(plain, commonName(t, "not CA"), nil)
	faker := &issuer{t, as, newKey(t), middle.cert} // signs as middle with another key
	forgedRoot := reparse(t, as, flipLast(root.cert.Raw))
	for what, c := range map[string]struct {
		leaf  *csr.Certificate
		chain csr.Chain
		want  error
	}{
		"too late":            {leaf, csr.Chain{Anchors: anchors, Intermediates: []*csr.Certificate{middle.cert}, At: now.Add(2 * time.Hour)}, csr.ErrExpired},
		"too early":           {leaf, csr.Chain{Anchors: anchors, Intermediates: []*csr.Certificate{middle.cert}, At: now.Add(-2 * time.Hour)}, csr.ErrExpired},
		"no intermediate":     {leaf, csr.Chain{Anchors: anchors, At: now}, csr.ErrNoIssuer},
		"no anchor":           {leaf, csr.Chain{Intermediates: []*csr.Certificate{middle.cert}, At: now}, csr.ErrNoIssuer},
		"path length":         {low.issue(newKey(t), commonName(t, "x"), nil), csr.Chain{Anchors: anchors, Intermediates: []*csr.Certificate{low.cert, middle.cert}, At: now}, csr.ErrPathLen},
		"issuer is not a CA":  {(&issuer{t, as, plain, notCA}).issue(newKey(t), commonName(t, "x"), nil), csr.Chain{Anchors: anchors, Intermediates: []*csr.Certificate{notCA, middle.cert}, At: now}, csr.ErrNotCA},
		"forged signature":    {faker.issue(newKey(t), commonName(t, "x"), nil), csr.Chain{Anchors: anchors, Intermediates: []*csr.Certificate{middle.cert}, At: now}, csr.ErrSignature},
		"forged root":         {root.issue(newKey(t), commonName(t, "x"), nil), csr.Chain{Anchors: []*csr.Certificate{forgedRoot}, At: now}, csr.ErrSignature},
		"forged root, itself": {forgedRoot, csr.Chain{Anchors: []*csr.Certificate{forgedRoot}, At: now}, csr.ErrSignature},
		"unknown critical": {root.issue(newKey(t), commonName(t, "x"), func(c *csr.CertificateTemplate) {
			c.Extensions = append(c.Extensions, csr.Extension{ID: []int{1, 2, 3}, Critical: true, Value: []byte{5, 0}})
		}), csr.Chain{Anchors: anchors, At: now}, csr.ErrCritical},
	} {
		chain, err := as.VerifyChain(c.leaf, c.chain)
		var typed *csr.ChainError
		if chain != nil || !errors.Is(err, c.want) || !errors.As(err, &typed) {
			t.Errorf("%s: got %v, want a ChainError: %v", what, err, c.want)
		}
	}
}

func flipLast(der []byte) []byte {
	out := append([]byte{}, der...)
	out[len(out)-1] ^= 1
	return out
}

func reparse(t testing.TB, as csr.Algorithms, der []byte) *csr.Certificate {
	t.Helper()
	c, err := as.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMatches(t *testing.T) {
	as := csr.Standard()
	root := newRoot(t, "root", -1)
	key := newKey(t)
	der, err := as.Create(key, &csr.Template{Subject: commonName(t, "Ёлкин"), Extensions: []csr.Extension{csr.NewKeyUsage(csr.DigitalSignature)}})
	if err != nil {
		t.Fatal(err)
	}
	request, err := as.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	if len(request.Extensions) != 1 || len(request.Attributes) != 1 {
		t.Errorf("got %d extensions in %d attributes, want 1 in 1", len(request.Extensions), len(request.Attributes))
	}
	for what, c := range map[string]struct {
		key     crypto.Signer
		subject string
		field   string
	}{
		"as requested":   {key, "Ёлкин", ""},
		"another key":    {newKey(t), "Ёлкин", "public key"},
		"another letter": {key, "ёлкин", "subject"},
	} {
		err := root.issue(c.key, commonName(t, c.subject), nil).Matches(request)
		var typed *csr.MatchError
		if c.field == "" && err != nil || c.field != "" && (!errors.As(err, &typed) || typed.Field != c.field) {
			t.Errorf("%s: got %v, want a difference in %q", what, err, c.field)
		}
	}
}
