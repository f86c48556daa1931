package testenv_test

import (
	"math/rand/v2"
	"regexp"
	"testing"
	"time"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/testenv"
)

func TestNewPerson(t *testing.T) {
	forms := map[string]*regexp.Regexp{
		"name":        regexp.MustCompile(`^[А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+$`),
		"gender":      regexp.MustCompile(`^[12]$`),
		"passport":    regexp.MustCompile(`^45(0[3-9]|1\d|20) [1-9]\d{5}$`),
		"issuer code": regexp.MustCompile(`^77[0-3]-\d{3}$`),
		"e-mail":      regexp.MustCompile(`^[a-z0-9-]+@example\.org$`),
		"phone":       regexp.MustCompile(`^\+7\d{10}$`),
		"post code":   regexp.MustCompile(`^\d{6}$`),
	}
	seen := map[string]bool{}
	for seed := range uint64(1000) {
		p := testenv.NewPerson(seed)
		if again := testenv.NewPerson(seed); again != p {
			t.Errorf("seed %d: got two people: %v, %v", seed, p, again)
		}
		for what, value := range map[string]string{
			"name": p.LastName + " " + p.FirstName + " " + p.MiddleName, "gender": p.Gender,
			"passport": p.Series + " " + p.Number, "issuer code": p.IssuerCode,
			"e-mail": p.Email, "phone": p.Phone, "post code": p.PostCode,
		} {
			if !forms[what].MatchString(value) {
				t.Errorf("seed %d, %s: got %q", seed, what, value)
			}
		}
		if err := qualified.CheckSNILS(p.SNILS); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		if err := qualified.CheckINN(p.INN); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		// Passports are changed at 20 and at 45.
		if p.Issued.Before(p.Born.AddDate(20, 0, 0)) || p.Issued.After(p.Born.AddDate(20, 3, 0)) || p.Issued.Year()%100 != int(10*(p.Series[2]-'0')+p.Series[3]-'0') {
			t.Errorf("seed %d: got a passport of %v for one born %v", seed, p.Issued, p.Born)
		}
		if at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC); !at.Before(p.Born.AddDate(45, 0, 0)) {
			t.Errorf("seed %d: got one born %v, want one under 45", seed, p.Born)
		}
		seen[p.SNILS] = true
	}
	if len(seen) < 990 {
		t.Errorf("got %d different people of 1000", len(seen))
	}
}

func TestNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for what, c := range map[string]struct {
		next  func(*rand.Rand) string
		check func(string) error
	}{
		"SNILS":  {testenv.NewSNILS, qualified.CheckSNILS},
		"INN":    {testenv.NewINN12, qualified.CheckINN},
		"INNLE":  {testenv.NewINN10, qualified.CheckINNLE},
		"OGRN":   {testenv.NewOGRN, qualified.CheckOGRN},
		"OGRNIP": {testenv.NewOGRNIP, qualified.CheckOGRNIP},
	} {
		for range 1000 {
			if number := c.next(r); c.check(number) != nil {
				t.Errorf("%s: got %s: %v", what, number, c.check(number))
			}
		}
	}
}
