package audit

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// Names of the files in a case file, in their order. Documents, certificates
// and signatures are in folders, each named by its SHA-256.
const (
	readmeName     = "README.txt"
	checkpointName = "checkpoint.txt" // the signed note
	trailName      = "trail.jsonl"    // a provenLeaf on each line
	journalName    = "journal.jsonl"  // an entry on each line, as it is committed to; empty: forgotten
	processName    = "process.json"   // canonical

	documentFolder    = "documents/"
	certificateFolder = "certificates/"
	signatureFolder   = "signatures/"
)

// provenLeaf is a leaf with the proof that it stands in the tree of the
// checkpoint (RFC 6962, section 2.1.1): hashes from the leaf to the root.
type provenLeaf struct {
	Place int64    `json:"place"`
	Body  string   `json:"body"`
	Proof [][]byte `json:"proof"`
}

// contents is what a case file holds.
type contents struct {
	checkpoint []byte
	leaves     []provenLeaf
	journal    [][]byte
	process    []byte
	documents  []document
}

// document is an exhibit with its bytes.
type document struct {
	ra.Exhibit
	data  []byte
	again bool // it was attached before: data is not set
}

// ErrUnsealed says that entries of the request have no place in the tree yet.
// A second later they have, if a sealer runs.
var ErrUnsealed = errors.New("audit: entries of the request are not sealed yet")

// Export writes all there is of a request as one zip: its journal, documents,
// certificates and signatures, the definition of its process, and the leaves
// of the audit trail that prove them, each with a proof up to the newest
// checkpoint. [OpenCaseFile] verifies it with the checkpoint's key alone.
// The same request and checkpoint give the same bytes.
//
// It holds personal data in the clear. Of an erased case it holds what is
// left: the skeleton of its journal with the proofs. ErrUnsealed if the
// newest entries are not sealed. It reads the whole trail once.
func Export(ctx context.Context, a *ra.Authority, t ra.Trail, id ra.ID, w io.Writer) error {
	journal, err := a.Journal(ctx, id)
	if err != nil {
		return err
	}
	r, err := a.Request(ctx, id) // after the journal: it has no fewer documents
	if err != nil {
		return err
	}
	p, err := a.Process(ctx, r)
	if err != nil {
		return err
	}
	c := contents{journal: journal, process: p.Canonical()}
	if c.leaves, c.checkpoint, err = prove(ctx, t, id, int64(len(journal))); err != nil {
		return err
	}
	exhibits, err := exhibitsOf(journal)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, e := range exhibits {
		name := fileName(e)
		d := document{Exhibit: e, again: seen[name]}
		if !d.again {
			if d.data, err = a.DocumentByHash(ctx, r, e.Hash); err != nil {
				return err
			}
		}
		seen[name] = true
		c.documents = append(c.documents, d)
	}
	return c.write(w, r, p)
}

// exhibitsOf lists the documents of a journal, in the order attached.
func exhibitsOf(journal [][]byte) (list []ra.Exhibit, err error) {
	for i, data := range journal {
		if len(data) == 0 {
			continue
		}
		var e ra.Entry
		if err := json.Unmarshal(data, &e); err != nil {
			return nil, fmt.Errorf("audit: entry %d: %w", i+1, err)
		}
		if e.Kind == ra.Attached && e.Document != nil {
			list = append(list, *e.Document)
		}
	}
	return list, nil
}

// prove finds the first n leaves of a request and builds their proofs in the
// tree of the newest checkpoint, in one pass: what lies to the left of a leaf
// is on the edge of the tree when the leaf arrives (the roots of the perfect
// subtrees before it), and what lies to the right is still to come.
func prove(ctx context.Context, t ra.Trail, id ra.ID, n int64) ([]provenLeaf, []byte, error) {
	last, err := t.Last(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("audit: %w", err)
	}
	var leaves []provenLeaf
	wanted := map[compact.NodeID][]byte{}
	tree := newTree(streebogHasher())
	in := leafReader{trail: t, end: last.Size}
	for {
		l, ok, err := in.next(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("audit: %w", err)
		}
		if !ok {
			break
		}
		if l.Request == id && l.Seq <= n {
			nodes, err := proof.Inclusion(uint64(tree.size()), uint64(last.Size))
			if err != nil {
				return nil, nil, fmt.Errorf("audit: %w", err)
			}
			for _, node := range nodes.IDs {
				if _, ok := wanted[node]; !ok {
					wanted[node] = nil // to come
				}
			}
			for i, node := range compact.RangeNodes(0, tree.edge.End(), nil) {
				if _, ok := wanted[node]; ok {
					wanted[node] = tree.edge.Hashes()[i]
				}
			}
			leaves = append(leaves, provenLeaf{Place: tree.size(), Body: string(l.Body)})
		}
		tree.add(l.Body, func(node compact.NodeID, hash []byte) {
			if _, ok := wanted[node]; ok {
				wanted[node] = hash
			}
		})
	}
	if int64(len(leaves)) < n {
		return nil, nil, fmt.Errorf("%w: %d of %d are", ErrUnsealed, len(leaves), n)
	}
	for i := range leaves {
		if leaves[i].Proof, err = inclusion(tree.hasher, leaves[i].Place, last.Size, wanted); err != nil {
			return nil, nil, err
		}
	}
	return leaves, last.Note, nil
}

// inclusion puts a proof together from the nodes of the tree.
func inclusion(h *hasher, place, size int64, nodes map[compact.NodeID][]byte) ([][]byte, error) {
	need, err := proof.Inclusion(uint64(place), uint64(size))
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	hashes := make([][]byte, len(need.IDs))
	for i, id := range need.IDs {
		if hashes[i] = nodes[id]; hashes[i] == nil {
			return nil, fmt.Errorf("audit: the trail has fewer leaves than its last checkpoint, which is over %d", size)
		}
	}
	return need.Rehash(hashes, h.HashChildren)
}

// write writes the zip. Nothing is compressed, so that the bytes do not depend
// on a compressor and a reader knows every size beforehand.
func (c *contents) write(w io.Writer, r *ra.Request, p *workflow.Process) error {
	z := zip.NewWriter(w)
	put := func(name string, data []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = f.Write(data)
		}
		return err
	}
	var trail bytes.Buffer
	for _, l := range c.leaves {
		line, err := json.Marshal(l)
		if err != nil || !utf8.ValidString(l.Body) {
			return fmt.Errorf("audit: case file: leaf %d is not JSON", l.Place)
		}
		trail.Write(append(line, '\n'))
	}
	journal := append(bytes.Join(c.journal, []byte("\n")), '\n')
	errs := []error{
		put(readmeName, c.readme(r, p)), put(checkpointName, c.checkpoint), put(trailName, trail.Bytes()),
		put(journalName, journal), put(processName, c.process),
	}
	for _, d := range c.documents {
		if !d.again {
			errs = append(errs, put(fileName(d.Exhibit), d.data))
		}
	}
	if err := errors.Join(append(errs, z.Close())...); err != nil {
		return fmt.Errorf("audit: case file: %w", err)
	}
	return nil
}

// Types of exhibits that have a folder of their own.
const (
	mediaCertificate = "application/pkix-cert"
	mediaCMS         = "application/pkcs7-signature"
)

// extensions of files, by type.
var extensions = map[string]string{
	"application/pdf": ".pdf", "application/xml": ".xml", "application/pkcs10": ".p10",
	"image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif",
}

// fileName is where an exhibit is in a case file. Nothing but its hash and its
// type is in the name.
func fileName(e ra.Exhibit) string {
	switch e.Media {
	case mediaCertificate:
		return certificateFolder + e.Hash + ".cer"
	case mediaCMS:
		return signatureFolder + e.Hash + ".p7s"
	}
	if ext, ok := extensions[e.Media]; ok {
		return documentFolder + e.Hash + ext
	}
	return documentFolder + e.Hash + ".bin"
}
