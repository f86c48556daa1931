package qualified

import (
	"encoding/asn1"
	"strings"

	"github.com/surguch/surguch/internal/oid"
)

// pointerRules are about the extensions that lead to the issuer and to the
// state of the certificate: key identifiers, CRLs, OCSP, issuer's certificate.
var pointerRules = []Rule{
	{ID: "ski-missing", Severity: Warning, Citation: rfc5280("4.2.1.2"), From: rfc5280Day, Grade: Read, on: leaf,
		English: "there is no subjectKeyIdentifier",
		Russian: "нет расширения subjectKeyIdentifier",
		check:   absent(xSubjectKey)},
	{ID: "ski-missing-authority", Severity: Error, Citation: rfc5280("4.2.1.2"), From: rfc5280Day, Grade: Read, on: cas,
		English: "there is no subjectKeyIdentifier of the authority, by which its certificates find it",
		Russian: "нет расширения subjectKeyIdentifier удостоверяющего центра",
		check:   absent(xSubjectKey)},
	{ID: "ski-critical", Severity: Error, Citation: rfc5280("4.2.1.2"), From: rfc5280Day, Grade: Read, on: all,
		English: "subjectKeyIdentifier is critical",
		Russian: "расширение subjectKeyIdentifier отмечено как критическое",
		check:   critical(xSubjectKey, true)},
	{ID: "ski-length", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Reasoned, on: all,
		English: "subjectKeyIdentifier is not of 20 octets",
		Russian: "subjectKeyIdentifier не из 20 октетов",
		check: func(d *document) {
			if d.reads(xSubjectKey) && len(d.subjectKey) != 20 {
				d.found(exts[xSubjectKey].where)
			}
		}},
	{ID: "aki-missing", Severity: Error, Citation: rfc5280("4.2.1.1"), From: rfc5280Day, Grade: Read, on: issued,
		English: "there is no authorityKeyIdentifier",
		Russian: "нет расширения authorityKeyIdentifier",
		check: func(d *document) {
			if d.ext[xAuthorityKey] == nil && !d.selfSigned {
				d.found(exts[xAuthorityKey].where)
			}
		}},
	{ID: "aki-key", Severity: Error, Citation: rfc5280("4.2.1.1"), From: rfc5280Day, Grade: Read, on: certs,
		English: "authorityKeyIdentifier has no keyIdentifier",
		Russian: "в authorityKeyIdentifier нет идентификатора ключа",
		check: func(d *document) {
			if d.reads(xAuthorityKey) && len(d.authorityKey.KeyID) == 0 && !d.selfSigned {
				d.found(exts[xAuthorityKey].where)
			}
		}},
	{ID: "aki-critical", Severity: Error, Citation: rfc5280("4.2.1.1"), From: rfc5280Day, Grade: Read, on: all,
		English: "authorityKeyIdentifier is critical",
		Russian: "расширение authorityKeyIdentifier отмечено как критическое",
		check:   critical(xAuthorityKey, true)},

	{ID: "crl-missing", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Seen, on: leaf,
		English: "there are no cRLDistributionPoints",
		Russian: "нет расширения cRLDistributionPoints (точек распространения списков отзыва)",
		check:   absent(xLists)},
	{ID: "crl-missing-authority", Severity: Error, Citation: measured, From: dayAlways2018, Grade: Measured, on: subCA,
		English: "there are no cRLDistributionPoints; since 2018 every authority's certificate has them",
		Russian: "нет расширения cRLDistributionPoints; с 2018 года оно есть у каждого УЦ",
		check:   absent(xLists)},
	{ID: "crl-http", Severity: Error, Citation: practice, From: dayOrder795, Grade: Seen, on: issued,
		English: "no distribution point has an http URL",
		Russian: "ни у одной точки распространения списков отзыва нет адреса http",
		check: func(d *document) {
			if !d.reads(xLists) {
				return
			}
			for _, u := range d.lists {
				if isHTTP(u) {
					return
				}
			}
			d.found(exts[xLists].where)
		}},
	{ID: "crl-critical", Severity: Warning, Citation: rfc5280("4.2.1.13"), From: rfc5280Day, Grade: Read, on: all,
		English: "cRLDistributionPoints is critical",
		Russian: "расширение cRLDistributionPoints отмечено как критическое",
		check:   critical(xLists, true)},
	{ID: "access-missing", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Seen, on: leaf,
		English: "there is no authorityInfoAccess",
		Russian: "нет расширения authorityInfoAccess (доступа к сведениям об УЦ)",
		check:   absent(xAccess)},
	{ID: "access-missing-authority", Severity: Warning, Citation: measured, From: dayAlways2018, Grade: Measured, on: subCA,
		English: "there is no authorityInfoAccess; since 2018 nearly every authority's certificate has it",
		Russian: "нет расширения authorityInfoAccess; с 2018 года оно есть почти у каждого УЦ",
		check:   absent(xAccess)},
	{ID: "access-issuers", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Seen, on: issued,
		English: "authorityInfoAccess has no http URL of the issuer's certificate (caIssuers)",
		Russian: "в authorityInfoAccess нет адреса http сертификата издателя (caIssuers)",
		check:   access(oid.AccessCAIssuers)},
	{ID: "access-ocsp", Severity: Info, Citation: practice, From: dayOrder795, Grade: Seen, on: leaf,
		English: "authorityInfoAccess has no http URL of an OCSP responder",
		Russian: "в authorityInfoAccess нет адреса http службы OCSP",
		check:   access(oid.AccessOCSP)},
	{ID: "access-critical", Severity: Error, Citation: rfc5280("4.2.2.1"), From: rfc5280Day, Grade: Read, on: all,
		English: "authorityInfoAccess is critical",
		Russian: "расширение authorityInfoAccess отмечено как критическое",
		check:   critical(xAccess, true)},
}

// access is broken by an authorityInfoAccess without an http URL of the method.
func access(method asn1.ObjectIdentifier) func(*document) {
	return func(d *document) {
		if !d.reads(xAccess) {
			return
		}
		for _, a := range d.access {
			if a.Method.Equal(method) && isHTTP(a.URL) {
				return
			}
		}
		d.found(exts[xAccess].where)
	}
}

func isHTTP(u string) bool {
	return strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "https://")
}
