package fetch_test

import (
	"crypto"
	"math/big"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
)

var (
	as  = csr.Standard()
	now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

// authority is one who issues certificates and says what became of them.
type authority struct {
	key  crypto.Signer
	cert *csr.Certificate
}

// must ends the test run: what the tests stand on is broken.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newKey() *gost.PrivateKey { return must(gost.GenerateKey(gost.CryptoProA(), nil)) }

func newAuthority(name string) *authority {
	a := &authority{key: newKey()}
	a.cert = a.issue(a.key, name, 1, csr.NewBasicConstraints(true, -1), csr.NewKeyUsage(csr.KeyCertSign|csr.CRLSign))
	return a
}

// issue makes a certificate, self-signed as long as a has none.
func (a *authority) issue(key crypto.Signer, name string, serial int64, extensions ...csr.Extension) *csr.Certificate {
	spki, id, err := as.EncodeKey(key.Public())
	if err != nil {
		panic(err)
	}
	subject := must(csr.NewName(csr.NewAttribute(csr.CommonName, name)))
	template := &csr.CertificateTemplate{
		SerialNumber: big.NewInt(serial), Issuer: subject, Subject: subject, RawKey: spki,
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(10, 0, 0),
		Extensions: append([]csr.Extension{csr.NewSubjectKeyID(id)}, extensions...),
	}
	if a.cert != nil {
		template.Issuer = a.cert.Subject
		template.Extensions = append(template.Extensions, csr.NewAuthorityKeyID(a.cert.SubjectKeyID))
	}
	return must(as.ParseCertificate(must(as.CreateCertificate(a.key, template))))
}

// under is an authority below a.
func (a *authority) under(name string, extensions ...csr.Extension) *authority {
	sub := &authority{key: newKey()}
	sub.cert = a.issue(sub.key, name, 2, append(extensions, csr.NewBasicConstraints(true, -1), csr.NewKeyUsage(csr.KeyCertSign|csr.CRLSign))...)
	return sub
}

// leaf is an end certificate with addresses.
func (a *authority) leaf(serial int64, extensions ...csr.Extension) *csr.Certificate {
	return a.issue(newKey(), "leaf", serial, extensions...)
}

// list is a CRL of the given serial numbers, current at now.
func (a *authority) list(serials ...int64) []byte { return a.listAt(now, serials...) }

func (a *authority) listAt(at time.Time, serials ...int64) []byte {
	template := &csr.CRLTemplate{
		Issuer: a.cert.Subject, AuthorityKeyID: a.cert.SubjectKeyID, Number: big.NewInt(1),
		ThisUpdate: at.Add(-time.Minute), NextUpdate: at.Add(time.Hour),
	}
	for _, n := range serials {
		template.Entries = append(template.Entries, csr.Revocation{SerialNumber: big.NewInt(n), RevokedAt: at, Reason: csr.ReasonSuperseded})
	}
	return must(as.CreateCRL(a.key, template))
}

// answer is the OCSP response of a responder to a request.
func (a *authority) answer(request []byte, responder *authority, state csr.State, nonce bool) []byte {
	r := must(csr.ParseOCSPRequest(request))
	template := &csr.OCSPResponseTemplate{
		Responder: responder.cert, ProducedAt: now, Certificates: []*csr.Certificate{responder.cert},
		Answers: []csr.OCSPAnswer{{CertID: r.CertIDs[0], Status: csr.Status{State: state, ThisUpdate: now, Revocation: csr.Revocation{RevokedAt: now}}}},
	}
	if nonce {
		template.Nonce = r.Nonce
	}
	return must(as.CreateOCSPResponse(responder.key, template))
}

func points(urls ...string) csr.Extension { return must(csr.NewCRLDistributionPoints(urls...)) }

func access(list ...csr.AccessDescription) csr.Extension {
	return must(csr.NewAuthorityInfoAccess(list...))
}

func ocspAt(url string) csr.AccessDescription {
	return csr.AccessDescription{Method: csr.AccessOCSP, URL: url}
}

func issuerAt(url string) csr.AccessDescription {
	return csr.AccessDescription{Method: csr.AccessCAIssuers, URL: url}
}
