package forms_test

import (
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/forms"
	"github.com/surguch/surguch/workflow"
)

// textOf is the text of a document, in one line.
func textOf(t testing.TB, p *forms.Printer, d ra.Document) string {
	t.Helper()
	pdf, err := p.Print(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(pdfText(t, pdf)), " ")
}

// TestPapersRefuse: every form names what it misses.
func TestPapersRefuse(t *testing.T) {
	for name, c := range map[string]struct {
		kind  ra.DocumentKind
		spoil func(*ra.Document)
		want  string
	}{
		"list: nothing":             {ra.DocumentListForm, func(d *ra.Document) { d.Required = nil }, "requires nothing"},
		"list: unknown kind":        {ra.DocumentListForm, func(d *ra.Document) { d.Required[1] = "lease" }, `"lease"`},
		"act: no carrier":           {ra.HandoverAct, func(d *ra.Document) { d.Carrier = nil }, "no carrier"},
		"act: no serial number":     {ra.HandoverAct, func(d *ra.Document) { d.Carrier.Serial = "" }, "serial number"},
		"act: no certificate":       {ra.HandoverAct, func(d *ra.Document) { d.Certificate = nil }, "no certificate"},
		"act: no name":              {ra.HandoverAct, func(d *ra.Document) { d.Request.Form = ra.Form{} }, "lacks: name, birth date"},
		"memo: no passport":         {ra.SafetyMemo, func(d *ra.Document) { d.Request.Form.PassportNumber = "" }, "lacks: passport number"},
		"consent: no address":       {ra.ConsentForm, func(d *ra.Document) { f := &d.Request.Form; f.Region, f.City, f.Street, f.PostalCode = "", "", "", "" }, "lacks: address"},
		"revocation: of what":       {ra.RevocationApplication, func(d *ra.Document) { d.Certificate = nil }, "no certificate"},
		"revocation: what":          {ra.RevocationApplication, func(d *ra.Document) { d.Revocation = nil }, "Revocation"},
		"revocation: unknown":       {ra.RevocationApplication, func(d *ra.Document) { d.Revocation.Action = 7 }, "Revocation"},
		"revocation: hold for good": {ra.RevocationApplication, func(d *ra.Document) { d.Revocation.Reason = csr.ReasonCertificateHold }, "Revocation"},
		"revocation: of the CA":     {ra.RevocationApplication, func(d *ra.Document) { d.Revocation.Reason = csr.ReasonCACompromise }, "Revocation"},
		"register: no request":      {ra.OriginalsRegister, func(d *ra.Document) { d.Requests[1] = nil }, "no number"},
		"register: no number":       {ra.OriginalsRegister, func(d *ra.Document) { d.Requests[0] = &ra.Request{} }, "no number"},
	} {
		t.Run(name, func(t *testing.T) {
			d := fixed(t, c.kind)
			c.spoil(&d)
			if pdf, err := newPrinter(t).Print(t.Context(), d); err == nil || pdf != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %d octets and error %v, want an error with %q", len(pdf), err, c.want)
			}
		})
	}
}

// TestPapersBeforeForm: what goes out before the form is filled in is printed
// with lines for what is missing.
func TestPapersBeforeForm(t *testing.T) {
	for _, kind := range []ra.DocumentKind{ra.InvoiceForm, ra.DocumentListForm, ra.QuestionnaireForm, ra.PowersForm} {
		d := fixed(t, kind)
		full := textOf(t, newPrinter(t), d)
		d.Request.Form = ra.Form{LegalForm: "person", Email: "a@example.org"}
		bare := textOf(t, newPrinter(t), d)
		if strings.Contains(bare, "Перстнёва") || !strings.Contains(full, "Перстнёва") {
			t.Errorf("%s: the name is there without a form, or missing with one", kind)
		}
		for _, gap := range []string{"серия №", "выдан ,", ", ,", "мужской"} {
			if strings.Contains(bare, gap) {
				t.Errorf("%s: %q: a gap in the text", kind, gap)
			}
		}
	}
}

// TestStamp: only a certified copy bears a stamp.
func TestStamp(t *testing.T) {
	d := fixed(t, ra.CertificateSheet)
	if strings.Contains(textOf(t, newPrinter(t), d), "Номер печати") {
		t.Error("a sheet without a stamp has a place for it")
	}
	d.Stamp = "НТ-17"
	text := textOf(t, newPrinter(t), d)
	for _, s := range []string{"Номер печати НТ-17", "Копия сертификата на бумажном носителе верна", "Место печати"} {
		if !strings.Contains(text, s) {
			t.Errorf("%q is missing", s)
		}
	}
}

func TestRevocationActions(t *testing.T) {
	for name, c := range map[string]struct {
		ask       ra.Revocation
		has, lack string
	}{
		"end":     {ra.Revocation{Reason: csr.ReasonSuperseded}, "прошу прекратить действие выданного мне", "Срок приостановления"},
		"why":     {ra.Revocation{Reason: csr.ReasonSuperseded}, "код 4 (superseded)", "certificateHold"},
		"suspend": {ra.Revocation{Action: ra.ActSuspend, Reason: csr.ReasonKeyCompromise}, "прошу приостановить действие выданного мне", "Причина"},
		"term":    {ra.Revocation{Action: ra.ActSuspend}, "Срок приостановления", "отзыв) сертификата"},
		"resume":  {ra.Revocation{Action: ra.ActResume}, "прошу возобновить действие выданного мне", "Причина"},
	} {
		t.Run(name, func(t *testing.T) {
			d := fixed(t, ra.RevocationApplication)
			d.Revocation = &c.ask
			text := textOf(t, newPrinter(t), d)
			if !strings.Contains(text, c.has) || strings.Contains(text, c.lack) {
				t.Errorf("want %q and not %q in\n%s", c.has, c.lack, text)
			}
		})
	}
}

// TestOwnPapers: documents and powers of the embedder.
func TestOwnPapers(t *testing.T) {
	c := config()
	c.Papers = map[string]forms.Paper{
		"lease":         {Name: "Договор аренды", Bring: "копия", Sent: "копия договора аренды"},
		"passport_scan": {Name: "Паспорт целиком", Bring: "скан"},
	}
	c.Powers = forms.Powers{Receive: []string{"забирать конверт"}}
	p, err := forms.New(c)
	if err != nil {
		t.Fatal(err)
	}
	d := fixed(t, ra.DocumentListForm)
	d.Required = []string{"lease", "passport_scan"}
	d.Requests = nil
	d.Request.Exhibits = append(d.Request.Exhibits, ra.Exhibit{Kind: "lease"})
	d.Request.Held = append(d.Request.Held, ra.Held{Evidence: workflow.StampNumber})
	if text := textOf(t, p, d); !strings.Contains(text, "1 Договор аренды копия 2 Паспорт целиком скан") {
		t.Errorf("the names are missing from\n%s", text)
	}
	d.Kind = ra.OriginalsRegister
	text := textOf(t, p, d)
	for _, s := range []string{"копия договора аренды", "расписка", "лист ознакомления", "Всего заявок: 1."} {
		if !strings.Contains(text, s) {
			t.Errorf("%q is missing from\n%s", s, text)
		}
	}
	if strings.Contains(text, "копия паспорта") {
		t.Error("the register has what is not sent")
	}
	d.Kind = ra.PowersForm
	if text := textOf(t, p, d); !strings.Contains(text, "1. забирать конверт.") || !strings.Contains(text, "подавать заявление") || strings.Contains(text, "получать Маркер") {
		t.Errorf("want the given powers to receive and the usual ones to act in\n%s", text)
	}
}

func TestNewChecksRest(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*forms.Config)
		want  string
	}{
		"workplace":       {func(c *forms.Config) { c.Workplace = "ra.example.org" }, "Workplace"},
		"workplace glyph": {func(c *forms.Config) { c.Workplace = "https://印.example.org" }, "Workplace: the font has no character U+5370"},
		"paper":           {func(c *forms.Config) { c.Papers = map[string]forms.Paper{"lease": {Name: "Договор"}} }, `missing Papers["lease"].Bring`},
		"paper glyph": {func(c *forms.Config) {
			c.Papers = map[string]forms.Paper{"lease": {"Договор", "копия", "印"}}
		}, `Papers["lease"].Sent: the font`},
		"power": {func(c *forms.Config) { c.Powers.Act = []string{"действовать", ""} }, "Powers: item 2"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config()
			c.spoil(&cfg)
			if _, err := forms.New(cfg); err == nil || !strings.HasPrefix(err.Error(), "forms: config: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// TestUseIsOnTheApplication: what the certificate is for, where the form says.
func TestUseIsOnTheApplication(t *testing.T) {
	d := fixed(t, ra.ApplicationForm)
	for _, said := range []string{"Область применения", "встроена в сертификат"} {
		if strings.Contains(textOf(t, newPrinter(t), d), said) {
			t.Errorf("the application says %q of a form that says nothing", said)
		}
	}
	d.Use, d.Request.Form.Licence = "Электронные торговые площадки", "1"
	for _, said := range []string{"Область применения Электронные торговые площадки", "встроена в сертификат"} {
		if text := textOf(t, newPrinter(t), d); !strings.Contains(text, said) {
			t.Errorf("the application does not say %q:\n%s", said, text)
		}
	}
}
