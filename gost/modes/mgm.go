package modes

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// NewMGM returns the mode MGM, Multilinear Galois Mode, with the key of block
// (RFC 9058). Its tags and its nonces have the size of a block.
//
// The first bit of a nonce is 0: a random nonce has to have it cleared. No
// nonce may be used twice with a key, since the texts would leak and tags
// could be forged; random nonces of 63 bits, as Magma has them, meet too soon,
// and are to be counted instead.
//
// Text and additional data are together at least one octet; those of Magma
// are less than 512 MiB. Seal panics if they are not, and if a nonce has a
// wrong size or a first bit 1; Open panics for the size of a nonce, and
// returns an error for all else. Open writes nothing to dst before it has
// found the text authentic.
func NewMGM(block cipher.Block) (cipher.AEAD, error) {
	n, err := checkBlock(block)
	if err != nil {
		return nil, fmt.Errorf("modes: MGM: %w", err)
	}
	return &mgm{block, n}, nil
}

// errOpen does not say what differs.
var errOpen = errors.New("modes: MGM: message authentication failed")

type mgm struct {
	block cipher.Block
	n     int // size of a block
}

func (m *mgm) NonceSize() int { return m.n }
func (m *mgm) Overhead() int  { return m.n }

func (m *mgm) Seal(dst, nonce, plaintext, additionalData []byte) []byte {
	if err := m.check(nonce, plaintext, additionalData); err != nil {
		panic(err.Error())
	}
	whole, out := extend(dst, len(plaintext)+m.n)
	checkOverlap(out, plaintext, additionalData)
	s := m.begin(nonce)
	ciphertext, tag := out[:len(plaintext)], out[len(plaintext):]
	s.xorKeyStream(ciphertext, plaintext)
	copy(tag, s.tag(ciphertext, additionalData))
	return whole
}

func (m *mgm) Open(dst, nonce, sealed, additionalData []byte) ([]byte, error) {
	size := max(len(sealed)-m.n, 0)
	ciphertext, tag := sealed[:size], sealed[size:]
	if err := m.check(nonce, ciphertext, additionalData); err != nil {
		return nil, err
	}
	whole, out := extend(dst, size)
	checkOverlap(out, sealed, additionalData)
	s := m.begin(nonce)
	if subtle.ConstantTimeCompare(s.tag(ciphertext, additionalData), tag) != 1 {
		return nil, errOpen
	}
	s.xorKeyStream(out, ciphertext)
	return whole, nil
}

// check checks what goes into a message. A nonce of a wrong size panics, as
// in crypto/cipher.
func (m *mgm) check(nonce, text, additionalData []byte) error {
	if len(nonce) != m.n {
		panic(fmt.Sprintf("modes: MGM: nonce of %d octets, want %d", len(nonce), m.n))
	}
	if nonce[0]>>7 != 0 {
		return errors.New("modes: MGM: the first bit of the nonce is not 0")
	}
	return checkLength(m.n, uint64(len(text))+uint64(len(additionalData)))
}

// checkLength checks the length of text and additional data together, which
// in bits is positive and less than 2^(4n) (RFC 9058, section 4.1).
func checkLength(n int, octets uint64) error {
	if octets == 0 {
		return errors.New("modes: MGM: neither text nor additional data")
	}
	if octets >= 1<<(4*n-3) {
		return errors.New("modes: MGM: text and additional data are too long")
	}
	return nil
}

// checkOverlap panics, as in crypto/cipher, if what is written would be in the
// way of what is read.
func checkOverlap(out, in, additionalData []byte) {
	if shifted(out, in) {
		panic("modes: MGM: input and output overlap in part")
	}
	if overlap(out, additionalData) {
		panic("modes: MGM: output and additional data overlap")
	}
}

// extend returns b with so many more octets, and these.
func extend(b []byte, octets int) (whole, more []byte) {
	whole = slices.Grow(b, octets)[:len(b)+octets]
	return whole, whole[len(b):]
}

// message is one message in work: its counters, in the notation of RFC 9058,
// and a buffer for what they are encrypted to.
type message struct {
	*mgm
	y, z   [maxBlock]byte
	buffer [512]byte
}

// begin computes Y_1 and Z_1, the encryptions of 0 || nonce and 1 || nonce.
func (m *mgm) begin(nonce []byte) *message {
	s := &message{mgm: m}
	copy(s.y[:], nonce)
	copy(s.z[:], nonce)
	s.z[0] |= 0x80
	m.block.Encrypt(s.y[:], s.y[:])
	m.block.Encrypt(s.z[:], s.z[:])
	return s
}

// xorKeyStream encrypts and decrypts. The key stream is the encryption of Y_1,
// Y_2 and so on, where the lower half counts.
func (s *message) xorKeyStream(dst, src []byte) {
	for len(src) > 0 {
		n := subtle.XORBytes(dst, src, s.fill(s.y[:s.n], s.y[s.n/2:s.n], len(src)))
		dst, src = dst[n:], src[n:]
	}
}

// tag returns the encryption of the sum of H_i times the blocks of additional
// data, of ciphertext, and a block of their lengths in bits. H_i is the
// encryption of Z_i, where the upper half counts.
func (s *message) tag(ciphertext, additionalData []byte) []byte {
	last := make([]byte, 0, maxBlock)
	if s.n == 8 {
		last = binary.BigEndian.AppendUint32(last, 8*uint32(len(additionalData)))
		last = binary.BigEndian.AppendUint32(last, 8*uint32(len(ciphertext)))
	} else {
		last = binary.BigEndian.AppendUint64(last, 8*uint64(len(additionalData)))
		last = binary.BigEndian.AppendUint64(last, 8*uint64(len(ciphertext)))
	}

	var sum product
	for _, p := range [][]byte{additionalData, ciphertext, last} {
		for len(p) > 0 {
			h := s.fill(s.z[:s.n], s.z[:s.n/2], len(p))
			for ; len(h) > 0; h = h[s.n:] {
				n := min(s.n, len(p))
				sum.add(h[:s.n], p[:n])
				p = p[n:]
			}
		}
	}
	tag := last
	sum.reduce(tag)
	s.block.Encrypt(tag, tag)
	return tag
}

// fill returns the encryption of the counter and of those that follow it, for
// so many octets if the buffer has room for them. Half is the part of the
// counter that counts, a big-endian number.
func (s *message) fill(counter, half []byte, octets int) []byte {
	filled := s.buffer[:0]
	for range min(len(s.buffer), octets+s.n-1) / s.n {
		filled = append(filled, counter...)
		if s.n == 8 {
			binary.BigEndian.PutUint32(half, binary.BigEndian.Uint32(half)+1)
		} else {
			binary.BigEndian.PutUint64(half, binary.BigEndian.Uint64(half)+1)
		}
	}
	encryptBlocks(s.block, filled)
	return filled
}
