package xmldsig

import (
	"crypto"
	"crypto/ecdsa"
	"encoding/asn1"
	"math/big"
	"slices"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Names of XML Signature (RFC 3275) and of what SMEV 3 uses with it.
const (
	dsNamespace  = "http://www.w3.org/2000/09/xmldsig#"
	excC14N      = "http://www.w3.org/2001/10/xml-exc-c14n#" // a namespace, too
	smevURN      = "urn://smev-gov-ru/xmldsig/transform"
	xopNamespace = "http://www.w3.org/2004/08/xop/include"
)

const cpxmlsec = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"

// method is a signature method with the digest of its family: how XML
// Signature names them, and what csr knows them by.
type method struct {
	// Identifiers; the first of each is written, all are read.
	signature, digest []string
	scheme            asn1.ObjectIdentifier // Signature of the csr.Algorithm
	// octets is the size of r and s each, where SignatureValue is r || s
	// and not what csr has; 0 elsewhere.
	octets int
}

// methods are those this package signs and verifies with: GOST R 34.10-2012
// with GOST R 34.11-2012 (R 1323565.1.033-2020), RSA and ECDSA with SHA-2 (RFC
// 6931, sections 2.3.2 and 2.3.6), and for reading old messages GOST R
// 34.10-2001 with GOST R 34.11-94.
var methods = []*method{
	{
		signature: []string{cpxmlsec + "gostr34102012-gostr34112012-256"},
		digest:    []string{cpxmlsec + "gostr34112012-256"},
		scheme:    oid.GOSTSign256,
	}, {
		signature: []string{cpxmlsec + "gostr34102012-gostr34112012-512"},
		digest:    []string{cpxmlsec + "gostr34112012-512"},
		scheme:    oid.GOSTSign512,
	}, {
		signature: []string{"http://www.w3.org/2001/04/xmldsig-more#gostr34102001-gostr3411", cpxmlsec + "gostr34102001-gostr3411"},
		digest:    []string{"http://www.w3.org/2001/04/xmldsig-more#gostr3411", cpxmlsec + "gostr3411"},
		scheme:    oid.GOSTSign2001,
	}, {
		signature: []string{"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"},
		digest:    []string{"http://www.w3.org/2001/04/xmlenc#sha256"},
		scheme:    oid.RSAWithSHA256,
	}, {
		signature: []string{"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"},
		digest:    []string{"http://www.w3.org/2001/04/xmlenc#sha256"},
		scheme:    oid.ECDSAWithSHA256,
		octets:    32,
	}, {
		signature: []string{"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"},
		digest:    []string{"http://www.w3.org/2001/04/xmldsig-more#sha384"},
		scheme:    oid.ECDSAWithSHA384,
		octets:    48,
	},
}

// methodNamed returns the method with the identifier of a SignatureMethod, or
// nil.
func methodNamed(signature string) *method {
	for _, m := range methods {
		if slices.Contains(m.signature, signature) {
			return m
		}
	}
	return nil
}

// among returns the scheme of the list that the method stands for with the
// public key, or nil.
func (m *method) among(as csr.Algorithms, pub crypto.PublicKey) *csr.Algorithm {
	if k, ok := pub.(*ecdsa.PublicKey); ok && k.Curve.Params().BitSize != 8*m.octets {
		return nil // ECDSA goes with the hash of its size only
	}
	for _, a := range as {
		if a.Signature.Equal(m.scheme) && a.Fits(pub) {
			return a
		}
	}
	return nil
}

// known reports whether the list has a scheme of the method at all.
func (m *method) known(as csr.Algorithms) bool {
	return slices.ContainsFunc(as, func(a *csr.Algorithm) bool { return a.Signature.Equal(m.scheme) })
}

// encode turns a signature as csr has it into SignatureValue. For ECDSA that is
// r || s, each big-endian and of the curve's size (RFC 4050, section 3.3); csr
// has the DER of RFC 3279, section 2.2.3.
func (m *method) encode(sig []byte) (value []byte, ok bool) {
	if m.octets == 0 {
		return sig, true
	}
	r, s := new(big.Int), new(big.Int)
	in, ok := der.ReadWhole(sig, der.Sequence)
	if !ok || !in.ReadASN1Integer(r) || !in.ReadASN1Integer(s) || !in.Empty() ||
		r.Sign() <= 0 || s.Sign() <= 0 || r.BitLen() > 8*m.octets || s.BitLen() > 8*m.octets {
		return nil, false
	}
	value = make([]byte, 2*m.octets)
	r.FillBytes(value[:m.octets])
	s.FillBytes(value[m.octets:])
	return value, true
}

// decode is the reverse of encode.
func (m *method) decode(value []byte) (sig []byte, ok bool) {
	if m.octets == 0 {
		return value, true
	}
	if len(value) != 2*m.octets {
		return nil, false
	}
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1BigInt(new(big.Int).SetBytes(value[:m.octets]))
			b.AddASN1BigInt(new(big.Int).SetBytes(value[m.octets:]))
		})
	}), true
}
