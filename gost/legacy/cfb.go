package legacy

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"
)

// NewCFBDecrypter returns a stream that decrypts GOST 28147-89 in CFB, with a
// key of 32 octets and an initial value of 8 (RFC 5830, section 7), and with the
// key meshing of CryptoPro: key and value change after every 1024 octets (RFC
// 4357, section 2.3.2), as they do with all ParamSets.
//
// CFB tells nothing of changes to the text: what comes out is what the sender
// meant only if a signature or a MAC says so. XORKeyStream panics if dst is
// shorter than src; they must overlap entirely or not at all.
func NewCFBDecrypter(key, iv []byte, set *ParamSet) (cipher.Stream, error) {
	b, err := newBlock(key, set)
	if err != nil {
		return nil, err
	}
	if len(iv) != BlockSize {
		return nil, fmt.Errorf("legacy: CFB: initial value of %d octets, want %d", len(iv), BlockSize)
	}
	return &cfbDecrypter{block: *b, next: [BlockSize]byte(iv)}, nil
}

type cfbDecrypter struct {
	block block
	count int             // octets since the key was changed
	gamma [BlockSize]byte // what count%BlockSize octets are used of, if any
	next  [BlockSize]byte // the encrypted text that gives the next gamma
}

func (c *cfbDecrypter) XORKeyStream(dst, src []byte) {
	if len(dst) < len(src) {
		panic("legacy: output smaller than input")
	}
	for i, x := range src {
		used := c.count % BlockSize
		if used == 0 {
			c.refill()
		}
		dst[i] = x ^ c.gamma[used]
		c.next[used] = x
		c.count++
	}
}

// refill makes the gamma of the next block, under a new key if it is time.
func (c *cfbDecrypter) refill() {
	x := binary.LittleEndian.Uint64(c.next[:])
	if c.count == meshingInterval {
		c.block.mesh()
		x = c.block.encrypt(x)
		c.count = 0
	}
	binary.LittleEndian.PutUint64(c.gamma[:], c.block.encrypt(x))
}
