package gost

import (
	"encoding/asn1"
	"fmt"
	"github.com/surguch/surguch/internal/oid"
	"slices"
	"strings"
	"sync"
)

// Curve is a parameter set: an elliptic curve, a generator and the object
// identifier that stands for both. Sets with equal numbers and different
// identifiers are different Curves. Functions of this package return the only
// Curve of each set, so pointers may be compared. The zero value is not usable.
type Curve struct {
	name   string
	oid    asn1.ObjectIdentifier
	digest digestRule

	*numbers
}

// digestRule says whether the algorithm parameters of a key name the digest
// (RFC 9215, section 4.2).
type digestRule int

const (
	digestOptional digestRule = iota // it should be left out, and mostly is not
	digestRequired                   // it must be there
	digestOmitted                    // it must not be there
)

// TC26A256 returns 256-A, id-tc26-gost-3410-2012-256-paramSetA, a twisted
// Edwards curve of cofactor 4 (RFC 7836, appendix A.2).
func TC26A256() *Curve { return tc26A256() }

// TC26B256 returns 256-B, id-tc26-gost-3410-2012-256-paramSetB, with the
// numbers of CryptoPro-A (RFC 9215, appendix C).
func TC26B256() *Curve { return tc26B256() }

// TC26C256 returns 256-C, id-tc26-gost-3410-2012-256-paramSetC, with the
// numbers of CryptoPro-B (RFC 9215, appendix C).
func TC26C256() *Curve { return tc26C256() }

// TC26D256 returns 256-D, id-tc26-gost-3410-2012-256-paramSetD, with the
// numbers of CryptoPro-C (RFC 9215, appendix C).
func TC26D256() *Curve { return tc26D256() }

// TC26A512 returns 512-A, id-tc26-gost-3410-12-512-paramSetA (RFC 7836,
// appendix A.1).
func TC26A512() *Curve { return tc26A512() }

// TC26B512 returns 512-B, id-tc26-gost-3410-12-512-paramSetB (RFC 7836,
// appendix A.1).
func TC26B512() *Curve { return tc26B512() }

// TC26C512 returns 512-C, id-tc26-gost-3410-2012-512-paramSetC, a twisted
// Edwards curve of cofactor 4 (RFC 7836, appendix A.2).
func TC26C512() *Curve { return tc26C512() }

// CryptoProA returns id-GostR3410-2001-CryptoPro-A-ParamSet (RFC 4357,
// section 11.4).
func CryptoProA() *Curve { return cryptoProA() }

// CryptoProB returns id-GostR3410-2001-CryptoPro-B-ParamSet (RFC 4357,
// section 11.4).
func CryptoProB() *Curve { return cryptoProB() }

// CryptoProC returns id-GostR3410-2001-CryptoPro-C-ParamSet (RFC 4357,
// section 11.4).
func CryptoProC() *Curve { return cryptoProC() }

// CryptoProXchA returns id-GostR3410-2001-CryptoPro-XchA-ParamSet, with the
// numbers of CryptoPro-A (RFC 4357, section 11.4).
func CryptoProXchA() *Curve { return cryptoProXchA() }

// CryptoProXchB returns id-GostR3410-2001-CryptoPro-XchB-ParamSet, with the
// numbers of CryptoPro-C (RFC 4357, section 11.4).
func CryptoProXchB() *Curve { return cryptoProXchB() }

// Test256 returns id-GostR3410-2001-TestParamSet, for published examples
// alone: RFC 9215, section 4.2, forbids any other use. Neither Curves nor
// CurveByName knows it, and parsers refuse it unless it is given to them.
func Test256() *Curve { return test256() }

// Test512 returns id-tc26-gost-3410-2012-512-paramSetTest, under the same
// restrictions as Test256.
func Test512() *Curve { return test512() }

var (
	tc26A256      = set("256-A", oid.CurveTC26_256A, digestOptional, domain256A)
	tc26B256      = set("256-B", oid.CurveTC26_256B, digestOmitted, domain256B)
	tc26C256      = set("256-C", oid.CurveTC26_256C, digestOmitted, domain256C)
	tc26D256      = set("256-D", oid.CurveTC26_256D, digestOmitted, domain256D)
	tc26A512      = set("512-A", oid.CurveTC26_512A, digestOptional, domain512A)
	tc26B512      = set("512-B", oid.CurveTC26_512B, digestOptional, domain512B)
	tc26C512      = set("512-C", oid.CurveTC26_512C, digestOptional, domain512C)
	cryptoProA    = set("CryptoPro-A", oid.CurveCryptoProA, digestRequired, domain256B)
	cryptoProB    = set("CryptoPro-B", oid.CurveCryptoProB, digestRequired, domain256C)
	cryptoProC    = set("CryptoPro-C", oid.CurveCryptoProC, digestRequired, domain256D)
	cryptoProXchA = set("CryptoPro-XchA", oid.CurveCryptoProXchA, digestRequired, domain256B)
	cryptoProXchB = set("CryptoPro-XchB", oid.CurveCryptoProXchB, digestRequired, domain256D)
	test256       = set("256-Test", oid.CurveTest256, digestRequired, domainTest256)
	test512       = set("512-Test", oid.CurveTest512, digestOptional, domainTest512)
)

// set returns a function that builds a Curve when it is first called.
func set(name string, id asn1.ObjectIdentifier, digest digestRule, d func() *numbers) func() *Curve {
	return sync.OnceValue(func() *Curve {
		return &Curve{name: name, oid: id, digest: digest, numbers: d()}
	})
}

// Curves returns the parameter sets for use, the newer identifiers first:
// 256-A to 256-D, 512-A to 512-C and CryptoPro-A, B, C, XchA, XchB.
func Curves() []*Curve {
	return []*Curve{
		TC26A256(), TC26B256(), TC26C256(), TC26D256(),
		TC26A512(), TC26B512(), TC26C512(),
		CryptoProA(), CryptoProB(), CryptoProC(), CryptoProXchA(), CryptoProXchB(),
	}
}

// CurveByName returns the one of Curves that has the given Name. The error
// lists the names there are.
func CurveByName(name string) (*Curve, error) {
	var names []string
	for _, c := range Curves() {
		if c.name == name {
			return c, nil
		}
		names = append(names, c.name)
	}
	return nil, fmt.Errorf("gost: unknown curve %q: have %s", name, strings.Join(names, ", "))
}

// Name returns the short name of the set, such as "256-A" or "CryptoPro-XchA".
func (c *Curve) Name() string { return c.name }

// OID returns the identifier of the set, publicKeyParamSet of RFC 9215,
// section 4.2.
func (c *Curve) OID() asn1.ObjectIdentifier { return slices.Clone(c.oid) }

// Size returns the number of octets of a coordinate, of a private key and of
// a digest: 32 or 64.
func (c *Curve) Size() int { return c.size }
