package forms_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/forms"
)

func TestNewChecksAuthority(t *testing.T) {
	if _, err := forms.New(forms.Config{}); err == nil {
		t.Fatal("an empty configuration is accepted")
	} else {
		for _, field := range []string{"Name", "HeadTitle", "HeadName", "Address", "RulesTitle", "RulesURL", "RulesDate"} {
			if !strings.Contains(err.Error(), field) {
				t.Errorf("got %q, want %s named as missing", err, field)
			}
		}
	}
	for name, c := range map[string]struct {
		spoil func(*forms.Authority)
		want  string
	}{
		"blank":         {func(a *forms.Authority) { a.HeadName = " " }, "missing HeadName"},
		"no address":    {func(a *forms.Authority) { a.RulesURL = "rules.pdf" }, "RulesURL"},
		"another world": {func(a *forms.Authority) { a.RulesURL = "file://rules.pdf" }, "RulesURL"},
		"glyph":         {func(a *forms.Authority) { a.Name = "УЦ 印" }, "Authority.Name: the font has no character U+5370"},
		"line feed":     {func(a *forms.Authority) { a.Address = "Москва\nКремль" }, "Authority.Address: the font has no character U+000A"},
	} {
		t.Run(name, func(t *testing.T) {
			a := authority()
			c.spoil(&a)
			if _, err := forms.New(forms.Config{Authority: a}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestPrintRefuses(t *testing.T) {
	p := newPrinter(t)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Print(cancelled, fixed(t, ra.RequestForm)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v, want %v", err, context.Canceled)
	}
	for name, c := range map[string]struct {
		kind  ra.DocumentKind
		spoil func(*ra.Document)
		want  string
	}{
		"unknown kind":   {"passport", func(*ra.Document) {}, `forms: unknown form "passport"`},
		"no request":     {ra.ApplicationForm, func(d *ra.Document) { d.Request = nil }, "no request"},
		"no number":      {ra.ApplicationForm, func(d *ra.Document) { d.Request.ID = "" }, "without a number"},
		"long number":    {ra.ApplicationForm, func(d *ra.Document) { d.Request.ID = ra.ID(strings.Repeat("0", 41)) }, "too long"},
		"no time":        {ra.ApplicationForm, func(d *ra.Document) { d.Request.Updated = time.Time{} }, "time"},
		"empty form":     {ra.ApplicationForm, func(d *ra.Document) { d.Request.Form.SNILS = "" }, "SNILS"},
		"no PKCS #10":    {ra.RequestForm, func(d *ra.Document) { d.PKCS10 = nil }, "no PKCS #10"},
		"no certificate": {ra.CertificateSheet, func(d *ra.Document) { d.Certificate = nil }, "no certificate"},
		"broken request": {ra.RequestForm, func(d *ra.Document) { d.PKCS10 = d.PKCS10[1:] }, "request"},
		"broken certificate": {ra.CertificateSheet, func(d *ra.Document) { d.Certificate = d.Certificate[1:] },
			"certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			d := fixed(t, c.kind)
			c.spoil(&d)
			pdf, err := p.Print(t.Context(), d)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
			if pdf != nil {
				t.Errorf("got %d octets beside the error", len(pdf))
			}
		})
	}
}

// TestPrintRefusesForeignAlgorithm: what the caller's list does not have is
// not printed.
func TestPrintRefusesForeignAlgorithm(t *testing.T) {
	p, err := forms.New(forms.Config{Authority: authority(), Algorithms: csr.Standard()[2:]})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Print(t.Context(), fixed(t, ra.RequestForm)); !errors.Is(err, csr.ErrUnknownAlgorithm) {
		t.Errorf("got %v, want %v", err, csr.ErrUnknownAlgorithm)
	}
}

// TestPrintRepeats: the same document, the same bytes, whoever prints it and
// however many at once, and wherever the clock of the record stood.
func TestPrintRepeats(t *testing.T) {
	p := newPrinter(t)
	for _, kind := range kinds {
		want, err := p.Print(t.Context(), fixed(t, kind))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(want, []byte("%PDF-")) || !bytes.Contains(want, []byte("(D:20251122103000)")) {
			t.Errorf("%s: no PDF of the time of the request's last change", kind)
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				d := fixed(t, kind)
				d.Request.Updated = d.Request.Updated.In(time.FixedZone("MSK", 3*3600))
				got, err := newPrinter(t).Print(t.Context(), d)
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s: another rendering differs (error %v)", kind, err)
				}
			})
		}
		all.Wait()
	}
}

// TestMissingGlyph: a character outside the font is an error that names it
// and the place, and does not repeat the value.
func TestMissingGlyph(t *testing.T) {
	p := newPrinter(t)
	for name, c := range map[string]struct{ value, want, row string }{
		"hieroglyph":     {"ул. Печатная 印", "U+5370", "streetAddress"},
		"emoji":          {"ул. Печатная 😀", "U+1F600", "streetAddress"},
		"plane's border": {"ул. Печатная \U00010000", "U+10000", "streetAddress"},
		"line feed":      {"ул. Печатная\nд. 1", "a control character", "STREET"},
		"combining":      {"ул. Е\u0308жная", "U+0308", "streetAddress"},
	} {
		t.Run(name, func(t *testing.T) {
			d := fixed(t, ra.ApplicationForm)
			d.Request.Form.Street = c.value
			pdf, err := p.Print(t.Context(), d)
			if err == nil || pdf != nil {
				t.Fatalf("got %d octets and error %v, want an error", len(pdf), err)
			}
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.row) {
				t.Errorf("got %q, want %s and the row", err, c.want)
			}
			if strings.Contains(err.Error(), "Печатная") || strings.Contains(err.Error(), "жная") {
				t.Errorf("%q repeats the value", err)
			}
		})
	}
}

// TestAlgorithms prints requests and certificates of every standard scheme.
func TestAlgorithms(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key   crypto.Signer
		lines []string
	}{
		"GOST 256": {newKey(t, gost.TC26B256()), []string{"ГОСТ Р 34.10-2012, 256 бит", "256-B (1.2.643.7.1.2.1.1.2)", "ГОСТ Р 34.10-2012 с ГОСТ Р 34.11-2012, 256 бит"}},
		"GOST 512": {newKey(t, gost.TC26C512()), []string{"ГОСТ Р 34.10-2012, 512 бит", "512-C (1.2.643.7.1.2.1.2.3)", "ГОСТ Р 34.10-2012 с ГОСТ Р 34.11-2012, 512 бит"}},
		"RSA":      {rsaKey, []string{"RSA", "1.2.840.113549.1.1.11", "RSA с SHA-256", "0500"}},
		"ECDSA":    {ecKey, []string{"ECDSA P-256", "ECDSA с SHA-256"}},
		"Ed25519":  {edKey, []string{"Ed25519", "1.3.101.112", "Параметры (DER) отсутствуют"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := applicant.Form(3)
			pkcs10 := newPKCS10(t, c.key, &f)
			d := ra.Document{Kind: ra.RequestForm, Request: requestOf(f), PKCS10: pkcs10, Certificate: newCertificate(t, c.key, pkcs10)}
			r, err := csr.Standard().Parse(pkcs10)
			if err != nil {
				t.Fatal(err)
			}
			for _, d.Kind = range []ra.DocumentKind{ra.RequestForm, ra.CertificateSheet} {
				pdf, err := newPrinter(t).Print(t.Context(), d)
				if err != nil {
					t.Fatal(err)
				}
				text := pdfText(t, pdf)
				for _, want := range c.lines {
					if !strings.Contains(text, want) {
						t.Errorf("%s: %q is missing", d.Kind, want)
					}
				}
				if d.Kind == ra.RequestForm && !containsHex(text, r.Signature) {
					t.Errorf("%s: the signature is missing", d.Kind)
				}
			}
		})
	}
}

func BenchmarkPrint(b *testing.B) {
	p := newPrinter(b)
	for _, kind := range kinds {
		b.Run(string(kind), func(b *testing.B) {
			d := fixed(b, kind)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Print(b.Context(), d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
