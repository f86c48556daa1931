package cryptoki

// Class is CK_OBJECT_CLASS.
type Class uint32

// Classes of objects.
const (
	Data        Class = 0
	Certificate Class = 1
	PublicKey   Class = 2
	PrivateKey  Class = 3
	SecretKey   Class = 4
)

// KeyType is CK_KEY_TYPE.
type KeyType uint32

// Types of keys. GOST is R 34.10-2001 and R 34.10-2012 of 256 bits, which
// AttrGOSTHash tells apart.
const (
	RSA     KeyType = 0
	EC      KeyType = 3
	GOST    KeyType = 0x30
	GOST512 KeyType = 0xD4321003
)

// Attribute types (CKA_…).
const (
	AttrClass             uint32 = 0x000
	AttrToken             uint32 = 0x001
	AttrPrivate           uint32 = 0x002
	AttrLabel             uint32 = 0x003
	AttrApplication       uint32 = 0x010
	AttrValue             uint32 = 0x011
	AttrObjectID          uint32 = 0x012
	AttrCertificateType   uint32 = 0x080
	AttrIssuer            uint32 = 0x081
	AttrSerialNumber      uint32 = 0x082
	AttrTrusted           uint32 = 0x086
	AttrCategory          uint32 = 0x087 // of a certificate: 1 of the owner, 2 of an authority
	AttrKeyType           uint32 = 0x100
	AttrSubject           uint32 = 0x101
	AttrID                uint32 = 0x102
	AttrSensitive         uint32 = 0x103
	AttrEncrypt           uint32 = 0x104
	AttrDecrypt           uint32 = 0x105
	AttrWrap              uint32 = 0x106
	AttrUnwrap            uint32 = 0x107
	AttrSign              uint32 = 0x108
	AttrVerify            uint32 = 0x10A
	AttrDerive            uint32 = 0x10C
	AttrStartDate         uint32 = 0x110
	AttrEndDate           uint32 = 0x111
	AttrModulus           uint32 = 0x120
	AttrModulusBits       uint32 = 0x121
	AttrPublicExponent    uint32 = 0x122
	AttrExtractable       uint32 = 0x162
	AttrLocal             uint32 = 0x163
	AttrNeverExtractable  uint32 = 0x164
	AttrAlwaysSensitive   uint32 = 0x165
	AttrKeyGenMechanism   uint32 = 0x166
	AttrModifiable        uint32 = 0x170
	AttrCopyable          uint32 = 0x171
	AttrDestroyable       uint32 = 0x172
	AttrECParams          uint32 = 0x180 // DER
	AttrECPoint           uint32 = 0x181 // DER OCTET STRING
	AttrGOSTParams        uint32 = 0x250 // DER OBJECT IDENTIFIER of the curve
	AttrGOSTHash          uint32 = 0x251 // DER OBJECT IDENTIFIER of the hash
	AttrGOSTCipher        uint32 = 0x252 // DER OBJECT IDENTIFIER
	AttrGOST512Params     uint32 = 0xD4321004
	AttrRutokenJournal    uint32 = 0x80002002
	AttrRutokenTouch      uint32 = 0x80002003
	AttrAllowedMechanisms uint32 = 0x40000600
)

// Mechanisms (CKM_…). Those of GOST give signatures s‖r, each half big-endian,
// and take digests as hash functions give them.
const (
	RSAKeyPairGen   uint32 = 0x0000
	RSAPKCS         uint32 = 0x0001
	SHA256RSAPKCS   uint32 = 0x0040
	SHA256          uint32 = 0x0250
	SHA384          uint32 = 0x0260
	ECKeyPairGen    uint32 = 0x1040
	ECDSA           uint32 = 0x1041
	ECDSASHA256     uint32 = 0x1044
	GOSTKeyPairGen  uint32 = 0x1200
	GOSTSign        uint32 = 0x1201 // of a digest of 32 octets
	GOST94Sign      uint32 = 0x1202 // with R 34.11-94: never used
	GOST94          uint32 = 0x1210
	GOST512KeyGen   uint32 = 0xD4321005
	GOST512Sign     uint32 = 0xD4321006 // of a digest of 64 octets
	GOSTDerive12    uint32 = 0xD4321007 // VKO GOST R 34.10-2012
	GOSTSignHash256 uint32 = 0xD4321008 // of a message
	GOSTSignHash512 uint32 = 0xD4321009
	Streebog256     uint32 = 0xD4321012
	Streebog512     uint32 = 0xD4321013
	Streebog256HMAC uint32 = 0xD4321014
	Streebog512HMAC uint32 = 0xD4321015
	GOSTKEG         uint32 = 0xD4321039
	CertificateX509 uint32 = 0 // CKC_X_509, a type of certificates
)

// User types (CKU_…).
const (
	SecurityOfficer uint32 = 0
	User            uint32 = 1
	ContextSpecific uint32 = 2
)

// Flags of a token (CKF_…).
const (
	FlagRNG               uint32 = 0x00000001
	FlagWriteProtected    uint32 = 0x00000002
	FlagLoginRequired     uint32 = 0x00000004
	FlagUserPINSet        uint32 = 0x00000008
	FlagProtectedAuth     uint32 = 0x00000100
	FlagTokenInitialized  uint32 = 0x00000400
	FlagUserPINCountLow   uint32 = 0x00010000
	FlagUserPINFinalTry   uint32 = 0x00020000
	FlagUserPINLocked     uint32 = 0x00040000
	FlagUserPINMustChange uint32 = 0x00080000
	FlagSOPINCountLow     uint32 = 0x00100000
	FlagSOPINFinalTry     uint32 = 0x00200000
	FlagSOPINLocked       uint32 = 0x00400000
	FlagSOPINMustChange   uint32 = 0x00800000
)

// Flags of a slot and of a mechanism.
const (
	FlagTokenPresent    uint32 = 0x00000001
	FlagRemovableDevice uint32 = 0x00000002
	FlagHardwareSlot    uint32 = 0x00000004

	FlagHardware        uint32 = 0x00000001
	FlagSign            uint32 = 0x00000800
	FlagVerify          uint32 = 0x00002000
	FlagDigest          uint32 = 0x00000400
	FlagGenerateKeyPair uint32 = 0x00010000
	FlagDerive          uint32 = 0x00080000
)

// Unavailable is CK_UNAVAILABLE_INFORMATION: the token does not tell.
const Unavailable = ^uint64(0)
