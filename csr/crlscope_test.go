package csr_test

import (
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// idp is issuingDistributionPoint of the given elements.
func idp(elements ...string) csr.Extension {
	return csr.Extension{ID: oid.IssuingDistributionPoint, Critical: true, Value: der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, hand(strings.Join(elements, "")))
	})}
}

func TestCRLStatus(t *testing.T) {
	ca := authority(t, newKey(t))
	const here, there = "http://ca.example/1.crl", "http://ca.example/2.crl"
	at := func(urls ...string) csr.Extension {
		e, err := csr.NewCRLDistributionPoints(urls...)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	leaf := func(serial int64, more ...csr.Extension) *csr.Certificate {
		return ca.issue(newKey(t), commonName(t, "leaf"), func(c *csr.CertificateTemplate) {
			c.SerialNumber = big.NewInt(serial)
			c.Extensions = append(c.Extensions, more...)
		})
	}
	// Neither point of this certificate has a whole list of the issuer's own:
	// one is of some reasons, the other of another authority.
	url := implicit(0xa0, implicit(0xa0, implicit(0x86, []byte(here))))
	limited := csr.Extension{ID: oid.CRLDistributionPoints, Value: implicit(0x30, slices.Concat(
		implicit(0x30, slices.Concat(url, implicit(0x81, []byte{6, 0x40}))),
		implicit(0x30, slices.Concat(url, implicit(0xa2, implicit(0xa4, []byte{0x30, 0}))))))}
	good, bad := leaf(1), leaf(900)
	sub := leaf(2, csr.NewBasicConstraints(true, 0))
	name := string(url)
	list := func(extensions ...csr.Extension) *csr.CRL {
		return parseCRL(t, ca.crl(func(c *csr.CRLTemplate) { c.Extensions = extensions }))
	}
	twin := authority(t, newKey(t))
	for what, c := range map[string]struct {
		list *csr.CRL
		cert *csr.Certificate
		want csr.State
		text string // empty: no error
	}{
		"good":                         {list(), good, csr.StatusGood, ""},
		"revoked":                      {list(), bad, csr.StatusRevoked, ""},
		"of users, a user":             {list(idp("\x81\x01\xff")), bad, csr.StatusRevoked, ""},
		"of users, an authority":       {list(idp("\x81\x01\xff")), sub, 0, "end users"},
		"of authorities, an authority": {list(idp("\x82\x01\xff")), sub, csr.StatusGood, ""},
		"of authorities, a user":       {list(idp("\x82\x01\xff")), bad, 0, "authorities'"},
		"its distribution point":       {list(idp(name)), leaf(1, at(there, here)), csr.StatusGood, ""},
		"another distribution point":   {list(idp(name)), leaf(1, at(there)), 0, "another distribution point"},
		"no distribution point":        {list(idp(name)), good, 0, "names none"},
		"a point of some reasons":      {list(idp(name)), leaf(1, limited), 0, "another distribution point"},
		"points do not parse":          {list(idp(name)), leaf(1, csr.Extension{ID: oid.CRLDistributionPoints, Value: []byte{0x30, 2, 5, 0}}), 0, "does not parse"},
		"points no SEQUENCE":           {list(idp(name)), leaf(1, csr.Extension{ID: oid.CRLDistributionPoints, Value: []byte{5, 0}}), 0, "does not parse"},
		"another issuer":               {list(), newRoot(t, "other", -1).cert, 0, "another issuer"},
		"another key of the issuer":    {list(), twin.issue(newKey(t), commonName(t, "leaf"), nil), 0, "another key"},
	} {
		got, err := c.list.Status(c.cert)
		if got.State != c.want || (err == nil) != (c.text == "") || err != nil && !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: got %v, %v, want %v %q", what, got.State, err, c.want, c.text)
		}
		if err != nil && !strings.Contains(c.text, "parse") && !errors.Is(err, csr.ErrScope) {
			t.Errorf("%s: got %v, want ErrScope", what, err)
		}
		if c.want == csr.StatusRevoked && (got.Revocation.Reason != csr.ReasonKeyCompromise || got.NextUpdate.IsZero() || got.Responder != nil) {
			t.Errorf("%s: got %v", what, got)
		}
	}
	if got := list(idp(name)).DistributionPoints; len(got) != 1 || got[0] != here {
		t.Errorf("got distribution points %q", got)
	}
}
