package pkcs11

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// Key is a private key on a token. It goes on working when the token was
// pulled out and put back, and stops when its carrier is closed.
type Key struct {
	carrier *Carrier
	info    token.Info
	public  crypto.PublicKey
	keyType cryptoki.KeyType

	// Where it was found last. They belong to whoever has the carrier's turn.
	handle     cryptoki.Object
	generation uint64
}

// Public returns a *gost.PublicKey, *rsa.PublicKey or *ecdsa.PublicKey.
func (k *Key) Public() crypto.PublicKey { return k.public }

// Info returns what the token tells about the key.
func (k *Key) Info() token.Info { return k.info }

// Sign has the token sign a digest, of 32 or 64 octets with GOST keys, and
// returns the signature as package csr and crypto.Signer have it: s‖r of 64 or
// 128 octets, big-endian, for GOST R 34.10-2012 (RFC 9215, section 2); PKCS #1
// v1.5 for RSA, whose hash opts must name; DER of r and s for ECDSA. The source
// of randomness is the token's.
//
// It asks for the PIN if nobody is logged in. Errors are those of a carrier;
// ErrNotFound if the key is no longer on the token.
func (k *Key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	mechanism, data, err := k.input(digest, opts)
	if err != nil {
		return nil, fault("sign", k.info.Device, err)
	}
	var signature []byte
	err = k.carrier.exclusive(context.Background(), "sign", func(ctx context.Context) error {
		s, err := k.carrier.user(ctx)
		if err != nil {
			return err
		}
		signature, err = k.sign(ctx, s, mechanism, data)
		return err
	})
	if err != nil {
		return nil, err
	}
	return signature, nil
}

// sign signs in the session given, finding the key first if need be.
func (k *Key) sign(ctx context.Context, s cryptoki.Session, mechanism uint32, data []byte) ([]byte, error) {
	c := k.carrier
	fresh := false
	for {
		if k.generation != c.session.generation {
			if err := k.locate(ctx, s); err != nil {
				return nil, err
			}
			fresh = true
		}
		raw, err := c.module.Sign(ctx, s, cryptoki.Mechanism{Type: mechanism}, k.handle, data)
		if is(err, cryptoki.KeyHandleInvalid, cryptoki.ObjectHandleInvalid) && !fresh {
			k.generation = c.session.generation - 1 // somebody changed the objects: find it again
			continue
		}
		if err != nil {
			return nil, err
		}
		return k.output(raw)
	}
}

// locate finds the key by its public half.
func (k *Key) locate(ctx context.Context, s cryptoki.Session) error {
	pairs, err := k.carrier.pairs(ctx, s)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if p.keyType == k.keyType && equal(p.key, k.public) {
			k.handle, k.generation = p.private, k.carrier.session.generation
			return nil
		}
	}
	return fmt.Errorf("%w: %s", token.ErrNotFound, k.info.ID)
}

// input returns the mechanism and what goes into it.
func (k *Key) input(digest []byte, opts crypto.SignerOpts) (uint32, []byte, error) {
	switch pub := k.public.(type) {
	case *gost.PublicKey:
		if len(digest) != pub.Curve().Size() {
			return 0, nil, unsupported("a digest of %d octets with a key of %d", len(digest), pub.Curve().Size())
		}
		return gostAlgorithm(pub.Curve()).sign, digest, nil
	case *rsa.PublicKey:
		data, err := digestInfo(digest, opts)
		return cryptoki.RSAPKCS, data, err
	case *ecdsa.PublicKey:
		// The leftmost octets of the digest, as many as the order has (FIPS
		// 186-5, section 6.4.1); not every token cuts them off itself.
		if size := octets(pub); len(digest) > size {
			digest = digest[:size]
		}
		return cryptoki.ECDSA, digest, nil
	}
	return 0, nil, unsupported("a key of type %T", k.public)
}

// output makes the signature what crypto.Signer has.
func (k *Key) output(raw []byte) ([]byte, error) {
	pub, ok := k.public.(*ecdsa.PublicKey)
	if !ok {
		return raw, nil
	}
	size := octets(pub)
	if len(raw) != 2*size {
		return nil, unsupported("the token gave a signature of %d octets, not %d", len(raw), 2*size)
	}
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1BigInt(new(big.Int).SetBytes(raw[:size]))
			b.AddASN1BigInt(new(big.Int).SetBytes(raw[size:]))
		})
	}), nil
}

func octets(pub *ecdsa.PublicKey) int { return (pub.Curve.Params().BitSize + 7) / 8 }

// hashes are those that RSA signatures are made with.
var hashes = map[crypto.Hash]asn1.ObjectIdentifier{
	crypto.SHA256: oid.SHA256, crypto.SHA384: oid.SHA384, crypto.SHA512: oid.SHA512,
}

// digestInfo is what PKCS #1 v1.5 pads (RFC 8017, section 9.2): the token's
// mechanism does the padding only.
func digestInfo(digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if _, pss := opts.(*rsa.PSSOptions); pss {
		return nil, unsupported("RSA-PSS")
	}
	var hash crypto.Hash
	if opts != nil {
		hash = opts.HashFunc()
	}
	id, ok := hashes[hash]
	if !ok || len(digest) != hash.Size() {
		return nil, unsupported("a digest of %d octets of hash %v with RSA", len(digest), hash)
	}
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			der.AlgorithmIdentifier{OID: id, Params: []byte{5, 0}}.Add(b)
			b.AddASN1OctetString(digest)
		})
	}), nil
}

func unsupported(format string, args ...any) error {
	return &token.Error{Fault: token.Unsupported, Tries: -1, Detail: fmt.Sprintf(format, args...)}
}
