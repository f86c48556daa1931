package qualified

import (
	"strings"
	"unicode/utf8"
)

// extensionRules are about the extensions of the order: tools, way of
// identification, period of the key; and about extensions in general. What is
// graded as measured was measured on certificates of authorities, which the
// state root issues; those of owners are held to the same order.
var extensionRules = []Rule{
	{ID: "subjecttool-missing", Severity: Error, Citation: law17tool, From: dayOrder795, Grade: Read, on: certs,
		English: "there is no subjectSignTool: the owner's signature tool is not named",
		Russian: "нет расширения subjectSignTool: не названо средство электронной подписи владельца",
		check:   absent(xSubjectTool)},
	{ID: "subjecttool-critical", Severity: Error, Citation: rfc9215("5"), From: dayOrder795, Grade: Read, on: all,
		English: "subjectSignTool is critical",
		Russian: "расширение subjectSignTool отмечено как критическое",
		check:   critical(xSubjectTool, true)},
	{ID: "subjecttool-length", Severity: Error, Citation: rfc9215("5"), From: dayOrder795, Grade: Read, on: all,
		English: "subjectSignTool is not of 1 to 200 characters",
		Russian: "значение subjectSignTool не от 1 до 200 знаков",
		check: func(d *document) {
			if d.reads(xSubjectTool) && !within(d.tool, 200) {
				d.found(exts[xSubjectTool].where)
			}
		}},
	{ID: "issuertool-missing", Severity: Error, Citation: law17tool, From: dayOrder795, Grade: Read, on: issued,
		English: "there is no issuerSignTool: the authority's tools and their documents are not named",
		Russian: "нет расширения issuerSignTool: не названы средства удостоверяющего центра и документы на них",
		check:   absent(xIssuerTool)},
	{ID: "issuertool-critical", Severity: Error, Citation: rfc9215("5"), From: dayOrder795, Grade: Read, on: all,
		English: "issuerSignTool is critical",
		Russian: "расширение issuerSignTool отмечено как критическое",
		check:   critical(xIssuerTool, true)},
	{ID: "issuertool-length", Severity: Error, Citation: rfc9215("5"), From: dayOrder795, Grade: Read, on: all,
		English: "a field of issuerSignTool is not of 1 to 200 (tools) or 1 to 100 (documents) characters",
		Russian: "поле issuerSignTool не от 1 до 200 знаков (средства) или не от 1 до 100 (документы)",
		check: func(d *document) {
			t := d.issuerTool
			if d.reads(xIssuerTool) && !(within(t.SignTool, 200) && within(t.CATool, 200) && within(t.SignToolCert, 100) && within(t.CAToolCert, 100)) {
				d.found(exts[xIssuerTool].where)
			}
		}},
	{ID: "issuertool-documents", Severity: Info, Citation: measured, From: dayOrder795, Grade: Measured, on: certs,
		English: "the documents in issuerSignTool bear no number: «Заключение № … от …» is what authorities write",
		Russian: "в issuerSignTool у документов на средства нет номера («Заключение № … от …»)",
		check: func(d *document) {
			t := d.issuerTool
			if d.reads(xIssuerTool) && !(strings.Contains(t.SignToolCert, "№") && strings.Contains(t.CAToolCert, "№")) {
				d.found(exts[xIssuerTool].where)
			}
		}},

	{ID: "identification-missing", Severity: Error, Citation: measured, From: dayMeasured2022, Grade: Measured, on: issued,
		English: "there is no identificationKind: since 2022 every certificate says how its owner was identified",
		Russian: "нет расширения identificationKind: с 2022 года оно есть в каждом сертификате",
		check:   absent(xIdentification)},
	{ID: "identification-missing-2021", Severity: Warning, Citation: order31, From: dayOrder31, Until: dayMeasured2022, Grade: Recalled, on: issued,
		English: "there is no identificationKind, which order 31 brought on 01.09.2021",
		Russian: "нет расширения identificationKind, введённого с 01.09.2021",
		check:   absent(xIdentification)},
	{ID: "identification-critical", Severity: Error, Citation: rfc9215("5"), From: dayOrder31, Grade: Read, on: all,
		English: "identificationKind is critical",
		Russian: "расширение identificationKind отмечено как критическое",
		check:   critical(xIdentification, true)},
	{ID: "identification-early", Severity: Info, Citation: order31in, From: dayOrder795, Until: dayOrder31, Grade: Read, on: all,
		English: "identificationKind before 01.09.2021, when the order came into force that brought it",
		Russian: "расширение identificationKind до 01.09.2021, когда вступил в силу вводящий его приказ",
		check:   present(xIdentification)},

	{ID: "period-missing", Severity: Error, Citation: law457, From: dayKeyPeriod, Grade: Measured, on: certs,
		English: "there is no privateKeyUsagePeriod: since 01.09.2024 every certificate bears the validity period of the key",
		Russian: "нет расширения privateKeyUsagePeriod: с 01.09.2024 срок действия ключа указан в каждом сертификате",
		check:   absent(xPeriod)},
	{ID: "period-critical", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Seen, on: all,
		English: "privateKeyUsagePeriod is critical",
		Russian: "расширение privateKeyUsagePeriod отмечено как критическое",
		check:   critical(xPeriod, true)},
	{ID: "period-one-end", Severity: Warning, Citation: measured, From: dayOrder795, Grade: Measured, on: certs,
		English: "privateKeyUsagePeriod has only one end; authorities write both",
		Russian: "в privateKeyUsagePeriod указан только один конец срока; пишут оба",
		check: period(func(d *document) bool {
			return d.periodFrom.IsZero() || d.periodTo.IsZero()
		})},
	{ID: "period-order", Severity: Error, Citation: law457, From: dayOrder795, Grade: Reasoned, on: all,
		English: "privateKeyUsagePeriod ends before it begins",
		Russian: "срок действия ключа заканчивается раньше, чем начинается",
		check:   periodBoth(func(d *document) bool { return !d.periodFrom.Before(d.periodTo) })},
	{ID: "period-long", Severity: Warning, Citation: rfc9215("8"), From: dayOrder795, Grade: Read, on: leaf,
		English: "the key of an end entity is valid longer than 15 months, the usual term of signature tools",
		Russian: "ключ конечного владельца действует дольше 15 месяцев, обычного срока для средств подписи",
		check: periodBoth(func(d *document) bool {
			return d.periodTo.After(d.periodFrom.AddDate(0, 15, 1))
		})},
	{ID: "period-long-authority", Severity: Warning, Citation: measured, From: dayOrder795, Grade: Measured, on: subCA,
		English: "the key of an authority is valid longer than the usual 3 years",
		Russian: "ключ удостоверяющего центра действует дольше обычных 3 лет",
		check: periodBoth(func(d *document) bool {
			return d.periodTo.After(d.periodFrom.AddDate(3, 0, 1))
		})},
	{ID: "period-outside", Severity: Warning, Citation: law457, From: dayOrder795, Grade: Reasoned, on: certs,
		English: "the key is valid longer than the certificate",
		Russian: "ключ действует дольше, чем сертификат",
		check:   periodBoth(func(d *document) bool { return d.periodTo.After(d.cert.NotAfter) })},
	{ID: "period-fraction", Severity: Error, Citation: rfc5280("4.1.2.5.2"), From: rfc5280Day, Grade: Read, on: all,
		English: "privateKeyUsagePeriod has fractions of a second",
		Russian: "в privateKeyUsagePeriod время записано с долями секунды",
		check:   period(func(d *document) bool { return d.fraction })},

	{ID: "extension-malformed", Severity: Error, Citation: rfc5280("4.2"), From: rfc5280Day, Grade: Read, on: all,
		English: "the extension's value does not parse",
		Russian: "значение расширения не разбирается",
		check: func(d *document) {
			for x, bad := range d.bad {
				if bad {
					d.found(exts[x].where)
				}
			}
		}},
	{ID: "extension-critical-unknown", Severity: Error, Citation: rfc5280("4.2"), From: rfc5280Day, Grade: Read, on: all,
		English: "a critical extension that is not known: whoever does not know it refuses the certificate",
		Russian: "критическое расширение, которое не известно: такой сертификат должны отвергнуть",
		check: func(d *document) {
			for _, e := range d.list {
				if e.Critical && extOf(e.ID) == extCount && !knownExtension(e.ID) {
					d.found("extension " + e.ID.String())
				}
			}
		}},
	{ID: "extension-unknown", Severity: Info, Citation: order795, From: dayOrder795, Grade: Reasoned, on: all,
		English: "an extension that neither the profile nor common software knows",
		Russian: "расширение, которого нет ни в форме сертификата, ни в распространённых программах",
		check: func(d *document) {
			for _, e := range d.list {
				if !e.Critical && extOf(e.ID) == extCount && !knownExtension(e.ID) {
					d.found("extension " + e.ID.String())
				}
			}
		}},
}

// within reports whether the text is of 1 to most characters.
func within(s string, most int) bool {
	n := utf8.RuneCountInString(s)
	return n >= 1 && n <= most
}

// period is broken by a bad privateKeyUsagePeriod.
func period(bad func(*document) bool) func(*document) {
	return func(d *document) {
		if d.reads(xPeriod) && bad(d) {
			d.found(exts[xPeriod].where)
		}
	}
}

// periodBoth is period for rules that need both ends.
func periodBoth(bad func(*document) bool) func(*document) {
	return period(func(d *document) bool { return !d.periodFrom.IsZero() && !d.periodTo.IsZero() && bad(d) })
}
