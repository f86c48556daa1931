package cms

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/surguch/surguch/gost/kdf"
	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/legacy"
	"github.com/surguch/surguch/gost/magma"
	"github.com/surguch/surguch/gost/modes"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Cipher is a block cipher of GOST R 34.12-2015 that content is encrypted
// with. The zero value is Kuznyechik.
type Cipher int

// The ciphers. Magma has blocks of 64 bits and is for recipients that have
// nothing else.
const (
	Kuznyechik Cipher = iota
	Magma
)

// suite is what goes together in CMS by the cipher (R 1323565.1.025-2019).
type suite struct {
	new     func(key []byte) (cipher.Block, error)
	block   int     // octets
	section int     // octets under one key in CTR-ACPKM
	ctr     der.OID // content without MAC
	omac    der.OID // content with MAC
	wrap    der.OID // KExp15
}

var suites = []suite{
	Kuznyechik: {
		kuznyechik.New, kuznyechik.BlockSize, modes.KuznyechikSection,
		oid.KuznyechikCTRACPKM, oid.KuznyechikCTRACPKMOMAC, oid.KuznyechikKExp15,
	},
	Magma: {
		magma.New, magma.BlockSize, modes.MagmaSection,
		oid.MagmaCTRACPKM, oid.MagmaCTRACPKMOMAC, oid.MagmaKExp15,
	},
}

// ukmSize is the number of octets of the parameters' ukm: the initial value,
// half a block, and 8 that are the seed of the keys where there is a MAC.
func (s *suite) ukmSize() int { return s.block/2 + 8 }

// crypter is the key stream for content and, with a MAC, its hash: the keys of
// both come from the content's key, the cipher's first (R 1323565.1.025-2019,
// as its examples show).
func (s *suite) crypter(key, ukm []byte, withMAC bool) (stream cipher.Stream, mac func(text []byte) []byte, err error) {
	if withMAC {
		keys := kdf.Tree(key, []byte("kdf tree"), ukm[s.block/2:], 1, 64)
		block, err := s.new(keys[32:])
		if err != nil {
			return nil, nil, err
		}
		key, mac = keys[:32], func(text []byte) []byte {
			h := modes.NewOMAC(block)
			h.Write(text)
			return h.Sum(nil)
		}
	}
	stream, err = modes.NewCTRACPKM(s.new, key, ukm[:s.block/2], s.section)
	return stream, mac, err
}

// encryptedContent is EncryptedContentInfo (RFC 5652, section 6.1) and what
// the unprotected attributes say of it.
type encryptedContent struct {
	typ  der.OID
	text []byte // encrypted

	suite   *suite // nil: GOST 28147-89 under set
	ukm     []byte // of the suite, or the initial value of GOST 28147-89
	withMAC bool
	tag     []byte // the MAC, encrypted after the text
	set     *legacy.ParamSet
}

// encryptContent encrypts text under a key of 32 octets.
func encryptContent(o EncryptOptions, key, text []byte) (c *encryptedContent, err error) {
	if o.Cipher < 0 || int(o.Cipher) >= len(suites) {
		return nil, fmt.Errorf("no cipher %d", o.Cipher)
	}
	if len(text) > maxContent {
		return nil, fmt.Errorf("content of %d octets, want at most %d", len(text), maxContent)
	}
	if o.ContentType != nil {
		if err := checkType(o.ContentType); err != nil {
			return nil, fmt.Errorf("content type: %w", err)
		}
	}
	c = &encryptedContent{typ: contentType(o.ContentType), suite: &suites[o.Cipher], withMAC: !o.NoMAC}
	c.ukm = make([]byte, c.suite.ukmSize())
	rand.Read(c.ukm)
	stream, mac, err := c.suite.crypter(key, c.ukm, c.withMAC)
	if err != nil {
		return nil, err
	}
	c.text = make([]byte, len(text))
	stream.XORKeyStream(c.text, text)
	if c.withMAC {
		c.tag = mac(text)
		stream.XORKeyStream(c.tag, c.tag)
	}
	return c, nil
}

// decrypt returns the text. The only error is ErrDecrypt, for a MAC that is
// not that of the text.
func (c *encryptedContent) decrypt(key []byte) ([]byte, error) {
	text := make([]byte, len(c.text))
	if c.suite == nil {
		stream, err := legacy.NewCFBDecrypter(key, c.ukm, c.set)
		if err != nil {
			return nil, ErrDecrypt
		}
		stream.XORKeyStream(text, c.text)
		return text, nil
	}
	stream, mac, err := c.suite.crypter(key, c.ukm, c.withMAC)
	if err != nil {
		return nil, ErrDecrypt
	}
	stream.XORKeyStream(text, c.text)
	if c.withMAC {
		tag := make([]byte, len(c.tag))
		stream.XORKeyStream(tag, c.tag)
		if !hmac.Equal(tag, mac(text)) {
			return nil, ErrDecrypt
		}
	}
	return text, nil
}

// add writes EncryptedContentInfo.
func (c *encryptedContent) add(b *der.Builder) {
	algorithm := c.suite.ctr
	if c.withMAC {
		algorithm = c.suite.omac
	}
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		b.AddASN1ObjectIdentifier(c.typ)
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(algorithm)
			b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddASN1OctetString(c.ukm) })
		})
		b.AddASN1(der.Context(0), func(b *der.Builder) { b.AddBytes(c.text) })
	})
}

// addAttributes writes unprotectedAttrs, if there is a MAC to go there.
func (c *encryptedContent) addAttributes(b *der.Builder) {
	if !c.withMAC {
		return
	}
	mac := attribute(oid.CMSOMAC, func(b *der.Builder) { b.AddASN1OctetString(c.tag) })
	b.AddASN1(der.ContextCons(1), func(b *der.Builder) { b.AddBytes(mac.marshal()) })
}

// readContent reads EncryptedContentInfo and the unprotectedAttrs after it,
// which end the structure.
func readContent(in *der.String) (*encryptedContent, error) {
	c := new(encryptedContent)
	var info der.String
	if !in.ReadASN1(&info, der.Sequence) || !info.ReadASN1ObjectIdentifier(&c.typ) {
		return nil, errors.New("encryptedContentInfo does not parse")
	}
	algorithm, ok := der.ReadAlgorithm(&info)
	if !ok {
		return nil, errors.New("contentEncryptionAlgorithm does not parse")
	}
	if err := c.readAlgorithm(algorithm); err != nil {
		return nil, err
	}
	if info.Empty() {
		return nil, errors.New("the encrypted content is not inside")
	}
	if c.text, ok = der.ReadOctets(&info, 0); !ok || !info.Empty() {
		return nil, errors.New("encryptedContent does not parse")
	}
	if err := c.readAttributes(in); err != nil {
		return nil, err
	}
	if c.withMAC && c.tag == nil {
		return nil, errors.New("the MAC is missing")
	}
	return c, nil
}

// readAlgorithm finds the cipher and reads its parameters: SEQUENCE {ukm} of
// R 1323565.1.025-2019, or SEQUENCE {iv, encryptionParamSet} of GOST 28147-89
// (RFC 4490, section 6.1).
func (c *encryptedContent) readAlgorithm(algorithm der.AlgorithmIdentifier) error {
	params, ok := der.ReadWhole(algorithm.Params, der.Sequence)
	bad := errors.New("the parameters of contentEncryptionAlgorithm do not parse")
	var ukm der.String
	ok = ok && params.ReadASN1(&ukm, der.OctetString)
	c.ukm = ukm
	for i := range suites {
		s := &suites[i]
		c.withMAC = algorithm.OID.Equal(s.omac)
		if !c.withMAC && !algorithm.OID.Equal(s.ctr) {
			continue
		}
		if !ok || !params.Empty() || len(ukm) != s.ukmSize() {
			return bad
		}
		c.suite = s
		return nil
	}
	if !algorithm.OID.Equal(oid.GOST28147) {
		return fmt.Errorf("contentEncryptionAlgorithm %v is not supported", algorithm.OID)
	}
	var set der.OID
	if !ok || len(ukm) != legacy.BlockSize || !params.ReadASN1ObjectIdentifier(&set) || !params.Empty() {
		return bad
	}
	if c.set = legacy.ParamSetByOID(set); c.set == nil {
		return fmt.Errorf("GOST 28147-89 with parameter set %v is not supported", set)
	}
	return nil
}

// readAttributes reads unprotectedAttrs to their end and keeps the MAC, which
// must not stand twice. Other attributes are passed over.
func (c *encryptedContent) readAttributes(in *der.String) error {
	var set der.String
	var present bool
	bad := errors.New("unprotectedAttrs do not parse")
	if !in.ReadOptionalASN1(&set, &present, der.ContextCons(1)) || !in.Empty() {
		return bad
	}
	list, err := readAttributes(set)
	if err != nil {
		return bad
	}
	for _, a := range list {
		if !c.withMAC || !a.Type.Equal(oid.CMSOMAC) {
			continue
		}
		values := der.String(a.Values)
		var tag der.String
		if !values.ReadASN1(&tag, der.OctetString) || !values.Empty() || len(tag) != c.suite.block || c.tag != nil {
			return errors.New("the MAC does not parse")
		}
		c.tag = tag
	}
	return nil
}
