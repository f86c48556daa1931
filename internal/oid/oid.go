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
	RSAWithSHA384   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}
	RSAWithSHA512   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}
	RSAPSS          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	MGF1            = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
	EC              = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	ECDSAWithSHA256 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	ECDSAWithSHA384 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}
	ECDSAWithSHA512 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}
	Ed25519         = asn1.ObjectIdentifier{1, 3, 101, 112}
	SHA1            = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
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
	Pseudonym          = asn1.ObjectIdentifier{2, 5, 4, 65}
	UnstructuredName   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 2}
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
	SubjectAltName        = asn1.ObjectIdentifier{2, 5, 29, 17}
	IssuerAltName         = asn1.ObjectIdentifier{2, 5, 29, 18}
	BasicConstraints      = asn1.ObjectIdentifier{2, 5, 29, 19}
	NameConstraints       = asn1.ObjectIdentifier{2, 5, 29, 30}
	CRLDistributionPoints = asn1.ObjectIdentifier{2, 5, 29, 31}
	CertificatePolicies   = asn1.ObjectIdentifier{2, 5, 29, 32}
	AnyPolicy             = asn1.ObjectIdentifier{2, 5, 29, 32, 0}
	PolicyMappings        = asn1.ObjectIdentifier{2, 5, 29, 33}
	PolicyConstraints     = asn1.ObjectIdentifier{2, 5, 29, 36}
	InhibitAnyPolicy      = asn1.ObjectIdentifier{2, 5, 29, 54}
	AuthorityKeyID        = asn1.ObjectIdentifier{2, 5, 29, 35}
	ExtendedKeyUsage      = asn1.ObjectIdentifier{2, 5, 29, 37}
	AuthorityInfoAccess   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 1}
	SubjectSignTool       = asn1.ObjectIdentifier{1, 2, 643, 100, 111}
	IssuerSignTool        = asn1.ObjectIdentifier{1, 2, 643, 100, 112}
	IdentificationKind    = asn1.ObjectIdentifier{1, 2, 643, 100, 114}
	AccessOCSP            = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1}
	AccessCAIssuers       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 2}
	CRLMatching           = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 49, 1} // CryptoPro
	EmbeddedLicence       = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 49, 2} // CryptoPro CSP
	CertificateTemplate   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 21, 7}
	TemplateName          = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 20, 2}
	CAVersion             = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 21, 1}
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
	PurposeServerAuth      = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}
	PurposeTimeStamping    = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	PurposeOCSPSigning     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 9}
	PolicyKC1              = asn1.ObjectIdentifier{1, 2, 643, 100, 113, 1}
	PolicyKC2              = asn1.ObjectIdentifier{1, 2, 643, 100, 113, 2}
	PolicyKC3              = asn1.ObjectIdentifier{1, 2, 643, 100, 113, 3}
	PolicyKB1              = asn1.ObjectIdentifier{1, 2, 643, 100, 113, 4}
	PolicyKB2              = asn1.ObjectIdentifier{1, 2, 643, 100, 113, 5}
	PolicyKA1              = asn1.ObjectIdentifier{1, 2, 643, 100, 113, 6}
)

// Algorithms of 2001 and before, for reading (RFC 4357, RFC 4490, RFC 4491).
var (
	GOST3410_2001          = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 19}
	GOSTSign2001           = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 3}
	GOST3411_94            = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 9}
	GOST28147              = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 21}
	GOSTKeyAgreement2001   = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 96}
	GOSTKeyAgreement2001DH = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 98}
	GOST28147NoWrap        = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 13, 0}
	GOST28147Wrap          = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 13, 1}
	ParamSetZ              = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 2, 5, 1, 1}
	HMACGOST3411_94        = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 10}
)

// Ciphers, key wraps and MACs of TC26 in CMS and PKCS #12 (R 1323565.1.025-2019,
// RFC 9337, RFC 7836).
var (
	MagmaCTRACPKM          = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 5, 1, 1}
	MagmaCTRACPKMOMAC      = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 5, 1, 2}
	KuznyechikCTRACPKM     = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 5, 2, 1}
	KuznyechikCTRACPKMOMAC = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 5, 2, 2}
	MagmaKExp15            = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 7, 1, 1}
	KuznyechikKExp15       = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 7, 2, 1}
	HMACStreebog256        = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 4, 1}
	HMACStreebog512        = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 1, 4, 2}
	CMSOMAC                = asn1.ObjectIdentifier{1, 2, 643, 7, 1, 0, 6, 1, 1}
)

// Attributes of requests beside extensionRequest (RFC 2985; Microsoft's, which
// Windows and CryptoPro CSP write).
var (
	ChallengePassword   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 7}
	CertExtensions      = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 2, 1, 14}
	OSVersion           = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 13, 2, 3}
	EnrollmentCSP       = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 13, 2, 2}
	EnrollmentNameValue = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 13, 2, 1}
	ClientInfo          = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 21, 20}
	RenewalCertificate  = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 13, 1}
)

// Further contents and attributes of CMS (RFC 5652, RFC 5035, RFC 3161, RFC 5126).
var (
	EnvelopedData      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 3}
	DigestedData       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 5}
	EncryptedData      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	TSTInfo            = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	SigningCertificate = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	SignatureTimeStamp = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
)

// CRLs and OCSP (RFC 5280, section 5; RFC 6960).
var (
	CRLNumber                = asn1.ObjectIdentifier{2, 5, 29, 20}
	ReasonCode               = asn1.ObjectIdentifier{2, 5, 29, 21}
	InvalidityDate           = asn1.ObjectIdentifier{2, 5, 29, 24}
	DeltaCRL                 = asn1.ObjectIdentifier{2, 5, 29, 27}
	IssuingDistributionPoint = asn1.ObjectIdentifier{2, 5, 29, 28}
	CertificateIssuer        = asn1.ObjectIdentifier{2, 5, 29, 29}
	FreshestCRL              = asn1.ObjectIdentifier{2, 5, 29, 46}
	OCSPBasic                = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	OCSPNonce                = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}
	OCSPNoCheck              = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
)
