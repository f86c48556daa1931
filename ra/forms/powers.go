package forms

import (
	"fmt"
	"slices"
	"strings"

	"github.com/surguch/surguch/ra"
)

// Powers are what the samples of powers of attorney empower to, each an
// infinitive clause in Russian without a full stop. Nil: the usual ones.
type Powers struct {
	Act     []string // to act before the authority on the owner's behalf
	Receive []string // to receive what is ready
}

var usualPowers = Powers{
	Act: []string{
		"подавать заявление на изготовление сертификата и прилагаемые к нему документы",
		"предъявлять оригиналы документов и передавать их удостоверяющему центру",
		"исправлять и дополнять представленные документы, получать сведения о ходе рассмотрения заявки",
		"расписываться и совершать действия, необходимые для исполнения этого поручения",
	},
	Receive: []string{
		"получать Маркер, инструкцию и руководство по обеспечению безопасности использования электронной подписи",
		"получать ключевой носитель и сертификат ключа проверки электронной подписи на бумаге",
		"расписываться и совершать действия, необходимые для исполнения этого поручения",
	},
}

// clone returns powers of its own, with the usual ones for those not given.
func (w Powers) clone() Powers {
	if w.Act == nil {
		w.Act = usualPowers.Act
	}
	if w.Receive == nil {
		w.Receive = usualPowers.Receive
	}
	return Powers{slices.Clone(w.Act), slices.Clone(w.Receive)}
}

// powersOfAttorney draws the samples, each on a sheet of its own.
func (p *Printer) powersOfAttorney(d ra.Document) (*paper, error) {
	s, err := p.formPaper("Образцы доверенностей", d)
	if err != nil {
		return nil, err
	}
	p.power(s, &d.Request.Form, "на представление документов", p.powers.Act)
	s.page()
	p.power(s, &d.Request.Form, "на получение", p.powers.Receive)
	return s, nil
}

// power draws one sample. What the form does not say yet is left to write.
func (p *Printer) power(s *paper, f *ra.Form, purpose string, powers []string) {
	s.title("ДОВЕРЕННОСТЬ № ________", purpose)
	s.row("Место и дата выдачи", words(""), words(""))

	s.section("Доверитель")
	s.field("Фамилия, имя, отчество", f.FullName())
	s.field("Дата рождения", dateOf(f.BirthDate))
	s.field("Паспорт: серия, номер, кем и когда выдан", passportIfKnown(f))
	s.field("Адрес", address(f))

	s.section("Представитель")
	s.field("Фамилия, имя, отчество", "")
	s.field("Дата рождения", "")
	s.field("Паспорт: серия, номер, кем и когда выдан", "")
	s.field("Адрес", "")

	s.section("Полномочия")
	s.paragraph(fmt.Sprintf("Доверитель уполномочивает представителя действовать от его имени перед удостоверяющим центром %s, адрес: %s:",
		p.authority.Name, p.authority.Address))
	var items []string
	for i, power := range powers {
		end := ";"
		if i == len(powers)-1 {
			end = "."
		}
		items = append(items, strings.TrimRight(power, ".;")+end)
	}
	s.list(items...)
	s.paragraph("Доверенность выдана без права передоверия и действует по «____» ______________ 20____ г. включительно.")
	s.official("Образец подписи представителя; подпись удостоверяю", "")
	s.pen(signer{"Доверитель", f.FullName(), "дата"})
}

// passportIfKnown is the passport's particulars, or nothing while the form
// does not have them.
func passportIfKnown(f *ra.Form) string {
	if f.PassportNumber == "" {
		return ""
	}
	return passport(f)
}
