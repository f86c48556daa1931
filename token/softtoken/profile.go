package softtoken

import (
	"fmt"
	"slices"
	"strings"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// profile is how a token presents itself and what it refuses. Names, PINs,
// limits of PINs and memory of the Rutoken profiles were measured on devices
// by others or stand in their vendors' headers; the memory of the JaCarta, the
// numbers of tries beyond 10 and the depth of a history are chosen here.
type profile struct {
	name                        string
	manufacturer, model, reader string
	hardware, firmware          [2]byte
	userPIN, soPIN              string // of the factory
	minPIN, maxPIN              int    // octets
	tries                       int
	memory, objects             int

	history      int           // so many PINs may not return
	repeat       int           // so many equal characters in a row are refused; 0: none are
	refusesFirst bool          // the factory's PIN may not be set again
	weak, used   cryptoki.Code // what it answers to a poor PIN, and to one of the history

	mechanisms       []uint32
	importsKeys      bool // made elsewhere
	keepsKeys        bool // they are sensitive and not extractable, whatever is asked
	gost512Attribute bool // knows CKA_GOSTR3410_512PARAMS
	p384             bool
}

var (
	gostMechanisms = []uint32{
		cryptoki.GOSTKeyPairGen, cryptoki.GOSTSign, cryptoki.GOST512KeyGen, cryptoki.GOST512Sign,
		cryptoki.GOSTSignHash256, cryptoki.GOSTSignHash512, cryptoki.Streebog256, cryptoki.Streebog512,
	}
	otherMechanisms = []uint32{
		cryptoki.RSAKeyPairGen, cryptoki.RSAPKCS, cryptoki.SHA256RSAPKCS,
		cryptoki.ECKeyPairGen, cryptoki.ECDSA, cryptoki.ECDSASHA256, cryptoki.SHA256,
	}
	profiles = []*profile{
		{
			name: "plain", manufacturer: "surguch (development)", model: "softtoken (dev)", reader: "surguch softtoken (development)",
			hardware: [2]byte{1, 0}, firmware: [2]byte{1, 0},
			userPIN: "12345678", soPIN: "87654321", minPIN: 4, maxPIN: 64, tries: 10, memory: 1 << 20, objects: 1000,
			mechanisms: append(append(slices.Clone(gostMechanisms), otherMechanisms...), cryptoki.SHA384), importsKeys: true, p384: true,
		},
		{
			name: "rutoken-ecp2", manufacturer: "Aktiv Co.", model: "Rutoken ECP", reader: "Aktiv Rutoken ECP",
			hardware: [2]byte{20, 5}, firmware: [2]byte{23, 2},
			userPIN: "12345678", soPIN: "87654321", minPIN: 6, maxPIN: 249, tries: 10, memory: 131072, objects: 250,
			mechanisms: append(slices.Clone(gostMechanisms), otherMechanisms...), importsKeys: true, keepsKeys: true,
		},
		{
			name: "rutoken-ecp3", manufacturer: "Aktiv Co.", model: "Rutoken ECP", reader: "Aktiv Rutoken ECP",
			hardware: [2]byte{60, 1}, firmware: [2]byte{30, 2},
			userPIN: "12345678", soPIN: "87654321", minPIN: 6, maxPIN: 249, tries: 10, memory: 131072, objects: 250,
			history: 3, repeat: 6, refusesFirst: true, weak: cryptoki.Vendor + 0xA, used: cryptoki.Vendor + 0xB, // CKR_INAPPROPRIATE_PIN, CKR_PIN_IN_HISTORY
			mechanisms: append(slices.Clone(gostMechanisms), otherMechanisms...), keepsKeys: true,
		},
		{
			name: "jacarta-2", manufacturer: "Aladdin R.D.", model: "JaCarta GOST 2.0", reader: "Aladdin R.D. JaCarta",
			hardware: [2]byte{2, 0}, firmware: [2]byte{2, 55},
			userPIN: "1234567890", soPIN: "0987654321", minPIN: 6, maxPIN: 32, tries: 10, memory: 65536, objects: 120,
			history: 3, repeat: 6, weak: cryptoki.Vendor + 0x31, used: cryptoki.Vendor + 0x2B, // CKR_PINPOLICY_REPEAT, CKR_PINPOLICY_HISTORY
			mechanisms: slices.Clone(gostMechanisms), keepsKeys: true, gost512Attribute: true,
		},
	}
)

// Profiles returns the names of the devices that tokens imitate: plain, which
// says that it is for development, rutoken-ecp2, rutoken-ecp3 and jacarta-2.
func Profiles() (names []string) {
	for _, p := range profiles {
		names = append(names, p.name)
	}
	return names
}

func profileByName(name string) (*profile, error) {
	for _, p := range profiles {
		if p.name == name {
			return p, nil
		}
	}
	return nil, fmt.Errorf("softtoken: no profile %q: have %s", name, strings.Join(Profiles(), ", "))
}

// FactoryPINs returns the PINs that a token of a profile leaves the factory
// with.
func FactoryPINs(name string) (user, securityOfficer string, err error) {
	p, err := profileByName(name)
	if err != nil {
		return "", "", err
	}
	return p.userPIN, p.soPIN, nil
}
