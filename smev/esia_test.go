package smev_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
)

func esia(status string, failures int) string {
	return `<ns1:ESIARegisterCertificateResponse xmlns:ns1="urn://mincomsvyaz/esia/reg_service/register_certificate/1.4.1" xmlns:ns2="urn://mincomsvyaz/esia/commons/rg_sevices_types/1.4.1"><ns1:status>` +
		status + `</ns1:status>` + strings.Repeat(esiaFailure, failures) + `</ns1:ESIARegisterCertificateResponse>`
}

const esiaFailure = `<ns1:errorStatusInfo><ns2:Code>ESIA-036708</ns2:Code><ns2:Message>Канарейкин не найден</ns2:Message></ns1:errorStatusInfo>`

func esiaCases() map[string]answerCase {
	const (
		validation   = "Сертификат не зарегистрирован в ЕСИА: данные владельца не прошли проверку в базовых государственных ресурсах."
		confirmation = "Сертификат не зарегистрирован в ЕСИА: не создана подтверждённая учётная запись владельца."
		fault        = "Сертификат не зарегистрирован в ЕСИА: запрос не выполнен."
	)
	return map[string]answerCase{
		"succeeded":           {content: esia("SUCCEEDED", 0), want: confirmed("esia_succeeded", "Сертификат зарегистрирован в ЕСИА.")},
		"succeeded and not":   {content: esia("SUCCEEDED", 1), want: unclear("esia_contradiction", inconclusive)},
		"validation failed":   {content: esia("VALIDATION_FAILED", 1), want: unclear("esia_validation_failed", validation)},
		"no details":          {content: esia("VALIDATION_FAILED", 0), want: unclear("esia_validation_failed", validation)},
		"confirmation failed": {content: esia("CONFIRMATION_FAILED", 20), want: unclear("esia_confirmation_failed", confirmation)},
		"fault":               {content: esia("FAULT", 2), want: unclear("esia_fault", fault)},
		"new status":          {content: esia("RETIRED", 0), want: unclear("esia_unknown_status", inconclusive), invalid: true},
		"lower case":          {content: esia("succeeded", 0), want: unclear("esia_unknown_status", inconclusive), invalid: true},
	}
}

func TestParseESIA(t *testing.T) {
	kind := smev.CertificateRegistration141(smev.RoutingProduction)
	got, err := kind.Parse([]byte(esia("VALIDATING", 0)), subject())
	if !errors.Is(err, smev.ErrPending) || !reflect.DeepEqual(got, smev.Result{}) {
		t.Errorf("validating: got %v, %v, want ErrPending", got, err)
	}
	good := esia("SUCCEEDED", 0)
	refuses(t, kind, map[string]string{
		"no status":        without(good, "<ns1:status>SUCCEEDED</ns1:status>"),
		"two statuses":     swap(good, "<ns1:status>", "<ns1:status>FAULT</ns1:status><ns1:status>"),
		"21 errors":        esia("FAULT", 21),
		"error first":      swap(good, "<ns1:status>", esiaFailure+"<ns1:status>"),
		"bare error":       swap(good, "</ns1:ESIA", "<ns1:errorStatusInfo/></ns1:ESIA"),
		"pending, nested":  swap(good, "SUCCEEDED", "<ns1:status>VALIDATING</ns1:status>"),
		"error, two codes": swap(esia("FAULT", 1), "<ns2:Code>", "<ns2:Code>1</ns2:Code><ns2:Code>"),
	})
}

func TestBuildESIA(t *testing.T) {
	kind := smev.CertificateRegistration141(smev.RoutingProduction)
	for owner, c := range map[smev.Owner]struct{ has, hasNot []string }{
		smev.OwnerPerson:     {[]string{"<tns:snils>", "<tns:doc>", ">RUS<"}, []string{"ogrn", "orgINN"}},
		smev.OwnerOfficial:   {[]string{"<tns:snils>", ">" + subject().Organization.OGRN + "</tns:ogrn>", "<tns:orgINN>"}, []string{subject().OGRNIP}},
		smev.OwnerSoleTrader: {[]string{"<tns:snils>", ">" + subject().OGRNIP + "</tns:ogrn>"}, []string{"orgINN"}},
		smev.OwnerSystem:     {[]string{">" + subject().Organization.OGRN + "</tns:ogrn>", "<tns:orgINN>"}, []string{"snils", "Name", "doc", "citizenship", "birth"}},
	} {
		s := subject()
		s.Certificate.Owner = owner
		doc := build(t, kind, s)
		for _, part := range append(c.has, "<tns:RoutingCode>PROD<", "<tns:serialNumber>016FF958008DAC3F9042F0E907257D76F0<",
			"<tns:startDate>22.11.2026<", "<tns:expiryDate>22.11.2027<", "<tns:ownerType>"+string(owner)+"<") {
			if !strings.Contains(doc, part) {
				t.Errorf("%s: no %s in %s", owner, part, doc)
			}
		}
		for _, part := range c.hasNot {
			if strings.Contains(strings.ReplaceAll(doc, "issuerOrgName", ""), part) {
				t.Errorf("%s: %s in %s", owner, part, doc)
			}
		}
		// The day is that of UTC, wherever the time is told.
		s.Certificate.NotBefore = s.Certificate.NotBefore.In(time.FixedZone("MSK", 3*60*60))
		if again := build(t, kind, s); again != doc {
			t.Errorf("%s: another zone gives %s", owner, again)
		}
	}
	for _, routing := range []smev.Routing{"", "prod", "PROD "} {
		if doc, err := smev.CertificateRegistration141(routing).Build(subject()); err == nil || doc != nil ||
			err.Error() != "smev: esia_certificate: the routing is not an environment of ESIA" {
			t.Errorf("%q: got %v", routing, err)
		}
	}
}
