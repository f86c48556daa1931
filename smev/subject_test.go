package smev_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
)

func TestSubjectEqual(t *testing.T) {
	moscow := time.FixedZone("MSK", 3*60*60)
	if !subject().Equal(subject()) || !(smev.Subject{}).Equal(smev.Subject{}) {
		t.Error("a subject is not equal to itself")
	}
	same := subject()
	same.BirthDate = same.BirthDate.In(moscow)
	same.Passport.Issued = same.Passport.Issued.Add(7 * time.Hour)
	same.Certificate.NotBefore, same.Certificate.NotAfter = same.Certificate.NotBefore.In(moscow), same.Certificate.NotAfter.In(moscow)
	if !same.Equal(subject()) || !subject().Equal(same) {
		t.Error("the same times in another location differ")
	}
	for name, change := range map[string]func(*smev.Subject){
		"last name":     func(s *smev.Subject) { s.LastName += "а" },
		"first name":    func(s *smev.Subject) { s.FirstName += "а" },
		"middle name":   func(s *smev.Subject) { s.MiddleName = "" },
		"gender":        func(s *smev.Subject) { s.Gender = smev.Male },
		"birth date":    func(s *smev.Subject) { s.BirthDate = s.BirthDate.AddDate(0, 0, 1) },
		"no birth date": func(s *smev.Subject) { s.BirthDate = time.Time{} },
		"SNILS":         func(s *smev.Subject) { s.SNILS = "" },
		"INN":           func(s *smev.Subject) { s.INN = "" },
		"series":        func(s *smev.Subject) { s.Passport.Series = "" },
		"number":        func(s *smev.Subject) { s.Passport.Number = "" },
		"issued":        func(s *smev.Subject) { s.Passport.Issued = s.Passport.Issued.AddDate(0, 1, 0) },
		"issuer code":   func(s *smev.Subject) { s.Passport.IssuerCode = "" },
		"issuer":        func(s *smev.Subject) { s.Passport.Issuer = "" },
		"birth place":   func(s *smev.Subject) { s.BirthPlace = "" },
		"OGRNIP":        func(s *smev.Subject) { s.OGRNIP = "" },
		"OGRN":          func(s *smev.Subject) { s.Organization.OGRN = "" },
		"firm's INN":    func(s *smev.Subject) { s.Organization.INN = "" },
		"KPP":           func(s *smev.Subject) { s.Organization.KPP = "" },
		"firm's name":   func(s *smev.Subject) { s.Organization.Name = "" },
		"serial number": func(s *smev.Subject) { s.Certificate.SerialNumber = "" },
		"authority":     func(s *smev.Subject) { s.Certificate.IssuerOrganization = "" },
		"not before":    func(s *smev.Subject) { s.Certificate.NotBefore = s.Certificate.NotBefore.Add(time.Second) },
		"not after":     func(s *smev.Subject) { s.Certificate.NotAfter = s.Certificate.NotAfter.Add(time.Second) },
		"owner":         func(s *smev.Subject) { s.Certificate.Owner = smev.OwnerSystem },
	} {
		other := subject()
		change(&other)
		if other.Equal(subject()) || subject().Equal(other) {
			t.Errorf("%s makes no difference", name)
		}
	}
}

// refusal is a fault of a subject and the kinds that will not ask with it.
type refusal struct {
	spoil func(*smev.Subject)
	field string
	kinds string
}

func refusals() map[string]refusal {
	const person = "p002 snils snilssearch inn innsearch egrul egrip esia"
	return map[string]refusal{
		"no last name":       {func(s *smev.Subject) { s.LastName = "" }, "ownerLastName", person},
		"Latin name":         {func(s *smev.Subject) { s.FirstName = "Pyotr" }, "ownerFirstName", "p002 snils snilssearch inn"},
		"name from a space":  {func(s *smev.Subject) { s.LastName = " " + s.LastName }, "ownerLastName", "snils snilssearch"},
		"long name":          {func(s *smev.Subject) { s.LastName = strings.Repeat("я", 61) }, "ownerLastName", "innsearch egrul egrip"},
		"very long name":     {func(s *smev.Subject) { s.LastName = strings.Repeat("я", 101) }, "ownerLastName", "p002 snils snilssearch inn innsearch egrul egrip"},
		"long patronymic":    {func(s *smev.Subject) { s.MiddleName = strings.Repeat("я", 101) }, "ownerMiddleName", "p002 snils snilssearch inn innsearch egrul egrip"},
		"no birth date":      {func(s *smev.Subject) { s.BirthDate = time.Time{} }, "ownerBirthDate", "p002 snils snilssearch innsearch esia"},
		"year 10000":         {func(s *smev.Subject) { s.BirthDate = s.BirthDate.AddDate(10000, 0, 0) }, "ownerBirthDate", "p002 snils snilssearch innsearch esia"},
		"long birth place":   {func(s *smev.Subject) { s.BirthPlace = strings.Repeat("я", 256) }, "ownerBirthPlace", "innsearch"},
		"no gender":          {func(s *smev.Subject) { s.Gender = "" }, "ownerGender", "snils snilssearch esia"},
		"no SNILS":           {func(s *smev.Subject) { s.SNILS = "" }, "SNILS", "snils esia"},
		"short SNILS":        {func(s *smev.Subject) { s.SNILS = "1122334459" }, "SNILS", "snils snilssearch esia"},
		"wrong SNILS":        {func(s *smev.Subject) { s.SNILS = "112-233-445 96" }, "SNILS", "snils snilssearch esia"},
		"no INN":             {func(s *smev.Subject) { s.INN = "" }, "INNFL", "inn egrul egrip"},
		"firm's INN":         {func(s *smev.Subject) { s.INN = s.Organization.INN }, "INNFL", "inn innsearch egrul egrip esia"},
		"wrong INN":          {func(s *smev.Subject) { s.INN = "500100732258" }, "INNFL", "inn innsearch egrul egrip esia"},
		"wrong INN, 11th":    {func(s *smev.Subject) { s.INN = "500100732249" }, "INNFL", "inn innsearch egrul egrip esia"},
		"INN from 00":        {func(s *smev.Subject) { s.INN = "000000000000" }, "INNFL", "inn innsearch egrul egrip esia"},
		"no series":          {func(s *smev.Subject) { s.Passport.Series = "" }, "passportSeries", "p001 p002 inn innsearch esia"},
		"other digits":       {func(s *smev.Subject) { s.Passport.Series = "４５０９" }, "passportSeries", "p001 p002 inn innsearch esia"},
		"short number":       {func(s *smev.Subject) { s.Passport.Number = "12345" }, "passportNumber", "p001 p002 inn innsearch esia"},
		"no issue date":      {func(s *smev.Subject) { s.Passport.Issued = time.Time{} }, "passportDate", "p002 inn innsearch esia"},
		"no department":      {func(s *smev.Subject) { s.Passport.IssuerCode = "" }, "ownerPassportDeptCode", "p002 innsearch"},
		"short department":   {func(s *smev.Subject) { s.Passport.IssuerCode = "77-001" }, "ownerPassportDeptCode", "p002 innsearch esia"},
		"long issuer":        {func(s *smev.Subject) { s.Passport.Issuer = strings.Repeat("я", 256) }, "passportIssuer", "innsearch"},
		"very long issuer":   {func(s *smev.Subject) { s.Passport.Issuer = strings.Repeat("я", 2001) }, "passportIssuer", "innsearch esia"},
		"no organisation":    {func(s *smev.Subject) { s.Organization = smev.Organization{} }, "OGRN", "egrul"},
		"wrong OGRN":         {func(s *smev.Subject) { s.Organization.OGRN = "1027700132196" }, "OGRN", "egrul"},
		"OGRN of a record":   {func(s *smev.Subject) { s.Organization.OGRN = "2027700132195" }, "OGRN", "egrul"},
		"a trader's OGRN":    {func(s *smev.Subject) { s.Organization.OGRN = s.OGRNIP }, "OGRN", "egrul"},
		"firm's wrong INN":   {func(s *smev.Subject) { s.Organization.INN = "7707083894" }, "INN", "egrul"},
		"a person's INN":     {func(s *smev.Subject) { s.Organization.OGRN, s.Organization.INN = "", s.INN }, "INN", "egrul"},
		"short KPP":          {func(s *smev.Subject) { s.Organization.KPP = "77010100" }, "KPP", "egrul"},
		"long firm's name":   {func(s *smev.Subject) { s.Organization.Name = strings.Repeat("я", 1001) }, "organizationShortName", "egrul"},
		"wrong OGRNIP":       {func(s *smev.Subject) { s.OGRNIP = "304500116000158" }, "OGRNIP", "egrip"},
		"OGRNIP of a record": {func(s *smev.Subject) { s.OGRNIP = "404500116000157" }, "OGRNIP", "egrip"},
		"no certificate":     {func(s *smev.Subject) { s.Certificate = smev.Certificate{} }, "serialNumber", "esia"},
		"odd serial number":  {func(s *smev.Subject) { s.Certificate.SerialNumber = "123" }, "serialNumber", "esia"},
		"long serial number": {func(s *smev.Subject) { s.Certificate.SerialNumber = strings.Repeat("ab", 21) }, "serialNumber", "esia"},
		"no authority":       {func(s *smev.Subject) { s.Certificate.IssuerOrganization = "" }, "issuerOrgName", "esia"},
		"no beginning":       {func(s *smev.Subject) { s.Certificate.NotBefore = time.Time{} }, "startDate", "esia"},
		"no end":             {func(s *smev.Subject) { s.Certificate.NotAfter = time.Time{} }, "expiryDate", "esia"},
		"no owner":           {func(s *smev.Subject) { s.Certificate.Owner = "" }, "ownerType", "esia"},
		"unknown owner":      {func(s *smev.Subject) { s.Certificate.Owner = "FL" }, "ownerType", "esia"},
		"an official's firm": {func(s *smev.Subject) { s.Certificate.Owner, s.Organization.OGRN = smev.OwnerOfficial, "" }, "OGRN", "esia"},
		"a system's firm":    {func(s *smev.Subject) { s.Certificate.Owner, s.Organization.INN = smev.OwnerSystem, "" }, "INN", "esia"},
		"a trader's number":  {func(s *smev.Subject) { s.Certificate.Owner, s.OGRNIP = smev.OwnerSoleTrader, "" }, "OGRNIP", "esia"},
		"control character":  {func(s *smev.Subject) { s.LastName += "\x01" }, "ownerLastName", person},
		"not UTF-8":          {func(s *smev.Subject) { s.FirstName += "\xff" }, "ownerFirstName", person},
	}
}

func TestBuildRefuses(t *testing.T) {
	for name, c := range refusals() {
		for title, kind := range kinds() {
			s := subject()
			c.spoil(&s)
			doc, err := kind.Build(s)
			if !slices.Contains(strings.Fields(c.kinds), title) {
				var e *smev.SubjectError
				if err != nil && !(errors.As(err, &e) && e.Field != c.field) {
					t.Errorf("%s, %s: %v, though the field is not asked", name, title, err)
				}
				continue
			}
			var e *smev.SubjectError
			if !errors.As(err, &e) || e.Field != c.field || e.Check != kind.Check || e.Need == "" || doc != nil {
				t.Errorf("%s, %s: got %v", name, title, err)
			}
		}
	}
	e := &smev.SubjectError{Check: smev.CheckINN, Field: "INNFL", Need: "12 digits"}
	if want := "smev: inn: INNFL: not 12 digits"; e.Error() != want {
		t.Errorf("got %s, want %s", e, want)
	}
	s := subject()
	s.INN = "500100732258"
	_, err := smev.PassportINN247().Build(s)
	if want := "smev: inn: INNFL: not a number with right control digits"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestMismatchError(t *testing.T) {
	e := &smev.MismatchError{ID: "39f5", Fields: []string{"INNFL", "SNILS"}}
	if want := "smev: the answer is not about what was asked: INNFL, SNILS (inquiry 39f5)"; e.Error() != want {
		t.Errorf("got %s, want %s", e, want)
	}
}

func TestBuildForgivesSeparators(t *testing.T) {
	s := subject()
	s.SNILS = "112-233-445 95"
	s.Passport.IssuerCode = "770-001"
	plain := s
	plain.SNILS, plain.Passport.IssuerCode = "11223344595", "770001"
	for name, kind := range kinds() {
		if got, want := build(t, kind, s), build(t, kind, plain); got != want {
			t.Errorf("%s: separators make another document:\n%s\n%s", name, got, want)
		}
	}
	for _, name := range []string{"p002", "snils", "snilssearch", "inn"} {
		if doc := build(t, kinds()[name], s); strings.Contains(doc, s.SNILS) || strings.Contains(doc, s.Passport.IssuerCode) {
			t.Errorf("%s keeps separators: %s", name, doc)
		}
	}
}

// The numbers of others, not made by the generator of our tests: examples of
// the rules and numbers that state bodies publish of themselves.
func TestControlDigits(t *testing.T) {
	kind := smev.CertificateRegistration141(smev.RoutingTest)
	for _, c := range []struct {
		right bool
		set   func(*smev.Subject, string)
		list  []string
	}{
		{true, setSNILS, []string{"11223344595", "08765430300", "08765430200", "00100199800", "00100199777"}},
		{false, setSNILS, []string{"11223344594", "08765430301", "00000000000", "00100199900"}},
		{true, setINN, []string{"500100732259", "366512608416", "773173084809"}},
		{false, setINN, []string{"500100732250", "500100732269", "366512608417"}},
		{true, setOrgINN, []string{"7830002293", "7707083893", "7710568760"}},
		{false, setOrgINN, []string{"7830002294", "7707083890"}},
		{true, setOGRN, []string{"1027700132195", "1047702026701", "5077746887312"}},
		{false, setOGRN, []string{"1027700132190", "5077746887313"}},
		{true, setOGRNIP, []string{"304500116000157"}},
		{false, setOGRNIP, []string{"304500116000150"}},
	} {
		for _, number := range c.list {
			s := subject()
			s.Certificate.Owner = smev.OwnerOfficial
			c.set(&s, number)
			if _, err := kind.Build(s); (err == nil) != c.right {
				t.Errorf("%s: got %v, want it right: %v", number, err, c.right)
			}
		}
	}
}

func setSNILS(s *smev.Subject, n string)  { s.SNILS = n }
func setINN(s *smev.Subject, n string)    { s.INN = n }
func setOrgINN(s *smev.Subject, n string) { s.Organization.INN = n }
func setOGRN(s *smev.Subject, n string)   { s.Organization.OGRN = n }
func setOGRNIP(s *smev.Subject, n string) { s.OGRNIP, s.Certificate.Owner = n, smev.OwnerSoleTrader }

// No part of a subject and nothing found prints itself.
func TestHidden(t *testing.T) {
	s := subject()
	for want, value := range map[string]any{
		"smev.Subject(hidden)": s, "smev.Passport(hidden)": s.Passport, "smev.Organization(hidden)": s.Organization,
		"smev.Certificate(hidden)": s.Certificate, "smev.Found(hidden)": smev.Found{"INNFL": s.INN},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if got := fmt.Sprintf(verb, value); got != want {
				t.Errorf("%s: got %s, want %s", verb, got, want)
			}
		}
	}
	if got := fmt.Sprintf("%v %+v %#v", smev.Result{Found: smev.Found{"INNFL": s.INN}}, smev.Answer{Found: smev.Found{"INNFL": s.INN}}, smev.Inquiry{Subject: s}); strings.Contains(got, s.INN) {
		t.Errorf("got %s", got)
	}
}
