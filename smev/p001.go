package smev

import "github.com/surguch/surguch/smev/xmldsig"

const p001Namespace = "urn://ru/mvd/sovm/p001/1.0.0"

// PassportP001 is the plain passport check of the MVD: by series and number
// alone. It needs these two and tells whether the passport is valid, never
// whose it is; [PassportP002] tells both.
//
// unverified: no schema obtained. Request and answer are those of real
// messages of 2018. Of the answer's elements docStatus is required here, and
// invalidityReason, invaliditySince and Comment may follow it, as in the
// schema of the extended check.
//
// Reasons, as of PassportP002: mvd_300 confirms; mvd_301, or mvd_301_ with the
// code of the cause (601 to 609), refutes; mvd_302 finds nothing;
// mvd_contradiction, mvd_ with another status, and mvd_unknown_status are
// inconclusive. An answer that repeats another series or number is refused.
func PassportP001() Kind {
	return Kind{
		Check:        CheckPassport,
		Name:         "Проверка действительности паспорта по серии и номеру",
		Provider:     "MVD",
		Version:      "1.0.0",
		Namespace:    p001Namespace,
		Root:         "request",
		ResponseRoot: "response",
		Build:        buildP001,
		Parse:        parseP001,
		Schema:       Unverified,
	}
}

func buildP001(s Subject) ([]byte, error) {
	v, err := s.require(CheckPassport, need{fieldSeries, digits4}, need{fieldNumber, digits6})
	if err != nil {
		return nil, err
	}
	var w xmldsig.Writer
	w.Open("tns:request", "xmlns:tns", p001Namespace)
	w.Open("tns:requestInfo")
	w.Leaf("tns:passportRFSeries", v[fieldSeries])
	w.Leaf("tns:passportRFNumber", v[fieldNumber])
	w.Close()
	w.Close()
	return w.Bytes()
}

func parseP001(content []byte, asked Subject) (Result, error) {
	tns := func(local string) xmldsig.Name { return xmldsig.Name{Space: p001Namespace, Local: local} }
	doc, err := xmldsig.Parse(content)
	if err != nil {
		return Result{}, parseError(CheckPassport, err)
	}
	s := doc.Sequence(tns("response"))
	request := s.One(tns("requestInfo")).Sequence(tns("requestInfo"))
	echo := map[string]string{
		fieldSeries: request.Text(tns("passportRFSeries")),
		fieldNumber: request.Text(tns("passportRFNumber")),
	}
	s.Fail(request.End())
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
