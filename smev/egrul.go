package smev

import (
	"strings"

	"github.com/surguch/surguch/smev/xmldsig"
)

const egrulNamespace = "urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6"

// EGRUL406 asks the tax service for the extract of an organisation from the
// register of legal persons, schema fns-vipul-tosmv-ru.xsd 4.0.6, and reads
// from it whether the organisation exists and acts, whether INN, KPP and name
// are as given, and whether the person may act for it without a power of
// attorney (63-FZ, article 18, part 2.2).
//
// It needs the organisation's OGRN or, without one, its INN, and the person's
// names and INN. KPP, name and the other number are compared if given: a name
// with either of the register's two, in whatever letters and quotation marks.
//
// The answer must repeat the identifier of the request (ИдДок) and be about
// the number asked with; otherwise it is refused. All findings are in
// Result.Text; the gravest gives outcome and reason, the first of these:
//
//	refuted       egrul_terminated        the organisation has ceased
//	              egrul_status_NNN        by its status code: ceased, or its registration is void
//	              egrul_inn_differs, egrul_kpp_differs, egrul_name_differs
//	              egrul_head_name_differs the register knows the head of this INN by another name
//	              egrul_not_head          the person does not head it; nothing else is refuted:
//	                                      a power of attorney may make up for it
//	              egrul_head_disqualified on the day of the extract
//	              egrul_head_unreliable   the data on the head are marked as unreliable
//	inconclusive  egrul_status_NNN        in liquidation, exclusion, bankruptcy, or an unknown code
//	              egrul_inn_missing, egrul_kpp_missing
//	              egrul_address_unreliable
//	              egrul_head_inn_missing  a head of this name without an INN
//	              egrul_head_hidden       no names, but a head whose data are withheld
//	              egrul_managed           headed by another organisation
//	              egrul_attachment        КодОбр 54: the extract is a file
//	              egrul_NN                another КодОбр: 53 is not given electronically
//	              egrul_unknown_code
//	not found     egrul_01
//	confirmed     egrul_status_NNN        the person heads it; it moves, decreases its capital or is being reorganised
//	              egrul_head              the person heads it
//
// OGRN, INN, KPP, name and the head's position are in Result.Found.
func EGRUL406() Kind {
	return Kind{
		Check:        CheckEGRUL,
		Name:         "Выписка из ЕГРЮЛ по запросам органов государственной власти",
		Provider:     "FNS",
		Version:      "4.0.6",
		Namespace:    egrulNamespace,
		Root:         "FNSVipULRequest",
		ResponseRoot: "FNSVipULResponse",
		Build:        buildEGRUL,
		Parse:        parseEGRUL,
		Schema:       "fns-vipul-tosmv-ru.xsd",
	}
}

func buildEGRUL(s Subject) ([]byte, error) {
	// Either number is asked with; the other, if given, is compared.
	ogrn, inn := ogrn13, inn10.orEmpty()
	if s.Organization.OGRN == "" && s.Organization.INN != "" {
		ogrn, inn = ogrn13.orEmpty(), inn10
	}
	v, err := s.require(CheckEGRUL, need{fieldOGRN, ogrn}, need{fieldOrgINN, inn},
		need{fieldKPP, kpp.orEmpty()}, need{fieldOrgName, text(1000).orEmpty()},
		need{fieldLastName, name60}, need{fieldFirstName, name60}, need{fieldMiddleName, name60.orEmpty()}, need{fieldINN, inn12})
	if err != nil {
		return nil, err
	}
	var w xmldsig.Writer
	w.Open("tns:FNSVipULRequest", "xmlns:tns", egrulNamespace, "ИдДок", egrulQuestion(v))
	w.Open("tns:ЗапросЮЛ")
	if v[fieldOGRN] != "" {
		w.Leaf("tns:ОГРН", v[fieldOGRN])
	} else {
		w.Leaf("tns:ИННЮЛ", v[fieldOrgINN])
	}
	w.Close()
	w.Close()
	return w.Bytes()
}

// kpp is KPPType of fns-vipul-types.xsd.
var kpp = typed(`([0-9][1-9]|[1-9][0-9])[0-9]{2}[0-9A-F]{2}[0-9]{3}`, "9 characters of a KPP")

// egrulQuestion is the identifier of the question about the organisation with
// these values.
func egrulQuestion(v map[string]string) string {
	if v[fieldOGRN] != "" {
		return questionID(egrulNamespace, "ОГРН", v[fieldOGRN])
	}
	return questionID(egrulNamespace, "ИННЮЛ", v[fieldOrgINN])
}

func egrulName(local string) xmldsig.Name { return xmldsig.Name{Space: egrulNamespace, Local: local} }

func parseEGRUL(content []byte, asked Subject) (Result, error) {
	doc, err := xmldsig.Parse(content)
	if err != nil {
		return Result{}, parseError(CheckEGRUL, err)
	}
	s := doc.Sequence(egrulName("FNSVipULResponse"))
	entry := s.Optional(egrulName("СвЮЛ"))
	var code string
	var o *organization
	if entry != nil {
		o, err = readOrganization(entry)
		s.Fail(err)
	} else {
		code = s.Text(egrulName("КодОбр"))
		s.Optional(egrulName("AttachmentsBlock"))
	}
	if err := s.End(); err != nil {
		return Result{}, parseError(CheckEGRUL, err)
	}
	if err := answers(doc, "ИдДок", egrulQuestion(asked.values())); err != nil {
		return Result{}, err
	}
	if o == nil {
		return uncovered("egrul", strings.TrimSpace(code), CheckEGRUL.fields()...), nil
	}
	return o.judge(asked)
}
