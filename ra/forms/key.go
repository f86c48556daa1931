package forms

import (
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/der"
)

// keyRows draws a SubjectPublicKeyInfo: the value is the contents of its BIT
// STRING, which for GOST begins with the header of an OCTET STRING, 0440 or
// 048180 (RFC 9215, section 4.3).
func keyRows(s *paper, rawKey []byte, a *csr.Algorithm, pub crypto.PublicKey) error {
	in, ok := der.ReadWhole(rawKey, der.Sequence)
	if !ok {
		return errors.New("public key does not parse")
	}
	id, ok := der.ReadAlgorithm(&in)
	if !ok {
		return errors.New("public key: algorithm does not parse")
	}
	value, ok := der.ReadBits(&in)
	if !ok {
		return errors.New("public key: value does not parse")
	}
	s.row("Алгоритм", words(algorithmName(id.OID, a.Name)))
	s.row("Идентификатор алгоритма (OID)", words(id.OID.String()))
	if k, ok := pub.(*gost.PublicKey); ok {
		s.row("Набор параметров", words(fmt.Sprintf("%s (%v)", k.Curve().Name(), k.Curve().OID())))
	}
	s.row("Параметры (DER)", parameters(id))
	s.row("Значение ключа", octets(value))
	return nil
}

// signatureRows draws signatureAlgorithm and signature of a request or a
// certificate.
func signatureRows(s *paper, raw, signature []byte) error {
	in, _ := der.ReadWhole(raw, der.Sequence)
	if _, ok := der.ReadRaw(&in, der.Sequence); !ok {
		return errors.New("the signed part does not parse")
	}
	id, ok := der.ReadAlgorithm(&in)
	if !ok {
		return errors.New("signatureAlgorithm does not parse")
	}
	s.row("Алгоритм", words(algorithmName(id.OID, id.OID.String())))
	s.row("Идентификатор алгоритма (OID)", words(id.OID.String()))
	if !id.NoParams() {
		s.row("Параметры (DER)", parameters(id))
	}
	s.row("Значение подписи", octets(signature))
	return nil
}

func parameters(id der.AlgorithmIdentifier) piece {
	if id.Params == nil {
		return words("отсутствуют")
	}
	return octets(id.Params)
}

func hashOf(raw []byte) piece {
	sum := streebog.Sum256(raw)
	return octets(sum[:])
}

// algorithmName is the Russian name of a key or signature algorithm, or the
// other name given.
func algorithmName(id asn1.ObjectIdentifier, otherwise string) string {
	if name, ok := algorithmNames[id.String()]; ok {
		return name
	}
	return otherwise
}
