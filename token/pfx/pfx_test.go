package pfx_test

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
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pfx"
	"github.com/surguch/surguch/token/tokentest"
)

var password = []byte("Вощёных, Ефим: сургуч")

// few are enough iterations for a test.
const few = 1000

// certify makes a certificate for a key, with so many octets more in both of
// its names.
func certify(t testing.TB, key crypto.Signer, more int) *csr.Certificate {
	t.Helper()
	attributes := []csr.Attribute{csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич")}
	for ; more > 0; more -= 60 {
		attributes = append(attributes, csr.NewAttribute(csr.OrganizationalUnit, strings.Repeat("n", 60)))
	}
	name, err := csr.NewName(attributes...)
	if err != nil {
		t.Fatal(err)
	}
	return tokentest.Issue(t, key, csr.CertificateTemplate{Issuer: name, Subject: name})
}

// keys returns a key of each kind, by name.
func keys(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	all := map[string]crypto.Signer{}
	for _, curve := range gost.Curves() {
		key, err := gost.GenerateKey(curve, nil)
		if err != nil {
			t.Fatal(err)
		}
		all[curve.Name()] = key
	}
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, d, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	all["RSA"], all["P-256"], all["Ed25519"] = r, e, d
	return all
}

func gostKey(t testing.TB) *gost.PrivateKey {
	t.Helper()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sameKey has one key sign and the public half of the other verify.
func sameKey(t testing.TB, got crypto.Signer, want crypto.PublicKey) {
	t.Helper()
	as := csr.Standard()
	algorithm, signature, err := as.Sign(got, []byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	if !algorithm.VerifyMessage(want, []byte("message"), signature) {
		t.Error("got another key")
	}
}

// TestRoundTrip writes and reads keys of all kinds under every option.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	all := keys(t)
	for _, cipher := range []cms.Cipher{cms.Kuznyechik, cms.Magma} {
		for _, omac := range []bool{false, true} {
			var c pfx.Contents
			for name, key := range all {
				c.Keys = append(c.Keys, pfx.Key{Private: key, Name: name + ", ключ 🔑", LocalID: []byte(name)})
				c.Certificates = append(c.Certificates, pfx.Certificate{Raw: certify(t, key, 0).Raw, Name: name, LocalID: []byte(name)})
			}
			c.Certificates = append(c.Certificates, pfx.Certificate{Raw: certify(t, gostKey(t), 300_000).Raw})
			file, err := pfx.Marshal(&c, password, pfx.Options{Cipher: cipher, OMAC: omac, Iterations: few})
			if err != nil {
				t.Fatal(err)
			}
			got, err := pfx.Parse(file, password)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Findings) != 0 || len(got.Keys) != len(c.Keys) || len(got.Certificates) != len(c.Certificates) {
				t.Fatalf("got %v, %d keys, %d certificates", got.Findings, len(got.Keys), len(got.Certificates))
			}
			for i, k := range got.Keys {
				if want := c.Keys[i]; k.Name != want.Name || !bytes.Equal(k.LocalID, want.LocalID) {
					t.Errorf("got %q, %x, want %q, %x", k.Name, k.LocalID, want.Name, want.LocalID)
				}
				sameKey(t, k.Private, c.Keys[i].Private.Public())
			}
			for i, cert := range got.Certificates {
				if want := c.Certificates[i]; cert.Name != want.Name || !bytes.Equal(cert.LocalID, want.LocalID) || !bytes.Equal(cert.Raw, want.Raw) {
					t.Errorf("got another certificate %q", cert.Name)
				}
			}
		}
	}
}

// TestWrongPassword: a wrong password and a changed octet are one error, which
// does not show the password, and nothing comes with it.
func TestWrongPassword(t *testing.T) {
	t.Parallel()
	file, err := pfx.Marshal(&pfx.Contents{Keys: []pfx.Key{{Private: gostKey(t)}}}, password, pfx.Options{Iterations: few})
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"", "x", string(password) + " ", strings.ToUpper(string(password)), "\xff"} {
		c, err := pfx.Parse(file, []byte(wrong))
		if !errors.Is(err, pfx.ErrPassword) || !errors.Is(err, token.WrongPIN) || c != nil || strings.Contains(err.Error(), "сургуч") {
			t.Errorf("%q: got %v, %v, want ErrPassword", wrong, c, err)
		}
	}
	opened := 0
	for i := range file {
		changed := bytes.Clone(file)
		changed[i] ^= 1
		if i > 60 && i%7 != 0 {
			continue // each costs a derivation
		}
		if _, err := pfx.Parse(changed, password); err == nil {
			opened++
		}
	}
	if opened != 0 {
		t.Errorf("%d changed files were opened", opened)
	}
}

// TestWeakPassword: what Marshal refuses, and what it does not.
func TestWeakPassword(t *testing.T) {
	for _, weak := range []string{
		"", "short", "семь777", "12345678", "20261122", "11111111", "abababab", "password", "PASSWORD", "Пароль123",
		"йцукенгш", "abcdefgh", "зжедгвба", "with\x00zero", "with\nline", "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8", "123456789012345",
	} {
		_, err := pfx.Marshal(&pfx.Contents{}, []byte(weak), pfx.Options{Iterations: few})
		if !errors.Is(err, pfx.ErrWeakPassword) || !errors.Is(err, token.Policy) || weak != "" && weak != "password" && strings.Contains(err.Error(), weak) {
			t.Errorf("%q: got %v, want ErrWeakPassword", weak, err)
		}
	}
	for _, good := range []string{"сургуч-26", "correct horse battery staple", "7301 9926 4410 8353", "Пароль для PFX"} {
		if err := pfx.CheckPassword([]byte(good)); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func TestOptions(t *testing.T) {
	for what, o := range map[string]pfx.Options{
		"few iterations":  {Iterations: 999},
		"many iterations": {Iterations: pfx.MaxIterations + 1},
		"no iterations":   {Iterations: -1},
		"no cipher":       {Cipher: 2},
	} {
		if _, err := pfx.Marshal(&pfx.Contents{}, password, o); err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
	name := pfx.Contents{Keys: []pfx.Key{{Private: gostKey(t), Name: "\xff"}}}
	if _, err := pfx.Marshal(&name, password, pfx.Options{Iterations: few}); err == nil {
		t.Error("a name that is not text: got no error")
	}
}

// TestPrintsNoSecret: a key prints its name.
func TestPrintsNoSecret(t *testing.T) {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	k := pfx.Key{Private: r, Name: "имя"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%x", "%s"} {
		for _, value := range []any{k, &k, pfx.Contents{Keys: []pfx.Key{k}}} {
			if got := fmt.Sprintf(verb, value); strings.Contains(got, r.D.String()) || strings.Contains(got, r.D.Text(16)) {
				t.Errorf("%s shows the key", verb)
			}
		}
	}
}
