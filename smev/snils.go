package smev

import (
	"strings"

	"github.com/surguch/surguch/smev/xmldsig"
)

const (
	snilsNamespace  = "http://kvs.pfr.com/snils-validation/1.0.1"
	commonNamespace = "urn://x-artefacts-smev-gov-ru/supplementary/commons/1.0.1"
)

// SNILSValidation101 asks the Social Fund whether a SNILS belongs to a person
// of this name, sex and birth date. It needs names, gender, birth date and
// SNILS.
//
// unverified: no schema obtained. The request is that of public clients, with
// the types of smev-supplementary-commons-1.0.1.xsd, which it refers to; of
// the answer only its Result element, a boolean, is known. A repetition of the
// request is not known to be part of it and is not looked for.
//
// Reasons: sfr_true confirms, sfr_false refutes, sfr_unknown_result is
// inconclusive.
func SNILSValidation101() Kind {
	return Kind{
		Check:        CheckSNILS,
		Name:         "Проверка соответствия СНИЛС фамилии, имени, отчеству, полу и дате рождения",
		Provider:     "SFR",
		Version:      "1.0.1",
		Namespace:    snilsNamespace,
		Root:         "SnilsValidationRequest",
		ResponseRoot: "SnilsValidationResponse",
		Build:        buildSNILS,
		Parse:        parseSNILS,
		Schema:       Unverified,
	}
}

func buildSNILS(s Subject) ([]byte, error) {
	v, err := s.require(CheckSNILS,
		need{fieldLastName, rusName}, need{fieldFirstName, rusName}, need{fieldMiddleName, rusName.orEmpty()},
		need{fieldSNILS, snils}, need{fieldGender, gender}, need{fieldBirthDate, day})
	if err != nil {
		return nil, err
	}
	var w xmldsig.Writer
	w.Open("tns:SnilsValidationRequest", "xmlns:tns", snilsNamespace, "xmlns:smev", commonNamespace)
	w.Leaf("smev:FamilyName", v[fieldLastName])
	w.Leaf("smev:FirstName", v[fieldFirstName])
	w.OptionalLeaf("smev:Patronymic", v[fieldMiddleName])
	w.Leaf("tns:Snils", v[fieldSNILS])
	w.Leaf("tns:Gender", v[fieldGender])
	w.Leaf("tns:BirthDate", v[fieldBirthDate])
	w.Close()
	return w.Bytes()
}

func parseSNILS(content []byte, _ Subject) (Result, error) {
	tns := func(local string) xmldsig.Name { return xmldsig.Name{Space: snilsNamespace, Local: local} }
	doc, err := xmldsig.Parse(content)
	if err != nil {
		return Result{}, parseError(CheckSNILS, err)
	}
	s := doc.Sequence(tns("SnilsValidationResponse"))
	result := strings.TrimSpace(s.Text(tns("Result")))
	if err := s.End(); err != nil {
		return Result{}, parseError(CheckSNILS, err)
	}
	switch result {
	case "true", "1":
		return confirmed("sfr_true", "СНИЛС соответствует фамилии, имени, отчеству, полу и дате рождения."), nil
	case "false", "0":
		return refuted("sfr_false", "СНИЛС не соответствует фамилии, имени, отчеству, полу или дате рождения.", fieldSNILS), nil
	}
	return inconclusive("sfr_unknown_result", textInconclusive, fieldSNILS), nil
}
