package smev

import (
	"errors"
	"time"

	"github.com/surguch/surguch/smev/xmldsig"
)

// organization is what we read of an extract.
type organization struct {
	day            time.Time // of the extract
	ogrn, inn, kpp string
	full, short    string // names
	terminated     bool
	statuses       []string
	unreliable     bool // the address
	managed        bool // by another organisation
	officials      []official
}

var (
	errExtractDate = errors.New("СвЮЛ has no date in ДатаВып")
	errStatusCode  = errors.New("СвСтатус has no code in КодСтатусЮЛ")
)

// readOrganization reads СвЮЛ. Its children stand in the order of the schema,
// so that nothing that speaks against the organisation can hide where nobody
// looks; of the children's own contents only what we need is read.
func readOrganization(e *xmldsig.Element) (*organization, error) {
	o := &organization{ogrn: attr(e, "ОГРН"), inn: attr(e, "ИНН"), kpp: attr(e, "КПП")}
	s := e.Sequence(egrulName("СвЮЛ"))
	var ok bool
	if o.day, ok = parseDate(attr(e, "ДатаВып")); !ok {
		s.Fail(errExtractDate)
	}
	name := s.One(egrulName("СвНаимЮЛ"))
	o.full, o.short = attr(name, "НаимЮЛПолн"), attr(name, "НаимЮЛСокр")
	address := s.One(egrulName("СвАдресЮЛ")).Sequence(egrulName("СвАдресЮЛ"))
	address.One(egrulName("АдресРФ"))
	o.unreliable = len(address.Many(egrulName("СвНедАдресЮЛ"))) > 0
	address.Optional(egrulName("СвРешИзмМН"))
	s.Fail(address.End())
	s.Optional(egrulName("СвАдрЭлПочты"))
	s.One(egrulName("СвОбрЮЛ"))
	s.One(egrulName("СвРегОрг"))
	for _, status := range s.Many(egrulName("СвСтатус")) {
		inner := status.Sequence(egrulName("СвСтатус"))
		code := attr(inner.One(egrulName("СвСтатус")), "КодСтатусЮЛ")
		if !shortCode.MatchString(code) {
			s.Fail(errStatusCode)
		}
		o.statuses = append(o.statuses, code)
	}
	o.terminated = s.Optional(egrulName("СвПрекрЮЛ")) != nil
	if tax := s.Optional(egrulName("СвУчетНО")); tax != nil {
		if o.inn == "" {
			o.inn = attr(tax, "ИНН")
		}
		if o.kpp == "" {
			o.kpp = attr(tax, "КПП")
		}
	}
	for _, local := range []string{"СвРегПФ", "СвРегФСС", "СвУстКап", "СвТипУстав"} {
		s.Optional(egrulName(local))
	}
	o.managed = len(s.Many(egrulName("СвУпрОрг"))) > 0
	for _, person := range s.Many(egrulName("СведДолжнФЛ")) {
		official, err := readOfficial(person)
		s.Fail(err)
		o.officials = append(o.officials, official)
	}
	for _, local := range []string{
		"СвУчредит", "СвДоляООО", "СвДержРеестрАО", "СвОКВЭД", "СвЛицензия", "СвПодразд", "СвРеорг",
		"СвПредш", "СвКФХПредш", "СвПреем", "СвКФХПреем", "СвЗапЕГРЮЛ",
	} {
		s.Many(egrulName(local))
	}
	return o, s.End()
}

// judge holds the extract against the subject.
func (o *organization) judge(asked Subject) (Result, error) {
	want := asked.Organization
	switch {
	case want.OGRN != "" && o.ogrn != want.OGRN:
		return Result{}, &MismatchError{Fields: []string{fieldOGRN}}
	case want.OGRN == "" && o.inn != want.INN:
		return Result{}, &MismatchError{Fields: []string{fieldOrgINN}}
	}
	head, position := o.head(asked)
	findings := append(o.state(), o.data(want)...)
	r := weigh(append(findings, head...))
	r.Found = Found{}
	for field, value := range map[string]string{
		fieldOGRN: o.ogrn, fieldOrgINN: o.inn, fieldKPP: o.kpp, fieldOrgName: o.name(), fieldPosition: position,
	} {
		if value != "" {
			r.Found[field] = value
		}
	}
	return r, nil
}

// name is the short name or, without one, the full.
func (o *organization) name() string {
	if o.short != "" {
		return o.short
	}
	return o.full
}

// data compares what was given beside the number asked with.
func (o *organization) data(want Organization) []Result {
	var findings []Result
	for _, c := range []struct{ field, reason, title, given, found string }{
		{fieldOrgINN, "egrul_inn", "ИНН", want.INN, o.inn},
		{fieldKPP, "egrul_kpp", "КПП", want.KPP, o.kpp},
	} {
		switch {
		case c.given == "" || c.given == c.found:
		case c.found == "":
			findings = append(findings, inconclusive(c.reason+"_missing", "В ЕГРЮЛ нет "+c.title+" организации.", c.field))
		default:
			findings = append(findings, refuted(c.reason+"_differs", "В ЕГРЮЛ другой "+c.title+" организации.", c.field))
		}
	}
	if want.Name != "" && !alikeName(want.Name, o.full) && !alikeName(want.Name, o.short) {
		findings = append(findings, refuted("egrul_name_differs", "В ЕГРЮЛ другое наименование организации.", fieldOrgName))
	}
	if o.unreliable {
		findings = append(findings, inconclusive("egrul_address_unreliable", "Сведения об адресе организации в ЕГРЮЛ отмечены как недостоверные.", fieldOGRN))
	}
	return findings
}
