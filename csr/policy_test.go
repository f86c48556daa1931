package csr_test

import (
	"encoding/asn1"
	"errors"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
)

var (
	policyA   = asn1.ObjectIdentifier{1, 2, 643, 100, 113, 1}
	policyB   = asn1.ObjectIdentifier{1, 2, 643, 100, 113, 2}
	anyPolicy = asn1.ObjectIdentifier{2, 5, 29, 32, 0}
)

func with(more ...csr.Extension) func(*csr.CertificateTemplate) {
	return func(c *csr.CertificateTemplate) { c.Extensions = append(c.Extensions, more...) }
}

// below makes an authority under i with further extensions.
func (i *issuer) below(cn string, more ...csr.Extension) *issuer {
	key := newKey(i.t)
	more = append(more, csr.NewBasicConstraints(true, -1), csr.NewKeyUsage(csr.KeyCertSign))
	return &issuer{i.t, i.as, key, i.issue(key, commonName(i.t, cn), with(more...))}
}

// TestPolicies is RFC 5280, section 6.1 for chains without mappings: which
// policies the two certificates under the root name, what is asked for, and
// whether that will do.
func TestPolicies(t *testing.T) {
	requireNow := csr.Extension{ID: []int{2, 5, 29, 36}, Critical: true, Value: []byte{0x30, 3, 0x80, 1, 0}}
	requireLater := csr.Extension{ID: []int{2, 5, 29, 36}, Critical: true, Value: []byte{0x30, 3, 0x80, 1, 1}}
	inhibitAny := csr.Extension{ID: []int{2, 5, 29, 54}, Critical: true, Value: []byte{2, 1, 0}}
	none := csr.Extension{}
	policies := csr.NewCertificatePolicies
	type list = []asn1.ObjectIdentifier
	root := newRoot(t, "root", -1)
	for what, c := range map[string]struct {
		middle, extra, leaf csr.Extension
		ask                 list
		ok                  bool
	}{
		"nobody asks, nobody names":      {none, none, none, nil, true},
		"nobody asks, names differ":      {policies(policyA), none, policies(policyB), nil, true},
		"asked and named":                {policies(policyA, policyB), none, policies(policyB), list{policyB}, true},
		"asked for one of two":           {policies(policyB), none, policies(policyB), list{policyA, policyB}, true},
		"asked and not named":            {policies(policyA), none, policies(policyA), list{policyB}, false},
		"asked, leaf names none":         {policies(policyA), none, none, list{policyA}, false},
		"asked, issuer names none":       {none, none, policies(policyA), list{policyA}, false},
		"issuer names another":           {policies(policyB), none, policies(policyA), list{policyA}, false},
		"issuer may issue under any":     {policies(anyPolicy), none, policies(policyA), list{policyA}, true},
		"both under any":                 {policies(anyPolicy), none, policies(anyPolicy), list{policyA}, true},
		"leaf under any":                 {policies(policyA), none, policies(anyPolicy), list{policyA}, true},
		"leaf under any of the others":   {policies(policyA), none, policies(anyPolicy), list{policyB}, false},
		"asked for any":                  {policies(policyA), none, policies(policyA), list{anyPolicy}, true},
		"any inhibited below":            {policies(policyA), inhibitAny, policies(anyPolicy), list{policyA}, false},
		"any inhibited, named in full":   {policies(policyA), inhibitAny, policies(policyA), list{policyA}, true},
		"issuer requires, leaf names":    {policies(policyA), requireNow, policies(policyA), nil, true},
		"issuer requires, leaf does not": {policies(policyA), requireNow, none, nil, false},
		"issuer requires one below":      {policies(policyA), requireLater, none, nil, false},
	} {
		var extensions []csr.Extension
		for _, e := range []csr.Extension{c.middle, c.extra} {
			if e.ID != nil {
				extensions = append(extensions, e)
			}
		}
		middle := root.below("middle", extensions...)
		change := with()
		if c.leaf.ID != nil {
			change = with(c.leaf)
		}
		leaf := middle.issue(newKey(t), commonName(t, "leaf"), change)
		_, err := root.as.VerifyChain(leaf, csr.Chain{
			Anchors: []*csr.Certificate{root.cert}, Intermediates: []*csr.Certificate{middle.cert}, At: now, Policies: c.ask,
		})
		if c.ok && err != nil || !c.ok && !errors.Is(err, csr.ErrPolicy) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

// TestPolicyConstraintsRefused has malformed ones refused and not passed over.
func TestPolicyConstraintsRefused(t *testing.T) {
	root := newRoot(t, "root", -1)
	for what, e := range map[string]csr.Extension{
		"constraints": {ID: []int{2, 5, 29, 36}, Value: []byte{0x30, 3, 0x80, 1, 0xff}},
		"trailing":    {ID: []int{2, 5, 29, 36}, Value: []byte{0x30, 2, 5, 0}},
		"inhibit":     {ID: []int{2, 5, 29, 54}, Value: []byte{2, 1, 0xff}},
	} {
		middle := root.below("middle", e)
		leaf := middle.issue(newKey(t), commonName(t, "leaf"), nil)
		_, err := root.as.VerifyChain(leaf, csr.Chain{Anchors: []*csr.Certificate{root.cert}, Intermediates: []*csr.Certificate{middle.cert}, At: now})
		var typed *csr.ChainError
		if !errors.As(err, &typed) || typed.Certificate != middle.cert {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

// TestVerifyChainTriesOthers finds the good one of several certificates of one
// key: one has expired, one is of an authority nobody trusts.
func TestVerifyChainTriesOthers(t *testing.T) {
	root, stranger := newRoot(t, "root", -1), newRoot(t, "stranger", -1)
	key := newKey(t)
	authority := func(under *issuer, change func(*csr.CertificateTemplate)) *csr.Certificate {
		return under.issue(key, commonName(t, "middle"), func(c *csr.CertificateTemplate) {
			with(csr.NewBasicConstraints(true, -1), csr.NewKeyUsage(csr.KeyCertSign))(c)
			if change != nil {
				change(c)
			}
		})
	}
	expired := authority(root, func(c *csr.CertificateTemplate) { c.NotAfter = now.Add(-time.Minute) })
	foreign := authority(stranger, nil)
	good := authority(root, nil)
	leaf := (&issuer{t, root.as, key, good}).issue(newKey(t), commonName(t, "leaf"), nil)
	chain, err := root.as.VerifyChain(leaf, csr.Chain{
		Anchors: []*csr.Certificate{root.cert}, Intermediates: []*csr.Certificate{expired, foreign, stranger.cert, good}, At: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(chain) != 3 || chain[1] != good {
		t.Errorf("got a chain of %d over another certificate", len(chain))
	}
	_, err = root.as.VerifyChain(leaf, csr.Chain{Anchors: []*csr.Certificate{root.cert}, Intermediates: []*csr.Certificate{expired, foreign}, At: now})
	if !errors.Is(err, csr.ErrExpired) {
		t.Errorf("got %v, want the reason of the nearest: ErrExpired", err)
	}
}

// TestVerifyChainBounded gives it many certificates that all sign each other:
// the search ends.
func TestVerifyChainBounded(t *testing.T) {
	key := newKey(t)
	self := &issuer{t: t, as: csr.Standard()}
	var many []*csr.Certificate
	for range 40 {
		c := self.issue(key, commonName(t, "ring"), with(csr.NewBasicConstraints(true, -1), csr.NewKeyUsage(csr.KeyCertSign)))
		many = append(many, c)
	}
	leaf := (&issuer{t, self.as, key, many[0]}).issue(newKey(t), commonName(t, "leaf"), nil)
	_, err := self.as.VerifyChain(leaf, csr.Chain{Anchors: []*csr.Certificate{newRoot(t, "root", -1).cert}, Intermediates: many, At: now})
	var typed *csr.ChainError
	if !errors.As(err, &typed) {
		t.Errorf("got %v, want a ChainError", err)
	}
}
