package pfx

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"slices"

	"github.com/surguch/surguch/gost/legacy"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Bounds of the work that a file may ask for: iterations of one derivation, of
// which certtool has 600 000, and the time of all, 12 seconds in units of 100
// nanoseconds on a core of 2026.
const (
	maxIterations = 1_000_000
	maxWork       = 120_000_000
	maxSalt       = 1 << 10
)

// minIterations is what RFC 9337, section 4, wants at least.
const minIterations = 1000

// prf is a hash whose HMAC PBKDF2 runs on.
type prf struct {
	oid  der.OID
	hash func() hash.Hash
	cost int // of an iteration for one block, in units of maxWork
}

var prfs = []prf{
	{oid.HMACStreebog512, streebog.New512, 28}, {oid.HMACStreebog256, streebog.New256, 28}, {oid.HMACGOST3411_94, legacy.New94, 110},
	{oidHMACSHA1, sha1.New, 3}, {oidHMACSHA224, sha256.New224, 3}, {oidHMACSHA256, sha256.New, 3},
	{oidHMACSHA384, sha512.New384, 5}, {oidHMACSHA512, sha512.New, 5}, {oidHMACSHA512256, sha512.New512_256, 5},
}

// oldCost is the cost of an iteration of derive12 for one block.
const oldCost = 3

// derivedKey is a key that was made of the password once.
type derivedKey struct {
	prf        string // its OID
	salt       []byte
	iterations int
	key        []byte
}

// stretch returns octets of PBKDF2 over the HMAC of a hash, within the bounds.
func (r *reader) stretch(function der.OID, salt []byte, iterations, octets int) ([]byte, error) {
	i := slices.IndexFunc(prfs, func(p prf) bool { return p.oid.Equal(function) })
	if i < 0 {
		return nil, unsupported("PRF %v", function)
	}
	for _, k := range r.derived {
		if k.prf == function.String() && bytes.Equal(k.salt, salt) && k.iterations == iterations && len(k.key) == octets {
			return k.key, nil
		}
	}
	size := prfs[i].hash().Size()
	if err := r.spend(salt, iterations, (octets+size-1)/size*prfs[i].cost); err != nil {
		return nil, err
	}
	key, err := pbkdf2.Key(prfs[i].hash, string(r.password), salt, iterations, octets)
	if err != nil {
		return nil, unsupported("a PRF that is not approved")
	}
	r.derived = append(r.derived, derivedKey{function.String(), salt, iterations, key})
	return key, nil
}

// spend counts the cost of the iterations of a derivation, and refuses what is out of bounds.
func (r *reader) spend(salt []byte, iterations, cost int) error {
	switch {
	case iterations < 1 || len(salt) == 0 || len(salt) > maxSalt:
		return malformed("the salt or the number of iterations")
	case iterations > maxIterations:
		return unsupported("a number of %d iterations, over %d,", iterations, maxIterations)
	case iterations < minIterations:
		r.findings.note(FewIterations)
	}
	if r.work -= iterations * cost; r.work < 0 {
		return unsupported("a file that takes so many iterations in all")
	}
	return nil
}

// params are the parameters of PBES2 (RFC 8018, appendix A.4).
type params struct {
	salt       []byte
	iterations int
	keyLength  int // 0: not there
	prf        der.OID
	cipher     der.AlgorithmIdentifier
}

// parsePBES2 reads SEQUENCE {keyDerivationFunc, encryptionScheme}, the former
// being PBKDF2.
func parsePBES2(raw []byte) (p params, err error) {
	in, ok := der.ReadWhole(raw, der.Sequence)
	if !ok {
		return p, malformed("PBES2")
	}
	function, ok := der.ReadAlgorithm(&in)
	if !ok {
		return p, malformed("PBES2")
	}
	if p.cipher, ok = der.ReadAlgorithm(&in); !ok || !in.Empty() {
		return p, malformed("PBES2")
	}
	if !function.OID.Equal(oidPBKDF2) {
		return p, unsupported("key derivation %v", function.OID)
	}
	in, ok = der.ReadWhole(function.Params, der.Sequence)
	if !ok || !in.ReadASN1((*der.String)(&p.salt), der.OctetString) || !in.ReadASN1Integer(&p.iterations) {
		return p, malformed("PBKDF2")
	}
	if in.PeekASN1Tag(der.Integer) && (!in.ReadASN1Integer(&p.keyLength) || p.keyLength < 1 || p.keyLength > 64) {
		return p, malformed("PBKDF2")
	}
	p.prf = oidHMACSHA1 // the default
	if !in.Empty() {
		prf, ok := der.ReadAlgorithm(&in)
		if !ok || !in.Empty() || !prf.NoParams() {
			return p, malformed("PBKDF2")
		}
		p.prf = prf.OID
	}
	return p, nil
}

// decrypt returns the text of a part that is encrypted by a password. Right
// says whether it can be the text: where it is not, the password is wrong.
func (r *reader) decrypt(algorithm der.AlgorithmIdentifier, text []byte, right func([]byte) bool) ([]byte, error) {
	if !algorithm.OID.Equal(oidPBES2) {
		return r.decryptOld(algorithm, text, right)
	}
	p, err := parsePBES2(algorithm.Params)
	if err != nil {
		return nil, err
	}
	for _, s := range []*suite{&suiteKuznyechik, &suiteMagma} {
		if p.cipher.OID.Equal(s.ctr) || p.cipher.OID.Equal(s.omac) {
			return r.decryptGOST(s, p, text, right)
		}
	}
	if p.cipher.OID.Equal(oid.GOST28147) {
		return r.decrypt28147(p, text, right)
	}
	return r.decryptCBC(p, text, right)
}

// cbcs are the ciphers that PBES2 has in CBC (RFC 8018, appendix B.2).
var cbcs = []struct {
	oid der.OID
	key int
	new func(key []byte) (cipher.Block, error)
}{
	{oidAES128, 16, aes.NewCipher}, {oidAES192, 24, aes.NewCipher}, {oidAES256, 32, aes.NewCipher}, {oidTripleDES, 24, des.NewTripleDESCipher},
}

// decryptCBC decrypts AES or triple DES in CBC.
func (r *reader) decryptCBC(p params, text []byte, right func([]byte) bool) ([]byte, error) {
	for _, c := range cbcs {
		if !p.cipher.OID.Equal(c.oid) {
			continue
		}
		iv, ok := der.ReadWhole(p.cipher.Params, der.OctetString)
		if !ok || p.keyLength != 0 && p.keyLength != c.key {
			return nil, malformed("the parameters of the cipher")
		}
		key, err := r.stretch(p.prf, p.salt, p.iterations, c.key)
		if err != nil {
			return nil, err
		}
		block, err := c.new(key)
		if err != nil {
			return nil, err
		}
		if c.oid.Equal(oidTripleDES) {
			r.findings.note(OldCipher)
		}
		return openCBC(block, iv, text, right)
	}
	return nil, unsupported("encryption %v", p.cipher.OID)
}

// openCBC decrypts CBC and takes the padding off (RFC 8018, section 6.1.1).
// The file has a MAC that was checked before, so that the padding tells nobody
// anything.
func openCBC(block cipher.Block, iv, text []byte, right func([]byte) bool) ([]byte, error) {
	n := block.BlockSize()
	if len(iv) != n || len(text) == 0 || len(text)%n != 0 {
		return nil, malformed("an encrypted text")
	}
	plain := make([]byte, len(text))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, text)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > n || !bytes.Equal(plain[len(plain)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		clear(plain)
		return nil, ErrPassword
	}
	return checked(plain[:len(plain)-pad], right)
}

func checked(plain []byte, right func([]byte) bool) ([]byte, error) {
	if !right(plain) {
		clear(plain)
		return nil, ErrPassword
	}
	return plain, nil
}
