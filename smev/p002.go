package smev

import "github.com/surguch/surguch/smev/xmldsig"

const (
	p002Namespace = "urn://ru/mvd/sovm/p002/1.0.0"
	sovmNamespace = "urn://ru/mvd/sovm/commons/1.0.0"
)

// PassportP002 is the extended passport check of the MVD, schema
// ru-mvd-sovm-p002-1.0.0.xsd: name, birth date and passport in one request. It
// needs names, birth date and the passport's series, number, date and
// department code.
//
// docStatus 300 confirms, 301 refutes, 302 finds nothing, which is not a
// refusal: the passport may be too new or the record incomplete. The answer
// repeats the request, and a repetition that differs is refused.
//
// Reasons: mvd_300 confirms; mvd_301, or mvd_301_ with the code of the cause
// (601 to 609), refutes; mvd_302 finds nothing; mvd_contradiction, mvd_ with
// another status, and mvd_unknown_status are inconclusive.
func PassportP002() Kind {
	return Kind{
		Check:        CheckPassport,
		Name:         "Проверка действительности паспорта (расширенная)",
		Provider:     "MVD",
		Version:      "1.0.0",
		Namespace:    p002Namespace,
		Root:         "request",
		ResponseRoot: "response",
		Build:        buildP002,
		Parse:        parseP002,
		Schema:       "ru-mvd-sovm-p002-1.0.0.xsd",
	}
}

func buildP002(s Subject) ([]byte, error) {
	v, err := s.require(CheckPassport,
		need{fieldLastName, rus100}, need{fieldFirstName, rus100}, need{fieldMiddleName, rus100.orEmpty()},
		need{fieldBirthDate, day}, need{fieldSeries, digits4}, need{fieldNumber, digits6},
		need{fieldIssued, day}, need{fieldIssuerCode, digits6})
	if err != nil {
		return nil, err
	}
	var w xmldsig.Writer
	w.Open("tns:request", "xmlns:tns", p002Namespace, "xmlns:sovm", sovmNamespace)
	w.Open("tns:requestInfo")
	w.Open("tns:physicalPersonQualifiedNameType")
	w.Leaf("sovm:familyName", v[fieldLastName])
	w.Leaf("sovm:firstName", v[fieldFirstName])
	w.OptionalLeaf("sovm:patronymic", v[fieldMiddleName])
	w.Close()
	w.Leaf("tns:birthDate", v[fieldBirthDate])
	w.Open("tns:passportRF")
	w.Leaf("sovm:series", v[fieldSeries])
	w.Leaf("sovm:number", v[fieldNumber])
	w.Leaf("sovm:issueDate", v[fieldIssued])
	w.Leaf("sovm:issuerCode", v[fieldIssuerCode])
	w.Close()
	w.Close()
	w.Close()
	return w.Bytes()
}

func parseP002(content []byte, asked Subject) (Result, error) {
	tns := func(local string) xmldsig.Name { return xmldsig.Name{Space: p002Namespace, Local: local} }
	doc, err := xmldsig.Parse(content)
	if err != nil {
		return Result{}, parseError(CheckPassport, err)
	}
	s := doc.Sequence(tns("response"))
	echo, err := readP002Echo(s.One(tns("requestInfo")))
	s.Fail(err)
	info := s.One(tns("responseInfo")).Sequence(tns("responseInfo"))
	status := info.Text(tns("docStatus"))
	reason := info.OptionalText(tns("invalidityReason"))
	since := info.OptionalText(tns("invaliditySince"))
	info.OptionalText(tns("Comment"))
	s.Fail(info.End())
	if err := s.End(); err != nil {
		return Result{}, parseError(CheckPassport, err)
	}
	if err := compare(echo, asked, exact); err != nil {
		return Result{}, err
	}
	return passportResult(status, reason, since), nil
}

// readP002Echo reads the requestInfo of an answer by form field. A region
// code, which we never ask with, stays in the map under its own name and so
// differs from what was asked.
func readP002Echo(e *xmldsig.Element) (map[string]string, error) {
	tns := func(local string) xmldsig.Name { return xmldsig.Name{Space: p002Namespace, Local: local} }
	sovm := func(local string) xmldsig.Name { return xmldsig.Name{Space: sovmNamespace, Local: local} }
	v := map[string]string{}
	s := e.Sequence(tns("requestInfo"))
	name := s.One(tns("physicalPersonQualifiedNameType")).Sequence(tns("physicalPersonQualifiedNameType"))
	v[fieldLastName] = name.Text(sovm("familyName"))
	v[fieldFirstName] = name.Text(sovm("firstName"))
	v[fieldMiddleName] = name.OptionalText(sovm("patronymic"))
	s.Fail(name.End())
	v[fieldBirthDate] = s.Text(tns("birthDate"))
	passport := s.One(tns("passportRF")).Sequence(tns("passportRF"))
	v[fieldSeries] = passport.Text(sovm("series"))
	v[fieldNumber] = passport.Text(sovm("number"))
	v[fieldIssued] = passport.Text(sovm("issueDate"))
	v[fieldIssuerCode] = passport.Text(sovm("issuerCode"))
	s.Fail(passport.End())
	if region := s.OptionalText(tns("regionCode")); region != "" {
		v["regionCode"] = region
	}
	return v, s.End()
}
