package qualified

import (
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
)

// Finding is one rule broken in one place. It never holds a value of the
// owner: not his numbers, not his name.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Where    string   `json:"where"` // "subject SNILS", "extension keyUsage", "validity", …
	English  string   `json:"english"`
	Russian  string   `json:"russian"`
	Citation Citation `json:"citation"`
}

// Options say how to look. The zero value is for what is known from the
// certificate itself.
type Options struct {
	// Owner is whose certificate it is. Zero: told from the attributes. A
	// foreign person with a Russian address, and a sole trader without the
	// attribute OGRNIP, look like a natural person; who knows better says so.
	Owner OwnerType
	// At is the date whose rules are applied. Zero: NotBefore of a
	// certificate, as zlint does; for a request, which has no date, the day
	// the last profile of [Profiles] begins.
	At time.Time
}

// LintCertificate looks at a certificate and returns what breaks the form of
// qualified certificates, in the order of [Rules]. It trusts nothing but that
// the certificate parsed: whether the signature is right, and who may issue,
// is package csr's to say.
func LintCertificate(c *csr.Certificate, o Options) []Finding {
	d := &document{name: readName(c.Subject), raw: c.RawSubject, cert: c, date: o.At, owner: o.Owner, key: c.RawKey}
	d.issuer = readName(c.Issuer)
	if d.date.IsZero() {
		d.date = c.NotBefore
	}
	d.readExtensions(c.Extensions)
	d.selfSigned = string(c.RawIssuer) == string(c.RawSubject) &&
		(len(d.authorityKey.KeyID) == 0 || string(d.authorityKey.KeyID) == string(d.subjectKey))
	switch {
	case !c.IsCA:
		d.on = leaf
	case d.selfSigned:
		d.on = root
	default:
		d.on = subCA
	}
	return d.lint(c.RawSignatureAlgorithm, c.Deviations)
}

// LintRequest looks at a PKCS #10 request as [LintCertificate] does at a
// certificate: what it asks for is to be fit for a qualified certificate.
func LintRequest(r *csr.Request, o Options) []Finding {
	d := &document{name: readName(r.Subject), raw: r.RawSubject, date: o.At, owner: o.Owner, key: r.RawKey, on: request}
	if d.date.IsZero() {
		d.date = profiles[len(profiles)-1].From
	}
	d.readExtensions(r.Extensions)
	return d.lint(r.RawSignatureAlgorithm, r.Deviations)
}

// lint runs the rules that apply.
func (d *document) lint(signature []byte, deviations []csr.Deviation) []Finding {
	d.signature, _ = der.ParseAlgorithm(signature)
	d.deviations = deviations
	d.readKey()
	switch {
	case d.on&cas != 0:
		d.owner = OrganizationAutomatic
	case d.owner == UnknownOwner:
		d.owner = d.name.owner()
	}
	for i := range rules {
		r := &rules[i]
		if r.on&d.on != 0 && r.owners.has(d.owner) && r.inForce(d.date) {
			d.rule = r
			r.check(d)
		}
	}
	return d.findings
}

// found records that the rule being checked is broken.
func (d *document) found(where string) {
	r := d.rule
	d.findings = append(d.findings, Finding{r.ID, r.Severity, where, r.English, r.Russian, r.Citation})
}

// DetectOwner tells the type of owner from the attributes of a subject, as
// the linter does: OGRNIP is a sole trader's; O, OGRN, INNLE and an INN that
// begins with 00 are an organisation's, with a person if a name or a SNILS is
// there; a country other than Russia makes either foreign.
func DetectOwner(subject csr.Name) OwnerType {
	n := readName(subject)
	return n.owner()
}
