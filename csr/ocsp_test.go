package csr_test

import (
	"bytes"
	"crypto"
	"math/big"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/oid"
)

// subject is an end certificate of the given serial number.
func (i *issuer) subject(serial int64) *csr.Certificate {
	i.t.Helper()
	return i.issue(newKey(i.t), commonName(i.t, "subject"), func(c *csr.CertificateTemplate) { c.SerialNumber = big.NewInt(serial) })
}

// delegate is a responder of i's, with the extensions given.
func (i *issuer) delegate(key crypto.Signer, change func(*csr.CertificateTemplate)) *csr.Certificate {
	i.t.Helper()
	return i.issue(key, commonName(i.t, "responder"), func(c *csr.CertificateTemplate) {
		c.Extensions = append(c.Extensions, csr.NewExtendedKeyUsage(oid.PurposeOCSPSigning), csr.NewKeyUsage(csr.DigitalSignature),
			csr.Extension{ID: oid.OCSPNoCheck, Value: []byte{5, 0}})
		if change != nil {
			change(c)
		}
	})
}

func askOCSP(t testing.TB, cert, issuer *csr.Certificate, o csr.OCSPOptions) *csr.OCSPRequest {
	t.Helper()
	r, err := csr.NewOCSPRequest(cert, issuer, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func goodAt(at time.Time) csr.Status {
	return csr.Status{State: csr.StatusGood, ThisUpdate: at.Add(-time.Minute), NextUpdate: at.Add(time.Hour)}
}

func revokedAt(at time.Time) csr.Status {
	s := goodAt(at)
	s.State = csr.StatusRevoked
	s.Revocation = csr.Revocation{RevokedAt: at.Add(-time.Hour), Reason: csr.ReasonKeyCompromise}
	return s
}

// answer makes and reads a response of the given key about one CertID.
func answer(t testing.TB, as csr.Algorithms, key crypto.Signer, responder *csr.Certificate, id csr.CertID, s csr.Status, change func(*csr.OCSPResponseTemplate)) *csr.OCSPResponse {
	t.Helper()
	template := &csr.OCSPResponseTemplate{Responder: responder, ProducedAt: now, Answers: []csr.OCSPAnswer{{CertID: id, Status: s}}}
	if change != nil {
		change(template)
	}
	raw, err := as.CreateOCSPResponse(key, template)
	if err != nil {
		t.Fatal(err)
	}
	r, err := as.ParseOCSPResponse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(r.Raw, raw) {
		t.Fatal("Raw is not what was given")
	}
	return r
}

// TestOCSPRoundTrip asks and answers in every scheme: every hash of the
// CertID, every state, the responder by name and by key.
func TestOCSPRoundTrip(t *testing.T) {
	states := map[string]csr.Status{"good": goodAt(now), "revoked": revokedAt(now), "unknown": {ThisUpdate: now}}
	for what, key := range keys(t) {
		t.Run(what, func(t *testing.T) {
			ca := authority(t, key)
			subject := ca.subject(42)
			for _, h := range []csr.CertIDHash{csr.CertIDSHA1, csr.CertIDSHA256, csr.CertIDStreebog256} {
				asked := askOCSP(t, subject, ca.cert, csr.OCSPOptions{Hash: h})
				request, err := csr.ParseOCSPRequest(asked.Raw)
				if err != nil {
					t.Fatal(err)
				}
				if len(request.CertIDs) != 1 || !request.CertIDs[0].Names(subject, ca.cert) || len(request.Nonce) != 32 || !bytes.Equal(request.Nonce, asked.Nonce) || request.Signed {
					t.Fatalf("got request %+v", request)
				}
				for state, s := range states {
					r := answer(t, ca.as, key, ca.cert, request.CertIDs[0], s, func(o *csr.OCSPResponseTemplate) {
						o.Nonce, o.ByKey = request.Nonce, h == csr.CertIDSHA256
					})
					got, err := ca.as.CheckOCSP(r, csr.OCSPCheck{Certificate: subject, Issuer: ca.cert, At: now, Nonce: asked.Nonce})
					if err != nil {
						t.Fatalf("%s: %v", state, err)
					}
					if got.State.String() != state || got.Responder != ca.cert || !got.ThisUpdate.Equal(s.ThisUpdate) || !got.NextUpdate.Equal(s.NextUpdate) ||
						got.Revocation.Reason != s.Revocation.Reason || !got.Revocation.RevokedAt.Equal(s.Revocation.RevokedAt) {
						t.Errorf("%s: got %+v", state, got)
					}
				}
			}
		})
	}
}
