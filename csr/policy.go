package csr

import (
	"encoding/asn1"
	"errors"
	"slices"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// NewCertificatePolicies returns the certificatePolicies extension, not
// critical and without qualifiers.
func NewCertificatePolicies(policies ...asn1.ObjectIdentifier) Extension {
	return Extension{ID: oid.CertificatePolicies, Value: der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			for _, p := range policies {
				b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddASN1ObjectIdentifier(p) })
			}
		})
	})}
}

// ParseCertificatePolicies reads the value of a certificatePolicies extension
// (RFC 5280, section 4.2.1.4) and returns the policies; their qualifiers are
// passed over.
func ParseCertificatePolicies(value []byte) ([]asn1.ObjectIdentifier, error) {
	seq, ok := der.ReadWhole(value, der.Sequence)
	if !ok || seq.Empty() {
		return nil, errors.New("csr: certificatePolicies does not parse")
	}
	var policies []asn1.ObjectIdentifier
	for !seq.Empty() {
		var one, qualifiers der.String
		var p asn1.ObjectIdentifier
		var present bool
		if !seq.ReadASN1(&one, der.Sequence) || !one.ReadASN1ObjectIdentifier(&p) ||
			!one.ReadOptionalASN1(&qualifiers, &present, der.Sequence) || !one.Empty() {
			return nil, errors.New("csr: certificatePolicies does not parse")
		}
		policies = append(policies, p)
	}
	return policies, nil
}

// parsePolicyConstraints reads policyConstraints (RFC 5280, section 4.2.1.11).
// A field that is absent is -1.
func parsePolicyConstraints(value []byte) (requireExplicit, inhibitMapping int, err error) {
	seq, ok := der.ReadWhole(value, der.Sequence)
	requireExplicit, inhibitMapping = -1, -1
	for i, field := range []*int{&requireExplicit, &inhibitMapping} {
		var content der.String
		var present bool
		if !ok || !seq.ReadOptionalASN1(&content, &present, der.Context(uint8(i))) {
			return 0, 0, errors.New("csr: policyConstraints does not parse")
		}
		if present {
			if *field, ok = skipCerts(content); !ok {
				return 0, 0, errors.New("csr: policyConstraints does not parse")
			}
		}
	}
	if !seq.Empty() {
		return 0, 0, errors.New("csr: policyConstraints does not parse")
	}
	return requireExplicit, inhibitMapping, nil
}

// parseInhibitAnyPolicy reads inhibitAnyPolicy (RFC 5280, section 4.2.1.14).
func parseInhibitAnyPolicy(value []byte) (int, error) {
	content, ok := der.ReadWhole(value, der.Integer)
	if ok {
		if n, ok := skipCerts(content); ok {
			return n, nil
		}
	}
	return 0, errors.New("csr: inhibitAnyPolicy does not parse")
}

// skipCerts reads a number of certificates. One past any chain is as good as
// the longest.
func skipCerts(content []byte) (int, bool) {
	n, ok := der.ReadIntegerContent(content)
	if !ok || n.Sign() < 0 {
		return 0, false
	}
	if !n.IsInt64() || n.Int64() > maxChain {
		return maxChain + 1, true
	}
	return int(n.Int64()), true
}

// checkPolicies processes the policies of a chain, leaf first, anchor last, as
// RFC 5280, section 6.1 does where no policy is mapped: the tree is then a
// set. With acceptable policies given the chain must be valid for one of them;
// with none it must be valid for some policy only where one of its
// certificates requires that.
func checkPolicies(chain []*Certificate, acceptable []asn1.ObjectIdentifier) error {
	any, valid := true, []asn1.ObjectIdentifier(nil) // any: every policy is valid
	explicit, inhibit := len(chain), len(chain)      // certificates to come before each applies
	if len(acceptable) > 0 {
		explicit = 0
	}
	for i := len(chain) - 2; i >= 0; i-- {
		c := chain[i]
		selfIssued := string(c.RawIssuer) == string(c.RawSubject)
		hasAny := containsOID(c.Policies, oid.AnyPolicy) && (inhibit > 0 || i > 0 && selfIssued)
		switch {
		case any && !hasAny:
			any = false
			valid = slices.DeleteFunc(slices.Clone(c.Policies), oid.AnyPolicy.Equal)
		case !any && !hasAny:
			valid = slices.DeleteFunc(valid, func(p asn1.ObjectIdentifier) bool { return !containsOID(c.Policies, p) })
		}
		if explicit == 0 && !any && len(valid) == 0 {
			return &ChainError{c, ErrPolicy}
		}
		if i == 0 {
			break
		}
		if !selfIssued {
			explicit, inhibit = max(0, explicit-1), max(0, inhibit-1)
		}
		if e, ok := FindExtension(c.Extensions, oid.PolicyConstraints); ok {
			require, _, err := parsePolicyConstraints(e.Value)
			if err != nil {
				return &ChainError{c, err}
			}
			if require >= 0 {
				explicit = min(explicit, require)
			}
		}
		if e, ok := FindExtension(c.Extensions, oid.InhibitAnyPolicy); ok {
			n, err := parseInhibitAnyPolicy(e.Value)
			if err != nil {
				return &ChainError{c, err}
			}
			inhibit = min(inhibit, n)
		}
	}
	// RFC 5280, section 6.1.5: the leaf may require a policy for itself.
	if e, ok := FindExtension(chain[0].Extensions, oid.PolicyConstraints); ok {
		require, _, err := parsePolicyConstraints(e.Value)
		if err != nil {
			return &ChainError{chain[0], err}
		}
		if require == 0 {
			explicit = 0
		}
	}
	explicit = max(0, explicit-1)
	if explicit > 0 || any {
		return nil
	}
	for _, p := range valid {
		if len(acceptable) == 0 || containsOID(acceptable, p) || containsOID(acceptable, oid.AnyPolicy) {
			return nil
		}
	}
	return &ChainError{chain[0], ErrPolicy}
}

func containsOID(list []asn1.ObjectIdentifier, id asn1.ObjectIdentifier) bool {
	return slices.ContainsFunc(list, id.Equal)
}
