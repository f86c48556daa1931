package qualified

import (
	"encoding/asn1"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/oid"
)

// usageRules are about what the key may be used for: keyUsage, extKeyUsage,
// certificatePolicies.
var usageRules = []Rule{
	{ID: "usage-missing", Severity: Error, Citation: practice, From: dayOrder795, Grade: Seen, on: leaf,
		English: "there is no keyUsage",
		Russian: "нет расширения keyUsage",
		check:   absent(xUsage)},
	{ID: "usage-not-critical", Severity: Warning, Citation: rfc5280("4.2.1.3"), From: rfc5280Day, Grade: Read, on: all,
		English: "keyUsage is not critical; since February 2026 the state root always marks it so",
		Russian: "расширение keyUsage не отмечено как критическое",
		check:   critical(xUsage, false)},
	{ID: "usage-empty", Severity: Error, Citation: rfc5280("4.2.1.3"), From: rfc5280Day, Grade: Read, on: all,
		English: "keyUsage has no bit set",
		Russian: "в keyUsage не установлен ни один бит",
		check:   usage(func(u csr.KeyUsage) bool { return u == 0 })},
	{ID: "usage-signature", Severity: Error, Citation: practice, From: dayOrder795, Grade: Seen, on: leaves,
		English: "keyUsage lacks digitalSignature or contentCommitment, without which nobody signs",
		Russian: "в keyUsage нет бита digitalSignature или contentCommitment (неотрекаемость)",
		check: usage(func(u csr.KeyUsage) bool {
			return u != 0 && (u&csr.DigitalSignature == 0 || u&csr.ContentCommitment == 0)
		})},
	{ID: "usage-certsign", Severity: Error, Citation: rfc5280("4.2.1.9"), From: rfc5280Day, Grade: Read, on: leaves,
		English: "keyUsage has keyCertSign, and basicConstraints does not say that it is an authority",
		Russian: "в keyUsage есть бит keyCertSign, хотя это не удостоверяющий центр",
		check:   usage(func(u csr.KeyUsage) bool { return u&csr.KeyCertSign != 0 })},
	{ID: "usage-agreement", Severity: Info, Citation: rfc9215("4.4"), From: rfc9215Day, Grade: Read, on: leaves,
		English: "keyUsage asks for encipherment without keyAgreement, which key agreement by GOST needs",
		Russian: "в keyUsage есть биты шифрования, но нет keyAgreement, нужного для согласования ключей по ГОСТ",
		check: usage(func(u csr.KeyUsage) bool {
			return u&(csr.KeyEncipherment|csr.DataEncipherment) != 0 && u&csr.KeyAgreement == 0
		})},
	{ID: "usage-only", Severity: Warning, Citation: rfc5280("4.2.1.3"), From: rfc5280Day, Grade: Read, on: all,
		English: "encipherOnly or decipherOnly without keyAgreement has no meaning",
		Russian: "биты encipherOnly и decipherOnly без keyAgreement не имеют смысла",
		check: usage(func(u csr.KeyUsage) bool {
			return u&(csr.EncipherOnly|csr.DecipherOnly) != 0 && u&csr.KeyAgreement == 0
		})},

	{ID: "purpose-missing", Severity: Info, Citation: practice, From: dayOrder795, Grade: Seen, on: leaves,
		English: "there is no extKeyUsage; information systems look for purposes in it",
		Russian: "нет расширения extKeyUsage (улучшенный ключ), по которому информационные системы узнают назначение",
		check:   absent(xPurposes)},
	{ID: "purpose-critical", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Seen, on: leaves,
		English: "extKeyUsage is critical",
		Russian: "расширение extKeyUsage отмечено как критическое",
		check:   critical(xPurposes, true)},
	{ID: "purpose-twice", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Reasoned, on: all,
		English: "a purpose stands twice in extKeyUsage",
		Russian: "назначение указано в extKeyUsage дважды",
		check:   twice("extension extKeyUsage ", func(d *document) []asn1.ObjectIdentifier { return d.purposes })},
	{ID: "purpose-unknown", Severity: Info, Citation: practice, From: dayOrder795, Grade: Seen, on: all,
		English: "a purpose in extKeyUsage that is not known here",
		Russian: "неизвестное назначение в extKeyUsage",
		check: func(d *document) {
			for _, p := range d.purposes {
				if _, ok := PurposeName(p); !ok {
					d.found("extension extKeyUsage " + p.String())
				}
			}
		}},

	{ID: "policy-missing", Severity: Error, Citation: measured, From: dayOrder795, Grade: Measured, on: certs,
		English: "there are no certificatePolicies: the class of the signature tool is not said",
		Russian: "нет расширения certificatePolicies: не указан класс средства электронной подписи",
		check:   absent(xPolicies)},
	{ID: "policy-critical", Severity: Warning, Citation: measured, From: dayOrder795, Grade: Measured, on: all,
		English: "certificatePolicies is critical; in 99 % it is not",
		Russian: "расширение certificatePolicies отмечено как критическое",
		check:   critical(xPolicies, true)},
	{ID: "policy-class", Severity: Error, Citation: rfc9215("5"), From: dayOrder795, Grade: Read, on: all,
		English: "certificatePolicies names no class of tools",
		Russian: "в certificatePolicies не указан ни один класс средства электронной подписи",
		check: func(d *document) {
			if d.reads(xPolicies) && d.classes() == 0 {
				d.found(exts[xPolicies].where)
			}
		}},
	{ID: "policy-gap", Severity: Error, Citation: rfc9215("5"), From: dayOrder795, Grade: Read, on: all,
		English: "certificatePolicies does not list every class from KC1 up to the strongest",
		Russian: "в certificatePolicies перечислены не все классы от КС1 до наивысшего",
		check: func(d *document) {
			// Without gaps the set is 1, 11, 111, … in binary.
			if c := d.classes(); c&(c+1) != 0 {
				d.found(exts[xPolicies].where)
			}
		}},
	{ID: "policy-any", Severity: Warning, Citation: measured, From: dayOrder795, Grade: Measured, on: leaves,
		English: "anyPolicy in the certificate of an end entity; only authorities bear it",
		Russian: "политика anyPolicy в сертификате конечного владельца: её указывают только УЦ",
		check: func(d *document) {
			for _, p := range d.policies {
				if p.Equal(oid.AnyPolicy) {
					d.found(exts[xPolicies].where)
				}
			}
		}},
	{ID: "policy-twice", Severity: Error, Citation: rfc5280("4.2.1.4"), From: rfc5280Day, Grade: Read, on: all,
		English: "a policy stands twice in certificatePolicies",
		Russian: "политика указана в certificatePolicies дважды",
		check:   twice("extension certificatePolicies ", func(d *document) []asn1.ObjectIdentifier { return d.policies })},
	{ID: "policy-unknown", Severity: Info, Citation: measured, From: dayOrder795, Grade: Measured, on: all,
		English: "a policy that is neither a class of tools nor anyPolicy",
		Russian: "политика, которая не является ни классом средства, ни anyPolicy",
		check: func(d *document) {
			for _, p := range d.policies {
				if classOf(p) == 0 && !p.Equal(oid.AnyPolicy) {
					d.found("extension certificatePolicies " + p.String())
				}
			}
		}},
}

// usage is broken by a keyUsage that is bad.
func usage(bad func(csr.KeyUsage) bool) func(*document) {
	return func(d *document) {
		if d.reads(xUsage) && bad(d.usage) {
			d.found(exts[xUsage].where)
		}
	}
}

// absent is broken if the extension is not there.
func absent(x extID) func(*document) {
	return func(d *document) {
		if d.ext[x] == nil {
			d.found(exts[x].where)
		}
	}
}

// present is broken if the extension is there.
func present(x extID) func(*document) {
	return func(d *document) {
		if d.ext[x] != nil {
			d.found(exts[x].where)
		}
	}
}

// critical is broken if the extension is there and is critical, or is not.
func critical(x extID, bad bool) func(*document) {
	return func(d *document) {
		if e := d.ext[x]; e != nil && e.Critical == bad {
			d.found(exts[x].where)
		}
	}
}

// twice is broken by an identifier that stands in a list more than once; each
// such is found once. The lists of real certificates are short; what is
// longer than any of them is looked at no further.
func twice(where string, list func(*document) []asn1.ObjectIdentifier) func(*document) {
	const longest = 256
	return func(d *document) {
		l := list(d)
		l = l[:min(len(l), longest)]
		for i := range l {
			if count(l[:i], l[i]) == 1 {
				d.found(where + l[i].String())
			}
		}
	}
}

// count is how often an identifier stands in a list.
func count(list []asn1.ObjectIdentifier, id asn1.ObjectIdentifier) (n int) {
	for _, o := range list {
		if o.Equal(id) {
			n++
		}
	}
	return n
}

// classOf is the class that a policy names, 0 if none.
func classOf(p asn1.ObjectIdentifier) Class {
	for i, c := range classPolicies {
		if c.Equal(p) {
			return Class(i + 1)
		}
	}
	return 0
}

// classes is the set of classes in the policies, KC1 in the lowest bit.
func (d *document) classes() (set uint) {
	for _, p := range d.policies {
		if c := classOf(p); c > 0 {
			set |= 1 << (c - 1)
		}
	}
	return set
}
