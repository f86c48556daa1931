package forms

import (
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/ra"
)

// sheet draws what a certificate says, for the owner to acknowledge by his
// signature (law 63-FZ, article 18, part 3).
func (p *Printer) sheet(d ra.Document) (*paper, error) {
	c, err := p.certificate(d)
	if err != nil {
		return nil, err
	}
	s := newPaper(about{"Лист ознакомления", "файла сертификата"}, d, c.Raw)
	p.caption(s)
	s.title("ЛИСТ ОЗНАКОМЛЕНИЯ",
		"с информацией, содержащейся в квалифицированном сертификате", "ключа проверки электронной подписи")

	s.section("1. Сведения о сертификате")
	s.row("Кому выдан", words(shownAs(c.Subject)))
	s.row("Кем выдан", words(shownAs(c.Issuer)))
	s.row("Версия", words(version(c)))
	s.row("Серийный номер", serial(c.SerialNumber))
	s.row("Издатель", nameLines(c.Issuer)...)
	s.row("Действителен с", words(moment(c.NotBefore)))
	s.row("Действителен по", words(moment(c.NotAfter)))
	s.row("Владелец", nameLines(c.Subject)...)

	s.section("2. Ключ проверки электронной подписи")
	if err := keyRows(s, c.RawKey, c.Algorithm, c.PublicKey); err != nil {
		return nil, err
	}

	s.section("3. Расширения сертификата")
	if len(c.Extensions) == 0 {
		s.paragraph("Сертификат не содержит расширений.")
	}
	extensionRows(s, c.Extensions)

	s.section("4. Подпись удостоверяющего центра")
	if err := signatureRows(s, c.Raw, c.Signature); err != nil {
		return nil, err
	}

	s.section("5. Подтверждение владельца")
	s.paragraph("Информация, указанная в сертификате, верна. Получена лично. «Руководство по обеспечению безопасности использования " +
		"квалифицированной электронной подписи и средств квалифицированной электронной подписи» получено.")
	s.signature(signer{role: "Владелец сертификата", date: "дата вручения"})
	if d.Stamp != "" {
		p.certified(s, d.Stamp)
	}
	return s, nil
}

// certified draws by whom and under which stamp a paper copy is certified. The
// stamp itself vouches for its number, so the hash stays that of the
// certificate alone.
func (p *Printer) certified(s *paper, stamp string) {
	s.need(75)
	s.section("6. Заверение копии")
	s.paragraph("Копия сертификата на бумажном носителе верна. Изготовлена в двух экземплярах: для владельца и для удостоверяющего центра.")
	s.row("Заверил", words(p.authority.Name))
	s.row("Номер печати", words(stamp))
	s.row("Место печати", words(""), words(""), words(""), words(""), words(""), words(""))
	s.official("Должность: ____________________", "")
}

// certificate parses the certificate of a document.
func (p *Printer) certificate(d ra.Document) (*csr.Certificate, error) {
	if len(d.Certificate) == 0 {
		return nil, errors.New("the document has no certificate")
	}
	return p.algorithms.ParseCertificate(d.Certificate)
}

// shownAs is the part of a name that a person is told first.
func shownAs(n csr.Name) string {
	if cn := n.Get(csr.CommonName); cn != "" {
		return cn
	}
	return n.String()
}

// nameLines writes a name attribute by attribute, in their order.
func nameLines(n csr.Name) (lines []piece) {
	for _, a := range n.Attributes() {
		lines = append(lines, words(oid.Short(a.Type)+"="+a.Value))
	}
	return lines
}

// version writes the version field as the usual form has it: 3 (0x2).
func version(c *csr.Certificate) string {
	in, _ := der.ReadWhole(c.RawTBS, der.Sequence)
	var field der.String
	var present bool
	n := 0
	if in.ReadOptionalASN1(&field, &present, der.ContextCons(0)) && present {
		field.ReadASN1Integer(&n) // ParseCertificate has read it before
	}
	return fmt.Sprintf("%d (0x%x)", n+1, n)
}

// serial writes a serial number as octets; one that is not positive, which
// RFC 5280, section 4.1.2.2 forbids, as a number.
func serial(n *big.Int) piece {
	if n.Sign() <= 0 {
		return words(n.String())
	}
	return octets(n.Bytes())
}

func moment(t time.Time) string { return t.UTC().Format("02.01.2006 15:04:05 UTC") }
