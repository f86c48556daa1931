package csr_test

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

func TestOCSPDelegate(t *testing.T) {
	ca, twin := authority(t, newKey(t)), authority(t, newKey(t))
	subject := ca.subject(42)
	key := newKey(t)
	plain := ca.delegate(key, nil)
	extensions := func(list ...csr.Extension) func(*csr.CertificateTemplate) {
		return func(c *csr.CertificateTemplate) { c.Extensions = list }
	}
	purpose, usage := csr.NewExtendedKeyUsage(oid.PurposeOCSPSigning), csr.NewKeyUsage(csr.DigitalSignature)
	sub := ca.under("sub", 0)
	for what, c := range map[string]struct {
		responder *csr.Certificate
		unsent    bool
		changed   bool
		want      error
		text      string // empty: accepted
	}{
		"good":                       {responder: plain},
		"not sent along":             {responder: plain, unsent: true, text: "missing"},
		"no keyUsage":                {responder: ca.delegate(key, extensions(purpose))},
		"contentCommitment":          {responder: ca.delegate(key, extensions(purpose, csr.NewKeyUsage(csr.ContentCommitment)))},
		"another keyUsage":           {responder: ca.delegate(key, extensions(purpose, csr.NewKeyUsage(csr.KeyAgreement))), text: "not for signing"},
		"no purpose":                 {responder: ca.delegate(key, extensions(usage)), text: "not for signing"},
		"another purpose":            {responder: ca.delegate(key, extensions(usage, csr.NewExtendedKeyUsage(oid.PurposeTimeStamping))), text: "not for signing"},
		"expired":                    {responder: ca.delegate(key, func(c *csr.CertificateTemplate) { c.NotAfter = now.Add(-time.Second) }), want: csr.ErrExpired, text: "responder"},
		"not yet valid":              {responder: ca.delegate(key, func(c *csr.CertificateTemplate) { c.NotBefore = now.Add(time.Second) }), want: csr.ErrExpired, text: "responder"},
		"critical":                   {responder: ca.delegate(key, extensions(purpose, csr.Extension{ID: der.OID{1, 2, 3}, Critical: true})), want: csr.ErrCritical, text: "responder"},
		"of another issuer":          {responder: sub.delegate(key, nil), want: csr.ErrNoIssuer, text: "responder"},
		"of another key, same name":  {responder: twin.delegate(key, nil), want: csr.ErrSignature, text: "responder"},
		"the authority's other cert": {responder: (&issuer{t: t, as: ca.as}).issue(ca.key, commonName(t, "authority"), nil), unsent: true},
		"changed":                    {responder: plain, changed: true, want: csr.ErrSignature, text: "signature"},
	} {
		t.Run(what, func(t *testing.T) {
			asked := askOCSP(t, subject, ca.cert, csr.OCSPOptions{})
			signer := crypto.Signer(key)
			if c.responder.Subject.Equal(ca.cert.Subject) {
				signer = ca.key
			}
			for _, byKey := range []bool{false, true} {
				r := answer(t, ca.as, signer, c.responder, asked.CertIDs[0], goodAt(now), func(o *csr.OCSPResponseTemplate) {
					o.ByKey = byKey
					if !c.unsent {
						o.Certificates = []*csr.Certificate{twin.cert, c.responder}
					}
				})
				if c.changed {
					r.Signature[5] ^= 1
				}
				got, err := ca.as.CheckOCSP(r, csr.OCSPCheck{Certificate: subject, Issuer: ca.cert, At: now})
				if (err == nil) != (c.text == "") || c.want != nil && !errors.Is(err, c.want) || err != nil && !strings.Contains(err.Error(), c.text) {
					t.Errorf("by key %v: got %v, want %q", byKey, err, c.text)
				}
				if err == nil && !samePublic(got.Responder, c.responder) || err != nil && got.State != csr.StatusUnknown {
					t.Errorf("by key %v: got %+v", byKey, got)
				}
			}
		})
	}
	// An issuer that may not issue has no delegates.
	poor := (&issuer{t: t, as: ca.as}).issue(ca.key, ca.cert.Subject, func(c *csr.CertificateTemplate) {
		c.Extensions = []csr.Extension{csr.NewBasicConstraints(false, -1)}
	})
	r := answer(t, ca.as, key, plain, askOCSP(t, subject, ca.cert, csr.OCSPOptions{}).CertIDs[0], goodAt(now), func(o *csr.OCSPResponseTemplate) {
		o.Certificates = []*csr.Certificate{plain}
	})
	if _, err := ca.as.CheckOCSP(r, csr.OCSPCheck{Certificate: subject, Issuer: poor, At: now}); !errors.Is(err, csr.ErrNotCA) {
		t.Errorf("an issuer that is none: got %v, want ErrNotCA", err)
	}
}

func samePublic(a, b *csr.Certificate) bool { return a != nil && bytes.Equal(a.RawKey, b.RawKey) }

func TestCheckOCSPRefuses(t *testing.T) {
	ca, twin, other := authority(t, newKey(t)), authority(t, newKey(t)), newRoot(t, "other", -1)
	subject, neighbour := ca.subject(42), ca.subject(43)
	asked := askOCSP(t, subject, ca.cert, csr.OCSPOptions{})
	id := asked.CertIDs[0]
	id256 := askOCSP(t, subject, ca.cert, csr.OCSPOptions{Hash: csr.CertIDStreebog256}).CertIDs[0]
	endless := goodAt(now)
	endless.NextUpdate = time.Time{}
	old := goodAt(now.Add(-2 * time.Hour))
	with := func(change func(*csr.OCSPCheck)) csr.OCSPCheck {
		c := csr.OCSPCheck{Certificate: subject, Issuer: ca.cert, At: now}
		if change != nil {
			change(&c)
		}
		return c
	}
	one := func(s csr.Status, change func(*csr.OCSPResponseTemplate)) *csr.OCSPResponse {
		return answer(t, ca.as, ca.key, ca.cert, id, s, change)
	}
	two := func(a, b csr.Status) *csr.OCSPResponse {
		return one(a, func(o *csr.OCSPResponseTemplate) {
			o.Answers = append(o.Answers, csr.OCSPAnswer{CertID: id256, Status: b})
		})
	}
	nonce := func(n []byte) func(*csr.OCSPResponseTemplate) {
		return func(o *csr.OCSPResponseTemplate) { o.Nonce = n }
	}
	at := func(d time.Duration) csr.OCSPCheck { return with(func(c *csr.OCSPCheck) { c.At = now.Add(d) }) }
	wantNonce := func(optional bool) csr.OCSPCheck {
		return with(func(c *csr.OCSPCheck) { c.Nonce, c.NonceOptional = asked.Nonce, optional })
	}
	for what, c := range map[string]struct {
		r     *csr.OCSPResponse
		check csr.OCSPCheck
		state csr.State
		want  error
		text  string
	}{
		"good":                      {one(goodAt(now), nil), with(nil), csr.StatusGood, nil, ""},
		"another's answer":          {answer(t, ca.as, ca.key, ca.cert, askOCSP(t, neighbour, ca.cert, csr.OCSPOptions{}).CertIDs[0], goodAt(now), nil), with(nil), 0, csr.ErrScope, "no answer"},
		"another key's answer":      {answer(t, ca.as, ca.key, ca.cert, askOCSP(t, twin.subject(42), twin.cert, csr.OCSPOptions{}).CertIDs[0], goodAt(now), nil), with(nil), 0, csr.ErrScope, "no answer"},
		"another issuer":            {one(goodAt(now), nil), with(func(c *csr.OCSPCheck) { c.Issuer = other.cert }), 0, nil, "missing"},
		"another key":               {one(goodAt(now), nil), with(func(c *csr.OCSPCheck) { c.Issuer = twin.cert }), 0, csr.ErrSignature, ""},
		"a certificate of another":  {one(goodAt(now), nil), with(func(c *csr.OCSPCheck) { c.Certificate = other.subject(42) }), 0, csr.ErrScope, "no answer"},
		"at nextUpdate":             {one(goodAt(now), nil), at(time.Hour), csr.StatusGood, nil, ""},
		"after nextUpdate":          {one(goodAt(now), nil), at(time.Hour + time.Second), 0, csr.ErrStale, "newer"},
		"our clock is behind":       {one(goodAt(now), nil), at(-5 * time.Minute), csr.StatusGood, nil, ""},
		"before producedAt":         {one(goodAt(now), nil), at(-5*time.Minute - time.Second), 0, csr.ErrStale, "producedAt"},
		"before thisUpdate":         {one(goodAt(now.Add(10*time.Minute)), nil), with(nil), 0, csr.ErrStale, "thisUpdate"},
		"old":                       {one(old, nil), with(nil), 0, csr.ErrStale, "newer"},
		"no nextUpdate, fresh":      {one(endless, nil), at(58 * time.Minute), csr.StatusGood, nil, ""},
		"no nextUpdate, old":        {one(endless, nil), at(time.Hour), 0, csr.ErrStale, "newer"},
		"no nextUpdate, MaxAge":     {one(endless, nil), with(func(c *csr.OCSPCheck) { c.At, c.MaxAge = now.Add(time.Hour), 2*time.Hour }), csr.StatusGood, nil, ""},
		"the nonce":                 {one(goodAt(now), nonce(asked.Nonce)), wantNonce(false), csr.StatusGood, nil, ""},
		"a nonce nobody looks at":   {one(goodAt(now), nonce(asked.Nonce)), with(nil), csr.StatusGood, nil, ""},
		"another nonce":             {one(goodAt(now), nonce([]byte{1})), wantNonce(false), 0, csr.ErrNonce, ""},
		"another nonce, optional":   {one(goodAt(now), nonce([]byte{1})), wantNonce(true), 0, csr.ErrNonce, ""},
		"no nonce":                  {one(goodAt(now), nil), wantNonce(false), 0, csr.ErrNonce, ""},
		"no nonce, optional":        {one(goodAt(now), nil), wantNonce(true), csr.StatusGood, nil, ""},
		"an empty nonce asked":      {one(goodAt(now), nil), with(func(c *csr.OCSPCheck) { c.Nonce = []byte{} }), 0, nil, "nonce of 0"},
		"two answers":               {two(goodAt(now), goodAt(now)), with(nil), csr.StatusGood, nil, ""},
		"good and revoked":          {two(goodAt(now), revokedAt(now)), with(nil), csr.StatusRevoked, nil, ""},
		"revoked and unknown":       {two(revokedAt(now), csr.Status{ThisUpdate: now}), with(nil), csr.StatusRevoked, nil, ""},
		"unknown and good":          {two(csr.Status{ThisUpdate: now}, goodAt(now)), with(nil), csr.StatusUnknown, nil, ""},
		"one of two is old":         {two(goodAt(now), old), with(nil), 0, csr.ErrStale, ""},
		"no certificate to ask for": {one(goodAt(now), nil), csr.OCSPCheck{Issuer: ca.cert, At: now}, 0, nil, "required"},
		"no issuer":                 {one(goodAt(now), nil), csr.OCSPCheck{Certificate: subject, At: now}, 0, nil, "required"},
		"no time":                   {one(goodAt(now), nil), csr.OCSPCheck{Certificate: subject, Issuer: ca.cert}, 0, nil, "required"},
	} {
		got, err := ca.as.CheckOCSP(c.r, c.check)
		wantErr := c.want != nil || c.text != ""
		if got.State != c.state || (err != nil) != wantErr || c.want != nil && !errors.Is(err, c.want) || err != nil && !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: got %v, %v, want %v, %v %q", what, got.State, err, c.state, c.want, c.text)
		}
	}
	if _, err := csr.Algorithms(nil).CheckOCSP(one(goodAt(now), nil), with(nil)); !errors.Is(err, csr.ErrUnknownAlgorithm) {
		t.Errorf("no algorithm: got %v, want ErrUnknownAlgorithm", err)
	}
}

func ExampleAlgorithms_CheckOCSP() {
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
	cert := authority // self-signed: its own issuer
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

	// One who asks makes a request, which goes to the responder by HTTP POST.
	asked, err := csr.NewOCSPRequest(cert, authority, csr.OCSPOptions{Hash: csr.CertIDStreebog256})
	if err != nil {
		fmt.Println(err)
		return
	}

	// The responder reads it, looks the serial number up and answers.
	request, err := csr.ParseOCSPRequest(asked.Raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	raw, err := as.CreateOCSPResponse(key, &csr.OCSPResponseTemplate{
		Responder: authority, ProducedAt: now, Nonce: request.Nonce,
		Answers: []csr.OCSPAnswer{{CertID: request.CertIDs[0], Status: csr.Status{State: csr.StatusGood, ThisUpdate: now}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	// The one who asked checks the answer.
	response, err := as.ParseOCSPResponse(raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	status, err := as.CheckOCSP(response, csr.OCSPCheck{Certificate: cert, Issuer: authority, At: now, Nonce: asked.Nonce})
	fmt.Println(status.State, status.State.Russian(), err)
	// Output:
	// good действует <nil>
}
