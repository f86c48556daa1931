// Package testenv is what the module's tests and examples share: a virtual
// clock and invented people with valid check digits. The programs of others
// that tests call are in package outside beneath it.
package testenv

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Person is somebody who does not exist. Every number is well formed and its
// check digits are right; names, addresses and numbers come from a generator.
type Person struct {
	LastName, FirstName, MiddleName string
	Gender                          string // "1" male, "2" female, as the vendor form has it
	Born                            time.Time
	BirthPlace                      string
	Series, Number                  string // passport: 4 and 6 digits
	Issued                          time.Time
	Issuer, IssuerCode              string // code as NNN-NNN
	SNILS                           string // 11 digits
	INN                             string // 12 digits
	Email, Phone                    string
	Region, City, Street, PostCode  string
}

var (
	lastNames   = []string{"Сургучёв", "Печатников", "Вощёных", "Грамотеев", "Подьячев", "Летописцев", "Перстнёв", "Хартиев"}
	maleNames   = []string{"Ефим", "Тимофей", "Савелий", "Пётр", "Аркадий", "Никита"}
	femaleNames = []string{"Алёна", "Серафима", "Ксения", "Варвара", "Ульяна", "Зоя"}
	malePatro   = []string{"Ильич", "Фёдорович", "Андреевич", "Семёнович", "Егорович"}
	femalePatro = []string{"Ильинична", "Фёдоровна", "Андреевна", "Семёновна", "Егоровна"}
	streets     = []string{"ул. Сургучная", "ул. Печатная", "пер. Гербовый", "ул. Писарская"}
)

// NewPerson returns the person of the given seed: the same seed, the same
// person. Everybody is born in 1983 to 1999 and has the passport that is issued
// at 20 and valid until 45.
func NewPerson(seed uint64) Person {
	r := rand.New(rand.NewPCG(seed, 0x5375726775636800))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	p := Person{LastName: pick(lastNames)}
	if r.IntN(2) == 0 {
		p.Gender, p.FirstName, p.MiddleName = "1", pick(maleNames), pick(malePatro)
	} else {
		p.Gender, p.FirstName, p.MiddleName = "2", pick(femaleNames), pick(femalePatro)
		if p.LastName[len(p.LastName)-len("в"):] == "в" {
			p.LastName += "а"
		}
	}
	p.Born = time.Date(1983+r.IntN(17), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
	p.Issued = p.Born.AddDate(20, 0, 5+r.IntN(20))
	p.BirthPlace = "гор. Москва"
	p.Series = fmt.Sprintf("45%02d", p.Issued.Year()%100)
	p.Number = fmt.Sprintf("%06d", 100000+r.IntN(900000))
	p.Issuer = "ОВД района Печатники города Москвы"
	p.IssuerCode = fmt.Sprintf("77%d-%03d", r.IntN(4), r.IntN(1000))
	p.SNILS = NewSNILS(r)
	p.INN = NewINN12(r)
	p.Email = fmt.Sprintf("applicant-%d@example.org", seed)
	p.Phone = fmt.Sprintf("+7900%07d", r.IntN(10000000))
	p.Region, p.City = "77 г. Москва", "Москва"
	p.Street = fmt.Sprintf("%s, д. %d, кв. %d", pick(streets), 1+r.IntN(60), 1+r.IntN(200))
	p.PostCode = fmt.Sprintf("109%03d", r.IntN(1000))
	return p
}

// NewSNILS returns 11 digits with a right check number. The person's part is
// above 001-001-998, below which no check number exists.
func NewSNILS(r *rand.Rand) string {
	n := 100000000 + r.IntN(899999999)
	digits := fmt.Sprintf("%09d", n)
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * (9 - i)
	}
	return fmt.Sprintf("%s%02d", digits, sum%101%100)
}

// NewINN12 returns a person's INN, 12 digits, of Moscow.
func NewINN12(r *rand.Rand) string {
	d := fmt.Sprintf("77%08d", 1+r.IntN(99999998))
	d += checkDigit(d, []int{7, 2, 4, 10, 3, 5, 9, 4, 6, 8})
	return d + checkDigit(d, []int{3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8})
}

// NewINN10 returns an organisation's INN, 10 digits, of Moscow.
func NewINN10(r *rand.Rand) string {
	d := fmt.Sprintf("77%07d", 1+r.IntN(9999998))
	return d + checkDigit(d, []int{2, 4, 10, 3, 5, 9, 4, 6, 8})
}

// NewOGRN returns an organisation's OGRN, 13 digits.
func NewOGRN(r *rand.Rand) string {
	n := 102770000000 + int64(r.IntN(999999))
	return fmt.Sprintf("%d%d", n, n%11%10)
}

// NewOGRNIP returns a sole trader's OGRNIP, 15 digits.
func NewOGRNIP(r *rand.Rand) string {
	n := 30477000000000 + int64(r.IntN(999999999))
	return fmt.Sprintf("%d%d", n, n%13%10)
}

func checkDigit(digits string, weights []int) string {
	sum := 0
	for i, w := range weights {
		sum += int(digits[i]-'0') * w
	}
	return fmt.Sprint(sum % 11 % 10)
}
