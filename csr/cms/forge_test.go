package cms_test

import (
	"bytes"
	"crypto"
	"slices"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// forged is SignedData whose every element a test may spoil before it is
// written. Elements are whole, in DER; a nil one is left out.
type forged struct {
	as      csr.Algorithms
	outer   der.OID
	version int64
	digests []byte
	typ     der.OID
	content []byte // the element in encapContentInfo's [0]
	certs   []byte
	crls    []byte
	signers []*forgedSigner
	after   []byte // after signerInfos
}

// forgedSigner is SignerInfo in the same way. The signature is made last, over
// what the attributes are then.
type forgedSigner struct {
	key        crypto.Signer
	version    int64
	sid        []byte
	digest     []byte
	attributes [][]byte // written in this order
	sorted     bool     // but signed in the order of DER
	algorithm  []byte
	signature  []byte // of the key, if nil
	unsigned   []byte
	after      []byte
}

func element(tag der.Tag, parts ...[]byte) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(tag, func(b *der.Builder) { b.AddBytes(bytes.Join(parts, nil)) })
	})
}

func algorithmID(id der.OID, params ...byte) []byte {
	return der.Marshal(der.AlgorithmIdentifier{OID: id, Params: params}.Add)
}

func objectID(id der.OID) []byte {
	return der.Marshal(func(b *der.Builder) { b.AddASN1ObjectIdentifier(id) })
}

func integer(n int64) []byte {
	return der.Marshal(func(b *der.Builder) { b.AddASN1Int64(n) })
}

func attributeOf(typ der.OID, values ...[]byte) []byte {
	return element(der.Sequence, objectID(typ), element(der.Set, values...))
}

func timeOf(at time.Time) []byte {
	return der.Marshal(func(b *der.Builder) { der.AddTime(b, at) })
}

func sidOf(c *csr.Certificate) []byte {
	return element(der.Sequence, c.RawIssuer, der.Marshal(func(b *der.Builder) { b.AddASN1BigInt(c.SerialNumber) }))
}

// forge starts with a good attached message over content.
func forge(t testing.TB, as csr.Algorithms, key crypto.Signer, cert *csr.Certificate, content []byte) *forged {
	t.Helper()
	a, err := as.ForKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return &forged{
		as: as, outer: oid.SignedData, version: 1, digests: element(der.Set, algorithmID(a.Digest)), typ: oid.Data,
		content: element(der.OctetString, content), certs: element(der.ContextCons(0), cert.Raw),
		signers: []*forgedSigner{{
			key: key, version: 1, sid: sidOf(cert), digest: algorithmID(a.Digest), algorithm: algorithmID(a.Signature, a.SignatureParams...),
			attributes: [][]byte{
				attributeOf(oid.ContentType, objectID(oid.Data)),
				attributeOf(oid.SigningTime, timeOf(time.Now())),
				attributeOf(oid.MessageDigest, element(der.OctetString, a.Sum(content))),
			},
		}},
	}
}

func (f *forged) write(t testing.TB) []byte {
	t.Helper()
	encap := objectID(f.typ)
	if f.content != nil {
		encap = append(encap, element(der.ContextCons(0), f.content)...)
	}
	var signers [][]byte
	for _, s := range f.signers {
		signers = append(signers, s.write(t, f))
	}
	return element(der.Sequence, objectID(f.outer), element(der.ContextCons(0), element(der.Sequence,
		integer(f.version), f.digests, element(der.Sequence, encap), f.certs, f.crls, element(der.Set, signers...), f.after)))
}

func (s *forgedSigner) write(t testing.TB, f *forged) []byte {
	t.Helper()
	msg := document
	if s.attributes != nil {
		list := slices.Clone(s.attributes)
		if s.sorted {
			slices.SortFunc(list, bytes.Compare)
		}
		msg = element(der.Set, list...)
	} else if f.content != nil {
		msg, _ = der.ReadWhole(f.content, der.OctetString)
	}
	signature := s.signature
	if signature == nil {
		var err error
		if _, signature, err = f.as.Sign(s.key, msg); err != nil {
			t.Fatal(err)
		}
	}
	var attributes []byte
	if s.attributes != nil {
		attributes = element(der.ContextCons(0), s.attributes...)
	}
	return element(der.Sequence, integer(s.version), s.sid, s.digest, attributes, s.algorithm,
		element(der.OctetString, signature), s.unsigned, s.after)
}
