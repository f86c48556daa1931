package smev

import (
	"errors"
	"strings"

	"github.com/surguch/surguch/smev/xmldsig"
)

const egripNamespace = "urn://x-artefacts-fns-vipip-tosmv-ru/311-15/4.0.5"

// EGRIP405 asks the tax service for the extract of a sole trader from the
// register of sole traders, schema fns-vipip-tosmv-ru.xsd 4.0.5, and reads
// from it whether the trade goes on and whether the trader is this person
// (63-FZ, article 18, part 2.2). It needs names, INN and, if the person gives
// it, OGRNIP; it asks by OGRNIP, or else by INN.
//
// The answer must repeat the identifier of the request (ИдДок) and be about
// the number asked with; otherwise it is refused. All findings are in
// Result.Text; the gravest gives outcome and reason, the first of these:
//
//	refuted       egrip_terminated    the person has ceased to be a sole trader
//	              egrip_name_differs  the sole trader has another name
//	              egrip_inn_differs   the sole trader has another INN
//	inconclusive  egrip_status_NNN    a state of its own, such as a farm without a head
//	              egrip_inn_missing   the extract holds no INN
//	              egrip_NN            another КодОбр: 53 is not given electronically
//	              egrip_unknown_code
//	not found     egrip_01
//	confirmed     egrip_active
//
// OGRNIP and INN are in Result.Found.
func EGRIP405() Kind {
	return Kind{
		Check:        CheckEGRIP,
		Name:         "Выписка из ЕГРИП по запросам органов государственной власти",
		Provider:     "FNS",
		Version:      "4.0.5",
		Namespace:    egripNamespace,
		Root:         "FNSVipIPRequest",
		ResponseRoot: "FNSVipIPResponse",
		Build:        buildEGRIP,
		Parse:        parseEGRIP,
		Schema:       "fns-vipip-tosmv-ru.xsd",
	}
}

func buildEGRIP(s Subject) ([]byte, error) {
	v, err := s.require(CheckEGRIP, need{fieldOGRNIP, ogrnip15.orEmpty()}, need{fieldINN, inn12},
		need{fieldLastName, name60}, need{fieldFirstName, name60}, need{fieldMiddleName, name60.orEmpty()})
	if err != nil {
		return nil, err
	}
	var w xmldsig.Writer
	w.Open("tns:FNSVipIPRequest", "xmlns:tns", egripNamespace, "ИдДок", egripQuestion(v))
	w.Open("tns:ЗапросИП")
	if v[fieldOGRNIP] != "" {
		w.Leaf("tns:ОГРНИП", v[fieldOGRNIP])
	} else {
		w.Leaf("tns:ИНН", v[fieldINN])
	}
	w.Close()
	w.Close()
	return w.Bytes()
}

// egripQuestion is the identifier of the question about the sole trader with
// these values.
func egripQuestion(v map[string]string) string {
	if v[fieldOGRNIP] != "" {
		return questionID(egripNamespace, "ОГРНИП", v[fieldOGRNIP])
	}
	return questionID(egripNamespace, "ИНН", v[fieldINN])
}

func egripName(local string) xmldsig.Name { return xmldsig.Name{Space: egripNamespace, Local: local} }

func parseEGRIP(content []byte, asked Subject) (Result, error) {
	doc, err := xmldsig.Parse(content)
	if err != nil {
		return Result{}, parseError(CheckEGRIP, err)
	}
	s := doc.Sequence(egripName("FNSVipIPResponse"))
	entry := s.Optional(egripName("СвИП"))
	var code string
	var t trader
	if entry != nil {
		t, err = readTrader(entry)
		s.Fail(err)
	} else {
		code = s.Text(egripName("КодОбр"))
	}
	if err := s.End(); err != nil {
		return Result{}, parseError(CheckEGRIP, err)
	}
	if err := answers(doc, "ИдДок", egripQuestion(asked.values())); err != nil {
		return Result{}, err
	}
	if entry == nil {
		return uncovered("egrip", strings.TrimSpace(code), CheckEGRIP.fields()...), nil
	}
	return t.judge(asked)
}

// trader is what we read of an extract.
type trader struct {
	ogrnip, inn         string
	last, first, middle string
	status              string
	terminated          bool
}

var errFarmCode = errors.New("СвСтатус has no code in КодСтатус")

// readTrader reads СвИП. Its children stand in the order of the schema, so
// that a termination cannot hide where nobody looks.
func readTrader(e *xmldsig.Element) (trader, error) {
	t := trader{ogrnip: attr(e, "ОГРНИП"), inn: attr(e, "ИННФЛ")}
	s := e.Sequence(egripName("СвИП"))
	person := s.One(egripName("СвФЛ")).Sequence(egripName("СвФЛ"))
	name := person.One(egripName("ФИОРус"))
	t.last, t.first, t.middle = attr(name, "Фамилия"), attr(name, "Имя"), attr(name, "Отчество")
	for _, local := range []string{"ФИОЛат", "ГРНИПДата", "ГРНИПДатаИспр"} {
		person.Optional(egripName(local))
	}
	s.Fail(person.End())
	s.One(egripName("СвГражд"))
	s.One(egripName("СвАдрМЖ"))
	s.Optional(egripName("СвАдрЭлПочты"))
	s.One(egripName("СвРегИП"))
	s.One(egripName("СвРегОрг"))
	if status := s.Optional(egripName("СвСтатус")); status != nil {
		t.status = attr(status.Sequence(egripName("СвСтатус")).One(egripName("СвСтатус")), "КодСтатус")
		if !shortCode.MatchString(t.status) {
			s.Fail(errFarmCode)
		}
	}
	t.terminated = s.Optional(egripName("СвПрекращ")) != nil
	if tax := s.Optional(egripName("СвУчетНО")); tax != nil && t.inn == "" {
		t.inn = attr(tax, "ИННФЛ")
	}
	for _, local := range []string{"СвРегПФ", "СвРегФСС", "СвОКВЭД", "СвЛицензия", "СвЗапЕГРИП"} {
		s.Many(egripName(local))
	}
	return t, s.End()
}

// judge holds the extract against the subject.
func (t trader) judge(asked Subject) (Result, error) {
	switch {
	case asked.OGRNIP != "" && t.ogrnip != asked.OGRNIP:
		return Result{}, &MismatchError{Fields: []string{fieldOGRNIP}}
	case asked.OGRNIP == "" && t.inn != asked.INN:
		return Result{}, &MismatchError{Fields: []string{fieldINN}}
	}
	findings := []Result{confirmed("egrip_active", "Заявитель зарегистрирован как индивидуальный предприниматель.")}
	if t.terminated {
		findings = append(findings, refuted("egrip_terminated", "Деятельность индивидуального предпринимателя прекращена.", fieldOGRNIP))
	}
	if !alike(t.last, asked.LastName) || !alike(t.first, asked.FirstName) || !alike(t.middle, asked.MiddleName) {
		findings = append(findings, refuted("egrip_name_differs", "В ЕГРИП другие фамилия, имя или отчество индивидуального предпринимателя.",
			fieldLastName, fieldFirstName, fieldMiddleName))
	}
	switch {
	case t.inn == asked.INN:
	case t.inn == "":
		findings = append(findings, inconclusive("egrip_inn_missing", "В ЕГРИП нет ИНН индивидуального предпринимателя.", fieldINN))
	default:
		findings = append(findings, refuted("egrip_inn_differs", "В ЕГРИП другой ИНН индивидуального предпринимателя.", fieldINN))
	}
	if t.status != "" {
		findings = append(findings, inconclusive("egrip_status_"+t.status,
			"Состояние индивидуального предпринимателя по ЕГРИП требует рассмотрения оператором (код статуса "+t.status+").", fieldOGRNIP))
	}
	r := weigh(findings)
	r.Found = Found{fieldOGRNIP: t.ogrnip}
	if t.inn != "" {
		r.Found[fieldINN] = t.inn
	}
	return r, nil
}
