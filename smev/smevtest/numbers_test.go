package smevtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/smevtest"
)

// The helpers write numbers whose check digits are right, so that a form takes
// them: package smev refuses others.
func TestScenarioNumbers(t *testing.T) {
	seen := map[string]bool{}
	for n := range 1000 {
		s := subject()
		s.SNILS, s.INN, s.OGRNIP, s.Passport.Number = smevtest.SNILS(n), smevtest.INN(n), smevtest.OGRNIP(n), smevtest.Number(n)
		s.Organization.OGRN, s.Organization.INN, s.Certificate.SerialNumber = smevtest.OGRN(n), smevtest.INN10(n), smevtest.Serial(n)
		for _, k := range []smev.Kind{smev.PassportP001(), smev.SNILSValidation101(), smev.PassportINN247(), smev.EGRUL406(), smev.EGRIP405(), smev.CertificateRegistration141(smev.RoutingTest)} {
			if _, err := k.Build(s); err != nil {
				t.Fatalf("%d: %v", n, err)
			}
		}
		for _, number := range []string{s.SNILS, s.INN, s.OGRNIP, s.Passport.Number, s.Organization.OGRN, s.Organization.INN, s.Certificate.SerialNumber} {
			if seen[number] || !strings.Contains(number, fmt.Sprintf("99%03d", n)) {
				t.Fatalf("%d: %s", n, number)
			}
			seen[number] = true
		}
	}
}
