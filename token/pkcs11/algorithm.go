package pkcs11

import (
	"crypto/elliptic"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// algorithm is a kind of key that can be made: its name in token.Spec, the
// mechanisms it takes, and what describes it in the template of the public key.
type algorithm struct {
	name           string
	keyType        cryptoki.KeyType
	generate, sign uint32 // mechanisms
	bits           uint32 // of the key, where one mechanism makes keys of several sizes
	public         []cryptoki.Attribute
	derive         bool // the key agrees on others: VKO, ECDH
	// Both halves of a GOST key carry its parameters.
	params []cryptoki.Attribute
}

// algorithms returns all kinds, GOST first.
func algorithms() []algorithm {
	var list []algorithm
	for _, c := range gost.Curves() {
		list = append(list, gostAlgorithm(c))
	}
	for _, bits := range []int{2048, 3072, 4096} {
		list = append(list, algorithm{
			name: fmt.Sprintf("RSA-%d", bits), keyType: cryptoki.RSA, generate: cryptoki.RSAKeyPairGen, sign: cryptoki.RSAPKCS, bits: uint32(bits),
			public: []cryptoki.Attribute{
				cryptoki.Number(cryptoki.AttrModulusBits, bits),
				cryptoki.Bytes(cryptoki.AttrPublicExponent, big.NewInt(65537).Bytes()),
			},
		})
	}
	for _, c := range ellipticCurves {
		list = append(list, algorithm{
			name: c.curve.Params().Name, keyType: cryptoki.EC, generate: cryptoki.ECKeyPairGen, sign: cryptoki.ECDSA, bits: uint32(c.curve.Params().BitSize),
			public: []cryptoki.Attribute{cryptoki.Bytes(cryptoki.AttrECParams, objectID(c.oid))}, derive: true,
		})
	}
	return list
}

// gostAlgorithm is GOST R 34.10-2012 on a curve. The parameters of the hash
// are always sent: without them a key of 256 bits may be one of 2001.
func gostAlgorithm(c *gost.Curve) algorithm {
	a := algorithm{name: c.Name(), keyType: cryptoki.GOST, generate: cryptoki.GOSTKeyPairGen, sign: cryptoki.GOSTSign, derive: true}
	hash := oid.Streebog256
	if c.Size() == 64 {
		a.keyType, a.generate, a.sign, hash = cryptoki.GOST512, cryptoki.GOST512KeyGen, cryptoki.GOST512Sign, oid.Streebog512
	}
	a.params = []cryptoki.Attribute{
		cryptoki.Bytes(cryptoki.AttrGOSTParams, objectID(c.OID())),
		cryptoki.Bytes(cryptoki.AttrGOSTHash, objectID(hash)),
	}
	return a
}

// jacarta gives the parameters of a key of 512 bits as the header of JaCarta
// has them, under an attribute of their own.
func (a algorithm) jacarta() algorithm {
	a.params = slices.Clone(a.params)
	a.params[0].Type = cryptoki.AttrGOST512Params
	return a
}

// available reports whether a token with these mechanisms can make such keys
// and sign with them.
func (a algorithm) available(mechanisms []uint32) bool {
	return slices.Contains(mechanisms, a.generate) && slices.Contains(mechanisms, a.sign)
}

// templates are those of both halves of a new key pair.
func (a algorithm) templates(id []byte, name string) (public, private []cryptoki.Attribute) {
	public = append([]cryptoki.Attribute{
		cryptoki.Number(cryptoki.AttrClass, cryptoki.PublicKey),
		cryptoki.Number(cryptoki.AttrKeyType, a.keyType),
		cryptoki.Bool(cryptoki.AttrToken, true),
		cryptoki.Bool(cryptoki.AttrPrivate, false),
		cryptoki.Bytes(cryptoki.AttrID, id),
		cryptoki.Text(cryptoki.AttrLabel, name),
		cryptoki.Bool(cryptoki.AttrVerify, true),
	}, append(a.params, a.public...)...)
	private = append([]cryptoki.Attribute{
		cryptoki.Number(cryptoki.AttrClass, cryptoki.PrivateKey),
		cryptoki.Number(cryptoki.AttrKeyType, a.keyType),
		cryptoki.Bool(cryptoki.AttrToken, true),
		cryptoki.Bool(cryptoki.AttrPrivate, true),
		cryptoki.Bytes(cryptoki.AttrID, id),
		cryptoki.Text(cryptoki.AttrLabel, name),
		cryptoki.Bool(cryptoki.AttrSensitive, true),
		cryptoki.Bool(cryptoki.AttrExtractable, false),
		cryptoki.Bool(cryptoki.AttrSign, true),
		cryptoki.Bool(cryptoki.AttrDerive, a.derive),
	}, a.params...)
	return public, private
}

// ellipticCurves are the curves of ECDSA (RFC 5480, section 2.1.1.1).
var ellipticCurves = []struct {
	curve elliptic.Curve
	oid   asn1.ObjectIdentifier
}{
	{elliptic.P256(), asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}},
	{elliptic.P384(), asn1.ObjectIdentifier{1, 3, 132, 0, 34}},
}

// objectID is the DER of an object identifier.
func objectID(id asn1.ObjectIdentifier) []byte {
	return der.Marshal(func(b *der.Builder) { b.AddASN1ObjectIdentifier(id) })
}
