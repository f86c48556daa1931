package cms

import (
	"fmt"
	"hash"
	"io"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
)

// digests are the digests of one content, one for each algorithm that some
// signer of a message names, and whether the content could pass for signed
// attributes.
type digests struct {
	hashes map[string]hash.Hash // by object identifier
	sums   map[string][]byte
	head   []byte // the first octets of the content, as many as a header has
	size   uint64
}

// headerMax is the size of a DER header with a length of eight octets.
const headerMax = 10

// newDigests prepares the digests that the signers need. One outside the list
// is an error: it must not be passed over.
func newDigests(as csr.Algorithms, signers []signerInfo) (*digests, error) {
	d := &digests{hashes: map[string]hash.Hash{}, sums: map[string][]byte{}}
	for i := range signers {
		id := signers[i].digest.OID
		if d.hashes[id.String()] != nil {
			continue
		}
		newHash, err := as.ForDigest(id)
		if err != nil {
			return nil, fmt.Errorf("signer %d: %w", i+1, err)
		}
		d.hashes[id.String()] = newHash()
	}
	return d, nil
}

// read takes in the whole content.
func (d *digests) read(content io.Reader) error {
	if _, err := io.Copy(d, content); err != nil {
		return fmt.Errorf("reading the content: %w", err)
	}
	for id, h := range d.hashes {
		d.sums[id] = h.Sum(nil)
	}
	return nil
}

// Write takes in a part of the content.
func (d *digests) Write(p []byte) (int, error) {
	d.size += uint64(len(p))
	d.head = append(d.head, p[:min(len(p), headerMax-len(d.head))]...)
	for _, h := range d.hashes {
		h.Write(p)
	}
	return len(p), nil
}

// of returns the digest of the content by an algorithm.
func (d *digests) of(id der.AlgorithmIdentifier) []byte { return d.sums[id.OID.String()] }

// likeAttributes reports whether the content is one SET in DER: then a
// signature over it may have been made over signed attributes, which RFC 5652
// leaves alike.
func (d *digests) likeAttributes() bool {
	if len(d.head) < 2 || d.head[0] != byte(der.Set) {
		return false
	}
	length, header := uint64(d.head[1]), uint64(2)
	if length >= 0x80 {
		octets := length & 0x7f
		if octets == 0 || octets > 8 || int(octets)+2 > len(d.head) {
			return false
		}
		length, header = 0, 2+octets
		for _, b := range d.head[2:header] {
			length = length<<8 | uint64(b)
		}
	}
	return d.size-header == length
}
