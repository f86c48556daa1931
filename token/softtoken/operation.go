package softtoken

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"hash"
	"math/big"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// rawLimit is the most data that mechanisms take which do not hash: a
// DigestInfo and more.
const rawLimit = 512

// Operation is a signature, its verification, or a digest, that a program has
// begun. It is for one goroutine.
type Operation struct {
	a       *Application
	session cryptoki.Session
	mech    *mechanism
	hash    hash.Hash
	raw     []byte
	tooLong bool
	signer  crypto.Signer    // to sign
	public  crypto.PublicKey // to verify, and what it is signed with
}

// SignInit begins a signature.
func (a *Application) SignInit(ctx context.Context, h cryptoki.Session, m cryptoki.Mechanism, key cryptoki.Object) (*Operation, error) {
	return locked(ctx, a, "C_SignInit", func() (*Operation, error) { return a.beginSign(h, m, key) })
}

// VerifyInit begins the verification of a signature.
func (a *Application) VerifyInit(ctx context.Context, h cryptoki.Session, m cryptoki.Mechanism, key cryptoki.Object) (*Operation, error) {
	return locked(ctx, a, "C_VerifyInit", func() (*Operation, error) {
		op, sl, o, err := a.begin(h, m, key, cryptoki.FlagVerify, cryptoki.PublicKey, cryptoki.AttrVerify)
		if err != nil {
			return nil, err
		}
		if op.public, err = o.publicKey(sl.profile); err != nil {
			return nil, cryptoki.DeviceError
		}
		return op, nil
	})
}

// DigestInit begins a digest.
func (a *Application) DigestInit(ctx context.Context, h cryptoki.Session, m cryptoki.Mechanism) (*Operation, error) {
	return locked(ctx, a, "C_DigestInit", func() (*Operation, error) { return a.beginDigest(h, m) })
}

func (a *Application) beginDigest(h cryptoki.Session, m cryptoki.Mechanism) (*Operation, error) {
	_, sl, err := a.session(h)
	if err != nil {
		return nil, err
	}
	mech, err := sl.profile.mechanism(m, cryptoki.FlagDigest)
	if err != nil {
		return nil, err
	}
	return &Operation{a: a, session: h, mech: mech, hash: mech.hash()}, nil
}

func (a *Application) beginSign(h cryptoki.Session, m cryptoki.Mechanism, key cryptoki.Object) (*Operation, error) {
	op, sl, o, err := a.begin(h, m, key, cryptoki.FlagSign, cryptoki.PrivateKey, cryptoki.AttrSign)
	if err != nil {
		return nil, err
	}
	if o.signer == nil {
		if o.signer, err = o.privateKey(sl.profile); err != nil {
			return nil, cryptoki.DeviceError
		}
	}
	op.signer, op.public = o.signer, o.signer.Public()
	return op, nil
}

// begin finds the mechanism and the key of an operation and matches them.
func (a *Application) begin(h cryptoki.Session, m cryptoki.Mechanism, key cryptoki.Object, flag uint32, class cryptoki.Class, use uint32) (*Operation, *slot, *object, error) {
	_, sl, err := a.session(h)
	if err != nil {
		return nil, nil, nil, err
	}
	mech, err := sl.profile.mechanism(m, flag)
	if err != nil {
		return nil, nil, nil, err
	}
	_, o, err := a.object(sl, key)
	switch {
	case err == cryptoki.ObjectHandleInvalid, err == nil && o.class() != class:
		err = cryptoki.KeyHandleInvalid
	case err != nil:
	case o.keyType() != mech.key:
		err = cryptoki.KeyTypeInconsistent
	case !o.truth(use):
		err = cryptoki.KeyFunctionNotPermitted
	}
	if err != nil {
		return nil, nil, nil, err
	}
	op := &Operation{a: a, session: h, mech: mech}
	if mech.hash != nil {
		op.hash = mech.hash()
	}
	return op, sl, o, nil
}

// Write adds data.
func (op *Operation) Write(data []byte) {
	switch {
	case op.hash != nil:
		op.hash.Write(data)
	case len(op.raw)+len(data) > rawLimit:
		op.tooLong = true
	default:
		op.raw = append(op.raw, data...)
	}
}

// Size is the number of octets of the signature or digest.
func (op *Operation) Size() int {
	switch pub := op.public.(type) {
	case *gost.PublicKey:
		return 2 * pub.Curve().Size()
	case *rsa.PublicKey:
		return pub.Size()
	case *ecdsa.PublicKey:
		return 2 * ((pub.Curve.Params().BitSize + 7) / 8)
	}
	return op.hash.Size()
}

// input is what is signed: a digest, or the data as it is.
func (op *Operation) input() ([]byte, error) {
	if op.hash != nil {
		return op.hash.Sum(nil), nil
	}
	n := len(op.raw)
	limit := 64
	if op.mech.key == cryptoki.RSA {
		limit = op.Size() - 11 // RFC 8017, section 9.2
	}
	if op.tooLong || n == 0 || n > limit || op.mech.digest != 0 && n != op.mech.digest {
		return nil, cryptoki.DataLenRange
	}
	return op.raw, nil
}

// alive refuses an operation whose session has ended.
func (op *Operation) alive() error {
	op.a.tokens.mu.Lock()
	defer op.a.tokens.mu.Unlock()
	if op.a.closed {
		return cryptoki.NotInitialized
	}
	_, sl, err := op.a.session(op.session)
	if err == nil && op.signer != nil && !op.a.user(sl.number) {
		err = cryptoki.UserNotLoggedIn
	}
	return err
}

// Sign returns the signature: s‖r of GOST and r‖s of ECDSA, big-endian, PKCS #1
// v1.5 of RSA.
func (op *Operation) Sign(ctx context.Context) ([]byte, error) {
	return call(ctx, op.a, "C_Sign", op.sign)
}

func (op *Operation) sign() ([]byte, error) {
	if err := op.alive(); err != nil {
		return nil, err
	}
	data, err := op.input()
	if err != nil {
		return nil, err
	}
	var sig []byte
	switch key := op.signer.(type) {
	case *gost.PrivateKey:
		sig, err = key.Sign(nil, data, nil)
	case *rsa.PrivateKey:
		sig, err = rsa.SignPKCS1v15(nil, key, op.rsaHash(), data)
	case *ecdsa.PrivateKey:
		var r, s *big.Int
		if r, s, err = ecdsa.Sign(rand.Reader, key, data); err == nil {
			half := op.Size() / 2
			sig = make([]byte, 2*half)
			r.FillBytes(sig[:half])
			s.FillBytes(sig[half:])
		}
	}
	if err != nil {
		return nil, cryptoki.FunctionFailed
	}
	return sig, nil
}

// rsaHash is the hash that RSA writes down; there is none if the data is the
// DigestInfo itself.
func (op *Operation) rsaHash() crypto.Hash {
	if op.hash != nil {
		return crypto.SHA256
	}
	return 0
}

// Verify checks a signature: CKR_SIGNATURE_INVALID if it is wrong.
func (op *Operation) Verify(ctx context.Context, sig []byte) error {
	_, err := call(ctx, op.a, "C_Verify", func() (struct{}, error) { return struct{}{}, op.verify(sig) })
	return err
}

func (op *Operation) verify(sig []byte) error {
	if err := op.alive(); err != nil {
		return err
	}
	data, err := op.input()
	if err != nil {
		return err
	}
	if len(sig) != op.Size() {
		return cryptoki.SignatureLenRange
	}
	ok := false
	switch pub := op.public.(type) {
	case *gost.PublicKey:
		ok = gost.Verify(pub, data, sig)
	case *rsa.PublicKey:
		ok = rsa.VerifyPKCS1v15(pub, op.rsaHash(), data, sig) == nil
	case *ecdsa.PublicKey:
		half := len(sig) / 2
		ok = ecdsa.Verify(pub, data, new(big.Int).SetBytes(sig[:half]), new(big.Int).SetBytes(sig[half:]))
	}
	if !ok {
		return cryptoki.SignatureInvalid
	}
	return nil
}

// Digest returns the digest, as the hash function gives it.
func (op *Operation) Digest(ctx context.Context) ([]byte, error) {
	return call(ctx, op.a, "C_Digest", op.digest)
}

func (op *Operation) digest() ([]byte, error) {
	if err := op.alive(); err != nil {
		return nil, err
	}
	return op.hash.Sum(nil), nil
}

// Sign signs data in one call.
func (a *Application) Sign(ctx context.Context, h cryptoki.Session, m cryptoki.Mechanism, key cryptoki.Object, data []byte) ([]byte, error) {
	return call(ctx, a, "C_Sign", func() ([]byte, error) {
		op, err := a.beginLocked(func() (*Operation, error) { return a.beginSign(h, m, key) })
		if err != nil {
			return nil, err
		}
		op.Write(data)
		return op.sign()
	})
}

// Digest hashes data in one call.
func (a *Application) Digest(ctx context.Context, h cryptoki.Session, m cryptoki.Mechanism, data []byte) ([]byte, error) {
	return call(ctx, a, "C_Digest", func() ([]byte, error) {
		op, err := a.beginLocked(func() (*Operation, error) { return a.beginDigest(h, m) })
		if err != nil {
			return nil, err
		}
		op.Write(data)
		return op.digest()
	})
}

func (a *Application) beginLocked(begin func() (*Operation, error)) (*Operation, error) {
	a.tokens.mu.Lock()
	defer a.tokens.mu.Unlock()
	return begin()
}
