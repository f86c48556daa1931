package csr

import (
	"encoding/asn1"
	"errors"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

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
	return Extension{ID: oid.KeyUsage, Critical: true, Value: der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.BitString, func(b *der.Builder) { b.AddBytes(content) })
	})}
}

// ParseKeyUsage reads the value of a keyUsage extension.
func ParseKeyUsage(value []byte) (KeyUsage, error) {
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

// NewExtendedKeyUsage returns the extKeyUsage extension, not critical.
func NewExtendedKeyUsage(purposes ...asn1.ObjectIdentifier) Extension {
	return Extension{ID: oid.ExtendedKeyUsage, Value: der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			for _, p := range purposes {
				b.AddASN1ObjectIdentifier(p)
			}
		})
	})}
}

// ParseExtendedKeyUsage reads the value of an extKeyUsage extension (RFC 5280,
// section 4.2.1.12).
func ParseExtendedKeyUsage(value []byte) ([]asn1.ObjectIdentifier, error) {
	seq, ok := der.ReadWhole(value, der.Sequence)
	if !ok || seq.Empty() {
		return nil, errors.New("csr: extKeyUsage does not parse")
	}
	var purposes []asn1.ObjectIdentifier
	for !seq.Empty() {
		var p asn1.ObjectIdentifier
		if !seq.ReadASN1ObjectIdentifier(&p) {
			return nil, errors.New("csr: extKeyUsage does not parse")
		}
		purposes = append(purposes, p)
	}
	return purposes, nil
}

// NewBasicConstraints returns the basicConstraints extension, critical. A
// negative pathLen leaves the limit out; it has no meaning unless ca is true.
func NewBasicConstraints(ca bool, pathLen int) Extension {
	return Extension{ID: oid.BasicConstraints, Critical: true, Value: der.Marshal(func(b *der.Builder) {
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

// ParseBasicConstraints reads the value of a basicConstraints extension (RFC
// 5280, section 4.2.1.9); pathLen is -1 when absent.
func ParseBasicConstraints(value []byte) (ca bool, pathLen int, err error) {
	bad := errors.New("csr: basicConstraints does not parse")
	seq, ok := der.ReadWhole(value, der.Sequence)
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
