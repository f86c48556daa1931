package forms

import "github.com/surguch/surguch/ra"

// questionnaire draws the form on paper, with what is known of it and lines
// for the rest. It asks for the phone of whoever will request the certificate:
// that person may be another than the owner.
func (p *Printer) questionnaire(d ra.Document) (*paper, error) {
	f := &d.Request.Form
	s, err := p.formPaper("Анкета", d)
	if err != nil {
		return nil, err
	}
	s.title("АНКЕТА", "на получение квалифицированного сертификата ключа проверки электронной подписи")
	s.paragraph("Заполняется как в паспорте, с теми же прописными и строчными буквами; пустые строки — от руки, печатными буквами.")

	s.section("1. Владелец сертификата")
	s.field("Фамилия", f.LastName)
	s.field("Имя", f.FirstName)
	s.field("Отчество (при наличии)", f.MiddleName)
	s.field("Дата рождения", dateOf(f.BirthDate))
	s.field("Место рождения", f.BirthPlace)
	s.field("Пол", genderOf(f))
	s.field("Гражданство", citizenship(f.Country))
	s.field("СНИЛС", f.SNILS)
	s.field("ИНН", f.INN)

	s.section("2. Паспорт")
	s.field("Серия", f.PassportSeries)
	s.field("Номер", f.PassportNumber)
	s.field("Дата выдачи", dateOf(f.PassportDate))
	s.field("Кем выдан", f.PassportIssuer)
	s.field("Код подразделения", f.PassportDivCode)

	s.section("3. Адрес и связь")
	s.field("Почтовый индекс", f.PostalCode)
	s.field("Субъект Российской Федерации", f.Region)
	s.field("Населённый пункт", f.City)
	s.field("Улица, дом, квартира", f.Street)
	s.field("Адрес электронной почты", f.Email)
	s.field("Телефон владельца", f.Phone)

	s.need(105)
	s.section("4. Кто будет запрашивать сертификат")
	s.paragraph("На этот номер придут сообщения и коды для входа. Укажите телефон сотрудника, который будет выполнять запрос сертификата.")
	s.field("Фамилия, имя, отчество", "")
	s.field("Телефон", "")
	s.field("Где будет применяться подпись", "")

	s.y += 2
	s.paragraph("Сведения указаны верно. Заполненная анкета возвращается в сервисный центр.")
	s.signature(signer{"Владелец сертификата", f.FullName(), "дата"})
	return s, nil
}

// field draws a row of one value; without it, of a line to write on.
func (p *paper) field(label, value string) {
	if value == "" {
		p.row(label, words(""), words(""))
		return
	}
	p.row(label, words(value))
}

// genderOf is the applicant's gender, if it is known.
func genderOf(f *ra.Form) string {
	if f.Gender == "" {
		return ""
	}
	return gendered(f, "мужской", "женский")
}
