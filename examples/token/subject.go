package main

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/oid"
)

// attributes are those that -subject may have.
var attributes = []asn1.ObjectIdentifier{
	csr.CommonName, csr.Surname, csr.GivenName, csr.Country, csr.StateOrProvince, csr.Locality, csr.StreetAddress,
	csr.Organization, csr.OrganizationalUnit, csr.Title, csr.EmailAddress, csr.SNILS, csr.INN, csr.INNLE, csr.OGRN, csr.OGRNIP,
}

// parseSubject reads a name as csr.Name prints it, in the manner of RFC 4514
// but in the order of the certificate: attributes separated by commas, with a
// backslash before a character of a value that would mean something. There are
// no sets of several attributes.
func parseSubject(s string) (csr.Name, error) {
	if !utf8.ValidString(s) {
		return csr.Name{}, errors.New("не текст в UTF-8")
	}
	var list []csr.Attribute
	for rest := s; ; {
		var part string
		var more bool
		var err error
		if part, rest, more = cutComma(rest); part == "" && !more && len(list) == 0 {
			return csr.Name{}, errors.New("нет ни одного атрибута")
		}
		a, err := parseAttribute(part)
		if err != nil {
			return csr.Name{}, err
		}
		if list = append(list, a); !more {
			return csr.NewName(list...)
		}
	}
}

// cutComma cuts s at the first comma without a backslash before it.
func cutComma(s string) (part, rest string, more bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ',':
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

func parseAttribute(s string) (csr.Attribute, error) {
	name, raw, ok := strings.Cut(s, "=")
	name = strings.TrimSpace(name)
	if !ok {
		return csr.Attribute{}, errors.New("атрибут пишется как имя=значение")
	}
	value, err := unescape(trim(raw))
	if err != nil {
		return csr.Attribute{}, fmt.Errorf("%s: %w", name, err)
	}
	for _, id := range attributes {
		if strings.EqualFold(oid.Short(id), name) {
			return csr.NewAttribute(id, value), nil
		}
	}
	var known []string
	for _, id := range attributes {
		known = append(known, oid.Short(id))
	}
	return csr.Attribute{}, fmt.Errorf("атрибута %q нет; есть %s", name, strings.Join(known, " "))
}

// trim takes spaces off both ends, but not one behind a backslash.
func trim(s string) string {
	s = strings.TrimLeft(s, " ")
	cut := strings.TrimRight(s, " ")
	if trail := len(cut) - len(strings.TrimRight(cut, `\`)); trail%2 == 1 && len(cut) < len(s) {
		cut += " "
	}
	return cut
}

// special are the characters that mean something, and those that may have a
// backslash before them.
const special = `,+"\<>;=`

// unescape reads a value.
func unescape(s string) (string, error) {
	var b strings.Builder
	escaped := false
	for _, r := range s {
		switch {
		case unicode.IsControl(r):
			return "", errors.New("управляющий знак")
		case escaped && !strings.ContainsRune(special+" #", r):
			return "", fmt.Errorf(`за \ стоит %q`, r)
		case !escaped && r == '\\':
			escaped = true
			continue
		case !escaped && strings.ContainsRune(special, r):
			return "", fmt.Errorf(`перед %q нужен \`, r)
		}
		escaped = false
		b.WriteRune(r)
	}
	if escaped {
		return "", errors.New(`\ в конце`)
	}
	return b.String(), nil
}
