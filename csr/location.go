package csr

import (
	"encoding/asn1"
	"errors"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Methods of AccessDescription (RFC 5280, section 4.2.2.1; RFC 6960).
var (
	AccessOCSP      = oid.AccessOCSP      // an OCSP responder
	AccessCAIssuers = oid.AccessCAIssuers // certificates of the issuer
)

// AccessDescription says where something of the issuer is to be had: one
// entry of the authorityInfoAccess extension.
type AccessDescription struct {
	Method asn1.ObjectIdentifier
	URL    string
}

// tagURL is uniformResourceIdentifier of GeneralName.
var tagURL = der.Context(6)

// NewAuthorityInfoAccess returns the authorityInfoAccess extension, not
// critical. URLs are ASCII.
func NewAuthorityInfoAccess(list ...AccessDescription) (Extension, error) {
	for _, a := range list {
		if err := checkURL(a.URL); err != nil {
			return Extension{}, err
		}
	}
	return Extension{ID: oid.AuthorityInfoAccess, Value: der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			for _, a := range list {
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1ObjectIdentifier(a.Method)
					b.AddASN1(tagURL, func(b *der.Builder) { b.AddBytes([]byte(a.URL)) })
				})
			}
		})
	})}, nil
}

// ParseAuthorityInfoAccess reads the value of an authorityInfoAccess
// extension. Locations that are no URL are left out.
func ParseAuthorityInfoAccess(value []byte) ([]AccessDescription, error) {
	bad := errors.New("csr: authorityInfoAccess does not parse")
	seq, ok := der.ReadWhole(value, der.Sequence)
	if !ok {
		return nil, bad
	}
	var list []AccessDescription
	for !seq.Empty() {
		var one, location der.String
		var tag der.Tag
		var a AccessDescription
		if !seq.ReadASN1(&one, der.Sequence) || !one.ReadASN1ObjectIdentifier(&a.Method) ||
			!one.ReadAnyASN1(&location, &tag) || !one.Empty() {
			return nil, bad
		}
		if tag == tagURL {
			a.URL = string(location)
			list = append(list, a)
		}
	}
	return list, nil
}

// NewCRLDistributionPoints returns the cRLDistributionPoints extension, not
// critical: one distribution point at each URL, which are ASCII.
func NewCRLDistributionPoints(urls ...string) (Extension, error) {
	for _, u := range urls {
		if err := checkURL(u); err != nil {
			return Extension{}, err
		}
	}
	return Extension{ID: oid.CRLDistributionPoints, Value: der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			for _, u := range urls {
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
						b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
							b.AddASN1(tagURL, func(b *der.Builder) { b.AddBytes([]byte(u)) })
						})
					})
				})
			}
		})
	})}, nil
}

// ParseCRLDistributionPoints reads the value of a cRLDistributionPoints
// extension (RFC 5280, section 4.2.1.13) and returns the URLs of all points in
// order. Points that are named otherwise are left out.
func ParseCRLDistributionPoints(value []byte) ([]string, error) {
	bad := errors.New("csr: cRLDistributionPoints does not parse")
	seq, ok := der.ReadWhole(value, der.Sequence)
	if !ok {
		return nil, bad
	}
	var urls []string
	for !seq.Empty() {
		var point, name, full, unused der.String
		var named, present bool
		if !seq.ReadASN1(&point, der.Sequence) || !point.ReadOptionalASN1(&name, &named, der.ContextCons(0)) ||
			!point.ReadOptionalASN1(&unused, &present, der.Context(1)) ||
			!point.ReadOptionalASN1(&unused, &present, der.ContextCons(2)) || !point.Empty() {
			return nil, bad
		}
		if !named || !name.PeekASN1Tag(der.ContextCons(0)) { // a name relative to the issuer's
			continue
		}
		if !name.ReadASN1(&full, der.ContextCons(0)) || !name.Empty() {
			return nil, bad
		}
		for !full.Empty() {
			var one der.String
			var tag der.Tag
			if !full.ReadAnyASN1(&one, &tag) {
				return nil, bad
			}
			if tag == tagURL {
				urls = append(urls, string(one))
			}
		}
	}
	return urls, nil
}

func checkURL(u string) error {
	for i := range len(u) {
		if u[i] <= 0x20 || u[i] >= 0x7f {
			return errors.New("csr: a URL with a character outside printable ASCII")
		}
	}
	if u == "" {
		return errors.New("csr: an empty URL")
	}
	return nil
}

// CRLDistributionPoints returns the URLs of the lists that say whether the
// certificate is revoked; none if the extension is absent.
func (c *Certificate) CRLDistributionPoints() ([]string, error) {
	e, ok := FindExtension(c.Extensions, oid.CRLDistributionPoints)
	if !ok {
		return nil, nil
	}
	return ParseCRLDistributionPoints(e.Value)
}

// OCSPServers returns the URLs of the responders that say whether the
// certificate is revoked; none if there are none.
func (c *Certificate) OCSPServers() ([]string, error) { return c.access(oid.AccessOCSP) }

// IssuerURLs returns the URLs at which certificates of the issuer are; none if
// there are none.
func (c *Certificate) IssuerURLs() ([]string, error) { return c.access(oid.AccessCAIssuers) }

func (c *Certificate) access(method asn1.ObjectIdentifier) (urls []string, err error) {
	e, ok := FindExtension(c.Extensions, oid.AuthorityInfoAccess)
	if !ok {
		return nil, nil
	}
	list, err := ParseAuthorityInfoAccess(e.Value)
	for _, a := range list {
		if a.Method.Equal(method) {
			urls = append(urls, a.URL)
		}
	}
	return urls, err
}
