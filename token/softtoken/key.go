package softtoken

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// Sizes of RSA keys in bits.
const minRSA, maxRSA = 2048, 4096

// The curves of ECDSA by their DER object identifiers.
var (
	oidP256 = []byte{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07} // secp256r1 (RFC 5480, section 2.1.1.1)
	oidP384 = []byte{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22}                   // secp384r1
)

func derOID(id der.OID) []byte {
	return der.Marshal(func(b *der.Builder) { b.AddASN1ObjectIdentifier(id) })
}

// hashOID is CKA_GOSTR3411_PARAMS of a type of keys.
func hashOID(t cryptoki.KeyType) []byte {
	if t == cryptoki.GOST512 {
		return derOID(oid.Streebog512)
	}
	return derOID(oid.Streebog256)
}

// gostCurve is the parameter set that the object's attributes name.
func (o *object) gostCurve() (*gost.Curve, error) {
	params, ok := o.values[cryptoki.AttrGOSTParams]
	if !ok {
		return nil, cryptoki.TemplateIncomplete
	}
	// A hash of 1994 makes it a key of R 34.10-2001.
	if !bytes.Equal(o.values[cryptoki.AttrGOSTHash], hashOID(o.keyType())) {
		return nil, cryptoki.DomainParamsInvalid
	}
	size := 32
	if o.keyType() == cryptoki.GOST512 {
		size = 64
	}
	for _, c := range gost.Curves() {
		if c.Size() == size && bytes.Equal(derOID(c.OID()), params) {
			return c, nil
		}
	}
	return nil, cryptoki.DomainParamsInvalid
}

func (o *object) ecCurve(p *profile) (elliptic.Curve, error) {
	switch params, ok := o.values[cryptoki.AttrECParams]; {
	case !ok:
		return nil, cryptoki.TemplateIncomplete
	case bytes.Equal(params, oidP256):
		return elliptic.P256(), nil
	case bytes.Equal(params, oidP384) && p.p384:
		return elliptic.P384(), nil
	}
	return nil, cryptoki.DomainParamsInvalid
}

// publicKey is the key that the attributes of a public key describe. Errors
// are those of C_CreateObject.
func (o *object) publicKey(p *profile) (crypto.PublicKey, error) {
	switch o.keyType() {
	case cryptoki.RSA:
		return o.rsaPublic()
	case cryptoki.EC:
		curve, err := o.ecCurve(p)
		if err != nil {
			return nil, err
		}
		wrapped, ok := o.values[cryptoki.AttrECPoint]
		if !ok {
			return nil, cryptoki.TemplateIncomplete
		}
		point, ok := der.ReadWhole(wrapped, der.OctetString)
		if !ok {
			return nil, cryptoki.AttributeValueInvalid
		}
		pub, err := ecdsa.ParseUncompressedPublicKey(curve, point)
		if err != nil {
			return nil, cryptoki.AttributeValueInvalid
		}
		return pub, nil
	}
	curve, err := o.gostCurve()
	if err != nil {
		return nil, err
	}
	value, ok := o.values[cryptoki.AttrValue]
	if !ok {
		return nil, cryptoki.TemplateIncomplete
	}
	pub, err := gost.NewPublicKey(curve, value)
	if err != nil {
		return nil, cryptoki.AttributeValueInvalid
	}
	return pub, nil
}

func (o *object) rsaPublic() (*rsa.PublicKey, error) {
	modulus, ok1 := o.values[cryptoki.AttrModulus]
	exponent, ok2 := o.values[cryptoki.AttrPublicExponent]
	if !ok1 || !ok2 {
		return nil, cryptoki.TemplateIncomplete
	}
	n, e := new(big.Int).SetBytes(modulus), new(big.Int).SetBytes(exponent)
	if n.BitLen() < minRSA || n.BitLen() > maxRSA || !e.IsInt64() || e.Int64() < 3 || e.Int64() > 1<<31-1 || e.Bit(0) == 0 {
		return nil, cryptoki.AttributeValueInvalid
	}
	if o.class() == cryptoki.PublicKey {
		o.values[cryptoki.AttrModulusBits] = cryptoki.Number(0, n.BitLen()).Value
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
}

// privateKey is the key that the attributes of a private key describe: that
// of GOST is little-endian, others are big-endian.
func (o *object) privateKey(p *profile) (crypto.Signer, error) {
	if o.keyType() == cryptoki.RSA {
		return o.rsaPrivate()
	}
	value, ok := o.values[cryptoki.AttrValue]
	if !ok {
		return nil, cryptoki.TemplateIncomplete
	}
	if o.keyType() == cryptoki.EC {
		curve, err := o.ecCurve(p)
		if err != nil {
			return nil, err
		}
		key, err := ecdsa.ParseRawPrivateKey(curve, value)
		if err != nil {
			return nil, cryptoki.AttributeValueInvalid
		}
		return key, nil
	}
	curve, err := o.gostCurve()
	if err != nil {
		return nil, err
	}
	key, err := gost.NewPrivateKey(curve, value)
	if err != nil {
		return nil, cryptoki.AttributeValueInvalid
	}
	return key, nil
}

func (o *object) rsaPrivate() (crypto.Signer, error) {
	pub, err := o.rsaPublic()
	if err != nil {
		return nil, err
	}
	var parts [3]*big.Int
	for i, t := range []uint32{attrPrivateExponent, attrPrime1, attrPrime2} {
		value, ok := o.values[t]
		if !ok {
			return nil, cryptoki.TemplateIncomplete
		}
		if len(value) > maxRSA/8 {
			return nil, cryptoki.AttributeValueInvalid
		}
		parts[i] = new(big.Int).SetBytes(value)
	}
	key := &rsa.PrivateKey{PublicKey: *pub, D: parts[0], Primes: parts[1:]}
	key.Precompute()
	if key.Validate() != nil {
		return nil, cryptoki.AttributeValueInvalid
	}
	return key, nil
}

// generate makes the key pair that two templates describe and puts its parts
// into them.
func generate(p *profile, m *mechanism, pub, priv *object) error {
	if pub.keyType() != m.key || priv.keyType() != m.key {
		return cryptoki.TemplateInconsistent
	}
	for _, o := range []*object{pub, priv} {
		for t := range o.values {
			switch t {
			case cryptoki.AttrValue, cryptoki.AttrECPoint, cryptoki.AttrModulus, attrPrivateExponent, attrPrime1, attrPrime2, attrExponent1, attrExponent2, attrCoefficient:
				return cryptoki.TemplateInconsistent
			}
		}
	}
	var err error
	switch m.key {
	case cryptoki.RSA:
		err = generateRSA(pub, priv)
	case cryptoki.EC:
		err = generateEC(p, pub, priv)
	default:
		err = generateGOST(pub, priv)
	}
	if err != nil {
		return err
	}
	for _, o := range []*object{pub, priv} {
		o.set(cryptoki.AttrLocal, true)
		o.values[cryptoki.AttrKeyGenMechanism] = cryptoki.Number(0, m.number).Value
	}
	priv.set(cryptoki.AttrAlwaysSensitive, priv.truth(cryptoki.AttrSensitive))
	priv.set(cryptoki.AttrNeverExtractable, !priv.truth(cryptoki.AttrExtractable))
	return nil
}

func generateGOST(pub, priv *object) error {
	for _, t := range []uint32{cryptoki.AttrGOSTParams, cryptoki.AttrGOSTHash, cryptoki.AttrGOSTCipher} {
		if !agree(pub, priv, t) {
			return cryptoki.TemplateInconsistent
		}
	}
	for _, o := range []*object{pub, priv} {
		if _, ok := o.values[cryptoki.AttrGOSTHash]; !ok {
			o.values[cryptoki.AttrGOSTHash] = hashOID(o.keyType())
		}
	}
	curve, err := pub.gostCurve()
	if err != nil {
		return err
	}
	key, err := gost.GenerateKey(curve, nil)
	if err != nil {
		return cryptoki.DeviceError
	}
	pub.values[cryptoki.AttrValue], priv.values[cryptoki.AttrValue] = key.PublicKey().Bytes(), key.Bytes()
	priv.signer = key
	return nil
}

func generateEC(p *profile, pub, priv *object) error {
	if !agree(pub, priv, cryptoki.AttrECParams) {
		return cryptoki.TemplateInconsistent
	}
	curve, err := pub.ecCurve(p)
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		return cryptoki.DeviceError
	}
	point, err1 := key.PublicKey.Bytes()
	value, err2 := key.Bytes()
	if err1 != nil || err2 != nil {
		return cryptoki.DeviceError
	}
	pub.values[cryptoki.AttrECPoint] = der.Marshal(func(b *der.Builder) { b.AddASN1OctetString(point) })
	priv.values[cryptoki.AttrValue] = value
	priv.signer = key
	return nil
}

// generateRSA makes a key with the exponent 65537, the only one that the
// standard library makes. To ask for another is refused.
func generateRSA(pub, priv *object) error {
	if _, ok := pub.values[cryptoki.AttrModulusBits]; !ok {
		return cryptoki.TemplateIncomplete
	}
	bits := pub.number(cryptoki.AttrModulusBits)
	if bits < minRSA || bits > maxRSA || bits%8 != 0 {
		return cryptoki.KeySizeRange
	}
	if e, ok := pub.values[cryptoki.AttrPublicExponent]; ok && new(big.Int).SetBytes(e).Cmp(big.NewInt(65537)) != 0 {
		return cryptoki.AttributeValueInvalid
	}
	key, err := rsa.GenerateKey(rand.Reader, int(bits))
	if err != nil {
		return cryptoki.DeviceError
	}
	n, e := key.N.Bytes(), []byte{1, 0, 1}
	for _, o := range []*object{pub, priv} {
		o.values[cryptoki.AttrModulus], o.values[cryptoki.AttrPublicExponent] = n, e
	}
	for t, v := range map[uint32]*big.Int{
		attrPrivateExponent: key.D, attrPrime1: key.Primes[0], attrPrime2: key.Primes[1],
		attrExponent1: key.Precomputed.Dp, attrExponent2: key.Precomputed.Dq, attrCoefficient: key.Precomputed.Qinv,
	} {
		priv.values[t] = v.Bytes()
	}
	priv.signer = key
	return nil
}

// agree has both halves of a pair say the same, if either says it.
func agree(pub, priv *object, t uint32) bool {
	a, okA := pub.values[t]
	b, okB := priv.values[t]
	switch {
	case okA && okB:
		return bytes.Equal(a, b)
	case okA:
		priv.values[t] = a
	case okB:
		pub.values[t] = b
	}
	return true
}
