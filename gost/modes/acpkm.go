package modes

import (
	"crypto/cipher"
	"fmt"
)

// KeySize is the number of octets of a key of either cipher.
const KeySize = 32

// ACPKM returns the key, of 32 octets, that follows the key of block: the
// encryption of the constant 80 81 … 9f (RFC 8645, section 6.2.1). The size
// of a block divides 32.
func ACPKM(block cipher.Block) []byte {
	key := make([]byte, KeySize)
	for i := range key {
		key[i] = 0x80 | byte(i)
	}
	encryptBlocks(block, key)
	return key
}

// nextCipher returns the cipher with the key that follows the key of block.
func nextCipher(newCipher func(key []byte) (cipher.Block, error), block cipher.Block) (cipher.Block, error) {
	key := ACPKM(block)
	defer clear(key)
	return newCipher(key)
}

// checkSection checks the size of a section of a message.
func checkSection(section, n int) error {
	if section < 0 || section%n != 0 {
		return fmt.Errorf("section of %d octets, want a multiple of %d", section, n)
	}
	return nil
}
