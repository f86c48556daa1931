package pfx

import (
	"crypto/cipher"
	"slices"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// MaxIterations is the bound of one derivation.
const MaxIterations = maxIterations

// MACKey returns the key of a MAC under PBKDF2 with HMAC-Streebog-512.
func MACKey(prf der.OID, password, salt []byte, iterations int) ([]byte, error) {
	key, err := newReader(password).stretch(prf, salt, iterations, macKeyOctets)
	if err != nil {
		return nil, err
	}
	return key[macKeyOctets-macKeySize:], nil
}

// Learnt are keys that were derived already, so that a fuzzer need not wait.
type Learnt struct{ derived []derivedKey }

// learntWork is what may be derived beyond them: a few iterations.
const learntWork = 1000

// Learn derives the keys of files.
func (l *Learnt) Learn(password []byte, file []byte) error {
	r := newReader(password)
	_, err := r.parse(file)
	l.derived = append(l.derived, r.derived...)
	return err
}

func (l *Learnt) reader(password []byte) *reader {
	r := newReader(password)
	r.work, r.derived = learntWork, slices.Clip(l.derived)
	return r
}

// Parse is Parse.
func (l *Learnt) Parse(password, file []byte) (*Contents, error) {
	return l.reader(password).parse(file)
}

// Decrypt decrypts a part.
func (l *Learnt) Decrypt(password []byte, algorithm der.AlgorithmIdentifier, text []byte) ([]byte, error) {
	return l.reader(password).decrypt(algorithm, text, isSequence)
}

// NewRC2 returns RC2 with so many bits in effect.
func NewRC2(key []byte, effective int) (cipher.Block, error) { return newRC2Effective(key, effective) }

// OpenOn opens a file on a disk of a test.
var OpenOn = open

// OpenOMAC decrypts a text under CTR-ACPKM-OMAC whose key is derived already.
func OpenOMAC(magma bool, key, ukm, text []byte) ([]byte, error) {
	s := &suiteKuznyechik
	if magma {
		s = &suiteMagma
	}
	p := params{salt: []byte{1}, iterations: minIterations, prf: oid.HMACStreebog512, cipher: der.AlgorithmIdentifier{
		OID: s.omac, Params: sequence(der.Marshal(func(b *der.Builder) { b.AddASN1OctetString(ukm) })),
	}}
	r := (&Learnt{[]derivedKey{{p.prf.String(), p.salt, p.iterations, key}}}).reader(nil)
	return r.decryptGOST(s, p, text, func([]byte) bool { return true })
}
