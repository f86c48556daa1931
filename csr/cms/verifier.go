package cms

import (
	"bytes"
	"errors"
	"slices"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// verifier judges the signers of one message.
type verifier struct {
	sd     *SignedData
	with   csr.Chain
	known  map[string][]*csr.Certificate   // by what a signer names his certificate by
	chains map[*csr.Certificate]chainFound // judged so far: many may sign with one
}

type chainFound struct {
	chain []*csr.Certificate
	err   error
}

// maxCandidates bounds how many certificates that bear the same name are
// tried for one signer.
const maxCandidates = 8

func newVerifier(sd *SignedData, with csr.Chain) *verifier {
	v := &verifier{sd: sd, with: with, known: map[string][]*csr.Certificate{}, chains: map[*csr.Certificate]chainFound{}}
	v.with.Intermediates = slices.Concat(with.Intermediates, sd.Certificates)
	// The caller's come first: nobody can crowd them out.
	for _, c := range v.with.Intermediates {
		for _, name := range namesOf(c) {
			same := v.known[name]
			twice := slices.ContainsFunc(same, func(other *csr.Certificate) bool { return bytes.Equal(other.Raw, c.Raw) })
			if len(same) < maxCandidates && !twice {
				v.known[name] = append(same, c)
			}
		}
	}
	return v
}

// namesOf are the ways a signer may name the certificate.
func namesOf(c *csr.Certificate) []string {
	names := []string{"serial " + c.SerialNumber.Text(16) + " " + string(c.RawIssuer)}
	if len(c.SubjectKeyID) > 0 {
		names = append(names, "key "+string(c.SubjectKeyID))
	}
	return names
}

// name is what the signer names his certificate by.
func (si *signerInfo) name() string {
	if si.keyID != nil {
		return "key " + string(si.keyID)
	}
	return "serial " + si.serial.Text(16) + " " + string(si.rawIssuer)
}

// signer judges one signer. Several certificates may bear the name he gives,
// a renewed one with the same key for instance: the first with which all is
// right counts, and if there is none, the error is that of the first he may
// have meant.
func (v *verifier) signer(si *signerInfo, sums *digests) (s Signer, err error) {
	candidates := v.known[si.name()]
	if len(candidates) == 0 {
		return s, ErrNoCertificate
	}
	digest := sums.of(si.digest)
	switch {
	case si.rawSigned != nil:
		if s.SignedAt, err = si.checkAttributes(v.sd.message.typ, digest); err != nil {
			return Signer{}, err
		}
	case !v.sd.message.typ.Equal(oid.Data):
		return s, errors.New("no signed attributes, and the content is not plain data")
	case sums.likeAttributes():
		return s, errors.New("no signed attributes, and the content could pass for them")
	}
	s.Signature, s.Signed, s.Unsigned = si.signature, si.signed, si.unsigned
	for _, c := range candidates {
		found, e := v.signedBy(s, si, c, digest)
		if e == nil {
			return found, nil
		}
		if err == nil || errors.Is(err, errOtherCertificate) {
			err = e
		}
	}
	return Signer{}, err
}

// signedBy judges a signer under one certificate.
func (v *verifier) signedBy(s Signer, si *signerInfo, c *csr.Certificate, digest []byte) (Signer, error) {
	for _, a := range si.signed {
		if a.Type.Equal(oid.SigningCertificateV2) || a.Type.Equal(oid.SigningCertificate) {
			if err := checkSigningCertificate(v.sd.as, a, c); err != nil {
				return s, err
			}
		}
	}
	if err := checkKeyUsage(c); err != nil {
		return s, err
	}
	a, err := v.sd.as.ForSigner(c.PublicKey, der.Marshal(si.algorithm.Add), der.Marshal(si.digest.Add))
	if err != nil {
		return s, err
	}
	if err := si.checkSignature(a, c, digest); err != nil {
		return s, err
	}
	found, judged := v.chains[c]
	if !judged {
		found.chain, found.err = v.sd.as.VerifyChain(c, v.with)
		v.chains[c] = found
	}
	s.Certificate, s.Algorithm, s.Chain = c, a, slices.Clone(found.chain)
	return s, found.err
}

// checkSignature verifies the signature itself: over the signed attributes as
// they were received, over the same in DER order, in which RFC 5652, section
// 5.4 wants them signed even if they are sent in another, or, without signed
// attributes, over the content whose digest is given.
func (si *signerInfo) checkSignature(a *csr.Algorithm, c *csr.Certificate, digest []byte) error {
	switch {
	case si.rawSigned == nil && a.Pure:
		// It would have to be read twice, and nobody writes it.
		return errors.New("no signed attributes in a scheme that signs the message itself")
	case si.rawSigned == nil:
		if a.Verify(c.PublicKey, digest, si.signature) {
			return nil
		}
	case a.VerifyMessage(c.PublicKey, si.rawSigned, si.signature):
		return nil
	default:
		members, _ := der.ReadWhole(si.rawSigned, der.Set)
		list, _ := elements(members)
		sorted := der.Marshal(func(b *der.Builder) {
			b.AddASN1(der.Set, func(b *der.Builder) { b.AddBytes(setOf(list)) })
		})
		if string(sorted) != string(si.rawSigned) && a.VerifyMessage(c.PublicKey, sorted, si.signature) {
			return nil
		}
	}
	return csr.ErrSignature
}
