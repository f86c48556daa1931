package smev

import (
	"errors"

	"github.com/surguch/surguch/smev/xmldsig"
)

const snilsSearchNamespace = "http://kvs.pfr.com/snils-by-additionalData/1.0.1"

// SNILSSearch asks the Social Fund for the SNILS of a person, schema
// snils-by-additionalData-1.0.1.xsd. It needs names, gender and birth date. A
// SNILS of the subject is not sent but held against the one found.
//
// The passport goes along if its series, number, date and issuer all fit the
// schema, which takes no №, quotation marks or brackets in the issuer; without
// it the register may find namesakes and decline. The birth place of the
// schema is in parts that a passport's line does not give, so it is left out.
//
// The answer is of the register's own record: names, gender and birth date
// must be those asked about, in whatever letters, and a record of another
// person is refused; the document in it may be another one of the person's and
// is not compared.
//
// Reasons: snils_search_found confirms, when the subject has no SNILS;
// snils_search_same confirms; snils_search_other refutes; snils_search_none
// finds nothing. The SNILS found is in Result.Found.
func SNILSSearch() Kind {
	return Kind{
		Check:        CheckSNILSSearch,
		Name:         "Предоставление страхового номера индивидуального лицевого счёта (СНИЛС) по дополнительным данным",
		Provider:     "SFR",
		Version:      "1.0.1",
		Namespace:    snilsSearchNamespace,
		Root:         "SnilsByAdditionalDataRequest",
		ResponseRoot: "SnilsByAdditionalDataResponse",
		Build:        buildSNILSSearch,
		Parse:        parseSNILSSearch,
		Schema:       "snils-by-additionalData-1.0.1.xsd",
	}
}

// issuer200 is rus-and-num-200 of smev-supplementary-commons-1.0.1.xsd.
var issuer200 = typed(`[а-яА-ЯёЁ\-0-9][а-яА-ЯёЁ\- \t\r\n',.0-9]{0,199}`, "1 to 200 Russian letters and digits")

func buildSNILSSearch(s Subject) ([]byte, error) {
	v, err := s.require(CheckSNILSSearch,
		need{fieldLastName, rusName}, need{fieldFirstName, rusName}, need{fieldMiddleName, rusName.orEmpty()},
		need{fieldGender, gender}, need{fieldBirthDate, day}, need{fieldSNILS, snils.orEmpty()})
	if err != nil {
		return nil, err
	}
	var w xmldsig.Writer
	w.Open("tns:SnilsByAdditionalDataRequest", "xmlns:tns", snilsSearchNamespace, "xmlns:smev", commonNamespace)
	w.Leaf("smev:FamilyName", v[fieldLastName])
	w.Leaf("smev:FirstName", v[fieldFirstName])
	w.OptionalLeaf("smev:Patronymic", v[fieldMiddleName])
	w.Leaf("tns:BirthDate", v[fieldBirthDate])
	w.Leaf("tns:Gender", v[fieldGender])
	_, unfit := s.require(CheckSNILSSearch,
		need{fieldSeries, digits4}, need{fieldNumber, digits6}, need{fieldIssued, day}, need{fieldIssuer, issuer200})
	if unfit == nil {
		w.Open("smev:PassportRF")
		w.Leaf("smev:Series", v[fieldSeries])
		w.Leaf("smev:Number", v[fieldNumber])
		w.Leaf("smev:IssueDate", v[fieldIssued])
		w.Leaf("smev:Issuer", v[fieldIssuer])
		w.Close()
	}
	w.Close()
	return w.Bytes()
}

// identityDocuments is AllIdentityDocumentType-Group of
// pfr-common-types-1.0.0.xsd: an answer holds one of them, or none.
var identityDocuments = []xmldsig.Name{
	{Space: commonNamespace, Local: "PassportRF"},
	{Space: commonNamespace, Local: "ForeignPassport"},
	{Space: commonNamespace, Local: "ResidencePermitRF"},
	{Space: commonNamespace, Local: "InternationalPassportRF"},
	{Space: commonNamespace, Local: "MilitaryPassport"},
	{Space: commonNamespace, Local: "SailorPassport"},
	{Space: commonNamespace, Local: "SovietPassport"},
	{Space: commonNamespace, Local: "BirthCertificate"},
	{Space: commonNamespace, Local: "DrivingLicenseRF"},
	{Space: commonNamespace, Local: "ReleaseCertificate"},
	{Space: commonNamespace, Local: "PassportLossCertificate"},
	{Space: commonNamespace, Local: "Form9Certificate"},
	{Space: commonNamespace, Local: "TemporaryIdentityCardRF"},
	{Space: "http://common.kvs.pfr.com/1.0.0", Local: "PfrIdentificationDocument"},
}

var errSNILS = errors.New("no SNILS in the element Snils")

func parseSNILSSearch(content []byte, asked Subject) (Result, error) {
	tns := func(local string) xmldsig.Name { return xmldsig.Name{Space: snilsSearchNamespace, Local: local} }
	common := func(local string) xmldsig.Name { return xmldsig.Name{Space: commonNamespace, Local: local} }
	doc, err := xmldsig.Parse(content)
	if err != nil {
		return Result{}, parseError(CheckSNILSSearch, err)
	}
	s := doc.Sequence(tns("SnilsByAdditionalDataResponse"))
	record := map[string]string{
		fieldLastName:   s.Text(common("FamilyName")),
		fieldFirstName:  s.Text(common("FirstName")),
		fieldMiddleName: s.OptionalText(common("Patronymic")),
	}
	number := s.Text(tns("Snils"))
	record[fieldBirthDate] = s.Text(tns("BirthDate"))
	record[fieldGender] = s.Text(tns("Gender"))
	s.Optional(tns("BirthPlace"))
	for _, name := range identityDocuments {
		if s.Optional(name) != nil {
			break
		}
	}
	if snils.orEmpty().refuse(number) != "" {
		s.Fail(errSNILS)
	}
	if err := s.End(); err != nil {
		return Result{}, parseError(CheckSNILSSearch, err)
	}
	if err := compare(record, asked, alike); err != nil {
		return Result{}, err
	}
	return foundNumber("snils_search", "СНИЛС", fieldSNILS, number, digitsOf(asked.SNILS)), nil
}

// foundNumber is the result of a search for a number of a person: what the
// register found, against what the person gave, if anything.
func foundNumber(reason, title, field, found, given string) Result {
	var r Result
	switch {
	case found == "":
		return notFound(reason+"_none", title+" по указанным данным не найден.", field)
	case given == "":
		r = confirmed(reason+"_found", title+" найден по указанным данным.")
	case given == found:
		r = confirmed(reason+"_same", title+" совпадает с найденным по указанным данным.")
	default:
		r = refuted(reason+"_other", "По указанным данным найден другой "+title+".", field)
	}
	r.Found = Found{field: found}
	return r
}
