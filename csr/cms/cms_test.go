package cms_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost"
)

var document = []byte("Заявление на изготовление сертификата\n")

// selfSigned makes a certificate for the key, valid today.
func selfSigned(t testing.TB, as csr.Algorithms, key crypto.Signer, serial int64) *csr.Certificate {
	t.Helper()
	return named(t, as, key, "Вощёных Ефим Ильич", serial)
}

// named is selfSigned with a name and further extensions.
func named(t testing.TB, as csr.Algorithms, key crypto.Signer, who string, serial int64, more ...csr.Extension) *csr.Certificate {
	t.Helper()
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, who))
	if err != nil {
		t.Fatal(err)
	}
	spki, id, err := as.EncodeKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	der, err := as.CreateCertificate(key, &csr.CertificateTemplate{
		SerialNumber: big.NewInt(serial), Issuer: name, Subject: name, RawKey: spki,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		Extensions: append([]csr.Extension{csr.NewBasicConstraints(true, -1), csr.NewSubjectKeyID(id)}, more...),
	})
	if err != nil {
		t.Fatal(err)
	}
	cert, err := as.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

var madeKeys = sync.OnceValues(func() (map[string]crypto.Signer, error) {
	all := map[string]crypto.Signer{}
	for _, c := range gost.Curves() {
		k, err := gost.GenerateKey(c, nil)
		if err != nil {
			return nil, err
		}
		all[c.Name()] = k
	}
	p, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return nil, err
	}
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	_, e, err := ed25519.GenerateKey(rand.Reader)
	all["P-384"], all["RSA"], all["Ed25519"] = p, r, e
	return all, err
})

// keys are one key of every GOST parameter set and of the other schemes, made
// once.
func keys(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	all, err := madeKeys()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestSignVerify(t *testing.T) {
	as := csr.Standard()
	for what, key := range keys(t) {
		for _, detached := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/detached=%v", what, detached), func(t *testing.T) {
				cert := selfSigned(t, as, key, 1)
				at := time.Now().Truncate(time.Second)
				raw, err := cms.Sign(as, key, cert, cms.Options{Detached: detached, At: at}, document)
				if err != nil {
					t.Fatal(err)
				}
				sd, err := cms.Parse(as, raw)
				if err != nil {
					t.Fatal(err)
				}
				content := document
				if !detached {
					content = nil
				}
				signers, err := sd.Verify(content, csr.Chain{Anchors: []*csr.Certificate{cert}, At: at})
				if err != nil {
					t.Fatal(err)
				}
				if a := signers[0].Algorithm; !a.Fits(key.Public()) || !bytes.Equal(signers[0].Signature, sd.Signatures()[0]) {
					t.Errorf("got a signature of %s, %d octets", a.Name, len(signers[0].Signature))
				}
				if len(signers) != 1 || !bytes.Equal(signers[0].Certificate.Raw, cert.Raw) || !signers[0].SignedAt.Equal(at) {
					t.Errorf("got %d signers, signed at %v; want one at %v", len(signers), signers[0].SignedAt, at)
				}
				if _, err := sd.Verify(append([]byte("x"), document...), csr.Chain{Anchors: []*csr.Certificate{cert}, At: at}); !errors.Is(err, cms.ErrContent) {
					t.Errorf("other content: got %v, want ErrContent", err)
				}
				if _, err := sd.Verify(content, csr.Chain{At: at}); !errors.Is(err, csr.ErrNoIssuer) {
					t.Errorf("no anchor: got %v, want no issuer", err)
				}
			})
		}
	}
}

// TestEveryByte changes each byte of a message in turn: none of the results
// may verify as the same signer's word over the document.
func TestEveryByte(t *testing.T) {
	as := csr.Standard()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		t.Fatal(err)
	}
	cert := selfSigned(t, as, key, 1)
	with := csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}
	raw, err := cms.Sign(as, key, cert, cms.Options{Detached: true, At: time.Now()}, document)
	if err != nil {
		t.Fatal(err)
	}
	accepted := 0
	for i := range raw {
		changed := bytes.Clone(raw)
		changed[i] ^= 0x01
		sd, err := cms.Parse(as, changed)
		if err != nil {
			continue
		}
		if _, err := sd.Verify(document, with); err == nil {
			accepted++
		}
	}
	// What no signature covers: the version and digestAlgorithms of
	// SignedData, and identifiers that are read as equals.
	if accepted > 40 {
		t.Errorf("%d of %d changed messages verify", accepted, len(raw))
	}
	sd, err := cms.Parse(as, raw)
	if err != nil {
		t.Fatal(err)
	}
	other := bytes.Clone(document)
	other[0] ^= 1
	if _, err := sd.Verify(other, with); !errors.Is(err, cms.ErrContent) {
		t.Errorf("got %v, want ErrContent", err)
	}
}

// TestTC26 verifies the signed example of R 1323565.1.025-2019.
func TestTC26(t *testing.T) {
	as := csr.Standard()
	root, err := as.ParseCertificate(read(t, "root256_cert.pem", csr.PEMCertificate))
	if err != nil {
		t.Fatal(err)
	}
	sd, err := cms.Parse(as, read(t, "signed_a111.pem", "CMS"))
	if err != nil {
		t.Fatal(err)
	}
	signers, err := sd.Verify(nil, csr.Chain{Anchors: []*csr.Certificate{root}, At: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := signers[0].Certificate.Subject.String(), "O=TK26, CN=ORIGINATOR: GOST 34.10-12 512-bit"; got != want {
		t.Errorf("got signer %s, want %s", got, want)
	}
	if !bytes.HasSuffix(sd.Content, []byte("SignedData.")) {
		t.Errorf("got content %q", sd.Content)
	}
}

func read(t testing.TB, name, label string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("testdata/tc26", name))
	if err != nil {
		t.Fatal(err)
	}
	der, err := csr.Decode(file, label)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// TestSignedTC26 verifies the signed messages of TC 26 of 256 and 512 bits,
// which have neither signed attributes nor a certificate, and NULL parameters.
func TestSignedTC26(t *testing.T) {
	as := csr.Standard()
	for _, bits := range []string{"256", "512"} {
		cert, err := as.ParseCertificate(file(t, "tc26-28147/certificate"+bits+".hex"))
		if err != nil {
			t.Fatal(err)
		}
		sd, err := cms.Parse(as, file(t, "tc26-28147/signed"+bits+".hex"))
		if err != nil {
			t.Fatal(err)
		}
		own := csr.Chain{Anchors: []*csr.Certificate{cert}, Intermediates: []*csr.Certificate{cert}, At: cert.NotBefore}
		signers, err := sd.Verify(nil, own)
		if err != nil {
			t.Errorf("%s: %v", bits, err)
			continue
		}
		if string(sd.Content) != "Test message" || signers[0].Certificate != cert {
			t.Errorf("%s: got content %q", bits, sd.Content)
		}
		if _, err := sd.Verify(nil, csr.Chain{Anchors: own.Anchors, At: own.At}); !errors.Is(err, cms.ErrNoCertificate) {
			t.Errorf("%s: without the certificate: got %v", bits, err)
		}
	}
}
