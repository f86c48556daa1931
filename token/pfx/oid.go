package pfx

import "github.com/surguch/surguch/internal/der"

// Bags and their attributes (RFC 7292, section 4.2; RFC 2985).
var (
	oidKeyBag        = der.OID{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	oidShroudedBag   = der.OID{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	oidCertBag       = der.OID{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidCRLBag        = der.OID{1, 2, 840, 113549, 1, 12, 10, 1, 4}
	oidSecretBag     = der.OID{1, 2, 840, 113549, 1, 12, 10, 1, 5}
	oidContentsBag   = der.OID{1, 2, 840, 113549, 1, 12, 10, 1, 6}
	oidX509          = der.OID{1, 2, 840, 113549, 1, 9, 22, 1}
	oidFriendlyName  = der.OID{1, 2, 840, 113549, 1, 9, 20}
	oidLocalKeyID    = der.OID{1, 2, 840, 113549, 1, 9, 21}
	oidMicrosoftCSP  = der.OID{1, 3, 6, 1, 4, 1, 311, 17, 1}
	oidTrustedUsage  = der.OID{2, 16, 840, 1, 113894, 746875, 1, 1}
	oidPrivateUsages = der.OID{2, 5, 29, 15} // KeyUsage, as Windows puts it beside a key
)

// Encryption by a password (RFC 8018; RFC 7292, appendix C), the functions
// that PBKDF2 runs on and the ciphers of PBES2.
var (
	oidPBES2         = der.OID{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2        = der.OID{1, 2, 840, 113549, 1, 5, 12}
	oidHMACSHA1      = der.OID{1, 2, 840, 113549, 2, 7}
	oidHMACSHA256    = der.OID{1, 2, 840, 113549, 2, 9}
	oidHMACSHA384    = der.OID{1, 2, 840, 113549, 2, 10}
	oidHMACSHA512    = der.OID{1, 2, 840, 113549, 2, 11}
	oidAES128        = der.OID{2, 16, 840, 1, 101, 3, 4, 1, 2}
	oidAES192        = der.OID{2, 16, 840, 1, 101, 3, 4, 1, 22}
	oidAES256        = der.OID{2, 16, 840, 1, 101, 3, 4, 1, 42}
	oidTripleDES     = der.OID{1, 2, 840, 113549, 3, 7}
	oidSHATripleDES  = der.OID{1, 2, 840, 113549, 1, 12, 1, 3}
	oidSHATwoKeyDES  = der.OID{1, 2, 840, 113549, 1, 12, 1, 4}
	oidSHARC2Of128   = der.OID{1, 2, 840, 113549, 1, 12, 1, 5}
	oidSHARC2Of40    = der.OID{1, 2, 840, 113549, 1, 12, 1, 6}
	oidCryptoProPBE  = der.OID{1, 2, 840, 113549, 1, 12, 1, 80} // CryptoPro CSP's own
	oidPBMAC1        = der.OID{1, 2, 840, 113549, 1, 5, 14}
	oidSHA224        = der.OID{2, 16, 840, 1, 101, 3, 4, 2, 4}
	oidHMACSHA224    = der.OID{1, 2, 840, 113549, 2, 8}
	oidHMACSHA512256 = der.OID{1, 2, 840, 113549, 2, 13}
)
