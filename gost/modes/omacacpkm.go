package modes

import (
	"bytes"
	"crypto/cipher"
	"errors"
	"fmt"
	"hash"
)

// NewOMACACPKM returns the hash OMAC-ACPKM, which RFC 8645, section 6.3.6,
// calls OMAC-ACPKM-Master: OMAC with a key of its own, and a K_1 of its own,
// for each section of the message. They come from the key stream of CTR-ACPKM
// under key, whose sections are those of the master key.
//
// Key has 32 octets. Section and masterSection are numbers of octets, positive
// multiples of the size of a block. NewCipher has to take any key of 32
// octets. The tags have the size of a block.
func NewOMACACPKM(newCipher func(key []byte) (cipher.Block, error), key []byte, section, masterSection int) (hash.Hash, error) {
	o, err := newOMACACPKM(newCipher, key, section, masterSection)
	if err != nil {
		return nil, fmt.Errorf("modes: OMAC-ACPKM: %w", err)
	}
	return o, nil
}

func newOMACACPKM(newCipher func(key []byte) (cipher.Block, error), key []byte, section, masterSection int) (*omac, error) {
	if section == 0 || masterSection == 0 {
		return nil, errors.New("section of 0 octets")
	}
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
	if err := checkSection(section, n); err != nil {
		return nil, err
	}
	if err := checkSection(masterSection, n); err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	o := &omac{n: n, size: n, keys: &sectionKeys{
		newCipher:     newCipher,
		key:           bytes.Clone(key),
		masterSection: masterSection,
		blocks:        section / n,
		n:             n,
	}}
	o.Reset()
	return o, nil
}

// sectionKeys is ACPKM-Master, the source of keys for sections (RFC 8645,
// section 6.3.1).
type sectionKeys struct {
	newCipher     func(key []byte) (cipher.Block, error)
	key           []byte // master key
	masterSection int
	blocks        int // in a section
	n             int // size of a block

	stream *ctr
	left   int // blocks in the section that are not taken in
}

// reset goes back to the first section: CTR-ACPKM with an initial value of
// ones.
func (k *sectionKeys) reset() {
	iv := bytes.Repeat([]byte{0xff}, k.n/2)
	stream, err := newCTR(k.newCipher, k.key, iv, k.masterSection)
	if err != nil {
		panic("modes: OMAC-ACPKM: the cipher refuses a key: " + err.Error())
	}
	k.stream = stream
}

// next returns the cipher of the next section, and sets K_1.
func (k *sectionKeys) next(k1 *[maxBlock]byte) cipher.Block {
	var material [KeySize + maxBlock]byte
	defer clear(material[:])
	k.stream.XORKeyStream(material[:KeySize+k.n], material[:KeySize+k.n])
	block, err := k.newCipher(material[:KeySize])
	if err != nil {
		panic("modes: OMAC-ACPKM: the cipher refuses a key: " + err.Error())
	}
	copy(k1[:k.n], material[KeySize:])
	k.left = k.blocks
	return block
}

// ends counts a block, and tells whether the section ends with it.
func (k *sectionKeys) ends() bool {
	k.left--
	return k.left == 0
}
