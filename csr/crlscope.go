package csr

import (
	"errors"
	"fmt"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// crlScope is issuingDistributionPoint (RFC 5280, section 5.2.5): which of
// its issuer's certificates a CRL covers. The zero value covers all.
type crlScope struct {
	onlyUsers, onlyCAs bool
	limited            bool     // a distribution point is named
	names              [][]byte // its fullName, each GeneralName with its tag
}

// readCRLScope decodes the extension's value and refuses what would make an
// answer of the list a partial one: indirect lists, lists of some reasons and
// lists of attribute certificates.
func readCRLScope(value []byte) (s crlScope, err error) {
	in, ok := der.ReadWhole(value, der.Sequence)
	bad := errors.New("issuingDistributionPoint does not parse")
	if !ok {
		return s, bad
	}
	if in.PeekASN1Tag(der.ContextCons(0)) {
		var point der.String
		if !in.ReadASN1(&point, der.ContextCons(0)) {
			return s, bad
		}
		s.limited = true
		if s.names, ok = readFullName(point); !ok {
			return s, errors.New("issuingDistributionPoint: the name is not a fullName")
		}
	}
	var attributes, indirect, someReasons bool
	for _, flag := range []struct {
		tag uint8
		set *bool
	}{{1, &s.onlyUsers}, {2, &s.onlyCAs}, {3, nil}, {4, &indirect}, {5, &attributes}} {
		var content der.String
		var present bool
		if !in.ReadOptionalASN1(&content, &present, der.Context(flag.tag)) {
			return s, bad
		}
		switch {
		case !present:
		case flag.set == nil:
			someReasons = true
		case len(content) != 1 || content[0] != 0 && content[0] != 0xff:
			return s, bad
		default:
			*flag.set = content[0] == 0xff
		}
	}
	switch {
	case !in.Empty():
		return s, bad
	case indirect:
		return s, ErrIndirectCRL
	case someReasons:
		return s, errors.New("the list is of some reasons only")
	case attributes:
		return s, errors.New("the list is of attribute certificates")
	case s.onlyUsers && s.onlyCAs:
		return s, errors.New("issuingDistributionPoint contradicts itself")
	}
	return s, nil
}

// readFullName reads the GeneralNames of a DistributionPointName, which
// fills in (RFC 5280, section 4.2.1.13). It does not know the other choice,
// nameRelativeToCRLIssuer, which RFC 5280 advises against.
func readFullName(in der.String) (names [][]byte, ok bool) {
	var list der.String
	if !in.ReadASN1(&list, der.ContextCons(0)) || !in.Empty() || list.Empty() {
		return nil, false
	}
	for !list.Empty() {
		raw, _, ok := der.ReadAny(&list)
		if !ok {
			return nil, false
		}
		names = append(names, raw)
	}
	return names, true
}

// urls returns the names that are uniformResourceIdentifier [6].
func (s *crlScope) urls() (list []string) {
	for _, name := range s.names {
		in := der.String(name)
		var content der.String
		if in.PeekASN1Tag(der.Context(6)) && in.ReadASN1(&content, der.Context(6)) {
			list = append(list, string(content))
		}
	}
	return list
}

// covers reports whether the list speaks of the certificate (RFC 5280,
// section 6.3.3, step b). An authority that splits its list gives each part
// a distribution point; a part taken for another would call a revoked
// certificate good.
func (s *crlScope) covers(cert *Certificate) error {
	switch {
	case s.onlyUsers && cert.IsCA:
		return fmt.Errorf("the list is of end users' certificates: %w", ErrScope)
	case s.onlyCAs && !cert.IsCA:
		return fmt.Errorf("the list is of authorities' certificates: %w", ErrScope)
	case !s.limited:
		return nil
	}
	e, ok := FindExtension(cert.Extensions, oid.CRLDistributionPoints)
	if !ok {
		return fmt.Errorf("the list is of a distribution point and the certificate names none: %w", ErrScope)
	}
	named, err := distributionPointNames(e.Value)
	if err != nil {
		return err
	}
	for _, name := range s.names {
		if named[string(name)] {
			return nil
		}
	}
	return fmt.Errorf("the list is of another distribution point: %w", ErrScope)
}

// distributionPointNames returns the full names in cRLDistributionPoints of a
// certificate, each GeneralName with its tag. Points whose list another
// authority issues are passed over.
func distributionPointNames(value []byte) (map[string]bool, error) {
	list, ok := der.ReadWhole(value, der.Sequence)
	bad := errors.New("cRLDistributionPoints does not parse")
	if !ok {
		return nil, bad
	}
	named := map[string]bool{}
	for !list.Empty() {
		var point, name, unused der.String
		var present, someReasons, indirect bool
		if !list.ReadASN1(&point, der.Sequence) ||
			!point.ReadOptionalASN1(&name, &present, der.ContextCons(0)) ||
			!point.ReadOptionalASN1(&unused, &someReasons, der.Context(1)) ||
			!point.ReadOptionalASN1(&unused, &indirect, der.ContextCons(2)) || !point.Empty() {
			return nil, bad
		}
		if !present || someReasons || indirect {
			continue
		}
		names, _ := readFullName(name)
		for _, n := range names {
			named[string(n)] = true
		}
	}
	return named, nil
}
