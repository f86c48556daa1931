package forms

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/surguch/surguch/ra"
)

// moscow is the time that people read on papers: UTC+3 all the year (law
// 248-FZ of 21.07.2014).
var moscow = time.FixedZone("MSK", 3*60*60)

// paymentQR is the width of the code that banks read, in millimetres: some
// 70 modules of more than 0.5 mm.
const paymentQR = 40.0

// bill is what an invoice comes to for one request.
type bill struct {
	number string // with its date
	due    string // the last day to pay
	total  int64  // kopecks
}

// invoiceShown is what an invoice shows.
type invoiceShown struct {
	Form    *ra.Form `json:"form"`
	Invoice *Invoice `json:"invoice"`
	Date    string   `json:"date"` // 2006-01-02
}

// invoice draws the invoice: as an offer, or with a contract. Its number is
// that of the request, so that a payment finds its way back by its purpose;
// its date the day on which the request came into being. That may be before
// the form is filled in: then there is a line for the payer.
func (p *Printer) invoice(d ra.Document) (*paper, error) {
	v, f := p.invoicing, &d.Request.Form
	switch {
	case v == nil:
		return nil, errors.New("the configuration has no Invoice")
	case d.Request.Created.IsZero():
		return nil, errors.New("the request lacks the time of its beginning, which is the invoice's date")
	}
	day := d.Request.Created.In(moscow)
	name := "Счёт-оферта"
	if v.Contract {
		name = "Счёт и договор"
	}
	s, err := jsonPaper(about{name, "данных счёта"}, d, invoiceShown{f, v, day.Format(time.DateOnly)})
	if err != nil {
		return nil, err
	}
	b := bill{number: fmt.Sprintf("№ %s от %s", d.Request.ID, date(day)), due: date(day.AddDate(0, 0, v.Days))}
	b.total, _ = v.total()
	purpose := "Оплата по счёту " + b.number

	s.letterhead(v.Seller.Name, v.Seller.Address)
	if v.Contract {
		s.title("СЧЁТ", b.number)
	} else {
		s.title("СЧЁТ-ОФЕРТА", b.number)
	}
	v.Seller.rows(s)
	s.row("Назначение платежа", words(purpose))
	s.field("Плательщик", payer(f))
	s.y += 4
	v.items(s)
	s.y += 2
	s.paragraph(fmt.Sprintf("Всего к оплате: %s ₽ (%s). Оплатить до %s включительно.", money(b.total), spelled(b.total), b.due))
	s.payment(v.paymentText(purpose, b.total), "Оплата по QR-коду: откройте приложение банка, выберите оплату по QR-коду и наведите камеру.")
	if !v.Contract {
		p.offer(s, b)
	}
	s.official(v.Seller.HeadTitle, v.Seller.HeadName)
	if v.Contract {
		s.page()
		p.contract(s, f, b)
	}
	return s, nil
}

// payer is who pays, as far as the form says it.
func payer(f *ra.Form) string {
	inn := ""
	if f.INN != "" {
		inn = "ИНН " + f.INN
	}
	return joined(f.FullName(), inn, address(f))
}

// rows draws where to pay.
func (c *Seller) rows(s *paper) {
	numbers := "ИНН " + c.INN
	if c.KPP != "" {
		numbers += ", КПП " + c.KPP
	}
	s.row("Получатель", words(c.Name), words(numbers))
	s.row("Расчётный счёт", words(c.Account))
	s.row("Банк получателя", words(c.Bank), words("БИК "+c.BIC))
	s.row("Корреспондентский счёт", words(c.Correspondent))
}

// items draws what is paid for.
func (v *Invoice) items(s *paper) {
	g := s.newGrid(column{title: "№", width: 10}, column{title: "Услуга", width: 85}, column{"Количество", 22, true},
		column{"Цена, ₽", 29, true}, column{"Сумма, ₽", textWidth - 146, true})
	for i, item := range v.Items {
		g.add(fmt.Sprint(i+1), item.Name, fmt.Sprint(item.Quantity), money(item.Price), money(item.sum()))
	}
	total, tax := v.total()
	g = &grid{s, []column{{width: textWidth - 29, right: true}, {width: 29, right: true}}}
	g.add("Итого", money(total))
	switch {
	case v.VAT > 0:
		g.add(fmt.Sprintf("в том числе НДС %d %%", v.VAT), money(tax))
	case v.NoVAT != "":
		g.add("НДС не облагается: "+v.NoVAT, "—")
	default:
		g.add("НДС не облагается", "—")
	}
}

// paymentText is the payment in the form that banks read (GOST R 56042-2014):
// ST, version 0001, 2 for UTF-8, the sum in kopecks.
func (v *Invoice) paymentText(purpose string, total int64) string {
	c := &v.Seller
	fields := []string{"ST00012", "Name=" + c.Name, "PersonalAcc=" + c.Account, "BankName=" + c.Bank, "BIC=" + c.BIC,
		"CorrespAcc=" + c.Correspondent, "PayeeINN=" + c.INN}
	if c.KPP != "" {
		fields = append(fields, "KPP="+c.KPP)
	}
	return strings.Join(append(fields, fmt.Sprintf("Sum=%d", total), "Purpose="+purpose), "|")
}

// payment draws the code that banks read, and beside it what to do with it.
func (p *paper) payment(text, hint string) {
	p.need(paymentQR)
	top := p.y
	p.drawQR(text, leftEdge, top, paymentQR)
	p.y = top + paymentQR/2 - 2*bodyFace.lead()
	p.block(bodyFace, leftEdge+paymentQR+4, textWidth-paymentQR-4, hint)
	p.y = top + paymentQR
}

// offer draws what payment means.
func (p *Printer) offer(s *paper, b bill) {
	s.section("Условия оферты")
	s.list(
		fmt.Sprintf("Настоящий счёт — предложение (оферта) %s заключить договор на оказание указанных в нём услуг (статья 435 Гражданского "+
			"кодекса Российской Федерации).", p.invoicing.Seller.Name),
		fmt.Sprintf("Оплата счёта полностью до %s включительно — принятие предложения (акцепт, пункт 3 статьи 438 Гражданского кодекса "+
			"Российской Федерации). Договор считается заключённым в день поступления денег на счёт получателя.", b.due),
		p.conditions(),
	)
}

// conditions are those of either kind of contract.
func (p *Printer) conditions() string {
	return fmt.Sprintf("Услуги оказываются по правилам документа «%s» удостоверяющего центра %s, опубликованного по адресу %s, после того как "+
		"заявитель представит необходимые документы и установлена его личность.", innerQuotes(p.authority.RulesTitle), p.authority.Name, p.authority.RulesURL)
}
