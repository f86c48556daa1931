package softtoken_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
	"slices"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// check verifies a signature of a message's digest under the public key that
// the token tells, with packages that know nothing of the token.
func (w *world) check(s cryptoki.Session, p pair, pub cryptoki.Object, msg, sig []byte) bool {
	w.Helper()
	if len(sig) != p.signature {
		w.Errorf("%s: signature of %d octets, want %d", p.name, len(sig), p.signature)
	}
	half := len(sig) / 2
	r, q := new(big.Int).SetBytes(sig[:half]), new(big.Int).SetBytes(sig[half:])
	sum := sha256.Sum256(msg)
	switch p.generate {
	case cryptoki.RSAKeyPairGen:
		n := new(big.Int).SetBytes(w.attribute(s, pub, cryptoki.AttrModulus))
		return rsa.VerifyPKCS1v15(&rsa.PublicKey{N: n, E: 65537}, crypto.SHA256, sum[:], sig) == nil
	case cryptoki.ECKeyPairGen:
		curve := elliptic.P256()
		if p.signature == 96 {
			curve = elliptic.P384()
		}
		point, ok := der.ReadWhole(w.attribute(s, pub, cryptoki.AttrECPoint), der.OctetString)
		if !ok {
			w.Fatalf("%s: the point is not in an OCTET STRING", p.name)
		}
		return ecdsa.Verify(must[*ecdsa.PublicKey](w)(ecdsa.ParseUncompressedPublicKey(curve, point)), sum[:], r, q)
	}
	curve := must[*gost.Curve](w)(gost.CurveByName(p.name))
	key := must[*gost.PublicKey](w)(gost.NewPublicKey(curve, w.attribute(s, pub, cryptoki.AttrValue)))
	digest := streebogOf(curve.Size(), msg)
	return gost.Verify(key, digest, sig)
}

func streebogOf(size int, msg []byte) []byte {
	if size == 64 {
		d := streebog.Sum512(msg)
		return d[:]
	}
	d := streebog.Sum256(msg)
	return d[:]
}

// input is what the raw mechanism of a pair signs for a message.
func (p pair) input(msg []byte) []byte {
	sum := sha256.Sum256(msg)
	switch p.generate {
	case cryptoki.RSAKeyPairGen: // DigestInfo (RFC 8017, section 9.2, note 1)
		return append([]byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}, sum[:]...)
	case cryptoki.ECKeyPairGen:
		return sum[:]
	}
	return streebogOf(p.signature/2, msg)
}

func allPairs() (pairs []pair) {
	for _, c := range gost.Curves() {
		pairs = append(pairs, gostPair(c))
	}
	return append(pairs, rsaPair, p256Pair, p384Pair)
}

// TestKeys generates, signs both ways, and does so again after a restart.
func TestKeys(t *testing.T) {
	msg := []byte("Заявление на выдачу сертификата")
	for _, p := range allPairs() {
		t.Run(p.name, func(t *testing.T) {
			w := newWorld(t, "plain")
			s := w.user()
			pub, priv := w.generate(s, p)
			for range 2 {
				for what, sign := range map[string]func() ([]byte, error){
					"raw":   func() ([]byte, error) { return w.Sign(w.ctx(), s, p.raw, priv, p.input(msg)) },
					"whole": func() ([]byte, error) { return w.Sign(w.ctx(), s, p.whole, priv, msg) },
				} {
					sig, err := sign()
					if err != nil || !w.check(s, p, pub, msg, sig) {
						t.Fatalf("%s: the signature is wrong, %v", what, err)
					}
					op, err := w.VerifyInit(w.ctx(), s, p.whole, pub)
					if err != nil {
						t.Fatal(err)
					}
					op.Write(msg[:5])
					op.Write(msg[5:])
					w.want(cryptoki.OK, op.Verify(w.ctx(), sig))
					sig[7] ^= 1
					w.want(cryptoki.SignatureInvalid, op.Verify(w.ctx(), sig))
					w.want(cryptoki.SignatureLenRange, op.Verify(w.ctx(), sig[1:]))
				}
				w.restart()
				s = w.user()
				pub, priv = w.find(s, cryptoki.PublicKey)[0], w.find(s, cryptoki.PrivateKey)[0]
			}
		})
	}
}

// TestKeyAttributes shows what a key pair says of itself.
func TestKeyAttributes(t *testing.T) {
	w := newWorld(t, "plain")
	s := w.user()
	for _, p := range []pair{gostPair(gost.CryptoProA()), gostPair(gost.TC26A512()), rsaPair, p256Pair} {
		pub, priv := w.generate(s, p)
		for what, c := range map[string]struct {
			object cryptoki.Object
			t      uint32
			want   []byte
		}{
			"class":             {pub, cryptoki.AttrClass, cryptoki.Number(0, cryptoki.PublicKey).Value},
			"private class":     {priv, cryptoki.AttrClass, cryptoki.Number(0, cryptoki.PrivateKey).Value},
			"label":             {priv, cryptoki.AttrLabel, []byte(p.name)},
			"ID":                {pub, cryptoki.AttrID, []byte("id")},
			"sensitive":         {priv, cryptoki.AttrSensitive, []byte{1}},
			"always sensitive":  {priv, cryptoki.AttrAlwaysSensitive, []byte{1}},
			"extractable":       {priv, cryptoki.AttrExtractable, []byte{0}},
			"never extractable": {priv, cryptoki.AttrNeverExtractable, []byte{1}},
			"local":             {priv, cryptoki.AttrLocal, []byte{1}},
			"private":           {priv, cryptoki.AttrPrivate, []byte{1}},
			"public":            {pub, cryptoki.AttrPrivate, []byte{0}},
			"mechanism":         {priv, cryptoki.AttrKeyGenMechanism, cryptoki.Number(0, p.generate).Value},
		} {
			if got := w.attribute(s, c.object, c.t); !bytes.Equal(got, c.want) {
				t.Errorf("%s: %s: got %x, want %x", p.name, what, got, c.want)
			}
		}
		_, err := w.Attribute(w.ctx(), s, priv, 0x123) // CKA_PRIVATE_EXPONENT
		if p.generate == rsaPair.generate {
			w.want(cryptoki.AttributeSensitive, err)
		} else {
			w.want(cryptoki.AttributeTypeInvalid, err)
			_, err = w.Attribute(w.ctx(), s, priv, cryptoki.AttrValue)
			w.want(cryptoki.AttributeSensitive, err)
		}
	}
	pub := w.find(s, cryptoki.PublicKey)[0]
	if got, want := w.attribute(s, pub, cryptoki.AttrGOSTHash), []byte{0x06, 0x08, 0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x02, 0x02}; !bytes.Equal(got, want) {
		t.Errorf("the hash is %x, want %x", got, want)
	}
}

// TestImport brings keys that were made elsewhere, and takes one out that may
// be.
func TestImport(t *testing.T) {
	w := newWorld(t, "plain")
	s := w.user()
	key := must[*gost.PrivateKey](t)(gost.GenerateKey(gost.TC26C256(), nil))
	template := func(more ...cryptoki.Attribute) []cryptoki.Attribute {
		return append([]cryptoki.Attribute{
			cryptoki.Number(cryptoki.AttrClass, cryptoki.PrivateKey), cryptoki.Number(cryptoki.AttrKeyType, cryptoki.GOST),
			cryptoki.Bool(cryptoki.AttrToken, true), cryptoki.Bytes(cryptoki.AttrGOSTParams, oidOf(gost.TC26C256())),
			cryptoki.Bytes(cryptoki.AttrValue, key.Bytes()),
		}, more...)
	}
	kept := must[cryptoki.Object](t)(w.Create(w.ctx(), s, template()))
	loose := must[cryptoki.Object](t)(w.Create(w.ctx(), s, template(cryptoki.Bool(cryptoki.AttrSensitive, false), cryptoki.Bool(cryptoki.AttrExtractable, true))))
	for _, o := range []cryptoki.Object{kept, loose} {
		sig := must[[]byte](t)(w.Sign(w.ctx(), s, cryptoki.Mechanism{Type: cryptoki.GOSTSign}, o, make([]byte, 32)))
		if !gost.Verify(key.PublicKey(), make([]byte, 32), sig) {
			t.Error("the signature is wrong")
		}
		if slices.Contains([]byte{w.attribute(s, o, cryptoki.AttrLocal)[0], w.attribute(s, o, cryptoki.AttrNeverExtractable)[0]}, 1) {
			t.Error("a key from elsewhere says it was made here")
		}
	}
	_, err := w.Attribute(w.ctx(), s, kept, cryptoki.AttrValue)
	w.want(cryptoki.AttributeSensitive, err)
	if got := w.attribute(s, loose, cryptoki.AttrValue); !bytes.Equal(got, key.Bytes()) {
		t.Error("the key read is not the one written")
	}
	// Once it is sensitive it stays so.
	w.want(cryptoki.OK, w.SetAttribute(w.ctx(), s, loose, cryptoki.Bool(cryptoki.AttrSensitive, true)))
	_, err = w.Attribute(w.ctx(), s, loose, cryptoki.AttrValue)
	w.want(cryptoki.AttributeSensitive, err)
	w.want(cryptoki.AttributeReadOnly, w.SetAttribute(w.ctx(), s, loose, cryptoki.Bool(cryptoki.AttrSensitive, false)))
	w.want(cryptoki.AttributeReadOnly, w.SetAttribute(w.ctx(), s, kept, cryptoki.Bool(cryptoki.AttrExtractable, true)))
}
