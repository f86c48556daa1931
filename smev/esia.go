package smev

import (
	"errors"
	"fmt"

	"github.com/surguch/surguch/smev/xmldsig"
)

const (
	esiaNamespace       = "urn://mincomsvyaz/esia/reg_service/register_certificate/1.4.1"
	esiaCommonNamespace = "urn://mincomsvyaz/esia/commons/rg_sevices_types/1.4.1" // sic
)

// Routing is the environment of ESIA a report goes to, EnvType of
// rg_services_type.xsd 1.4.1.
type Routing string

// The values of Routing an authority has use for.
const (
	RoutingTest       Routing = "TESIA"
	RoutingProduction Routing = "PROD"
)

// CertificateRegistration141 reports an issued qualified certificate to ESIA,
// as an accredited certification authority must (63-FZ, article 18, part 5),
// schema esia_rg_register_certificate.xsd 1.4.1. Build fails if the schema
// does not know the routing.
//
// It needs the certificate: serial number, issuer, both dates, which are sent
// as the days of UTC that the certificate holds, and owner. For every owner
// but OwnerSystem it needs names, gender, birth date, SNILS and the
// passport's series, number and date, with department code, issuer, INN and
// birth place if given; for OwnerOfficial and OwnerSystem also the
// organisation's OGRN and INN, for OwnerSoleTrader the OGRNIP. Citizenship is
// Russian, as is the passport.
//
// The answer repeats nothing of the request; only SMEV says which it answers.
//
// Reasons: esia_succeeded confirms. VALIDATING is not final and gives
// ErrPending. All else is inconclusive, for the schema does not tell errors of
// the data from those of the systems: esia_validation_failed, when the check
// of the data in the state's basic registers failed; esia_confirmation_failed,
// when no confirmed account could be made; esia_fault, when the request
// failed; esia_contradiction, a success with errors; esia_unknown_status.
func CertificateRegistration141(routing Routing) Kind {
	return Kind{
		Check:        CheckESIACertificate,
		Name:         "Регистрация квалифицированного сертификата ключа проверки электронной подписи в ЕСИА",
		Provider:     "ESIA",
		Version:      "1.4.1",
		Namespace:    esiaNamespace,
		Root:         "ESIARegisterCertificateRequest",
		ResponseRoot: "ESIARegisterCertificateResponse",
		Build:        func(s Subject) ([]byte, error) { return buildESIA(routing, s) },
		Parse:        parseESIA,
		Schema:       "esia_rg_register_certificate.xsd",
	}
}

var (
	environment = typed(`DEV|UAT|TESIA|TCOD|PROD`, "an environment of ESIA")
	ownerType   = typed(`PSO|ORG|IB|SYS`, "PSO, ORG, IB or SYS")
	serial      = typed(`([0-9A-F]{2}){1,20}`, "1 to 20 octets in hexadecimal")
	text2000    = text(2000) // the most of the texts that have a limit
)

// needs lists the fields of a report about a certificate of o.
func (o Owner) needs() []need {
	needs := []need{
		{fieldSerial, serial}, {fieldAuthority, text2000}, {fieldNotBefore, day}, {fieldNotAfter, day}, {fieldOwner, ownerType},
	}
	if o != OwnerSystem {
		needs = append(needs, need{fieldLastName, text2000}, need{fieldFirstName, text2000}, need{fieldMiddleName, text2000.orEmpty()},
			need{fieldGender, gender}, need{fieldBirthDate, day}, need{fieldBirthPlace, text2000.orEmpty()},
			need{fieldSNILS, snils}, need{fieldINN, inn12.orEmpty()},
			need{fieldSeries, digits4}, need{fieldNumber, digits6}, need{fieldIssued, day},
			need{fieldIssuerCode, digits6.orEmpty()}, need{fieldIssuer, text2000.orEmpty()})
	}
	switch o {
	case OwnerOfficial, OwnerSystem:
		needs = append(needs, need{fieldOGRN, ogrn13}, need{fieldOrgINN, inn10})
	case OwnerSoleTrader:
		needs = append(needs, need{fieldOGRNIP, ogrnip15})
	}
	return needs
}

func buildESIA(routing Routing, s Subject) ([]byte, error) {
	if environment.refuse(string(routing)) != "" {
		return nil, fmt.Errorf("smev: %s: the routing is not %s", CheckESIACertificate, environment.need)
	}
	owner := s.Certificate.Owner
	v, err := s.require(CheckESIACertificate, owner.needs()...)
	if err != nil {
		return nil, err
	}
	var w xmldsig.Writer
	w.Open("tns:ESIARegisterCertificateRequest", "xmlns:tns", esiaNamespace, "xmlns:rg", esiaCommonNamespace)
	w.Leaf("tns:RoutingCode", string(routing))
	w.Leaf("tns:serialNumber", v[fieldSerial])
	w.Leaf("tns:issuerOrgName", v[fieldAuthority])
	w.Leaf("tns:startDate", dotted(v[fieldNotBefore]))
	w.Leaf("tns:expiryDate", dotted(v[fieldNotAfter]))
	w.Leaf("tns:ownerType", v[fieldOwner])
	if owner != OwnerSystem {
		writeESIAPerson(&w, v)
	}
	switch owner {
	case OwnerOfficial, OwnerSystem:
		w.Leaf("tns:ogrn", v[fieldOGRN])
		w.Leaf("tns:orgINN", v[fieldOrgINN])
	case OwnerSoleTrader:
		w.Leaf("tns:ogrn", v[fieldOGRNIP])
	}
	w.Close()
	return w.Bytes()
}

func writeESIAPerson(w *xmldsig.Writer, v map[string]string) {
	number := v[fieldSNILS]
	w.Leaf("tns:snils", number[:3]+"-"+number[3:6]+"-"+number[6:9]+" "+number[9:])
	w.OptionalLeaf("tns:personINN", v[fieldINN])
	w.Leaf("tns:lastName", v[fieldLastName])
	w.Leaf("tns:firstName", v[fieldFirstName])
	w.OptionalLeaf("tns:middleName", v[fieldMiddleName])
	w.Leaf("tns:gender", v[fieldGender][:1])
	w.Leaf("tns:birthDate", dotted(v[fieldBirthDate]))
	w.OptionalLeaf("tns:birthPlace", v[fieldBirthPlace])
	w.Open("tns:doc")
	w.Leaf("rg:type", "RF_PASSPORT")
	w.Leaf("rg:series", v[fieldSeries])
	w.Leaf("rg:number", v[fieldNumber])
	w.OptionalLeaf("rg:issueId", v[fieldIssuerCode])
	w.Leaf("rg:issueDate", dotted(v[fieldIssued]))
	w.OptionalLeaf("rg:issuedBy", v[fieldIssuer])
	w.Close()
	w.Leaf("tns:citizenship", "RUS")
}

// dotted writes a date as dateType has it: DD.MM.YYYY.
func dotted(date string) string { return date[8:] + "." + date[5:7] + "." + date[:4] }

var errTooManyErrors = errors.New("more than 20 errorStatusInfo")

func parseESIA(content []byte, _ Subject) (Result, error) {
	tns := func(local string) xmldsig.Name { return xmldsig.Name{Space: esiaNamespace, Local: local} }
	common := func(local string) xmldsig.Name { return xmldsig.Name{Space: esiaCommonNamespace, Local: local} }
	doc, err := xmldsig.Parse(content)
	if err != nil {
		return Result{}, parseError(CheckESIACertificate, err)
	}
	s := doc.Sequence(tns("ESIARegisterCertificateResponse"))
	status := s.Text(tns("status"))
	failures := s.Many(tns("errorStatusInfo"))
	if len(failures) > 20 {
		s.Fail(errTooManyErrors)
	}
	for _, f := range failures {
		info := f.Sequence(tns("errorStatusInfo"))
		info.Text(common("Code"))
		info.Text(common("Message"))
		s.Fail(info.End())
	}
	if err := s.End(); err != nil {
		return Result{}, parseError(CheckESIACertificate, err)
	}
	switch {
	case status == "VALIDATING":
		return Result{}, ErrPending
	case status == "SUCCEEDED" && failures == nil:
		return confirmed("esia_succeeded", "Сертификат зарегистрирован в ЕСИА."), nil
	case status == "SUCCEEDED":
		return inconclusive("esia_contradiction", textInconclusive), nil
	case status == "VALIDATION_FAILED":
		return inconclusive("esia_validation_failed", "Сертификат не зарегистрирован в ЕСИА: данные владельца не прошли проверку в базовых государственных ресурсах."), nil
	case status == "CONFIRMATION_FAILED":
		return inconclusive("esia_confirmation_failed", "Сертификат не зарегистрирован в ЕСИА: не создана подтверждённая учётная запись владельца."), nil
	case status == "FAULT":
		return inconclusive("esia_fault", "Сертификат не зарегистрирован в ЕСИА: запрос не выполнен."), nil
	}
	return inconclusive("esia_unknown_status", textInconclusive), nil
}
