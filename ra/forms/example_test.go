package forms_test

import (
	"context"
	"fmt"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/forms"
)

func Example() {
	printer, err := forms.New(forms.Config{Authority: forms.Authority{
		Name:       "АО «Удостоверяющий центр»",
		HeadTitle:  "Генеральному директору",
		HeadName:   "И. И. Печатникову",
		Address:    "109000, г. Москва, ул. Сургучная, д. 1",
		RulesTitle: "Порядок реализации функций удостоверяющего центра",
		RulesDate:  time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC),
		RulesURL:   "https://ca.example.org/rules",
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	pdf, err := printer.Print(context.Background(), ra.Document{
		Kind: ra.ApplicationForm,
		Request: &ra.Request{
			ID:      "01970c8f2c5a4b7d9e0f112233445566",
			Updated: time.Date(2025, 11, 22, 10, 30, 0, 0, time.UTC),
			Form: ra.Form{
				LegalForm: "person", Email: "alyona@example.org", Phone: "+79000000000",
				SNILS: "11223344595", INN: "500100732259",
				LastName: "Вощёных", FirstName: "Алёна", MiddleName: "Фёдоровна", Gender: "2",
				BirthDate: "1990-05-17", BirthPlace: "гор. Москва", Country: "RU",
				PassportSeries: "4510", PassportNumber: "123456", PassportDate: "2010-06-01",
				PassportIssuer: "ОВД района Печатники города Москвы", PassportDivCode: "770-001",
				Region: "77 г. Москва", City: "Москва",
			},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s, A4: %t\n", pdf[:5], len(pdf) > 0)

	_, err = forms.New(forms.Config{Authority: forms.Authority{Name: "АО «Удостоверяющий центр»"}})
	fmt.Println(err)
	// Output:
	// %PDF-, A4: true
	// forms: config: Authority: missing HeadTitle, HeadName, Address, RulesTitle, RulesURL, RulesDate
}
