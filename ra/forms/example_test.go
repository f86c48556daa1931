package forms_test

import (
	"context"
	"fmt"
	"time"

	"github.com/surguch/surguch/internal/testenv/applicant"
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

// The marker's paper: the code for RQmaker, the instruction and the receipt.
// A code that can be misread is not printed.
func ExamplePrinter_Print_marker() {
	printer, err := forms.New(config())
	if err != nil {
		fmt.Println(err)
		return
	}
	document := ra.Document{
		Kind:    ra.MarkerForm,
		Request: requestOf(applicant.Form(7)),
		Marker:  &ra.MarkerPaper{Code: markerCode, Expires: time.Date(2025, 11, 29, 10, 30, 0, 0, time.UTC)},
	}
	pdf, err := printer.Print(context.Background(), document)
	fmt.Printf("%s %v\n", pdf[:5], err)

	document.Marker.Code = "OIL"
	_, err = printer.Print(context.Background(), document)
	fmt.Println(err)
	// Output:
	// %PDF- <nil>
	// forms: marker: the marker's code is not of five groups of five characters of its alphabet
}

// An invoice that is an offer: who is paid, and for what, is part of the
// configuration.
func ExamplePrinter_Print_invoice() {
	printer, err := forms.New(forms.Config{Authority: authority(), Invoice: &forms.Invoice{
		Seller: forms.Seller{
			Name: "ООО «Сервисный центр „Оттиск“»", Address: "109000, г. Москва, ул. Сургучная, д. 3",
			INN: "9977000010", KPP: "770001001",
			Bank: "ПАО «Банк Печатный»", BIC: "044525999", Account: "40702810900000000001", Correspondent: "30101810400000000999",
			HeadTitle: "Генеральный директор", HeadName: "Г. С. Оттискин",
		},
		Items: []forms.Item{{Name: "Изготовление квалифицированного сертификата", Price: 1_800_00}},
		VAT:   22,
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	pdf, err := printer.Print(context.Background(), ra.Document{Kind: ra.InvoiceForm, Request: requestOf(applicant.Form(7))})
	fmt.Printf("%s %v\n", pdf[:5], err)

	_, err = forms.New(forms.Config{Authority: authority(), Invoice: &forms.Invoice{}})
	fmt.Println(err)
	// Output:
	// %PDF- <nil>
	// forms: config: Invoice.Seller: missing Name, Address, INN, Bank, BIC, Account, Correspondent, HeadTitle, HeadName
}
