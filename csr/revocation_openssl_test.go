package csr_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// authorityToday is an authority whose certificates are valid now, as openssl
// judges by its own clock.
func authorityToday(t testing.TB, key crypto.Signer) *issuer {
	t.Helper()
	as := csr.Standard()
	cert := (&issuer{t: t, as: as}).issue(key, commonName(t, "authority"), selfNow(csr.NewBasicConstraints(true, 0), csr.NewKeyUsage(csr.KeyCertSign|csr.CRLSign)))
	return &issuer{t, as, key, cert}
}

// today is an end certificate of the given serial number, valid now.
func (i *issuer) today(serial int64) *csr.Certificate {
	i.t.Helper()
	return i.issue(newKey(i.t), commonName(i.t, "subject"), func(c *csr.CertificateTemplate) {
		selfNow()(c)
		c.SerialNumber = big.NewInt(serial)
	})
}

func pemFile(t testing.TB, label string, raw []byte) string {
	t.Helper()
	return outside.File(t, "file.pem", csr.EncodePEM(label, raw))
}

func certFile(t testing.TB, c *csr.Certificate) string { return pemFile(t, csr.PEMCertificate, c.Raw) }

// keyFile writes a private key as PKCS #8.
func keyFile(t testing.TB, key crypto.Signer) string {
	t.Helper()
	if k, ok := key.(*gost.PrivateKey); ok {
		return pemFile(t, "PRIVATE KEY", gost.MarshalPKCS8PrivateKey(k))
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pemFile(t, "PRIVATE KEY", raw)
}

// TestOpenSSLReadsCRL has openssl judge our lists in every scheme, and
// certificates by them.
func TestOpenSSLReadsCRL(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	for what, key := range keys(t) {
		t.Run(what, func(t *testing.T) {
			ca := authorityToday(t, key)
			today := func(c *csr.CRLTemplate) {
				c.ThisUpdate, c.NextUpdate = time.Now().Add(-time.Minute), time.Now().Add(time.Hour)
			}
			raw := ca.crl(today)
			root, list := certFile(t, ca.cert), pemFile(t, csr.PEMCRL, raw)
			out := openssl.Run("crl", "-in", list, "-CAfile", root, "-noout", "-text")
			for _, want := range []string{"verify OK", "Version 2", "Key Compromise", "CA Compromise", "Affiliation Changed", "Superseded",
				"Cessation Of Operation", "Certificate Hold", "Privilege Withdrawn", "AA Compromise", "Invalidity Date", "X509v3 CRL Number"} {
				if !strings.Contains(out, want) {
					t.Errorf("openssl crl does not say %q: %s", want, out)
				}
			}
			if strings.Contains(out, "Unspecified") {
				t.Error("the reason unspecified is written out")
			}
			if out, err := openssl.Try("crl", "-in", pemFile(t, csr.PEMCRL, flipLast(raw)), "-CAfile", root, "-noout"); err == nil && !strings.Contains(out, "verify failure") {
				t.Errorf("openssl accepts a changed list: %s", out)
			}
			verify := func(serial int64) (string, error) {
				return openssl.Try("verify", "-x509_strict", "-CAfile", root, "-CRLfile", list, "-crl_check", certFile(t, ca.today(serial)))
			}
			if out, err := verify(7); err != nil || !strings.Contains(out, "OK") {
				t.Errorf("good: openssl verify: %v: %s", err, out)
			}
			if out, err := verify(900); err == nil || !strings.Contains(out, "error 23") {
				t.Errorf("revoked: openssl verify: %v: %s", err, out)
			}
		})
	}
}

// TestReadsOpenSSLCRL reads lists that openssl ca makes, over every parameter
// set and with every reason it knows.
func TestReadsOpenSSLCRL(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	given := map[int64][]string{
		0x10: {"-crl_reason", "keyCompromise"}, 0x11: {"-crl_reason", "CACompromise"}, 0x12: {"-crl_reason", "affiliationChanged"},
		0x13: {"-crl_reason", "superseded"}, 0x14: {"-crl_reason", "cessationOfOperation"}, 0x15: {"-crl_reason", "certificateHold"},
		0x16: {"-crl_reason", "unspecified"}, 0x17: nil, 0x18: {"-crl_compromise", "20260102030405Z"},
	}
	want := map[int64]csr.Reason{
		0x10: csr.ReasonKeyCompromise, 0x11: csr.ReasonCACompromise, 0x12: csr.ReasonAffiliationChanged, 0x13: csr.ReasonSuperseded,
		0x14: csr.ReasonCessationOfOperation, 0x15: csr.ReasonCertificateHold, 0x16: csr.ReasonUnspecified, 0x17: csr.ReasonUnspecified,
		0x18: csr.ReasonKeyCompromise,
	}
	all := keys(t)
	for what, key := range all {
		t.Run(what, func(t *testing.T) {
			given := given
			if what != "CryptoPro-A" && what != "RSA" { // one reason will do
				given = map[int64][]string{0x10: given[0x10]}
			}
			ca := authorityToday(t, key)
			dir := t.TempDir()
			digest := "sha256"
			if k, ok := key.Public().(*gost.PublicKey); ok {
				digest = fmt.Sprintf("md_gost12_%d", k.Curve().Size()*8)
			}
			if what == "Ed25519" {
				digest = "null"
			}
			conf := filepath.Join(dir, "ca.cnf")
			text := fmt.Sprintf("[ca]\ndefault_ca=c\n[c]\ndatabase=%[1]s/index\ncrlnumber=%[1]s/number\ndefault_md=%[2]s\ndefault_crl_days=2\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n", dir, digest)
			for name, data := range map[string]string{"ca.cnf": text, "index": "", "number": "1F\n"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			common := []string{"ca", "-batch", "-config", conf, "-cert", certFile(t, ca.cert), "-keyfile", keyFile(t, key)}
			for serial, reason := range given {
				openssl.Run(append(append(common[:len(common):len(common)], "-revoke", certFile(t, ca.today(serial))), reason...)...)
			}
			out := filepath.Join(dir, "crl")
			openssl.Run(append(common[:len(common):len(common)], "-gencrl", "-out", out)...)

			list := parseCRL(t, decode(t, out, csr.PEMCRL))
			if err := ca.as.CheckCRL(list, ca.cert, time.Now()); err != nil {
				t.Fatal(err)
			}
			if list.Len() != len(given) || list.Number.Int64() != 0x1f || !bytes.Equal(list.AuthorityKeyID, ca.cert.SubjectKeyID) {
				t.Errorf("got %d entries, number %v", list.Len(), list.Number)
			}
			for serial := range given {
				r, found := list.Find(big.NewInt(serial))
				if !found || r.Reason != want[serial] || time.Since(r.RevokedAt) > time.Hour || r.InvalidityDate.IsZero() != (serial != 0x18) {
					t.Errorf("%x: got %+v, %v, want %v", serial, r, found, want[serial])
				}
			}
			if s, err := list.Status(ca.today(0x30)); err != nil || s.State != csr.StatusGood {
				t.Errorf("got %v, %v, want good", s.State, err)
			}
		})
	}
}

// TestGnuTLSCRL exchanges lists with GnuTLS.
func TestGnuTLSCRL(t *testing.T) {
	certtool := outside.Need(t, "certtool")
	run := func(t *testing.T, args ...string) string {
		t.Helper()
		out, err := exec.Command(certtool, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("certtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	for _, set := range []string{"CryptoPro-A", "CryptoPro-XchA", "256-B", "512-A"} {
		t.Run(set, func(t *testing.T) {
			c, err := gost.CurveByName(set)
			if err != nil {
				t.Fatal(err)
			}
			key, err := gost.GenerateKey(c, nil)
			if err != nil {
				t.Fatal(err)
			}
			ca := authorityToday(t, key)
			raw := ca.crl(func(c *csr.CRLTemplate) {
				c.ThisUpdate, c.NextUpdate = time.Now().Add(-time.Minute), time.Now().Add(time.Hour)
			})
			out := run(t, "--verify-crl", "--load-ca-certificate", certFile(t, ca.cert), "--infile", pemFile(t, csr.PEMCRL, raw))
			if !strings.Contains(out, "Verified") || strings.Contains(out, "Not verified") {
				t.Errorf("certtool --verify-crl: %s", out)
			}

			theirs := filepath.Join(t.TempDir(), "crl")
			run(t, "--generate-crl", "--load-ca-privkey", keyFile(t, key), "--load-ca-certificate", certFile(t, ca.cert), "--load-certificate", certFile(t, ca.today(0x55)),
				"--template", outside.File(t, "template", []byte("crl_next_update = 2\ncrl_number = 5\n")), "--outfile", theirs)
			list := parseCRL(t, decode(t, theirs, csr.PEMCRL))
			if err := ca.as.CheckCRL(list, ca.cert, time.Now()); err != nil {
				t.Error(err)
			}
			if r, found := list.Find(big.NewInt(0x55)); !found || list.Len() != 1 || list.Number.Int64() != 5 {
				t.Errorf("got %v, %v of %d", r, found, list.Len())
			}
		})
	}
}

// hashFlags are openssl's flags for the hash of a CertID.
var hashFlags = map[csr.CertIDHash]string{csr.CertIDSHA1: "-sha1", csr.CertIDSHA256: "-sha256", csr.CertIDStreebog256: "-md_gost12_256"}

// responders are an authority today and who may answer for it.
func responders(t testing.TB, key crypto.Signer) (ca *issuer, signers map[string]*issuer) {
	t.Helper()
	ca = authorityToday(t, key)
	delegated := newKey(t)
	cert := ca.delegate(delegated, func(c *csr.CertificateTemplate) { selfNow()(c) })
	return ca, map[string]*issuer{"the authority": ca, "a delegate": {t, ca.as, delegated, cert}}
}

// TestOpenSSLAnswers asks openssl's responder and checks its answers.
func TestOpenSSLAnswers(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	all := keys(t)
	for _, what := range []string{"CryptoPro-A", "512-A", "RSA", "P-256"} {
		t.Run(what, func(t *testing.T) {
			ca, signers := responders(t, all[what])
			index := outside.File(t, "index", []byte("V\t301231235959Z\t\t2A\tunknown\t/CN=subject\n"+"R\t301231235959Z\t260102030405Z,keyCompromise\t2B\tunknown\t/CN=subject\n"))
			root := certFile(t, ca.cert)
			for who, signer := range signers {
				for h := range hashFlags {
					for serial, want := range map[int64]csr.State{0x2a: csr.StatusGood, 0x2b: csr.StatusRevoked, 0x2c: csr.StatusUnknown} {
						subject := ca.today(serial)
						asked := askOCSP(t, subject, ca.cert, csr.OCSPOptions{Hash: h, NoNonce: serial == 0x2b})
						answer := filepath.Join(t.TempDir(), "answer")
						flags := []string{"ocsp", "-index", index, "-CA", root, "-rsigner", certFile(t, signer.cert), "-rkey", keyFile(t, signer.key),
							"-reqin", outside.File(t, "request", asked.Raw), "-respout", answer, "-ndays", "7"}
						if serial == 0x2b {
							flags = append(flags, "-resp_key_id")
						}
						openssl.Run(flags...)
						raw, err := os.ReadFile(answer)
						if err != nil {
							t.Fatal(err)
						}
						r, err := ca.as.ParseOCSPResponse(raw)
						if err != nil {
							t.Fatal(err)
						}
						got, err := ca.as.CheckOCSP(r, csr.OCSPCheck{Certificate: subject, Issuer: ca.cert, At: time.Now(), Nonce: asked.Nonce})
						if err != nil || got.State != want || !samePublic(got.Responder, signer.cert) {
							t.Errorf("%s, hash %d: got %v, %v, want %v", who, h, got.State, err, want)
						}
						if want == csr.StatusRevoked && (got.Revocation.Reason != csr.ReasonKeyCompromise || got.Revocation.RevokedAt.Year() != 2026 || r.ResponderKeyHash == nil) {
							t.Errorf("%s, hash %d: got %+v", who, h, got)
						}
					}
				}
			}
		})
	}
}

// TestOpenSSLAsks reads openssl's requests, signed ones too, and has it check
// our answers.
func TestOpenSSLAsks(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	all := keys(t)
	for _, what := range []string{"CryptoPro-A", "256-A", "512-C", "RSA", "P-384", "Ed25519"} {
		t.Run(what, func(t *testing.T) {
			ca, signers := responders(t, all[what])
			root := certFile(t, ca.cert)
			subject := ca.today(0x2a)
			file := certFile(t, subject)
			states := map[string]csr.Status{"good": goodAt(time.Now()), "revoked": revokedAt(time.Now()), "unknown": {ThisUpdate: time.Now()}}
			for who, signer := range signers {
				for h, flag := range hashFlags {
					request := filepath.Join(t.TempDir(), "request")
					flags := []string{"ocsp", "-issuer", root, flag, "-cert", file, "-reqout", request}
					signed, nonce := h == csr.CertIDSHA256, h != csr.CertIDStreebog256
					if signed {
						flags = append(flags, "-signer", root, "-signkey", keyFile(t, ca.key))
					}
					if !nonce {
						flags = append(flags, "-no_nonce")
					}
					openssl.Run(flags...)
					raw, err := os.ReadFile(request)
					if err != nil {
						t.Fatal(err)
					}
					asked, err := csr.ParseOCSPRequest(raw)
					if err != nil {
						t.Fatal(err)
					}
					if len(asked.CertIDs) != 1 || !asked.CertIDs[0].Names(subject, ca.cert) || asked.Signed != signed || (asked.Nonce != nil) != nonce {
						t.Fatalf("got %+v", asked)
					}
					for state, s := range states {
						response, err := ca.as.CreateOCSPResponse(signer.key, &csr.OCSPResponseTemplate{
							Responder: signer.cert, ByKey: state == "revoked", ProducedAt: time.Now(), Nonce: asked.Nonce,
							Answers:      []csr.OCSPAnswer{{CertID: asked.CertIDs[0], Status: s}},
							Certificates: []*csr.Certificate{signer.cert},
						})
						if err != nil {
							t.Fatal(err)
						}
						answer := outside.File(t, "response", response)
						out := openssl.Run("ocsp", "-respin", answer, "-no_nonce", "-issuer", root, flag, "-cert", file, "-CAfile", root)
						if !strings.Contains(out, "Response verify OK") || !strings.Contains(out, file+": "+state) {
							t.Errorf("%s, hash %d, %s: openssl ocsp: %s", who, h, state, out)
						}
						// With the request at hand it compares the nonces.
						out += openssl.Run("ocsp", "-reqin", request, "-respin", answer, "-CAfile", root)
						if strings.Contains(out, "WARNING") {
							t.Errorf("%s, hash %d, %s: openssl ocsp: %s", who, h, state, out)
						}
						if state == "revoked" && !strings.Contains(out, "keyCompromise") {
							t.Errorf("no reason: %s", out)
						}
					}
				}
			}
		})
	}
}

// TestOpenSSLRefusesDelegate shows that openssl and we agree on who may not
// answer: a certificate without the purpose.
func TestOpenSSLRefusesDelegate(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	ca := authorityToday(t, newKey(t))
	key := newKey(t)
	poor := ca.issue(key, commonName(t, "responder"), selfNow(csr.NewExtendedKeyUsage(oid.PurposeTimeStamping)))
	subject := ca.today(0x2a)
	asked := askOCSP(t, subject, ca.cert, csr.OCSPOptions{NoNonce: true})
	raw, err := ca.as.CreateOCSPResponse(key, &csr.OCSPResponseTemplate{
		Responder: poor, ProducedAt: time.Now(), Certificates: []*csr.Certificate{poor},
		Answers: []csr.OCSPAnswer{{CertID: asked.CertIDs[0], Status: goodAt(time.Now())}},
	})
	if err != nil {
		t.Fatal(err)
	}
	root := certFile(t, ca.cert)
	out, err := openssl.Try("ocsp", "-respin", outside.File(t, "response", raw), "-issuer", root, "-cert", certFile(t, subject), "-CAfile", root, "-no_nonce")
	if err == nil && strings.Contains(out, "Response verify OK") {
		t.Errorf("openssl accepts it: %s", out)
	}
	r, err := ca.as.ParseOCSPResponse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ca.as.CheckOCSP(r, csr.OCSPCheck{Certificate: subject, Issuer: ca.cert, At: time.Now()}); err == nil {
		t.Errorf("got %v, want it refused", got.State)
	}
}
