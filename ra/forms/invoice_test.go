package forms_test

import (
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/forms"
)

func TestNewChecksInvoice(t *testing.T) {
	if _, err := forms.New(forms.Config{Authority: authority(), Invoice: &forms.Invoice{}}); err == nil {
		t.Error("an empty invoice is accepted")
	} else {
		for _, field := range []string{"Name", "Address", "INN", "Bank", "BIC", "Account", "Correspondent", "HeadTitle", "HeadName"} {
			if !strings.Contains(err.Error(), field) {
				t.Errorf("got %q, want %s named as missing", err, field)
			}
		}
	}
	for name, c := range map[string]struct {
		spoil func(*forms.Invoice)
		want  string
	}{
		"check digit":    {func(v *forms.Invoice) { v.Seller.INN = "9977000011" }, "Seller.INN"},
		"no KPP":         {func(v *forms.Invoice) { v.Seller.KPP = "" }, "Seller.KPP"},
		"KPP of trader":  {func(v *forms.Invoice) { v.Seller.INN, v.Seller.KPP = applicant.Form(1).INN, "77000100" }, "Seller.KPP"},
		"short BIC":      {func(v *forms.Invoice) { v.Seller.BIC = "04452599" }, "Seller.BIC"},
		"short account":  {func(v *forms.Invoice) { v.Seller.Account = v.Seller.Account[1:] }, "of 20 digits"},
		"letter":         {func(v *forms.Invoice) { v.Seller.Correspondent = "3010181040000000099О" }, "of 20 digits"},
		"separator":      {func(v *forms.Invoice) { v.Seller.Bank = "ПАО «Банк|Печатный»" }, "U+007C"},
		"glyph":          {func(v *forms.Invoice) { v.Seller.Bank = "ПАО «印»" }, "Invoice.Seller.Bank: the font has no character U+5370"},
		"rate":           {func(v *forms.Invoice) { v.VAT = 100 }, "VAT"},
		"two rates":      {func(v *forms.Invoice) { v.NoVAT = "статья 346.11 НК РФ" }, "exclude each other"},
		"glyph of NoVAT": {func(v *forms.Invoice) { v.VAT, v.NoVAT = 0, "印" }, "Invoice.NoVAT"},
		"days":           {func(v *forms.Invoice) { v.Days = -1 }, "Days"},
		"no items":       {func(v *forms.Invoice) { v.Items = nil }, "missing Items"},
		"no name":        {func(v *forms.Invoice) { v.Items[1].Name = " " }, "Items[1]: missing Name"},
		"glyph of item":  {func(v *forms.Invoice) { v.Items[0].Name = "印" }, "Items[0].Name: the font has no character U+5370"},
		"free":           {func(v *forms.Invoice) { v.Items[1].Price = 0 }, "Items[1]: Price"},
		"negative":       {func(v *forms.Invoice) { v.Items[1].Quantity = -1 }, "Items[1]: Price or Quantity"},
		"one too dear":   {func(v *forms.Invoice) { v.Items[0].Price = 100_000_000_000 }, "out of range"},
		"sum too dear":   {func(v *forms.Invoice) { v.Items[0].Price = 99_999_999_999 }, "the total is too large"},
	} {
		t.Run(name, func(t *testing.T) {
			v := invoice()
			c.spoil(v)
			if _, err := forms.New(forms.Config{Authority: authority(), Invoice: v}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// TestInvoiceIsKept: a printer does not change with the value it was made of,
// and does not change that.
func TestInvoiceIsKept(t *testing.T) {
	c := config()
	p, err := forms.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if c.Invoice.Days != 0 || c.Invoice.Items[0].Quantity != 0 {
		t.Errorf("New filled in the caller's invoice: %+v", c.Invoice)
	}
	before := textOf(t, p, fixed(t, ra.InvoiceForm))
	c.Invoice.Items[0].Price, c.Invoice.Seller.Account = 1, "00000000000000000000"
	if textOf(t, p, fixed(t, ra.InvoiceForm)) != before {
		t.Error("the printed invoice followed the caller's")
	}
}

// TestInvoiceVariants: what an invoice says for each way of selling.
func TestInvoiceVariants(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(*forms.Invoice, *ra.Document)
		has, lack []string
	}{
		"offer": {func(*forms.Invoice, *ra.Document) {},
			[]string{"СЧЁТ-ОФЕРТА № 01970c8f2c5a4b7d9e0f112233445566 от 21.11.2025", "до 01.12.2025 включительно", "Условия оферты", "в том числе НДС 22 % 916,25"},
			[]string{"ДОГОВОР"}},
		"contract": {func(v *forms.Invoice, _ *ra.Document) { v.Contract, v.Days = true, 3 },
			[]string{"СЧЁТ № 01970c8f2c5a4b7d9e0f112233445566", "ДОГОВОР возмездного оказания услуг № 01970c8f2c5a4b7d9e0f112233445566 от 21.11.2025",
				"до 24.11.2025 включительно", "Заказчик", "в том числе НДС 22 % — 916,25 ₽"},
			[]string{"оферта", "ОФЕРТА"}},
		"no tax, and why": {func(v *forms.Invoice, _ *ra.Document) { v.VAT, v.NoVAT = 0, "статья 346.11 НК РФ" },
			[]string{"НДС не облагается: статья 346.11 НК РФ"}, []string{"в том числе НДС"}},
		"no tax": {func(v *forms.Invoice, _ *ra.Document) { v.VAT = 0 }, []string{"НДС не облагается —"}, []string{"НДС не облагается:"}},
		"sole trader": {func(v *forms.Invoice, _ *ra.Document) { v.Seller.INN, v.Seller.KPP = applicant.Form(1).INN, "" },
			[]string{"ИНН " + applicant.Form(1).INN}, []string{"КПП"}},
		"before the form": {func(v *forms.Invoice, d *ra.Document) {
			v.Contract = true
			d.Request.Form = ra.Form{Email: "a@example.org"}
		},
			[]string{"Плательщик", "Всего к оплате: 5 081,00 ₽"}, []string{"серия", "a@example.org"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, d := config(), fixed(t, ra.InvoiceForm)
			c.change(cfg.Invoice, &d)
			p, err := forms.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			text := textOf(t, p, d)
			for _, s := range c.has {
				if !strings.Contains(text, s) {
					t.Errorf("%q is missing from\n%s", s, text)
				}
			}
			for _, s := range c.lack {
				if strings.Contains(text, s) {
					t.Errorf("%q is there", s)
				}
			}
		})
	}
}

// TestInvoicePaymentCode: the code that banks read, character by character.
func TestInvoicePaymentCode(t *testing.T) {
	pdf, err := newPrinter(t).Print(t.Context(), fixed(t, ra.InvoiceForm))
	if err != nil {
		t.Fatal(err)
	}
	const text = "ST00012|Name=ООО «Сервисный центр „Оттиск“»|PersonalAcc=40702810900000000001|BankName=ПАО «Банк Печатный»|BIC=044525999|" +
		"CorrespAcc=30101810400000000999|PayeeINN=9977000010|KPP=770001001|Sum=508100|Purpose=Оплата по счёту № 01970c8f2c5a4b7d9e0f112233445566 от 21.11.2025"
	page := render(t, pdf)
	if !hasCode(t, page, text, 40, 100) {
		t.Error("the page has no such code")
	}
	if hasCode(t, page, strings.Replace(text, "508100", "508101", 1), 40, 100) {
		t.Error("another sum has the same code")
	}
}

// TestInvoiceNeeds: what an invoice cannot do without.
func TestInvoiceNeeds(t *testing.T) {
	p, err := forms.New(forms.Config{Authority: authority()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Print(t.Context(), fixed(t, ra.InvoiceForm)); err == nil || err.Error() != "forms: invoice: the configuration has no Invoice" {
		t.Errorf("got %v, want the missing part of the configuration", err)
	}
	d := fixed(t, ra.InvoiceForm)
	d.Request.Created = time.Time{}
	if _, err := newPrinter(t).Print(t.Context(), d); err == nil || !strings.Contains(err.Error(), "beginning") {
		t.Errorf("got %v, want the missing date", err)
	}
}
