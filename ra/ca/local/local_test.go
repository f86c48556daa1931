package local_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
)

var (
	as    = csr.Standard()
	start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	tools = qualified.IssuerSignTool{SignTool: "средство", CATool: "средство УЦ", SignToolCert: "Заключение № 1", CAToolCert: "Заключение № 2"}
)

func newKey(t testing.TB, curve *gost.Curve) *gost.PrivateKey {
	t.Helper()
	key, err := gost.GenerateKey(curve, nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newName(t testing.TB, attributes ...csr.Attribute) csr.Name {
	t.Helper()
	name, err := csr.NewName(attributes...)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// authorityName is that of an invented authority, complete.
func authorityName(t testing.TB) csr.Name {
	t.Helper()
	return newName(t,
		csr.NewAttribute(csr.OGRN, "1027700132195"), csr.NewAttribute(csr.INNLE, "7707083893"),
		csr.NewAttribute(csr.Country, "RU"), csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"),
		csr.NewAttribute(csr.Locality, "Москва"), csr.NewAttribute(csr.StreetAddress, "ул. Сургучная, д. 1"),
		csr.NewAttribute(csr.Organization, "ООО «Сургуч»"), csr.NewAttribute(csr.CommonName, "ООО «Сургуч»"))
}

// config is that of an authority with a root of its own, made at a time.
func config(t testing.TB, key crypto.Signer, at time.Time) local.Config {
	t.Helper()
	root, err := local.NewRoot(as, key, authorityName(t), at)
	if err != nil {
		t.Fatal(err)
	}
	return local.Config{
		Algorithms: as, Key: key, Certificate: root, IssuerTool: tools, SubjectTool: "средство владельца",
		Clock: testenv.NewClock(at),
	}
}

func open(t testing.TB, c local.Config) *local.CA {
	t.Helper()
	ca, err := local.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ca.Close(); err != nil {
			t.Error(err)
		}
	})
	return ca
}

// order is a request of an invented person.
func order(t testing.TB, seed uint64) ra.Order {
	t.Helper()
	p := testenv.NewPerson(seed)
	der, err := as.Create(newKey(t, gost.CryptoProA()), &csr.Template{
		Subject: newName(t,
			csr.NewAttribute(csr.SNILS, p.SNILS), csr.NewAttribute(csr.INN, p.INN), csr.NewAttribute(csr.Country, "RU"),
			csr.NewAttribute(csr.CommonName, p.LastName+" "+p.FirstName), csr.NewAttribute(csr.GivenName, p.FirstName),
			csr.NewAttribute(csr.Surname, p.LastName)),
		// What the applicant would like counts for nothing.
		Extensions: []csr.Extension{csr.NewBasicConstraints(true, -1), csr.NewKeyUsage(csr.KeyCertSign)},
	})
	if err != nil {
		t.Fatal(err)
	}
	request, err := as.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return ra.Order{Request: request, Identification: qualified.ByCertificate}
}

// submit wants the outcome Issued and returns its certificate.
func submit(t testing.TB, ca ra.CA, key string, o ra.Order) *csr.Certificate {
	t.Helper()
	outcome, err := ca.Submit(t.Context(), key, o)
	if err != nil || outcome.State != ra.Issued {
		t.Fatalf("got %v, %v, want it issued", outcome.State, err)
	}
	cert, err := as.ParseCertificate(outcome.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestIssue(t *testing.T) {
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for what, key := range map[string]crypto.Signer{
		"CryptoPro-A": newKey(t, gost.CryptoProA()), "512-C": newKey(t, gost.TC26C512()), "Ed25519": ed, "P-256": ec,
	} {
		c := config(t, key, start)
		c.Accept = []string{"signature-not-gost"}
		o := order(t, 1)
		cert := submit(t, open(t, c), "order", o)
		if err := cert.Matches(o.Request); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		chain, err := as.VerifyChain(cert, csr.Chain{Anchors: []*csr.Certificate{c.Certificate}, At: start})
		if err != nil || len(chain) != 2 {
			t.Errorf("%s: got a chain of %d, %v, want 2", what, len(chain), err)
		}
	}
}

// TestProfile checks every field that the authority decides on.
func TestProfile(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start.Add(time.Millisecond))
	o := order(t, 1)
	o.Identification = qualified.ByChipPassport
	cert := submit(t, open(t, c), "order", o)
	end := start.Add(450 * 24 * time.Hour)
	if !cert.NotBefore.Equal(start) || !cert.NotAfter.Equal(end) {
		t.Errorf("got valid from %v to %v, want %v to %v", cert.NotBefore, cert.NotAfter, start, end)
	}
	if n := cert.SerialNumber; n.Sign() <= 0 || n.BitLen() != 127 {
		t.Errorf("got serial number %v of %d bits, want a positive one of 127", n, n.BitLen())
	}
	if cert.IsCA {
		t.Error("got a certificate that may issue others")
	}
	subjectTool, err := qualified.NewSubjectSignTool("средство владельца")
	if err != nil {
		t.Fatal(err)
	}
	issuerTool, err := tools.Extension()
	if err != nil {
		t.Fatal(err)
	}
	_, keyID, err := as.EncodeKey(o.Request.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	want := []csr.Extension{
		csr.NewKeyUsage(csr.DigitalSignature | csr.ContentCommitment | csr.KeyEncipherment | csr.DataEncipherment | csr.KeyAgreement),
		csr.NewExtendedKeyUsage([]int{1, 3, 6, 1, 5, 5, 7, 3, 2}, []int{1, 3, 6, 1, 5, 5, 7, 3, 4}),
		csr.NewCertificatePolicies([]int{1, 2, 643, 100, 113, 1}),
		subjectTool, issuerTool,
		qualified.NewIdentificationKind(qualified.ByChipPassport),
		qualified.NewPrivateKeyUsagePeriod(start, end),
		csr.NewSubjectKeyID(keyID),
		csr.NewAuthorityKeyID(c.Certificate.SubjectKeyID),
	}
	for _, w := range want {
		got, ok := csr.FindExtension(cert.Extensions, w.ID)
		if critical := w.ID.String() == "2.5.29.15"; !ok || got.Critical != critical || !bytes.Equal(got.Value, w.Value) {
			t.Errorf("extension %v: got %x, critical %v, want %x, %v", w.ID, got.Value, got.Critical, w.Value, critical)
		}
	}
	if len(cert.Extensions) != len(want) {
		t.Errorf("got %d extensions, want %d", len(cert.Extensions), len(want))
	}
}

func TestNewRoot(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	root := c.Certificate
	if !root.IsCA || root.PathLen != 0 || root.KeyUsage != csr.DigitalSignature|csr.KeyCertSign|csr.CRLSign {
		t.Errorf("got CA %v, path length %d, key usage %b", root.IsCA, root.PathLen, root.KeyUsage)
	}
	if got, want := root.NotAfter.Sub(root.NotBefore), 15*365*24*time.Hour; got != want || !root.NotBefore.Equal(start) {
		t.Errorf("got %v from %v, want %v from %v", got, root.NotBefore, want, start)
	}
	if err := as.CheckIssued(root, root); err != nil {
		t.Error(err)
	}
	for _, f := range qualified.LintCertificate(root, qualified.Options{}) {
		t.Errorf("the root breaks %s at %s", f.Rule, f.Where)
	}
	full, err := local.Root{
		Name: root.Subject, From: start, Life: time.Hour, Tool: "средство", IssuerTool: tools, Class: qualified.KC3,
	}.Create(as, c.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range qualified.LintCertificate(full, qualified.Options{}) {
		t.Errorf("the full root breaks %s at %s", f.Rule, f.Where)
	}
	if len(full.Policies) != 3 || !full.NotAfter.Equal(start.Add(time.Hour)) {
		t.Errorf("got policies %v, valid to %v", full.Policies, full.NotAfter)
	}
	for what, r := range map[string]local.Root{
		"tool":          {Name: root.Subject, From: start, Tool: strings.Repeat("т", 201)},
		"issuer's tool": {Name: root.Subject, From: start, IssuerTool: qualified.IssuerSignTool{SignTool: "средство"}},
		"life":          {Name: root.Subject, From: start, Life: -time.Hour},
	} {
		if _, err := r.Create(as, c.Key); err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
	if _, err := local.NewRoot(nil, c.Key, root.Subject, start); !errors.Is(err, csr.ErrUnknownAlgorithm) {
		t.Errorf("without algorithms: got %v, want ErrUnknownAlgorithm", err)
	}
}

func TestNewRefuses(t *testing.T) {
	good := config(t, newKey(t, gost.CryptoProA()), start)
	leafKey := newKey(t, gost.CryptoProA())
	issue := func(extensions ...csr.Extension) *csr.Certificate {
		template := &csr.CertificateTemplate{
			SerialNumber: good.Certificate.SerialNumber, Issuer: good.Certificate.Subject, Subject: good.Certificate.Subject,
			NotBefore: start, NotAfter: start.AddDate(1, 0, 0), Extensions: extensions,
		}
		var err error
		if template.RawKey, _, err = as.EncodeKey(leafKey.Public()); err != nil {
			t.Fatal(err)
		}
		der, err := as.CreateCertificate(good.Key, template)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := as.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return cert
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*local.Config){
		"no algorithms":       func(c *local.Config) { c.Algorithms = nil },
		"no key":              func(c *local.Config) { c.Key = nil },
		"no certificate":      func(c *local.Config) { c.Certificate = nil },
		"another key":         func(c *local.Config) { c.Key = leafKey },
		"another certificate": func(c *local.Config) { c.Certificate = issue(csr.NewBasicConstraints(true, 0)) },
		"no authority's": func(c *local.Config) {
			c.Key, c.Certificate = leafKey, issue()
		},
		"may not sign certificates": func(c *local.Config) {
			c.Key, c.Certificate = leafKey, issue(csr.NewBasicConstraints(true, 0), csr.NewKeyUsage(csr.DigitalSignature))
		},
		"no issuer tool":  func(c *local.Config) { c.IssuerTool.CATool = "" },
		"no subject tool": func(c *local.Config) { c.SubjectTool = "" },
		"no folder":       func(c *local.Config) { c.Dir = file },
		"no such rule":    func(c *local.Config) { c.Accept = []string{"subject-cn-absent"} },
		"no such class":   func(c *local.Config) { c.Class = 9 },
		"no time at all":  func(c *local.Config) { c.Life = time.Millisecond },
		"no list's time":  func(c *local.Config) { c.ListLife = -1 },
		"a list's URL":    func(c *local.Config) { c.CRLURLs = []string{"http://сургуч.рф"} },
		"an issuer's URL": func(c *local.Config) { c.IssuerURLs = []string{"http://сургуч.рф"} },
		"a key's time": func(c *local.Config) {
			c.Key, c.Certificate = leafKey, issue(csr.NewBasicConstraints(true, 0),
				csr.Extension{ID: []int{2, 5, 29, 16}, Value: []byte{5, 0}})
		},
	} {
		c := good
		change(&c)
		if ca, err := local.New(c); ca != nil || err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
	good.Key, good.Certificate = leafKey, issue(csr.NewBasicConstraints(true, 0))
	if _, err := local.New(good); err != nil {
		t.Errorf("an authority without keyUsage: got %v", err)
	}
}
