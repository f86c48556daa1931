package tsp_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/tsp"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// today is an authority whose clock is that of the computer, as OpenSSL's is.
func today(t testing.TB, key crypto.Signer) *authority {
	t.Helper()
	return newAuthority(t, key, func(c *tsp.TSAConfig) { c.Now = time.Now })
}

func pemKey(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	if k, ok := key.(*gost.PrivateKey); ok {
		return csr.EncodePEM("PRIVATE KEY", gost.MarshalPKCS8PrivateKey(k))
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return csr.EncodePEM("PRIVATE KEY", raw)
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestOpenSSL exchanges requests and responses with `openssl ts`, both ways.
func TestOpenSSL(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	for what, key := range keys(t) {
		if what == "Ed25519" {
			continue // OpenSSL 3.0 signs no CMS with Ed25519
		}
		t.Run(what, func(t *testing.T) {
			a := today(t, key)
			data, root := outside.File(t, "data", document), outside.File(t, "root.pem", csr.EncodePEM(csr.PEMCertificate, a.root.Raw))
			cert := outside.File(t, "tsa.pem", csr.EncodePEM(csr.PEMCertificate, a.cert.Raw))
			out := filepath.Join(t.TempDir(), "out")

			// Its request, our response.
			for i, digest := range []string{"-md_gost12_256", "-md_gost12_512", "-sha256"} {
				for _, with := range [][]string{{"-cert"}, {}, {"-no_nonce", "-tspolicy", policy.String()}} {
					openssl.Run(append([]string{"ts", "-query", "-data", data, digest, "-out", out}, with...)...)
					raw := readFile(t, out)
					request, err := tsp.ParseRequest(raw)
					if err != nil {
						t.Fatal(err)
					}
					if !request.Imprint.Equal(tsp.NewImprint(csr.Standard()[i], document)) || request.CertReq != (len(with) == 1) {
						t.Errorf("got %+v", request)
					}
					response, err := a.Stamp(t.Context(), raw)
					if err != nil {
						t.Fatal(err)
					}
					reply := outside.File(t, "reply", response)
					for _, by := range [][]string{{"-queryfile", out}, {"-data", data}} {
						if said := openssl.Run(append([]string{"ts", "-verify", "-in", reply, "-CAfile", root, "-untrusted", cert}, by...)...); !strings.Contains(said, "Verification: OK") {
							t.Errorf("%s %v: %s", digest, with, said)
						}
					}
				}
			}

			// Our request, its response.
			config := outside.File(t, "tsa.cnf", fmt.Appendf(nil, `[tsa]
serial = %s
signer_cert = %s
signer_key = %s
signer_digest = %s
default_policy = %v
digests = sha256, md_gost12_256, md_gost12_512
accuracy = secs:1, millisecs:500, microsecs:100
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`, outside.File(t, "serial", []byte("01\n")), cert, outside.File(t, "key.pem", pemKey(t, key)), digestOf(what), policy))
			for _, digest := range csr.Standard()[:3] {
				client := a.client()
				client.Digest = digest
				client.Authority = answer(func(request []byte) ([]byte, error) {
					openssl.Run("ts", "-reply", "-config", config, "-section", "tsa", "-queryfile", outside.File(t, "query", request), "-out", out)
					return os.ReadFile(out)
				})
				token, err := client.Stamp(t.Context(), document)
				if err != nil {
					t.Fatal(err)
				}
				if token.Accuracy != 1500100*time.Microsecond || !token.Ordering || time.Since(token.Time).Abs() > time.Minute {
					t.Errorf("got %+v", token.Info)
				}
			}
			refused := a.client()
			refused.Digest = csr.Standard()[4] // SHA-384, which the section does not name
			refused.Authority = answer(func(request []byte) ([]byte, error) {
				openssl.Run("ts", "-reply", "-config", config, "-section", "tsa", "-queryfile", outside.File(t, "query", request), "-out", out)
				return os.ReadFile(out)
			})
			var rejected *tsp.RejectedError
			if _, err := refused.Stamp(t.Context(), document); !asRejected(err, &rejected) || rejected.Failure != tsp.BadAlg || len(rejected.Text) == 0 {
				t.Errorf("got %v", err)
			}
		})
	}
}

func asRejected(err error, target **tsp.RejectedError) bool {
	e, ok := err.(*tsp.RejectedError)
	*target = e
	return ok
}

// digestOf is the hash OpenSSL signs with by the kind of key.
func digestOf(key string) string {
	switch key {
	case "RSA", "P-256":
		return "sha256"
	case "512-A", "512-C":
		return "md_gost12_512"
	}
	return "md_gost12_256"
}

// TestOpenSSLCAdES has OpenSSL verify the signature of a message with a
// time-stamp in it, and the time-stamp by itself.
func TestOpenSSLCAdES(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	for what, key := range keys(t) {
		if what == "Ed25519" {
			continue
		}
		t.Run(what, func(t *testing.T) {
			a := today(t, key)
			as := csr.Standard()
			cert := issue(t, "Signer", key, a.root, key, 365*24*time.Hour, csr.NewKeyUsage(csr.DigitalSignature))
			p7s, err := cms.Sign(as, key, cert, cms.Options{Detached: true, At: time.Now()}, document)
			if err != nil {
				t.Fatal(err)
			}
			if p7s, err = a.client().Extend(t.Context(), p7s); err != nil {
				t.Fatal(err)
			}
			root := outside.File(t, "root.pem", csr.EncodePEM(csr.PEMCertificate, a.root.Raw))
			if said := openssl.Run("cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", outside.File(t, "p7s", p7s),
				"-content", outside.File(t, "data", document), "-CAfile", root, "-purpose", "any", "-out", os.DevNull); !strings.Contains(said, "uccessful") {
				t.Error(said)
			}
			sd := parseCMS(t, p7s)
			if said := openssl.Run("ts", "-verify", "-token_in", "-in", outside.File(t, "token", sd.Unsigned(0)[0].Values),
				"-data", outside.File(t, "signature", sd.Signatures()[0]), "-CAfile", root); !strings.Contains(said, "Verification: OK") {
				t.Error(said)
			}
			if !bytes.Contains(p7s, a.cert.Raw) {
				t.Error("the authority's certificate is not in the message")
			}
		})
	}
}
