package cryptopro

import (
	"encoding/asn1"

	"github.com/surguch/surguch/internal/oid"
)

// Identifiers of CryptoPro that stand in containers alone.
var (
	// oidV2Full is id-CryptoPro-GostPrivateKeys-V2-Full, the form of the
	// container.
	oidV2Full = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 37, 2, 1}
	// oidKeyValidity is the extension with the time a key may be used.
	oidKeyValidity = asn1.ObjectIdentifier{1, 2, 643, 2, 2, 37, 3, 10}
)

// keyForm is what the algorithm of a key says about it.
type keyForm struct {
	size     int // octets of a number; 0: of the generation of 2001
	exchange bool
	id       asn1.ObjectIdentifier
	digest   asn1.ObjectIdentifier
}

var keyForms = []keyForm{
	{32, true, oid.GOSTKeyAgreement256, oid.Streebog256},
	{32, false, oid.GOST3410_256, oid.Streebog256},
	{64, true, oid.GOSTKeyAgreement512, oid.Streebog512},
	{64, false, oid.GOST3410_512, oid.Streebog512},
	{0, true, oid.GOSTKeyAgreement2001, nil},
	{0, true, oid.GOSTKeyAgreement2001DH, nil},
	{0, false, oid.GOST3410_2001, nil},
}
