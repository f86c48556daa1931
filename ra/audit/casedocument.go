package audit

import (
	"archive/zip"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/ra"
)

// filed is an exhibit and the file that holds it.
type filed struct {
	ra.Exhibit
	file *zip.File
}

// documents finds the exhibits of the journal, and checks that each is there
// and the one it should be, and that there are no others.
func (x *caseVerification) documents() (list []filed) {
	exhibits, _ := exhibitsOf(x.c.journal) // the journal parses by now
	left := maps.Clone(x.c.documents)
	sums := map[string]string{}
	for _, e := range exhibits {
		name := fileName(e)
		delete(left, name)
		f := x.c.documents[name]
		if f == nil {
			x.add(Fault{Kind: DocumentMissing, Object: e.Hash})
			continue
		}
		sum, known := sums[name]
		if !known {
			var err error
			if sum, err = hashOf(f); err != nil {
				x.add(Fault{Kind: DocumentDiffers, Object: e.Hash, Err: err})
				continue
			}
			sums[name] = sum
		}
		if sum != e.Hash || f.UncompressedSize64 != uint64(e.Size) {
			x.add(Fault{Kind: DocumentDiffers, Object: e.Hash})
			continue
		}
		list = append(list, filed{e, f})
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		x.add(Fault{Kind: DocumentUnknown, Object: name})
	}
	return list
}

// signature verifies a detached signature over the document it is about: the
// latest before it whose kind is the signature's without "_signature".
func (x *caseVerification) signature(documents []filed, i int) {
	d := &documents[i]
	about, ok := strings.CutSuffix(d.Kind, "_signature")
	for _, signed := range slices.Backward(documents[:i]) {
		if !ok || signed.Kind != about {
			continue
		}
		signers, err := x.signers(&signed, d)
		if err != nil {
			x.add(Fault{Kind: SignatureInvalid, Object: d.Hash, Err: err})
		}
		for _, s := range signers {
			x.report.Signatures = append(x.report.Signatures, SignatureReport{
				Document: signed.Exhibit, Signature: d.Exhibit, Signer: s, Chained: len(x.o.Anchors) > 0,
			})
		}
		return
	}
	x.add(Fault{Kind: SignatureInvalid, Object: d.Hash, Err: errors.New("it is not known what it signs")})
}

// signers verifies a message. Without anchors each certificate that it brings
// is taken for one.
func (x *caseVerification) signers(signed, signature *filed) ([]cms.Signer, error) {
	raw, err := readAll(signature.file)
	if err != nil {
		return nil, err
	}
	content, err := readAll(signed.file)
	if err != nil {
		return nil, err
	}
	message, err := cms.Parse(x.o.Algorithms, raw)
	if err != nil {
		return nil, err
	}
	anchors := x.o.Anchors
	if len(anchors) == 0 {
		anchors = message.Certificates
	}
	return message.Verify(content, csr.Chain{Anchors: anchors, At: signature.At})
}

// certificate reads the certificate of the case, and checks its chain if there
// are anchors.
func (x *caseVerification) certificate(d *filed) {
	raw, err := readAll(d.file)
	var cert *csr.Certificate
	if err == nil {
		cert, err = x.o.Algorithms.ParseCertificate(raw)
	}
	if err == nil && len(x.o.Anchors) > 0 {
		if _, e := x.o.Algorithms.VerifyChain(cert, csr.Chain{Anchors: x.o.Anchors, At: d.At}); e != nil {
			err = fmt.Errorf("its chain: %w", e)
		}
	}
	if err != nil {
		x.add(Fault{Kind: CertificateFaulty, Object: d.Hash, Err: err})
		return
	}
	x.report.Issued = append(x.report.Issued, cert)
}
