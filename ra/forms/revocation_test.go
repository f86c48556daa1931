package forms_test

import (
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
)

// TestSuspectSince: the application tells since when the key is suspect, if the
// owner has said so.
func TestSuspectSince(t *testing.T) {
	p, d := newPrinter(t), fixed(t, ra.RevocationApplication)
	for since, want := range map[time.Time]bool{{}: false, time.Date(2025, 11, 19, 0, 0, 0, 0, time.UTC): true} {
		ask := *d.Revocation
		ask.InvalidSince, d.Revocation = since, &ask
		pdf, err := p.Print(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		text := pdfText(t, pdf)
		if strings.Contains(text, "Ключу нельзя доверять с") != want || strings.Contains(text, "19.11.2025") != want {
			t.Errorf("since %v: got\n%s", since, text)
		}
	}
}
