package qualified

import (
	"encoding/asn1"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// document is what a linter's rules look at: a certificate or a request,
// taken apart once.
type document struct {
	cert       *csr.Certificate // nil for a request
	on         scope            // which of the four it is
	date       time.Time
	owner      OwnerType
	selfSigned bool

	name   name   // subject
	issuer name   // empty for a request
	raw    []byte // subject in DER

	list []csr.Extension
	ext  [extCount]*csr.Extension // nil: absent
	bad  [extCount]bool           // present, and does not parse

	usage        csr.KeyUsage
	purposes     []asn1.ObjectIdentifier
	policies     []asn1.ObjectIdentifier
	tool         string
	issuerTool   IssuerSignTool
	periodFrom   time.Time
	periodTo     time.Time
	fraction     bool // the period has fractions of a second
	subjectKey   []byte
	authorityKey csr.AuthorityKeyID
	lists        []string // URLs of cRLDistributionPoints
	access       []csr.AccessDescription
	isCA         bool

	key       []byte // SubjectPublicKeyInfo
	keyID     asn1.ObjectIdentifier
	curve     asn1.ObjectIdentifier
	digest    asn1.ObjectIdentifier // digestParamSet, nil: absent
	signature der.AlgorithmIdentifier

	deviations []csr.Deviation
	rule       *Rule
	findings   []Finding
}

// attrID numbers the attributes that rules speak of.
type attrID uint8

const (
	aOther attrID = iota
	aCN
	aSN
	aG
	aC
	aS
	aL
	aSTREET
	aO
	aOU
	aT
	aE
	aOGRN
	aOGRNIP
	aSNILS
	aINN
	aINNLE
	aPseudonym
	aUnstructured
	aSerial
	attrCount
)

// attrs are the attributes' types and the places that findings name.
var attrs = [attrCount]struct {
	id              asn1.ObjectIdentifier
	subject, issuer string
}{
	aCN: {oid.CommonName, "subject CN", "issuer CN"}, aSN: {oid.Surname, "subject SN", "issuer SN"},
	aG: {oid.GivenName, "subject G", "issuer G"}, aC: {oid.Country, "subject C", "issuer C"},
	aS: {oid.StateOrProvince, "subject S", "issuer S"}, aL: {oid.Locality, "subject L", "issuer L"},
	aSTREET: {oid.StreetAddress, "subject STREET", "issuer STREET"}, aO: {oid.Organization, "subject O", "issuer O"},
	aOU: {oid.OrganizationalUnit, "subject OU", "issuer OU"}, aT: {oid.Title, "subject T", "issuer T"},
	aE: {oid.EmailAddress, "subject E", "issuer E"}, aOGRN: {oid.OGRN, "subject OGRN", "issuer OGRN"},
	aOGRNIP: {oid.OGRNIP, "subject OGRNIP", "issuer OGRNIP"}, aSNILS: {oid.SNILS, "subject SNILS", "issuer SNILS"},
	aINN: {oid.INN, "subject INN", "issuer INN"}, aINNLE: {oid.INNLE, "subject INNLE", "issuer INNLE"},
	aPseudonym:    {oid.Pseudonym, "subject pseudonym", "issuer pseudonym"},
	aUnstructured: {oid.UnstructuredName, "subject unstructuredName", "issuer unstructuredName"},
	aSerial:       {oid.SerialNumber, "subject serialNumber", "issuer serialNumber"},
}

// attribute is one attribute of a name and its number.
type attribute struct {
	csr.Attribute
	id attrID
}

// where is the place of an attribute of the subject.
func (a attribute) where() string {
	if a.id == aOther {
		return "subject " + a.Type.String()
	}
	return attrs[a.id].subject
}

// name is a distinguished name with an index by attribute.
type name struct {
	list  []attribute
	first [attrCount]int // place in list and one more; 0: absent
	count [attrCount]int
}

func readName(n csr.Name) (out name) {
	all := n.Attributes()
	out.list = make([]attribute, len(all))
	for i, a := range all {
		id := attrOf(a.Type)
		out.list[i] = attribute{a, id}
		if out.first[id] == 0 {
			out.first[id] = i + 1
		}
		out.count[id]++
	}
	return out
}

func attrOf(id asn1.ObjectIdentifier) attrID {
	for i := aCN; i < attrCount; i++ {
		if attrs[i].id.Equal(id) {
			return i
		}
	}
	return aOther
}

func (n *name) has(id attrID) bool { return n.first[id] > 0 }

// get is the value of the first attribute of the type, or "".
func (n *name) get(id attrID) string {
	if i := n.first[id]; i > 0 {
		return n.list[i-1].Value
	}
	return ""
}

// owner tells the type of owner; see [DetectOwner].
func (n *name) owner() OwnerType {
	foreign := n.has(aC) && n.get(aC) != "RU"
	inn := n.get(aINN)
	organization := n.has(aO) || n.has(aOGRN) || n.has(aINNLE) || len(inn) > 2 && inn[:2] == "00"
	switch {
	case n.has(aOGRNIP) && !n.has(aOGRN):
		return SoleTrader
	case organization && foreign && !n.has(aOGRN):
		return ForeignOrganization
	case organization && (n.has(aSN) || n.has(aG) || n.has(aSNILS)):
		return OrganizationPerson
	case organization:
		return OrganizationAutomatic
	case foreign:
		return ForeignPerson
	}
	return NaturalPerson
}

// extID numbers the extensions that rules speak of.
type extID uint8

const (
	xUsage extID = iota
	xPurposes
	xPolicies
	xSubjectTool
	xIssuerTool
	xIdentification
	xPeriod
	xSubjectKey
	xAuthorityKey
	xLists
	xAccess
	xConstraints
	xTemplate
	xLicence
	xMatching
	extCount
)

// exts are the extensions' identifiers and the places that findings name.
var exts = [extCount]struct {
	id    asn1.ObjectIdentifier
	where string
}{
	xUsage: {oid.KeyUsage, "extension keyUsage"}, xPurposes: {oid.ExtendedKeyUsage, "extension extKeyUsage"},
	xPolicies: {oid.CertificatePolicies, "extension certificatePolicies"}, xSubjectTool: {oid.SubjectSignTool, "extension subjectSignTool"},
	xIssuerTool: {oid.IssuerSignTool, "extension issuerSignTool"}, xIdentification: {oid.IdentificationKind, "extension identificationKind"},
	xPeriod: {oid.PrivateKeyUsagePeriod, "extension privateKeyUsagePeriod"}, xSubjectKey: {oid.SubjectKeyID, "extension subjectKeyIdentifier"},
	xAuthorityKey: {oid.AuthorityKeyID, "extension authorityKeyIdentifier"}, xLists: {oid.CRLDistributionPoints, "extension cRLDistributionPoints"},
	xAccess: {oid.AuthorityInfoAccess, "extension authorityInfoAccess"}, xConstraints: {oid.BasicConstraints, "extension basicConstraints"},
	xTemplate: {oid.CertificateTemplate, "extension certificateTemplate"}, xLicence: {oid.EmbeddedLicence, "extension embeddedLicence"},
	xMatching: {oid.CRLMatching, "extension certAndCrlMatchingTechnique"},
}

// readExtensions finds the known extensions and reads each once.
func (d *document) readExtensions(list []csr.Extension) {
	d.list = list
	for i := range list {
		if x := extOf(list[i].ID); x < extCount {
			d.ext[x] = &list[i]
			d.bad[x] = d.readExtension(x, list[i].Value) != nil
		}
	}
}

func (d *document) readExtension(x extID, value []byte) (err error) {
	switch x {
	case xUsage:
		d.usage, err = csr.ParseKeyUsage(value)
	case xPurposes:
		d.purposes, err = csr.ParseExtendedKeyUsage(value)
	case xPolicies:
		d.policies, err = csr.ParseCertificatePolicies(value)
	case xSubjectTool:
		d.tool, err = ParseSubjectSignTool(value)
	case xIssuerTool:
		d.issuerTool, err = ParseIssuerSignTool(value)
	case xIdentification:
		_, err = ParseIdentificationKind(value)
	case xPeriod:
		d.periodFrom, d.periodTo, err = ParsePrivateKeyUsagePeriod(value)
		if err != nil {
			d.periodFrom, d.periodTo, err = readPeriod(value)
			d.fraction = err == nil
		}
	case xSubjectKey:
		d.subjectKey, err = csr.ParseSubjectKeyID(value)
	case xAuthorityKey:
		d.authorityKey, err = csr.ParseAuthorityKeyID(value)
	case xLists:
		d.lists, err = csr.ParseCRLDistributionPoints(value)
	case xAccess:
		d.access, err = csr.ParseAuthorityInfoAccess(value)
	case xConstraints:
		d.isCA, _, err = csr.ParseBasicConstraints(value)
	}
	return err
}

// reads reports whether the extension is there and parses.
func (d *document) reads(x extID) bool { return d.ext[x] != nil && !d.bad[x] }

// readKey takes the algorithm of the public key apart: for GOST the curve
// and digestParamSet (RFC 9215, section 4.2).
func (d *document) readKey() {
	in, ok := der.ReadWhole(d.key, der.Sequence)
	if !ok {
		return
	}
	algorithm, ok := der.ReadAlgorithm(&in)
	if !ok {
		return
	}
	d.keyID = algorithm.OID
	if params, ok := der.ReadWhole(algorithm.Params, der.Sequence); ok && params.ReadASN1ObjectIdentifier(&d.curve) && !params.Empty() {
		params.ReadASN1ObjectIdentifier(&d.digest)
	}
}
