package smev_test

import (
	"strings"
	"testing"

	"github.com/surguch/surguch/smev"
)

func inn(attrs string) string {
	return `<r:FNSPaspINNResponse xmlns:r="urn://x-artefacts-ffns-paspinn-tofns-ru/247-01/4.0.0" ` + attrs + `/>`
}

func innCases() map[string]answerCase {
	fits := confirmed("fns_1", "ИНН соответствует паспортным данным.")
	return map[string]answerCase{
		"fits":    {content: inn(`КодОбр="1"`), want: fits},
		"echoed":  {content: inn(`КодОбр="1" ИННФЛ="` + subject().INN + `"`), want: fits},
		"misfits": {content: inn(`КодОбр="2"`), want: refuted("fns_2", "ИНН не соответствует паспортным данным.", "INNFL")},
		"unknown": {content: inn(`КодОбр="3"`), want: notFound("fns_3", "ФНС России не располагает сведениями об ИНН по указанным паспортным данным.", "INNFL")},
		"code 51": {content: inn(`КодОбр="51"`), want: unclear("fns_51", inconclusive, "INNFL")},
		"no code": {content: inn(``), want: unclear("fns_unknown_code", inconclusive, "INNFL")},
		"words":   {content: inn(`КодОбр="да"`), want: unclear("fns_unknown_code", inconclusive, "INNFL")},
	}
}

func TestParseINNRefuses(t *testing.T) {
	refuses(t, smev.PassportINN247(), map[string]string{
		"elements":  swap(inn(`КодОбр="1"`), "/>", "><x/></r:FNSPaspINNResponse>"),
		"two codes": inn(`КодОбр="1" КодОбр="2"`),
	})
	misses(t, smev.PassportINN247(), subject(), map[string]string{"INNFL": inn(`КодОбр="1" ИННФЛ="000000000000"`)})
	_, err := smev.PassportINN247().Parse([]byte(inn(`КодОбр="1" ИННФЛ="000000000000"`)), subject())
	if want := "smev: the answer is not about what was asked: INNFL"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// innFound is the tax service's answer to the search for the INN of subject.
func innFound(number string) string {
	return `<ns1:FNSINNSingularResponse xmlns:ns1="urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1" ИдЗапрос="` +
		identifier(smev.INNSearch270(asker), subject()) + `" ИННФЛ="` + number + `"/>`
}

func innSearchCases() map[string]answerCase {
	const other = "500100732259"
	s := subject()
	same := confirmed("inn_search_same", "ИНН совпадает с найденным по указанным данным.")
	same.Found = smev.Found{"INNFL": s.INN}
	differs := refuted("inn_search_other", "По указанным данным найден другой ИНН.", "INNFL")
	differs.Found = smev.Found{"INNFL": other}
	none := notFound("inn_search_none", "ИНН по указанным данным не найден.", "INNFL")
	id := identifier(smev.INNSearch270(asker), s)
	return map[string]answerCase{
		"same":       {content: innFound(s.INN), want: same},
		"capital id": {content: strings.Replace(innFound(s.INN), id, strings.ToUpper(id), 1), want: same},
		"other":      {content: innFound(other), want: differs},
		"none":       {content: without(innFound(""), ` ИННФЛ=""`), want: none},
		"empty":      {content: innFound(""), want: none, invalid: true},
	}
}

func TestParseINNSearch(t *testing.T) {
	kind, s := smev.INNSearch270(asker), subject()
	good := innFound(s.INN)
	s.INN = ""
	got, err := kind.Parse([]byte(good), s)
	if err != nil || got.Outcome != smev.Confirmed || got.Reason != "inn_search_found" || got.Found["INNFL"] != subject().INN || got.Fields != nil {
		t.Errorf("nothing to compare with: got %#v, %v", got, err)
	}
	refuses(t, kind, map[string]string{
		"wrong control digits": innFound("770100000000"),
		"an organisation's":    innFound(asker.INN),
		"elements":             swap(good, "/>", "><x/></ns1:FNSINNSingularResponse>"),
		"text":                 swap(good, "/>", ">x</ns1:FNSINNSingularResponse>"),
	})
	id := identifier(kind, subject())
	misses(t, kind, subject(), map[string]string{"ИдЗапрос": swap(good, id, identifier(kind, subjectOf(5)))})
	misses(t, kind, subject(), map[string]string{"ИдЗапрос": without(good, ` ИдЗапрос="`+id+`"`)})
	for _, changed := range []func(*smev.Subject){
		func(s *smev.Subject) { s.LastName += "а" },
		func(s *smev.Subject) { s.MiddleName = "" },
		func(s *smev.Subject) { s.BirthDate = s.BirthDate.AddDate(0, 0, 1) },
		func(s *smev.Subject) { s.BirthPlace = "" },
		func(s *smev.Subject) { s.Passport.Number = "000000" },
		func(s *smev.Subject) { s.Passport.Issuer = "" },
	} {
		s := subject()
		changed(&s)
		misses(t, kind, s, map[string]string{"ИдЗапрос": good})
	}
}

// The asker is configuration; what is wrong with it is told by field, without
// blaming the subject.
func TestINNSearchAsker(t *testing.T) {
	for want, spoil := range map[string]func(*smev.Organization){
		"smev: inn_search: the asker's OGRN: not 13 digits, the first 1 or 5":           func(o *smev.Organization) { o.OGRN = "" },
		"smev: inn_search: the asker's OGRN: not a number with right control digits":    func(o *smev.Organization) { o.OGRN = "1027700132196" },
		"smev: inn_search: the asker's INN: not 10 digits":                              func(o *smev.Organization) { o.INN = subject().INN },
		"smev: inn_search: the asker's organizationShortName: not 1 to 1000 characters": func(o *smev.Organization) { o.Name = "" },
	} {
		o := asker
		spoil(&o)
		if doc, err := smev.INNSearch270(o).Build(subject()); err == nil || err.Error() != want || doc != nil {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
