package forms

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
)

// application draws the application of a natural person: the request, the
// data for the certificate, the applicant, accession to the rules,
// truthfulness, signature; and on a sheet of its own the consent.
func (p *Printer) application(d ra.Document) (*paper, error) {
	f := &d.Request.Form
	subject, err := ra.Subject(f)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	s := newPaper(about{"Заявление на изготовление сертификата", "данных анкеты"}, d, data)
	p.addressee(s)
	s.title("ЗАЯВЛЕНИЕ", "на изготовление сертификата ключа проверки электронной подписи")

	s.section("1. Изготовление сертификата")
	s.paragraph(fmt.Sprintf("Я, %s, прошу зарегистрировать меня в реестре удостоверяющего центра и изготовить (создать) "+
		"на моё имя квалифицированный сертификат ключа проверки электронной подписи физического лица "+
		"в соответствии с данными, указанными в настоящем заявлении.", f.FullName()))

	s.section("2. Данные для включения в сертификат")
	subjectRows(s, subject.Attributes())
	if d.Use != "" {
		s.row("Область применения", words(d.Use))
	}
	if f.Licence != "" {
		s.row("Лицензия на средство электронной подписи", words("встроена в сертификат"))
	}
	s.row("Ограничения использования квалифицированного сертификата", words("не устанавливаются"))
	if len(d.PKCS10) > 0 {
		s.row("Файл запроса с ключом, Стрибог-256", hashOf(d.PKCS10))
	}

	s.section("3. Сведения о заявителе")
	applicantRows(s, f)

	s.section("4. Присоединение к правилам удостоверяющего центра")
	s.paragraph(fmt.Sprintf("В соответствии со статьёй 428 Гражданского кодекса Российской Федерации полностью и безусловно "+
		"присоединяюсь к условиям документа «%s» в редакции от %s, опубликованного по адресу %s. С условиями %s "+
		"и обязуюсь их соблюдать.", innerQuotes(p.authority.RulesTitle), date(p.authority.RulesDate), p.authority.RulesURL,
		gendered(f, "ознакомлен", "ознакомлена")))
	s.paragraph("Получение «Руководства по обеспечению безопасности использования электронной подписи и средств электронной подписи» подтверждаю.")

	s.section("5. Достоверность сведений")
	s.paragraph(fmt.Sprintf("Сведения, указанные в настоящем заявлении, и представленные документы достоверны и действительны. "+
		"Адрес электронной почты %s и номер телефона %s принадлежат мне. Об ответственности за представление недостоверных "+
		"сведений %s.", f.Email, f.Phone, gendered(f, "предупреждён", "предупреждена")))
	s.paragraph("Обязуюсь обеспечивать конфиденциальность ключа электронной подписи и уведомлять удостоверяющий центр о её нарушении " +
		"не позднее одного рабочего дня со дня, когда о нём станет известно.")
	s.signature(signer{"Заявитель", f.FullName(), "дата"})

	s.page()
	p.consent(s, f)
	return s, nil
}

// addressee draws to whom the application is, beside the QR code.
func (p *Printer) addressee(s *paper) {
	const x, width = leftEdge + 80, textWidth - 80
	for _, line := range []string{p.authority.HeadTitle, p.authority.Name, p.authority.HeadName, p.authority.Address} {
		s.block(bodyFace, x, width, line)
	}
	s.y = max(s.y, topEdge+qrSize-2)
}

// subjectRows draws the attributes of a name: the usual ones in the order of
// the usual form, whatever their order in the name, and then all others.
func subjectRows(s *paper, attributes []csr.Attribute) {
	place := func(a csr.Attribute) int {
		i := slices.Index(subjectOrder, a.Type.String())
		if i < 0 {
			return len(subjectOrder)
		}
		return i
	}
	sorted := slices.Clone(attributes)
	slices.SortStableFunc(sorted, func(a, b csr.Attribute) int { return cmp.Compare(place(a), place(b)) })
	for _, a := range sorted {
		s.row(attributeName(a.Type), words(a.Value))
	}
}

// applicantRows draws what identifies the applicant and is not in the
// certificate.
func applicantRows(s *paper, f *ra.Form) {
	s.row("Дата и место рождения", words(dateOf(f.BirthDate)+", "+f.BirthPlace))
	s.row("Пол", words(gendered(f, "мужской", "женский")))
	s.row("Гражданство", words(citizenship(f.Country)))
	s.row("Паспорт", words(passport(f)))
	s.row("Адрес", words(address(f)))
	s.row("Телефон", words(f.Phone))
	s.row("Ключевая фраза для обращений по телефону", words("заполняется от руки, если заявление подписывается на бумаге:"), words(""), words(""))
}

// complete names what a form lacks of the person's name, birth and passport,
// without which its papers would have gaps.
func complete(f *ra.Form) error {
	var missing []string
	for _, field := range []struct{ name, value string }{
		{"name", f.FullName()}, {"birth date", f.BirthDate}, {"passport series", f.PassportSeries}, {"passport number", f.PassportNumber},
		{"passport date", f.PassportDate}, {"passport issuer", f.PassportIssuer}, {"address", address(f)},
	} {
		if field.value == "" {
			missing = append(missing, field.name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the request's form lacks: %s", strings.Join(missing, ", "))
	}
	return nil
}

func passport(f *ra.Form) string {
	return fmt.Sprintf("серия %s № %s, выдан %s %s, код подразделения %s",
		f.PassportSeries, f.PassportNumber, dateOf(f.PassportDate), f.PassportIssuer, f.PassportDivCode)
}

// address is the address of the form in one line. The region is written
// there with its code, and for a city of federal rank it is the city.
func address(f *ra.Form) string {
	region := strings.TrimSpace(strings.TrimLeft(f.Region, "0123456789"))
	parts := []string{f.PostalCode, region}
	if !strings.HasSuffix(" "+region, " "+f.City) {
		parts = append(parts, f.City)
	}
	parts = append(parts, f.Street)
	return joined(parts...)
}

// joined joins what there is with commas.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

func citizenship(country string) string {
	if country == "RU" {
		return "Российская Федерация"
	}
	return country
}

// gendered chooses the word for the applicant's gender; both, if it is not
// known.
func gendered(f *ra.Form, he, she string) string {
	switch f.Gender {
	case "1":
		return he
	case "2":
		return she
	}
	return he + " (" + she + ")"
}

// innerQuotes writes the quotation marks of a text that stands in quotation
// marks itself: „ “ inside of « ».
func innerQuotes(s string) string { return strings.NewReplacer("«", "„", "»", "“").Replace(s) }

func date(t time.Time) string { return t.Format("02.01.2006") }

// dateOf writes a date of the form; one that is none stands as it is.
func dateOf(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return date(t)
}
