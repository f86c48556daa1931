package qualified

// presenceRules say which attributes the subject has to have, and which not
// (law 63-FZ, article 17, part 2; FSB order 795). What the law itself names is
// an error; which attribute holds it is the order's to say, whose text was
// not at hand.
var presenceRules = []Rule{
	{ID: "subject-empty", Severity: Error, Citation: rfc5280("4.1.2.6"), From: rfc5280Day, Grade: Read, on: cas,
		English: "the subject has no attributes",
		Russian: "в имени владельца нет ни одного атрибута",
		check: func(d *document) {
			if len(d.name.list) == 0 {
				d.found("subject")
			}
		}},
	{ID: "subject-cn-missing", Severity: Error, Citation: law17, From: dayOrder795, Grade: Read, on: all,
		English: "there is no commonName: the name of the person or organisation",
		Russian: "нет атрибута CN: фамилии, имени и отчества либо наименования организации",
		check:   missing(aCN)},
	{ID: "subject-sn-missing", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: leaves,
		owners:  withPerson | ownerSet(ForeignPerson),
		English: "there is no surname of the person",
		Russian: "нет атрибута SN: фамилии физического лица",
		check:   missing(aSN)},
	{ID: "subject-g-missing", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: leaves,
		owners:  withPerson,
		English: "there is no givenName: first name and patronymic of the person",
		Russian: "нет атрибута G: имени и отчества физического лица",
		check:   missing(aG)},
	{ID: "subject-c-missing", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: all,
		English: "there is no countryName",
		Russian: "нет атрибута C: страны",
		check:   missing(aC)},
	{ID: "subject-place-missing", Severity: Error, Citation: law17, From: dayOrder795, Grade: Read, on: all,
		owners:  organizations,
		English: "the place of the organisation is nowhere: neither S nor L nor STREET",
		Russian: "нет места нахождения организации: ни S, ни L, ни STREET",
		check: func(d *document) {
			if !d.name.has(aS) && !d.name.has(aL) && !d.name.has(aSTREET) {
				d.found("subject")
			}
		}},
	{ID: "subject-s-missing", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: all,
		owners:  organizations,
		English: "there is no stateOrProvinceName of the organisation",
		Russian: "нет атрибута S: субъекта Российской Федерации или области",
		check:   missing(aS)},
	{ID: "subject-l-missing", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: all,
		owners:  organizations,
		English: "there is no localityName of the organisation",
		Russian: "нет атрибута L: населённого пункта организации",
		check:   missing(aL)},
	{ID: "subject-street-missing", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: all,
		owners:  organizations,
		English: "there is no streetAddress of the organisation",
		Russian: "нет атрибута STREET: улицы и дома организации",
		check:   missing(aSTREET)},
	{ID: "subject-o-missing", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: all,
		owners:  organizations,
		English: "there is no organizationName",
		Russian: "нет атрибута O: наименования организации",
		check:   missing(aO)},
	{ID: "subject-t-missing", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: leaves,
		owners:  ownerSet(OrganizationPerson),
		English: "there is no title of the person who acts for the organisation",
		Russian: "нет атрибута T: должности лица, действующего от имени организации",
		check:   missing(aT)},
	{ID: "subject-ogrn-missing", Severity: Error, Citation: law17, From: dayOrder795, Grade: Read, on: all,
		owners:  russianOrgs,
		English: "there is no OGRN of the organisation",
		Russian: "нет атрибута OGRN юридического лица",
		check:   missing(aOGRN)},
	{ID: "subject-ogrnip-missing", Severity: Warning, Citation: law63, From: dayOrder795, Grade: Recalled, on: leaves,
		owners:  ownerSet(SoleTrader),
		English: "there is no OGRNIP of the sole trader",
		Russian: "нет атрибута OGRNIP индивидуального предпринимателя",
		check:   missing(aOGRNIP)},
	{ID: "subject-snils-missing", Severity: Error, Citation: law17num, From: dayOrder795, Grade: Read, on: leaves,
		owners:  people,
		English: "there is no SNILS of the person",
		Russian: "нет атрибута SNILS физического лица",
		check:   missing(aSNILS)},
	{ID: "subject-snils-person-missing", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: leaves,
		owners:  ownerSet(OrganizationPerson),
		English: "there is no SNILS of the person who acts for the organisation",
		Russian: "нет атрибута SNILS лица, действующего от имени организации",
		check:   missing(aSNILS)},
	{ID: "subject-inn-missing", Severity: Warning, Citation: order31, From: dayOrder31, Grade: Recalled, on: leaves,
		owners:  withPerson,
		English: "there is no INN of the person",
		Russian: "нет атрибута INN физического лица",
		check:   missing(aINN)},
	{ID: "subject-innle-missing", Severity: Error, Citation: law17num, From: dayOrder795, Grade: Read, on: all,
		owners:  russianOrgs,
		English: "the taxpayer number of the organisation is nowhere: no INNLE, and no INN of 00 and ten digits",
		Russian: "нет ИНН юридического лица: ни атрибута INNLE, ни INN из 00 и десяти цифр",
		check: func(d *document) {
			inn := d.name.get(aINN)
			if !d.name.has(aINNLE) && !(len(inn) > 2 && inn[:2] == "00") {
				d.found("subject INNLE")
			}
		}},

	{ID: "subject-o-unexpected", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: leaves,
		owners:  people | ownerSet(ForeignPerson),
		English: "organizationName in the certificate of a person",
		Russian: "атрибут O в сертификате физического лица",
		check:   unexpected(aO)},
	{ID: "subject-ou-unexpected", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: leaves,
		owners:  ownerSet(SoleTrader, OrganizationAutomatic, ForeignPerson),
		English: "organizationalUnitName in the certificate of an owner who has none",
		Russian: "атрибут OU в сертификате владельца, у которого не бывает подразделения",
		check:   unexpected(aOU)},
	{ID: "subject-t-unexpected", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: leaves,
		owners:  people | ownerSet(OrganizationAutomatic, ForeignPerson),
		English: "title in a certificate that names nobody acting for an organisation",
		Russian: "атрибут T там, где никто не действует от имени организации",
		check:   unexpected(aT)},
	{ID: "subject-ogrn-unexpected", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: leaves,
		owners:  people | ownerSet(ForeignPerson, ForeignOrganization),
		English: "OGRN in the certificate of an owner who is no organisation of Russia",
		Russian: "атрибут OGRN у владельца, который не является российским юридическим лицом",
		check:   unexpected(aOGRN)},
	{ID: "subject-ogrnip-unexpected", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: leaves,
		owners:  ownerSet(NaturalPerson, OrganizationPerson, OrganizationAutomatic, ForeignPerson, ForeignOrganization),
		English: "OGRNIP in the certificate of an owner who is no sole trader",
		Russian: "атрибут OGRNIP у владельца, который не является индивидуальным предпринимателем",
		check:   unexpected(aOGRNIP)},
	{ID: "subject-innle-unexpected", Severity: Warning, Citation: order31, From: dayOrder795, Grade: Recalled, on: leaves,
		owners:  people | ownerSet(ForeignPerson),
		English: "INNLE in the certificate of a person",
		Russian: "атрибут INNLE (ИНН юридического лица) в сертификате физического лица",
		check:   unexpected(aINNLE)},
	{ID: "subject-person-unexpected", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Recalled, on: all,
		owners:  ownerSet(OrganizationAutomatic),
		English: "an attribute of a person in the certificate of an organisation alone",
		Russian: "атрибут физического лица в сертификате одной организации (автоматическое подписание)",
		check: func(d *document) {
			for _, id := range []attrID{aSN, aG, aSNILS} {
				if d.name.has(id) {
					d.found(attrs[id].subject)
				}
			}
			if inn := d.name.get(aINN); inn != "" && (len(inn) < 2 || inn[:2] != "00") {
				d.found("subject INN")
			}
		}},
	{ID: "subject-pseudonym", Severity: Warning, Citation: law63, From: dayOrder795, Grade: Recalled, on: all,
		English: "a pseudonym, which a qualified certificate does not allow",
		Russian: "псевдоним, которого в квалифицированном сертификате быть не может",
		check:   unexpected(aPseudonym)},
	{ID: "subject-serialnumber", Severity: Info, Citation: order795, From: dayOrder795, Grade: Recalled, on: leaves,
		owners:  withPerson | ownerSet(ForeignPerson),
		English: "the attribute serialNumber, which the order does not use for persons",
		Russian: "атрибут serialNumber, который для физических лиц не применяется",
		check:   unexpected(aSerial)},
	{ID: "subject-unstructuredname", Severity: Info, Citation: practice, From: dayOrder795, Grade: Seen, on: all,
		English: "unstructuredName: some vendors keep the KPP there, the order does not know it",
		Russian: "атрибут unstructuredName: некоторые УЦ пишут в него КПП, приказом он не предусмотрен",
		check:   unexpected(aUnstructured)},
	{ID: "subject-attribute-unknown", Severity: Info, Citation: order795, From: dayOrder795, Grade: Reasoned, on: all,
		English: "an attribute that the profile does not know",
		Russian: "атрибут, которого нет в форме квалифицированного сертификата",
		check: func(d *document) {
			for _, a := range d.name.list {
				if a.id == aOther {
					d.found(a.where())
				}
			}
		}},
}

// missing is broken if the subject has no attribute of the type.
func missing(id attrID) func(*document) {
	return func(d *document) {
		if !d.name.has(id) {
			d.found(attrs[id].subject)
		}
	}
}

// unexpected is broken if the subject has an attribute of the type.
func unexpected(id attrID) func(*document) {
	return func(d *document) {
		if d.name.has(id) {
			d.found(attrs[id].subject)
		}
	}
}
