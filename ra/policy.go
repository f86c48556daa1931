package ra

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/surguch/surguch/csr"
)

// Subject is the name that the certificate of this form bears: what the
// workplace puts into the request and what the request is compared with
// (FSB order 795; the order of attributes is that of the practice).
func Subject(f *Form) (csr.Name, error) {
	attributes := []csr.Attribute{
		csr.NewAttribute(csr.SNILS, f.SNILS),
		csr.NewAttribute(csr.INN, f.INN),
		csr.NewAttribute(csr.EmailAddress, f.Email),
		csr.NewAttribute(csr.Country, f.Country),
		csr.NewAttribute(csr.StateOrProvince, f.Region),
		csr.NewAttribute(csr.Locality, f.City),
	}
	if f.Street != "" {
		attributes = append(attributes, csr.NewAttribute(csr.StreetAddress, f.Street))
	}
	attributes = append(attributes,
		csr.NewAttribute(csr.CommonName, f.FullName()),
		csr.NewAttribute(csr.GivenName, f.GivenName()),
		csr.NewAttribute(csr.Surname, f.LastName),
	)
	return csr.NewName(attributes...)
}

// SubjectError says in which attributes the subject of a PKCS #10 request
// differs from the confirmed form. It names attributes and not their values,
// which are personal data.
type SubjectError struct {
	Missing    []string // in the form, not in the request: CN, SNILS …
	Unexpected []string // in the request, not in the form
	Different  []string // in both, with other bytes: a letter's case, a string type
}

func (e *SubjectError) Error() string {
	var parts []string
	for _, p := range []struct {
		what string
		list []string
	}{{"differ", e.Different}, {"missing", e.Missing}, {"unexpected", e.Unexpected}} {
		if len(p.list) > 0 {
			parts = append(parts, p.what+" "+strings.Join(p.list, " "))
		}
	}
	return "ra: the request's subject is not that of the form: " + strings.Join(parts, "; ")
}

// checkSubject compares the attributes of the request with those of the form
// byte for byte, string types included, in any order: orders differ between
// the tools that make requests and none is prescribed.
func checkSubject(f *Form, r *csr.Request) error {
	want, err := Subject(f)
	if err != nil {
		return fmt.Errorf("ra: subject of the form: %w", err)
	}
	left := r.Subject.Attributes()
	var e SubjectError
	var open []csr.Attribute
	for _, w := range want.Attributes() {
		found := false
		for i, g := range left {
			if bytes.Equal(w.DER(), g.DER()) {
				left = append(left[:i:i], left[i+1:]...)
				found = true
				break
			}
		}
		if !found {
			open = append(open, w)
		}
	}
	for _, w := range open {
		short := shortName(w)
		found := false
		for i, g := range left {
			if g.Type.Equal(w.Type) {
				left = append(left[:i:i], left[i+1:]...)
				e.Different = append(e.Different, short)
				found = true
				break
			}
		}
		if !found {
			e.Missing = append(e.Missing, short)
		}
	}
	for _, g := range left {
		e.Unexpected = append(e.Unexpected, shortName(g))
	}
	if len(e.Different)+len(e.Missing)+len(e.Unexpected) > 0 {
		return &e
	}
	return nil
}

// shortName is the attribute's name without its value.
func shortName(a csr.Attribute) string {
	name, _, _ := strings.Cut(a.String(), "=")
	return name
}

// keyClaim is the name under which a public key belongs to one request for
// ever: the hash of its SubjectPublicKeyInfo.
func keyClaim(r *csr.Request) string {
	sum := sha256.Sum256(r.RawKey)
	return "key:" + hex.EncodeToString(sum[:])
}
