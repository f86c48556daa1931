package cryptopro

import (
	"math/big"
	"slices"

	"github.com/surguch/surguch/gost"
)

// orders are the prime orders q of the generators, in hexadecimal, most
// significant digit first, with the names of the parameter sets (RFC 7836,
// appendix A; RFC 4357, section 11.4; RFC 9215, appendix C).
var orders = []struct {
	q    string
	sets []string
}{
	{"400000000000000000000000000000000fd8cddfc87b6635c115af556c360c67", []string{"256-A"}},
	{"ffffffffffffffffffffffffffffffff6c611070995ad10045841b09b761b893", []string{"256-B", "CryptoPro-A", "CryptoPro-XchA"}},
	{"800000000000000000000000000000015f700cfff1a624e5e497161bcc8a198f", []string{"256-C", "CryptoPro-B"}},
	{"9b9f605f5a858107ab1ec85e6b41c8aa582ca3511eddfb74f02f3a6598980bb9", []string{"256-D", "CryptoPro-C", "CryptoPro-XchB"}},
	{"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
		"27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275", []string{"512-A"}},
	{"8000000000000000000000000000000000000000000000000000000000000001" +
		"49a1ec142565a545acfdb77bd9d40cfa8b996712101bea0ec6346c54374f25bd", []string{"512-B"}},
	{"3fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
		"c98cdba46506ab004c33a9ff5147502cc8eda9e7a769a12694623cef47f023ed", []string{"512-C"}},
}

// order returns q of one of gost.Curves.
func order(curve *gost.Curve) *big.Int {
	for _, o := range orders {
		if slices.Contains(o.sets, curve.Name()) {
			q, ok := new(big.Int).SetString(o.q, 16)
			if ok {
				return q
			}
		}
	}
	panic("cryptopro: no order of " + curve.Name())
}
