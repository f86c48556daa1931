package qualified

// validityRules are about version, serial number, dates and the issuer's
// name.
var validityRules = []Rule{
	{ID: "version", Severity: Error, Citation: rfc5280("4.1.2.1"), From: rfc5280Day, Grade: Read, on: certs,
		English: "the certificate is not of version 3",
		Russian: "сертификат не версии 3",
		check: func(d *document) {
			if d.cert.Version != 3 {
				d.found("version")
			}
		}},
	{ID: "serial-not-positive", Severity: Error, Citation: rfc5280("4.1.2.2"), From: rfc5280Day, Grade: Read, on: certs,
		English: "the serial number is not positive",
		Russian: "серийный номер не положительный",
		check: func(d *document) {
			if d.cert.SerialNumber.Sign() <= 0 {
				d.found("serialNumber")
			}
		}},
	{ID: "serial-long", Severity: Error, Citation: rfc5280("4.1.2.2"), From: rfc5280Day, Grade: Read, on: certs,
		English: "the serial number is longer than 20 octets",
		Russian: "серийный номер длиннее 20 октетов",
		check: func(d *document) {
			if d.cert.SerialNumber.BitLen() > 159 {
				d.found("serialNumber")
			}
		}},
	{ID: "validity-order", Severity: Error, Citation: rfc5280("4.1.2.5"), From: rfc5280Day, Grade: Read, on: certs,
		English: "notAfter is not later than notBefore",
		Russian: "срок действия заканчивается не позже, чем начинается",
		check: func(d *document) {
			if !d.cert.NotBefore.Before(d.cert.NotAfter) {
				d.found("validity")
			}
		}},
	{ID: "validity-long", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Seen, on: leaf,
		English: "the certificate of an end entity is valid longer than 15 months",
		Russian: "сертификат конечного владельца действует дольше 15 месяцев",
		check: func(d *document) {
			if d.cert.NotAfter.After(d.cert.NotBefore.AddDate(0, 15, 1)) {
				d.found("validity")
			}
		}},
	{ID: "validity-long-authority", Severity: Warning, Citation: measured, From: dayOrder795, Grade: Measured, on: subCA,
		English: "the certificate of an authority is valid longer than 15 years",
		Russian: "сертификат удостоверяющего центра действует дольше 15 лет",
		check: func(d *document) {
			if d.cert.NotAfter.After(d.cert.NotBefore.AddDate(15, 0, 1)) {
				d.found("validity")
			}
		}},
	{ID: "profile-lapsed", Severity: Warning, Citation: order31in, From: dayLapse, Grade: Read, on: all,
		English: "order 31 is in force until 01.09.2027, and this is looked at by it: the form that follows is not known here",
		Russian: "приказ ФСБ № 31 действует до 01.09.2027; следующая форма сертификата здесь неизвестна, проверено по прежней",
		check:   func(d *document) { d.found("date") }},

	{ID: "issuer-empty", Severity: Error, Citation: rfc5280("4.1.2.4"), From: rfc5280Day, Grade: Read, on: certs,
		English: "the issuer has no attributes",
		Russian: "в имени издателя нет ни одного атрибута",
		check: func(d *document) {
			if len(d.issuer.list) == 0 {
				d.found("issuer")
			}
		}},
	{ID: "issuer-name", Severity: Error, Citation: law17ca, From: dayOrder795, Grade: Read, on: issued,
		English: "the issuer is not named: neither CN nor O",
		Russian: "издатель не назван: нет ни CN, ни O",
		check: func(d *document) {
			if !d.issuer.has(aCN) && !d.issuer.has(aO) {
				d.found("issuer")
			}
		}},
	{ID: "issuer-place", Severity: Error, Citation: law17ca, From: dayOrder795, Grade: Read, on: issued,
		English: "the place of the issuer is nowhere: neither S nor L nor STREET",
		Russian: "нет места нахождения издателя: ни S, ни L, ни STREET",
		check: func(d *document) {
			if !d.issuer.has(aS) && !d.issuer.has(aL) && !d.issuer.has(aSTREET) {
				d.found("issuer")
			}
		}},
	{ID: "issuer-ogrn", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Seen, on: issued,
		English: "there is no OGRN of the issuer",
		Russian: "нет ОГРН издателя",
		check:   issuerMissing(aOGRN)},
	{ID: "issuer-inn", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Seen, on: issued,
		English: "there is no taxpayer number of the issuer: neither INNLE nor INN",
		Russian: "нет ИНН издателя: ни INNLE, ни INN",
		check: func(d *document) {
			if !d.issuer.has(aINNLE) && !d.issuer.has(aINN) {
				d.found("issuer INNLE")
			}
		}},
	{ID: "issuer-number", Severity: Warning, Citation: checkDigit, From: dayOrder795, Grade: Measured, on: issued,
		English: "a number of the issuer is not well formed: its length or its check digit",
		Russian: "номер издателя записан неверно: длина или контрольная цифра",
		check: func(d *document) {
			inn := d.issuer.get(aINN)
			switch {
			case d.issuer.has(aOGRN) && CheckOGRN(d.issuer.get(aOGRN)) != nil:
				d.found("issuer OGRN")
			case d.issuer.has(aINNLE) && CheckINNLE(d.issuer.get(aINNLE)) != nil:
				d.found("issuer INNLE")
			case inn != "" && CheckLegacyINN(inn) != nil && CheckINN(inn) != nil:
				d.found("issuer INN")
			}
		}},
}

// issuerMissing is broken if the issuer has no attribute of the type.
func issuerMissing(id attrID) func(*document) {
	return func(d *document) {
		if !d.issuer.has(id) {
			d.found(attrs[id].issuer)
		}
	}
}
