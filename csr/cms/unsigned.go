package cms

import (
	"fmt"
)

// AddUnsigned returns the message with an unsigned attribute added to one
// signer, counted from zero in the order of [SignedData.Signatures]. All
// other elements keep their bytes, so that every signature stays what it was;
// a message in BER comes back in DER. What the attribute says is not looked
// at: nobody signs it.
func AddUnsigned(p7s []byte, signer int, a Attribute) ([]byte, error) {
	m, err := readMessage(p7s)
	if err != nil {
		return nil, fmt.Errorf("cms: add an attribute: %w", err)
	}
	if signer < 0 || signer >= len(m.signers) {
		return nil, fmt.Errorf("cms: add an attribute: signer %d of %d", signer+1, len(m.signers))
	}
	raw, err := a.normal()
	if err != nil {
		return nil, fmt.Errorf("cms: add an attribute: %w", err)
	}
	si, err := readSigner(m.signers[signer])
	if err != nil {
		return nil, fmt.Errorf("cms: add an attribute: %w", err)
	}
	si.rawMembers = insert(si.rawMembers, raw)
	m.signers[signer] = si.marshal()
	return m.marshal(), nil
}
