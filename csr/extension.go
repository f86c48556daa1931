package csr

import (
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Extension is one certificate extension (RFC 5280, section 4.2). Value is
// the DER inside the OCTET STRING.
type Extension struct {
	ID       asn1.ObjectIdentifier
	Critical bool
	Value    []byte
}

// KeyUsage is the bit set of the keyUsage extension (RFC 5280, section
// 4.2.1.3).
type KeyUsage uint16

// Bits of KeyUsage, bit 0 of the standard first.
const (
	DigitalSignature KeyUsage = 1 << iota
	ContentCommitment
	KeyEncipherment
	DataEncipherment
	KeyAgreement
	KeyCertSign
	CRLSign
	EncipherOnly
	DecipherOnly
)

// NewKeyUsage returns the keyUsage extension, critical.
func NewKeyUsage(usage KeyUsage) Extension {
	var octets [2]byte
	last := 0
	for i := range 9 {
		if usage&(1<<i) != 0 {
			octets[i/8] |= 0x80 >> (i % 8)
			last = i
		}
	}
	content := append([]byte{byte(7 - last%8)}, octets[:last/8+1]...)
	return Extension{oid.KeyUsage, true, der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.BitString, func(b *der.Builder) { b.AddBytes(content) })
	})}
}

// NewExtendedKeyUsage returns the extKeyUsage extension, not critical.
func NewExtendedKeyUsage(purposes ...asn1.ObjectIdentifier) Extension {
	return Extension{oid.ExtendedKeyUsage, false, der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			for _, p := range purposes {
				b.AddASN1ObjectIdentifier(p)
			}
		})
	})}
}

// NewBasicConstraints returns the basicConstraints extension, critical. A
// negative pathLen leaves the limit out; it has no meaning unless ca is true.
func NewBasicConstraints(ca bool, pathLen int) Extension {
	return Extension{oid.BasicConstraints, true, der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			if ca {
				b.AddASN1Boolean(true)
				if pathLen >= 0 {
					b.AddASN1Int64(int64(pathLen))
				}
			}
		})
	})}
}

// NewSubjectKeyID returns the subjectKeyIdentifier extension.
func NewSubjectKeyID(id []byte) Extension {
	return Extension{oid.SubjectKeyID, false, der.Marshal(func(b *der.Builder) { b.AddASN1OctetString(id) })}
}

// NewAuthorityKeyID returns the authorityKeyIdentifier extension with a key
// identifier and nothing else.
func NewAuthorityKeyID(id []byte) Extension {
	return Extension{oid.AuthorityKeyID, false, der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1(der.Context(0), func(b *der.Builder) { b.AddBytes(id) })
		})
	})}
}

// NewCertificatePolicies returns the certificatePolicies extension, without
// qualifiers.
func NewCertificatePolicies(policies ...asn1.ObjectIdentifier) Extension {
	return Extension{oid.CertificatePolicies, false, der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			for _, p := range policies {
				b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddASN1ObjectIdentifier(p) })
			}
		})
	})}
}

// addExtensions writes Extensions, a SEQUENCE.
func addExtensions(b *der.Builder, list []Extension) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		for _, e := range list {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1ObjectIdentifier(e.ID)
				if e.Critical {
					b.AddASN1Boolean(true)
				}
				b.AddASN1OctetString(e.Value)
			})
		}
	})
}

// readExtensions reads Extensions, a SEQUENCE, and refuses a type that stands
// there twice (RFC 5280, section 4.2).
func readExtensions(s *der.String) ([]Extension, error) {
	var seq der.String
	if !s.ReadASN1(&seq, der.Sequence) {
		return nil, errors.New("csr: extensions: not a SEQUENCE")
	}
	var list []Extension
	for !seq.Empty() {
		var one, value der.String
		var e Extension
		if !seq.ReadASN1(&one, der.Sequence) || !one.ReadASN1ObjectIdentifier(&e.ID) {
			return nil, errors.New("csr: extensions: one does not parse")
		}
		// An explicit critical FALSE is no DER, but stands in certificates
		// that real authorities issued; it reads as absent.
		if one.PeekASN1Tag(der.Boolean) && !one.ReadASN1Boolean(&e.Critical) {
			return nil, fmt.Errorf("csr: extension %v: critical does not parse", e.ID)
		}
		if !one.ReadASN1(&value, der.OctetString) || !one.Empty() {
			return nil, fmt.Errorf("csr: extension %v: value does not parse", e.ID)
		}
		if _, twice := FindExtension(list, e.ID); twice {
			return nil, fmt.Errorf("csr: extension %v stands twice", e.ID)
		}
		e.Value = value
		list = append(list, e)
	}
	return list, nil
}

// FindExtension returns the extension of the given type.
func FindExtension(list []Extension, id asn1.ObjectIdentifier) (Extension, bool) {
	for _, e := range list {
		if e.ID.Equal(id) {
			return e, true
		}
	}
	return Extension{}, false
}

// readKeyUsage decodes the value of a keyUsage extension.
func readKeyUsage(value []byte) (KeyUsage, error) {
	bits, ok := der.ReadWhole(value, der.BitString)
	if !ok || len(bits) < 1 || len(bits) > 3 || bits[0] > 7 || len(bits) == 1 && bits[0] != 0 {
		return 0, errors.New("csr: keyUsage does not parse")
	}
	var usage KeyUsage
	for i := range min(9, 8*(len(bits)-1)) {
		if bits[1+i/8]&(0x80>>(i%8)) != 0 {
			usage |= 1 << i
		}
	}
	return usage, nil
}

// readBasicConstraints decodes the value of a basicConstraints extension;
// pathLen is -1 when absent.
func readBasicConstraints(value []byte) (ca bool, pathLen int, err error) {
	seq, ok := der.ReadWhole(value, der.Sequence)
	bad := errors.New("csr: basicConstraints does not parse")
	if !ok {
		return false, 0, bad
	}
	if seq.PeekASN1Tag(der.Boolean) && !seq.ReadASN1Boolean(&ca) {
		return false, 0, bad
	}
	pathLen = -1
	if seq.PeekASN1Tag(der.Integer) {
		var n uint16
		if !ca || !seq.ReadASN1Integer(&n) {
			return false, 0, bad
		}
		pathLen = int(n)
	}
	if !seq.Empty() {
		return false, 0, bad
	}
	return ca, pathLen, nil
}

// readKeyID decodes subjectKeyIdentifier.
func readKeyID(value []byte) ([]byte, error) {
	id, ok := der.ReadWhole(value, der.OctetString)
	if !ok {
		return nil, errors.New("csr: subjectKeyIdentifier does not parse")
	}
	return id, nil
}

// readAuthorityKeyID decodes the keyIdentifier of authorityKeyIdentifier, nil
// when it is absent. Issuer and serial number are passed over.
func readAuthorityKeyID(value []byte) ([]byte, error) {
	seq, ok := der.ReadWhole(value, der.Sequence)
	var id der.String
	var present bool
	if !ok || !seq.ReadOptionalASN1(&id, &present, der.Context(0)) {
		return nil, errors.New("csr: authorityKeyIdentifier does not parse")
	}
	return id, nil
}
