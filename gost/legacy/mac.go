package legacy

import (
	"encoding/binary"
	"hash"
)

// MACSize is the number of octets of a MAC of GOST 28147-89.
const MACSize = 4

// NewMAC returns the MAC of GOST 28147-89 with a key of 32 octets (RFC 5830,
// section 8), to be compared in constant time, by hmac.Equal.
//
// The last block is filled with zeros, and a message of less than two blocks is
// filled to two. So messages that differ in zeros at the end have one MAC. The
// key changes after every 1024 octets, as it does in OpenSSL.
func NewMAC(key []byte, set *ParamSet) (hash.Hash, error) {
	b, err := newBlock(key, set)
	if err != nil {
		return nil, err
	}
	return newMAC(b, 0), nil
}

// newMAC returns the MAC that starts from a state other than zero (RFC 4357,
// section 6.1).
func newMAC(b *block, iv uint64) *mac {
	m := &mac{initial: *b, iv: iv}
	m.Reset()
	return m
}

type mac struct {
	initial block // with the key before meshing
	iv      uint64

	block  block
	state  uint64
	buffer [BlockSize]byte // the block that is not full yet: length % BlockSize octets
	length uint64          // octets written
}

func (m *mac) Reset() {
	m.block, m.state, m.length = m.initial, m.iv, 0
}

func (m *mac) Size() int      { return MACSize }
func (m *mac) BlockSize() int { return BlockSize }

func (m *mac) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		c := copy(m.buffer[m.length%BlockSize:], p)
		p = p[c:]
		m.length += uint64(c)
		if m.length%BlockSize == 0 {
			m.absorb()
		}
	}
	return n, nil
}

// absorb takes in the full block, whose octets length counts already.
func (m *mac) absorb() {
	if before := m.length - BlockSize; before > 0 && before%meshingInterval == 0 {
		m.block.mesh()
	}
	m.state = m.block.half(m.state ^ binary.LittleEndian.Uint64(m.buffer[:]))
}

func (m *mac) Sum(b []byte) []byte {
	final := *m // more may be written to m
	for final.length < 2*BlockSize || final.length%BlockSize != 0 {
		final.Write([]byte{0})
	}
	return binary.LittleEndian.AppendUint32(b, uint32(final.state))
}
