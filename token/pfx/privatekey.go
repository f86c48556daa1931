package pfx

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// addKey adds the key of a PrivateKeyInfo.
func (r *reader) addKey(info []byte, attributes der.String) error {
	algorithm, err := keyAlgorithm(info)
	if err != nil {
		return err
	}
	var private crypto.Signer
	switch {
	case algorithm.Equal(oid.GOST3410_256), algorithm.Equal(oid.GOST3410_512):
		private, err = parseGOST(info)
	case algorithm.Equal(oid.RSA), algorithm.Equal(oid.EC), algorithm.Equal(oid.Ed25519):
		private, err = parseStandard(info)
	default:
		r.findings.note(OtherKey)
		return nil
	}
	if err != nil {
		return malformed("a private key of algorithm " + algorithm.String())
	}
	k := Key{Private: private}
	k.Name, k.LocalID = r.readAttributes(attributes)
	r.contents.Keys = append(r.contents.Keys, k)
	return nil
}

// parseGOST reads a PrivateKeyInfo of a GOST key; of OneAsymmetricKey too (RFC
// 5958, section 2), as the examples of RFC 9548 are, whose public key has to be
// that of the private one. There it stands as X || Y, and with a count of
// unused bits that is not 0.
func parseGOST(info []byte) (crypto.Signer, error) {
	in, ok := der.ReadWhole(info, der.Sequence)
	var version int
	var algorithm, private, attributes, public der.String
	var hasPublic bool
	if !ok || !in.ReadASN1Integer(&version) || version != 0 && version != 1 || !in.ReadASN1Element(&algorithm, der.Sequence) ||
		!in.ReadASN1Element(&private, der.OctetString) || !in.ReadOptionalASN1(&attributes, nil, der.ContextCons(0)) ||
		!in.ReadOptionalASN1(&public, &hasPublic, der.Context(1)) || !in.Empty() || hasPublic != (version == 1) {
		return nil, errors.New("pfx: not a private key")
	}
	plain := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(0)
			b.AddBytes(algorithm)
			b.AddBytes(private)
		})
	})
	defer clear(plain)
	key, err := gost.ParsePKCS8PrivateKey(plain)
	if err != nil {
		return nil, err
	}
	if hasPublic && !bytes.HasSuffix(public, key.PublicKey().Bytes()) {
		return nil, errors.New("pfx: a private key with the public key of another")
	}
	return key, nil
}

func parseStandard(info []byte) (crypto.Signer, error) {
	key, err := x509.ParsePKCS8PrivateKey(info)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("pfx: a key that does not sign")
	}
	return signer, nil
}

// keyAlgorithm returns the algorithm of a PrivateKeyInfo (RFC 5958).
func keyAlgorithm(info []byte) (der.OID, error) {
	in, ok := der.ReadWhole(info, der.Sequence)
	var version int
	if !ok || !in.ReadASN1Integer(&version) {
		return nil, malformed("a private key")
	}
	algorithm, ok := der.ReadAlgorithm(&in)
	if !ok {
		return nil, malformed("a private key")
	}
	return algorithm.OID, nil
}

// marshalKey returns the PrivateKeyInfo of a key.
func marshalKey(private crypto.Signer) ([]byte, error) {
	if k, ok := private.(*gost.PrivateKey); ok {
		return gost.MarshalPKCS8PrivateKey(k), nil
	}
	info, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, unsupported("a key of type %T", private)
	}
	return info, nil
}
