package cms

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/oid"
)

// Cosign returns the message with one more signer beside those it has, a
// parallel signature over the same content. Content is the document of a
// detached message and nil for one that carries its content; key, cert and o
// are those of [Sign], but o.Detached and o.ContentType are the message's to
// say and are not looked at. The other signers keep their bytes; nothing of
// theirs is verified but that, where it can be compared, they signed the same
// content.
func (sd *SignedData) Cosign(key crypto.Signer, cert *csr.Certificate, o Options, content []byte) ([]byte, error) {
	content, err := sd.content(content)
	if err != nil {
		return nil, fmt.Errorf("cms: cosign: %w", err)
	}
	return sd.cosign(key, cert, o, bytes.NewReader(content))
}

// CosignReader is Cosign for a detached message and a document of any size,
// read to its end once and in constant memory.
func (sd *SignedData) CosignReader(key crypto.Signer, cert *csr.Certificate, o Options, content io.Reader) ([]byte, error) {
	if sd.Content != nil {
		return nil, errors.New("cms: cosign: the message carries its content")
	}
	return sd.cosign(key, cert, o, content)
}

func (sd *SignedData) cosign(key crypto.Signer, cert *csr.Certificate, o Options, content io.Reader) ([]byte, error) {
	o.ContentType = sd.message.typ
	s, err := newSigning(sd.as, key, cert, o)
	if err != nil {
		return nil, fmt.Errorf("cms: cosign: %w", err)
	}
	h := s.a.Hash()
	if _, err := io.Copy(h, content); err != nil {
		return nil, fmt.Errorf("cms: cosign: reading the content: %w", err)
	}
	digest := h.Sum(nil)
	for _, si := range sd.signers {
		other, ok := si.messageDigest()
		if ok && si.digest.OID.Equal(s.a.Digest) && !bytes.Equal(other, digest) {
			return nil, fmt.Errorf("cms: cosign: %w", ErrContent)
		}
	}
	m := sd.message
	if err := s.addTo(&m, digest); err != nil {
		return nil, fmt.Errorf("cms: cosign: %w", err)
	}
	return m.marshal(), nil
}

// messageDigest returns the digest the signer signed, if he signed attributes.
func (si *signerInfo) messageDigest() ([]byte, bool) {
	i := slices.IndexFunc(si.signed, func(a Attribute) bool { return a.Type.Equal(oid.MessageDigest) })
	if i < 0 {
		return nil, false
	}
	digest, err := readDigest(si.signed[i])
	return digest, err == nil
}
