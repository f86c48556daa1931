package ra_test

import (
	"context"
	"encoding/asn1"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/workflow"
)

var (
	platforms  = asn1.ObjectIdentifier{1, 2, 643, 6, 3}
	serverAuth = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}
	clients    = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}
	mailing    = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}
	licence    = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 49, 2}
)

// withUses is a world with one area of application, whose CA knows licences and
// gets orders as twisted.
func withUses(t *testing.T, twist func(*ra.Order)) *world {
	w := newWorld(t)
	ca, root := w.newCA("licensing", func(c *local.Config) { c.Licence = []byte{5, 0} })
	w.ca = &meddler{CA: ca, submit: func(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
		twist(&o)
		return ca.Submit(ctx, key, o)
	}}
	w.reopen(func(c *ra.Config) {
		c.CA, c.Issuers = w.ca, []*csr.Certificate{root}
		c.Uses = map[string]ra.Use{"platforms": {Title: "Электронные торговые площадки", Purposes: []asn1.ObjectIdentifier{platforms, clients}}}
	})
	w.form.Use, w.form.Licence = "platforms", "1"
	return w
}

func TestCertificateIsForTheUseOfTheForm(t *testing.T) {
	w := withUses(t, func(*ra.Order) {})
	id := w.ordered()
	der, err := w.authority.Document(w.ctx, w.reload(id), ra.CertificateExhibit)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := w.as.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	want := []asn1.ObjectIdentifier{clients, mailing, platforms}
	if !slices.EqualFunc(cert.ExtendedKeyUsage, want, asn1.ObjectIdentifier.Equal) {
		t.Errorf("got purposes %v, want %v", cert.ExtendedKeyUsage, want)
	}
	if e, ok := csr.FindExtension(cert.Extensions, licence); !ok || string(e.Value) != "\x05\x00" {
		t.Errorf("got licence %x (%v), want 0500", e.Value, ok)
	}
}

func TestCertificateForAnotherUseDoesNotCount(t *testing.T) {
	for name, twist := range map[string]func(*ra.Order){
		"a purpose is missing":  func(o *ra.Order) { o.Purposes = o.Purposes[:2] },
		"a purpose is added":    func(o *ra.Order) { o.Purposes = append(slices.Clip(o.Purposes), serverAuth) },
		"the licence is absent": func(o *ra.Order) { o.Licence = false },
	} {
		t.Run(name, func(t *testing.T) {
			w := withUses(t, twist)
			id := w.ordered()
			r := w.reload(id)
			if _, counts := r.Evidence(workflow.CertificateMatches); counts {
				t.Error("got the certificate to count, want it refused")
			}
			e, ok := r.Exhibit(ra.RefusedCertificate)
			if !ok || !strings.Contains(e.Note, "purposes are not those of the form") {
				t.Errorf("got exhibit %+v, want the refused certificate with its purposes as the reason", e)
			}
		})
	}
}

func TestRequestMayNotAskForMore(t *testing.T) {
	w := withUses(t, func(*ra.Order) {})
	id := w.confirmed()
	submit := func(purposes ...asn1.ObjectIdentifier) error {
		subject, err := ra.Subject(&w.form)
		if err != nil {
			t.Fatal(err)
		}
		der, err := w.as.Create(w.newKey(), &csr.Template{Subject: subject, Extensions: []csr.Extension{csr.NewExtendedKeyUsage(purposes...)}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.authority.SubmitCSR(w.ctx, id, owner, der)
		return err
	}
	var e *ra.PurposeError
	if err := submit(clients, serverAuth); !errors.As(err, &e) || !slices.Equal(e.Unexpected, []string{serverAuth.String()}) {
		t.Errorf("got %v, want %s unexpected", err, serverAuth)
	}
	if err := submit(clients, licence, platforms); err != nil {
		t.Errorf("got %v, want a part of what the form asks for to be taken", err)
	}
}

func TestUnknownUseIsAFault(t *testing.T) {
	w := newWorld(t)
	r := w.must(w.authority.Begin(w.ctx, operator, "personal-link", ra.Form{LegalForm: "person", Email: w.form.Email}))
	w.form.Use = "Площадки"
	var e *ra.FormError
	if _, err := w.authority.Fill(w.ctx, r.ID, owner, w.form); !errors.As(err, &e) || len(e.Faults) != 1 || e.Faults[0].Field != "use" || e.Faults[0].Code != "unknown_use" {
		t.Errorf("got %v, want the one fault use: unknown_use", err)
	}
}

func TestConfigRefusesUses(t *testing.T) {
	for name, uses := range map[string]map[string]ra.Use{
		"without a title":           {"x": {}},
		"without a name":            {"": {Title: "Площадки"}},
		"with a licence as purpose": {"x": {Title: "Площадки", Purposes: []asn1.ObjectIdentifier{licence}}},
	} {
		w := newWorld(t)
		c := w.config
		c.Uses = uses
		if _, err := ra.New(c); err == nil {
			t.Errorf("%s: got no error, want the configuration refused", name)
		}
	}
}
