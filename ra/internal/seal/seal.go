// Package seal keeps what belongs to a case unreadable without the case's key,
// and commits to it without showing it.
//
// Data is encrypted with Kuznyechik in the mode MGM (GOST R 34.12-2015; RFC
// 9058), in chunks of 64 KiB, each authenticated with its number, whether it
// is the last, and the name the data goes by: chunks cannot be left out,
// moved, or passed off as other data. Where the key is destroyed the data is
// gone, wherever copies of it may lie.
//
//	key := seal.NewKey()
//	sealed := seal.Seal(key, "passport_scan", pdf)
//	pdf, err := seal.Open(key, "passport_scan", sealed)
package seal

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/modes"
	"github.com/surguch/surguch/gost/streebog"
)

// KeySize is the size of a key in octets.
const KeySize = 32

// SaltSize is the size of the salt of a commitment in octets.
const SaltSize = 16

// ErrOpen says that sealed data is not what was sealed under this key and
// name.
var ErrOpen = errors.New("seal: the data does not open")

const (
	version    = 1
	chunkSize  = 64 << 10
	prefixSize = 11 // of the nonce, random; the chunk's number follows
	headerSize = 1 + prefixSize
	tagSize    = 16
)

// NewKey returns a random key.
func NewKey() []byte { return random(KeySize) }

// NewSalt returns a random salt.
func NewSalt() []byte { return random(SaltSize) }

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return b
}

// Commit returns the commitment to data: Streebog-256 over salt and data, 32
// octets. Without the salt it says nothing about the data, and once the salt
// is gone nobody can tell what it was about.
func Commit(salt, data []byte) []byte {
	h := streebog.New256()
	h.Write(salt)
	h.Write(data)
	return h.Sum(nil)
}

// Seal encrypts data under a key of KeySize octets and a name, which is not
// part of the result: version, nonce prefix (11 octets), then the chunks, each
// with 16 octets of tag.
func Seal(key []byte, name string, data []byte) []byte {
	aead := newAEAD(key)
	chunks := max(1, (len(data)+chunkSize-1)/chunkSize)
	out := make([]byte, headerSize, headerSize+len(data)+chunks*tagSize)
	out[0] = version
	rand.Read(out[1:headerSize])
	out[1] &= 0x7f // MGM wants the first bit of a nonce to be zero
	for i := range chunks {
		last := i == chunks-1
		chunk := data[i*chunkSize : min((i+1)*chunkSize, len(data))]
		out = aead.Seal(out, nonce(out[1:headerSize], i), chunk, about(name, last))
	}
	return out
}

// Open decrypts what Seal returned. The error is ErrOpen; then no data is
// returned.
func Open(key []byte, name string, sealed []byte) ([]byte, error) {
	if len(sealed) < headerSize+tagSize || sealed[0] != version {
		return nil, ErrOpen
	}
	aead := newAEAD(key)
	prefix, rest := sealed[1:headerSize], sealed[headerSize:]
	if prefix[0]&0x80 != 0 {
		return nil, ErrOpen
	}
	out := make([]byte, 0, len(rest))
	for i := 0; ; i++ {
		last := len(rest) <= chunkSize+tagSize
		chunk := rest[:min(len(rest), chunkSize+tagSize)]
		var err error
		if out, err = aead.Open(out, nonce(prefix, i), chunk, about(name, last)); err != nil {
			return nil, ErrOpen
		}
		if last {
			return out, nil
		}
		rest = rest[len(chunk):]
	}
}

func newAEAD(key []byte) cipher.AEAD {
	block, err := kuznyechik.New(key)
	if err != nil {
		panic(fmt.Sprintf("seal: a key of %d octets", len(key)))
	}
	aead, err := modes.NewMGM(block)
	if err != nil {
		panic("seal: " + err.Error())
	}
	return aead
}

// nonce is that of a chunk: the prefix, one octet of zero, the number in 4.
func nonce(prefix []byte, i int) []byte {
	n := make([]byte, 16)
	copy(n, prefix)
	binary.BigEndian.PutUint32(n[12:], uint32(i))
	return n
}

// about is what is authenticated beside a chunk. The number is in the nonce.
func about(name string, last bool) []byte {
	if last {
		return append([]byte{1}, name...)
	}
	return append([]byte{0}, name...)
}
