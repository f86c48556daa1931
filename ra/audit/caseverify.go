package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/transparency-dev/merkle/proof"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// VerifierOptions is what a case file is verified with. Required: Verifier.
type VerifierOptions struct {
	// Verifier opens the checkpoint.
	Verifier *Verifier
	// Trusted are checkpoints that somebody outside has kept. The case file's
	// own is held against the one of its size, if there is one.
	Trusted []ra.Checkpoint
	// Algorithms are the schemes of signatures and certificates. Nil:
	// csr.Standard().
	Algorithms csr.Algorithms
	// Anchors are trusted roots. With them, the chains of the signers and of
	// the certificate must have held when the document was attached. Without
	// any, signatures are verified under the certificates that they bring
	// along: that proves what was signed with which key, not whose it is.
	Anchors []*csr.Certificate
}

// CaseReport is what was verified of a case file.
type CaseReport struct {
	Request    ra.ID
	Process    string // name and version
	State      workflow.State
	Began      time.Time
	Erased     bool // the case was erased: no documents, no data
	Origin     string
	Checkpoint ra.Checkpoint
	Known      bool // the checkpoint is one of VerifierOptions.Trusted
	Entries    int
	Documents  int // files, signatures and certificates not counted
	Signatures []SignatureReport
	Issued     []*csr.Certificate // certificates of the case
}

// SignatureReport is a signature over a document of the case that verifies.
type SignatureReport struct {
	Document  ra.Exhibit
	Signature ra.Exhibit
	Signer    cms.Signer
	Chained   bool // the signer's chain led to an anchor
}

// Verify checks everything that a case file says: the signature of its
// checkpoint; that every leaf is in the tree of the checkpoint; that the journal
// is the one that the leaves commit to, without gaps, and follows the process
// it names; that every document is there and is the one of the journal; that
// every signature verifies over its document.
//
// The error is a *FaultError if something is wrong, and lists it; then the
// report must not be relied upon. Nil means that all this has happened, not
// that nothing happened afterwards: whoever made the file may have left out the
// newest entries together with their leaves, and only the store can tell.
// README.txt is for people and proves nothing.
func (c *CaseFile) Verify(o VerifierOptions) (CaseReport, error) {
	if o.Verifier == nil {
		return CaseReport{}, errors.New("audit: case file: VerifierOptions.Verifier is required")
	}
	if o.Algorithms == nil {
		o.Algorithms = csr.Standard()
	}
	x := caseVerification{o: o, c: c}
	if x.checkpoint() {
		x.proofs()
		x.story()
	}
	return x.report, x.err()
}

// caseVerification is one run of Verify.
type caseVerification struct {
	faults
	o      VerifierOptions
	c      *CaseFile
	report CaseReport
}

func (x *caseVerification) checkpoint() bool {
	s, err := x.o.Verifier.open(x.c.checkpoint)
	if err != nil {
		x.add(Fault{Kind: CheckpointUnsigned, Err: err})
		return false
	}
	x.report.Origin = s.origin
	x.report.Checkpoint = ra.Checkpoint{Size: s.size, Root: s.root, Note: x.c.checkpoint, At: s.at}
	for _, t := range x.o.Trusted {
		if t.Size != s.size {
			continue
		}
		if !bytes.Equal(t.Root, s.root) {
			x.add(Fault{Kind: RootDiffers, Size: s.size})
			return false
		}
		x.report.Known = true
	}
	return true
}

// proofs checks that the leaves are in the tree, one after another.
func (x *caseVerification) proofs() {
	h := streebogHasher()
	at := x.report.Checkpoint
	before := int64(-1)
	for i, l := range x.c.leaves {
		err := proof.VerifyInclusion(h, uint64(l.Place), uint64(at.Size), h.HashLeaf([]byte(l.Body)), l.Proof, at.Root)
		if err != nil || l.Place <= before {
			x.add(Fault{Kind: ProofInvalid, Place: l.Place, Seq: int64(i + 1)})
		}
		before = l.Place
	}
}

// story checks the journal and what belongs to it.
func (x *caseVerification) story() {
	var first ra.AuditBody
	if len(x.c.leaves) == 0 || json.Unmarshal([]byte(x.c.leaves[0].Body), &first) != nil {
		x.add(Fault{Kind: LeafUnreadable})
		return
	}
	x.report.Request, x.report.Began, x.report.Entries = first.Request, first.At, len(x.c.journal)
	leaves := make([]ra.Leaf, len(x.c.leaves))
	for i, l := range x.c.leaves {
		leaves[i] = ra.Leaf{Place: l.Place, Request: first.Request, Seq: int64(i + 1), Body: []byte(l.Body)}
	}
	r := x.journal(first.Request, leaves, x.c.journal)
	if r == nil {
		return
	}
	x.report.State, x.report.Erased = r.State, r.Erased
	x.process(r, leaves)
	documents := x.documents()
	for i := range documents {
		switch documents[i].Media {
		case mediaCMS:
			x.signature(documents, i)
		case mediaCertificate:
			x.certificate(&documents[i])
		default:
			x.report.Documents++
		}
	}
}

// process checks that the definition is the one the request is pinned to, and
// has every step that was taken. What an erased case ran by is not known any
// more: there it is the steps that must fit.
func (x *caseVerification) process(r *ra.Request, leaves []ra.Leaf) {
	p, err := workflow.ParseCanonical(x.c.process)
	if err != nil || !r.Erased && p.Hash() != r.ProcessHash {
		x.add(Fault{Kind: ProcessDiffers, Request: r.ID, Err: err})
		return
	}
	x.report.Process = p.Name + " " + p.Version
	for _, l := range leaves {
		var b ra.AuditBody
		if err := json.Unmarshal(l.Body, &b); err != nil || b.Kind != ra.Moved {
			continue
		}
		taken := slices.ContainsFunc(p.Steps, func(s workflow.Step) bool {
			return s.From == b.From && s.On == b.Event && s.To == b.To && s.By == b.Role
		})
		if !taken {
			x.add(Fault{Kind: ProcessDiffers, Request: r.ID, Seq: b.Seq})
		}
	}
}
