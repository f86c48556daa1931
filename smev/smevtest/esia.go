package smevtest

import (
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/xmldsig"
)

const (
	esiaNamespace       = "urn://mincomsvyaz/esia/reg_service/register_certificate/1.4.1"
	esiaCommonNamespace = "urn://mincomsvyaz/esia/commons/rg_sevices_types/1.4.1" // sic
)

// validating is the scenario of ESIA alone that answers twice: that the data
// are being checked, and then that all is well.
const validating = 711

// registration is a report of an issued certificate to ESIA.
type registration struct{ serial string }

func readESIA(doc *xmldsig.Element) (question, error) {
	tns := names(esiaNamespace)
	s := doc.Sequence(tns("ESIARegisterCertificateRequest"))
	routing, serial, issuer := s.Text(tns("RoutingCode")), s.Text(tns("serialNumber")), s.Text(tns("issuerOrgName"))
	from, until, owner := s.Text(tns("startDate")), s.Text(tns("expiryDate")), s.Text(tns("ownerType"))
	for _, local := range []string{
		"snils", "personINN", "lastName", "firstName", "middleName", "gender", "birthDate", "birthPlace", "doc", "citizenship", "ogrn", "orgINN",
	} {
		s.Optional(tns(local))
	}
	s.Fail(fit(value{serial, hex}, value{from, dotted}, value{until, dotted}, value{owner, ownerType}, value{routing, environment}))
	if issuer == "" {
		s.Fail(errShape)
	}
	return registration{serial}, s.End()
}

func (q registration) scenario() int {
	if len(q.serial) < 6 {
		return plainAnswer
	}
	return scenarioOf(q.serial[len(q.serial)-6:], "999")
}

// other is the same: the answer repeats nothing of the report.
func (q registration) other() question { return q }

func (q registration) answer(n int, _ time.Time) Reply {
	switch {
	case n == notFound, refuted(n) && n != refutedFirst+1 && n != refutedFirst+2:
		return esiaStatus("VALIDATION_FAILED", "Данные владельца не подтверждены.")
	case n == refutedFirst+1:
		return esiaStatus("CONFIRMATION_FAILED", "Учётная запись не подтверждена.")
	case n == refutedFirst+2:
		return esiaStatus("FAULT", "Запрос не выполнен.")
	case n == unintelligible:
		return esiaStatus("SUCCEEDED", "Ответ противоречит себе.")
	}
	return esiaStatus("SUCCEEDED", "")
}

// esiaStatus is an answer with a status and, if it has a text, an error.
func esiaStatus(status, message string) Reply {
	return document(func(w *xmldsig.Writer) {
		w.Open("ns:ESIARegisterCertificateResponse", "xmlns:ns", smev.CertificateRegistration141(smev.RoutingTest).Namespace, "xmlns:c", esiaCommonNamespace)
		w.Leaf("ns:status", status)
		if message != "" {
			w.Open("ns:errorStatusInfo")
			w.Leaf("c:Code", "EMU-1")
			w.Leaf("c:Message", message)
			w.Close()
		}
		w.Close()
	})
}
