package softtoken

import (
	"bytes"
	"crypto"
	"maps"
	"slices"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// object is a set of attributes. It is not changed once it is made; what is
// computed from it is kept beside.
type object struct {
	values map[uint32][]byte
	signer crypto.Signer // of a private key that has been used
}

func (o *object) truth(t uint32) bool { return bytes.Equal(o.values[t], []byte{1}) }

func (o *object) number(t uint32) uint64 {
	n, _ := cryptoki.Uint(o.values[t])
	return n
}

func (o *object) class() cryptoki.Class { return cryptoki.Class(o.number(cryptoki.AttrClass)) }

func (o *object) keyType() cryptoki.KeyType { return cryptoki.KeyType(o.number(cryptoki.AttrKeyType)) }

func (o *object) set(t uint32, v bool) { o.values[t] = cryptoki.Bool(t, v).Value }

// wipe clears what is secret in a private key that is not needed any more.
func (o *object) wipe() {
	for t, v := range o.values {
		if o.class() == cryptoki.PrivateKey && secretPart(t) {
			clear(v)
		}
	}
}

// size is the room an object takes on the token: its values, eight octets for
// each, and 64 for itself.
func (o *object) size() int {
	n := 64
	for _, v := range o.values {
		n += 8 + len(v)
	}
	return n
}

// read returns an attribute as an application may see it.
func (o *object) read(t uint32) ([]byte, error) {
	if t == cryptoki.AttrGOST512Params && o.keyType() == cryptoki.GOST512 {
		t = cryptoki.AttrGOSTParams
	}
	value, ok := o.values[t]
	if !ok {
		return nil, cryptoki.AttributeTypeInvalid
	}
	if o.class() == cryptoki.PrivateKey && secretPart(t) && (o.truth(cryptoki.AttrSensitive) || !o.truth(cryptoki.AttrExtractable)) {
		return nil, cryptoki.AttributeSensitive
	}
	return bytes.Clone(value), nil
}

// matches reports whether the object has all attributes of a template. What
// cannot be read matches nothing.
func (o *object) matches(template []cryptoki.Attribute) bool {
	for _, want := range template {
		value := want.Value
		if a, ok := attributes[want.Type]; ok {
			if value, ok = a.normal(value); !ok {
				return false
			}
		}
		if got, err := o.read(want.Type); err != nil || !bytes.Equal(got, value) {
			return false
		}
	}
	return true
}

// changed returns a copy of the object with other attributes.
func (o *object) changed(template []cryptoki.Attribute) (*object, error) {
	if !o.truth(cryptoki.AttrModifiable) {
		return nil, cryptoki.ActionProhibited
	}
	n := &object{values: maps.Clone(o.values)}
	for _, c := range template {
		a, ok := attributes[c.Type]
		if _, has := o.values[c.Type]; !ok || !has && a.of&classOf(o.class()) == 0 {
			return nil, cryptoki.AttributeTypeInvalid
		}
		value, ok := a.normal(c.Value)
		if !ok {
			return nil, cryptoki.AttributeValueInvalid
		}
		rule := a.rule
		if c.Type == cryptoki.AttrValue && o.class() == cryptoki.Data {
			rule = changeable
		}
		switch {
		case bytes.Equal(o.values[c.Type], value) && rule != computed && !secretPart(c.Type), rule == changeable:
		case rule == raised && value[0] == 1, rule == lowered && value[0] == 0:
		default:
			return nil, cryptoki.AttributeReadOnly
		}
		n.values[c.Type] = value
	}
	return n, nil
}

// newObject makes an object of a template for C_CreateObject, with defaults.
func newObject(p *profile, template []cryptoki.Attribute) (*object, error) {
	o, err := fill(p, template, 0, false)
	if err != nil {
		return nil, err
	}
	switch o.class() {
	case cryptoki.Certificate:
		for _, t := range []uint32{cryptoki.AttrCertificateType, cryptoki.AttrSubject, cryptoki.AttrValue} {
			if _, ok := o.values[t]; !ok {
				return nil, cryptoki.TemplateIncomplete
			}
		}
		if o.number(cryptoki.AttrCertificateType) != uint64(cryptoki.CertificateX509) {
			return nil, cryptoki.AttributeValueInvalid
		}
	case cryptoki.PublicKey:
		if _, err := o.publicKey(p); err != nil {
			return nil, err
		}
	case cryptoki.PrivateKey:
		if !p.importsKeys {
			return nil, cryptoki.FunctionNotSupported
		}
		if o.signer, err = o.privateKey(p); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// fill checks a template by itself and adds the defaults. The class is that
// of a key to be generated, or 0; of such a key the template has no secret.
func fill(p *profile, template []cryptoki.Attribute, class cryptoki.Class, generated bool) (*object, error) {
	o := &object{values: map[uint32][]byte{}}
	for _, t := range template {
		typ := t.Type
		if typ == cryptoki.AttrGOST512Params && p.gost512Attribute {
			typ = cryptoki.AttrGOSTParams
		}
		a, ok := attributes[typ]
		if !ok {
			return nil, cryptoki.AttributeTypeInvalid
		}
		value, ok := a.normal(t.Value)
		if !ok {
			return nil, cryptoki.AttributeValueInvalid
		}
		if before, ok := o.values[typ]; ok && !bytes.Equal(before, value) {
			return nil, cryptoki.TemplateInconsistent
		}
		o.values[typ] = value
	}
	if generated {
		if _, ok := o.values[cryptoki.AttrClass]; !ok {
			o.values[cryptoki.AttrClass] = cryptoki.Number(0, class).Value
		}
		if o.class() != class {
			return nil, cryptoki.TemplateInconsistent
		}
	}
	if _, ok := o.values[cryptoki.AttrClass]; !ok {
		return nil, cryptoki.TemplateIncomplete
	}
	if err := o.check(p, generated); err != nil {
		return nil, err
	}
	o.defaults(generated)
	return o, nil
}

// check refuses attributes that objects of this class do not have, that the
// token sets by itself, or that the profile forbids.
func (o *object) check(p *profile, generated bool) error {
	class := classOf(o.class())
	if class == 0 {
		return cryptoki.AttributeValueInvalid
	}
	for t := range o.values {
		a := attributes[t]
		generates := generated && t == cryptoki.AttrModulusBits
		if a.of&class == 0 {
			return cryptoki.TemplateInconsistent
		}
		if a.rule == computed && !generates {
			return cryptoki.AttributeReadOnly
		}
	}
	if o.truth(attrAlwaysAuth) || o.truth(cryptoki.AttrRutokenTouch) {
		return cryptoki.AttributeValueInvalid // there is nobody to ask, and no button
	}
	if class&ofKeys != 0 {
		if _, ok := o.values[cryptoki.AttrKeyType]; !ok {
			return cryptoki.TemplateIncomplete
		}
		parts, ok := keyParts[o.keyType()]
		if !ok {
			return cryptoki.AttributeValueInvalid
		}
		for t := range o.values {
			if isKeyPart(t) && !slices.Contains(parts, t) {
				return cryptoki.TemplateInconsistent
			}
		}
	}
	if class == ofPrivate {
		if v, ok := o.values[cryptoki.AttrPrivate]; ok && v[0] == 0 {
			return cryptoki.TemplateInconsistent // whoever may see the key, may use it
		}
		if p.keepsKeys && (o.truth(cryptoki.AttrExtractable) || isFalse(o.values[cryptoki.AttrSensitive])) {
			return cryptoki.AttributeValueInvalid
		}
	}
	return nil
}

func isFalse(v []byte) bool { return len(v) == 1 && v[0] == 0 }

func isKeyPart(t uint32) bool {
	for _, parts := range keyParts {
		if slices.Contains(parts, t) {
			return true
		}
	}
	return false
}

// defaults adds what a template may leave out.
func (o *object) defaults(generated bool) {
	class := classOf(o.class())
	whole := func(t uint32, v []byte) {
		if _, ok := o.values[t]; !ok && attributes[t].of&class != 0 {
			o.values[t] = v
		}
	}
	truths := map[uint32]bool{
		cryptoki.AttrToken: false, cryptoki.AttrPrivate: class == ofPrivate, cryptoki.AttrModifiable: true,
		cryptoki.AttrCopyable: true, cryptoki.AttrDestroyable: true, cryptoki.AttrTrusted: false, cryptoki.AttrDerive: false,
		cryptoki.AttrLocal: false, cryptoki.AttrEncrypt: false, cryptoki.AttrVerify: true, attrVerifyRecover: false,
		cryptoki.AttrWrap: false, cryptoki.AttrSensitive: true, cryptoki.AttrExtractable: false, attrAlwaysAuth: false,
		attrWrapWithTrusted: false, cryptoki.AttrDecrypt: false, cryptoki.AttrSign: true, attrSignRecover: false,
		cryptoki.AttrUnwrap: false, cryptoki.AttrAlwaysSensitive: false, cryptoki.AttrNeverExtractable: false,
	}
	for t, v := range truths {
		whole(t, cryptoki.Bool(t, v).Value)
	}
	for _, t := range []uint32{cryptoki.AttrLabel, cryptoki.AttrApplication, cryptoki.AttrObjectID, cryptoki.AttrID,
		cryptoki.AttrIssuer, cryptoki.AttrSerialNumber, cryptoki.AttrStartDate, cryptoki.AttrEndDate} {
		whole(t, []byte{})
	}
	if class&ofKeys != 0 {
		whole(cryptoki.AttrSubject, []byte{})
		whole(cryptoki.AttrKeyGenMechanism, cryptoki.Number(0, cryptoki.Unavailable).Value)
		if kt := o.keyType(); !generated && (kt == cryptoki.GOST || kt == cryptoki.GOST512) {
			whole(cryptoki.AttrGOSTHash, hashOID(kt)) // of a pair both halves have a say
		}
	}
	if class == ofCertificate {
		whole(cryptoki.AttrCategory, cryptoki.Number(0, 0).Value)
	}
	if class == ofData {
		whole(cryptoki.AttrValue, []byte{})
	}
}
