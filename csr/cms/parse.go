package cms

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
)

// SignedData is a parsed message, not yet judged: see [SignedData.Verify].
// It is made by [Parse] and may be read by several goroutines; its slices are
// parts of one copy of the message and must not be written to.
type SignedData struct {
	Raw          []byte                // as received
	ContentType  asn1.ObjectIdentifier // id-data for documents
	Content      []byte                // nil when detached
	Certificates []*csr.Certificate    // sent along; proven nothing by themselves
	CRLs         [][]byte              // CertificateLists sent along, each in DER

	as      csr.Algorithms
	message message
	signers []signerInfo
}

// Parse reads SignedData in DER or BER. Certificates of schemes outside the
// list are passed over; a signer who needs one of them will not verify. So
// are attribute certificates and revocation data other than CRLs.
func Parse(as csr.Algorithms, raw []byte) (*SignedData, error) {
	sd := &SignedData{Raw: bytes.Clone(raw), as: as}
	if err := sd.read(); err != nil {
		return nil, fmt.Errorf("cms: parse: %w", err)
	}
	return sd, nil
}

func (sd *SignedData) read() (err error) {
	if sd.message, err = readMessage(sd.Raw); err != nil {
		return err
	}
	sd.ContentType, sd.Content = sd.message.typ, sd.message.content
	for _, raw := range sd.message.certificates {
		if raw[0] != byte(der.Sequence) { // attribute certificates and other choices
			continue
		}
		c, err := sd.as.ParseCertificate(raw)
		switch {
		case errors.Is(err, csr.ErrUnknownAlgorithm):
			continue
		case err != nil:
			return err
		}
		sd.Certificates = append(sd.Certificates, c)
	}
	for _, raw := range sd.message.crls {
		if raw[0] == byte(der.Sequence) { // the other choice is tagged [1]
			sd.CRLs = append(sd.CRLs, raw)
		}
	}
	for _, raw := range sd.message.signers {
		si, err := readSigner(raw)
		if err != nil {
			return err
		}
		sd.signers = append(sd.signers, si)
	}
	return nil
}

// Signatures returns the signature values of the message in the order of its
// signers, not verified: what a signature time-stamp is asked for. The index
// of one is what [AddUnsigned] takes.
func (sd *SignedData) Signatures() [][]byte {
	var list [][]byte
	for _, si := range sd.signers {
		list = append(list, si.signature)
	}
	return list
}

func contains(list [][]byte, one []byte) bool {
	return slices.ContainsFunc(list, func(other []byte) bool { return bytes.Equal(one, other) })
}
