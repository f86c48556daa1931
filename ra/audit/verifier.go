package audit

import (
	"crypto"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
)

// ErrSignature says that a checkpoint bears no valid signature of a key that
// was given.
var ErrSignature = errors.New("audit: checkpoint: not signed by a trusted key")

// Verifier opens checkpoints: it knows who may sign them.
type Verifier struct {
	origin string
	keys   []verifierKey
}

// verifierKey is a public key, and how it verifies.
type verifierKey struct {
	spki   []byte
	verify func(text, sig []byte) bool
}

// NewVerifier returns a verifier of checkpoints that one of the keys has
// signed; several, if the key was changed in the course of time. Origin is
// whose checkpoints are accepted; "" means those of anyone for whom the keys
// sign, which will do if the keys sign for one trail only. Algorithms are the
// schemes of the keys; nil: csr.Standard().
func NewVerifier(as csr.Algorithms, origin string, keys ...crypto.PublicKey) (*Verifier, error) {
	if as == nil {
		as = csr.Standard()
	}
	if len(keys) == 0 || origin != "" && !validName(origin) {
		return nil, errors.New("audit: verifier: it takes a key, and an origin that can be a name")
	}
	v := &Verifier{origin: origin}
	for _, pub := range keys {
		key, err := newVerifierKey(as, pub)
		if err != nil {
			return nil, fmt.Errorf("audit: verifier: %w", err)
		}
		v.keys = append(v.keys, key)
	}
	return v, nil
}

func newVerifierKey(as csr.Algorithms, pub crypto.PublicKey) (k verifierKey, err error) {
	a, err := as.ForKey(pub)
	if err != nil {
		return k, err
	}
	if k.spki, _, err = as.EncodeKey(pub); err != nil {
		return k, err
	}
	k.verify = func(text, sig []byte) bool { return a.VerifyMessage(pub, text, sig) }
	if p, ok := pub.(*gost.PublicKey); ok {
		// A trail has very many checkpoints, and this is several times as fast.
		prepared := p.Prepare()
		k.verify = func(text, sig []byte) bool {
			return prepared.Verify(a.Sum(text), sig) || a.VerifyMessage(pub, text, sig)
		}
	}
	return k, nil
}

// signatureType is 0xff, under which C2SP leaves types of signatures to
// whoever needs one, and a name that nobody else will choose. It is our own and
// not registered at C2SP. The scheme itself (GOST R 34.10-2012 as a rule) is
// named by the SubjectPublicKeyInfo, which is the encoding of the key here.
const signatureType = "\xffgithub.com/surguch/surguch/ra/audit checkpoint 1"

// keyID names a key under a name (c2sp.org/signed-note): the first 4 octets of
// SHA-256 over name, newline, type, and key.
func keyID(name string, spki []byte) uint32 {
	sum := sha256.Sum256([]byte(name + "\n" + signatureType + string(spki)))
	return binary.BigEndian.Uint32(sum[:])
}

// Open reads a checkpoint and verifies its signature. Signatures of others
// beside it, such as those of witnesses, are passed over, as C2SP wants; one
// by a known key that does not verify fails the checkpoint. Errors:
// ErrSignature, or one that says what does not parse.
func (v *Verifier) Open(note []byte) (ra.Checkpoint, error) {
	s, err := v.open(note)
	if err != nil {
		return ra.Checkpoint{}, err
	}
	return ra.Checkpoint{Size: s.size, Root: s.root, Note: note, At: s.at}, nil
}

func (v *Verifier) open(note []byte) (*statement, error) {
	text, signatures, err := splitNote(note)
	if err != nil {
		return nil, fmt.Errorf("audit: checkpoint: %w", err)
	}
	s, err := parseStatement(text)
	if err != nil {
		return nil, fmt.Errorf("audit: checkpoint: %w", err)
	}
	if v.origin != "" && s.origin != v.origin {
		return nil, fmt.Errorf("audit: checkpoint: of another origin than %s", v.origin)
	}
	signed := false
	for _, sig := range signatures {
		for _, k := range v.keys {
			if sig.name != s.origin || sig.id != keyID(s.origin, k.spki) {
				continue
			}
			if !k.verify(text, sig.value) {
				return nil, ErrSignature
			}
			signed = true
		}
	}
	if !signed {
		return nil, ErrSignature
	}
	return s, nil
}
