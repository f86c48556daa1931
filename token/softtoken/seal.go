package softtoken

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"

	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/modes"
)

// keySize is that of the token's key in octets.
const keySize = 32

// newKey returns a random key of a token.
func newKey() []byte {
	key := make([]byte, keySize)
	rand.Read(key)
	return key
}

// seal encrypts data with Kuznyechik in the mode MGM (RFC 9058): a nonce of 16
// octets, the ciphertext, a tag of 16. What is sealed opens under the same
// use, serial number and number only.
func seal(key []byte, use, serial string, n uint64, data []byte) []byte {
	nonce := make([]byte, 16, 16+len(data)+16)
	rand.Read(nonce)
	nonce[0] &= 0x7f // MGM wants the first bit to be zero
	return newAEAD(key).Seal(nonce, nonce, data, sealedFor(use, serial, n))
}

// unseal decrypts what seal returned.
func unseal(key []byte, use, serial string, n uint64, sealed []byte) ([]byte, bool) {
	if len(sealed) < 32 || sealed[0]&0x80 != 0 {
		return nil, false
	}
	data, err := newAEAD(key).Open(nil, sealed[:16], sealed[16:], sealedFor(use, serial, n))
	return data, err == nil
}

func newAEAD(key []byte) cipher.AEAD {
	block, err := kuznyechik.New(key)
	if err != nil {
		panic("softtoken: " + err.Error()) // the key has another size
	}
	aead, err := modes.NewMGM(block)
	if err != nil {
		panic("softtoken: " + err.Error())
	}
	return aead
}

func sealedFor(use, serial string, n uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte("softtoken "+use+" "+serial+" "), n)
}
