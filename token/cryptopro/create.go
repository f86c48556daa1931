package cryptopro

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/token/cryptopro/internal/imit"
)

// Template says how a container is made. Name is required.
type Template struct {
	// Name is what CSP shows: at most 125 characters of Windows-1251, no
	// backslash and no control characters.
	Name string
	// Password is printable ASCII. Empty: the key is open to whoever reads the
	// files.
	Password []byte
	// Exportable lets CSP copy the key to other carriers.
	Exportable bool
	// SignatureOnly makes a key for signatures alone. Otherwise it is one for
	// key agreement as well, which is what CSP makes when it is asked for
	// nothing else.
	SignatureOnly bool
	// CipherParameters adds the set of the cipher to the parameters of the key.
	// CSP is seen to leave it out, and one public reader does not do without.
	CipherParameters bool
	// NotBefore and NotAfter are the times between which CSP lets the key be
	// used, to the second. Zero: no limit; NotBefore alone is no use.
	NotBefore, NotAfter time.Time
	// Random is where masks and salts come from. Nil: crypto/rand.
	Random io.Reader
}

// New returns a container of all six files with the key, in both pairs under
// different masks. What it returns has been read back and opened.
func New(key *gost.PrivateKey, t Template) (*Container, error) {
	if t.Random == nil {
		t.Random = rand.Reader
	}
	if err := checkPassword(t.Password); err != nil {
		return nil, err
	}
	if !slices.Contains(gost.Curves(), key.Curve()) {
		return nil, fmt.Errorf("%w: parameter set %s", ErrUnsupported, key.Curve().Name())
	}
	name, err := marshalName(t.Name)
	if err != nil {
		return nil, err
	}
	header, err := t.header(key.PublicKey())
	if err != nil {
		return nil, err
	}
	f := Files{Name: name, Header: header}
	if f.Primary, f.Masks, err = t.pair(key); err != nil {
		return nil, err
	}
	if f.Primary2, f.Masks2, err = t.pair(key); err != nil {
		return nil, err
	}
	c, err := Parse(f)
	if err != nil {
		return nil, err
	}
	if read, err := c.Open(t.Password); err != nil || !read.Equal(key) || len(c.findings) != 0 {
		return nil, errors.New("cryptopro: the container read back differs from the one written")
	}
	return c, nil
}

// pair masks and seals the key.
func (t *Template) pair(key *gost.PrivateKey) (primary, masks []byte, err error) {
	// A mask is a number below q that is not zero: the same as a key.
	mask, err := gost.GenerateKey(key.Curve(), t.Random)
	if err != nil {
		return nil, nil, err
	}
	p := pair{mask: mask.Bytes(), status: make([]byte, saltSize)}
	if _, err := io.ReadFull(t.Random, p.status); err != nil {
		return nil, nil, fmt.Errorf("cryptopro: random source: %w", err)
	}
	sealed, err := seal(key, p.mask, p.status, t.Password, imit.SetZ())
	if err != nil {
		return nil, nil, err
	}
	p.sealed = [][]byte{sealed}
	primary, masks = p.marshal(imit.SetZ())
	return primary, masks, nil
}

// header returns header.key.
func (t *Template) header(pub *gost.PublicKey) ([]byte, error) {
	if t.NotAfter.IsZero() && !t.NotBefore.IsZero() || !t.NotAfter.IsZero() && t.NotAfter.Before(t.NotBefore) {
		return nil, errors.New("cryptopro: the key would never be valid")
	}
	fingerprint := pub.Bytes()[:fingerprintSize]
	attributes := []int{bitReservePrimary}
	if len(t.Password) > 0 {
		attributes = append(attributes, bitSoftPassword)
	}
	var b der.Builder
	b.AddASN1(tagForm, func(b *der.Builder) { b.AddASN1ObjectIdentifier(oidV2Full) })
	addBits(&b, attributes...)
	b.AddASN1(der.Sequence, func(b *der.Builder) { t.addKey(b, pub.Curve()) })
	if len(t.Password) > 0 {
		b.AddASN1(tagPasswordMAC, func(b *der.Builder) {
			b.AddBytes(passwordMAC(t.Password, fingerprint, imit.SetZ()))
		})
	}
	b.AddASN1(tagFingerprint, func(b *der.Builder) { b.AddBytes(fingerprint) })
	if !t.NotAfter.IsZero() {
		b.AddASN1(tagExtensions, t.addValidity)
	}
	elements, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("cryptopro: header.key: %w", err)
	}
	return marshalHeader(elements, imit.SetZ()), nil
}

// addKey writes the inside of the key's parameters. They always name curve and
// digest: readers fail without, whatever RFC 9215 says of certificates.
func (t *Template) addKey(b *der.Builder, curve *gost.Curve) {
	var attributes []int
	if t.Exportable {
		attributes = append(attributes, bitExportable)
	}
	if !t.SignatureOnly {
		attributes = append(attributes, bitExchange, bitDHAllowed)
	}
	addBits(b, attributes...)
	i := slices.IndexFunc(keyForms, func(f keyForm) bool {
		return f.size == curve.Size() && f.exchange == !t.SignatureOnly
	})
	b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
		b.AddASN1ObjectIdentifier(keyForms[i].id)
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(curve.OID())
			b.AddASN1ObjectIdentifier(keyForms[i].digest)
			if t.CipherParameters {
				b.AddASN1ObjectIdentifier(oid.ParamSetZ)
			}
		})
	})
}

// addBits writes a BIT STRING of named bits: no longer than its last one.
func addBits(b *der.Builder, bits ...int) {
	b.AddASN1(der.BitString, func(b *der.Builder) {
		if len(bits) == 0 {
			b.AddUint8(0)
			return
		}
		var octet byte
		for _, bit := range bits {
			octet |= 0x80 >> bit
		}
		b.AddUint8(uint8(7 - slices.Max(bits)))
		b.AddUint8(octet)
	})
}
