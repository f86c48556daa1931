package forms

import (
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// extensionRows draws extensions in their order, numbered: name, identifier,
// value.
func extensionRows(s *paper, list []csr.Extension) {
	for i, e := range list {
		name := extensionNames[e.ID.String()]
		if name == "" {
			name = "Расширение"
		}
		label := fmt.Sprintf("%d. %s\nOID %v", i+1, name, e.ID)
		if e.Critical {
			label += "\nкритическое"
		}
		s.row(label, extensionValue(e)...)
	}
}

// extensionValue puts the value of an extension into words. One that is not
// known, or not as its standard has it, is shown in DER: the owner is to see
// everything that the certificate says.
func extensionValue(e csr.Extension) []piece {
	for _, r := range readers {
		if r.id.Equal(e.ID) {
			if pieces, ok := r.read(e.Value); ok {
				return pieces
			}
		}
	}
	return []piece{words("DER:"), octets(e.Value)}
}

// readers are the extensions that are put into words.
var readers = []struct {
	id   asn1.ObjectIdentifier
	read func(value []byte) ([]piece, bool)
}{
	{oid.KeyUsage, readKeyUsage},
	{oid.ExtendedKeyUsage, readExtendedKeyUsage},
	{oid.BasicConstraints, readBasicConstraints},
	{oid.SubjectKeyID, readSubjectKeyID},
	{oid.AuthorityKeyID, readAuthorityKeyID},
	{oid.CertificatePolicies, readPolicies},
	{oid.PrivateKeyUsagePeriod, readPrivateKeyUsagePeriod},
	{oid.CRLDistributionPoints, readDistributionPoints},
	{oid.AuthorityInfoAccess, readInfoAccess},
	{oid.SubjectSignTool, readSubjectSignTool},
	{oid.IssuerSignTool, readIssuerSignTool},
	{oid.IdentificationKind, readIdentificationKind},
}

// readKeyUsage names the bits and repeats their octets: (f0).
func readKeyUsage(value []byte) ([]piece, bool) {
	bits, ok := der.ReadWhole(value, der.BitString)
	if !ok || len(bits) < 2 || len(bits) > 3 {
		return nil, false
	}
	var names []string
	for i, name := range keyUsageNames {
		if i/8 < len(bits)-1 && bits[1+i/8]&(0x80>>(i%8)) != 0 {
			names = append(names, name)
		}
	}
	return []piece{words(strings.Join(names, ", ") + " (" + hex.EncodeToString(bits[1:]) + ")")}, true
}

func readExtendedKeyUsage(value []byte) (pieces []piece, ok bool) {
	in, ok := der.ReadWhole(value, der.Sequence)
	for ok && !in.Empty() {
		var id asn1.ObjectIdentifier
		ok = in.ReadASN1ObjectIdentifier(&id)
		pieces = append(pieces, words(named(purposeNames, id)))
	}
	return pieces, ok
}

func readBasicConstraints(value []byte) ([]piece, bool) {
	in, ok := der.ReadWhole(value, der.Sequence)
	var ca bool
	if !ok || in.PeekASN1Tag(der.Boolean) && !in.ReadASN1Boolean(&ca) {
		return nil, false
	}
	pieces := []piece{words("Сертификат удостоверяющего центра: " + yesNo(ca))}
	if in.PeekASN1Tag(der.Integer) {
		n := new(big.Int)
		if !in.ReadASN1Integer(n) {
			return nil, false
		}
		pieces = append(pieces, words("Наибольшая длина пути: "+n.String()))
	}
	return pieces, in.Empty()
}

func readSubjectKeyID(value []byte) ([]piece, bool) {
	id, ok := der.ReadWhole(value, der.OctetString)
	return []piece{octets(id)}, ok
}

// readAuthorityKeyID reads all three fields (RFC 5280, section 4.2.1.1).
func readAuthorityKeyID(value []byte) (pieces []piece, ok bool) {
	in, ok := der.ReadWhole(value, der.Sequence)
	var id, names, number der.String
	var hasID, hasNames, hasNumber bool
	if !ok || !in.ReadOptionalASN1(&id, &hasID, der.Context(0)) ||
		!in.ReadOptionalASN1(&names, &hasNames, der.ContextCons(1)) ||
		!in.ReadOptionalASN1(&number, &hasNumber, der.Context(2)) || !in.Empty() {
		return nil, false
	}
	if hasID {
		pieces = append(pieces, words("Идентификатор ключа:"), octets(id))
	}
	if hasNames {
		list, ok := readGeneralNames(names)
		if !ok {
			return nil, false
		}
		pieces = append(append(pieces, words("Издатель сертификата удостоверяющего центра:")), list...)
	}
	if hasNumber {
		pieces = append(pieces, words("Серийный номер сертификата удостоверяющего центра:"), octets(number))
	}
	return pieces, true
}

func readPolicies(value []byte) (pieces []piece, ok bool) {
	in, ok := der.ReadWhole(value, der.Sequence)
	for ok && !in.Empty() {
		var one der.String
		var id asn1.ObjectIdentifier
		ok = in.ReadASN1(&one, der.Sequence) && one.ReadASN1ObjectIdentifier(&id)
		pieces = append(pieces, words(named(policyNames, id)))
		if !one.Empty() {
			pieces = append(pieces, words("Уточнения (DER):"), octets(one))
		}
	}
	return pieces, ok
}

func readPrivateKeyUsagePeriod(value []byte) (pieces []piece, ok bool) {
	in, ok := der.ReadWhole(value, der.Sequence)
	for i, name := range []string{"Действителен с ", "Действителен по "} {
		var field der.String
		var present bool
		if !ok || !in.ReadOptionalASN1(&field, &present, der.Context(uint8(i))) {
			return nil, false
		}
		if !present {
			continue
		}
		t, err := time.Parse("20060102150405Z", string(field))
		if err != nil {
			return nil, false
		}
		pieces = append(pieces, words(name+moment(t)))
	}
	return pieces, in.Empty()
}

// readDistributionPoints reads points that are a full name and nothing else,
// which is what authorities write (RFC 5280, section 4.2.1.13).
func readDistributionPoints(value []byte) (pieces []piece, ok bool) {
	in, ok := der.ReadWhole(value, der.Sequence)
	for ok && !in.Empty() {
		var point, name, full der.String
		if !in.ReadASN1(&point, der.Sequence) || !point.ReadASN1(&name, der.ContextCons(0)) || !point.Empty() ||
			!name.ReadASN1(&full, der.ContextCons(0)) || !name.Empty() {
			return nil, false
		}
		list, understood := readGeneralNames(full)
		pieces, ok = append(pieces, list...), understood
	}
	return pieces, ok
}

func readInfoAccess(value []byte) (pieces []piece, ok bool) {
	in, ok := der.ReadWhole(value, der.Sequence)
	for ok && !in.Empty() {
		var one der.String
		var method asn1.ObjectIdentifier
		if !in.ReadASN1(&one, der.Sequence) || !one.ReadASN1ObjectIdentifier(&method) {
			return nil, false
		}
		list, understood := readGeneralNames(one)
		pieces, ok = append(append(pieces, words(named(accessNames, method)+":")), list...), understood
	}
	return pieces, ok
}

func readSubjectSignTool(value []byte) ([]piece, bool) {
	tool, err := qualified.ParseSubjectSignTool(value)
	return []piece{words(tool)}, err == nil
}

func readIssuerSignTool(value []byte) ([]piece, bool) {
	t, err := qualified.ParseIssuerSignTool(value)
	return []piece{
		words("Средство электронной подписи: " + t.SignTool),
		words("Средство удостоверяющего центра: " + t.CATool),
		words("Заключение на средство электронной подписи: " + t.SignToolCert),
		words("Заключение на средство удостоверяющего центра: " + t.CAToolCert),
	}, err == nil
}

func readIdentificationKind(value []byte) ([]piece, bool) {
	kind, err := qualified.ParseIdentificationKind(value)
	return []piece{words(fmt.Sprintf("%v (%d)", kind, int(kind)))}, err == nil
}

// readGeneralNames reads the alternatives of GeneralName that certificates
// of this profile use (RFC 5280, section 4.2.1.6): mail and DNS names,
// directory names, addresses.
func readGeneralNames(in der.String) (pieces []piece, ok bool) {
	for !in.Empty() {
		var value der.String
		var tag der.Tag
		if !in.ReadAnyASN1(&value, &tag) {
			return nil, false
		}
		switch tag {
		case der.Context(1), der.Context(2), der.Context(6):
			pieces = append(pieces, words(string(value)))
		case der.ContextCons(4):
			name, err := csr.ParseName(value)
			if err != nil {
				return nil, false
			}
			pieces = append(pieces, words(name.String()))
		default:
			return nil, false
		}
	}
	return pieces, true
}

func yesNo(b bool) string {
	if b {
		return "да"
	}
	return "нет"
}
