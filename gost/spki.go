package gost

import (
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// MarshalPKIXPublicKey returns the SubjectPublicKeyInfo of the key in DER
// (RFC 9215, section 4).
//
// The algorithm parameters name the digest except under 256-B, 256-C and
// 256-D, where that is forbidden. Where RFC 9215 would rather omit it, under
// 256-A and the sets of 512 bits, authorities write it all the same and old
// software needs it. MarshalPKIXPublicKeyStrict omits it there.
func MarshalPKIXPublicKey(pub *PublicKey) []byte {
	return marshalPublic(pub, pub.curve.digest != digestOmitted)
}

// MarshalPKIXPublicKeyStrict returns the SubjectPublicKeyInfo of the key in
// DER, with a digest in the parameters only where RFC 9215, section 4.2,
// requires it: under the CryptoPro sets.
func MarshalPKIXPublicKeyStrict(pub *PublicKey) []byte {
	return marshalPublic(pub, pub.curve.digest == digestRequired)
}

func marshalPublic(pub *PublicKey, digest bool) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			pub.curve.algorithm(digest).Add(b)
			b.AddASN1(der.BitString, func(b *der.Builder) {
				b.AddUint8(0) // unused bits
				b.AddASN1OctetString(pub.raw)
			})
		})
	})
}

// ParsePKIXPublicKey reads a SubjectPublicKeyInfo in DER. The parameter set
// must be one of the curves given, or of Curves if none is.
//
// The parameters may name the digest of the key's size or none, whatever the
// set. The algorithm may be that of signature or, as some exchange keys have
// it, of key agreement. The set is kept when the key is written again; the
// kind of algorithm and the presence of a digest are not.
func ParsePKIXPublicKey(raw []byte, curves ...*Curve) (*PublicKey, error) {
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
	c, err := parseAlgorithm(alg, curves)
	if err != nil {
		return nil, fmt.Errorf("gost: parse public key: %w", err)
	}
	point, ok := der.ReadWhole(bits, der.OctetString)
	if !ok {
		return nil, errPublicDER
	}
	return NewPublicKey(c, point)
}

var errPublicDER = errors.New("gost: parse public key: not a SubjectPublicKeyInfo of GOST R 34.10-2012 in DER")

// keyAlgorithm tells what belongs together by the length of the key.
type keyAlgorithm struct {
	size      int
	signature asn1.ObjectIdentifier // of a public key for signatures
	agreement asn1.ObjectIdentifier // of one for key agreement; read, never written
	digest    asn1.ObjectIdentifier
}

// keyAlgorithms are those of RFC 9215, section 4, and for key agreement those
// of the register of TC 26.
var keyAlgorithms = []keyAlgorithm{
	{32, oid.GOST3410_256, oid.GOSTKeyAgreement256, oid.Streebog256},
	{64, oid.GOST3410_512, oid.GOSTKeyAgreement512, oid.Streebog512},
}

// algorithm returns the AlgorithmIdentifier of a key on c, its parameters a
// GostR3410-2012-PublicKeyParameters (RFC 9215, section 4.2):
//
//	SEQUENCE {
//	    publicKeyParamSet OBJECT IDENTIFIER,
//	    digestParamSet    OBJECT IDENTIFIER OPTIONAL }
func (c *Curve) algorithm(digest bool) der.AlgorithmIdentifier {
	a := keyAlgorithms[0]
	if c.Size() != a.size {
		a = keyAlgorithms[1]
	}
	params := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(c.oid)
			if digest {
				b.AddASN1ObjectIdentifier(a.digest)
			}
		})
	})
	return der.AlgorithmIdentifier{OID: a.signature, Params: params}
}

// parseAlgorithm returns the one of the curves, or of Curves if there are
// none, that the algorithm identifier of a key names. Its errors lack the
// beginning, which the caller adds.
func parseAlgorithm(id der.AlgorithmIdentifier, curves []*Curve) (*Curve, error) {
	if len(curves) == 0 {
		curves = Curves()
	}
	for _, a := range keyAlgorithms {
		if !id.OID.Equal(a.signature) && !id.OID.Equal(a.agreement) {
			continue
		}
		set, digest, ok := parseParams(id.Params)
		if !ok {
			return nil, errors.New("malformed algorithm parameters")
		}
		if digest != nil && !digest.Equal(a.digest) {
			return nil, fmt.Errorf("digest %v does not fit a key of %d bits", digest, 8*a.size)
		}
		for _, c := range curves {
			if set.Equal(c.oid) && c.Size() == a.size {
				return c, nil
			}
		}
		return nil, fmt.Errorf("unknown parameter set %v for a key of %d bits", set, 8*a.size)
	}
	return nil, fmt.Errorf("algorithm %v is not GOST R 34.10-2012", id.OID)
}

// parseParams reads GostR3410-2012-PublicKeyParameters.
func parseParams(raw []byte) (set, digest asn1.ObjectIdentifier, ok bool) {
	params, ok := der.ReadWhole(raw, der.Sequence)
	if !ok || !params.ReadASN1ObjectIdentifier(&set) {
		return nil, nil, false
	}
	if !params.Empty() && (!params.ReadASN1ObjectIdentifier(&digest) || !params.Empty()) {
		return nil, nil, false
	}
	return set, digest, true
}
