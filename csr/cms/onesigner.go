package cms

import (
	"fmt"

	"github.com/surguch/surguch/csr"
)

// Unsigned returns the unsigned attributes of one signer, counted from zero in
// the order of [SignedData.Signatures], nothing being verified: time-stamps
// have to be looked at before it is known at which time the signer's chain must
// hold. There are none for a signer who is not there.
func (sd *SignedData) Unsigned(signer int) []Attribute {
	if signer < 0 || signer >= len(sd.signers) {
		return nil
	}
	return sd.signers[signer].unsigned
}

// VerifySigner is Verify for one signer, counted from zero in the order of
// [SignedData.Signatures]. It says nothing of the others: it is for messages
// whose signers are to be judged at different times.
func (sd *SignedData) VerifySigner(signer int, content []byte, with csr.Chain) (Signer, error) {
	if signer < 0 || signer >= len(sd.signers) {
		return Signer{}, fmt.Errorf("cms: signer %d of %d", signer+1, len(sd.signers))
	}
	one := *sd
	one.signers = sd.signers[signer : signer+1]
	list, err := one.Verify(content, with)
	if err != nil {
		return Signer{}, err
	}
	return list[0], nil
}
