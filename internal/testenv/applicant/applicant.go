// Package applicant fills the form of an invented person, for tests and for
// the application that examples/quickstart ships.
package applicant

import (
	"time"

	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
)

// Form is the complete and faultless form of testenv.NewPerson(seed).
func Form(seed uint64) ra.Form {
	p := testenv.NewPerson(seed)
	return ra.Form{
		LegalForm: "person", Email: p.Email, Phone: p.Phone, SNILS: p.SNILS, INN: p.INN,
		LastName: p.LastName, FirstName: p.FirstName, MiddleName: p.MiddleName, Gender: p.Gender,
		BirthDate: p.Born.Format(time.DateOnly), BirthPlace: p.BirthPlace, Country: "RU",
		PassportSeries: p.Series, PassportNumber: p.Number, PassportDate: p.Issued.Format(time.DateOnly),
		PassportIssuer: p.Issuer, PassportDivCode: p.IssuerCode,
		Region: p.Region, City: p.City, Street: p.Street, PostalCode: p.PostCode,
	}
}
