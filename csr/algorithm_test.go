package csr_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"io"
	"math/big"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/testenv/outside"
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

// TestPSS signs with RSASSA-PSS where the caller prefers it, and reads it
// where he does not.
func TestPSS(t *testing.T) {
	key := rsaKey(t)
	prefer := append(csr.Algorithms{csr.RSAPSS()}, csr.Standard()...)
	der, err := prefer.Create(key, &csr.Template{Subject: name(t)})
	if err != nil {
		t.Fatal(err)
	}
	pss := []byte{6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10}
	r, err := csr.Standard().Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(r.RawSignatureAlgorithm, pss) {
		t.Errorf("got signature algorithm %x, want RSASSA-PSS", r.RawSignatureAlgorithm)
	}
	x, err := x509.ParseCertificateRequest(der)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.CheckSignature(); err != nil || x.SignatureAlgorithm != x509.SHA256WithRSAPSS {
		t.Errorf("crypto/x509: %v, %v", x.SignatureAlgorithm, err)
	}
	if out := outside.NewOpenSSL(t).Run("req", "-inform", "DER", "-in", outside.File(t, "pss.der", der), "-verify", "-noout"); !strings.Contains(out, "OK") {
		t.Errorf("openssl req: %s", out)
	}
}

// TestReadsOtherHashes reads requests whose hash or padding is not what this
// package would have chosen for the key.
func TestReadsOtherHashes(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	for what, args := range map[string][]string{
		"RSA SHA-384":       {"RSA", "rsa_keygen_bits:2048", "-sha384"},
		"RSA SHA-512":       {"RSA", "rsa_keygen_bits:2048", "-sha512"},
		"RSA-PSS SHA-256":   {"RSA", "rsa_keygen_bits:2048", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"},
		"RSA-PSS SHA-512":   {"RSA", "rsa_keygen_bits:2048", "-sha512", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"},
		"ECDSA P-256/512":   {"EC", "ec_paramgen_curve:P-256", "-sha512"},
		"ECDSA P-384/256":   {"EC", "ec_paramgen_curve:P-384", "-sha256"},
		"ECDSA P-521/384":   {"EC", "ec_paramgen_curve:P-521", "-sha384"},
		"short RSA refused": {"RSA", "rsa_keygen_bits:1024", "-sha256"},
		"SHA-1 refused":     {"RSA", "rsa_keygen_bits:2048", "-sha1"},
	} {
		t.Run(what, func(t *testing.T) {
			key := filepath.Join(t.TempDir(), "key")
			openssl.Run("genpkey", "-algorithm", args[0], "-pkeyopt", args[1], "-out", key)
			openssl.Run(append([]string{"req", "-new", "-key", key, "-subj", "/CN=Example", "-out", key + ".req"}, args[2:]...)...)
			_, err := csr.Standard().Parse(decode(t, key+".req", csr.PEMRequest))
			if refused := strings.HasSuffix(what, "refused"); refused != errors.Is(err, csr.ErrUnknownAlgorithm) || !refused && err != nil {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestForSigner is the ways in which a CMS message may name an algorithm, and
// those in which it may not.
func TestForSigner(t *testing.T) {
	as := csr.Standard()
	algorithm := func(params []byte, arcs ...uint) []byte {
		return der.Marshal(der.AlgorithmIdentifier{OID: oids(arcs), Params: params}.Add)
	}
	null := []byte{5, 0}
	gostKey, other := newKey(t).Public(), rsaKey(t).Public()
	sign256, key256 := []uint{1, 2, 643, 7, 1, 1, 3, 2}, []uint{1, 2, 643, 7, 1, 1, 1, 1}
	streebog256, streebog512 := []uint{1, 2, 643, 7, 1, 1, 2, 2}, []uint{1, 2, 643, 7, 1, 1, 2, 3}
	sha1, sha256 := []uint{1, 3, 14, 3, 2, 26}, []uint{2, 16, 840, 1, 101, 3, 4, 2, 1}
	rsaOID := []uint{1, 2, 840, 113549, 1, 1, 1}
	for what, c := range map[string]struct {
		pub               crypto.PublicKey
		signature, digest []byte
		ok                bool
	}{
		"signature identifier":       {gostKey, algorithm(nil, sign256...), algorithm(nil, streebog256...), true},
		"key identifier":             {gostKey, algorithm(nil, key256...), algorithm(nil, streebog256...), true},
		"NULL everywhere":            {gostKey, algorithm(null, key256...), algorithm(null, streebog256...), true},
		"RSA":                        {other, algorithm(null, rsaOID...), algorithm(null, sha256...), true},
		"digest without parameters":  {other, algorithm(null, rsaOID...), algorithm(nil, sha256...), true},
		"digest of another size":     {gostKey, algorithm(nil, sign256...), algorithm(nil, streebog512...), false},
		"digest of another scheme":   {gostKey, algorithm(nil, sign256...), algorithm(nil, sha256...), false},
		"digest nobody knows":        {gostKey, algorithm(nil, sign256...), algorithm(nil, 1, 2, 3), false},
		"SHA-1":                      {other, algorithm(null, rsaOID...), algorithm(null, sha1...), false},
		"digest with parameters":     {gostKey, algorithm(nil, sign256...), algorithm([]byte{2, 1, 0}, streebog256...), false},
		"signature with parameters":  {gostKey, algorithm([]byte{2, 1, 0}, sign256...), algorithm(nil, streebog256...), false},
		"signature of another key":   {other, algorithm(nil, sign256...), algorithm(nil, streebog256...), false},
		"signature that is no DER":   {gostKey, []byte{0x30, 1}, algorithm(nil, streebog256...), false},
		"digest with something left": {gostKey, algorithm(nil, sign256...), append(algorithm(nil, streebog256...), 0), false},
	} {
		a, err := as.ForSigner(c.pub, c.signature, c.digest)
		if (err == nil) != c.ok || (a != nil) != c.ok {
			t.Errorf("%s: got %v, %v", what, a, err)
		}
	}
}

func oids(arcs []uint) (id asn1.ObjectIdentifier) {
	for _, a := range arcs {
		id = append(id, int(a))
	}
	return id
}

// TestHugeKeyRefused has RSA keys whose verification would take minutes
// refused before any is tried.
func TestHugeKeyRefused(t *testing.T) {
	for bits, want := range map[int]error{1024: csr.ErrUnknownAlgorithm, 2048: nil, 8192: nil, 16384: csr.ErrUnknownAlgorithm} {
		n := new(big.Int).SetBit(big.NewInt(1), bits-1, 1)
		spki, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: n, E: 65537})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := csr.Standard().ParseKey(spki); !errors.Is(err, want) {
			t.Errorf("%d bits: got %v, want %v", bits, err, want)
		}
	}
}
