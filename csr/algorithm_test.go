package csr_test

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
	"io"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
)

// keys returns one private key of every scheme of csr.Standard and every GOST
// parameter set, by name.
func keys(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	all := map[string]crypto.Signer{}
	for _, c := range gost.Curves() {
		k, err := gost.GenerateKey(c, nil)
		if err != nil {
			t.Fatal(err)
		}
		all[c.Name()] = k
	}
	for _, c := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		k, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		all[c.Params().Name] = k
	}
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	all["RSA"] = k
	_, e, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	all["Ed25519"] = e
	return all
}

// name is the subject the tests of this package use.
func name(t testing.TB) csr.Name {
	t.Helper()
	n, err := csr.NewName(
		csr.NewAttribute(csr.SNILS, "11223344595"),
		csr.NewAttribute(csr.Country, "RU"),
		csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"),
	)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSignEveryScheme(t *testing.T) {
	as := csr.Standard()
	for what, key := range keys(t) {
		t.Run(what, func(t *testing.T) {
			a, sig, err := as.Sign(key, []byte("message"))
			if err != nil {
				t.Fatal(err)
			}
			spki, id, err := as.EncodeKey(key.Public())
			if err != nil {
				t.Fatal(err)
			}
			if len(id) != 20 || len(sig) == 0 || !a.Fits(key.Public()) {
				t.Errorf("got key identifier of %d octets and signature of %d", len(id), len(sig))
			}
			back, err := as.ParseKey(spki)
			if err != nil {
				t.Fatal(err)
			}
			if !back.(interface{ Equal(crypto.PublicKey) bool }).Equal(key.Public()) {
				t.Error("the public key read back differs")
			}
		})
	}
}

// digestOnly hides SignMessage, as a key in an HSM would.
type digestOnly struct{ key *gost.PrivateKey }

func (d digestOnly) Public() crypto.PublicKey { return d.key.Public() }

func (d digestOnly) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	return d.key.Sign(r, digest, o)
}

// reversed is a signer with the wrong byte order, as CryptoAPI returns it.
type reversed struct{ digestOnly }

func (r reversed) Sign(rand io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	sig, err := r.key.Sign(rand, digest, o)
	for i, j := 0, len(sig)-1; i < j; i, j = i+1, j-1 {
		sig[i], sig[j] = sig[j], sig[i]
	}
	return sig, err
}

// otherKey signs with a key that is not the public one it shows.
type otherKey struct {
	digestOnly
	other *gost.PrivateKey
}

func (o otherKey) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return o.other.Sign(r, digest, opts)
}

func TestSignerIsVerified(t *testing.T) {
	as := csr.Standard()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		t.Fatal(err)
	}
	template := &csr.Template{Subject: name(t)}
	if _, err := as.Create(digestOnly{key}, template); err != nil {
		t.Errorf("a signer of digests: %v", err)
	}
	for what, signer := range map[string]crypto.Signer{
		"wrong byte order": reversed{digestOnly{key}},
		"another key":      otherKey{digestOnly{key}, other},
	} {
		if der, err := as.Create(signer, template); !errors.Is(err, csr.ErrSignature) || der != nil {
			t.Errorf("%s: got %d octets, %v; want ErrSignature and nothing", what, len(der), err)
		}
	}
}

func TestUnknownScheme(t *testing.T) {
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := csr.Standard().Create(key, &csr.Template{Subject: name(t)})
	if err != nil {
		t.Fatal(err)
	}
	var none csr.Algorithms
	if _, err := none.Parse(der); !errors.Is(err, csr.ErrUnknownAlgorithm) {
		t.Errorf("got %v, want ErrUnknownAlgorithm", err)
	}
	if _, _, err := none.Sign(key, nil); !errors.Is(err, csr.ErrUnknownAlgorithm) {
		t.Errorf("got %v, want ErrUnknownAlgorithm", err)
	}
}

func ExampleAlgorithms_Create() {
	as := csr.Standard()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	subject, err := csr.NewName(
		csr.NewAttribute(csr.SNILS, "11223344595"),
		csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	der, err := as.Create(key, &csr.Template{Subject: subject})
	if err != nil {
		fmt.Println(err)
		return
	}
	request, err := as.Parse(der) // possession is verified here
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(request.Subject)
	fmt.Println(request.Algorithm.Name, bytes.Equal(request.Raw, der))
	// Output:
	// SNILS=11223344595, CN=Вощёных Ефим Ильич
	// GOST R 34.10-2012 (256) true
}
