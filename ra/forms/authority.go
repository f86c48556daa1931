package forms

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Authority is the certification authority as its forms name it. All fields
// are required; texts are in Russian and go to print as they stand.
type Authority struct {
	// Name is the name as in the state register, with the legal form: the
	// addressee of applications and the operator of personal data. It stands
	// where other grammatical cases may be due, so that an abbreviation reads
	// best: АО «Удостоверяющий центр».
	Name string
	// HeadTitle and HeadName say to whom applications are written, in the
	// dative: «Генеральному директору» and «И. И. Иванову».
	HeadTitle string
	HeadName  string
	// Address is where letters reach the authority, with the postal code.
	Address string
	// RulesTitle, RulesDate and RulesURL are the rules of the authority that
	// an applicant accedes to: the title in the nominative, without quotation
	// marks around it, the day of the wording in force, and the http or https
	// address at which it is published.
	RulesTitle string
	RulesDate  time.Time
	RulesURL   string
}

// check names everything that is missing, and what cannot be printed.
func (a *Authority) check() error {
	missing, err := checkTexts([]setting{
		{"Name", a.Name}, {"HeadTitle", a.HeadTitle}, {"HeadName", a.HeadName}, {"Address", a.Address},
		{"RulesTitle", a.RulesTitle}, {"RulesURL", a.RulesURL},
	})
	if err != nil {
		return fmt.Errorf("Authority.%w", err)
	}
	if a.RulesDate.IsZero() {
		missing = append(missing, "RulesDate")
	}
	if len(missing) > 0 {
		return fmt.Errorf("Authority: missing %s", strings.Join(missing, ", "))
	}
	if !isWeb(a.RulesURL) {
		return errors.New("Authority.RulesURL is no http or https address")
	}
	return nil
}
