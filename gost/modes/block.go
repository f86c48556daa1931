package modes

import (
	"crypto/cipher"
	"fmt"
)

// maxBlock is the largest size of a block, in octets.
const maxBlock = 16

// checkBlock returns the size of a block if the modes know it.
func checkBlock(block cipher.Block) (int, error) {
	n := block.BlockSize()
	if n != 8 && n != maxBlock {
		return 0, fmt.Errorf("block of %d octets, want 8 or 16", n)
	}
	return n, nil
}

// encryptBlocks encrypts all blocks of p in place. A cipher may have a method
// EncryptBlocks that takes them all at once, as that of package magma has; any
// other encrypts them one by one.
func encryptBlocks(block cipher.Block, p []byte) {
	if b, ok := block.(interface{ EncryptBlocks(dst, src []byte) }); ok {
		b.EncryptBlocks(p, p)
		return
	}
	n := block.BlockSize()
	for ; len(p) > 0; p = p[n:] {
		block.Encrypt(p[:n], p[:n])
	}
}
