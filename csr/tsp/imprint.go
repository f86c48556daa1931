package tsp

import (
	"bytes"
	"crypto/subtle"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
)

// Imprint is the digest of the data that a time-stamp is for (RFC 3161, section
// 2.4.1).
type Imprint struct {
	Digest asn1.ObjectIdentifier // the hash, as CMS names it
	Hash   []byte
}

// NewImprint returns the digest of data by the hash of the scheme.
func NewImprint(a *csr.Algorithm, data []byte) Imprint {
	return Imprint{a.Digest, a.Sum(data)}
}

// Equal reports whether both are the same digest by the same hash.
func (i Imprint) Equal(other Imprint) bool {
	return i.Digest.Equal(other.Digest) && subtle.ConstantTimeCompare(i.Hash, other.Hash) == 1
}

// check returns nil if i is the digest of data, and ErrImprint if it is that
// of other data.
func (i Imprint) check(as csr.Algorithms, data []byte) error {
	newHash, err := as.ForDigest(i.Digest)
	if err != nil {
		return err
	}
	h := newHash()
	h.Write(data)
	if subtle.ConstantTimeCompare(h.Sum(nil), i.Hash) != 1 {
		return ErrImprint
	}
	return nil
}

// add writes MessageImprint. The parameters of the hash are absent.
func (i Imprint) add(b *der.Builder) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		der.AlgorithmIdentifier{OID: i.Digest}.Add(b)
		b.AddASN1OctetString(i.Hash)
	})
}

// readImprint reads MessageImprint.
func readImprint(in *der.String) (i Imprint, err error) {
	var seq, hash der.String
	if !in.ReadASN1(&seq, der.Sequence) {
		return i, errImprint
	}
	algorithm, ok := der.ReadAlgorithm(&seq)
	if !ok || !algorithm.NoParams() || !seq.ReadASN1(&hash, der.OctetString) || !seq.Empty() || len(hash) == 0 {
		return i, errImprint
	}
	return Imprint{algorithm.OID, bytes.Clone(hash)}, nil
}

var errImprint = errors.New("messageImprint does not parse")

// readExtensions reads what follows the tag of [n] IMPLICIT Extensions, absent
// or not. RFC 3161 defines none.
func readExtensions(in *der.String, n uint8) (list []csr.Extension, err error) {
	var seq der.String
	var present bool
	bad := errors.New("extensions do not parse")
	if !in.ReadOptionalASN1(&seq, &present, der.ContextCons(n)) || !in.Empty() || present && seq.Empty() {
		return nil, bad
	}
	for !seq.Empty() {
		var one, value der.String
		var e csr.Extension
		if !seq.ReadASN1(&one, der.Sequence) || !one.ReadASN1ObjectIdentifier(&e.ID) ||
			one.PeekASN1Tag(der.Boolean) && !one.ReadASN1Boolean(&e.Critical) ||
			!one.ReadASN1(&value, der.OctetString) || !one.Empty() {
			return nil, bad
		}
		for _, other := range list {
			if other.ID.Equal(e.ID) {
				return nil, fmt.Errorf("extension %v stands twice", e.ID)
			}
		}
		if len(list) == maxExtensions {
			return nil, errors.New("too many extensions")
		}
		e.Value = bytes.Clone(value)
		list = append(list, e)
	}
	return list, nil
}

// maxExtensions is more than anybody sends, and few enough to be compared
// with each other.
const maxExtensions = 32

func addExtensions(b *der.Builder, n uint8, list []csr.Extension) {
	if len(list) == 0 {
		return
	}
	b.AddASN1(der.ContextCons(n), func(b *der.Builder) {
		for _, e := range list {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1ObjectIdentifier(e.ID)
				if e.Critical {
					b.AddASN1Boolean(true)
				}
				b.AddASN1OctetString(e.Value)
			})
		}
	})
}
