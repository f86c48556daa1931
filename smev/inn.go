package smev

import "github.com/surguch/surguch/smev/xmldsig"

const innNamespace = "urn://x-artefacts-ffns-paspinn-tofns-ru/247-01/4.0.0"

// PassportINN247 asks the tax service whether an INN belongs to the holder of
// a passport (вид сведений «О соответствии паспортных данных и ИНН ФЛ»). It
// needs INN, names, and the passport's series, number and date.
//
// unverified: no schema obtained. The request is that of a public client; its
// attributes are those of PhysicalPersonNameType and IdentityDocumentType in
// the service's fns-common-types.xsd. The answer, its attribute КодОбр and the
// meaning of its values are an assumption in the style of the service's other
// schemas: 1 match, 2 no match, 3 no record. An INN in the answer, if there is
// one, must be the one asked about.
//
// Reasons: fns_1 confirms, fns_2 refutes, fns_3 finds nothing; fns_ with
// another code, and fns_unknown_code, are inconclusive.
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
		Schema:       Unverified,
	}
}

func buildINN(s Subject) ([]byte, error) {
	v, err := s.require(CheckINN, need{fieldINN, inn12},
		need{fieldLastName, rus100}, need{fieldFirstName, rus100}, need{fieldMiddleName, rus100.orEmpty()},
		need{fieldSeries, digits4}, need{fieldNumber, digits6}, need{fieldIssued, day})
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
		"SeriesNumber", spacedPassport(v))
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
		if err := compare(map[string]string{fieldINN: got}, asked, exact); err != nil {
			return Result{}, err
		}
	}
	switch code := attr(doc, "КодОбр"); {
	case code == "1":
		return confirmed("fns_1", "ИНН соответствует паспортным данным."), nil
	case code == "2":
		return refuted("fns_2", "ИНН не соответствует паспортным данным.", fieldINN), nil
	case code == "3":
		return notFound("fns_3", "ФНС России не располагает сведениями об ИНН по указанным паспортным данным.", fieldINN), nil
	case shortCode.MatchString(code):
		return inconclusive("fns_"+code, textInconclusive, fieldINN), nil
	}
	return inconclusive("fns_unknown_code", textInconclusive, fieldINN), nil
}
