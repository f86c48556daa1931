// Package oid names the object identifiers of the module in one table, each
// with its source. Values are shared: nobody may change them.
package oid

import "encoding/asn1"

// Public keys, signatures and digests of GOST R 34.10-2012 and
// GOST R 34.11-2012 (RFC 9215, sections 2 to 4; RFC 7836).
var (
	GOST3410_256        = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 1, 1}
	GOST3410_512        = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 1, 2}
	Streebog256         = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 2, 2}
	Streebog512         = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 2, 3}
	GOSTSign256         = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 3, 2}
	GOSTSign512         = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 3, 3}
	GOSTKeyAgreement256 = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 6, 1}
	GOSTKeyAgreement512 = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 6, 2}
)

// Parameter sets of elliptic curves (RFC 4357, section 11.4; RFC 7836,
// appendix A; RFC 9215, appendix C).
var (
	CurveTest256       = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 35, 0}
	CurveCryptoProA    = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 35, 1}
	CurveCryptoProB    = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 35, 2}
	CurveCryptoProC    = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 35, 3}
	CurveCryptoProXchA = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 36, 0}
	CurveCryptoProXchB = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 36, 1}
	CurveTC26_256A     = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 2, 1, 1, 1}
	CurveTC26_256B     = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 2, 1, 1, 2}
	CurveTC26_256C     = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 2, 1, 1, 3}
	CurveTC26_256D     = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 2, 1, 1, 4}
	CurveTest512       = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 2, 1, 2, 0}
	CurveTC26_512A     = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 2, 1, 2, 1}
	CurveTC26_512B     = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 2, 1, 2, 2}
	CurveTC26_512C     = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 2, 1, 2, 3}
)

// Public keys and signatures of other schemes (RFC 8017, RFC 5480, RFC 8410).
var (
	RSA             = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	RSAWithSHA256   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	EC              = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	ECDSAWithSHA256 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	ECDSAWithSHA384 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}
	ECDSAWithSHA512 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}
	Ed25519         = asn1.ObjectIdentifier{1, 3, 101, 112}
	SHA256          = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	SHA384          = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	SHA512          = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
)

// Attributes of names: X.520, PKCS #9, and those of Russian qualified
// certificates (FSB order 795 as amended by order 31 of 29.01.2021; RFC 9215,
// section 5).
var (
	CommonName         = asn1.ObjectIdentifier{2, 5, 4, 3}
	Surname            = asn1.ObjectIdentifier{2, 5, 4, 4}
	SerialNumber       = asn1.ObjectIdentifier{2, 5, 4, 5}
	Country            = asn1.ObjectIdentifier{2, 5, 4, 6}
	Locality           = asn1.ObjectIdentifier{2, 5, 4, 7}
	StateOrProvince    = asn1.ObjectIdentifier{2, 5, 4, 8}
	StreetAddress      = asn1.ObjectIdentifier{2, 5, 4, 9}
	Organization       = asn1.ObjectIdentifier{2, 5, 4, 10}
	OrganizationalUnit = asn1.ObjectIdentifier{2, 5, 4, 11}
	Title              = asn1.ObjectIdentifier{2, 5, 4, 12}
	GivenName          = asn1.ObjectIdentifier{2, 5, 4, 42}
	EmailAddress       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
	OGRN               = asn1.ObjectIdentifier{1, 2, 643, 100, 1}
	SNILS              = asn1.ObjectIdentifier{1, 2, 643, 100, 3}
	INNLE              = asn1.ObjectIdentifier{1, 2, 643, 100, 4}
	OGRNIP             = asn1.ObjectIdentifier{1, 2, 643, 100, 5}
	INN                = asn1.ObjectIdentifier{1, 2, 643, 3, 131, 1, 1}
)

// Extensions of certificates and requests (RFC 5280; FSB order 795).
var (
	SubjectKeyID          = asn1.ObjectIdentifier{2, 5, 29, 14}
	KeyUsage              = asn1.ObjectIdentifier{2, 5, 29, 15}
	PrivateKeyUsagePeriod = asn1.ObjectIdentifier{2, 5, 29, 16}
	BasicConstraints      = asn1.ObjectIdentifier{2, 5, 29, 19}
	CRLDistributionPoints = asn1.ObjectIdentifier{2, 5, 29, 31}
	CertificatePolicies   = asn1.ObjectIdentifier{2, 5, 29, 32}
	AuthorityKeyID        = asn1.ObjectIdentifier{2, 5, 29, 35}
	ExtendedKeyUsage      = asn1.ObjectIdentifier{2, 5, 29, 37}
	AuthorityInfoAccess   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 1}
	SubjectSignTool       = asn1.ObjectIdentifier{1, 2, 643, 100, 111}
	IssuerSignTool        = asn1.ObjectIdentifier{1, 2, 643, 100, 112}
	IdentificationKind    = asn1.ObjectIdentifier{1, 2, 643, 100, 114}
)

// Attributes of PKCS #10 requests and contents and attributes of CMS
// (RFC 2985, RFC 5652, RFC 5035).
var (
	ExtensionRequest     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 14}
	Data                 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	SignedData           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	ContentType          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	MessageDigest        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	SigningTime          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	SigningCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
)

// Key purposes and policies of qualified certificates (RFC 5280; FSB order
// 795: a certificate lists every class from KC1 up to the strongest).
var (
	PurposeClientAuth      = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}
	PurposeEmailProtection = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}
	PolicyKC1              = asn1.ObjectIdentifier{1, 2, 643, 100, 113, 1}
	PolicyKC2              = asn1.ObjectIdentifier{1, 2, 643, 100, 113, 2}
)
