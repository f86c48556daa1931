package forms

import (
	"errors"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
)

// handoverShown is what a hand-over act shows.
type handoverShown struct {
	Owner       string           `json:"owner"`
	Certificate []byte           `json:"certificate"` // DER
	Carrier     *ra.CarrierPaper `json:"carrier"`
}

// handover draws the act by which the owner takes the carrier with his key
// and certificate.
func (p *Printer) handover(d ra.Document) (*paper, error) {
	f := &d.Request.Form
	if d.Carrier == nil || d.Carrier.Model == "" || d.Carrier.Serial == "" {
		return nil, errors.New("the document has no carrier, or one without model or serial number")
	}
	if err := complete(f); err != nil {
		return nil, err
	}
	c, err := p.certificate(d)
	if err != nil {
		return nil, err
	}
	s, err := jsonPaper(about{"Акт о вручении носителя", "данных акта"}, d, handoverShown{f.FullName(), c.Raw, d.Carrier})
	if err != nil {
		return nil, err
	}
	p.caption(s)
	s.title("АКТ", "о вручении ключевого носителя и сертификата")
	s.section("1. Что вручено")
	s.row("Ключевой носитель", words(d.Carrier.Model))
	s.row("Серийный номер носителя", words(d.Carrier.Serial))
	ownRows(s, c)
	s.section("2. Подтверждение владельца")
	s.list(
		"Носитель с ключом электронной подписи и сертификатом мне вручён, упаковка и сам носитель не повреждены.",
		"Сведения в сертификате верны, его копия на бумаге получена под роспись.",
		"Мне разъяснено, что PIN-код нужно сменить до первого использования, а о нарушении тайны ключа — сообщить удостоверяющему центру.",
	)
	s.pen(signer{"Получил владелец сертификата", f.FullName(), "дата вручения"})
	s.official("Вручил Агент", "")
	return s, nil
}

// ownRows draws what tells one certificate from others.
func ownRows(s *paper, c *csr.Certificate) {
	s.row("Владелец", words(shownAs(c.Subject)))
	s.row("Серийный номер сертификата", serial(c.SerialNumber))
	s.row("Кем выдан", words(shownAs(c.Issuer)))
	s.row("Действителен с", words(moment(c.NotBefore)))
	s.row("Действителен по", words(moment(c.NotAfter)))
}
