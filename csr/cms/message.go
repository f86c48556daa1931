package cms

import (
	"errors"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// message is SignedData (RFC 5652, section 5.1) taken apart into elements
// that keep their bytes, so that a signer or an attribute can be added and
// everything else stays as it was.
type message struct {
	version      int
	digests      [][]byte // AlgorithmIdentifiers
	typ          der.OID
	content      []byte // nil when detached
	certificates [][]byte
	crls         [][]byte // these and certificates: nil when absent
	signers      [][]byte // SignerInfos
}

// readMessage takes DER or BER. What it returns are aliases of raw if raw is
// DER.
func readMessage(raw []byte) (m message, err error) {
	in, err := openContentInfo(raw, oid.SignedData, "SignedData")
	if err != nil {
		return m, err
	}
	var digests, signers der.String
	var ok bool
	if !in.ReadASN1Integer(&m.version) || m.version < 1 || m.version > 5 || !in.ReadASN1(&digests, der.Set) {
		return m, errors.New("SignedData: version or digestAlgorithms do not parse")
	}
	if m.digests, ok = elements(digests); !ok {
		return m, errors.New("SignedData: digestAlgorithms do not parse")
	}
	for _, d := range m.digests {
		if _, ok := der.ParseAlgorithm(d); !ok {
			return m, errors.New("SignedData: digestAlgorithms do not parse")
		}
	}
	if m.typ, m.content, err = readEncapsulated(&in); err != nil {
		return m, err
	}
	if m.certificates, ok = optionalElements(&in, 0); !ok {
		return m, errors.New("SignedData: certificates do not parse")
	}
	if m.crls, ok = optionalElements(&in, 1); !ok {
		return m, errors.New("SignedData: crls do not parse")
	}
	if !in.ReadASN1(&signers, der.Set) || !in.Empty() {
		return m, errors.New("SignedData: signerInfos do not parse")
	}
	if m.signers, ok = elements(signers); !ok {
		return m, errors.New("SignedData: signerInfos do not parse")
	}
	return m, nil
}

// elements splits the contents of a SET; an empty one is not nil.
func elements(set der.String) (list [][]byte, ok bool) {
	list = [][]byte{}
	for !set.Empty() {
		raw, _, ok := der.ReadAny(&set)
		if !ok {
			return nil, false
		}
		list = append(list, raw)
	}
	return list, true
}

// optionalElements splits a SET under the IMPLICIT tag [n], nil when absent.
func optionalElements(in *der.String, n uint8) (list [][]byte, ok bool) {
	var set der.String
	var present bool
	if !in.ReadOptionalASN1(&set, &present, der.ContextCons(n)) {
		return nil, false
	}
	if !present {
		return nil, true
	}
	return elements(set)
}

// marshal writes the message. Lists go out in the order they have.
func (m *message) marshal() []byte {
	return contentInfo(oid.SignedData, func(b *der.Builder) {
		b.AddASN1Int64(int64(m.version))
		addElements(b, der.Set, m.digests)
		addEncapsulated(b, m.typ, m.content)
		if m.certificates != nil {
			addElements(b, der.ContextCons(0), m.certificates)
		}
		if m.crls != nil {
			addElements(b, der.ContextCons(1), m.crls)
		}
		addElements(b, der.Set, m.signers)
	})
}

func addElements(b *der.Builder, tag der.Tag, list [][]byte) {
	b.AddASN1(tag, func(b *der.Builder) {
		for _, raw := range list {
			b.AddBytes(raw)
		}
	})
}

// addDigest enters a digest algorithm unless it is there.
func (m *message) addDigest(id der.OID) {
	for _, raw := range m.digests {
		if a, ok := der.ParseAlgorithm(raw); ok && a.OID.Equal(id) {
			return
		}
	}
	m.digests = insert(m.digests, der.Marshal(der.AlgorithmIdentifier{OID: id}.Add))
}

// addCertificate enters a certificate unless it is there.
func (m *message) addCertificate(raw []byte) {
	if !contains(m.certificates, raw) {
		m.certificates = insert(m.certificates, raw)
	}
}
