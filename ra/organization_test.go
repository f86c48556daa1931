package ra_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

// organization is the form of an organisation that its head acts for.
func organization() ra.Form {
	f := applicant.Form(5)
	f.LegalForm, f.OGRN, f.INNLE, f.KPP = ra.LegalOrganization, "1027700132195", "7707083893", "773601001"
	f.Organization, f.Position, f.ActsBy = "ООО «Печатник»", "Генеральный директор", ra.ByRegister
	return f
}

// trader is the form of a sole trader.
func trader() ra.Form {
	f := applicant.Form(6)
	f.LegalForm, f.OGRNIP = ra.LegalSoleTrader, "304500116000157"
	return f
}

// TestOwners: the subject of each kind of owner, and the registers asked.
func TestOwners(t *testing.T) {
	for _, c := range []struct {
		form   ra.Form
		cn, o  string
		checks []smev.Check
	}{
		{applicant.Form(3), "", "", []smev.Check{smev.CheckPassport, smev.CheckSNILS, smev.CheckINN}},
		{organization(), "ООО «Печатник»", "ООО «Печатник»", []smev.Check{smev.CheckPassport, smev.CheckSNILS, smev.CheckINN, smev.CheckEGRUL}},
		{trader(), "", "", []smev.Check{smev.CheckPassport, smev.CheckSNILS, smev.CheckINN, smev.CheckEGRIP}},
	} {
		o := newOffice(t)
		w := o.world
		w.form = c.form
		if faults := c.form.Check(w.clock.Now()); len(faults) > 0 {
			t.Fatalf("%s: %v", c.form.LegalForm, faults)
		}
		name, err := ra.Subject(&c.form)
		if err != nil {
			t.Fatal(err)
		}
		if c.cn == "" {
			c.cn = c.form.FullName()
		}
		if name.Get(csr.CommonName) != c.cn || name.Get(csr.Organization) != c.o || name.Get(csr.Surname) != c.form.LastName {
			t.Errorf("%s: got the subject %v", c.form.LegalForm, name)
		}
		id := o.identified()
		asked := map[smev.Check]bool{}
		for _, inquiry := range w.registers.asked {
			check, _, _ := strings.Cut(inquiry, "-")
			asked[smev.Check(check)] = true
		}
		for _, check := range c.checks {
			if !asked[check] || len(asked) != len(c.checks) {
				t.Errorf("%s: asked %v, want %v", c.form.LegalForm, asked, c.checks)
			}
		}
		if _, held := w.reload(id).Evidence(workflow.AuthorityConfirmed); !held {
			t.Errorf("%s: nobody said why the person may act", c.form.LegalForm)
		}
	}
}

// TestStrangers: fields of another kind of owner are faults, and so are
// numbers with wrong check digits.
func TestStrangers(t *testing.T) {
	for field, change := range map[string]func(*ra.Form){
		"OGRN":              func(f *ra.Form) { f.OGRN = "1027700132194" },
		"INN":               func(f *ra.Form) { f.INNLE = "7707083894" },
		"KPP":               func(f *ra.Form) { f.KPP = "77" },
		"ownerPosition":     func(f *ra.Form) { f.Position = "" },
		"authorityDocument": func(f *ra.Form) { f.ActsBy = "word" },
		"OGRNIP":            func(f *ra.Form) { f.OGRNIP = "304500116000157" },
		"expedited":         func(f *ra.Form) { f.Expedited = "yes" },
		"legalForm":         func(f *ra.Form) { f.LegalForm = "crowd" },
	} {
		f := organization()
		change(&f)
		w := newWorld(t)
		found := false
		for _, fault := range f.Check(w.clock.Now()) {
			found = found || fault.Field == field
		}
		if !found {
			t.Errorf("%s: no fault", field)
		}
	}
	w := newWorld(t)
	id, _ := w.linked()
	f := w.form
	f.OGRN = "1027700132195"
	var form *ra.FormError
	if _, err := w.authority.Fill(w.ctx, id, owner, f); !errors.As(err, &form) || len(form.Faults) != 1 || form.Faults[0].Code != "stranger" {
		t.Errorf("got %v, want one stranger", err)
	}
}
