package mchd

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev/xmldsig"
)

// MaxSize bounds the XML of a power, in octets.
const MaxSize = 1 << 20

// Namespace and version of the single format, form 003.
const (
	namespace = "urn://x-artefacts/EMCHD_1"
	version   = "EMCHD_1"
)

// ErrRedelegated says that a power was passed on by a representative.
var ErrRedelegated = errors.New("mchd: the power was passed on: it rests on another, which is not here")

// document is a power as it was read.
type document struct {
	power ra.Power
	heads []string // SNILS of those who may act for the organisation without a power
}

var number = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// parse reads a power. No error repeats a value.
func parse(raw []byte) (*document, error) {
	if len(raw) > MaxSize {
		return nil, fmt.Errorf("mchd: more than %d octets", MaxSize)
	}
	root, err := xmldsig.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("mchd: %w", err)
	}
	if root.Name != named("Доверенность") || value(root, "ВерсФорм") != version {
		return nil, fmt.Errorf("mchd: not a power of the format %s", version)
	}
	r := &reader{}
	body := r.one(root, "Документ")
	if len(children(body, "Передов")) > 0 {
		return nil, ErrRedelegated
	}
	body = r.one(body, "Довер")
	d := &document{}
	r.head(d, r.one(body, "СвДов"))
	r.principal(d, r.one(r.one(body, "СвДоверит"), "Доверит"))
	r.representatives(d, body)
	r.powers(d, r.one(body, "СвПолн"))
	if r.err != nil {
		return nil, fmt.Errorf("mchd: %w", r.err)
	}
	return d, nil
}

// moscow is the time by which the dates of powers run: they are days of the
// Russian calendar, without a zone.
var moscow = time.FixedZone("MSK", 3*60*60)

// head reads number and term. The last day counts whole.
func (r *reader) head(d *document, e *xmldsig.Element) {
	d.power.Number = strings.ToLower(value(e, "НомДовер"))
	if !number.MatchString(d.power.Number) {
		r.fail("НомДовер")
	}
	d.power.From = r.date(e, "ДатаВыдДовер")
	d.power.Until = r.date(e, "СрокДейст").AddDate(0, 0, 1)
	if !d.power.From.Before(d.power.Until) {
		r.fail("СрокДейст")
	}
}

func (r *reader) date(e *xmldsig.Element, name string) time.Time {
	at, err := time.ParseInLocation(time.DateOnly, value(e, name), moscow)
	if err != nil {
		r.fail(name)
	}
	return at.UTC()
}

// principal reads who empowers: one of the three kinds there are in Russia.
func (r *reader) principal(d *document, e *xmldsig.Element) {
	p := &d.power.Principal
	organizations, traders, people := children(e, "РосОргДовер"), children(e, "ИПДовер"), children(e, "ФЛДовер")
	switch {
	case len(organizations)+len(traders)+len(people) != 1:
		r.fail("Доверит")
	case len(organizations) == 1:
		of := r.one(organizations[0], "СвРосОрг")
		p.LegalForm, p.INN, p.OGRN = ra.LegalOrganization, value(of, "ИННЮЛ"), value(of, "ОГРН")
		r.check("ИННЮЛ", qualified.CheckINNLE(p.INN))
		r.check("ОГРН", qualified.CheckOGRN(p.OGRN))
		for _, head := range children(organizations[0], "ЛицоБезДов") {
			for _, person := range children(head, "СвФЛ") {
				if snils := r.snils(person); snils != "" {
					d.heads = append(d.heads, snils)
				}
			}
		}
	case len(traders) == 1:
		p.LegalForm, p.INN, p.OGRN, p.SNILS = ra.LegalSoleTrader, value(traders[0], "ИННФЛ"), value(traders[0], "ОГРНИП"), r.snils(traders[0])
		r.check("ИННФЛ", qualified.CheckINN(p.INN))
		r.check("ОГРНИП", qualified.CheckOGRNIP(p.OGRN))
	default:
		p.LegalForm, p.INN, p.SNILS = ra.LegalPerson, value(people[0], "ИННФЛ"), r.snils(people[0])
		if p.INN != "" {
			r.check("ИННФЛ", qualified.CheckINN(p.INN))
		}
	}
}

// representatives reads the persons who are empowered. Organisations among
// them are left out: they act through people, whom other powers name.
func (r *reader) representatives(d *document, body *xmldsig.Element) {
	for _, e := range children(body, "СвУпПред") {
		who := r.one(e, "Пред")
		for _, person := range slices.Concat(children(who, "СведФизЛ"), children(who, "СведИП")) {
			name := r.one(r.one(person, "СведФЛ"), "ФИО")
			x := ra.PowerPerson{
				SNILS: r.snils(person), INN: value(person, "ИННФЛ"),
				LastName: value(name, "Фамилия"), FirstName: value(name, "Имя"), MiddleName: value(name, "Отчество"),
			}
			if x.INN != "" {
				r.check("ИННФЛ", qualified.CheckINN(x.INN))
			}
			if x.LastName == "" || x.FirstName == "" {
				r.fail("ФИО")
			}
			d.power.Representatives = append(d.power.Representatives, x)
		}
	}
}

// powers reads what the representatives are empowered to.
func (r *reader) powers(d *document, e *xmldsig.Element) {
	switch value(e, "ПрСовмПолн") {
	case "1":
		d.power.Joint = true
	case "2":
	default:
		r.fail("ПрСовмПолн")
	}
	for _, power := range children(e, "МашПолн") {
		code := value(power, "КодПолн")
		if code == "" {
			r.fail("КодПолн")
		}
		d.power.Codes = append(d.power.Codes, code)
	}
	if len(d.power.Codes) == 0 && len(children(e, "ТекстПолн")) == 0 {
		r.fail("СвПолн")
	}
}

// reader remembers the first thing that is wrong.
type reader struct{ err error }

func (r *reader) fail(name string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s is missing, repeated or malformed", name)
	}
}

func (r *reader) check(name string, err error) {
	if err != nil {
		r.fail(name)
	}
}

// one returns the only child of a name; an empty element, if there is another
// number of them.
func (r *reader) one(e *xmldsig.Element, name string) *xmldsig.Element {
	list := children(e, name)
	if len(list) != 1 {
		r.fail(name)
		return &xmldsig.Element{}
	}
	return list[0]
}

// snils reads a number that is written 000-000-000 00; "" if there is none.
func (r *reader) snils(e *xmldsig.Element) string {
	text := value(e, "СНИЛС")
	digits := strings.NewReplacer("-", "", " ", "").Replace(text)
	if text != "" {
		r.check("СНИЛС", qualified.CheckSNILS(digits))
	}
	return digits
}

func children(e *xmldsig.Element, name string) (list []*xmldsig.Element) {
	for _, c := range e.Children {
		if c.Name == named(name) {
			list = append(list, c)
		}
	}
	return list
}

func named(local string) xmldsig.Name { return xmldsig.Name{Space: namespace, Local: local} }

// value is that of an attribute; "" if there is none.
func value(e *xmldsig.Element, name string) string {
	text, _ := e.Attr(xmldsig.Name{Local: name})
	return text
}
