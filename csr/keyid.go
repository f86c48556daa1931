package csr

import (
	"errors"
	"math/big"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// NewSubjectKeyID returns the subjectKeyIdentifier extension, not critical.
func NewSubjectKeyID(id []byte) Extension {
	return Extension{ID: oid.SubjectKeyID, Value: der.Marshal(func(b *der.Builder) { b.AddASN1OctetString(id) })}
}

// ParseSubjectKeyID reads the value of a subjectKeyIdentifier extension.
func ParseSubjectKeyID(value []byte) ([]byte, error) {
	id, ok := der.ReadWhole(value, der.OctetString)
	if !ok {
		return nil, errors.New("csr: subjectKeyIdentifier does not parse")
	}
	return id, nil
}

// NewAuthorityKeyID returns the authorityKeyIdentifier extension with a key
// identifier and nothing else, not critical.
func NewAuthorityKeyID(id []byte) Extension {
	return Extension{ID: oid.AuthorityKeyID, Value: der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1(der.Context(0), func(b *der.Builder) { b.AddBytes(id) })
		})
	})}
}

// AuthorityKeyID is the contents of an authorityKeyIdentifier extension (RFC
// 5280, section 4.2.1.1). What is absent is nil.
type AuthorityKeyID struct {
	KeyID        []byte
	RawIssuer    []byte   // GeneralNames of the issuer's issuer, contents
	SerialNumber *big.Int // of the issuer's certificate
}

// ParseAuthorityKeyID reads the value of an authorityKeyIdentifier extension.
func ParseAuthorityKeyID(value []byte) (id AuthorityKeyID, err error) {
	bad := errors.New("csr: authorityKeyIdentifier does not parse")
	seq, ok := der.ReadWhole(value, der.Sequence)
	var key, issuer, serial der.String
	var present bool
	if !ok || !seq.ReadOptionalASN1(&key, &present, der.Context(0)) {
		return AuthorityKeyID{}, bad
	}
	if present {
		id.KeyID = key
	}
	if !seq.ReadOptionalASN1(&issuer, &present, der.ContextCons(1)) {
		return AuthorityKeyID{}, bad
	}
	if present {
		id.RawIssuer = issuer
	}
	if !seq.ReadOptionalASN1(&serial, &present, der.Context(2)) || !seq.Empty() {
		return AuthorityKeyID{}, bad
	}
	if present {
		if id.SerialNumber, ok = der.ReadIntegerContent(serial); !ok {
			return AuthorityKeyID{}, bad
		}
	}
	return id, nil
}
