package cms

import (
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/oid"
)

// Bundle packs certificates into SignedData without content and signers (RFC
// 5652, section 5.2), DER: a file of the kind .p7b. It says nothing of any of
// them. One given twice goes in once; DER wants them sorted, so their order
// is lost.
func Bundle(certificates ...*csr.Certificate) []byte {
	m := message{version: 1, typ: oid.Data, certificates: [][]byte{}}
	for _, c := range certificates {
		m.addCertificate(c.Raw)
	}
	return m.marshal()
}

// ParseBundle reads what [Bundle] and its like in other software make, in DER
// or BER, and returns the certificates in the order they stand. Those of
// schemes outside the list are passed over. CRLs in the file are not
// returned: [Parse] gives them. A message that somebody signed or that has
// content is refused, so that it is not taken for a bare list.
func ParseBundle(as csr.Algorithms, raw []byte) ([]*csr.Certificate, error) {
	sd, err := Parse(as, raw)
	switch {
	case err != nil:
		return nil, fmt.Errorf("cms: bundle: %w", err)
	case len(sd.signers) > 0 || len(sd.Content) > 0:
		return nil, errors.New("cms: bundle: a signed message or one with content")
	}
	return sd.Certificates, nil
}
