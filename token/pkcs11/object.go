package pkcs11

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// pair is a key pair as it lies on the token.
type pair struct {
	id          string // of token.Info
	cka         []byte // CKA_ID
	name        string
	keyType     cryptoki.KeyType
	private     cryptoki.Object
	public      cryptoki.Object
	hasPublic   bool
	key         crypto.PublicKey
	algorithm   string
	extractable bool

	certificates []certificate // of this key, the best first
}

// certificate is one as it lies on the token.
type certificate struct {
	handle cryptoki.Object
	cka    []byte // CKA_ID
	parsed *csr.Certificate
	linked bool // its CKA_ID is that of the key
}

// half is a public key object.
type half struct {
	handle    cryptoki.Object
	cka       []byte
	keyType   cryptoki.KeyType
	key       crypto.PublicKey
	algorithm string
	name      string
}

// reader reads objects in one session.
type reader struct {
	ctx context.Context
	m   cryptoki.Module
	s   cryptoki.Session
}

// must reads an attribute.
func (r reader) must(o cryptoki.Object) attributes {
	return func(t uint32) ([]byte, error) { return r.m.Attribute(r.ctx, r.s, o, t) }
}

// may reads an attribute that need not be there: then the value is nil.
func (r reader) may(o cryptoki.Object, t uint32) ([]byte, error) {
	v, err := r.m.Attribute(r.ctx, r.s, o, t)
	if is(err, cryptoki.AttributeTypeInvalid, cryptoki.AttributeSensitive) {
		return nil, nil
	}
	return v, err
}

// find returns the objects of a class that the token keeps.
func (r reader) find(class cryptoki.Class, more ...cryptoki.Attribute) ([]cryptoki.Object, error) {
	return r.m.Find(r.ctx, r.s, append([]cryptoki.Attribute{cryptoki.Number(cryptoki.AttrClass, class), cryptoki.Bool(cryptoki.AttrToken, true)}, more...))
}

// pairs reads all key pairs, in the order of their IDs.
func (c *Carrier) pairs(ctx context.Context, s cryptoki.Session) ([]pair, error) {
	r := reader{ctx, c.module, s}
	private, err := r.find(cryptoki.PrivateKey)
	if err != nil {
		return nil, err
	}
	halves, err := r.halves()
	if err != nil {
		return nil, err
	}
	certificates, err := r.certificates(c.config.Algorithms)
	if err != nil {
		return nil, err
	}
	var pairs []pair
	for _, o := range private {
		p, ok, err := r.pair(o, halves, certificates)
		if err != nil {
			return nil, err
		}
		if ok {
			pairs = append(pairs, p)
		}
	}
	nameIDs(c.config.Algorithms, pairs)
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.id, b.id) })
	return pairs, nil
}

// nameIDs gives the pairs their IDs.
func nameIDs(as csr.Algorithms, pairs []pair) {
	times := map[string]int{}
	for _, p := range pairs {
		times[string(p.cka)]++
	}
	for i, p := range pairs {
		pairs[i].id = hex.EncodeToString(p.cka)
		if len(p.cka) > 0 && times[string(p.cka)] == 1 {
			continue
		}
		if spki, _, err := as.EncodeKey(p.key); err == nil {
			sum := sha256.Sum256(spki)
			pairs[i].id += "-" + hex.EncodeToString(sum[:8])
		}
	}
}

// pair reads a private key and finds its public half: the object of the same
// CKA_ID and type, the private key itself, or a certificate of the same CKA_ID.
// ok is false if none tells it, or if several tell different ones.
func (r reader) pair(o cryptoki.Object, halves []half, certificates []certificate) (p pair, ok bool, err error) {
	p.private = o
	raw, err := r.may(o, cryptoki.AttrKeyType)
	if err != nil {
		return p, false, err
	}
	n, ok := cryptoki.Uint(raw)
	if !ok {
		return p, false, nil
	}
	p.keyType = cryptoki.KeyType(n)
	if p.cka, err = r.may(o, cryptoki.AttrID); err != nil {
		return p, false, err
	}
	label, err := r.may(o, cryptoki.AttrLabel)
	if err != nil {
		return p, false, err
	}
	extractable, err := r.may(o, cryptoki.AttrExtractable)
	if err != nil {
		return p, false, err
	}
	p.name, p.extractable = cleanName(label), bytes.Equal(extractable, []byte{1})
	if p.keyType == cryptoki.RSA || p.keyType == cryptoki.EC { // of GOST the value is the private one
		if p.key, p.algorithm, err = readPublic(p.keyType, r.must(o)); err != nil && worse(err) {
			return p, false, err
		}
	}
	for _, h := range halves {
		switch {
		case h.keyType != p.keyType || !bytes.Equal(h.cka, p.cka):
		case p.key == nil || equal(p.key, h.key):
			p.public, p.hasPublic, p.key, p.algorithm = h.handle, true, h.key, h.algorithm
			p.name = cmp.Or(p.name, containerName(p.cka), h.name)
		case p.keyType == cryptoki.GOST || p.keyType == cryptoki.GOST512:
			return p, false, nil // two public halves, and nothing tells which
		}
	}
	for _, cert := range certificates {
		cert.linked = bytes.Equal(cert.cka, p.cka)
		if name, known := algorithmOf(p.keyType, cert.parsed.PublicKey); p.key == nil && cert.linked && known {
			p.key, p.algorithm = cert.parsed.PublicKey, name
		}
		if p.key != nil && equal(p.key, cert.parsed.PublicKey) {
			p.certificates = append(p.certificates, cert)
		}
	}
	slices.SortFunc(p.certificates, better)
	p.name = cmp.Or(p.name, containerName(p.cka))
	return p, p.key != nil, nil
}

// better orders the certificates of a key: those of its CKA_ID first, then the
// younger, then by their octets, so that the order is always the same.
func better(a, b certificate) int {
	switch {
	case a.linked != b.linked && a.linked:
		return -1
	case a.linked != b.linked:
		return 1
	}
	return cmp.Or(b.parsed.NotBefore.Compare(a.parsed.NotBefore), bytes.Compare(a.parsed.Raw, b.parsed.Raw))
}

// halves reads the public keys.
func (r reader) halves() ([]half, error) {
	objects, err := r.find(cryptoki.PublicKey)
	if err != nil {
		return nil, err
	}
	var list []half
	for _, o := range objects {
		raw, err := r.may(o, cryptoki.AttrKeyType)
		if err != nil {
			return nil, err
		}
		n, ok := cryptoki.Uint(raw)
		if !ok {
			continue
		}
		h := half{handle: o, keyType: cryptoki.KeyType(n)}
		if h.key, h.algorithm, err = readPublic(h.keyType, r.must(o)); err != nil {
			if worse(err) {
				return nil, err
			}
			continue
		}
		if h.cka, err = r.may(o, cryptoki.AttrID); err != nil {
			return nil, err
		}
		label, err := r.may(o, cryptoki.AttrLabel)
		if err != nil {
			return nil, err
		}
		h.name = cleanName(label)
		list = append(list, h)
	}
	return list, nil
}

// certificates reads those that parse.
func (r reader) certificates(as csr.Algorithms) ([]certificate, error) {
	objects, err := r.find(cryptoki.Certificate)
	if err != nil {
		return nil, err
	}
	var list []certificate
	for _, o := range objects {
		value, err := r.may(o, cryptoki.AttrValue)
		if err != nil {
			return nil, err
		}
		parsed, err := as.ParseCertificate(value)
		if err != nil {
			continue // another program's, of an algorithm that is not ours
		}
		id, err := r.may(o, cryptoki.AttrID)
		if err != nil {
			return nil, err
		}
		list = append(list, certificate{handle: o, cka: id, parsed: parsed})
	}
	return list, nil
}

// algorithmOf returns the name of a public key's algorithm; known is false if
// private keys of this type have other public halves.
func algorithmOf(t cryptoki.KeyType, pub crypto.PublicKey) (name string, known bool) {
	switch pub := pub.(type) {
	case *gost.PublicKey:
		a := gostAlgorithm(pub.Curve())
		return a.name, a.keyType == t
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA-%d", pub.N.BitLen()), t == cryptoki.RSA
	case *ecdsa.PublicKey:
		return pub.Curve.Params().Name, t == cryptoki.EC
	}
	return "", false
}

// worse reports whether an error of reading a key is one of the token, and not
// only of that key.
func worse(err error) bool {
	var code cryptoki.Code
	if errors.As(err, &code) {
		return code != cryptoki.AttributeTypeInvalid && code != cryptoki.AttributeSensitive
	}
	return errors.As(err, new(*token.Error)) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// equal compares public keys.
func equal(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}

// containerName is the name of a container of CryptoPro CSP, which writes it
// into CKA_ID as ASCII with a zero behind it; empty for other IDs.
func containerName(cka []byte) string {
	name, ok := bytes.CutSuffix(cka, []byte{0})
	if !ok || len(name) == 0 {
		return ""
	}
	for _, b := range name {
		if b < ' ' || b > '~' {
			return ""
		}
	}
	return string(name)
}
