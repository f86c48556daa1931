package audit

import (
	"hash"
	"slices"

	"github.com/transparency-dev/merkle/compact"

	"github.com/surguch/surguch/gost/streebog"
)

// hasher is the hash function of the tree in the form of RFC 6962, section
// 2.1, with Streebog-256 (GOST R 34.11-2012) where the RFC has SHA-256. It
// implements merkle.LogHasher. It is not for concurrent use.
type hasher struct {
	h       hash.Hash
	scratch []byte
}

// Prefixes that keep leaves and nodes apart (RFC 6962, section 2.1).
const (
	leafPrefix = 0
	nodePrefix = 1
)

// streebogHasher is the one that trails use.
func streebogHasher() *hasher { return &hasher{h: streebog.New256()} }

// EmptyRoot is the root of the tree without leaves: the hash of nothing.
func (h *hasher) EmptyRoot() []byte {
	h.h.Reset()
	return h.h.Sum(nil)
}

// HashLeaf returns H(0x00 ‖ body).
func (h *hasher) HashLeaf(body []byte) []byte {
	return h.sum(append(append(h.scratch[:0], leafPrefix), body...))
}

// HashChildren returns H(0x01 ‖ l ‖ r).
func (h *hasher) HashChildren(l, r []byte) []byte {
	return h.sum(append(append(append(h.scratch[:0], nodePrefix), l...), r...))
}

// Size is the number of octets of a hash.
func (h *hasher) Size() int { return h.h.Size() }

func (h *hasher) sum(data []byte) []byte {
	h.scratch = data
	h.h.Reset()
	h.h.Write(data)
	return h.h.Sum(nil)
}

// tree is a Merkle tree that leaves are appended to. It holds the roots of the
// perfect subtrees along its right edge, at most 63 of them, and forgets the
// rest: appending a leaf costs two hashes on average, and the root as many as
// there are subtrees.
type tree struct {
	hasher *hasher
	edge   *compact.Range
}

func newTree(h *hasher) *tree {
	f := &compact.RangeFactory{Hash: h.HashChildren}
	return &tree{h, f.NewEmptyRange(0)}
}

// add appends a leaf. Visit, if there is one, sees the nodes this completes.
func (t *tree) add(body []byte, visit compact.VisitFn) {
	if err := t.edge.Append(t.hasher.HashLeaf(body), visit); err != nil {
		panic("audit: a range from 0 takes every leaf: " + err.Error())
	}
}

func (t *tree) size() int64 { return int64(t.edge.End()) }

func (t *tree) root() []byte {
	if t.edge.End() == 0 {
		return t.hasher.EmptyRoot()
	}
	root, err := t.edge.GetRootHash(nil)
	if err != nil {
		panic("audit: a range from 0 has a root: " + err.Error())
	}
	return root
}

// clone returns a tree that grows on its own.
func (t *tree) clone() *tree {
	f := &compact.RangeFactory{Hash: t.hasher.HashChildren}
	edge, err := f.NewRange(0, t.edge.End(), slices.Clone(t.edge.Hashes()))
	if err != nil {
		panic("audit: the edge of a tree is one: " + err.Error())
	}
	return &tree{t.hasher, edge}
}
