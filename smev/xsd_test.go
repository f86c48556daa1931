package smev_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/smev"
)

// validator holds documents of one schema until they are checked together.
type validator struct {
	t      *testing.T
	tool   string
	schema string
	dir    string
	titles []string
	seen   map[string]bool // documents
}

func newValidator(t *testing.T, schema string) *validator {
	t.Helper()
	v := &validator{t: t, tool: outside.Need(t, "xmllint"), dir: t.TempDir(), seen: map[string]bool{}}
	var err error
	if v.schema, err = filepath.Abs(filepath.Join("testdata", "xsd", schema)); err != nil {
		t.Fatal(err)
	}
	return v
}

// add takes a document unless it has the same already.
func (v *validator) add(title, doc string) {
	v.t.Helper()
	if v.seen[doc] {
		return
	}
	v.seen[doc] = true
	if err := os.WriteFile(filepath.Join(v.dir, fmt.Sprintf("%d.xml", len(v.titles))), []byte(doc), 0o600); err != nil {
		v.t.Fatal(err)
	}
	v.titles = append(v.titles, title)
}

var verdict = regexp.MustCompile(`(?m)^(\d+)\.xml (validates|fails to validate)$`)

// invalid returns the titles of the documents that xmllint finds not to fit
// the schema, and what it says.
func (v *validator) invalid() (map[string]bool, string) {
	v.t.Helper()
	bad, complaints, judged := map[string]bool{}, "", 0
	for at := 0; at < len(v.titles); at += 500 {
		args := []string{"--noout", "--nonet", "--schema", v.schema}
		for i := at; i < min(at+500, len(v.titles)); i++ {
			args = append(args, fmt.Sprintf("%d.xml", i))
		}
		cmd := exec.CommandContext(v.t.Context(), v.tool, args...)
		cmd.Dir = v.dir
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			v.t.Fatal(err)
		}
		for _, m := range verdict.FindAllStringSubmatch(string(out), -1) {
			var i int
			if _, err := fmt.Sscan(m[1], &i); err != nil {
				v.t.Fatal(err)
			}
			judged++
			if m[2] != "validates" {
				bad[v.titles[i]] = true
			}
		}
		complaints += strings.ReplaceAll(verdict.ReplaceAllString(string(out), ""), "\n\n", "")
	}
	if judged != len(v.titles) {
		v.t.Fatalf("xmllint judged %d of %d documents: %s", judged, len(v.titles), complaints)
	}
	return bad, strings.TrimSpace(complaints)
}

// Every request that is built fits its schema: of many people, and of one with
// each field set to whatever its type might forget to refuse.
func TestRequestsFitSchemas(t *testing.T) {
	for name, kind := range kinds() {
		if kind.Schema == smev.Unverified {
			continue
		}
		t.Run(name, func(t *testing.T) {
			v := newValidator(t, kind.Schema)
			for seed := range uint64(50) {
				s := subjectOf(seed)
				if seed%3 == 0 {
					s.MiddleName = ""
				}
				s.Certificate.Owner = []smev.Owner{smev.OwnerPerson, smev.OwnerOfficial, smev.OwnerSoleTrader, smev.OwnerSystem}[seed%4]
				v.add(fmt.Sprint("person ", seed), build(t, kind, s))
			}
			refused := 0
			for field, at := range stringsOf {
				for _, value := range odd {
					s := subject()
					*at(&s) = value
					doc, err := kind.Build(s)
					if err != nil {
						refused++
						continue
					}
					v.add(fmt.Sprintf("%s %q", field, value), string(doc))
				}
			}
			bad, complaints := v.invalid()
			if len(bad) != 0 {
				t.Errorf("%d of %d documents do not fit: %s", len(bad), len(v.titles), complaints)
			}
			if refused < 20 {
				t.Errorf("only %d values were refused", refused)
			}
			t.Logf("%d different documents fit, %d values were refused", len(v.titles), refused)
		})
	}
}

// stringsOf are the texts of a subject.
var stringsOf = map[string]func(*smev.Subject) *string{
	"last name": func(s *smev.Subject) *string { return &s.LastName }, "first name": func(s *smev.Subject) *string { return &s.FirstName },
	"middle name": func(s *smev.Subject) *string { return &s.MiddleName }, "SNILS": func(s *smev.Subject) *string { return &s.SNILS },
	"INN": func(s *smev.Subject) *string { return &s.INN }, "series": func(s *smev.Subject) *string { return &s.Passport.Series },
	"number": func(s *smev.Subject) *string { return &s.Passport.Number }, "department": func(s *smev.Subject) *string { return &s.Passport.IssuerCode },
	"issuer": func(s *smev.Subject) *string { return &s.Passport.Issuer }, "birth place": func(s *smev.Subject) *string { return &s.BirthPlace },
	"OGRNIP": func(s *smev.Subject) *string { return &s.OGRNIP }, "OGRN": func(s *smev.Subject) *string { return &s.Organization.OGRN },
	"firm's INN": func(s *smev.Subject) *string { return &s.Organization.INN }, "KPP": func(s *smev.Subject) *string { return &s.Organization.KPP },
	"firm": func(s *smev.Subject) *string { return &s.Organization.Name }, "serial number": func(s *smev.Subject) *string { return &s.Certificate.SerialNumber },
	"authority": func(s *smev.Subject) *string { return &s.Certificate.IssuerOrganization },
}

// odd are values at the edges of the schemas' types.
var odd = []string{
	"", " ", "-", "'", ".", ",", "я", "Ё", "ё-Ё", " я", "я ", "я\tя", "\tя", "я\nя", "я\rя", "я  я", "Д'Артаньян", "Д’Артаньян", "Мамин-Сибиряк", "ибн Хоттаб, мл.",
	"Z", "Іванов", "9", "9я", "я9", "я№", "«я»", `"я"`, "<я>", "&", "&amp;", "]]>", "\u00a0я", "я\u00a0", "\u2028", "😀", "\ufeff", "\ufffe", "\x00", "\x7f", "\xff",
	strings.Repeat("я", 60), strings.Repeat("я", 61), strings.Repeat("я", 100), strings.Repeat("я", 101), strings.Repeat("я", 200), strings.Repeat("я", 201),
	strings.Repeat("я", 255), strings.Repeat("я", 256), strings.Repeat("я", 1000), strings.Repeat("я", 1001), strings.Repeat("я", 2000), strings.Repeat("я", 2001),
	strings.Repeat("😀", 255), "0", "00", "1234", "12345", "123456", "1234567", "770-001", "77-0001", "770 001", "770101001", "77010A001", "77010a001", "000101001",
	"0000000000", "7707083893", "0007083893", "00000000000", "000000000000", "11223344595", "112-233-445 95", "112233445-95", "500100732259", "005001007322",
	"1027700132195", "2027700132199", "5077746887312", "304500116000157", "404500116000157", "ab", "AB", "0xAB", "abc", strings.Repeat("AB", 20), strings.Repeat("AB", 21),
	"１２３４", "٤٥٠٩", "1234\n", "\n1234", "123456\n",
}

// Every answer of the tables fits its schema, except those that say they do
// not; so what is read is what registers may send.
func TestAnswersFitSchemas(t *testing.T) {
	cases := answerCases()
	for name, kind := range kinds() {
		if kind.Schema == smev.Unverified {
			continue
		}
		t.Run(name, func(t *testing.T) {
			v := newValidator(t, kind.Schema)
			for title, c := range cases[name] {
				v.add(title, c.content)
			}
			v.add("another root", strings.ReplaceAll(sound()[name], kind.ResponseRoot, "Other")) // the validator is not blind
			bad, complaints := v.invalid()
			if !bad["another root"] {
				t.Error("a document of another root is called valid")
			}
			for title, c := range cases[name] {
				if bad[title] != c.invalid {
					t.Errorf("%s: got invalid %v, want %v", title, bad[title], c.invalid)
				}
			}
			if t.Failed() {
				t.Log(complaints)
			}
		})
	}
}
