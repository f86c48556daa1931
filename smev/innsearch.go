package smev

import (
	"errors"
	"fmt"

	"github.com/surguch/surguch/smev/xmldsig"
)

const (
	innSearchNamespace = "urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1"
	innCommonNamespace = "urn://x-artefacts-fns-inn/commons/4.0.0"
)

// INNSearch270 asks the tax service for the INN of a person by the full
// passport, schema fns-inn-singular-ru-root.xsd 4.0.1 (вид сведений «Об ИНН
// физических лиц на основании полных паспортных данных»). The register wants
// to know who asks: asker is the own organisation, with OGRN, INN and name;
// Build fails if one of them does not fit.
//
// It needs names, birth date and the passport's series, number, date and
// department code; birth place and issuer go along if given. An INN of the
// subject is not sent but held against the one found.
//
// The answer repeats the identifier of the request (ИдЗапрос), which is drawn
// from the question, so the answer to another question is refused.
//
// Reasons: inn_search_found confirms, when the subject has no INN;
// inn_search_same confirms; inn_search_other refutes; inn_search_none finds
// nothing. The INN found is in Result.Found.
func INNSearch270(asker Organization) Kind {
	return Kind{
		Check:        CheckINNSearch,
		Name:         "Об ИНН физических лиц на основании полных паспортных данных",
		Provider:     "FNS",
		Version:      "4.0.1",
		Namespace:    innSearchNamespace,
		Root:         "FNSINNSingularRequest",
		ResponseRoot: "FNSINNSingularResponse",
		Build:        func(s Subject) ([]byte, error) { return buildINNSearch(asker, s) },
		Parse:        parseINNSearch,
		Schema:       "fns-inn-singular-ru-root.xsd",
	}
}

func buildINNSearch(asker Organization, s Subject) ([]byte, error) {
	by, err := (Subject{Organization: asker}).require(CheckINNSearch,
		need{fieldOGRN, ogrn13}, need{fieldOrgINN, inn10}, need{fieldOrgName, text(1000)})
	var unfit *SubjectError
	if errors.As(err, &unfit) {
		return nil, fmt.Errorf("smev: %s: the asker's %s: not %s", CheckINNSearch, unfit.Field, unfit.Need)
	}
	v, err := s.require(CheckINNSearch,
		need{fieldLastName, name60}, need{fieldFirstName, name60}, need{fieldMiddleName, name60.orEmpty()},
		need{fieldBirthDate, day}, need{fieldBirthPlace, text(255).orEmpty()},
		need{fieldSeries, digits4}, need{fieldNumber, digits6}, need{fieldIssued, day},
		need{fieldIssuer, text(255).orEmpty()}, need{fieldIssuerCode, digits6}, need{fieldINN, inn12.orEmpty()})
	if err != nil {
		return nil, err
	}
	var w xmldsig.Writer
	w.Open("tns:FNSINNSingularRequest", "xmlns:tns", innSearchNamespace, "xmlns:fnst", innCommonNamespace, "ИдЗапрос", innQuestion(v))
	w.Leaf("tns:СведЮЛ", "", "НаимОрг", by[fieldOrgName], "ИННЮЛ", by[fieldOrgINN], "ОГРН", by[fieldOGRN])
	w.Open("tns:СведФЛ", given("ДатаРожд", v[fieldBirthDate], "МестоРожд", v[fieldBirthPlace])...)
	w.Leaf("fnst:ФИО", "", given("Фамилия", v[fieldLastName], "Имя", v[fieldFirstName], "Отчество", v[fieldMiddleName])...)
	w.Leaf("fnst:УдЛичнФЛ", "", given("КодВидДок", russianPassport, "СерНомДок", spacedPassport(v), "ДатаДок", v[fieldIssued],
		"ВыдДок", v[fieldIssuer], "КодВыдДок", v[fieldIssuerCode][:3]+"-"+v[fieldIssuerCode][3:])...)
	w.Close()
	w.Close()
	return w.Bytes()
}

// innQuestion is the identifier of the question about the person with these
// values.
func innQuestion(v map[string]string) string {
	return questionID(innSearchNamespace, v[fieldLastName], v[fieldFirstName], v[fieldMiddleName], v[fieldBirthDate],
		v[fieldBirthPlace], v[fieldSeries], v[fieldNumber], v[fieldIssued], v[fieldIssuer], v[fieldIssuerCode])
}

var errINN = errors.New("ИННФЛ holds no INN")

func parseINNSearch(content []byte, asked Subject) (Result, error) {
	doc, err := xmldsig.Parse(content)
	if err != nil {
		return Result{}, parseError(CheckINNSearch, err)
	}
	s := doc.Sequence(xmldsig.Name{Space: innSearchNamespace, Local: "FNSINNSingularResponse"})
	found := attr(doc, "ИННФЛ")
	if inn12.orEmpty().refuse(found) != "" {
		s.Fail(errINN)
	}
	if err := s.End(); err != nil {
		return Result{}, parseError(CheckINNSearch, err)
	}
	if err := answers(doc, "ИдЗапрос", innQuestion(asked.values())); err != nil {
		return Result{}, err
	}
	return foundNumber("inn_search", "ИНН", fieldINN, found, asked.INN), nil
}
