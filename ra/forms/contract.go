package forms

import (
	"fmt"

	"github.com/surguch/surguch/ra"
)

// contract draws the contract that comes with an invoice, on sheets of its
// own.
func (p *Printer) contract(s *paper, f *ra.Form, b bill) {
	v := p.invoicing
	s.title("ДОГОВОР", "возмездного оказания услуг", b.number)
	s.section("1. Стороны")
	s.row("Исполнитель", words(v.Seller.Name), words(v.Seller.Address))
	s.field("Заказчик", f.FullName())
	s.field("Паспорт и адрес заказчика", joined(passportIfKnown(f), address(f)))

	s.section("2. Предмет")
	s.paragraph("Исполнитель оказывает заказчику услуги, перечисленные в счёте с тем же номером.")
	s.paragraph(p.conditions())

	s.section("3. Цена и оплата")
	s.paragraph(fmt.Sprintf("Цена услуг — %s ₽ (%s), %s. Заказчик оплачивает её полностью до %s включительно.",
		money(b.total), spelled(b.total), v.taxClause(), b.due))

	s.section("4. Обязанности сторон")
	s.list(
		"Исполнитель оказывает услуги в срок, установленный этими правилами, и отвечает за сохранность документов и персональных данных.",
		"Заказчик представляет достоверные сведения и документы по списку, предъявляет оригиналы и хранит в тайне ключ электронной подписи.",
		"Если в выпуске сертификата отказано, исполнитель возвращает уплаченное за вычетом стоимости уже оказанных услуг.",
	)

	s.section("5. Прочие условия")
	s.list(
		"Договор действует до исполнения обязательств. Заказчик вправе отказаться от него по статье 782 Гражданского кодекса Российской Федерации.",
		"Договор составлен в двух экземплярах, по одному для каждой стороны.",
	)
	s.need(68)
	s.section("6. Подписи")
	s.official("Исполнитель: "+v.Seller.HeadTitle, v.Seller.HeadName)
	s.pen(signer{"Заказчик", f.FullName(), "дата"})
}

// taxClause says of a price what of it is tax.
func (v *Invoice) taxClause() string {
	if v.VAT == 0 {
		return "НДС не облагается"
	}
	_, tax := v.total()
	return fmt.Sprintf("в том числе НДС %d %% — %s ₽", v.VAT, money(tax))
}
