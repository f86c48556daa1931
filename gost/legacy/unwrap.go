package legacy

import (
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	// UKMSize is the number of octets of the user keying material of a wrapped
	// key.
	UKMSize = 8
	// WrappedKeySize is the number of octets of a wrapped key and its MAC.
	WrappedKeySize = KeySize + MACSize
)

// UnwrapKey returns the key of 32 octets that is wrapped with kek, 32 octets,
// by GOST 28147-89 Key Wrap (RFC 4357, section 6.2), which is
// id-Gost28147-89-None-KeyWrap in messages and the key export of RFC 7836,
// section 4.6.
//
// Ukm has UKMSize octets; wrapped is CEK_ENC || CEK_MAC, WrappedKeySize octets:
// encryptedKey and macKey of Gost28147-89-EncryptedKey in messages. The error
// for a MAC that does not match says nothing more.
func UnwrapKey(kek, ukm, wrapped []byte, set *ParamSet) ([]byte, error) {
	b, err := newBlock(kek, set)
	if err != nil {
		return nil, err
	}
	if len(ukm) != UKMSize {
		return nil, fmt.Errorf("legacy: unwrap key: UKM of %d octets, want %d", len(ukm), UKMSize)
	}
	if len(wrapped) != WrappedKeySize {
		return nil, fmt.Errorf("legacy: unwrap key: %d octets, want %d", len(wrapped), WrappedKeySize)
	}
	cek := make([]byte, KeySize)
	for i := 0; i < KeySize; i += BlockSize {
		b.Decrypt(cek[i:], wrapped[i:])
	}
	mac := newMAC(b, binary.LittleEndian.Uint64(ukm))
	mac.Write(cek)
	if subtle.ConstantTimeCompare(mac.Sum(nil), wrapped[KeySize:]) != 1 {
		return nil, errors.New("legacy: unwrap key: MAC does not match")
	}
	return cek, nil
}

// UnwrapKeyCryptoPro returns the key of 32 octets that is wrapped with kek by
// CryptoPro Key Wrap, id-Gost28147-89-CryptoPro-KeyWrap (RFC 4357, section
// 6.4): kek is diversified by ukm and then used as by UnwrapKey.
func UnwrapKeyCryptoPro(kek, ukm, wrapped []byte, set *ParamSet) ([]byte, error) {
	b, err := newBlock(kek, set)
	if err != nil {
		return nil, err
	}
	if len(ukm) != UKMSize {
		return nil, fmt.Errorf("legacy: unwrap key: UKM of %d octets, want %d", len(ukm), UKMSize)
	}
	return UnwrapKey(b.diversify([UKMSize]byte(ukm)), ukm, wrapped, set)
}

// diversify returns the key that a key becomes by ukm (RFC 4357, section 6.5).
// In each of eight steps it is encrypted with itself in CFB. The initial value
// is made of the words of the key: the sum of those whose bit in an octet of
// ukm is one, and the sum of the others.
func (b *block) diversify(ukm [UKMSize]byte) []byte {
	k := *b
	for _, u := range ukm {
		var s [2]uint32
		for j, word := range k.key {
			s[1-(u>>j&1)] += word
		}
		old := k
		gamma := uint64(s[0]) | uint64(s[1])<<32
		for i := 0; i < len(k.key); i += 2 {
			gamma = old.encrypt(gamma)
			k.key[i] ^= uint32(gamma)
			k.key[i+1] ^= uint32(gamma >> 32)
			gamma = uint64(k.key[i]) | uint64(k.key[i+1])<<32
		}
	}
	var out []byte
	for _, word := range k.key {
		out = binary.LittleEndian.AppendUint32(out, word)
	}
	return out
}
