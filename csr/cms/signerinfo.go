package cms

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"

	"github.com/surguch/surguch/internal/der"
)

// signerInfo is SignerInfo (RFC 5652, section 5.3).
type signerInfo struct {
	rawIssuer  []byte // with serial, or keyID instead of both
	serial     *big.Int
	keyID      []byte
	digest     der.AlgorithmIdentifier
	rawSigned  []byte // the signed attributes, a SET OF under its own tag; nil when absent
	signed     []Attribute
	algorithm  der.AlgorithmIdentifier
	signature  []byte
	unsigned   []Attribute
	rawHead    []byte   // all elements before the unsigned attributes
	rawMembers [][]byte // the unsigned attributes one by one; nil when absent
}

// readSigner reads a whole SignerInfo in DER. What it returns are aliases of
// raw, but for rawSigned.
func readSigner(raw []byte) (si signerInfo, err error) {
	bad := errors.New("SignerInfo does not parse")
	in, ok := der.ReadWhole(raw, der.Sequence)
	whole := in
	var version int
	if !ok || !in.ReadASN1Integer(&version) {
		return si, bad
	}
	switch version {
	case 1:
		var id der.String
		si.serial = new(big.Int)
		if !in.ReadASN1(&id, der.Sequence) {
			return si, bad
		}
		if si.rawIssuer, ok = der.ReadRaw(&id, der.Sequence); !ok || !id.ReadASN1Integer(si.serial) || !id.Empty() {
			return si, bad
		}
	case 3:
		if si.keyID, ok = der.ReadOctets(&in, 0); !ok || len(si.keyID) == 0 {
			return si, bad
		}
	default:
		return si, fmt.Errorf("SignerInfo of version %d", version)
	}
	if si.digest, ok = der.ReadAlgorithm(&in); !ok {
		return si, bad
	}
	if in.PeekASN1Tag(der.ContextCons(0)) {
		signed, ok := der.ReadRaw(&in, der.ContextCons(0))
		if !ok {
			return si, bad
		}
		si.rawSigned = bytes.Clone(signed)
		si.rawSigned[0] = byte(der.Set) // signed under its own tag, section 5.4
		members, _ := der.ReadWhole(si.rawSigned, der.Set)
		if si.signed, err = readAttributes(members); err != nil {
			return si, fmt.Errorf("SignerInfo: signed attributes: %w", err)
		}
	}
	if si.algorithm, ok = der.ReadAlgorithm(&in); !ok || !in.ReadASN1((*der.String)(&si.signature), der.OctetString) {
		return si, bad
	}
	si.rawHead = whole[:len(whole)-len(in)]
	unsigned := in
	if si.rawMembers, ok = optionalElements(&in, 1); !ok || !in.Empty() {
		return si, bad
	}
	if si.rawMembers != nil {
		var members der.String
		unsigned.ReadASN1(&members, der.ContextCons(1))
		if si.unsigned, err = readAttributes(members); err != nil {
			return si, fmt.Errorf("SignerInfo: unsigned attributes: %w", err)
		}
	}
	return si, nil
}

// marshal writes the SignerInfo that readSigner read, with rawMembers as they
// are now.
func (si *signerInfo) marshal() []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddBytes(si.rawHead)
			if si.rawMembers != nil {
				addElements(b, der.ContextCons(1), si.rawMembers)
			}
		})
	})
}
