package smev_test

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/surguch/surguch/smev"
)

var stableReason = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// fuzz holds the parser of a kind to its promises: no panic, no result with an
// error, a stable reason and sentences with every outcome, no value of the
// subject in either, and never one answer about two people from a register
// that says whom it is about.
func fuzz(f *testing.F, name string, echoes bool) {
	kind := kinds()[name]
	for _, c := range answerCases()[name] {
		f.Add([]byte(c.content))
	}
	for _, doc := range sound() {
		f.Add([]byte(doc))
	}
	f.Add([]byte(build(f, kind, subject())))
	s, other := subject(), subjectOf(5)
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := kind.Parse(content, s)
		if err != nil {
			if !reflect.DeepEqual(r, smev.Result{}) {
				t.Fatalf("a result together with an error: %v, %v", r, err)
			}
			if errors.Is(err, smev.ErrPending) && name != "esia" {
				t.Fatal("a final document is called pending")
			}
			return
		}
		switch r.Outcome {
		case smev.Confirmed, smev.Refuted, smev.NotFound, smev.Inconclusive:
		default:
			t.Fatalf("outcome %s out of a document", r.Outcome)
		}
		if !stableReason.MatchString(r.Reason) || r.Text == "" {
			t.Fatalf("got %v", r)
		}
		if r.Outcome == smev.Confirmed && r.Fields != nil {
			t.Fatalf("confirmed, yet %v", r.Fields)
		}
		for _, datum := range []string{s.LastName, s.INN, s.SNILS, s.Passport.Number, s.Organization.OGRN, s.OGRNIP} {
			if strings.Contains(r.Text, datum) {
				t.Fatalf("a sentence tells %s", datum)
			}
		}
		again, err := kind.Parse(content, s)
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("read again: %v, %v", again, err)
		}
		if echoes {
			var m *smev.MismatchError
			if _, err := kind.Parse(content, other); !errors.As(err, &m) {
				t.Fatalf("one answer about two people: %v", err)
			}
		}
	})
}

func FuzzParsePassportP001(f *testing.F) { fuzz(f, "p001", true) }
func FuzzParsePassportP002(f *testing.F) { fuzz(f, "p002", true) }
func FuzzParseSNILS(f *testing.F)        { fuzz(f, "snils", false) }
func FuzzParseSNILSSearch(f *testing.F)  { fuzz(f, "snilssearch", true) }
func FuzzParseINN(f *testing.F)          { fuzz(f, "inn", false) }
func FuzzParseINNSearch(f *testing.F)    { fuzz(f, "innsearch", true) }
func FuzzParseEGRUL(f *testing.F)        { fuzz(f, "egrul", true) }
func FuzzParseEGRIP(f *testing.F)        { fuzz(f, "egrip", true) }
func FuzzParseESIA(f *testing.F)         { fuzz(f, "esia", false) }
