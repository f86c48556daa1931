package modes

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"slices"
)

// The sizes of sections, in octets, of content in CMS with either cipher (R
// 1323565.1.025-2019). OpenSSL with gost-engine 3.0.1 has them where it encrypts
// CMS. Where it decrypts CMS, and in PBES2 both ways, it has 4096 octets for
// Kuznyechik and 1024 for Magma, so that longer messages do not come through.
const (
	KuznyechikSection = 256 << 10
	MagmaSection      = 8 << 10
)

// NewCTRACPKM returns the stream of CTR-ACPKM (RFC 8645, section 6.2.2), which
// both encrypts and decrypts. It is the mode CTR of GOST R 34.13-2015, with
// all octets of a block of key stream in use, but for the key: after each
// section of the message, ACPKM puts another in its place, while the counter
// goes on.
//
// Key has 32 octets; iv has half a block, 8 octets for Kuznyechik and 4 for
// Magma, and is the upper half of the counter, whose lower half begins with
// zero. Section is the number of octets of a section, a multiple of the size
// of a block; 0 means that the message is one section, which is plain CTR.
// NewCipher has to take any key of 32 octets.
//
// XORKeyStream panics when the lower half of the counter would repeat: after
// 32 GiB with Magma.
func NewCTRACPKM(newCipher func(key []byte) (cipher.Block, error), key, iv []byte, section int) (cipher.Stream, error) {
	s, err := newCTR(newCipher, key, iv, section)
	if err != nil {
		return nil, fmt.Errorf("modes: CTR-ACPKM: %w", err)
	}
	return s, nil
}

// newCTR is NewCTRACPKM with errors that do not name the mode.
func newCTR(newCipher func(key []byte) (cipher.Block, error), key, iv []byte, section int) (*ctr, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("key of %d octets, want %d", len(key), KeySize)
	}
	block, err := newCipher(key)
	if err != nil {
		return nil, err
	}
	n, err := checkBlock(block)
	if err != nil {
		return nil, err
	}
	if len(iv) != n/2 {
		return nil, fmt.Errorf("initial value of %d octets, want %d", len(iv), n/2)
	}
	if err := checkSection(section, n); err != nil {
		return nil, err
	}
	return &ctr{
		newCipher: newCipher,
		block:     block,
		iv:        slices.Clone(iv),
		section:   uint64(section / n),
	}, nil
}

// ctr is a stream of CTR-ACPKM.
type ctr struct {
	newCipher func(key []byte) (cipher.Block, error)
	block     cipher.Block // with the key of the section
	iv        []byte       // upper half of the counter
	next      uint64       // lower half of the counter: blocks so far
	section   uint64       // blocks of a section, or 0
	buffer    [512]byte
	unused    []byte // what is left of the key stream in buffer
}

func (s *ctr) XORKeyStream(dst, src []byte) {
	if len(dst) < len(src) {
		panic("modes: CTR: output smaller than input")
	}
	dst = dst[:len(src)]
	if shifted(dst, src) {
		panic("modes: CTR: input and output overlap in part")
	}
	for len(src) > 0 {
		if len(s.unused) == 0 {
			s.fill(len(src))
		}
		n := subtle.XORBytes(dst, src, s.unused)
		dst, src, s.unused = dst[n:], src[n:], s.unused[n:]
	}
}

// fill makes key stream, for so many octets if the buffer and the section have
// room for them.
func (s *ctr) fill(octets int) {
	n := s.block.BlockSize()
	blocks := uint64(min(len(s.buffer), octets+n-1) / n)
	if n == 8 {
		left := 1<<32 - s.next
		if left == 0 {
			panic("modes: CTR: key stream exhausted")
		}
		blocks = min(blocks, left)
	}
	if s.section > 0 {
		done := s.next % s.section
		if done == 0 && s.next > 0 {
			s.changeKey()
		}
		blocks = min(blocks, s.section-done)
	}
	filled := s.buffer[:0]
	for range blocks {
		filled = append(filled, s.iv...)
		if n == 8 {
			filled = binary.BigEndian.AppendUint32(filled, uint32(s.next))
		} else {
			filled = binary.BigEndian.AppendUint64(filled, s.next)
		}
		s.next++
	}
	encryptBlocks(s.block, filled)
	s.unused = filled
}

// changeKey begins a section.
func (s *ctr) changeKey() {
	block, err := nextCipher(s.newCipher, s.block)
	if err != nil {
		panic("modes: CTR-ACPKM: the cipher refuses a key: " + err.Error())
	}
	s.block = block
}
