package forms

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/surguch/surguch/csr/qualified"
)

// Invoice is what invoices ask to be paid, and by what contract. Required:
// Seller and Items.
type Invoice struct {
	Seller Seller
	Items  []Item
	// VAT is the rate of value added tax, in percent, that the prices contain.
	// 0: they contain none, and NoVAT says why: «применяется упрощённая
	// система налогообложения, статья 346.11 НК РФ»; it may be empty.
	VAT   int
	NoVAT string
	// Days is how long the invoice may be paid, in days from the one on which
	// the request came into being. 0: 10.
	Days int
	// Contract has a contract printed with the invoice, for both to sign.
	// Without, the invoice is an offer, which payment accepts (Civil Code,
	// articles 435 and 438).
	Contract bool
}

// Seller is who is paid. All fields are required, but KPP of a sole trader.
type Seller struct {
	Name          string // with the legal form
	Address       string // with the postal code
	INN           string // 10 digits; of a sole trader 12
	KPP           string // 9 characters
	Bank          string // its name
	BIC           string // 9 digits
	Account       string // 20 digits, like the next
	Correspondent string // account of the bank
	HeadTitle     string // who signs, in the nominative: «Генеральный директор»
	HeadName      string // «И. И. Иванов»
}

// Item is a line of an invoice.
type Item struct {
	Name     string
	Quantity int   // 0: one
	Price    int64 // of one, in kopecks
}

const (
	usualDays   = 10
	maxTotal    = 100_000_000_000 - 1 // kopecks: what spelled has words for
	maxQuantity = 1_000_000
)

var (
	kppPattern     = regexp.MustCompile(`^\d{4}[\dA-Z]{2}\d{3}$`)
	bicPattern     = regexp.MustCompile(`^\d{9}$`)
	accountPattern = regexp.MustCompile(`^\d{20}$`)
)

// clone returns an invoice that shares nothing with the caller's and has the
// defaults filled in; nil of nil.
func (v *Invoice) clone() *Invoice {
	if v == nil {
		return nil
	}
	c := *v
	c.Items = slices.Clone(v.Items)
	for i := range c.Items {
		c.Items[i].Quantity = max(c.Items[i].Quantity, 1)
	}
	if c.Days == 0 {
		c.Days = usualDays
	}
	return &c
}

// check names what is missing or malformed. The form of bank details is
// checked, because a digit too few sends the money nowhere.
func (v *Invoice) check() error {
	s := &v.Seller
	missing, err := checkTexts([]setting{
		{"Name", s.Name}, {"Address", s.Address}, {"INN", s.INN}, {"Bank", s.Bank}, {"BIC", s.BIC},
		{"Account", s.Account}, {"Correspondent", s.Correspondent}, {"HeadTitle", s.HeadTitle}, {"HeadName", s.HeadName},
	})
	trader := qualified.CheckINN(s.INN) == nil
	switch {
	case err != nil:
		return fmt.Errorf("Invoice.Seller.%w", err)
	case len(missing) > 0:
		return fmt.Errorf("Invoice.Seller: missing %s", strings.Join(missing, ", "))
	case !trader && qualified.CheckINNLE(s.INN) != nil:
		return errors.New("Invoice.Seller.INN is no taxpayer number")
	case !kppPattern.MatchString(s.KPP) && !(trader && s.KPP == ""):
		return errors.New("Invoice.Seller.KPP is not of 9 characters, or missing")
	case !bicPattern.MatchString(s.BIC):
		return errors.New("Invoice.Seller.BIC is not of 9 digits")
	case !accountPattern.MatchString(s.Account) || !accountPattern.MatchString(s.Correspondent):
		return errors.New("Invoice.Seller: Account or Correspondent is not of 20 digits")
	case strings.Contains(s.Name+s.Bank, "|"):
		return errors.New("Invoice.Seller: Name and Bank have no place for the character U+007C")
	case v.VAT < 0 || v.VAT > 99:
		return errors.New("Invoice.VAT is no rate in percent")
	case v.VAT > 0 && v.NoVAT != "":
		return errors.New("Invoice: VAT and NoVAT exclude each other")
	case v.Days < 0 || v.Days > 366:
		return errors.New("Invoice.Days is negative or more than a year")
	}
	if r, lacks := lacking(v.NoVAT); lacks {
		return fmt.Errorf("Invoice.NoVAT: the font has no character %U", r)
	}
	return checkItems(v.Items)
}

// checkItems checks what is sold: something, for a price that can be spelled.
func checkItems(list []Item) error {
	if len(list) == 0 {
		return errors.New("Invoice: missing Items")
	}
	var total int64
	for i, item := range list {
		switch r, lacks := lacking(item.Name); {
		case lacks:
			return fmt.Errorf("Invoice.Items[%d].Name: the font has no character %U", i, r)
		case strings.TrimSpace(item.Name) == "":
			return fmt.Errorf("Invoice.Items[%d]: missing Name", i)
		case item.Price <= 0 || item.Price > maxTotal || item.Quantity < 0 || item.Quantity > maxQuantity:
			return fmt.Errorf("Invoice.Items[%d]: Price or Quantity is out of range", i)
		}
		n := int64(max(item.Quantity, 1))
		if item.Price > (maxTotal-total)/n {
			return errors.New("Invoice.Items: the total is too large")
		}
		total += n * item.Price
	}
	return nil
}

// sum is what one line costs, in kopecks.
func (i Item) sum() int64 { return int64(i.Quantity) * i.Price }

// total is what all lines cost, and how much of it is value added tax,
// rounded to the nearest kopeck.
func (v *Invoice) total() (total, tax int64) {
	for _, item := range v.Items {
		total += item.sum()
	}
	rate := int64(v.VAT)
	return total, (2*total*rate + 100 + rate) / (2 * (100 + rate))
}
