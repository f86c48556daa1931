package softtoken

import (
	"bytes"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// Attribute types that the drivers of package token do not use, and other
// programs do (PKCS #11 2.40, base specification).
const (
	attrCheckValue       uint32 = 0x090
	attrURL              uint32 = 0x089
	attrHashOfSubjectKey uint32 = 0x08A
	attrHashOfIssuerKey  uint32 = 0x08B
	attrJavaDomain       uint32 = 0x088
	attrSignRecover      uint32 = 0x109
	attrVerifyRecover    uint32 = 0x10B
	attrPrivateExponent  uint32 = 0x123
	attrPrime1           uint32 = 0x124
	attrPrime2           uint32 = 0x125
	attrExponent1        uint32 = 0x126
	attrExponent2        uint32 = 0x127
	attrCoefficient      uint32 = 0x128
	attrAlwaysAuth       uint32 = 0x202
	attrWrapWithTrusted  uint32 = 0x210
)

// form is what a value looks like.
type form int

const (
	octets form = iota
	truth       // one octet, 0 or 1
	number      // eight octets, little-endian
)

// classes are sets of object classes.
type classes int

const (
	ofData classes = 1 << iota
	ofCertificate
	ofPublic
	ofPrivate
	ofKeys = ofPublic | ofPrivate
	ofAll  = ofData | ofCertificate | ofKeys
)

func classOf(c cryptoki.Class) classes {
	switch c {
	case cryptoki.Data:
		return ofData
	case cryptoki.Certificate:
		return ofCertificate
	case cryptoki.PublicKey:
		return ofPublic
	case cryptoki.PrivateKey:
		return ofPrivate
	}
	return 0
}

// rule says who sets an attribute and when.
type rule int

const (
	fixed      rule = iota // at creation only
	changeable             // later too
	computed               // never: the token sets it
	raised                 // later from false to true only
	lowered                // later from true to false only
)

// attribute is what the token knows of a type of attributes.
type attribute struct {
	of   classes
	form form
	rule rule
}

var attributes = map[uint32]attribute{
	cryptoki.AttrClass:          {ofAll, number, fixed},
	cryptoki.AttrToken:          {ofAll, truth, fixed},
	cryptoki.AttrPrivate:        {ofAll, truth, fixed},
	cryptoki.AttrModifiable:     {ofAll, truth, fixed},
	cryptoki.AttrCopyable:       {ofAll, truth, lowered},
	cryptoki.AttrDestroyable:    {ofAll, truth, fixed},
	cryptoki.AttrLabel:          {ofAll, octets, changeable},
	cryptoki.AttrRutokenTouch:   {ofKeys, truth, fixed},
	cryptoki.AttrRutokenJournal: {ofKeys, truth, fixed},

	cryptoki.AttrApplication: {ofData, octets, changeable},
	cryptoki.AttrObjectID:    {ofData, octets, changeable},

	cryptoki.AttrCertificateType: {ofCertificate, number, fixed},
	cryptoki.AttrTrusted:         {ofCertificate | ofPublic, truth, computed},
	cryptoki.AttrCategory:        {ofCertificate, number, fixed},
	attrCheckValue:               {ofCertificate, octets, fixed},
	cryptoki.AttrIssuer:          {ofCertificate, octets, changeable},
	cryptoki.AttrSerialNumber:    {ofCertificate, octets, changeable},
	attrURL:                      {ofCertificate, octets, fixed},
	attrHashOfSubjectKey:         {ofCertificate, octets, fixed},
	attrHashOfIssuerKey:          {ofCertificate, octets, fixed},
	attrJavaDomain:               {ofCertificate, number, fixed},

	cryptoki.AttrID:        {ofCertificate | ofKeys, octets, changeable},
	cryptoki.AttrSubject:   {ofCertificate | ofKeys, octets, changeable},
	cryptoki.AttrStartDate: {ofCertificate | ofKeys, octets, changeable},
	cryptoki.AttrEndDate:   {ofCertificate | ofKeys, octets, changeable},

	cryptoki.AttrKeyType:         {ofKeys, number, fixed},
	cryptoki.AttrDerive:          {ofKeys, truth, changeable},
	cryptoki.AttrLocal:           {ofKeys, truth, computed},
	cryptoki.AttrKeyGenMechanism: {ofKeys, number, computed},

	cryptoki.AttrEncrypt: {ofPublic, truth, changeable},
	cryptoki.AttrVerify:  {ofPublic, truth, changeable},
	attrVerifyRecover:    {ofPublic, truth, changeable},
	cryptoki.AttrWrap:    {ofPublic, truth, changeable},

	cryptoki.AttrSensitive:        {ofPrivate, truth, raised},
	cryptoki.AttrExtractable:      {ofPrivate, truth, lowered},
	cryptoki.AttrAlwaysSensitive:  {ofPrivate, truth, computed},
	cryptoki.AttrNeverExtractable: {ofPrivate, truth, computed},
	attrAlwaysAuth:                {ofPrivate, truth, fixed},
	attrWrapWithTrusted:           {ofPrivate, truth, raised},
	cryptoki.AttrDecrypt:          {ofPrivate, truth, changeable},
	cryptoki.AttrSign:             {ofPrivate, truth, changeable},
	attrSignRecover:               {ofPrivate, truth, changeable},
	cryptoki.AttrUnwrap:           {ofPrivate, truth, changeable},

	// Parts of keys, whose type says which of them there are: see keyParts.
	cryptoki.AttrValue:          {ofAll, octets, fixed}, // of data: changeable
	cryptoki.AttrModulus:        {ofKeys, octets, fixed},
	cryptoki.AttrModulusBits:    {ofPublic, number, computed},
	cryptoki.AttrPublicExponent: {ofKeys, octets, fixed},
	attrPrivateExponent:         {ofPrivate, octets, fixed},
	attrPrime1:                  {ofPrivate, octets, fixed},
	attrPrime2:                  {ofPrivate, octets, fixed},
	attrExponent1:               {ofPrivate, octets, fixed},
	attrExponent2:               {ofPrivate, octets, fixed},
	attrCoefficient:             {ofPrivate, octets, fixed},
	cryptoki.AttrECParams:       {ofKeys, octets, fixed},
	cryptoki.AttrECPoint:        {ofPublic, octets, fixed},
	cryptoki.AttrGOSTParams:     {ofKeys, octets, fixed},
	cryptoki.AttrGOSTHash:       {ofKeys, octets, fixed},
	cryptoki.AttrGOSTCipher:     {ofKeys, octets, fixed},
}

// keyParts are the attributes that keys of one type alone have.
var keyParts = map[cryptoki.KeyType][]uint32{
	cryptoki.RSA: {cryptoki.AttrModulus, cryptoki.AttrModulusBits, cryptoki.AttrPublicExponent, attrPrivateExponent,
		attrPrime1, attrPrime2, attrExponent1, attrExponent2, attrCoefficient},
	cryptoki.EC:      {cryptoki.AttrECParams, cryptoki.AttrECPoint, cryptoki.AttrValue},
	cryptoki.GOST:    {cryptoki.AttrGOSTParams, cryptoki.AttrGOSTHash, cryptoki.AttrGOSTCipher, cryptoki.AttrValue},
	cryptoki.GOST512: {cryptoki.AttrGOSTParams, cryptoki.AttrGOSTHash, cryptoki.AttrGOSTCipher, cryptoki.AttrValue},
}

// secretPart reports whether an attribute of a private key is the secret.
func secretPart(t uint32) bool {
	return t == cryptoki.AttrValue || t >= attrPrivateExponent && t <= attrCoefficient
}

// normal returns a value in the one form the token keeps: truths as 0 or 1,
// numbers of eight octets.
func (a attribute) normal(value []byte) ([]byte, bool) {
	switch a.form {
	case truth:
		if len(value) != 1 {
			return nil, false
		}
		if value[0] != 0 {
			return []byte{1}, true
		}
		return []byte{0}, true
	case number:
		n, ok := cryptoki.Uint(value)
		if !ok {
			return nil, false
		}
		return cryptoki.Number(0, n).Value, true
	}
	return bytes.Clone(value), true
}
