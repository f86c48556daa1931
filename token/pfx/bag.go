package pfx

import (
	"bytes"
	"unicode/utf16"

	"github.com/surguch/surguch/internal/der"
)

// readBags reads SafeContents: SEQUENCE OF SafeBag.
func (r *reader) readBags(raw []byte, encrypted bool, depth int) error {
	raw, err := r.normal(raw, "SafeContents")
	if err != nil {
		return err
	}
	list, ok := der.ReadWhole(raw, der.Sequence)
	if !ok {
		return malformed("SafeContents")
	}
	for !list.Empty() {
		if r.bags++; r.bags > maxBags {
			return malformed("a file with so many bags")
		}
		if err := r.readBag(&list, encrypted, depth); err != nil {
			return err
		}
	}
	return nil
}

// readBag reads SafeBag: SEQUENCE {bagId, [0] EXPLICIT bagValue, bagAttributes
// SET OPTIONAL}.
func (r *reader) readBag(list *der.String, encrypted bool, depth int) error {
	var bag, value, attributes der.String
	var id der.OID
	if !list.ReadASN1(&bag, der.Sequence) || !bag.ReadASN1ObjectIdentifier(&id) || !bag.ReadASN1(&value, der.ContextCons(0)) ||
		!bag.ReadOptionalASN1(&attributes, nil, der.Set) || !bag.Empty() {
		return malformed("a bag")
	}
	switch {
	case id.Equal(oidKeyBag):
		if !encrypted {
			r.findings.note(PlainKey)
		}
		return r.addKey(value, attributes)
	case id.Equal(oidShroudedBag):
		return r.readShrouded(value, attributes)
	case id.Equal(oidCertBag):
		if !encrypted {
			r.findings.note(PlainCertificate)
		}
		return r.readCertificate(value, attributes)
	case id.Equal(oidContentsBag):
		if depth == maxDepth {
			return malformed("a bag so deep")
		}
		return r.readBags(value, encrypted, depth+1)
	case id.Equal(oidCRLBag), id.Equal(oidSecretBag):
		r.findings.note(OtherBag)
		return nil
	default:
		return malformed("a bag of type " + id.String())
	}
}

// readShrouded reads EncryptedPrivateKeyInfo: SEQUENCE {algorithm, OCTET
// STRING}.
func (r *reader) readShrouded(value, attributes der.String) error {
	var info, text der.String
	if !value.ReadASN1(&info, der.Sequence) || !value.Empty() {
		return malformed("an encrypted key")
	}
	algorithm, ok := der.ReadAlgorithm(&info)
	if !ok || !info.ReadASN1(&text, der.OctetString) || !info.Empty() {
		return malformed("an encrypted key")
	}
	plain, err := r.decrypt(algorithm, text, isSequence)
	if err != nil {
		return err
	}
	defer clear(plain)
	normal, err := r.normal(plain, "a private key")
	if err != nil {
		return err
	}
	defer clear(normal)
	return r.addKey(normal, attributes)
}

// readCertificate reads CertBag: SEQUENCE {certId, [0] EXPLICIT OCTET STRING}.
func (r *reader) readCertificate(value, attributes der.String) error {
	var bag, outer, raw der.String
	var typ der.OID
	if !value.ReadASN1(&bag, der.Sequence) || !value.Empty() || !bag.ReadASN1ObjectIdentifier(&typ) ||
		!bag.ReadASN1(&outer, der.ContextCons(0)) || !bag.Empty() {
		return malformed("a certificate")
	}
	if !typ.Equal(oidX509) {
		r.findings.note(OtherBag)
		return nil
	}
	if !outer.ReadASN1(&raw, der.OctetString) || !outer.Empty() || !isSequence(raw) {
		return malformed("a certificate")
	}
	c := Certificate{Raw: bytes.Clone(raw)}
	c.Name, c.LocalID = r.readAttributes(attributes)
	r.contents.Certificates = append(r.contents.Certificates, c)
	return nil
}

// readAttributes returns friendlyName and localKeyID out of SET OF SEQUENCE
// {type, SET OF value} (RFC 2985, section 5.5). What is wrong there is left out
// and noted.
func (r *reader) readAttributes(set der.String) (name string, id []byte) {
	for !set.Empty() {
		var attribute, values, value der.String
		var typ der.OID
		if !set.ReadASN1(&attribute, der.Sequence) || !attribute.ReadASN1ObjectIdentifier(&typ) ||
			!attribute.ReadASN1(&values, der.Set) || !attribute.Empty() {
			r.findings.note(BadAttribute)
			return name, id
		}
		switch {
		case typ.Equal(oidFriendlyName):
			text, ok := "", values.ReadASN1(&value, der.BMPString) && values.Empty()
			if ok {
				text, ok = fromBMP(value)
			}
			if !ok || name != "" {
				r.findings.note(BadAttribute)
				continue
			}
			name = text
		case typ.Equal(oidLocalKeyID):
			if !values.ReadASN1(&value, der.OctetString) || !values.Empty() || len(value) == 0 || id != nil {
				r.findings.note(BadAttribute)
				continue
			}
			id = bytes.Clone(value)
		case typ.Equal(oidMicrosoftCSP), typ.Equal(oidTrustedUsage), typ.Equal(oidPrivateUsages):
			// What Windows and Java put beside keys says nothing about them.
		default:
			r.findings.note(OtherAttribute)
		}
	}
	return name, id
}

// fromBMP returns the text of a BMPString: UTF-16, big-endian. Surrogates,
// which a BMPString has not, are read, since Windows writes them.
func fromBMP(raw []byte) (string, bool) {
	if len(raw)%2 != 0 {
		return "", false
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return string(utf16.Decode(units)), true
}

// toBMP returns text in UTF-16, big-endian.
func toBMP(text string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, byte(unit>>8), byte(unit))
	}
	return out
}
