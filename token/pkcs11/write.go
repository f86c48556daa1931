package pkcs11

import (
	"bytes"
	"context"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// Write stores the certificate under the CKA_ID of the key, as category 1, the
// owner's. The public keys are compared first: ErrOtherKey if they differ.
// What stood there stays until the new one is read back, byte for byte, and is
// removed then; whoever breaks in between leaves both, of which List shows the
// younger. A certificate that is there already is not written again.
func (c *Carrier) Write(ctx context.Context, id string, cert *csr.Certificate) error {
	return c.exclusive(ctx, "write", func(ctx context.Context) error {
		s, err := c.user(ctx)
		if err != nil {
			return err
		}
		p, err := c.pair(ctx, s, id)
		if err != nil {
			return err
		}
		if !equal(p.key, cert.PublicKey) {
			return fmt.Errorf("%w (key %s)", token.ErrOtherKey, id)
		}
		there := false
		var old []cryptoki.Object
		for _, other := range p.certificates {
			switch same := bytes.Equal(other.parsed.Raw, cert.Raw); {
			case !other.linked:
			case same && !there:
				there = true
			default:
				old = append(old, other.handle)
			}
		}
		if !there {
			if err := c.store(ctx, s, p, cert); err != nil {
				return err
			}
		}
		for _, o := range old {
			if err := c.destroy(ctx, s, o); err != nil {
				return err
			}
		}
		return nil
	})
}

// store creates the object and reads it back.
func (c *Carrier) store(ctx context.Context, s cryptoki.Session, p pair, cert *csr.Certificate) error {
	template := certificateTemplate(p, cert)
	o, err := c.module.Create(ctx, s, append(template, cryptoki.Number(cryptoki.AttrCategory, 1)))
	if is(err, cryptoki.AttributeTypeInvalid) { // older libraries do not know categories
		o, err = c.module.Create(ctx, s, template)
	}
	if err != nil {
		return change{err}
	}
	c.session.changed = true
	back, err := c.module.Attribute(ctx, s, o, cryptoki.AttrValue)
	if err == nil && bytes.Equal(back, cert.Raw) {
		return nil
	}
	if err == nil {
		err = token.ErrReadBack
	}
	clean, cancel := c.cleanup(ctx)
	defer cancel()
	_ = c.destroy(clean, s, o) // the old one still stands
	return err
}

// certificateTemplate is a certificate object (PKCS #11 3.0, section 4.6.3):
// names and serial number are in DER.
func certificateTemplate(p pair, cert *csr.Certificate) []cryptoki.Attribute {
	name := p.name
	if name == "" {
		name = cert.Subject.Get(csr.CommonName)
	}
	return []cryptoki.Attribute{
		cryptoki.Number(cryptoki.AttrClass, cryptoki.Certificate),
		cryptoki.Number(cryptoki.AttrCertificateType, cryptoki.CertificateX509),
		cryptoki.Bool(cryptoki.AttrToken, true),
		cryptoki.Bool(cryptoki.AttrPrivate, false),
		cryptoki.Bytes(cryptoki.AttrID, p.cka),
		cryptoki.Text(cryptoki.AttrLabel, name),
		cryptoki.Bytes(cryptoki.AttrSubject, cert.RawSubject),
		cryptoki.Bytes(cryptoki.AttrIssuer, cert.RawIssuer),
		cryptoki.Bytes(cryptoki.AttrSerialNumber, der.Marshal(func(b *der.Builder) { b.AddASN1BigInt(cert.SerialNumber) })),
		cryptoki.Bytes(cryptoki.AttrValue, cert.Raw),
	}
}
