package smevtest

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/surguch/surguch/smev"
)

// records are what the registers know beyond the scenarios. Of whom they know
// nothing they invent something, always the same.
type records struct {
	mu    sync.RWMutex
	known []smev.Subject
}

// Know enters people into the registers: the searches find SNILS and INN of a
// person by names and birth date; EGRUL has the organisation, headed by the
// person; EGRIP has the person as a sole trader. Numbers that are empty are
// invented. The latest entry about somebody counts.
func (s *Server) Know(people ...smev.Subject) {
	s.records.mu.Lock()
	defer s.records.mu.Unlock()
	s.records.known = append(s.records.known, people...)
}

// find returns the latest entry that fits.
func (r *records) find(fits func(smev.Subject) bool) (smev.Subject, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, s := range slices.Backward(r.known) {
		if fits(s) {
			return s, true
		}
	}
	return smev.Subject{}, false
}

// person is somebody as the inquiries of a search have him.
type person struct{ last, first, middle, born string }

func (p person) is(s smev.Subject) bool {
	same := func(a, b string) bool { return capitals(a) == capitals(b) }
	return same(p.last, s.LastName) && same(p.first, s.FirstName) && same(p.middle, s.MiddleName) &&
		p.born == s.BirthDate.Format(time.DateOnly)
}

// capitals is a name as registers write it.
func capitals(name string) string { return strings.ReplaceAll(strings.ToUpper(name), "Ё", "Е") }

// snils returns the number of a person, 11 digits.
func (r *records) snils(p person) string {
	if s, ok := r.find(p.is); ok && s.SNILS != "" {
		return strings.NewReplacer("-", "", " ", "").Replace(plain(s.SNILS))
	}
	return snilsOf(invented("snils", 9, p.last, p.first, p.middle, p.born))
}

// inn returns the number of a person, 12 digits.
func (r *records) inn(p person) string {
	if s, ok := r.find(p.is); ok && s.INN != "" {
		return plain(s.INN)
	}
	return innOf("77" + invented("inn", 8, p.last, p.first, p.middle, p.born))
}

// invented returns n digits that the words decide. The first is 1 to 8, so
// that they are never those of a scenario.
func invented(words string, n int, more ...string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(words + "\n" + strings.Join(more, "\n"))) // never fails
	sum := h.Sum64()
	return fmt.Sprintf("%d%0*d", 1+sum%8, n-1, sum/8%pow10(n-1))
}

func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

// organization is an entry of EGRUL, and trader one of EGRIP, without what the
// scenarios add.
type organization struct {
	ogrn, inn, kpp, name string
	head                 official
}

type official struct{ last, first, middle, inn string }

// organization returns the one of a number, which is an OGRN or else an INN.
func (r *records) organization(ogrn, inn string) organization {
	s, _ := r.find(func(s smev.Subject) bool {
		return ogrn != "" && s.Organization.OGRN == ogrn || ogrn == "" && s.Organization.INN == inn
	})
	o := organization{plain(s.Organization.OGRN), plain(s.Organization.INN), plain(s.Organization.KPP), plain(s.Organization.Name), officialOf(s)}
	key := ogrn + inn
	fill(&o.ogrn, ogrn, ogrnOf("10277"+invented("ogrn", 7, key)))
	fill(&o.inn, inn, innOf("7701"+invented("inn", 5, key)))
	fill(&o.kpp, "770101001")
	fill(&o.name, `ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ "ВЫМЫСЕЛ `+invented("name", 4, key)+`"`)
	o.head.complete(key)
	return o
}

type trader struct {
	ogrnip string
	female bool
	official
}

// trader returns the one of a number, which is an OGRNIP or else an INN.
func (r *records) trader(ogrnip, inn string) trader {
	s, _ := r.find(func(s smev.Subject) bool {
		return ogrnip != "" && s.OGRNIP == ogrnip || ogrnip == "" && s.INN == inn
	})
	t := trader{plain(s.OGRNIP), s.Gender == smev.Female, officialOf(s)}
	key := ogrnip + inn
	fill(&t.ogrnip, ogrnip, ogrnOf("30477"+invented("ogrnip", 9, key)))
	fill(&t.inn, inn)
	t.complete(key)
	return t
}

func officialOf(s smev.Subject) official {
	return official{plain(s.LastName), plain(s.FirstName), plain(s.MiddleName), plain(s.INN)}
}

// complete invents what is missing.
func (o *official) complete(key string) {
	if o.last == "" {
		o.last, o.first, o.middle = "ВЫМЫШЛЕННЫЙ", "ПОЛИКАРП", "СПИРИДОНОВИЧ"
	}
	fill(&o.inn, innOf("77"+invented("head", 8, key)))
}

// fill sets a text that is empty to the first of some that is not.
func fill(text *string, with ...string) {
	for _, w := range with {
		if *text == "" {
			*text = w
		}
	}
}
