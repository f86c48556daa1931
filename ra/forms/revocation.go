package forms

import (
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
)

// revocationShown is what an application to end, suspend or resume a
// certificate shows.
type revocationShown struct {
	Form        *ra.Form `json:"form"`
	Certificate []byte   `json:"certificate"`      // DER
	Action      string   `json:"action"`           // revoke, suspend, resume
	Reason      string   `json:"reason,omitempty"` // of RFC 5280, section 5.3.1; of the end alone
}

// demand is one of the things that an owner can ask for.
type demand struct {
	code, title, verb string
}

var demands = map[ra.RevocationAction]demand{
	ra.ActRevoke:  {"revoke", "на прекращение действия (отзыв) сертификата ключа проверки электронной подписи", "прекратить"},
	ra.ActSuspend: {"suspend", "на приостановление действия сертификата ключа проверки электронной подписи", "приостановить"},
	ra.ActResume:  {"resume", "на возобновление действия сертификата ключа проверки электронной подписи", "возобновить"},
}

// ownersReasons are those that an owner can have to end his certificate.
var ownersReasons = map[csr.Reason]bool{
	csr.ReasonUnspecified: true, csr.ReasonKeyCompromise: true, csr.ReasonAffiliationChanged: true, csr.ReasonSuperseded: true,
	csr.ReasonCessationOfOperation: true, csr.ReasonPrivilegeWithdrawn: true,
}

// revocation draws the owner's application to end, suspend or resume his
// certificate.
func (p *Printer) revocation(d ra.Document) (*paper, error) {
	f := &d.Request.Form
	if d.Revocation == nil {
		return nil, errors.New("the document does not say what is asked: Revocation")
	}
	ask, reason := *d.Revocation, ""
	what, known := demands[ask.Action]
	if ask.Action == ra.ActRevoke {
		known, reason = ownersReasons[ask.Reason], ask.Reason.String()
	}
	if !known {
		return nil, errors.New("the document's Revocation is nothing that an owner applies for")
	}
	if err := complete(f); err != nil {
		return nil, err
	}
	c, err := p.certificate(d)
	if err != nil {
		return nil, err
	}
	s, err := jsonPaper(about{"Заявление о сертификате", "данных заявления"}, d, revocationShown{f, c.Raw, what.code, reason})
	if err != nil {
		return nil, err
	}
	p.addressee(s)
	s.title("ЗАЯВЛЕНИЕ", what.title)
	s.paragraph(fmt.Sprintf("Я, %s, паспорт %s, прошу %s действие выданного мне сертификата ключа проверки электронной подписи:",
		f.FullName(), passport(f), what.verb))
	s.y += 1
	ownRows(s, c)
	s.row("СНИЛС", words(f.SNILS))
	s.row("ИНН", words(f.INN))
	switch ask.Action {
	case ra.ActRevoke:
		s.row("Причина", words(ask.Reason.Russian()), words(fmt.Sprintf("код %d (%s)", uint8(ask.Reason), reason)))
		if !ask.InvalidSince.IsZero() {
			s.row("Ключу нельзя доверять с", words(ask.InvalidSince.Format("02.01.2006")))
		}
	case ra.ActSuspend:
		s.field("Срок приостановления", "")
	}
	s.row("Ключевая фраза, если её просят назвать", words("сверяется с заявлением на изготовление сертификата:"), words(""), words(""))
	s.y += 2
	if ask.Action != ra.ActResume {
		s.paragraph("Последствия мне разъяснены: сведения о сертификате вносятся в реестр и в список отозванных сертификатов; документы, подписанные " +
			"после этого, не считаются подписанными действительной квалифицированной подписью.")
	}
	s.signature(signer{"Владелец сертификата", f.FullName(), "дата"})
	return s, nil
}
