package smev

import (
	"github.com/surguch/surguch/smev/xmldsig"
)

const innNamespace = "urn://x-artefacts-ffns-paspinn-tofns-ru/247-01/4.0.0"

// PassportINN247 asks the tax service whether an INN belongs to the holder of
// a passport (вид сведений «О соответствии паспортных данных и ИНН ФЛ»). It
// needs INN, names, and the passport's series, number and date.
//
// unverified: no schema obtained. The request is that of a public client; the
// answer, its attribute КодОбр and the meaning of its values are an assumption
// in the style of the service's other schemas: 1 match, 2 no match, 3 no
// record. An INN in the answer, if there is one, must be the one asked about.
func PassportINN247() Kind {
	return Kind{
		Check:        CheckINN,
		Name:         "О соответствии паспортных данных и ИНН ФЛ",
		Provider:     "FNS",
		Version:      "4.0.0",
		Namespace:    innNamespace,
		Root:         "FNSPaspINNRequest",
		ResponseRoot: "FNSPaspINNResponse",
		Build:        buildINN,
		Parse:        parseINN,
	}
}

// russianPassport is the code of the internal passport in the classifier of
// identity documents the tax service uses.
const russianPassport = "21"

func buildINN(s Subject) ([]byte, error) {
	v, err := s.require(CheckINN, fieldINN, fieldLastName, fieldFirstName, fieldMiddleName, fieldSeries, fieldNumber, fieldIssued)
	if err != nil {
		return nil, err
	}
	name := []string{"FamilyName", v[fieldLastName], "FirstName", v[fieldFirstName]}
	if v[fieldMiddleName] != "" {
		name = append(name, "Patronymic", v[fieldMiddleName])
	}
	var w xmldsig.Writer
	w.Open("tns:FNSPaspINNRequest", "xmlns:tns", innNamespace, "ИННФЛ", v[fieldINN])
	w.Leaf("tns:ФИО", "", name...)
	w.Leaf("tns:ДокУдЛичн", "", "DocumentCode", russianPassport, "IssuerDate", v[fieldIssued],
		"SeriesNumber", v[fieldSeries][:2]+" "+v[fieldSeries][2:]+" "+v[fieldNumber])
	w.Close()
	return w.Bytes()
}

func parseINN(content []byte, asked Subject) (Result, error) {
	doc, err := xmldsig.Parse(content)
	if err != nil {
		return Result{}, parseError(CheckINN, err)
	}
	if err := doc.Sequence(xmldsig.Name{Space: innNamespace, Local: "FNSPaspINNResponse"}).End(); err != nil {
		return Result{}, parseError(CheckINN, err)
	}
	if got, ok := doc.Attr(xmldsig.Name{Local: "ИННФЛ"}); ok {
		if err := compare(map[string]string{fieldINN: got}, asked); err != nil {
			return Result{}, err
		}
	}
	code, _ := doc.Attr(xmldsig.Name{Local: "КодОбр"})
	switch code {
	case "1":
		return Result{Confirmed, "fns_1", nil, "ИНН соответствует паспортным данным."}, nil
	case "2":
		return Result{Refuted, "fns_2", CheckINN.fields(), "ИНН не соответствует паспортным данным."}, nil
	case "3":
		return Result{NotFound, "fns_3", CheckINN.fields(), "ФНС России не располагает сведениями об ИНН по указанным паспортным данным."}, nil
	}
	if shortCode.MatchString(code) {
		return Result{Inconclusive, "fns_" + code, CheckINN.fields(), textInconclusive}, nil
	}
	return Result{Inconclusive, "fns_unknown_code", CheckINN.fields(), textInconclusive}, nil
}
