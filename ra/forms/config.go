package forms

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/surguch/surguch/csr"
)

// Config is what a Printer is made of. Required: Authority. All texts are in
// Russian and go to print as they stand.
type Config struct {
	// Algorithms are the schemes of keys and signatures that printed requests
	// and certificates may have. Nil: csr.Standard().
	Algorithms csr.Algorithms
	// Authority is the certification authority that applications address.
	Authority Authority
	// Invoice is what invoices ask to be paid. Nil: none is printed.
	Invoice *Invoice
	// Workplace is the address, http or https, that RQmaker connects to. Empty:
	// the instruction of a marker leaves a line for it.
	Workplace string
	// Papers names documents that applicants bring, by the kinds of their
	// exhibits: those that this package does not know, or knows by another
	// name.
	Papers map[string]Paper
	// Powers are what the samples of powers of attorney empower to.
	Powers Powers
}

// check checks the whole configuration.
func (c *Config) check() error {
	if err := c.Authority.check(); err != nil {
		return err
	}
	if c.Invoice != nil {
		if err := c.Invoice.check(); err != nil {
			return err
		}
	}
	var rest []setting
	if c.Workplace != "" {
		if !isWeb(c.Workplace) {
			return errors.New("the address Workplace is neither http nor https")
		}
		rest = append(rest, setting{"Workplace", c.Workplace})
	}
	for _, kind := range slices.Sorted(maps.Keys(c.Papers)) {
		paper := c.Papers[kind]
		rest = append(rest, setting{fmt.Sprintf("Papers[%q].Name", kind), paper.Name}, setting{fmt.Sprintf("Papers[%q].Bring", kind), paper.Bring})
		if paper.Sent != "" {
			rest = append(rest, setting{fmt.Sprintf("Papers[%q].Sent", kind), paper.Sent})
		}
	}
	for i, power := range slices.Concat(c.Powers.Act, c.Powers.Receive) {
		rest = append(rest, setting{fmt.Sprintf("Powers: item %d", i+1), power})
	}
	missing, err := checkTexts(rest)
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("missing %s", strings.Join(missing, ", "))
	}
	return err
}

// setting is a text of the configuration.
type setting struct{ name, text string }

// checkTexts returns the names of the texts that are empty; the error names
// the first that cannot be printed.
func checkTexts(list []setting) (missing []string, err error) {
	for _, s := range list {
		if strings.TrimSpace(s.text) == "" {
			missing = append(missing, s.name)
		}
		if r, lacks := lacking(s.text); lacks {
			return nil, fmt.Errorf("%s: the font has no character %U", s.name, r)
		}
	}
	return missing, nil
}

// isWeb reports whether a text is an http or https address.
func isWeb(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}
