package pfx

import (
	"crypto/cipher"
	"crypto/des"
	"crypto/sha1"
	"hash"
	"slices"
	"unicode/utf8"

	"github.com/surguch/surguch/internal/der"
)

// Purposes of a key that derive12 makes (RFC 7292, appendix B.3).
const (
	forKey = 1
	forIV  = 2
	forMAC = 3
)

// derive12 makes octets of a password for a purpose (RFC 7292, appendix B.2);
// v is the size of a block of the hash. The password is in UTF-16 with its
// two zeros, or is empty.
func derive12(newHash func() hash.Hash, password, salt []byte, purpose byte, iterations, octets int) []byte {
	h := newHash()
	v := h.BlockSize()
	input := append(repeat(salt, v), repeat(password, v)...)
	defer clear(input)
	var out []byte
	for len(out) < octets {
		h.Reset()
		h.Write(slices.Repeat([]byte{purpose}, v))
		h.Write(input)
		a := h.Sum(nil)
		for range iterations - 1 {
			h.Reset()
			h.Write(a)
			a = h.Sum(a[:0])
		}
		out = append(out, a...)
		b := repeat(a, v)[:v]
		for block := range slices.Chunk(input, v) {
			carry := 1
			for i := v - 1; i >= 0; i-- { // block + b + 1, big-endian
				carry += int(block[i]) + int(b[i])
				block[i] = byte(carry)
				carry >>= 8
			}
		}
	}
	return out[:octets]
}

// repeat repeats octets to a multiple of v; none stay none.
func repeat(octets []byte, v int) []byte {
	if len(octets) == 0 {
		return nil
	}
	n := (len(octets) + v - 1) / v * v
	return slices.Repeat(octets, n/len(octets)+1)[:n]
}

// utf16Password is the password as the old schemes have it: UTF-16, big-endian,
// and two zeros (RFC 7292, appendix B.1). Its memory has the size it will need,
// so that no copies are left.
func utf16Password(password []byte) []byte {
	out := make([]byte, 0, 2*len(password)+2)
	for len(password) > 0 {
		c, n := utf8.DecodeRune(password)
		password = password[n:]
		if c >= 0x10000 {
			c -= 0x10000
			high := 0xd800 + c>>10
			out = append(out, byte(high>>8), byte(high))
			c = 0xdc00 + c&0x3ff
		}
		out = append(out, byte(c>>8), byte(c))
	}
	return append(out, 0, 0)
}

// oldSchemes are those of RFC 7292, appendix C, with SHA-1.
var oldSchemes = []struct {
	oid der.OID
	key int
	new func(key []byte) (cipher.Block, error)
}{
	{oidSHATripleDES, 24, des.NewTripleDESCipher},
	{oidSHATwoKeyDES, 16, func(key []byte) (cipher.Block, error) {
		return des.NewTripleDESCipher(append(slices.Clone(key), key[:8]...))
	}},
	{oidSHARC2Of128, 16, newRC2}, {oidSHARC2Of40, 5, newRC2},
}

// decryptOld decrypts what PBES2 does not: an old scheme, whose parameters are
// SEQUENCE {salt, iterations}.
func (r *reader) decryptOld(algorithm der.AlgorithmIdentifier, text []byte, right func([]byte) bool) ([]byte, error) {
	for _, scheme := range oldSchemes {
		if !algorithm.OID.Equal(scheme.oid) {
			continue
		}
		in, ok := der.ReadWhole(algorithm.Params, der.Sequence)
		var salt der.String
		var iterations int
		if !ok || !in.ReadASN1(&salt, der.OctetString) || !in.ReadASN1Integer(&iterations) || !in.Empty() {
			return nil, malformed("the parameters of the encryption")
		}
		if err := r.spend(salt, iterations, 3*oldCost); err != nil {
			return nil, err
		}
		r.findings.note(OldCipher)
		password := utf16Password(r.password)
		defer clear(password)
		key := derive12(sha1.New, password, salt, forKey, iterations, scheme.key)
		defer clear(key)
		block, err := scheme.new(key)
		if err != nil {
			return nil, err
		}
		iv := derive12(sha1.New, password, salt, forIV, iterations, block.BlockSize())
		return openCBC(block, iv, text, right)
	}
	if algorithm.OID.Equal(oidCryptoProPBE) {
		return nil, unsupported("CryptoPro CSP's own encryption of keys, %v,", algorithm.OID)
	}
	return nil, unsupported("encryption %v", algorithm.OID)
}
