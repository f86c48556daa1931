package local_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
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
	tools = qualified.IssuerSignTool{SignTool: "средство", CATool: "средство УЦ", SignToolCert: "заключение 1", CAToolCert: "заключение 2"}
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

// config is that of an authority with a root of its own, made at a time.
func config(t testing.TB, key crypto.Signer, at time.Time) local.Config {
	t.Helper()
	root, err := local.NewRoot(as, key, newName(t, csr.NewAttribute(csr.CommonName, "УЦ")), at)
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
	return ca
}

// order is a request of an invented person.
func order(t testing.TB, seed uint64) ra.Order {
	t.Helper()
	p := testenv.NewPerson(seed)
	der, err := as.Create(newKey(t, gost.CryptoProA()), &csr.Template{
		Subject: newName(t, csr.NewAttribute(csr.SNILS, p.SNILS), csr.NewAttribute(csr.INN, p.INN), csr.NewAttribute(csr.CommonName, p.LastName)),
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
	c := config(t, newKey(t, gost.TC26A256()), start)
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

func TestSubmitOnce(t *testing.T) {
	ca := open(t, config(t, newKey(t, gost.CryptoProA()), start))
	first, err := ca.Submit(t.Context(), "order", order(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.Clone(first.Certificate)
	clear(first.Certificate) // is the caller's
	for what, o := range map[string]ra.Order{"again": order(t, 1), "another person": order(t, 2)} {
		if got := submit(t, ca, "order", o); !bytes.Equal(got.Raw, want) {
			t.Errorf("%s: got another certificate", what)
		}
	}
	if got := submit(t, ca, "order/2", order(t, 1)); bytes.Equal(got.Raw, want) {
		t.Error("another key: got the same certificate")
	}
}

func TestUnknown(t *testing.T) {
	dir := t.TempDir()
	c := config(t, newKey(t, gost.CryptoProA()), start)
	c.Dir = dir
	ca := open(t, c)
	if got, err := ca.Find(t.Context(), "order"); got.State != ra.Unknown || got.Certificate != nil || err != nil {
		t.Errorf("find: got %v, %v, want Unknown", got.State, err)
	}
	if got, err := ca.Revoke(t.Context(), "order", ra.Revocation{At: start}); got.State != ra.Unknown || err != nil {
		t.Errorf("revoke: got %v, %v, want Unknown", got.State, err)
	}
	if files := glob(t, dir, "*"); len(files) != 0 {
		t.Errorf("got %v written", files)
	}
}

func glob(t *testing.T, dir, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestReopen closes and opens the authority's folder after each step.
func TestReopen(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	c.Dir = filepath.Join(t.TempDir(), "new", "issued")
	const key = "../request/issue/3" // is no path
	o := order(t, 1)
	issued := submit(t, open(t, c), key, o)

	found, err := open(t, c).Find(t.Context(), key)
	if err != nil || found.State != ra.Issued || !bytes.Equal(found.Certificate, issued.Raw) {
		t.Errorf("found: got %v, %v, want it issued as it was", found.State, err)
	}
	if again := submit(t, open(t, c), key, o); !bytes.Equal(again.Raw, issued.Raw) {
		t.Error("submitted again: got another certificate")
	}
	for _, at := range []time.Time{start.Add(time.Hour), start.Add(2 * time.Hour)} { // the second changes nothing
		revoked, err := open(t, c).Revoke(t.Context(), key, ra.Revocation{Reason: 5, At: at})
		if err != nil || revoked.State != ra.Revoked || !bytes.Equal(revoked.Certificate, issued.Raw) {
			t.Errorf("revoked: got %v, %v", revoked.State, err)
		}
	}
	ca := open(t, c)
	if got, err := ca.Find(t.Context(), key); err != nil || got.State != ra.Revoked {
		t.Errorf("found after it was revoked: got %v, %v", got.State, err)
	}
	if got, err := ca.Submit(t.Context(), key, o); err != nil || got.State != ra.Revoked {
		t.Errorf("submitted after it was revoked: got %v, %v, want no second certificate", got.State, err)
	}
	files := glob(t, c.Dir, "*")
	if len(files) != 2 {
		t.Fatalf("got %v, want a certificate and its end", files)
	}
	for _, name := range files {
		if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: got mode %v, %v", name, info.Mode(), err)
		}
	}
	if text, err := os.ReadFile(glob(t, c.Dir, "*.revoked")[0]); string(text) != "2026-11-22T13:00:00Z" {
		t.Errorf("got %q, %v, want the time of the first revocation", text, err)
	}
}

func TestRevokeNow(t *testing.T) {
	ca := open(t, config(t, newKey(t, gost.CryptoProA()), start))
	submit(t, ca, "order", order(t, 1))
	if got, err := ca.Revoke(t.Context(), "order", ra.Revocation{Reason: 1}); got.State != ra.Revoked || err != nil {
		t.Errorf("without a time: got %v, %v, want Revoked", got.State, err)
	}
}

// TestConcurrentSubmit has several workers hand over one order.
func TestConcurrentSubmit(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	c.Dir = t.TempDir()
	ca, o := open(t, c), order(t, 1)
	var wait sync.WaitGroup
	var outcomes [8]ra.Outcome
	for i := range outcomes {
		wait.Go(func() {
			var err error
			if outcomes[i], err = ca.Submit(t.Context(), "order", o); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, outcome := range outcomes {
		if outcome.State != ra.Issued || !bytes.Equal(outcome.Certificate, outcomes[0].Certificate) {
			t.Error("got two certificates for one order")
		}
	}
	if files := glob(t, c.Dir, "*"); len(files) != 1 {
		t.Errorf("got %v, want one certificate", files)
	}
}

func TestCancelled(t *testing.T) {
	ca, o := open(t, config(t, newKey(t, gost.CryptoProA()), start)), order(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ca.Submit(ctx, "order", o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if got, err := ca.Find(t.Context(), "order"); got.State != ra.Unknown || err != nil {
		t.Errorf("got %v, %v, want Unknown", got.State, err)
	}
}

// TestFolderLost issues nothing that could not be kept.
func TestFolderLost(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	c.Dir = filepath.Join(t.TempDir(), "issued")
	ca, o := open(t, c), order(t, 1)
	if err := os.Remove(c.Dir); err != nil {
		t.Fatal(err)
	}
	if got, err := ca.Submit(t.Context(), "order", o); !errors.Is(err, os.ErrNotExist) || got.Certificate != nil {
		t.Errorf("submit: got %v, %v, want os.ErrNotExist", got.State, err)
	}
	if got, err := ca.Find(t.Context(), "order"); got.State != ra.Unknown || err != nil {
		t.Errorf("find: got %v, %v, want Unknown", got.State, err)
	}
	c.Dir = ""
	submit(t, open(t, c), "order", o)
}

// TestBrokenRevocation does not pass for a certificate that is not revoked.
func TestBrokenRevocation(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	c.Dir = t.TempDir()
	ca := open(t, c)
	submit(t, ca, "order", order(t, 1))
	if _, err := ca.Revoke(t.Context(), "order", ra.Revocation{At: start}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(glob(t, c.Dir, "*.revoked")[0], []byte("yesterday"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := open(t, c).Find(t.Context(), "order"); err == nil {
		t.Errorf("got %v, want an error", got.State)
	}
}
