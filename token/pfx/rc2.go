package pfx

import (
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/bits"
)

// rc2 decrypts with RC2 (RFC 2268), which Windows and old OpenSSL encrypt
// certificates with, under 40 bits.
type rc2 struct{ key [64]uint16 }

// newRC2 returns the cipher whose key has as many bits as it has octets for.
func newRC2(key []byte) (cipher.Block, error) { return newRC2Effective(key, 8*len(key)) }

// newRC2Effective expands a key (RFC 2268, section 2), of which so many bits
// are in effect.
func newRC2Effective(key []byte, effective int) (cipher.Block, error) {
	if len(key) < 1 || len(key) > 128 || effective < 1 || effective > 1024 {
		return nil, errors.New("pfx: RC2: bad key")
	}
	pi, err := hex.DecodeString(piTable)
	if err != nil || len(pi) != 256 {
		panic("pfx: RC2: bad table")
	}
	var l [128]byte
	defer clear(l[:])
	t := copy(l[:], key)
	for i := t; i < 128; i++ {
		l[i] = pi[l[i-1]+l[i-t]]
	}
	t8 := (effective + 7) / 8
	l[128-t8] = pi[l[128-t8]&(0xff>>(8*t8-effective))]
	for i := 127 - t8; i >= 0; i-- {
		l[i] = pi[l[i+1]^l[i+t8]]
	}
	var c rc2
	for i := range c.key {
		c.key[i] = binary.LittleEndian.Uint16(l[2*i:])
	}
	return &c, nil
}

func (c *rc2) BlockSize() int { return 8 }

// Encrypt is not here: nothing is encrypted with RC2.
func (c *rc2) Encrypt(dst, src []byte) { panic("pfx: RC2 only decrypts") }

// Decrypt decrypts a block (RFC 2268, section 4).
func (c *rc2) Decrypt(dst, src []byte) {
	var r [4]uint16
	for i := range r {
		r[i] = binary.LittleEndian.Uint16(src[2*i:])
	}
	j := 63
	mix := func(rounds int) {
		for range rounds {
			for i := 3; i >= 0; i-- {
				x := bits.RotateLeft16(r[i], -[4]int{1, 2, 3, 5}[i])
				r[i] = x - c.key[j] - r[(i+3)%4]&r[(i+2)%4] - ^r[(i+3)%4]&r[(i+1)%4]
				j--
			}
		}
	}
	mash := func() {
		for i := 3; i >= 0; i-- {
			r[i] -= c.key[r[(i+3)%4]&63]
		}
	}
	mix(5)
	mash()
	mix(6)
	mash()
	mix(5)
	for i := range r {
		binary.LittleEndian.PutUint16(dst[2*i:], r[i])
	}
}

// piTable is PITABLE of RFC 2268, section 2.
const piTable = "d978f9c419ddb5ed28e9fd794aa0d89d" + "c67e37832b76538e624c6488448bfba2" +
	"179a59f587b34f1361456d8d09817d32" + "bd8f40eb86b77b0bf09521225c6b4e82" +
	"54d66593ce60b21c7356c014a78cf1dc" + "1275ca1f3bbee4d1423dd430a33cb626" +
	"6fbf0eda4669075727f21d9bbc944303" + "f811c7f690ef3ee706c3d52fc8661ed7" +
	"08e8eade8052eef784aa72ac354d6a2a" + "961ad2715a1549744b9fd05e0418a4ec" +
	"c2e0416e0f51cbcc2491af50a1f47039" + "997c3a8523b8b47afc02365b25559731" +
	"2d5dfa98e38a92ae05df2910676cbac9" + "d300e6cfe19ea82c6316013f58e289a9" +
	"0d38341bab33ffb0bb480c5fb9b1cd2e" + "c5f3db47e5a59c770aa62068fe7fc1ad"
