package csr

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"hash"
	"math"
	"math/big"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/legacy"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Standard returns the schemes this module implements or takes from the
// standard library. The first that fits a key signs with it:
//
//   - GOST R 34.10-2012 of 256 and 512 bits over the given curves (none given:
//     gost.Curves);
//   - RSA of 2048 to 8192 bits with PKCS #1 v1.5 padding and SHA-256;
//   - ECDSA over P-256, P-384 and P-521, each with the hash of its size;
//   - Ed25519.
//
// Behind them stand the same keys with other hashes and RSA with PSS padding,
// which are read; put [RSAPSS] before the list to sign with it. The slice is
// the caller's to change.
func Standard(curves ...*gost.Curve) Algorithms {
	as := Algorithms{
		gostAlgorithm("GOST R 34.10-2012 (256)", 32, oid.GOST3410_256, oid.GOSTSign256, oid.Streebog256, streebog.New256, curves),
		gostAlgorithm("GOST R 34.10-2012 (512)", 64, oid.GOST3410_512, oid.GOSTSign512, oid.Streebog512, streebog.New512, curves),
		rsaAlgorithm(sha2[0]),
		ecdsaAlgorithm(elliptic.P256(), sha2[0]),
		ecdsaAlgorithm(elliptic.P384(), sha2[1]),
		ecdsaAlgorithm(elliptic.P521(), sha2[2]),
		ed25519Algorithm(),
	}
	for _, h := range sha2[1:] {
		as = append(as, rsaAlgorithm(h))
	}
	for i, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		for j, h := range sha2 {
			if i != j {
				as = append(as, ecdsaAlgorithm(curve, h))
			}
		}
	}
	for _, h := range sha2 {
		as = append(as, pssAlgorithm(h, derNull), pssAlgorithm(h, nil))
	}
	return as
}

// Legacy returns the scheme of GOST R 34.10-2001 with GOST R 34.11-94 (RFC
// 4491), for reading what was signed before 2020. It verifies only; append it
// to Standard where old certificates are to be read.
func Legacy(curves ...*gost.Curve) Algorithms {
	return Algorithms{{
		Name: "GOST R 34.10-2001", Key: oid.GOST3410_2001, Signature: oid.GOSTSign2001, CMS: oid.GOST3410_2001,
		Digest: oid.GOST3411_94, Hash: legacy.New94,
		Fits: func(pub crypto.PublicKey) bool {
			_, ok := pub.(*legacy.PublicKey)
			return ok
		},
		ParseKey: func(spki []byte) (crypto.PublicKey, error) {
			k, err := legacy.ParsePKIXPublicKey(spki, curves...)
			if err != nil {
				return nil, err
			}
			return k, nil
		},
		EncodeKey: func(crypto.PublicKey) ([]byte, error) {
			return nil, errors.New("csr: keys of GOST R 34.10-2001 are read and not written")
		},
		Verify: func(pub crypto.PublicKey, digest, sig []byte) bool {
			k, ok := pub.(*legacy.PublicKey)
			return ok && legacy.Verify(k, digest, sig)
		},
	}}
}

// gostAlgorithm is GOST R 34.10-2012 of one key length (RFC 9215). Signature
// parameters are absent (section 2). In CMS the public key's identifier
// stands for the signature's, as CryptoPro CSP and the examples of
// R 1323565.1.025-2019 write it.
func gostAlgorithm(name string, size int, key, sig, digest asn1.ObjectIdentifier, h func() hash.Hash, curves []*gost.Curve) *Algorithm {
	return &Algorithm{
		Name: name, Key: key, Signature: sig, CMS: key, Digest: digest, Hash: h,
		Fits: func(pub crypto.PublicKey) bool {
			k, ok := pub.(*gost.PublicKey)
			return ok && k.Curve().Size() == size
		},
		ParseKey: func(spki []byte) (crypto.PublicKey, error) {
			k, err := gost.ParsePKIXPublicKey(spki, curves...)
			if err != nil {
				return nil, err
			}
			return k, nil
		},
		EncodeKey: func(pub crypto.PublicKey) ([]byte, error) {
			k, ok := pub.(*gost.PublicKey)
			if !ok {
				return nil, errors.New("csr: not a GOST public key")
			}
			return gost.MarshalPKIXPublicKey(k), nil
		},
		Verify: func(pub crypto.PublicKey, digest, sig []byte) bool {
			k, ok := pub.(*gost.PublicKey)
			return ok && gost.Verify(k, digest, sig)
		},
	}
}

// hashScheme is a hash with the signature identifiers that name it.
type hashScheme struct {
	id         crypto.Hash
	name       string
	hash       func() hash.Hash
	digest     asn1.ObjectIdentifier
	rsa, ecdsa asn1.ObjectIdentifier
}

// sha2 are the hashes that go with RSA and ECDSA.
var sha2 = []hashScheme{
	{crypto.SHA256, "SHA-256", sha256.New, oid.SHA256, oid.RSAWithSHA256, oid.ECDSAWithSHA256},
	{crypto.SHA384, "SHA-384", sha512.New384, oid.SHA384, oid.RSAWithSHA384, oid.ECDSAWithSHA384},
	{crypto.SHA512, "SHA-512", sha512.New, oid.SHA512, oid.RSAWithSHA512, oid.ECDSAWithSHA512},
}

var derNull = []byte{5, 0}

// rsaAlgorithm is RSASSA-PKCS1-v1_5 (RFC 8017, RFC 4055).
func rsaAlgorithm(h hashScheme) *Algorithm {
	return &Algorithm{
		Name: "RSA " + h.name, Key: oid.RSA, Signature: h.rsa, SignatureParams: derNull,
		CMS: oid.RSA, Digest: h.digest, Hash: h.hash, Options: h.id,
		Fits: isRSA, ParseKey: parseRSAKey, EncodeKey: encodeStandardKey,
		Verify: func(pub crypto.PublicKey, digest, sig []byte) bool {
			k, ok := pub.(*rsa.PublicKey)
			return ok && rsa.VerifyPKCS1v15(k, h.id, digest, sig) == nil
		},
	}
}

// RSAPSS returns RSASSA-PSS with SHA-256, MGF1 with the same hash and 32
// octets of salt (RFC 8017, RFC 4055). Before csr.Standard() in a list, it is
// what RSA keys sign with; Standard itself only reads it.
func RSAPSS() *Algorithm { return pssAlgorithm(sha2[0], derNull) }

// pssAlgorithm is RSASSA-PSS with one hash throughout and as much salt. The
// parameters of the hash are NULL or absent; both are met (RFC 4055, section
// 2.1).
func pssAlgorithm(h hashScheme, hashParams []byte) *Algorithm {
	digest := der.AlgorithmIdentifier{OID: h.digest, Params: hashParams}
	return &Algorithm{
		Name: "RSA-PSS " + h.name, Key: oid.RSA, Signature: oid.RSAPSS,
		SignatureParams: der.Marshal(func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1(der.ContextCons(0), digest.Add)
				b.AddASN1(der.ContextCons(1), func(b *der.Builder) {
					b.AddASN1(der.Sequence, func(b *der.Builder) {
						b.AddASN1ObjectIdentifier(oid.MGF1)
						digest.Add(b)
					})
				})
				b.AddASN1(der.ContextCons(2), func(b *der.Builder) { b.AddASN1Int64(int64(h.id.Size())) })
			})
		}),
		Digest: h.digest, Hash: h.hash, Options: &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: h.id},
		Fits: isRSA, ParseKey: parseRSAKey, EncodeKey: encodeStandardKey,
		Verify: func(pub crypto.PublicKey, digest, sig []byte) bool {
			k, ok := pub.(*rsa.PublicKey)
			return ok && rsa.VerifyPSS(k, h.id, digest, sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		},
	}
}

// isRSA reports whether pub is an RSA key of 2048 to 8192 bits: shorter ones
// are broken, longer ones are a way to make verifying take minutes.
func isRSA(pub crypto.PublicKey) bool {
	k, ok := pub.(*rsa.PublicKey)
	return ok && k.N.BitLen() >= 2048 && k.N.BitLen() <= 8192
}

// ecdsaAlgorithm is ECDSA over one curve (RFC 5480, RFC 5758).
func ecdsaAlgorithm(curve elliptic.Curve, h hashScheme) *Algorithm {
	return &Algorithm{
		Name: "ECDSA " + curve.Params().Name + " " + h.name, Key: oid.EC, Signature: h.ecdsa,
		Digest: h.digest, Hash: h.hash, Options: h.id,
		Fits: func(pub crypto.PublicKey) bool {
			k, ok := pub.(*ecdsa.PublicKey)
			return ok && k.Curve == curve
		},
		ParseKey: parseStandardKey, EncodeKey: encodeStandardKey,
		Verify: func(pub crypto.PublicKey, digest, sig []byte) bool {
			k, ok := pub.(*ecdsa.PublicKey)
			return ok && ecdsa.VerifyASN1(k, digest, sig)
		},
	}
}

// ed25519Algorithm is Ed25519 (RFC 8410): it signs the message, not a digest.
// In CMS the digest of the content is SHA-512 (RFC 8419, section 3).
func ed25519Algorithm() *Algorithm {
	return &Algorithm{
		Name: "Ed25519", Key: oid.Ed25519, Signature: oid.Ed25519, Digest: oid.SHA512, Hash: sha512.New, Pure: true,
		Fits: func(pub crypto.PublicKey) bool {
			_, ok := pub.(ed25519.PublicKey)
			return ok
		},
		ParseKey: parseStandardKey, EncodeKey: encodeStandardKey,
		Verify: func(pub crypto.PublicKey, msg, sig []byte) bool {
			k, ok := pub.(ed25519.PublicKey)
			return ok && ed25519.Verify(k, msg, sig)
		},
	}
}

// parseRSAKey reads an RSA key (RFC 8017, appendix A.1.1): a modulus and an
// exponent of at most 31 bits, both positive.
func parseRSAKey(spki []byte) (crypto.PublicKey, error) {
	bad := errors.New("csr: RSA public key does not parse")
	alg, bits, ok := splitKey(spki)
	if !ok || !alg.NoParams() {
		return nil, bad
	}
	in, ok := der.ReadWhole(bits, der.Sequence)
	k := &rsa.PublicKey{N: new(big.Int)}
	if !ok || !in.ReadASN1Integer(k.N) || !in.ReadASN1Integer(&k.E) || !in.Empty() ||
		k.N.Sign() <= 0 || k.E <= 0 || int64(k.E) > math.MaxInt32 {
		return nil, bad
	}
	return k, nil
}

func sha1Sum(b []byte) []byte {
	sum := sha1.Sum(b)
	return sum[:]
}

// parseStandardKey and encodeStandardKey are for the keys crypto/x509 knows.
func parseStandardKey(spki []byte) (crypto.PublicKey, error) { return x509.ParsePKIXPublicKey(spki) }

func encodeStandardKey(pub crypto.PublicKey) ([]byte, error) { return x509.MarshalPKIXPublicKey(pub) }
