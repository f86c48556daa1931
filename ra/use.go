package ra

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/surguch/surguch/csr"
)

// Use is an area in which a certificate is used, as Form.Use names it: a
// platform, or a set of them, that looks for purposes of its own in the
// certificate.
type Use struct {
	Title    string                  // in Russian, for people and papers
	Purposes []asn1.ObjectIdentifier // of extKeyUsage, beside Config.Purposes
}

// What certificates name by number.
var (
	extKeyUsage     = asn1.ObjectIdentifier{2, 5, 29, 37}
	clientAuth      = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}
	emailProtection = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}
	// embeddedLicence is a licence of the signature tool inside the
	// certificate, an extension of CryptoPro. Authorities take the order for
	// it among the purposes, and some answer there as well.
	embeddedLicence = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 49, 2}
)

// checkUses refuses areas of application that nobody could name or read.
func (c *Config) checkUses() error {
	for _, name := range slices.Sorted(maps.Keys(c.Uses)) {
		if name == "" || c.Uses[name].Title == "" {
			return fmt.Errorf("ra: config: use %q: its name and Title are required", name)
		}
		if contains(c.Uses[name].Purposes, embeddedLicence) {
			return fmt.Errorf("ra: config: use %q: the licence is Form.Licence, not a purpose", name)
		}
	}
	return nil
}

// useFaults is what is wrong with the area of application of a form.
func (c *Config) useFaults(f *Form) []Fault {
	if _, ok := c.Uses[f.Use]; f.Use == "" || ok {
		return nil
	}
	return []Fault{{"use", "unknown_use", "такой области применения нет"}}
}

// purposes are those of extKeyUsage that the certificate of a form has, each
// once. A *FormError says that the form names no area there is.
func (c *Config) purposes(f *Form) ([]asn1.ObjectIdentifier, error) {
	if faults := c.useFaults(f); faults != nil {
		return nil, &FormError{faults}
	}
	var list []asn1.ObjectIdentifier
	for _, p := range slices.Concat(c.Purposes, c.Uses[f.Use].Purposes) {
		if !contains(list, p) {
			list = append(list, p)
		}
	}
	return list, nil
}

func contains(list []asn1.ObjectIdentifier, id asn1.ObjectIdentifier) bool {
	return slices.ContainsFunc(list, id.Equal)
}

// use is what the certificate of a request is for, in Russian; "" if the form
// does not say.
func (a *Authority) use(r *Request) string { return a.cfg.Uses[r.Form.Use].Title }

// PurposeError says that the purposes in extKeyUsage are not those that the
// form asks for: a certificate must have them all and no other, a request may
// leave some out. The licence of the signature tool counts among them.
type PurposeError struct {
	Missing    []string // object identifiers
	Unexpected []string
}

func (e *PurposeError) Error() string {
	var parts []string
	if len(e.Missing) > 0 {
		parts = append(parts, "missing "+strings.Join(e.Missing, " "))
	}
	if len(e.Unexpected) > 0 {
		parts = append(parts, "unexpected "+strings.Join(e.Unexpected, " "))
	}
	return "ra: the purposes are not those of the form: " + strings.Join(parts, "; ")
}

// checkAsked compares what a PKCS #10 request asks for with the form. It may
// ask for nothing: the order says what the certificate is for.
func (c *Config) checkAsked(f *Form, r *csr.Request) error {
	e, ok := csr.FindExtension(r.Extensions, extKeyUsage)
	if !ok {
		return nil
	}
	asked, err := csr.ParseExtendedKeyUsage(e.Value)
	if err != nil {
		return err
	}
	allowed, err := c.purposes(f)
	if err != nil {
		return err
	}
	if f.Licence != "" {
		allowed = append(allowed, embeddedLicence)
	}
	if others := without(asked, allowed); len(others) > 0 {
		return &PurposeError{Unexpected: others}
	}
	return nil
}

// checkPurposes compares the purposes of a certificate with those ordered. A
// licence that was ordered may stand among them or be an extension of its own;
// one that was not ordered is the CA's to give.
func checkPurposes(o *Order, c *csr.Certificate) error {
	has := slices.DeleteFunc(slices.Clone(c.ExtendedKeyUsage), embeddedLicence.Equal)
	var e PurposeError
	if len(o.Purposes) > 0 {
		e = PurposeError{Missing: without(o.Purposes, has), Unexpected: without(has, o.Purposes)}
	}
	_, licensed := csr.FindExtension(c.Extensions, embeddedLicence)
	if o.Licence && !licensed && len(has) == len(c.ExtendedKeyUsage) {
		e.Missing = append(e.Missing, embeddedLicence.String())
	}
	if len(e.Missing)+len(e.Unexpected) > 0 {
		return &e
	}
	return nil
}

// without are those of the list that the other lacks.
func without(list, other []asn1.ObjectIdentifier) (names []string) {
	for _, id := range list {
		if !contains(other, id) {
			names = append(names, id.String())
		}
	}
	return names
}

// checkRequest compares a PKCS #10 request with the confirmed form: subject
// and purposes.
func (a *Authority) checkRequest(f *Form, r *csr.Request) error {
	if err := checkSubject(f, r); err != nil {
		return err
	}
	if err := a.cfg.checkAsked(f, r); err != nil {
		var fault *PurposeError
		if errors.As(err, &fault) {
			return err
		}
		return fmt.Errorf("ra: the request's purposes: %w", err)
	}
	return nil
}
