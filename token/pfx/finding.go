package pfx

import "slices"

// Finding is something in a file that is read all the same and that RFC 7292
// or RFC 9548 does not have so, or that is weak. Its strings are stable.
type Finding string

// The findings.
const (
	// NoMAC: nothing says that the file was not changed. Whether the password
	// is right shows only by what comes out.
	NoMAC Finding = "no-mac"
	// NotDER: there are lengths and strings as only BER has them.
	NotDER Finding = "not-der"
	// PlainKey: a private key is not encrypted.
	PlainKey Finding = "plain-key"
	// PlainCertificate: a certificate is not encrypted, so that its owner's
	// name can be read without the password.
	PlainCertificate Finding = "plain-certificate"
	// FewIterations: a key comes of the password by less than 1000 iterations
	// (RFC 9337, section 4).
	FewIterations Finding = "few-iterations"
	// OldCipher: triple DES, RC2 or GOST 28147-89.
	OldCipher Finding = "old-cipher"
	// OtherPRF: a cipher of GOST with a PRF that is not HMAC-Streebog-512
	// (RFC 9337, section 4), as OpenSSL writes it.
	OtherPRF Finding = "other-prf"
	// OtherSection: CTR-ACPKM changes the key after 4096 octets with Kuznyechik
	// or 1024 with Magma, as OpenSSL with the GOST engine does.
	OtherSection Finding = "other-section"
	// OtherBag: there is something else than keys and X.509 certificates,
	// which is not read.
	OtherBag Finding = "other-bag"
	// OtherKey: there is a key of an algorithm that is not here.
	OtherKey Finding = "other-key"
	// OtherAttribute: a key or a certificate has an attribute that is not kept.
	OtherAttribute Finding = "other-attribute"
	// BadAttribute: friendlyName or localKeyID does not parse, or stands twice.
	BadAttribute Finding = "bad-attribute"
)

// findings collects them while a file is read.
type findings []Finding

// note adds one that is not there yet.
func (f *findings) note(what Finding) {
	if !slices.Contains(*f, what) {
		*f = append(*f, what)
	}
}
