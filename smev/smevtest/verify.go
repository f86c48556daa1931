package smevtest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// signedParts names, by operation, what the caller signs: an element that
// stands beside the block of his signature.
var signedParts = map[string]struct {
	local string
	basic bool // of the namespace of shared parts
}{
	"SendRequest":                {"SenderProvidedRequestData", false},
	"SendResponse":               {"SenderProvidedResponseData", false},
	"GetRequest":                 {"MessageTypeSelector", true},
	"GetResponse":                {"MessageTypeSelector", true},
	"GetStatus":                  {"Timestamp", true},
	"GetIncomingQueueStatistics": {"Timestamp", true},
	"Ack":                        {"AckTargetMessage", true},
}

// authenticate finds out who calls, by the signature of the message. That
// comes before the envelope is held against its schema, so the elements are
// looked for among the children and not in their order.
func (s *Server) authenticate(c *call) *soap.Fault {
	part := signedParts[c.operation]
	name := xmldsig.Name{Space: c.version.Types(), Local: part.local}
	if part.basic {
		name.Space = c.version.Basic()
	}
	targets := children(c.body, name)
	blocks := children(c.body, xmldsig.Name{Space: c.version.Types(), Local: "CallerInformationSystemSignature"})
	if len(blocks) == 0 || len(blocks[0].Children) == 0 {
		if s.cfg.Unsigned {
			c.caller, c.verdict = anonymous, "unsigned"
			return nil
		}
		c.verdict = "no signature"
		const text = "Сообщение содержит не все вложенные элементы. Блок CallerInformationSystemSignature отсутствует либо пуст."
		return s.invalidContent(text, errors.New("CallerInformationSystemSignature is missing or empty"))
	}
	if len(targets) != 1 || len(blocks) != 1 {
		return c.refuse(s.signatureFault("PoorSOAPEnvelopeFormat", "Недопустимый формат SOAP-конверта."),
			fmt.Sprintf("%d elements %s and %d blocks of signatures", len(targets), part.local, len(blocks)))
	}
	signatures := children(blocks[0], xmldsig.Name{Space: "http://www.w3.org/2000/09/xmldsig#", Local: "Signature"})
	if len(signatures) == 0 {
		return c.refuse(s.signatureFault("NoSignatureFound", "ЭП-ОВ не найдена в документе."), "no ds:Signature in its block")
	}
	return s.verify(c, soap.Signed{Target: targets[0], Signature: signatures[0]})
}

// verify verifies a signature of the caller and finds out who he is.
func (s *Server) verify(c *call, by soap.Signed) *soap.Fault {
	signature, err := xmldsig.Verify(s.as, by.Signature, by.Target)
	var refused *xmldsig.VerifyError
	switch {
	case errors.As(err, &refused):
		code := refused.Reason.FaultCode()
		return c.refuse(s.signatureFault(code, signatureTexts[code]), plain(err.Error()))
	case err != nil:
		return c.refuse(s.signatureFault("SignatureIsInvalid", signatureTexts["SignatureIsInvalid"]), plain(err.Error()))
	}
	s.mu.Lock()
	known, ok := s.participants.certificates[sha256.Sum256(signature.Certificate.Raw)]
	now := s.time()
	s.mu.Unlock()
	switch {
	case !ok:
		return c.refuse(s.signatureFault("CertificateIsNotFound", signatureTexts["CertificateIsNotFound"]), "the certificate is nobody's here")
	case now.After(known.until):
		return c.refuse(s.signatureFault("CertificateIsExpired",
			"Срок действия сертификата ЭП-ОВ истёк. Сертификат действителен до "+stamp(known.until)), "the certificate has expired")
	case now.Before(known.from):
		return c.refuse(s.signatureFault("CertificateIsExpired",
			"Срок действия сертификата ЭП-ОВ не наступил. Сертификат действителен с "+stamp(known.from)), "the certificate is not valid yet")
	case c.caller != "" && c.caller != known.mnemonic:
		return c.refuse(s.signatureFault("SignatureIsInvalid", "Подписи сообщения принадлежат разным участникам."), "two signatures of two participants")
	}
	c.caller, c.verdict = known.mnemonic, "verified"
	return nil
}

// checkRouting verifies the signature over the routing of a request, which 1.3
// has. What the routing says is not followed: kinds of information decide.
func (s *Server) checkRouting(c *call, by soap.Signatures) *soap.Fault {
	if by.Routing.Target == nil || by.Routing.Signature == nil && s.cfg.Unsigned {
		return nil
	}
	if by.Routing.Signature == nil {
		return c.refuse(s.signatureFault("NoSignatureFound", "ЭП-ОВ маршрутной информации не найдена в документе."), "no ds:Signature over RoutingInformation")
	}
	return s.verify(c, by.Routing)
}

// signatureTexts are the sentences of SignatureVerificationFault.
var signatureTexts = map[string]string{
	"NoSignatureFound":         "ЭП-ОВ не найдена в документе.",
	"IncorrectSignatureTarget": "ЭП-ОВ подписывает не ту часть сообщения, которую требуется подписать.",
	"SignatureIsInvalid":       "Некорректная структура подписи, либо подписанный фрагмент не соответствует значению ЭП-ОВ.",
	"CertificateIsNotFound":    "Не удалось найти сертификат ЭП-ОВ.",
}

// refuse notes for the journal why a signature is refused.
func (c *call) refuse(f *soap.Fault, why string) *soap.Fault {
	c.caller, c.verdict = "", f.SignatureFault+": "+why
	return f
}

// stamp writes a time as the texts of SMEV do, by the clock of Moscow.
func stamp(t time.Time) string {
	return t.In(moscow).Format("2006-01-02 15:04")
}

var moscow = time.FixedZone("", 3*60*60)

func children(e *xmldsig.Element, name xmldsig.Name) (list []*xmldsig.Element) {
	for _, c := range e.Children {
		if c.Name == name {
			list = append(list, c)
		}
	}
	return list
}
