package qualified

// numberRules look at the numbers of registers: their lengths (FSB order 795
// as given in RFC 9215, section 5) and their check digits. A finding names
// the attribute and never the number.
var numberRules = []Rule{
	{ID: "number-ogrn-length", Severity: Error, Citation: numeric, From: dayOrder795, Grade: Read, on: all,
		English: "OGRN is not 13 digits",
		Russian: "ОГРН состоит не из 13 цифр",
		check:   number(aOGRN, CheckOGRN, NotDigits, WrongLength)},
	{ID: "number-ogrn-check", Severity: Error, Citation: checkDigit, From: dayOrder795, Grade: Measured, on: all,
		English: "OGRN: the check digit is wrong",
		Russian: "ОГРН: неверная контрольная цифра",
		check:   number(aOGRN, CheckOGRN, WrongChecksum, AllZero)},
	{ID: "number-ogrn-kind", Severity: Warning, Citation: checkDigit, From: dayOrder795, Grade: Seen, on: all,
		English: "OGRN begins neither with 1 nor with 5",
		Russian: "ОГРН начинается не с 1 и не с 5",
		check:   number(aOGRN, CheckOGRN, WrongKind, WrongKind)},
	{ID: "number-ogrnip-length", Severity: Error, Citation: numeric, From: dayOrder795, Grade: Read, on: all,
		English: "OGRNIP is not 15 digits",
		Russian: "ОГРНИП состоит не из 15 цифр",
		check:   number(aOGRNIP, CheckOGRNIP, NotDigits, WrongLength)},
	{ID: "number-ogrnip-check", Severity: Error, Citation: checkDigit, From: dayOrder795, Grade: Seen, on: all,
		English: "OGRNIP: the check digit is wrong",
		Russian: "ОГРНИП: неверная контрольная цифра",
		check:   number(aOGRNIP, CheckOGRNIP, WrongChecksum, AllZero)},
	{ID: "number-ogrnip-kind", Severity: Warning, Citation: checkDigit, From: dayOrder795, Grade: Seen, on: all,
		English: "OGRNIP does not begin with 3",
		Russian: "ОГРНИП начинается не с 3",
		check:   number(aOGRNIP, CheckOGRNIP, WrongKind, WrongKind)},
	{ID: "number-snils-length", Severity: Error, Citation: numeric, From: dayOrder795, Grade: Read, on: all,
		English: "SNILS is not 11 digits",
		Russian: "СНИЛС состоит не из 11 цифр",
		check:   number(aSNILS, CheckSNILS, NotDigits, WrongLength)},
	{ID: "number-snils-check", Severity: Error, Citation: checkDigit, From: dayOrder795, Grade: Seen, on: all,
		English: "SNILS: the check number is wrong",
		Russian: "СНИЛС: неверное контрольное число",
		check:   number(aSNILS, CheckSNILS, WrongChecksum, AllZero)},
	{ID: "number-inn-length", Severity: Error, Citation: numeric, From: dayOrder795, Grade: Read, on: all,
		English: "INN is not 12 digits",
		Russian: "ИНН состоит не из 12 цифр",
		check:   number(aINN, CheckINN, NotDigits, WrongLength)},
	{ID: "number-inn-check", Severity: Error, Citation: checkDigit, From: dayOrder795, Grade: Seen, on: all,
		English: "INN: a check digit is wrong",
		Russian: "ИНН: неверная контрольная цифра",
		check: func(d *document) {
			inn := d.name.get(aINN)
			if organizations.has(d.owner) && len(inn) == 12 && inn[:2] == "00" {
				return // an organisation's: number-inn-legacy-check
			}
			number(aINN, CheckINN, WrongChecksum, AllZero)(d)
		}},
	{ID: "number-inn-legacy-check", Severity: Error, Citation: checkDigit, From: dayOrder795, Grade: Measured, on: all,
		owners:  organizations,
		English: "INN of an organisation behind 00: the check digit is wrong",
		Russian: "ИНН юридического лица (00 и десять цифр): неверная контрольная цифра",
		check: func(d *document) {
			inn := d.name.get(aINN)
			if len(inn) == 12 && inn[:2] == "00" && allDigits(inn) && CheckLegacyINN(inn) != nil {
				d.found("subject INN")
			}
		}},
	{ID: "number-inn-legacy-late", Severity: Warning, Citation: order31, From: dayOrder31, Until: dayMeasured2022, Grade: Read, on: all,
		owners:  organizations,
		English: "the taxpayer number of an organisation stands in INN behind 00; since 01.09.2021 it is INNLE",
		Russian: "ИНН юридического лица записан в атрибут INN с двумя нулями; с 01.09.2021 для него есть INNLE",
		check:   legacyINN},
	{ID: "number-inn-legacy-2022", Severity: Error, Citation: order31, From: dayMeasured2022, Grade: Measured, on: all,
		owners:  organizations,
		English: "the taxpayer number of an organisation stands in INN behind 00; since 2022 every authority writes INNLE",
		Russian: "ИНН юридического лица записан в атрибут INN с двумя нулями вместо INNLE",
		check:   legacyINN},
	{ID: "number-innle-length", Severity: Error, Citation: numeric, From: dayOrder795, Grade: Read, on: all,
		English: "INNLE is not 10 digits",
		Russian: "ИНН юридического лица состоит не из 10 цифр",
		check: func(d *document) {
			if len(d.name.get(aINNLE)) != 9 {
				number(aINNLE, CheckINNLE, NotDigits, WrongLength)(d)
			}
		}},
	{ID: "number-innle-nine", Severity: Error, Citation: measured, From: dayOrder795, Grade: Measured, on: all,
		English: "INNLE of 9 digits: a leading zero got lost",
		Russian: "ИНН юридического лица из 9 цифр: потерян начальный ноль",
		check: func(d *document) {
			if len(d.name.get(aINNLE)) == 9 {
				d.found("subject INNLE")
			}
		}},
	{ID: "number-innle-check", Severity: Error, Citation: checkDigit, From: dayOrder795, Grade: Measured, on: all,
		English: "INNLE: the check digit is wrong",
		Russian: "ИНН юридического лица: неверная контрольная цифра",
		check:   number(aINNLE, CheckINNLE, WrongChecksum, AllZero)},
	{ID: "number-innle-early", Severity: Info, Citation: order31in, From: dayOrder795, Until: dayOrder31, Grade: Read, on: all,
		English: "INNLE before 01.09.2021, when the order came into force that brought it",
		Russian: "атрибут INNLE до 01.09.2021, когда вступил в силу вводящий его приказ",
		check:   unexpected(aINNLE)},
}

// number is broken by a value of the attribute that its check refuses for one
// of two reasons.
func number(id attrID, check func(string) error, reason, or NumberFault) func(*document) {
	return func(d *document) {
		for _, a := range d.name.list {
			if a.id != id {
				continue
			}
			if e, ok := check(a.Value).(*NumberError); ok && (e.Reason == reason || e.Reason == or) {
				d.found(attrs[id].subject)
			}
		}
	}
}

// legacyINN is broken by an organisation's number in the attribute INN.
func legacyINN(d *document) {
	if inn := d.name.get(aINN); len(inn) == 12 && inn[:2] == "00" {
		d.found("subject INN")
	}
}
