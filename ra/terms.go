package ra

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Normalise is how names are compared in searches, in every store alike:
// compatibility forms made one (NFKC), small letters, ё as е, everything but
// letters and digits a single space.
func Normalise(text string) string {
	var out strings.Builder
	space := false
	for _, r := range norm.NFKC.String(text) {
		r = unicode.ToLower(r)
		switch {
		case r == 'ё':
			r = 'е'
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			space = out.Len() > 0
			continue
		}
		if space {
			out.WriteByte(' ')
			space = false
		}
		out.WriteRune(r)
	}
	return out.String()
}

// terms are what a request with this form is found by: one of an organisation
// by that, and by whoever acts for it.
func (f *Form) terms() Terms {
	if f.LegalForm == LegalOrganization {
		return Terms{Name: Normalise(f.Organization + " " + f.FullName()), INN: f.INNLE, SNILS: f.SNILS}
	}
	return Terms{Name: Normalise(f.FullName()), INN: f.INN, SNILS: f.SNILS}
}
