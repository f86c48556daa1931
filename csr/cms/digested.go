package cms

import (
	"bytes"
	"crypto/subtle"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// DigestedData is content with its digest (RFC 5652, section 7), as read: see
// [DigestedData.Verify]. It guards against accidents and not against people,
// who can compute a digest as well.
type DigestedData struct {
	Raw         []byte // as received
	ContentType asn1.ObjectIdentifier
	Content     []byte // nil when detached
	Digest      []byte

	newHash func() hash.Hash
}

// Digest makes DigestedData with the scheme's hash of the content, which goes
// inside. The result is DER.
func Digest(a *csr.Algorithm, content []byte) []byte {
	return contentInfo(oid.DigestedData, func(b *der.Builder) {
		b.AddASN1Int64(0)
		der.AlgorithmIdentifier{OID: a.Digest}.Add(b)
		addEncapsulated(b, oid.Data, append([]byte{}, content...))
		b.AddASN1OctetString(a.Sum(content))
	})
}

// ParseDigested reads DigestedData. A digest that is of no scheme in the list
// is csr.ErrUnknownAlgorithm.
func ParseDigested(as csr.Algorithms, raw []byte) (*DigestedData, error) {
	d := &DigestedData{Raw: bytes.Clone(raw)}
	if err := d.read(as); err != nil {
		return nil, fmt.Errorf("cms: DigestedData: %w", err)
	}
	return d, nil
}

func (d *DigestedData) read(as csr.Algorithms) error {
	in, err := openContentInfo(d.Raw, oid.DigestedData, "DigestedData")
	if err != nil {
		return err
	}
	var version int
	if !in.ReadASN1Integer(&version) || version != 0 && version != 2 {
		return errors.New("version does not parse")
	}
	algorithm, ok := der.ReadAlgorithm(&in)
	if !ok || !algorithm.NoParams() {
		return errors.New("digestAlgorithm does not parse")
	}
	if d.newHash, err = as.ForDigest(algorithm.OID); err != nil {
		return err
	}
	if d.ContentType, d.Content, err = readEncapsulated(&in); err != nil {
		return err
	}
	var digest der.String
	if !in.ReadASN1(&digest, der.OctetString) || !in.Empty() {
		return errors.New("digest does not parse")
	}
	d.Digest = digest
	return nil
}

// Verify compares the digest with that of the content: the one given for a
// detached message, the message's own, with nil given, for another. It returns
// ErrContent if they differ.
func (d *DigestedData) Verify(content []byte) error {
	switch {
	case d.Content == nil && content == nil:
		return errors.New("cms: the message is detached and no content was given")
	case d.Content != nil && content != nil && !bytes.Equal(d.Content, content):
		return fmt.Errorf("cms: %w", ErrContent)
	case content == nil:
		content = d.Content
	}
	h := d.newHash()
	h.Write(content)
	if subtle.ConstantTimeCompare(h.Sum(nil), d.Digest) != 1 {
		return fmt.Errorf("cms: %w", ErrContent)
	}
	return nil
}
