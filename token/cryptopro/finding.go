package cryptopro

import "slices"

// Finding is something in a container that is read all the same and departs
// from what CSP is known to write. Its strings are stable.
type Finding string

// The findings.
const (
	// NoForm: the header does not say of which form the container is.
	NoForm Finding = "no-form"
	// OtherForm: it is not id-CryptoPro-GostPrivateKeys-V2-Full.
	OtherForm Finding = "other-form"
	// NoName: there is no name.key.
	NoName Finding = "no-name"
	// OtherName: the header has another name than name.key.
	OtherName Finding = "other-name"
	// NoKeyAttributes: the header says nothing of how a key may be used.
	NoKeyAttributes Finding = "no-key-attributes"
	// NoDigest: the parameters of a key name no digest, without which many
	// readers find no algorithm.
	NoDigest Finding = "no-digest"
	// OtherCipher: a key of 2012 goes with another substitution of the cipher
	// than tc26-Z, by its parameters or by the MACs.
	OtherCipher Finding = "other-cipher"
	// NoFingerprint: the header has no fingerprint of a key.
	NoFingerprint Finding = "no-fingerprint"
	// OtherCertificate: a certificate in the header cannot be read, or is for
	// another key.
	OtherCertificate Finding = "other-certificate"
	// PasswordFlag: there is a MAC of the password, and the attributes say that
	// there is no password; or the other way round.
	PasswordFlag Finding = "password-flag"
	// NoReserve: there is no primary2.key with masks2.key.
	NoReserve Finding = "no-reserve"
	// DamagedPrimary: primary.key or masks.key is missing or damaged; the key
	// is in the reserve.
	DamagedPrimary Finding = "damaged-primary"
	// DamagedReserve: primary2.key or masks2.key is missing or damaged.
	DamagedReserve Finding = "damaged-reserve"
	// SecondNumber: primary.key or primary2.key holds two encrypted numbers:
	// that of a second key, or that of a key that may not leave a passive
	// carrier.
	SecondNumber Finding = "second-number"
)

// findings collects them while a container is read.
type findings []Finding

// note adds one that is not there yet.
func (f *findings) note(what Finding) {
	if !slices.Contains(*f, what) {
		*f = append(*f, what)
	}
}
