package forms

import (
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
)

// request draws a PKCS #10 request: owner, public key, extensions asked for,
// signature, file.
func (p *Printer) request(d ra.Document) (*paper, error) {
	if len(d.PKCS10) == 0 {
		return nil, errors.New("the document has no PKCS #10 request")
	}
	r, err := p.algorithms.Parse(d.PKCS10)
	if err != nil {
		return nil, err
	}
	s := newPaper(about{"Запрос на сертификат", "файла запроса"}, d, r.Raw)
	p.caption(s)
	s.title("ЗАПРОС", "на сертификат ключа проверки электронной подписи")

	s.section("1. Владелец сертификата")
	subjectRows(s, r.Subject.Attributes())

	s.section("2. Ключ проверки электронной подписи")
	if err := keyRows(s, r.RawKey, r.Algorithm, r.PublicKey); err != nil {
		return nil, err
	}

	s.section("3. Запрашиваемые расширения сертификата")
	if len(r.Extensions) == 0 {
		s.paragraph("Расширения не запрашиваются.")
	}
	extensionRows(s, r.Extensions)

	s.section("4. Подпись запроса")
	if err := signatureRows(s, r.Raw, r.Signature); err != nil {
		return nil, err
	}

	s.section("5. Файл запроса")
	s.row("Размер, байт", words(fmt.Sprint(len(r.Raw))))
	s.row("Хэш-код файла, Стрибог-256", hashOf(r.Raw))
	s.y += 2
	s.paragraph("Сведения, указанные в запросе, верны. Ключ электронной подписи, соответствующий указанному ключу проверки, находится у меня.")
	s.signature(signer{"Заявитель", r.Subject.Get(csr.CommonName), "дата"})
	return s, nil
}

// caption draws the authority's name beside the QR code.
func (p *Printer) caption(s *paper) { s.letterhead(p.authority.Name, p.authority.Address) }

// letterhead draws whose paper it is beside the QR code.
func (p *paper) letterhead(name, address string) {
	p.y += 4
	const x, width = leftEdge + 35, textWidth - 35
	p.block(strongFace, x, width, name)
	p.block(bodyFace, x, width, address)
	p.y = max(p.y, topEdge+qrSize-2)
}
