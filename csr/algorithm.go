package csr

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"

	"github.com/surguch/surguch/internal/der"
)

// Algorithm is one signature scheme: how its identifiers look in DER and how
// its keys and signatures are handled. It is plain data; the fields may be
// set by anyone who brings a scheme of his own.
type Algorithm struct {
	// Name is what errors and printed forms call the scheme.
	Name string

	// Key is the algorithm of SubjectPublicKeyInfo.
	Key asn1.ObjectIdentifier

	// Signature is the signatureAlgorithm of requests and certificates, with
	// SignatureParams as its parameters (a whole DER element; nil: absent).
	// When reading, absent and NULL parameters are taken alike.
	Signature       asn1.ObjectIdentifier
	SignatureParams []byte

	// CMS is the signatureAlgorithm written in a CMS SignerInfo, without
	// parameters. Nil means Signature. On reading both are accepted.
	CMS asn1.ObjectIdentifier

	// Digest is the identifier of the hash in CMS, and Hash makes one.
	Digest asn1.ObjectIdentifier
	Hash   func() hash.Hash
	// Pure says that the scheme signs the message itself and not its digest
	// (Ed25519).
	Pure bool

	// Options go to the signer's Sign or SignMessage. Nil means crypto.Hash(0).
	Options crypto.SignerOpts

	// Fits reports whether a public key belongs to this scheme.
	Fits func(pub crypto.PublicKey) bool
	// ParseKey reads a SubjectPublicKeyInfo; EncodeKey writes one.
	ParseKey  func(spki []byte) (crypto.PublicKey, error)
	EncodeKey func(pub crypto.PublicKey) ([]byte, error)
	// Verify reports whether sig is pub's signature of the digest (of the
	// message itself, if Pure).
	Verify func(pub crypto.PublicKey, digest, sig []byte) bool
}

// Sum returns the scheme's hash of msg.
func (a *Algorithm) Sum(msg []byte) []byte {
	h := a.Hash()
	h.Write(msg)
	return h.Sum(nil)
}

// VerifyMessage reports whether sig is pub's signature of msg, which is
// hashed first unless the scheme is Pure.
func (a *Algorithm) VerifyMessage(pub crypto.PublicKey, msg, sig []byte) bool {
	return a.Verify(pub, a.digest(msg), sig)
}

// digest returns what the scheme signs for msg.
func (a *Algorithm) digest(msg []byte) []byte {
	if a.Pure {
		return msg
	}
	return a.Sum(msg)
}

// identifier is the AlgorithmIdentifier of requests and certificates.
func (a *Algorithm) identifier() der.AlgorithmIdentifier {
	return der.AlgorithmIdentifier{OID: a.Signature, Params: a.SignatureParams}
}

// Algorithms is the list of schemes a caller accepts and uses, in order of
// preference. The zero value accepts nothing.
type Algorithms []*Algorithm

// Errors of signing and verifying. They do not explain more: which bytes were
// wrong is nobody's business.
var (
	// ErrSignature says that a signature does not verify.
	ErrSignature = errors.New("csr: the signature does not verify")
	// ErrUnknownAlgorithm says that an algorithm is not in the caller's list.
	ErrUnknownAlgorithm = errors.New("csr: the algorithm is not in the list")
)

// ForKey returns the first scheme that the public key belongs to.
func (as Algorithms) ForKey(pub crypto.PublicKey) (*Algorithm, error) {
	for _, a := range as {
		if a.Fits(pub) {
			return a, nil
		}
	}
	return nil, fmt.Errorf("%w: no scheme takes a public key of type %T", ErrUnknownAlgorithm, pub)
}

// ParseKey reads a SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7), DER.
func (as Algorithms) ParseKey(spki []byte) (crypto.PublicKey, error) {
	pub, _, err := as.readKey(spki)
	return pub, err
}

// readKey reads a key and finds the first scheme that it belongs to.
func (as Algorithms) readKey(spki []byte) (crypto.PublicKey, *Algorithm, error) {
	alg, _, ok := splitKey(spki)
	if !ok {
		return nil, nil, errors.New("csr: SubjectPublicKeyInfo does not parse")
	}
	var first error
	for _, a := range as {
		if !a.Key.Equal(alg.OID) {
			continue
		}
		// A scheme further on may know a parameter set, or a size, that
		// this one does not.
		pub, err := a.ParseKey(spki)
		switch {
		case err == nil && a.Fits(pub):
			return pub, a, nil
		case first == nil:
			first = err
		}
	}
	if first != nil {
		return nil, nil, first
	}
	return nil, nil, fmt.Errorf("%w: public key algorithm %v", ErrUnknownAlgorithm, alg.OID)
}

// Sign signs msg with key and returns the signature and the scheme used. A
// crypto.MessageSigner gets the message, any other signer its digest; the
// result is verified before it is returned.
func (as Algorithms) Sign(key crypto.Signer, msg []byte) (*Algorithm, []byte, error) {
	pub := key.Public()
	a, err := as.ForKey(pub)
	if err != nil {
		return nil, nil, err
	}
	opts := a.Options
	if opts == nil {
		opts = crypto.Hash(0)
	}
	var sig []byte
	if ms, ok := key.(crypto.MessageSigner); ok {
		sig, err = ms.SignMessage(rand.Reader, msg, opts)
	} else {
		sig, err = key.Sign(rand.Reader, a.digest(msg), opts)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("csr: %s: signing: %w", a.Name, err)
	}
	if !a.Verify(pub, a.digest(msg), sig) {
		return nil, nil, fmt.Errorf("csr: %s: the signer's result is refused: %w", a.Name, ErrSignature)
	}
	return a, sig, nil
}

// check verifies sig over msg by pub under the signature algorithm given. It
// returns ErrSignature, or ErrUnknownAlgorithm if the identifier is not in
// the list or does not go with the key.
func (as Algorithms) check(pub crypto.PublicKey, id der.AlgorithmIdentifier, msg, sig []byte) error {
	for _, a := range as {
		if !a.Signature.Equal(id.OID) || !sameParams(a.identifier(), id) || !a.Fits(pub) {
			continue
		}
		if !a.Verify(pub, a.digest(msg), sig) {
			return ErrSignature
		}
		return nil
	}
	return fmt.Errorf("%w: signature algorithm %v with a key of type %T", ErrUnknownAlgorithm, id.OID, pub)
}

// ForSigner returns the scheme in which the owner of the public key signed a
// CMS SignerInfo (RFC 5652, section 5.3) with the given signatureAlgorithm and
// digestAlgorithm, each a whole AlgorithmIdentifier in DER. The signature
// algorithm may be the scheme's Signature or its CMS identifier; the digest
// must be the scheme's own.
func (as Algorithms) ForSigner(pub crypto.PublicKey, signature, digest []byte) (*Algorithm, error) {
	sig, ok := der.ParseAlgorithm(signature)
	dig, ok2 := der.ParseAlgorithm(digest)
	if !ok || !ok2 {
		return nil, errors.New("csr: an algorithm of the signer does not parse")
	}
	for _, a := range as {
		if !a.Fits(pub) || !a.Digest.Equal(dig.OID) || !dig.NoParams() {
			continue
		}
		if a.CMS.Equal(sig.OID) && sig.NoParams() || a.Signature.Equal(sig.OID) && sameParams(a.identifier(), sig) {
			return a, nil
		}
	}
	return nil, fmt.Errorf("%w: signature algorithm %v over digest %v with a key of type %T", ErrUnknownAlgorithm, sig.OID, dig.OID, pub)
}

// ForDigest returns the hash that a digest identifier of CMS names.
func (as Algorithms) ForDigest(digest asn1.ObjectIdentifier) (func() hash.Hash, error) {
	for _, a := range as {
		if a.Digest.Equal(digest) {
			return a.Hash, nil
		}
	}
	return nil, fmt.Errorf("%w: digest algorithm %v", ErrUnknownAlgorithm, digest)
}

// sameParams compares parameters, taking absent and NULL alike: the engine of
// OpenSSL writes NULL where RFC 9215, section 2 leaves them out.
func sameParams(want, got der.AlgorithmIdentifier) bool {
	return want.NoParams() && got.NoParams() || bytes.Equal(want.Params, got.Params)
}

// splitKey takes a SubjectPublicKeyInfo apart.
func splitKey(spki []byte) (alg der.AlgorithmIdentifier, bits []byte, ok bool) {
	in, ok := der.ReadWhole(spki, der.Sequence)
	if !ok {
		return alg, nil, false
	}
	if alg, ok = der.ReadAlgorithm(&in); !ok {
		return alg, nil, false
	}
	bits, ok = der.ReadBits(&in)
	return alg, bits, ok && in.Empty()
}

// keyID is the key identifier of RFC 5280, section 4.2.1.2, method 1: SHA-1
// over the contents of the BIT STRING, which is what deployed Russian
// certificates carry. It names a key and protects nothing.
func keyID(spki []byte) ([]byte, error) {
	_, bits, ok := splitKey(spki)
	if !ok {
		return nil, errors.New("csr: SubjectPublicKeyInfo does not parse")
	}
	return sha1Sum(bits), nil
}
