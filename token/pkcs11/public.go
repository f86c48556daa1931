package pkcs11

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"fmt"
	"math"
	"math/big"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// errNoKey says that an object is no public key that we know.
var errNoKey = errors.New("not a public key of a known kind")

// attributes reads those attributes of an object that it has.
type attributes func(t uint32) ([]byte, error)

// readPublic makes a public key of an object's attributes, and the name of its
// algorithm. The key is on its curve.
func readPublic(t cryptoki.KeyType, get attributes) (crypto.PublicKey, string, error) {
	switch t {
	case cryptoki.GOST, cryptoki.GOST512:
		return readGOST(t, get)
	case cryptoki.RSA:
		return readRSA(get)
	case cryptoki.EC:
		return readEC(get)
	}
	return nil, "", errNoKey
}

// readGOST reads a key of GOST R 34.10-2012: CKA_VALUE is X‖Y, 64 or 128
// octets, each half little-endian (PKCS #11 3.0, section 2.57), which some
// libraries put into a DER OCTET STRING. A key of 256 bits whose hash is R
// 34.11-94 is one of 2001 and not ours.
func readGOST(t cryptoki.KeyType, get attributes) (crypto.PublicKey, string, error) {
	params, err := get(cryptoki.AttrGOSTParams)
	if len(params) == 0 && t == cryptoki.GOST512 {
		params, err = get(cryptoki.AttrGOST512Params)
	}
	if err != nil {
		return nil, "", err
	}
	value, err := get(cryptoki.AttrValue)
	if err != nil {
		return nil, "", err
	}
	hash, err := get(cryptoki.AttrGOSTHash)
	if err != nil && !is(err, cryptoki.AttributeTypeInvalid) {
		return nil, "", err
	}
	for _, c := range gost.Curves() {
		a := gostAlgorithm(c)
		if a.keyType != t || !bytes.Equal(a.params[0].Value, params) || len(hash) > 0 && !bytes.Equal(a.params[1].Value, hash) {
			continue
		}
		if octets, ok := der.ReadWhole(value, der.OctetString); ok && len(value) != 2*c.Size() {
			value = octets
		}
		pub, err := gost.NewPublicKey(c, value)
		if err != nil {
			return nil, "", err
		}
		return pub, c.Name(), nil
	}
	return nil, "", errNoKey
}

// readRSA reads an RSA key: modulus and exponent are big-endian.
func readRSA(get attributes) (crypto.PublicKey, string, error) {
	n, err := get(cryptoki.AttrModulus)
	if err != nil {
		return nil, "", err
	}
	e, err := get(cryptoki.AttrPublicExponent)
	if err != nil {
		return nil, "", err
	}
	modulus, exponent := new(big.Int).SetBytes(n), new(big.Int).SetBytes(e)
	if bits := modulus.BitLen(); bits < 1024 || bits > 16384 || modulus.Bit(0) == 0 {
		return nil, "", errNoKey
	}
	if !exponent.IsInt64() || exponent.Int64() < 3 || exponent.Int64() > math.MaxInt32 || exponent.Bit(0) == 0 {
		return nil, "", errNoKey
	}
	return &rsa.PublicKey{N: modulus, E: int(exponent.Int64())}, fmt.Sprintf("RSA-%d", modulus.BitLen()), nil
}

// readEC reads a key of ECDSA: CKA_EC_POINT is an uncompressed point in a DER
// OCTET STRING (PKCS #11 3.0, section 2.3.3), which some libraries leave out.
func readEC(get attributes) (crypto.PublicKey, string, error) {
	params, err := get(cryptoki.AttrECParams)
	if err != nil {
		return nil, "", err
	}
	point, err := get(cryptoki.AttrECPoint)
	if err != nil {
		return nil, "", err
	}
	for _, c := range ellipticCurves {
		if !bytes.Equal(objectID(c.oid), params) {
			continue
		}
		bare := 1 + 2*((c.curve.Params().BitSize+7)/8)
		if octets, ok := der.ReadWhole(point, der.OctetString); ok && len(point) != bare {
			point = octets
		}
		pub, err := ecdsa.ParseUncompressedPublicKey(c.curve, point)
		if err != nil {
			return nil, "", err
		}
		return pub, c.curve.Params().Name, nil
	}
	return nil, "", errNoKey
}
