package cryptopro

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/token"
)

// KeyInfo is what a header tells of a key without the password.
type KeyInfo struct {
	// Curve is the parameter set; nil if the key is of an older generation.
	Curve *gost.Curve
	// Legacy says that it is a key of GOST R 34.10-2001, which this package
	// recognizes and does not open.
	Legacy bool
	// Exchange says that the key is for key agreement, as well as for
	// signatures; otherwise it is for signatures alone.
	Exchange bool
	// Exportable is a wish of who made the container. Nothing enforces it but
	// CSP: the header is not protected from changes.
	Exportable bool
	// Fingerprint is the first 8 octets of the public key: the low ones of X,
	// little-endian. Nil if the header has none.
	Fingerprint []byte
	// RawCertificate is the certificate in DER, as it stands; nil until one is
	// installed.
	RawCertificate []byte

	// certified is the key of the certificate, if that is for this key.
	certified *gost.PublicKey
}

// matches reports whether a public key can be this one, by all that the header
// tells.
func (k *KeyInfo) matches(pub *gost.PublicKey) bool {
	return pub.Curve() == k.Curve && (k.Fingerprint == nil || bytes.HasPrefix(pub.Bytes(), k.Fingerprint)) &&
		(k.certified == nil || k.certified.Equal(pub))
}

// known reports whether matches has something to compare with.
func (k *KeyInfo) known() bool { return k.Fingerprint != nil || k.certified != nil }

// parseKey reads the inside of a key's parameters, SEQUENCE { attributes BIT
// STRING OPTIONAL, privateKeyAlgorithm [0] OPTIONAL }.
func (h *header) parseKey(params []byte) (k KeyInfo, err error) {
	in := der.String(params)
	var attributes, algorithm der.String
	var has bool
	if !in.ReadOptionalASN1(&attributes, &has, der.BitString) {
		return k, errHeaderDER
	}
	if !has {
		h.findings.note(NoKeyAttributes)
	} else if bits, ok := parseBits(attributes); !ok {
		return k, errHeaderDER
	} else {
		k.Exportable = bits.At(bitExportable) == 1
	}
	if !in.ReadASN1(&algorithm, der.ContextCons(0)) || !in.Empty() {
		return k, damaged("header.key", "no algorithm of the key")
	}
	return k, h.parseAlgorithm(&k, algorithm)
}

// parseAlgorithm reads the inside of a key's AlgorithmIdentifier. Its
// parameters are the curve, the digest and, in some containers, a set of the
// cipher.
func (h *header) parseAlgorithm(k *KeyInfo, in der.String) error {
	var id, curve, digest, cipher asn1.ObjectIdentifier
	var params der.String
	if !in.ReadASN1ObjectIdentifier(&id) || !in.ReadASN1(&params, der.Sequence) || !in.Empty() ||
		!params.ReadASN1ObjectIdentifier(&curve) ||
		!params.Empty() && !params.ReadASN1ObjectIdentifier(&digest) ||
		!params.Empty() && !params.ReadASN1ObjectIdentifier(&cipher) || !params.Empty() {
		return damaged("header.key", "malformed algorithm of the key")
	}
	i := slices.IndexFunc(keyForms, func(f keyForm) bool { return f.id.Equal(id) })
	if i < 0 {
		return fmt.Errorf("%w: algorithm %v of the key", ErrUnsupported, id)
	}
	form := keyForms[i]
	k.Exchange = form.exchange
	if form.size == 0 {
		k.Legacy = true
		return nil
	}
	for _, c := range gost.Curves() {
		if c.OID().Equal(curve) && c.Size() == form.size {
			k.Curve = c
		}
	}
	switch {
	case k.Curve == nil:
		return fmt.Errorf("%w: parameter set %v of the key", ErrUnsupported, curve)
	case digest == nil:
		h.findings.note(NoDigest)
	case !digest.Equal(form.digest):
		return fmt.Errorf("%w: digest %v of the key", ErrUnsupported, digest)
	}
	if cipher != nil && !cipher.Equal(oid.ParamSetZ) {
		h.findings.note(OtherCipher)
	}
	return nil
}

// addTo completes a key by its certificate and its fingerprint.
func (h *header) addTo(k *KeyInfo, certificate, fingerprint der.Tag) error {
	k.RawCertificate, _ = h.find(certificate)
	fp, ok := h.find(fingerprint)
	if !ok {
		h.findings.note(NoFingerprint)
	} else if len(fp) != fingerprintSize {
		return damaged("header.key", fmt.Sprintf("fingerprint of %d octets", len(fp)))
	}
	k.Fingerprint = fp
	if k.RawCertificate == nil || k.Legacy {
		return nil
	}
	if pub, err := certificateKey(k.RawCertificate); err == nil && k.matches(pub) {
		k.certified = pub
	} else {
		h.findings.note(OtherCertificate)
	}
	return nil
}

// parseSecondary reads the second key of a container that has two. Its
// parameters may be left out if they are those of the first.
func (h *header) parseSecondary() error {
	params, has := h.find(tagSecondary)
	_, certificate := h.find(tagSecondaryCertificate)
	_, fingerprint := h.find(tagSecondaryFingerprint)
	if !has && !certificate && !fingerprint {
		return nil
	}
	k := KeyInfo{Curve: h.primary.Curve, Legacy: h.primary.Legacy, Exportable: h.primary.Exportable}
	if has {
		var err error
		if k, err = h.parseKey(params); err != nil {
			return err
		}
	}
	if k.Legacy != h.primary.Legacy {
		return fmt.Errorf("%w: keys of two generations", ErrUnsupported)
	}
	h.secondary = &k
	return h.addTo(&k, tagSecondaryCertificate, tagSecondaryFingerprint)
}

// certificateKey returns the public key of a certificate in DER, of which
// nothing else is read (RFC 5280, section 4.1); an error that is
// token.ErrOtherKey if it is no key of GOST R 34.10-2012.
func certificateKey(raw []byte) (*gost.PublicKey, error) {
	var tbs der.String
	body, ok := der.ReadWhole(raw, der.Sequence)
	if !ok || !body.ReadASN1(&tbs, der.Sequence) {
		return nil, errCertificate
	}
	if !tbs.SkipOptionalASN1(der.ContextCons(0)) || !tbs.SkipASN1(der.Integer) { // version, serialNumber
		return nil, errCertificate
	}
	for range 4 { // signature, issuer, validity, subject
		if !tbs.SkipASN1(der.Sequence) {
			return nil, errCertificate
		}
	}
	spki, ok := der.ReadRaw(&tbs, der.Sequence)
	if !ok {
		return nil, errCertificate
	}
	pub, err := gost.ParsePKIXPublicKey(spki)
	if err != nil {
		return nil, fmt.Errorf("cryptopro: %w: %w", token.ErrOtherKey, err)
	}
	return pub, nil
}

var errCertificate = errors.New("cryptopro: not a certificate in DER")
