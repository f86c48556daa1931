package qualified_test

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/oid"
)

// TestDetectOwner: subjects that are not of the builders' making.
func TestDetectOwner(t *testing.T) {
	for what, c := range map[string]struct {
		attributes []csr.Attribute
		want       qualified.OwnerType
	}{
		"nothing":            {nil, qualified.NaturalPerson},
		"an old authority":   {[]csr.Attribute{csr.NewAttribute(oid.INN, legacy), csr.NewAttribute(oid.Country, "RU")}, qualified.OrganizationAutomatic},
		"O alone":            {[]csr.Attribute{csr.NewAttribute(oid.Organization, "ООО")}, qualified.OrganizationAutomatic},
		"O and SNILS":        {[]csr.Attribute{csr.NewAttribute(oid.Organization, "ООО"), csr.NewAttribute(oid.SNILS, "1")}, qualified.OrganizationPerson},
		"OGRN with a branch": {[]csr.Attribute{csr.NewAttribute(oid.OGRN, "1"), csr.NewAttribute(oid.Country, "BY")}, qualified.OrganizationAutomatic},
		"OGRNIP and O":       {[]csr.Attribute{csr.NewAttribute(oid.OGRNIP, "3"), csr.NewAttribute(oid.Organization, "ИП")}, qualified.SoleTrader},
		"abroad":             {[]csr.Attribute{csr.NewAttribute(oid.Country, "BY")}, qualified.ForeignPerson},
		"a firm abroad":      {[]csr.Attribute{csr.NewAttribute(oid.Country, "BY"), csr.NewAttribute(oid.Organization, "ООО")}, qualified.ForeignOrganization},
	} {
		name, err := csr.NewName(c.attributes...)
		if err != nil {
			t.Fatal(err)
		}
		if got := qualified.DetectOwner(name); got != c.want {
			t.Errorf("%s: got %v, want %v", what, got, c.want)
		}
	}
}

// TestOptions: the owner and the date may be given.
func TestOptions(t *testing.T) {
	w := good(t, "person")
	w.options.Owner = qualified.SoleTrader
	if got := ruleIDs(w.lint(t)); !slices.Equal(got, []string{"subject-ogrnip-missing"}) {
		t.Errorf("owner: got %v", got)
	}
	// A certificate of 2020 in the form of 2020: an organisation's number
	// behind 00, no way of identification, no period of the key.
	w = good(t, "organization-automatic")
	w.from, w.to = time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(2021, 1, 2, 0, 0, 0, 0, time.UTC)
	w.remove(oid.INNLE)
	w.set(oid.INN, legacy)
	w.drop(oid.IdentificationKind)
	w.drop(oid.PrivateKeyUsagePeriod)
	if got := ruleIDs(w.lint(t)); len(got) != 0 {
		t.Errorf("2020: got %v", got)
	}
	w.options.At = begin
	if got := ruleIDs(w.lint(t)); !slices.Equal(got, []string{"identification-missing", "number-inn-legacy-2022", "period-missing"}) {
		t.Errorf("2020 by the rules of 2026: got %v", got)
	}
	// Whatever a CA certificate's attributes look like, it is an organisation's.
	w = good(t, "authority")
	w.options.Owner = qualified.NaturalPerson
	if got := ruleIDs(w.lint(t)); len(got) != 0 {
		t.Errorf("authority: got %v", got)
	}
}

// TestReal makes a request and a certificate with package csr, signed with a
// key of GOST, and lints what comes out of its parser.
func TestReal(t *testing.T) {
	as := csr.Standard()
	key, err := gost.GenerateKey(gost.CryptoProA(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range worlds {
		w := good(t, name)
		subject := w.name(t, w.subject, false)
		if w.request {
			der, err := as.Create(key, &csr.Template{Subject: subject, Extensions: w.extensions})
			if err != nil {
				t.Fatal(err)
			}
			r, err := as.Parse(der)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range qualified.LintRequest(r, qualified.Options{}) {
				t.Errorf("%s: got %s at %s", name, f.Rule, f.Where)
			}
			continue
		}
		spki, _, err := as.EncodeKey(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		der, err := as.CreateCertificate(key, &csr.CertificateTemplate{
			SerialNumber: w.serial, Issuer: w.name(t, w.issuer, false), Subject: subject, RawKey: spki,
			NotBefore: w.from, NotAfter: w.to, Extensions: w.extensions,
		})
		if err != nil {
			t.Fatal(err)
		}
		c, err := as.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range qualified.LintCertificate(c, qualified.Options{}) {
			t.Errorf("%s: got %s at %s", name, f.Rule, f.Where)
		}
	}
}

func TestFindingJSON(t *testing.T) {
	w := good(t, "person")
	w.remove(oid.SNILS)
	out, err := json.Marshal(w.lint(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"rule":"subject-snils-missing"`, `"severity":"error"`, `"where":"subject SNILS"`, `"act":"63-FZ"`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("got %s, want %s in it", out, want)
		}
	}
	var back []qualified.Finding
	if err := json.Unmarshal(out, &back); err != nil || len(back) != 1 || back[0].Severity != qualified.Error {
		t.Errorf("got %v, %v, want the finding again", back, err)
	}
	if err := json.Unmarshal([]byte(`[{"severity":"bad"}]`), &back); err == nil {
		t.Error("got a severity that is none accepted")
	}
	for g, want := range map[qualified.Grade]string{qualified.Read: "read", qualified.Measured: "measured", qualified.Seen: "seen",
		qualified.Recalled: "recalled", qualified.Reasoned: "reasoned"} {
		if g.String() != want {
			t.Errorf("got %s, want %s", g, want)
		}
	}
	if c := (qualified.Citation{Act: "X", Section: "section 1", Russian: "X, раздел 1"}); c.String() != "X, section 1" {
		t.Errorf("got %s", c)
	}
}

// FuzzLint lints whatever parses as a certificate, a request's name or a list
// of extensions.
func FuzzLint(f *testing.F) {
	for _, c := range corpus(f) {
		f.Add(c.Raw)
		f.Add(c.RawSubject)
		for _, e := range c.Extensions {
			f.Add(e.Value)
		}
	}
	base := good(f, "person").makeCertificate(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := schemes.ParseCertificate(data); err == nil {
			qualified.LintCertificate(c, qualified.Options{})
		}
		if r, err := schemes.Parse(data); err == nil {
			qualified.LintRequest(r, qualified.Options{})
		}
		if name, err := csr.ParseName(data); err == nil {
			r := &csr.Request{RawSubject: data, Subject: name, RawKey: data, RawSignatureAlgorithm: data}
			qualified.LintRequest(r, qualified.Options{})
		}
		// Every extension with this value, one after the other.
		for i := range base.Extensions {
			c := *base
			c.Extensions = slices.Clone(base.Extensions)
			c.Extensions[i].Value = data
			qualified.LintCertificate(&c, qualified.Options{})
		}
	})
}

// BenchmarkLint lints the certificate of an authority, an owner's that breaks
// nothing, and one that breaks much.
func BenchmarkLint(b *testing.B) {
	all := corpus(b)
	bad := good(b, "organization")
	bad.remove(oid.SNILS, oid.OGRN, oid.CommonName)
	bad.drop(oid.IdentificationKind)
	for name, c := range map[string]*csr.Certificate{
		"authority": all["8fb82ea28190"], "good": good(b, "organization").makeCertificate(b), "bad": bad.makeCertificate(b),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				qualified.LintCertificate(c, qualified.Options{})
			}
		})
	}
}
