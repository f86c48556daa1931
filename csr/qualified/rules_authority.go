package qualified

import "github.com/surguch/surguch/csr"

// authorityRules are about certificates of authorities.
var authorityRules = []Rule{
	{ID: "authority-constraints-critical", Severity: Error, Citation: rfc5280("4.2.1.9"), From: rfc5280Day, Grade: Read, on: cas,
		English: "basicConstraints of an authority is not critical",
		Russian: "расширение basicConstraints удостоверяющего центра не отмечено как критическое",
		check:   critical(xConstraints, false)},
	{ID: "authority-usage-missing", Severity: Error, Citation: rfc5280("4.2.1.3"), From: rfc5280Day, Grade: Read, on: cas,
		English: "there is no keyUsage of the authority",
		Russian: "нет расширения keyUsage удостоверяющего центра",
		check:   absent(xUsage)},
	{ID: "authority-usage-certsign", Severity: Error, Citation: rfc5280("4.2.1.3"), From: rfc5280Day, Grade: Read, on: cas,
		English: "keyUsage of an authority lacks keyCertSign",
		Russian: "в keyUsage удостоверяющего центра нет бита keyCertSign",
		check:   usage(func(u csr.KeyUsage) bool { return u&csr.KeyCertSign == 0 })},
	{ID: "authority-usage-crlsign", Severity: Warning, Citation: measured, From: dayOrder795, Grade: Measured, on: cas,
		English: "keyUsage of an authority lacks cRLSign; all that were measured have it",
		Russian: "в keyUsage удостоверяющего центра нет бита cRLSign",
		check:   usage(func(u csr.KeyUsage) bool { return u&csr.CRLSign == 0 })},
	{ID: "authority-usage-other", Severity: Warning, Citation: measured, From: dayOrder795, Grade: Measured, on: cas,
		English: "keyUsage of an authority has bits beyond digitalSignature, contentCommitment, keyCertSign and cRLSign",
		Russian: "в keyUsage удостоверяющего центра есть лишние биты (кроме digitalSignature, contentCommitment, keyCertSign, cRLSign)",
		check: usage(func(u csr.KeyUsage) bool {
			return u&^(csr.DigitalSignature|csr.ContentCommitment|csr.KeyCertSign|csr.CRLSign) != 0
		})},
}

// requestRules are about what a request asks for, and what it may not.
var requestRules = []Rule{
	{ID: "request-authority", Severity: Error, Citation: practice, From: dayOrder795, Grade: Reasoned, on: request,
		English: "the request asks for the certificate of an authority (basicConstraints cA)",
		Russian: "запрошен сертификат удостоверяющего центра (basicConstraints cA)",
		check: func(d *document) {
			if d.isCA {
				d.found(exts[xConstraints].where)
			}
		}},
	{ID: "request-issuer-extension", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Reasoned, on: request,
		English: "the request holds an extension that is the authority's to write",
		Russian: "в запросе есть расширение, которое пишет только удостоверяющий центр",
		check: func(d *document) {
			for _, x := range []extID{xIssuerTool, xAuthorityKey, xLists, xAccess} {
				if d.ext[x] != nil {
					d.found(exts[x].where)
				}
			}
		}},
	{ID: "request-usage-missing", Severity: Info, Citation: practice, From: dayOrder795, Grade: Seen, on: request,
		English: "the request asks for no keyUsage",
		Russian: "в запросе нет расширения keyUsage",
		check:   absent(xUsage)},
	{ID: "request-tool-missing", Severity: Info, Citation: practice, From: dayOrder795, Grade: Seen, on: request,
		English: "the request does not name the owner's signature tool (subjectSignTool)",
		Russian: "в запросе не названо средство электронной подписи (subjectSignTool)",
		check:   absent(xSubjectTool)},
	{ID: "request-identification-missing", Severity: Info, Citation: practice, From: dayOrder31, Grade: Seen, on: request,
		English: "the request does not say how the owner is identified (identificationKind)",
		Russian: "в запросе нет типа идентификации (identificationKind)",
		check:   absent(xIdentification)},
	{ID: "request-policy-missing", Severity: Info, Citation: practice, From: dayOrder795, Grade: Seen, on: request,
		English: "the request does not say the class of the signature tool (certificatePolicies)",
		Russian: "в запросе нет класса средства электронной подписи (certificatePolicies)",
		check:   absent(xPolicies)},
}
