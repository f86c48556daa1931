package qualified_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/oid"
)

// newest is the profile in force when the tests' certificates begin.
func newest(t testing.TB) qualified.Profile {
	t.Helper()
	p, err := qualified.ProfileAt(begin)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestNewSubject compares the names of all owner types with their texts.
func TestNewSubject(t *testing.T) {
	place := "C=RU, S=77 г. Москва, L=Москва, STREET=ул. Сургучная\\, д. 1"
	for name, want := range map[string]string{
		"person":                 "SNILS=11223344595, INN=500100732259, E=k@example.org, " + place + ", CN=Сургучёва Ксения Ильинична, G=Ксения Ильинична, SN=Сургучёва",
		"sole-trader":            "OGRNIP=304500116000157, SNILS=11223344595, INN=500100732259, E=k@example.org, " + place + ", CN=Сургучёва Ксения Ильинична, G=Ксения Ильинична, SN=Сургучёва",
		"organization":           "OGRN=1027700132195, SNILS=11223344595, INNLE=7707083893, INN=500100732259, E=info@example.org, " + place + ", O=ООО «Сургуч», OU=Управление, T=Директор, CN=ООО «Сургуч», G=Ксения Ильинична, SN=Сургучёва",
		"organization-automatic": "OGRN=1027700132195, INNLE=7707083893, E=info@example.org, " + place + ", O=ООО «Сургуч», CN=ООО «Сургуч»",
		"foreign-person":         "SNILS=11223344595, E=k@example.org, C=BY, S=Минская область, L=Москва, STREET=ул. Сургучная\\, д. 1, CN=Сургучёва Ксения Ильинична, G=Ксения Ильинична, SN=Сургучёва",
		"foreign-organization":   "INNLE=7707083893, E=info@example.org, C=KZ, S=Астана, L=Москва, STREET=ул. Сургучная\\, д. 1, O=ООО «Сургуч», CN=ООО «Сургуч»",
	} {
		got, err := qualified.NewSubject(newest(t), qualified.Owner(owner(name)))
		if err != nil || got.String() != want {
			t.Errorf("%s: got %v, %v, want %s", name, got, err, want)
		}
		if o := qualified.DetectOwner(got); o.String() != name {
			t.Errorf("%s: told to be %v", name, o)
		}
	}
}

// TestOwnerError: every fault is listed by its attribute, without the value.
func TestOwnerError(t *testing.T) {
	for what, c := range map[string]struct {
		owner  string
		change func(*qualified.Owner)
		want   []string
	}{
		"nothing at all": {"person", func(o *qualified.Owner) { *o = qualified.Owner{Type: qualified.NaturalPerson} },
			[]string{"SNILS", "INN", "CN", "G", "SN"}},
		"no type": {"person", func(o *qualified.Owner) { o.Type = qualified.UnknownOwner }, []string{"owner"}},
		"numbers": {"organization", func(o *qualified.Owner) {
			o.OGRN, o.INNLE, o.INN, o.SNILS = "1027700132196", "707083893", "500100732258", "11223344596"
		}, []string{"OGRN", "SNILS", "INNLE", "INN"}},
		"what is another's": {"person", func(o *qualified.Owner) {
			o.OGRN, o.OGRNIP, o.INNLE, o.Organization, o.Title = "1027700132195", "304500116000157", "7707083893", "ООО", "Директор"
		}, []string{"OGRN", "OGRNIP", "INNLE", "O", "T"}},
		"a wrong OGRNIP":    {"sole-trader", func(o *qualified.Owner) { o.OGRNIP = "304500116000158" }, []string{"OGRNIP"}},
		"another country":   {"person", func(o *qualified.Owner) { o.Country = "BY" }, []string{"C"}},
		"no country's form": {"foreign-person", func(o *qualified.Owner) { o.Country = "by" }, []string{"C"}},
		"no country":        {"foreign-person", func(o *qualified.Owner) { o.Country = "" }, []string{"C"}},
		"a region's name":   {"person", func(o *qualified.Owner) { o.Region = "Москва" }, []string{"S"}},
		"mail in Cyrillic":  {"person", func(o *qualified.Owner) { o.Email = "почта@пример.рф" }, []string{"E"}},
		"mail too long":     {"person", func(o *qualified.Owner) { o.Email = "k@" + strings.Repeat("a", 254) }, []string{"E"}},
		"spaces":            {"person", func(o *qualified.Owner) { o.Locality = " Москва" }, []string{"L"}},
		"a line break":      {"person", func(o *qualified.Owner) { o.Street = "ул.\nСургучная" }, []string{"STREET"}},
		"not UTF-8":         {"person", func(o *qualified.Owner) { o.Street = "\xff" }, []string{"STREET"}},
		"endless":           {"organization", func(o *qualified.Owner) { o.Unit = long(1025) }, []string{"OU"}},
	} {
		o := qualified.Owner(owner(c.owner))
		c.change(&o)
		_, err := qualified.NewSubject(newest(t), o)
		var e *qualified.OwnerError
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v, want an OwnerError", what, err)
			continue
		}
		var got []string
		for _, f := range e.Faults {
			got = append(got, f.Attribute)
			if !strings.Contains(err.Error(), f.Attribute+": "+f.Reason) {
				t.Errorf("%s: %v does not tell %s", what, err, f.Attribute)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", what, err, c.want)
		}
		for _, secret := range []string{string(o.SNILS), string(o.INN), o.Surname, o.Email} {
			if secret != "" && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error shows a value", what)
			}
		}
	}
}

// TestOldSubject: before order 31 an organisation's number stood in INN.
func TestOldSubject(t *testing.T) {
	p, err := qualified.ProfileAt(time.Date(2020, 5, 6, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	o := qualified.Owner(owner("organization-automatic"))
	if _, err := qualified.NewSubject(p, o); err == nil || !strings.Contains(err.Error(), "INNLE: not in") {
		t.Errorf("INNLE: got %v, want it refused", err)
	}
	o.INNLE, o.INN = "", legacy
	if name, err := qualified.NewSubject(p, o); err != nil || name.Get(oid.INN) != legacy {
		t.Errorf("got %v, %v, want INN behind 00", name, err)
	}
	o.INN = "007707083892"
	if _, err := qualified.NewSubject(p, o); err == nil || !strings.Contains(err.Error(), "INN: behind 00") {
		t.Errorf("got %v, want the check digit refused", err)
	}
}

func TestWanted(t *testing.T) {
	list, err := qualified.Wanted{SignTool: "СКЗИ", Class: qualified.KC3, Identification: qualified.ByCertificate}.Extensions()
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		id       string
		critical bool
		value    string
	}{
		{"2.5.29.15", true, "\x03\x02\x03\xf8"},
		{"2.5.29.37", false, string(csr.NewExtendedKeyUsage(oid.PurposeClientAuth, oid.PurposeEmailProtection).Value)},
		{"1.2.643.100.111", false, "\x0c\x08СКЗИ"},
		{"1.2.643.100.114", false, "\x02\x01\x01"},
		{"2.5.29.32", false, string(csr.NewCertificatePolicies(oid.PolicyKC1, oid.PolicyKC2, oid.PolicyKC3).Value)},
	}
	if len(list) != len(want) {
		t.Fatalf("got %d extensions, want %d", len(list), len(want))
	}
	for i, e := range list {
		if e.ID.String() != want[i].id || e.Critical != want[i].critical || string(e.Value) != want[i].value {
			t.Errorf("got %v, critical %v, %x, want %v", e.ID, e.Critical, e.Value, want[i])
		}
	}

	_, err = qualified.Wanted{Usage: csr.DigitalSignature | csr.KeyCertSign, Class: 7, Identification: 4}.Extensions()
	for _, what := range []string{"contentCommitment", "authority", "subjectSignTool", "class", "identificationKind"} {
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("got %v, want a fault about %s", err, what)
		}
	}
	if got := qualified.Class(0).Policies(); got != nil {
		t.Errorf("got %v, want nothing of no class", got)
	}
	for c, want := range map[qualified.Class]string{qualified.KC1: "КС1", qualified.KA1: "КА1", 9: "Class(9)"} {
		if c.String() != want {
			t.Errorf("got %s, want %s", c, want)
		}
	}
	for i, p := range qualified.KA1.Policies() {
		if want := oid.PolicyKC1[:len(oid.PolicyKC1)-1].String() + "." + string(rune('1'+i)); p.String() != want {
			t.Errorf("got %v, want %s", p, want)
		}
	}
}
