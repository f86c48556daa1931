package softtoken_test

import (
	"context"
	"errors"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// data is a template of a data object.
func data(more ...cryptoki.Attribute) []cryptoki.Attribute {
	return append([]cryptoki.Attribute{
		cryptoki.Number(cryptoki.AttrClass, cryptoki.Data), cryptoki.Bool(cryptoki.AttrToken, true), cryptoki.Text(cryptoki.AttrValue, "value"),
	}, more...)
}

func certificate(more ...cryptoki.Attribute) []cryptoki.Attribute {
	return append([]cryptoki.Attribute{
		cryptoki.Number(cryptoki.AttrClass, cryptoki.Certificate), cryptoki.Number(cryptoki.AttrCertificateType, cryptoki.CertificateX509),
		cryptoki.Bool(cryptoki.AttrToken, true), cryptoki.Bytes(cryptoki.AttrSubject, []byte{0x30, 0}), cryptoki.Bytes(cryptoki.AttrValue, []byte{0x30, 0}),
	}, more...)
}

// TestBehaviour is a table of what a plain token answers. Before each row the
// user is logged in to a session that may write, and has a key pair of
// CryptoPro-A.
func TestBehaviour(t *testing.T) {
	private := cryptoki.Bool(cryptoki.AttrPrivate, true)
	var s cryptoki.Session
	var pub, priv cryptoki.Object
	raw := cryptoki.Mechanism{Type: cryptoki.GOSTSign}
	sign := func(w *world, m cryptoki.Mechanism, key cryptoki.Object, n int) error {
		_, err := w.Sign(w.ctx(), s, m, key, make([]byte, n))
		return err
	}
	create := func(w *world, s cryptoki.Session, template []cryptoki.Attribute) error {
		_, err := w.Create(w.ctx(), s, template)
		return err
	}
	generate := func(w *world, m uint32, public, private []cryptoki.Attribute) error {
		_, _, err := w.GenerateKeyPair(w.ctx(), s, cryptoki.Mechanism{Type: m}, public, private)
		return err
	}
	curve := func(b []byte) []cryptoki.Attribute {
		return []cryptoki.Attribute{cryptoki.Bytes(cryptoki.AttrGOSTParams, b)}
	}
	a := oidOf(gost.CryptoProA())
	for _, c := range []struct {
		name string
		want cryptoki.Code
		do   func(w *world) error
	}{
		{"slot that is not there", cryptoki.SlotIDInvalid, func(w *world) error { _, err := w.TokenInfo(w.ctx(), 7); return err }},
		{"session with it", cryptoki.SlotIDInvalid, func(w *world) error { _, err := w.OpenSession(w.ctx(), 7, false); return err }},
		{"mechanism that is not there", cryptoki.MechanismInvalid, func(w *world) error { _, err := w.MechanismInfo(w.ctx(), 0, cryptoki.GOST94); return err }},
		{"no event", cryptoki.NoEvent, func(w *world) error { _, err := w.SlotEvent(w.ctx()); return err }},

		{"login twice", cryptoki.UserAlreadyLoggedIn, func(w *world) error { return w.Login(w.ctx(), s, cryptoki.User, []byte(userPIN)) }},
		{"login as another", cryptoki.UserAnotherLoggedIn, func(w *world) error { return w.Login(w.ctx(), s, cryptoki.SecurityOfficer, []byte(soPIN)) }},
		{"login as nobody", cryptoki.UserTypeInvalid, func(w *world) error { return w.Login(w.ctx(), s, 7, nil) }},
		{"login for an operation", cryptoki.OperationNotInitialized, func(w *world) error { return w.Login(w.ctx(), s, cryptoki.ContextSpecific, []byte(userPIN)) }},
		{"login in a closed session", cryptoki.SessionHandleInvalid, func(w *world) error {
			w.want(cryptoki.OK, w.CloseSession(w.ctx(), s))
			return w.Login(w.ctx(), s, cryptoki.User, []byte(userPIN))
		}},
		{"logout twice", cryptoki.UserNotLoggedIn, func(w *world) error {
			w.want(cryptoki.OK, w.Logout(w.ctx(), s))
			return w.Logout(w.ctx(), s)
		}},
		{"close twice", cryptoki.SessionHandleInvalid, func(w *world) error {
			w.want(cryptoki.OK, w.CloseSession(w.ctx(), s))
			return w.CloseSession(w.ctx(), s)
		}},
		{"officer beside a session that only reads", cryptoki.SessionReadOnlyExists, func(w *world) error {
			w.want(cryptoki.OK, w.Logout(w.ctx(), s))
			w.session(false)
			return w.Login(w.ctx(), s, cryptoki.SecurityOfficer, []byte(soPIN))
		}},
		{"session that only reads beside the officer", cryptoki.SessionReadWriteSOExists, func(w *world) error {
			w.want(cryptoki.OK, w.Logout(w.ctx(), s))
			w.want(cryptoki.OK, w.Login(w.ctx(), s, cryptoki.SecurityOfficer, []byte(soPIN)))
			_, err := w.OpenSession(w.ctx(), 0, false)
			return err
		}},
		{"login holds in all sessions", cryptoki.OK, func(w *world) error {
			_, err := w.Sign(w.ctx(), w.session(false), raw, priv, make([]byte, 32))
			return err
		}},
		{"login ends with the last session", cryptoki.UserNotLoggedIn, func(w *world) error {
			w.want(cryptoki.OK, w.CloseSession(w.ctx(), s))
			return w.Logout(w.ctx(), w.session(true))
		}},
		{"login is not another application's", cryptoki.KeyHandleInvalid, func(w *world) error {
			other := w.tokens.Application()
			session := must[cryptoki.Session](w)(other.OpenSession(w.ctx(), 0, true))
			_, err := other.Sign(w.ctx(), session, raw, priv, make([]byte, 32))
			return err
		}},
		{"session of another application", cryptoki.SessionHandleInvalid, func(w *world) error { return w.tokens.Application().Logout(w.ctx(), s) }},
		{"PIN of the user by the user", cryptoki.UserNotLoggedIn, func(w *world) error { return w.InitPIN(w.ctx(), s, []byte("87654321")) }},
		{"change of the PIN where only read", cryptoki.SessionReadOnly, func(w *world) error {
			return w.SetPIN(w.ctx(), w.session(false), []byte(userPIN), []byte("123456789"))
		}},

		{"private objects without login", cryptoki.ObjectHandleInvalid, func(w *world) error {
			w.want(cryptoki.OK, w.Logout(w.ctx(), s))
			if n := len(w.find(s, cryptoki.PrivateKey)); n != 0 {
				w.Errorf("got %d private keys before login", n)
			}
			_, err := w.Attribute(w.ctx(), s, priv, cryptoki.AttrLabel)
			return err
		}},
		{"the officer sees none", cryptoki.OK, func(w *world) error {
			w.want(cryptoki.OK, w.Logout(w.ctx(), s))
			w.want(cryptoki.OK, w.Login(w.ctx(), s, cryptoki.SecurityOfficer, []byte(soPIN)))
			if n := len(w.find(s, cryptoki.PrivateKey)); n != 0 {
				w.Errorf("got %d private keys of the user", n)
			}
			return nil
		}},
		{"handle from before logout", cryptoki.ObjectHandleInvalid, func(w *world) error {
			w.want(cryptoki.OK, w.Logout(w.ctx(), s))
			w.want(cryptoki.OK, w.Login(w.ctx(), s, cryptoki.User, []byte(userPIN)))
			_, err := w.Attribute(w.ctx(), s, priv, cryptoki.AttrLabel)
			return err
		}},
		{"public handle from before logout", cryptoki.OK, func(w *world) error {
			w.want(cryptoki.OK, w.Logout(w.ctx(), s))
			_, err := w.Attribute(w.ctx(), s, pub, cryptoki.AttrLabel)
			return err
		}},
		{"handle of what is destroyed", cryptoki.ObjectHandleInvalid, func(w *world) error {
			w.want(cryptoki.OK, w.Destroy(w.ctx(), s, pub))
			return w.Destroy(w.ctx(), s, pub)
		}},
		{"handle of what another destroyed", cryptoki.ObjectHandleInvalid, func(w *world) error {
			other := w.tokens.Application()
			session := must[cryptoki.Session](w)(other.OpenSession(w.ctx(), 0, true))
			found := must[[]cryptoki.Object](w)(other.Find(w.ctx(), session, nil))
			w.want(cryptoki.OK, other.Destroy(w.ctx(), session, found[0]))
			_, err := w.Attribute(w.ctx(), s, pub, cryptoki.AttrLabel)
			return err
		}},

		{"attribute that keys do not have", cryptoki.AttributeTypeInvalid, func(w *world) error {
			_, err := w.Attribute(w.ctx(), s, priv, cryptoki.AttrModulus)
			return err
		}},
		{"write a label", cryptoki.OK, func(w *world) error {
			return w.SetAttribute(w.ctx(), s, priv, cryptoki.Text(cryptoki.AttrLabel, "new"))
		}},
		{"write a value", cryptoki.AttributeReadOnly, func(w *world) error { return w.SetAttribute(w.ctx(), s, pub, cryptoki.Text(cryptoki.AttrValue, "new")) }},
		{"write the origin", cryptoki.AttributeReadOnly, func(w *world) error { return w.SetAttribute(w.ctx(), s, priv, cryptoki.Bool(cryptoki.AttrLocal, true)) }},
		{"write an unknown attribute", cryptoki.AttributeTypeInvalid, func(w *world) error { return w.SetAttribute(w.ctx(), s, priv, cryptoki.Text(0x80009999, "")) }},
		{"write a broken truth", cryptoki.AttributeValueInvalid, func(w *world) error { return w.SetAttribute(w.ctx(), s, priv, cryptoki.Text(cryptoki.AttrSign, "yes")) }},
		{"write where only read", cryptoki.SessionReadOnly, func(w *world) error {
			return w.SetAttribute(w.ctx(), w.session(false), priv, cryptoki.Text(cryptoki.AttrLabel, "new"))
		}},
		{"write what may not be written", cryptoki.ActionProhibited, func(w *world) error {
			o := must[cryptoki.Object](w)(w.Create(w.ctx(), s, data(cryptoki.Bool(cryptoki.AttrModifiable, false))))
			return w.SetAttribute(w.ctx(), s, o, cryptoki.Text(cryptoki.AttrLabel, "new"))
		}},
		{"destroy what may not be destroyed", cryptoki.ActionProhibited, func(w *world) error {
			return w.Destroy(w.ctx(), s, must[cryptoki.Object](w)(w.Create(w.ctx(), s, data(cryptoki.Bool(cryptoki.AttrDestroyable, false)))))
		}},
		{"destroy where only read", cryptoki.SessionReadOnly, func(w *world) error { return w.Destroy(w.ctx(), w.session(false), pub) }},

		{"create where only read", cryptoki.SessionReadOnly, func(w *world) error { return create(w, w.session(false), data()) }},
		{"create for the session where only read", cryptoki.OK, func(w *world) error {
			return create(w, w.session(false), data()[:1])
		}},
		{"create private without login", cryptoki.UserNotLoggedIn, func(w *world) error {
			w.want(cryptoki.OK, w.Logout(w.ctx(), s))
			return create(w, s, data(private))
		}},
		{"create public without login", cryptoki.OK, func(w *world) error {
			w.want(cryptoki.OK, w.Logout(w.ctx(), s))
			return create(w, s, certificate())
		}},
		{"create nothing", cryptoki.TemplateIncomplete, func(w *world) error { return create(w, s, nil) }},
		{"create a class of nothing", cryptoki.AttributeValueInvalid, func(w *world) error {
			return create(w, s, []cryptoki.Attribute{cryptoki.Number(cryptoki.AttrClass, 77)})
		}},
		{"create a secret key", cryptoki.AttributeValueInvalid, func(w *world) error {
			return create(w, s, []cryptoki.Attribute{cryptoki.Number(cryptoki.AttrClass, cryptoki.SecretKey)})
		}},
		{"create with two labels", cryptoki.TemplateInconsistent, func(w *world) error {
			return create(w, s, data(cryptoki.Text(cryptoki.AttrLabel, "a"), cryptoki.Text(cryptoki.AttrLabel, "b")))
		}},
		{"create data with a modulus", cryptoki.TemplateInconsistent, func(w *world) error { return create(w, s, data(cryptoki.Bytes(cryptoki.AttrModulus, []byte{1}))) }},
		{"create with an unknown attribute", cryptoki.AttributeTypeInvalid, func(w *world) error { return create(w, s, data(cryptoki.Text(0x80009999, ""))) }},
		{"create what is trusted", cryptoki.AttributeReadOnly, func(w *world) error { return create(w, s, certificate(cryptoki.Bool(cryptoki.AttrTrusted, true))) }},
		{"create a certificate without its value", cryptoki.TemplateIncomplete, func(w *world) error { return create(w, s, certificate()[:4]) }},
		{"create a certificate of another type", cryptoki.AttributeValueInvalid, func(w *world) error {
			c := certificate()
			c[1] = cryptoki.Number(cryptoki.AttrCertificateType, 1)
			return create(w, s, c)
		}},
		{"create a public key off the curve", cryptoki.AttributeValueInvalid, func(w *world) error {
			return create(w, s, append(curve(a), cryptoki.Number(cryptoki.AttrClass, cryptoki.PublicKey), cryptoki.Number(cryptoki.AttrKeyType, cryptoki.GOST), cryptoki.Bytes(cryptoki.AttrValue, make([]byte, 64))))
		}},
		{"create a private key that all may see", cryptoki.TemplateInconsistent, func(w *world) error {
			return create(w, s, append(curve(a), cryptoki.Number(cryptoki.AttrClass, cryptoki.PrivateKey), cryptoki.Number(cryptoki.AttrKeyType, cryptoki.GOST),
				cryptoki.Bool(cryptoki.AttrPrivate, false), cryptoki.Bytes(cryptoki.AttrValue, append(make([]byte, 31), 1))))
		}},
		{"create a key that is zero", cryptoki.AttributeValueInvalid, func(w *world) error {
			return create(w, s, append(curve(a), cryptoki.Number(cryptoki.AttrClass, cryptoki.PrivateKey), cryptoki.Number(cryptoki.AttrKeyType, cryptoki.GOST), cryptoki.Bytes(cryptoki.AttrValue, make([]byte, 32))))
		}},

		{"generate without a curve", cryptoki.TemplateIncomplete, func(w *world) error { return generate(w, cryptoki.GOSTKeyPairGen, nil, nil) }},
		{"generate on an unknown curve", cryptoki.DomainParamsInvalid, func(w *world) error { return generate(w, cryptoki.GOSTKeyPairGen, curve([]byte{6, 1, 0}), nil) }},
		{"generate on a curve of another size", cryptoki.DomainParamsInvalid, func(w *world) error { return generate(w, cryptoki.GOST512KeyGen, curve(a), nil) }},
		{"generate of 2001", cryptoki.DomainParamsInvalid, func(w *world) error {
			return generate(w, cryptoki.GOSTKeyPairGen, append(curve(a), cryptoki.Bytes(cryptoki.AttrGOSTHash, []byte{0x06, 0x07, 0x2a, 0x85, 0x03, 0x02, 0x02, 0x1e, 0x01})), nil)
		}},
		{"generate with the curve in the private half", cryptoki.OK, func(w *world) error { return generate(w, cryptoki.GOSTKeyPairGen, nil, curve(a)) }},
		{"generate on two curves", cryptoki.TemplateInconsistent, func(w *world) error {
			return generate(w, cryptoki.GOSTKeyPairGen, curve(a), curve(oidOf(gost.CryptoProB())))
		}},
		{"generate another type", cryptoki.TemplateInconsistent, func(w *world) error {
			return generate(w, cryptoki.GOSTKeyPairGen, append(curve(a), cryptoki.Number(cryptoki.AttrKeyType, cryptoki.GOST512)), nil)
		}},
		{"generate a key of one's own", cryptoki.TemplateInconsistent, func(w *world) error {
			return generate(w, cryptoki.GOSTKeyPairGen, curve(a), []cryptoki.Attribute{cryptoki.Bytes(cryptoki.AttrValue, make([]byte, 32))})
		}},
		{"generate by a mechanism that signs", cryptoki.MechanismInvalid, func(w *world) error { return generate(w, cryptoki.GOSTSign, curve(a), nil) }},
		{"generate RSA of 1024 bits", cryptoki.KeySizeRange, func(w *world) error {
			return generate(w, cryptoki.RSAKeyPairGen, []cryptoki.Attribute{cryptoki.Number(cryptoki.AttrModulusBits, 1024)}, nil)
		}},
		{"generate RSA of no size", cryptoki.TemplateIncomplete, func(w *world) error { return generate(w, cryptoki.RSAKeyPairGen, nil, nil) }},
		{"generate RSA with the exponent 3", cryptoki.AttributeValueInvalid, func(w *world) error {
			return generate(w, cryptoki.RSAKeyPairGen, []cryptoki.Attribute{cryptoki.Number(cryptoki.AttrModulusBits, 2048), cryptoki.Bytes(cryptoki.AttrPublicExponent, []byte{3})}, nil)
		}},
		{"generate without login", cryptoki.UserNotLoggedIn, func(w *world) error {
			w.want(cryptoki.OK, w.Logout(w.ctx(), s))
			return generate(w, cryptoki.GOSTKeyPairGen, curve(a), nil)
		}},

		{"sign", cryptoki.OK, func(w *world) error { return sign(w, raw, priv, 32) }},
		{"sign too short", cryptoki.DataLenRange, func(w *world) error { return sign(w, raw, priv, 31) }},
		{"sign too long", cryptoki.DataLenRange, func(w *world) error { return sign(w, raw, priv, 64) }},
		{"sign much too long", cryptoki.DataLenRange, func(w *world) error { return sign(w, raw, priv, 4096) }},
		{"sign with a public key", cryptoki.KeyHandleInvalid, func(w *world) error { return sign(w, raw, pub, 32) }},
		{"sign with no key", cryptoki.KeyHandleInvalid, func(w *world) error { return sign(w, raw, 0, 32) }},
		{"sign by a mechanism of other keys", cryptoki.KeyTypeInconsistent, func(w *world) error { return sign(w, cryptoki.Mechanism{Type: cryptoki.GOST512Sign}, priv, 64) }},
		{"sign by a mechanism that hashes", cryptoki.MechanismInvalid, func(w *world) error { return sign(w, cryptoki.Mechanism{Type: cryptoki.Streebog256}, priv, 64) }},
		{"sign with a hash in the parameter", cryptoki.OK, func(w *world) error {
			return sign(w, cryptoki.Mechanism{Type: cryptoki.GOSTSignHash256, Param: []byte{0x06, 0x08, 0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x02, 0x02}}, priv, 100)
		}},
		{"sign with another hash in it", cryptoki.MechanismParamInvalid, func(w *world) error {
			return sign(w, cryptoki.Mechanism{Type: cryptoki.GOSTSignHash256, Param: []byte{0x06, 0x08, 0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x02, 0x03}}, priv, 100)
		}},
		{"sign with a key that may not", cryptoki.KeyFunctionNotPermitted, func(w *world) error {
			w.want(cryptoki.OK, w.SetAttribute(w.ctx(), s, priv, cryptoki.Bool(cryptoki.AttrSign, false)))
			return sign(w, raw, priv, 32)
		}},
		{"verify with a private key", cryptoki.KeyHandleInvalid, func(w *world) error { _, err := w.VerifyInit(w.ctx(), s, raw, priv); return err }},
		{"sign after logout", cryptoki.UserNotLoggedIn, func(w *world) error {
			op, err := w.SignInit(w.ctx(), s, raw, priv)
			w.want(cryptoki.OK, err)
			op.Write(make([]byte, 32))
			w.want(cryptoki.OK, w.Logout(w.ctx(), s))
			_, err = op.Sign(w.ctx())
			return err
		}},
		{"digest", cryptoki.OK, func(w *world) error {
			_, err := w.Digest(w.ctx(), s, cryptoki.Mechanism{Type: cryptoki.Streebog512}, nil)
			return err
		}},
		{"digest of 1994", cryptoki.MechanismInvalid, func(w *world) error {
			_, err := w.Digest(w.ctx(), s, cryptoki.Mechanism{Type: cryptoki.GOST94}, nil)
			return err
		}},
		{"random", cryptoki.OK, func(w *world) error { _, err := w.Random(w.ctx(), s, 16); return err }},
		{"too much random", cryptoki.ArgumentsBad, func(w *world) error { _, err := w.Random(w.ctx(), s, 1<<30); return err }},
		{"after the application is closed", cryptoki.NotInitialized, func(w *world) error {
			w.want(cryptoki.OK, w.Application.Close())
			return w.CloseSession(w.ctx(), s)
		}},
		{"after the folder is closed", cryptoki.NotInitialized, func(w *world) error {
			w.want(cryptoki.OK, w.tokens.Close())
			_, err := w.Info(w.ctx())
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, "plain")
			s = w.user()
			pub, priv = w.generate(s, gostPair(gost.CryptoProA()))
			w.want(c.want, c.do(w))
		})
	}
}

// TestContext gives up a call whose context has ended.
func TestContext(t *testing.T) {
	w := newWorld(t, "plain")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.OpenSession(ctx, 0, true); !errors.Is(err, token.Crashed) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestProfiles is what devices refuse that a plain token does not.
func TestProfiles(t *testing.T) {
	for profile, c := range map[string]struct {
		manufacturer, model string
		rsa                 bool
		imports             cryptoki.Code
	}{
		"rutoken-ecp2": {"Aktiv Co.", "Rutoken ECP", true, cryptoki.OK},
		"rutoken-ecp3": {"Aktiv Co.", "Rutoken ECP", true, cryptoki.FunctionNotSupported},
		"jacarta-2":    {"Aladdin R.D.", "JaCarta GOST 2.0", false, cryptoki.FunctionNotSupported},
	} {
		t.Run(profile, func(t *testing.T) {
			w := newWorld(t, profile)
			s := w.user()
			info := must[cryptoki.TokenInfo](t)(w.TokenInfo(w.ctx(), 0))
			if info.Manufacturer != c.manufacturer || info.Model != c.model || len(info.Serial) != 8 {
				t.Errorf("got %+v", info)
			}
			_, _, err := w.GenerateKeyPair(w.ctx(), s, cryptoki.Mechanism{Type: cryptoki.ECKeyPairGen}, p256Pair.public, nil)
			w.want(map[bool]cryptoki.Code{true: cryptoki.OK, false: cryptoki.MechanismInvalid}[c.rsa], err)
			a := gostPair(gost.TC26A256())
			_, _, err = w.GenerateKeyPair(w.ctx(), s, cryptoki.Mechanism{Type: a.generate}, a.public, []cryptoki.Attribute{cryptoki.Bool(cryptoki.AttrExtractable, true)})
			w.want(cryptoki.AttributeValueInvalid, err)
			_, _, err = w.GenerateKeyPair(w.ctx(), s, cryptoki.Mechanism{Type: a.generate}, a.public, []cryptoki.Attribute{cryptoki.Bool(cryptoki.AttrSensitive, false)})
			w.want(cryptoki.AttributeValueInvalid, err)
			_, err = w.Create(w.ctx(), s, append(a.public, cryptoki.Number(cryptoki.AttrClass, cryptoki.PrivateKey),
				cryptoki.Number(cryptoki.AttrKeyType, cryptoki.GOST), cryptoki.Bytes(cryptoki.AttrValue, append([]byte{7}, make([]byte, 31)...))))
			w.want(c.imports, err)
			_, _, err = w.GenerateKeyPair(w.ctx(), s, cryptoki.Mechanism{Type: cryptoki.GOST512KeyGen},
				[]cryptoki.Attribute{cryptoki.Bytes(cryptoki.AttrGOST512Params, oidOf(gost.TC26A512()))}, nil)
			w.want(map[bool]cryptoki.Code{true: cryptoki.AttributeTypeInvalid, false: cryptoki.OK}[c.rsa], err)
		})
	}
}

// TestFull fills a token up.
func TestFull(t *testing.T) {
	w := newWorld(t, "jacarta-2")
	s := w.user()
	large := cryptoki.Bytes(cryptoki.AttrApplication, make([]byte, 20000))
	var first cryptoki.Object
	for i := range 3 {
		o := must[cryptoki.Object](t)(w.Create(w.ctx(), s, data(large)))
		if i == 0 {
			first = o
		}
	}
	_, err := w.Create(w.ctx(), s, data(large))
	w.want(cryptoki.DeviceMemory, err)
	info := must[cryptoki.TokenInfo](t)(w.TokenInfo(w.ctx(), 0))
	if info.FreeMemory >= 20000 || info.FreeMemory == 0 {
		t.Errorf("got %d octets free", info.FreeMemory)
	}
	w.want(cryptoki.DeviceMemory, w.SetAttribute(w.ctx(), s, first, cryptoki.Bytes(cryptoki.AttrLabel, make([]byte, info.FreeMemory+1))))
	w.want(cryptoki.OK, w.SetAttribute(w.ctx(), s, first, cryptoki.Bytes(cryptoki.AttrLabel, make([]byte, info.FreeMemory))))
	w.want(cryptoki.OK, w.Destroy(w.ctx(), s, first))
	if _, err := w.Create(w.ctx(), s, data(large)); err != nil {
		t.Error(err)
	}
	for {
		if _, err = w.Create(w.ctx(), s, data()); err != nil {
			break
		}
	}
	w.want(cryptoki.DeviceMemory, err)
	// A key pair is there as a whole or not at all.
	a := gostPair(gost.TC26A256())
	before := len(must[[]cryptoki.Object](t)(w.Find(w.ctx(), s, nil)))
	_, _, err = w.GenerateKeyPair(w.ctx(), s, cryptoki.Mechanism{Type: a.generate}, append(a.public, cryptoki.Bool(cryptoki.AttrToken, true)), []cryptoki.Attribute{cryptoki.Bool(cryptoki.AttrToken, true)})
	w.want(cryptoki.DeviceMemory, err)
	if after := len(must[[]cryptoki.Object](t)(w.Find(w.ctx(), s, nil))); after != before {
		t.Errorf("got %d objects, want %d", after, before)
	}
}
