package qualified_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/oid"
)

// TestFacts holds the code to testdata/profile.txt: the newest profile says
// what its tables say, each row names rules that exist, and each rule is
// named by a row.
func TestFacts(t *testing.T) {
	data, err := os.ReadFile("testdata/profile.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := qualified.Profiles()
	p := all[len(all)-1]
	watched, seen := map[string]bool{}, map[string]bool{}
	for _, r := range qualified.Rules() {
		watched[r.ID] = false
	}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		field := strings.Split(line, "|")
		if len(field) != 4 {
			t.Fatalf("got %q, want four fields", line)
		}
		for i := range field {
			field[i] = strings.Join(strings.Fields(field[i]), " ")
		}
		rules := strings.Fields(field[3])
		if len(rules) == 0 {
			t.Errorf("%s %s: no rule watches it", field[0], field[1])
		}
		for _, id := range rules {
			if _, known := watched[id]; !known {
				t.Errorf("%s %s: no rule is called %s", field[0], field[1], id)
			}
			watched[id] = true
		}
		if got := fact(p, field[0], field[1]); got != "" {
			seen[field[0]+field[1]] = true
			if got != field[2] {
				t.Errorf("%s %s: got %s, want %s", field[0], field[1], got, field[2])
			}
		}
	}
	for id, ok := range watched {
		if !ok {
			t.Errorf("rule %s: no row of the profile", id)
		}
	}
	for _, a := range p.Attributes {
		if !seen["1.1"+a.Name] {
			t.Errorf("attribute %s: no row in the table", a.Name)
		}
	}
	for _, e := range p.Extensions {
		if !seen["2"+e.Name] {
			t.Errorf("extension %s: no row in the table", e.Name)
		}
	}
}

// fact is what the profile says of a row, "" if the row is not of its kind.
func fact(p qualified.Profile, section, row string) string {
	letter := func(p qualified.Presence) string {
		return map[qualified.Presence]string{qualified.Required: "R", qualified.Optional: "O", qualified.Forbidden: "-"}[p]
	}
	for _, a := range p.Attributes {
		switch {
		case a.Name != row:
		case section == "1.1":
			return fmt.Sprintf("%v %d..%d", a.Kind, a.Min, a.Max)
		case section == "1.2":
			out := ""
			for o := qualified.NaturalPerson; o <= qualified.ForeignOrganization; o++ {
				out += letter(a.For(o))
			}
			return out
		}
	}
	for _, e := range p.Extensions {
		if section == "2" && e.Name == row {
			critical := "-"
			if e.Critical {
				critical = "critical"
			}
			return critical + " " + letter(e.EndEntity) + " " + letter(e.Authority) + " " + letter(e.Request)
		}
	}
	return ""
}

// TestPresence: for each owner, what the profile requires is missed by the
// linter when it is gone, and what it forbids is noticed when it is there.
func TestPresence(t *testing.T) {
	p, err := qualified.ProfileAt(begin)
	if err != nil {
		t.Fatal(err)
	}
	value := map[string]string{
		"OGRN": "1027700132195", "OGRNIP": "304500116000157", "SNILS": "11223344595", "INN": "500100732259", "INNLE": "7707083893",
	}
	for o := qualified.NaturalPerson; o <= qualified.ForeignOrganization; o++ {
		for _, a := range p.Attributes {
			w := good(t, o.String())
			w.options.Owner = o
			switch a.For(o) {
			case qualified.Required:
				w.remove(a.Type)
			case qualified.Forbidden:
				v := value[a.Name]
				if v == "" {
					v = "1"
				}
				w.set(a.Type, v)
			case qualified.Optional:
				continue
			}
			noticed := false
			for _, f := range w.lint(t) {
				noticed = noticed || f.Where == "subject "+a.Name
			}
			if !noticed {
				t.Errorf("%v: %s is %v, got no finding", o, a.Name, a.For(o))
			}
		}
	}
}

func TestProfileAt(t *testing.T) {
	moscow := time.FixedZone("MSK", 3*60*60)
	for _, c := range []struct {
		at   time.Time
		want string
		err  error
	}{
		{time.Date(2012, 1, 26, 23, 59, 59, 0, moscow), "", qualified.ErrNoProfile},
		{time.Date(2012, 1, 27, 0, 0, 0, 0, moscow), "fsb795@2012-01-27", nil},
		{time.Date(2021, 8, 31, 23, 59, 59, 0, moscow), "fsb795@2012-01-27", nil},
		{time.Date(2021, 9, 1, 0, 0, 0, 0, moscow), "fsb795@2021-09-01", nil},
		{time.Date(2024, 8, 31, 23, 59, 59, 0, moscow), "fsb795@2021-09-01", nil},
		{time.Date(2024, 9, 1, 0, 0, 0, 0, moscow), "fsb795@2024-09-01", nil},
		{time.Date(2027, 8, 31, 23, 59, 59, 0, moscow), "fsb795@2024-09-01", nil},
		{time.Date(2027, 9, 1, 0, 0, 0, 0, moscow), "fsb795@2024-09-01", qualified.ErrLapsed},
	} {
		p, err := qualified.ProfileAt(c.at)
		if p.ID != c.want || !errors.Is(err, c.err) {
			t.Errorf("%v: got %s, %v, want %s, %v", c.at, p.ID, err, c.want, c.err)
		}
	}
	all := qualified.Profiles()
	for i, p := range all {
		if i > 0 && !p.From.Equal(all[i-1].Until) {
			t.Errorf("%s: begins at %v, want %v, where the one before ends", p.ID, p.From, all[i-1].Until)
		}
		_, innle := p.Attribute(oid.INNLE)
		_, kind := p.Extension(oid.IdentificationKind)
		period, _ := p.Extension(oid.PrivateKeyUsagePeriod)
		if innle != (i > 0) || kind != (i > 0) || (period.EndEntity == qualified.Required) != (i > 1) {
			t.Errorf("%s: got INNLE %v, identificationKind %v, privateKeyUsagePeriod %v", p.ID, innle, kind, period.EndEntity)
		}
	}
}

func TestOwnerTypes(t *testing.T) {
	for o := qualified.NaturalPerson; o <= qualified.ForeignOrganization; o++ {
		if got, err := qualified.ParseOwnerType(o.String()); got != o || err != nil {
			t.Errorf("%v: got %v, %v", o, got, err)
		}
		if o.Russian() == "" || o.Russian() == o.String() {
			t.Errorf("%v: got %q, want a Russian name", o, o.Russian())
		}
		if got := owner(o.String()); qualified.Owner(got).Type != o {
			t.Errorf("%v: got %v", o, qualified.Owner(got).Type)
		}
	}
	for _, name := range []string{"", "unknown", "Person"} {
		if o, err := qualified.ParseOwnerType(name); err == nil {
			t.Errorf("%q: got %v, want it refused", name, o)
		}
	}
	if got := qualified.OwnerType(99).Russian(); got != "OwnerType(99)" {
		t.Errorf("got %s", got)
	}
}
