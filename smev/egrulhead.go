package smev

import (
	"errors"
	"time"

	"github.com/surguch/surguch/smev/xmldsig"
)

// official is a person who may act for an organisation without a power of
// attorney (СведДолжнФЛ).
type official struct {
	last, first, middle string
	inn                 string
	position            string
	unreliable          bool
	disqualified        []period
}

// period is a time of days, both ends included.
type period struct{ from, to time.Time }

func (p period) holds(day time.Time) bool { return !day.Before(p.from) && !day.After(p.to) }

var errDisqualification = errors.New("СвДискв has no dates in ДатаНачДискв and ДатаОкончДискв")

func readOfficial(e *xmldsig.Element) (official, error) {
	s := e.Sequence(egrulName("СведДолжнФЛ"))
	s.Optional(egrulName("ГРНДатаПерв"))
	person := s.One(egrulName("СвФЛ"))
	f := official{
		last: attr(person, "Фамилия"), first: attr(person, "Имя"), middle: attr(person, "Отчество"), inn: attr(person, "ИННФЛ"),
	}
	f.position = attr(s.One(egrulName("СвДолжн")), "НаимДолжн")
	s.Optional(egrulName("СвНомТел"))
	f.unreliable = len(s.Many(egrulName("СвНедДанДолжнФЛ"))) > 0
	for _, d := range s.Many(egrulName("СвДискв")) {
		from, ok := parseDate(attr(d, "ДатаНачДискв"))
		to, also := parseDate(attr(d, "ДатаОкончДискв"))
		if !ok || !also {
			s.Fail(errDisqualification)
		}
		f.disqualified = append(f.disqualified, period{from, to})
	}
	return f, s.End()
}

// head tells whether the subject may act for the organisation without a power
// of attorney, and in which position. The INN makes the person; a namesake
// with another INN is somebody else.
func (o *organization) head(asked Subject) (findings []Result, position string) {
	var same, nameless, renamed []official
	hidden := false
	for _, f := range o.officials {
		named := alike(f.last, asked.LastName) && alike(f.first, asked.FirstName) && alike(f.middle, asked.MiddleName)
		switch {
		case f.inn == "" && f.last == "":
			hidden = true
		case f.inn == "" && named:
			nameless = append(nameless, f)
		case f.inn == "" || f.inn != asked.INN:
		case named:
			same = append(same, f)
		default:
			renamed = append(renamed, f)
		}
	}
	names := []string{fieldLastName, fieldFirstName, fieldMiddleName}
	switch {
	case same != nil:
		findings = append(findings, confirmed("egrul_head", "Организация действует, заявитель вправе действовать от её имени без доверенности."))
	case renamed != nil:
		findings = append(findings, refuted("egrul_head_name_differs", "В ЕГРЮЛ другие фамилия, имя или отчество руководителя с этим ИНН.", names...))
	case nameless != nil:
		findings = append(findings, inconclusive("egrul_head_inn_missing", "В ЕГРЮЛ нет ИНН руководителя; тёзку исключает оператор.", fieldINN))
	case hidden:
		findings = append(findings, inconclusive("egrul_head_hidden", "Сведения о руководителе организации в выписке из ЕГРЮЛ не раскрыты.", names...))
	case o.managed:
		findings = append(findings, inconclusive("egrul_managed", "Организацией руководит управляющая организация; полномочия проверяет оператор.", names...))
	default:
		findings = append(findings, refuted("egrul_not_head", "Заявитель не указан в ЕГРЮЛ как лицо, действующее от имени организации без доверенности.", names...))
	}
	for _, f := range append(append(same, renamed...), nameless...) {
		position = f.position
		for _, d := range f.disqualified {
			if d.holds(o.day) {
				findings = append(findings, refuted("egrul_head_disqualified", "Руководитель организации дисквалифицирован.", names...))
			}
		}
		if f.unreliable {
			findings = append(findings, refuted("egrul_head_unreliable", "Сведения о руководителе организации в ЕГРЮЛ отмечены как недостоверные.", names...))
		}
	}
	return findings, position
}
