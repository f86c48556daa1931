package smev_test

import (
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/surguch/surguch/smev"
)

// A kind of information builds the document of an inquiry and reads that of
// its answer; the transport between them is another's part.
func ExampleKind() {
	kind := smev.SNILSValidation101()
	s := smev.Subject{
		LastName: "Хартиев", FirstName: "Пётр", Gender: smev.Male, SNILS: "112-233-445 95",
		BirthDate: time.Date(1990, 2, 3, 0, 0, 0, 0, time.UTC),
	}
	doc, err := kind.Build(s)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(doc) > 0, kind.Namespace)

	r, err := kind.Parse([]byte(`<p:SnilsValidationResponse xmlns:p="http://kvs.pfr.com/snils-validation/1.0.1"><p:Result>false</p:Result></p:SnilsValidationResponse>`), s)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Outcome, r.Fields)
	fmt.Println(r.Text)
	// Output:
	// true http://kvs.pfr.com/snils-validation/1.0.1
	// refuted [SNILS]
	// СНИЛС не соответствует фамилии, имени, отчеству, полу или дате рождения.
}

// A search returns what the register found, to be filled into the form.
func ExampleSNILSSearch() {
	kind := smev.SNILSSearch()
	s := smev.Subject{
		LastName: "Хартиев", FirstName: "Пётр", Gender: smev.Male,
		BirthDate: time.Date(1990, 2, 3, 0, 0, 0, 0, time.UTC),
	}
	r, err := kind.Parse([]byte(`<r:SnilsByAdditionalDataResponse xmlns:r="http://kvs.pfr.com/snils-by-additionalData/1.0.1" xmlns="urn://x-artefacts-smev-gov-ru/supplementary/commons/1.0.1">`+
		`<FamilyName>ХАРТИЕВ</FamilyName><FirstName>ПЕТР</FirstName><r:Snils>11223344595</r:Snils><r:BirthDate>1990-02-03</r:BirthDate><r:Gender>Male</r:Gender>`+
		`</r:SnilsByAdditionalDataResponse>`), s)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Outcome, r.Reason, r.Found["SNILS"])
	fmt.Println(r.Found) // as it gets into a log
	// Output:
	// confirmed snils_search_found 11223344595
	// smev.Found(hidden)
}

// The extract of an organisation tells everything at once; the gravest finding
// gives the outcome.
func ExampleEGRUL406() {
	kind := smev.EGRUL406()
	_, err := kind.Build(smev.Subject{
		LastName: "Хартиев", FirstName: "Пётр", INN: "500100732259",
		Organization: smev.Organization{OGRN: "1027700132196"},
	})
	fmt.Println(err)
	fmt.Println(kind.Provider, kind.Root, kind.Version, kind.Schema)
	// Output:
	// smev: egrul: OGRN: not a number with right control digits
	// FNS FNSVipULRequest 4.0.6 fns-vipul-tosmv-ru.xsd
}

// A kind that needs to know more than the subject takes it once.
func ExampleINNSearch270() {
	own := smev.Organization{OGRN: "1027700132195", INN: "7707083893", Name: "АО «Удостоверяющий центр»"}
	kinds := append(smev.Kinds(), smev.INNSearch270(own), smev.CertificateRegistration141(smev.RoutingProduction))
	for _, k := range kinds {
		fmt.Println(k.Check, k.Provider)
	}
	// Output:
	// passport MVD
	// snils SFR
	// inn FNS
	// egrul FNS
	// egrip FNS
	// inn_search FNS
	// esia_certificate ESIA
}

// What cannot be asked is told by form field, without its value.
func ExampleSubjectError() {
	_, err := smev.PassportINN247().Build(smev.Subject{INN: "7701"})
	var e *smev.SubjectError
	fmt.Println(errors.As(err, &e), err)
	// Output: true smev: inn: INNFL: not 12 digits
}

// Some registers answer before they have finished: that is not an answer yet.
func ExampleCertificateRegistration141() {
	kind := smev.CertificateRegistration141(smev.RoutingProduction)
	_, err := kind.Parse([]byte(`<e:ESIARegisterCertificateResponse xmlns:e="urn://mincomsvyaz/esia/reg_service/register_certificate/1.4.1">`+
		`<e:status>VALIDATING</e:status></e:ESIARegisterCertificateResponse>`), smev.Subject{})
	fmt.Println(errors.Is(err, smev.ErrPending))
	// Output: true
}

func ExampleOutcome_String() {
	fmt.Println(smev.NotFound, smev.Unavailable)
	// Output: not_found unavailable
}

// A subject does not print itself, however it gets into a log.
func ExampleSubject_String() {
	q := smev.Inquiry{Key: "request-17/snils/1", Check: smev.CheckSNILS, Subject: smev.Subject{LastName: "Хартиев"}}
	fmt.Printf("%+v\n", q)
	// Output: {Key:request-17/snils/1 Check:snils Subject:smev.Subject(hidden)}
}

// A store may bring a subject back with its times in another location.
func ExampleSubject_Equal() {
	a := smev.Subject{BirthDate: time.Date(1990, 2, 3, 0, 0, 0, 0, time.UTC)}
	b := smev.Subject{BirthDate: a.BirthDate.In(time.FixedZone("MSK", 3*60*60))}
	fmt.Println(a == b, a.Equal(b))
	// Output: false true
}
