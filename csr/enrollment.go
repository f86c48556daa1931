package csr

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// The attributes by which Windows and CryptoPro CSP say what made a request
// ([MS-WCCE], section 2.2.2.7). They prove nothing; authorities of CryptoPro
// read them.

// NewOSVersion returns the attribute with the version of Windows, as
// "10.0.19045.2", ASCII.
func NewOSVersion(version string) (RequestAttribute, error) {
	if version == "" || strings.ContainsFunc(version, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
		return RequestAttribute{}, errors.New("csr: OS version: want printable ASCII")
	}
	return newAttribute(oid.OSVersion, func(b *der.Builder) { addIA5(b, version) }), nil
}

func addIA5(b *der.Builder, s string) {
	b.AddASN1(der.IA5String, func(b *der.Builder) { b.AddBytes([]byte(s)) })
}

// OSVersion returns the version of Windows the request names, "" if none.
func (r *Request) OSVersion() (string, error) {
	values, ok := r.Attribute(oid.OSVersion)
	if !ok {
		return "", nil
	}
	in := der.String(values)
	text, err := readText(&in)
	if err != nil || !in.Empty() {
		return "", errors.New("csr: OS version does not parse")
	}
	return text, nil
}

// ClientInfo says what program made a request, where and for whom.
type ClientInfo struct {
	ClientID int // 5: certreq, 9: the enrolment interface of Windows
	Machine  string
	User     string
	Process  string
}

// Attribute returns the client information as an attribute. Its texts are
// UTF-8 and may be empty.
func (c ClientInfo) Attribute() (RequestAttribute, error) {
	for _, text := range []string{c.Machine, c.User, c.Process} {
		if !utf8.ValidString(text) {
			return RequestAttribute{}, errors.New("csr: client information: not UTF-8")
		}
	}
	return newAttribute(oid.ClientInfo, func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(int64(c.ClientID))
			for _, text := range []string{c.Machine, c.User, c.Process} {
				b.AddASN1(der.UTF8String, func(b *der.Builder) { b.AddBytes([]byte(text)) })
			}
		})
	}), nil
}

// ClientInfo returns the client information of the request, nil if none.
func (r *Request) ClientInfo() (*ClientInfo, error) {
	values, ok := r.Attribute(oid.ClientInfo)
	if !ok {
		return nil, nil
	}
	seq, ok := der.ReadWhole(values, der.Sequence)
	var c ClientInfo
	if !ok || !seq.ReadASN1Integer(&c.ClientID) {
		return nil, errors.New("csr: client information does not parse")
	}
	for _, field := range []*string{&c.Machine, &c.User, &c.Process} {
		var err error
		if *field, err = readText(&seq); err != nil {
			return nil, fmt.Errorf("csr: client information: %w", err)
		}
	}
	if !seq.Empty() {
		return nil, errors.New("csr: client information does not parse")
	}
	return &c, nil
}

// EnrollmentCSP names the cryptographic provider that holds the key.
type EnrollmentCSP struct {
	KeySpec  int // 1: exchange, 2: signature
	Provider string
}

// Names of CryptoPro's providers for GOST R 34.10-2012.
const (
	CryptoProCSP256 = "Crypto-Pro GOST R 34.10-2012 Cryptographic Service Provider"        // type 80
	CryptoProCSP512 = "Crypto-Pro GOST R 34.10-2012 Strong Cryptographic Service Provider" // type 81
)

// Attribute returns the provider as an attribute, its signature empty, as
// Windows leaves it.
func (c EnrollmentCSP) Attribute() (RequestAttribute, error) {
	name := Attribute{Kind: BMP, Value: c.Provider}
	if c.Provider == "" || !utf8.ValidString(c.Provider) {
		return RequestAttribute{}, errors.New("csr: enrolment provider: want a name in UTF-8")
	}
	return newAttribute(oid.EnrollmentCSP, func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(int64(c.KeySpec))
			name.addValue(b)
			b.AddASN1BitString(nil)
		})
	}), nil
}

// EnrollmentCSP returns the provider the request names, nil if none.
func (r *Request) EnrollmentCSP() (*EnrollmentCSP, error) {
	values, ok := r.Attribute(oid.EnrollmentCSP)
	if !ok {
		return nil, nil
	}
	seq, ok := der.ReadWhole(values, der.Sequence)
	var c EnrollmentCSP
	if !ok || !seq.ReadASN1Integer(&c.KeySpec) {
		return nil, errors.New("csr: enrolment provider does not parse")
	}
	var err error
	if c.Provider, err = readText(&seq); err != nil {
		return nil, fmt.Errorf("csr: enrolment provider: %w", err)
	}
	var signature asn1.BitString
	if !seq.ReadASN1BitString(&signature) || !seq.Empty() {
		return nil, errors.New("csr: enrolment provider does not parse")
	}
	return &c, nil
}

// NameValue is one pair of the enrolment attribute, as Windows hands wishes to
// an authority ("CertificateTemplate", "CpRaCertPeriod").
type NameValue struct{ Name, Value string }

// NewNameValues returns the pairs as one attribute, a value each.
func NewNameValues(pairs ...NameValue) (RequestAttribute, error) {
	a := RequestAttribute{Type: oid.EnrollmentNameValue}
	var values [][]byte
	for _, p := range pairs {
		if p.Name == "" || !utf8.ValidString(p.Name) || !utf8.ValidString(p.Value) {
			return RequestAttribute{}, errors.New("csr: enrolment pair: want a name, and UTF-8")
		}
		values = append(values, der.Marshal(func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				Attribute{Kind: BMP, Value: p.Name}.addValue(b)
				Attribute{Kind: BMP, Value: p.Value}.addValue(b)
			})
		}))
	}
	a.Values = joinSorted(values)
	return a, nil
}

// NameValues returns the enrolment pairs of the request.
func (r *Request) NameValues() (pairs []NameValue, err error) {
	for _, a := range r.Attributes {
		if !a.Type.Equal(oid.EnrollmentNameValue) {
			continue
		}
		for in := der.String(a.Values); !in.Empty(); {
			var seq der.String
			var p NameValue
			if !in.ReadASN1(&seq, der.Sequence) {
				return nil, errors.New("csr: enrolment pair does not parse")
			}
			for _, field := range []*string{&p.Name, &p.Value} {
				if *field, err = readText(&seq); err != nil {
					return nil, fmt.Errorf("csr: enrolment pair: %w", err)
				}
			}
			if !seq.Empty() {
				return nil, errors.New("csr: enrolment pair does not parse")
			}
			pairs = append(pairs, p)
		}
	}
	return pairs, nil
}

// NewRenewalCertificate returns the attribute that holds the certificate to be
// renewed, DER as issued.
func NewRenewalCertificate(old *Certificate) RequestAttribute {
	return RequestAttribute{oid.RenewalCertificate, old.Raw}
}

// RenewalCertificate returns the certificate that the request renews, DER, nil
// if it names none. Nothing of it has been verified.
func (r *Request) RenewalCertificate() ([]byte, error) {
	values, ok := r.Attribute(oid.RenewalCertificate)
	if !ok {
		return nil, nil
	}
	if _, ok := der.ReadWhole(values, der.Sequence); !ok {
		return nil, errors.New("csr: renewal certificate does not parse")
	}
	return values, nil
}
