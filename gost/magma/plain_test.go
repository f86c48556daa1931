package magma_test

import (
	"encoding/binary"
	"math/bits"
)

// plain is the cipher as RFC 8891 describes it, one round key after another.
type plain [32]uint32

func newPlain(key []byte) *plain {
	k := new(plain)
	for i := range 8 {
		word := binary.BigEndian.Uint32(key[4*i:])
		k[i], k[8+i], k[16+i], k[31-i] = word, word, word, word
	}
	return k
}

func (k *plain) encrypt(p [8]byte) (c [8]byte) {
	a1, a0 := binary.BigEndian.Uint32(p[:4]), binary.BigEndian.Uint32(p[4:])
	for _, key := range k[:31] {
		a1, a0 = a0, g(key, a0)^a1 // G
	}
	a1 = g(k[31], a0) ^ a1 // G*
	return [8]byte(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(c[:0], a1), a0))
}

func (k *plain) decrypt(c [8]byte) [8]byte {
	var back plain
	for i, key := range k {
		back[31-i] = key
	}
	return back.encrypt(c)
}

func g(k, a uint32) uint32 { return bits.RotateLeft32(t(a+k), 11) }

// t substitutes each four bits, written as digits of RFC 8891, section 4.1.
func t(a uint32) (b uint32) {
	for i, pi := range []string{
		"c462a5b9e8d703f1", "68239a5c1e47bd0f", "b3582fade174c960", "c821d4f670a53e9b",
		"7f5a816d093eb42c", "5df692cab78143e0", "8e25691cf4b0da37", "17ed05834fa69cb2",
	} {
		digit := pi[a>>(4*i)&15]
		v := uint32(digit - '0')
		if digit >= 'a' {
			v = uint32(digit - 'a' + 10)
		}
		b |= v << (4 * i)
	}
	return b
}
