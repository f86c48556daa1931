package mchd_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/mchd"
)

// FuzzParse: what is accepted is complete and its numbers check, and is read
// the same again; no partial result comes with an error.
func FuzzParse(f *testing.F) {
	good := newFile()
	f.Add(good.xml())
	for _, change := range []func(*file){
		func(f *file) { f.joint = "1"; f.representatives += f.representatives },
		func(f *file) { f.powers = "<ТекстПолн>получать</ТекстПолн>" },
		func(f *file) { f.principal = `<ФЛДовер СНИЛС="112-233-445 95"/>` },
		func(f *file) {
			f.principal = `<ИПДовер ОГРНИП="304500116000157" ИННФЛ="500100732259"/>`
		},
		func(f *file) { f.representatives = "" },
	} {
		changed := newFile()
		change(&changed)
		f.Add(changed.xml())
	}
	f.Add([]byte(strings.ReplaceAll(string(good.xml()), "Довер>", "Передов>")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		power, err := mchd.Parse(raw)
		if err != nil {
			return
		}
		if len(power.Number) != 36 || !power.From.Before(power.Until) {
			t.Fatalf("accepted number %q, from %v until %v", power.Number, power.From, power.Until)
		}
		switch power.Principal.LegalForm {
		case ra.LegalOrganization, ra.LegalSoleTrader:
			if power.Principal.OGRN == "" || power.Principal.INN == "" {
				t.Fatal("accepted a principal without numbers")
			}
		case ra.LegalPerson:
		default:
			t.Fatal("accepted a principal of no kind")
		}
		for _, p := range power.Representatives {
			if p.LastName == "" || p.FirstName == "" {
				t.Fatal("accepted a representative without a name")
			}
		}
		if again, err := mchd.Parse(raw); err != nil || !reflect.DeepEqual(again, power) {
			t.Fatalf("read again: %v", err)
		}
	})
}
