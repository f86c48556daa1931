package smev_test

import (
	"errors"
	"testing"

	"github.com/surguch/surguch/smev"
)

// fuzz holds the parser of a kind to its promises: no panic, no result with an
// error, a reason and a sentence with every outcome, and never a confirmation
// out of a document that is not about the subject.
func fuzz(f *testing.F, kind smev.Kind, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	for _, k := range smev.Kinds() {
		doc, err := k.Build(subject())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	s := subject()
	other := s
	other.LastName, other.INN, other.Passport.Number = "Иной", "500100732259", "000001"
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := kind.Parse(content, s)
		if err != nil {
			if r.Outcome != 0 || r.Reason != "" || r.Fields != nil || r.Text != "" {
				t.Fatalf("a result together with an error: %v, %v", r, err)
			}
			return
		}
		switch r.Outcome {
		case smev.Confirmed, smev.Refuted, smev.NotFound, smev.Inconclusive:
		default:
			t.Fatalf("outcome %s out of a document", r.Outcome)
		}
		if r.Reason == "" || r.Text == "" {
			t.Fatalf("got %v", r)
		}
		if kind.Check == smev.CheckPassport {
			var m *smev.MismatchError
			if _, err := kind.Parse(content, other); !errors.As(err, &m) {
				t.Fatalf("one answer about two people: %v", err)
			}
		}
	})
}

func FuzzParsePassport(f *testing.F) {
	fuzz(f, smev.PassportP002(), p002(leaf("docStatus", "300")), p002(leaf("docStatus", "302")+leaf("Comment", "x")),
		p002(leaf("docStatus", "301")+leaf("invalidityReason", "602")+leaf("invaliditySince", "2011-07-16")))
}

func FuzzParseSNILS(f *testing.F) {
	fuzz(f, smev.SNILSValidation101(), snils("true"), snils("false"), snils("x"))
}

func FuzzParseINN(f *testing.F) {
	fuzz(f, smev.PassportINN247(), inn(`КодОбр="1"`), inn(`КодОбр="2" ИННФЛ="`+subject().INN+`"`), inn(``))
}
