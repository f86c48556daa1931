package ra

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
)

// Subject is the name that the certificate of this form bears: what the
// workplace puts into the request and what the request is compared with, by the
// latest profile of package qualified (FSB order 795). A *qualified.OwnerError
// says what the form lacks.
func Subject(f *Form) (csr.Name, error) {
	o := qualified.Owner{
		Type: owners[f.LegalForm], Surname: f.LastName, GivenName: f.GivenName(),
		SNILS: qualified.SNILS(f.SNILS), INN: qualified.INN(f.INN), OGRNIP: qualified.OGRNIP(f.OGRNIP),
		INNLE: qualified.INNLE(f.INNLE), OGRN: qualified.OGRN(f.OGRN),
		Country: f.Country, Region: f.Region, Locality: f.City, Street: f.Street, Email: f.Email,
		Organization: f.Organization, Unit: f.Department, Title: f.Position,
	}
	profiles := qualified.Profiles()
	return qualified.NewSubject(profiles[len(profiles)-1], o)
}

// owners are the types of owners of a profile, by Form.LegalForm.
var owners = map[string]qualified.OwnerType{
	LegalPerson: qualified.NaturalPerson, LegalSoleTrader: qualified.SoleTrader, LegalOrganization: qualified.OrganizationPerson,
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
func checkSubject(f *Form, r *csr.Request) error { return checkName(f, r.Subject) }

// checkName is checkSubject for the subject by itself.
func checkName(f *Form, subject csr.Name) error {
	want, err := Subject(f)
	if err != nil {
		return fmt.Errorf("ra: subject of the form: %w", err)
	}
	left := subject.Attributes()
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
