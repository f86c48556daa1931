package cms

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// SignedData is a parsed message, not yet judged: see [SignedData.Verify].
type SignedData struct {
	Raw          []byte             // as received
	Content      []byte             // nil when detached
	Certificates []*csr.Certificate // sent along; proven nothing by themselves

	as      csr.Algorithms
	signers []signerInfo
}

// signerInfo is SignerInfo of RFC 5652, section 5.3.
type signerInfo struct {
	rawIssuer  []byte
	serial     *big.Int
	keyID      []byte
	digest     der.AlgorithmIdentifier
	attributes []byte // the SET OF under tag 31; nil when there are none
	signature  der.AlgorithmIdentifier
	value      []byte
}

// Parse reads SignedData in DER. Certificates of schemes outside the list are
// passed over; a signer who needs one of them will not verify.
func Parse(as csr.Algorithms, raw []byte) (*SignedData, error) {
	sd := &SignedData{Raw: bytes.Clone(raw), as: as}
	if err := sd.read(); err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}
	return sd, nil
}

func (sd *SignedData) read() error {
	outer, ok := der.ReadWhole(sd.Raw, der.Sequence)
	var contentType der.OID
	var wrapped, in der.String
	if !ok || !outer.ReadASN1ObjectIdentifier(&contentType) {
		return errors.New("not a ContentInfo")
	}
	if !contentType.Equal(oid.SignedData) {
		return fmt.Errorf("content type %v is not SignedData", contentType)
	}
	if !outer.ReadASN1(&wrapped, der.ContextCons(0)) || !outer.Empty() ||
		!wrapped.ReadASN1(&in, der.Sequence) || !wrapped.Empty() {
		return errors.New("SignedData does not parse")
	}
	var version int
	var digests der.String
	if !in.ReadASN1Integer(&version) || version < 1 || version > 5 || !in.ReadASN1(&digests, der.Set) {
		return errors.New("SignedData: version or digestAlgorithms do not parse")
	}
	for !digests.Empty() {
		if _, ok := der.ReadAlgorithm(&digests); !ok {
			return errors.New("SignedData: digestAlgorithms do not parse")
		}
	}
	if err := sd.readContent(&in); err != nil {
		return err
	}
	if err := sd.readCertificates(&in); err != nil {
		return err
	}
	var crls, signers der.String
	var present bool
	if !in.ReadOptionalASN1(&crls, &present, der.ContextCons(1)) || !in.ReadASN1(&signers, der.Set) || !in.Empty() {
		return errors.New("SignedData: signerInfos do not parse")
	}
	for !signers.Empty() {
		si, err := readSigner(&signers)
		if err != nil {
			return err
		}
		sd.signers = append(sd.signers, si)
	}
	return nil
}

func (sd *SignedData) readContent(in *der.String) error {
	var encap, wrapped, content der.String
	var typ der.OID
	var present bool
	if !in.ReadASN1(&encap, der.Sequence) || !encap.ReadASN1ObjectIdentifier(&typ) ||
		!encap.ReadOptionalASN1(&wrapped, &present, der.ContextCons(0)) || !encap.Empty() {
		return errors.New("SignedData: encapContentInfo does not parse")
	}
	if !typ.Equal(oid.Data) {
		return fmt.Errorf("SignedData: content of type %v", typ)
	}
	if !present {
		return nil
	}
	if !wrapped.ReadASN1(&content, der.OctetString) || !wrapped.Empty() {
		return errors.New("SignedData: content does not parse")
	}
	sd.Content = append([]byte{}, content...)
	return nil
}

func (sd *SignedData) readCertificates(in *der.String) error {
	var set der.String
	var present bool
	if !in.ReadOptionalASN1(&set, &present, der.ContextCons(0)) {
		return errors.New("SignedData: certificates do not parse")
	}
	for !set.Empty() {
		raw, tag, ok := der.ReadAny(&set)
		if !ok {
			return errors.New("SignedData: certificates do not parse")
		}
		if tag != der.Sequence { // attribute certificates and other choices
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
	return nil
}

func readSigner(s *der.String) (si signerInfo, err error) {
	var in der.String
	var version int
	bad := errors.New("SignerInfo does not parse")
	if !s.ReadASN1(&in, der.Sequence) || !in.ReadASN1Integer(&version) {
		return si, bad
	}
	var ok bool
	switch version {
	case 1:
		var id der.String
		si.serial = new(big.Int)
		if !in.ReadASN1(&id, der.Sequence) {
			return si, bad
		}
		if si.rawIssuer, ok = der.ReadRaw(&id, der.Sequence); !ok || !id.ReadASN1Integer(si.serial) || !id.Empty() {
			return si, bad
		}
	case 3:
		var id der.String
		if !in.ReadASN1(&id, der.Context(0)) {
			return si, bad
		}
		si.keyID = id
	default:
		return si, fmt.Errorf("SignerInfo of version %d", version)
	}
	if si.digest, ok = der.ReadAlgorithm(&in); !ok {
		return si, bad
	}
	if in.PeekASN1Tag(der.ContextCons(0)) {
		raw, ok := der.ReadRaw(&in, der.ContextCons(0))
		if !ok {
			return si, bad
		}
		si.attributes = bytes.Clone(raw)
		si.attributes[0] = byte(der.Set) // signed under its own tag, RFC 5652 section 5.4
	}
	if si.signature, ok = der.ReadAlgorithm(&in); !ok {
		return si, bad
	}
	var value, unsigned der.String
	var present bool
	if !in.ReadASN1(&value, der.OctetString) ||
		!in.ReadOptionalASN1(&unsigned, &present, der.ContextCons(1)) || !in.Empty() {
		return si, bad
	}
	si.value = value
	return si, nil
}
