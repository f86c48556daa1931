package legacy

import (
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
)

// Identifiers of GOST R 34.10-2001 and what belongs to it (RFC 4357, section
// 11; RFC 4491, section 2.3.2).
var (
	oidPublicKey = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 19}
	oidHash      = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 30, 1}
)

// PublicKey is a public key of GOST R 34.10-2001. Its numbers are those of a
// key of GOST R 34.10-2012 with 256 bits; it is a type of its own so that
// nothing takes it for one. The zero value is not usable: keys come from
// ParsePKIXPublicKey.
type PublicKey struct{ key *gost.PublicKey }

// ParsePKIXPublicKey reads a SubjectPublicKeyInfo in DER under the algorithm
// 1.2.643.2.2.19 (RFC 4491, section 2.3.2). The parameter set must be one of
// the curves given, or of CryptoPro-A, B, C, XchA and XchB if none is.
//
// The parameters must be there, with the digest of Sum94; a set of the cipher
// after it is allowed and ignored. Keys that take their parameters from the
// issuer's certificate are refused.
func ParsePKIXPublicKey(raw []byte, curves ...*gost.Curve) (*PublicKey, error) {
	body, ok := der.ReadWhole(raw, der.Sequence)
	if !ok {
		return nil, errPublicDER
	}
	alg, ok := der.ReadAlgorithm(&body)
	if !ok {
		return nil, errPublicDER
	}
	bits, ok := der.ReadBits(&body)
	if !ok || !body.Empty() {
		return nil, errPublicDER
	}
	if !alg.OID.Equal(oidPublicKey) {
		return nil, fmt.Errorf("legacy: parse public key: algorithm %v is not GOST R 34.10-2001", alg.OID)
	}
	c, err := parseParams(alg.Params, curves)
	if err != nil {
		return nil, fmt.Errorf("legacy: parse public key: %w", err)
	}
	point, ok := der.ReadWhole(bits, der.OctetString)
	if !ok {
		return nil, errPublicDER
	}
	key, err := gost.NewPublicKey(c, point)
	if err != nil {
		return nil, fmt.Errorf("legacy: parse public key: %w", err)
	}
	return &PublicKey{key}, nil
}

var errPublicDER = errors.New("legacy: parse public key: not a SubjectPublicKeyInfo of GOST R 34.10-2001 in DER")

// parseParams returns the curve that GostR3410-2001-PublicKeyParameters name.
func parseParams(raw []byte, curves []*gost.Curve) (*gost.Curve, error) {
	if len(curves) == 0 {
		curves = []*gost.Curve{gost.CryptoProA(), gost.CryptoProB(), gost.CryptoProC(), gost.CryptoProXchA(), gost.CryptoProXchB()}
	}
	params, ok := der.ReadWhole(raw, der.Sequence)
	var set, digest, encryption asn1.ObjectIdentifier
	if !ok || !params.ReadASN1ObjectIdentifier(&set) || !params.ReadASN1ObjectIdentifier(&digest) ||
		!params.Empty() && !params.ReadASN1ObjectIdentifier(&encryption) || !params.Empty() {
		return nil, errors.New("malformed algorithm parameters")
	}
	if !digest.Equal(oidHash) {
		return nil, fmt.Errorf("unknown digest parameter set %v", digest)
	}
	for _, c := range curves {
		if set.Equal(c.OID()) && c.Size() == Size94 {
			return c, nil
		}
	}
	return nil, fmt.Errorf("unknown parameter set %v", set)
}

// Curve returns the parameter set of the key.
func (k *PublicKey) Curve() *gost.Curve { return k.key.Curve() }

// Bytes returns X || Y, each little-endian, 64 octets.
func (k *PublicKey) Bytes() []byte { return k.key.Bytes() }

// Equal reports whether x is a *PublicKey with the same parameter set and the
// same point.
func (k *PublicKey) Equal(x crypto.PublicKey) bool {
	other, ok := x.(*PublicKey)
	return ok && k.key.Equal(other.key)
}

// Verify reports whether sig, s || r, each big-endian, 64 octets, is a
// signature of digest, 32 octets as Sum94 gives it, under the public key: the
// signature algorithm 1.2.643.2.2.3 of certificates (RFC 4491, section 2.2.2).
//
// The equation is that of GOST R 34.10-2012. Wrong lengths and numbers out of
// range make it false.
func Verify(pub *PublicKey, digest, sig []byte) bool {
	return gost.Verify(pub.key, digest, sig)
}
