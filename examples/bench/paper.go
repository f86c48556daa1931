package main

import (
	"context"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/forms"
)

// line prints a line instead of each form.
type line struct{}

// Print implements ra.Printer.
func (line) Print(_ context.Context, d ra.Document) ([]byte, error) {
	return fmt.Appendf(nil, "%%PDF-1.7\n%% %s %s\n%%%%EOF\n", d.Kind, d.Request.ID), nil
}

// newForms prints the real forms, of an authority that does not exist.
func newForms() (*forms.Printer, error) {
	const name, address = "АО «Учебный удостоверяющий центр»", "109000, г. Москва, ул. Сургучная, д. 1"
	return forms.New(forms.Config{
		Algorithms: csr.Standard(),
		Authority: forms.Authority{
			Name: name, HeadTitle: "Генеральному директору", HeadName: "П. П. Печатникову", Address: address,
			RulesTitle: "Порядок реализации функций удостоверяющего центра", RulesURL: "https://ca.example.org/rules",
			RulesDate: time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC),
		},
		Invoice: &forms.Invoice{
			Seller: forms.Seller{
				Name: name, Address: address, INN: "7707083893", KPP: "770701001", Bank: "АО «Учебный банк», г. Москва",
				BIC: "044525225", Account: "40702810900000000001", Correspondent: "30101810400000000225",
				HeadTitle: "Генеральный директор", HeadName: "П. П. Печатников",
			},
			Items: []forms.Item{{Name: "Сертификат электронной подписи", Price: 250000}}, NoVAT: "учебный счёт",
		},
	})
}
