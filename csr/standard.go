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

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/oid"
)

// Standard returns the schemes this module implements or takes from the
// standard library: GOST R 34.10-2012 of 256 and 512 bits over the given
// curves (none given: gost.Curves), RSA with SHA-256, ECDSA over P-256, P-384
// and P-521, Ed25519. The slice is the caller's to change.
func Standard(curves ...*gost.Curve) Algorithms {
	return Algorithms{
		gostAlgorithm("GOST R 34.10-2012 (256)", 32, oid.GOST3410_256, oid.GOSTSign256, oid.Streebog256, streebog.New256, curves),
		gostAlgorithm("GOST R 34.10-2012 (512)", 64, oid.GOST3410_512, oid.GOSTSign512, oid.Streebog512, streebog.New512, curves),
		rsaSHA256(),
		ecdsaAlgorithm("ECDSA P-256", elliptic.P256(), oid.ECDSAWithSHA256, oid.SHA256, crypto.SHA256, sha256.New),
		ecdsaAlgorithm("ECDSA P-384", elliptic.P384(), oid.ECDSAWithSHA384, oid.SHA384, crypto.SHA384, sha512.New384),
		ecdsaAlgorithm("ECDSA P-521", elliptic.P521(), oid.ECDSAWithSHA512, oid.SHA512, crypto.SHA512, sha512.New),
		ed25519Algorithm(),
	}
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

var derNull = []byte{5, 0}

// rsaSHA256 is RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, RFC 4055); keys
// under 2048 bits do not fit.
func rsaSHA256() *Algorithm {
	return &Algorithm{
		Name: "RSA SHA-256", Key: oid.RSA, Signature: oid.RSAWithSHA256, SignatureParams: derNull,
		CMS: oid.RSA, Digest: oid.SHA256, Hash: sha256.New, Options: crypto.SHA256,
		Fits: func(pub crypto.PublicKey) bool {
			k, ok := pub.(*rsa.PublicKey)
			return ok && k.N.BitLen() >= 2048
		},
		ParseKey:  parseStandardKey,
		EncodeKey: func(pub crypto.PublicKey) ([]byte, error) { return x509.MarshalPKIXPublicKey(pub) },
		Verify: func(pub crypto.PublicKey, digest, sig []byte) bool {
			k, ok := pub.(*rsa.PublicKey)
			return ok && rsa.VerifyPKCS1v15(k, crypto.SHA256, digest, sig) == nil
		},
	}
}

// ecdsaAlgorithm is ECDSA over one curve with the hash of its size (RFC 5758).
func ecdsaAlgorithm(name string, curve elliptic.Curve, sig, digest asn1.ObjectIdentifier, opts crypto.Hash, h func() hash.Hash) *Algorithm {
	return &Algorithm{
		Name: name, Key: oid.EC, Signature: sig, Digest: digest, Hash: h, Options: opts,
		Fits: func(pub crypto.PublicKey) bool {
			k, ok := pub.(*ecdsa.PublicKey)
			return ok && k.Curve == curve
		},
		ParseKey:  parseStandardKey,
		EncodeKey: func(pub crypto.PublicKey) ([]byte, error) { return x509.MarshalPKIXPublicKey(pub) },
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
		ParseKey:  parseStandardKey,
		EncodeKey: func(pub crypto.PublicKey) ([]byte, error) { return x509.MarshalPKIXPublicKey(pub) },
		Verify: func(pub crypto.PublicKey, msg, sig []byte) bool {
			k, ok := pub.(ed25519.PublicKey)
			return ok && ed25519.Verify(k, msg, sig)
		},
	}
}

// parseStandardKey reads the keys the standard library knows.
func parseStandardKey(spki []byte) (crypto.PublicKey, error) { return x509.ParsePKIXPublicKey(spki) }

func sha1Sum(b []byte) []byte {
	sum := sha1.Sum(b)
	return sum[:]
}
