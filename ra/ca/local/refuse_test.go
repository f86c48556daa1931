package local_test

import (
	"errors"
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

// named is an order for a subject.
func named(t *testing.T, attributes ...csr.Attribute) ra.Order {
	t.Helper()
	der, err := as.Create(newKey(t, gost.CryptoProA()), &csr.Template{Subject: newName(t, attributes...)})
	if err != nil {
		t.Fatal(err)
	}
	request, err := as.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return ra.Order{Request: request}
}

// TestLint refuses what breaks the form before it is signed, for ever, and
// names the rule and no datum of the owner.
func TestLint(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	for rule, o := range map[string]ra.Order{
		"subject-snils-missing": named(t, csr.NewAttribute(csr.CommonName, "Вощёных")),
		"subject-cn-missing":    named(t, csr.NewAttribute(csr.SNILS, "11223344595")),
		"number-snils-check":    named(t, csr.NewAttribute(csr.SNILS, "11223344596"), csr.NewAttribute(csr.CommonName, "Вощёных")),
		"extension-malformed":   {Request: order(t, 1).Request, Identification: 7},
	} {
		ca := open(t, c)
		for range 2 {
			out, err := ca.Submit(t.Context(), "order", o)
			if err != nil || out.State != ra.Refused || out.Code != "lint" || out.Certificate != nil {
				t.Fatalf("%s: got %v %s, %v, want it refused by the linter", rule, out.State, out.Code, err)
			}
			if !strings.Contains(out.Reason, rule+": ") {
				t.Errorf("got %q, want %s named", out.Reason, rule)
			}
			if strings.Contains(out.Reason, "Вощёных") || strings.Contains(out.Reason, "1122334459") {
				t.Errorf("the refusal shows the owner: %q", out.Reason)
			}
		}
		if out, err := ca.Revoke(t.Context(), "order", ra.Revocation{}); err != nil || out.State != ra.Refused {
			t.Errorf("%s: revoked: got %v, %v, want Refused", rule, out.State, err)
		}
		if out, err := ca.Submit(t.Context(), "order", order(t, 1)); err != nil || out.State != ra.Refused {
			t.Errorf("%s: another order: got %v, %v, want the first answer", rule, out.State, err)
		}
	}
}

func TestAccept(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	c.Accept = []string{"subject-snils-missing"}
	submit(t, open(t, c), "order", named(t, csr.NewAttribute(csr.CommonName, "Вощёных")))
}

// TestMayNotIssue refuses whole orders for reasons of the authority's own:
// nobody is helped by asking again, and the key of the order is not used up.
func TestMayNotIssue(t *testing.T) {
	good := config(t, newKey(t, gost.CryptoProA()), start)
	short, err := local.Root{Name: authorityName(t), From: start, KeyLife: time.Hour}.Create(as, good.Key)
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*local.Config, *ra.Order){
		"not valid yet":   func(c *local.Config, _ *ra.Order) { c.Clock = testenv.NewClock(start.Add(-time.Second)) },
		"no longer valid": func(c *local.Config, _ *ra.Order) { c.Clock = testenv.NewClock(start.AddDate(16, 0, 0)) },
		"valid longer than it": func(c *local.Config, _ *ra.Order) {
			c.Clock, c.Life = testenv.NewClock(start.AddDate(1, 0, 0)), 15*365*24*time.Hour
		},
		"its key's time is over": func(c *local.Config, _ *ra.Order) {
			c.Certificate, c.Clock = short, testenv.NewClock(start.Add(2*time.Hour))
		},
		"no request":       func(_ *local.Config, o *ra.Order) { o.Request = nil },
		"an unknown key":   func(c *local.Config, o *ra.Order) { r := *o.Request; r.RawKey = []byte{0x30, 0}; o.Request = &r },
		"before the forms": func(c *local.Config, _ *ra.Order) { old(t, c) },
	} {
		c, o := good, order(t, 1)
		change(&c, &o)
		ca := open(t, c)
		out, err := ca.Submit(t.Context(), "order", o)
		if err == nil || out.State != "" || !strings.HasPrefix(err.Error(), "local: ") {
			t.Errorf("%s: got %v, %v, want an error", what, out.State, err)
		}
		if errors.Unwrap(err) == nil {
			t.Errorf("%s: got %v, want it marked as permanent", what, err)
		}
		if out, err := ca.Find(t.Context(), "order"); err != nil || out.State != ra.Unknown {
			t.Errorf("%s: find: got %v, %v, want Unknown", what, out.State, err)
		}
	}
}

// old makes it the authority of a time before there were qualified
// certificates.
func old(t *testing.T, c *local.Config) {
	t.Helper()
	at := time.Date(2011, 6, 1, 0, 0, 0, 0, time.UTC)
	root, err := local.NewRoot(as, c.Key, authorityName(t), at)
	if err != nil {
		t.Fatal(err)
	}
	c.Certificate, c.Clock = root, testenv.NewClock(at)
}

// TestForms issues in every period of the form; after the last one it goes on
// in that.
func TestForms(t *testing.T) {
	key := newKey(t, gost.CryptoProA())
	for _, c := range []struct {
		at             time.Time
		identification bool
	}{
		{time.Date(2021, 6, 1, 0, 0, 0, 0, time.UTC), false},
		{time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC), true},
		{time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), true},
		{time.Date(2027, 12, 1, 0, 0, 0, 0, time.UTC), true},
	} {
		cert := submit(t, open(t, config(t, key, c.at)), "order", order(t, 1))
		_, got := csr.FindExtension(cert.Extensions, []int{1, 2, 643, 100, 114})
		if got != c.identification {
			t.Errorf("%v: identificationKind: got %v, want %v", c.at, got, c.identification)
		}
	}
}

// TestComplete: with every address configured the certificate breaks no rule,
// not even one that only informs, but those about the person's address.
func TestComplete(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	c.CRLURLs = []string{"http://ca.example/authority.crl"}
	c.IssuerURLs = []string{"http://ca.example/authority.cer"}
	c.OCSPURLs = []string{"http://ocsp.example/"}
	c.Class = qualified.KC2
	cert := submit(t, open(t, c), "order", order(t, 1))
	for _, f := range qualified.LintCertificate(cert, qualified.Options{}) {
		t.Errorf("it breaks %s at %s", f.Rule, f.Where)
	}
	lists, err := cert.CRLDistributionPoints()
	if err != nil || len(lists) != 1 || len(cert.Policies) != 2 {
		t.Errorf("got lists at %v, %v, policies %v", lists, err, cert.Policies)
	}
}

func TestRevokeRefuses(t *testing.T) {
	ca := open(t, config(t, newKey(t, gost.CryptoProA()), start))
	submit(t, ca, "order", order(t, 1))
	for what, r := range map[string]ra.Revocation{
		"a hold":           {Reason: csr.ReasonCertificateHold},
		"a removal":        {Reason: csr.ReasonRemoveFromCRL},
		"no such reason":   {Reason: 7},
		"no reason at all": {Reason: 11},
		"no such action":   {Action: 9},
	} {
		if out, err := ca.Revoke(t.Context(), "order", r); err == nil || errors.Unwrap(err) == nil {
			t.Errorf("%s: got %v, %v, want an error for good", what, out.State, err)
		}
	}
	if out, err := ca.Find(t.Context(), "order"); err != nil || out.State != ra.Issued {
		t.Errorf("got %v, %v, want it issued still", out.State, err)
	}
}
