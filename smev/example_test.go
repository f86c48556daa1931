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

// What cannot be asked is told by form field, without its value.
func ExampleSubjectError() {
	_, err := smev.PassportINN247().Build(smev.Subject{INN: "7701"})
	var e *smev.SubjectError
	fmt.Println(errors.As(err, &e), err)
	// Output: true smev: inn: INNFL: not 12 digits
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
