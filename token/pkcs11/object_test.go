package pkcs11_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/tokentest"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

// user is a session on the token beneath, of another program with its user
// logged in.
func user(t *testing.T, m cryptoki.Module) cryptoki.Session {
	t.Helper()
	s, err := m.OpenSession(t.Context(), 0, true)
	if err == nil {
		err = m.Login(t.Context(), s, cryptoki.User, []byte(softPIN))
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestBadPairs: a pair that is not what it ought to be is removed again.
func TestBadPairs(t *testing.T) {
	for name, spoil := range map[string]func(*script){
		"extractable": func(m *script) { m.attribute = replace(cryptoki.AttrExtractable, []byte{1}) },
		"not local":   func(m *script) { m.attribute = replace(cryptoki.AttrLocal, []byte{0}) },
		"not sensitive from the beginning": func(m *script) {
			m.attribute = replace(cryptoki.AttrAlwaysSensitive, []byte{0})
		},
		"extractable once":  func(m *script) { m.attribute = replace(cryptoki.AttrNeverExtractable, nil) },
		"not on the curve":  func(m *script) { m.attribute = replace(cryptoki.AttrValue, bytes.Repeat([]byte{7}, 64)) },
		"of another curve":  func(m *script) { m.attribute = replace(cryptoki.AttrGOSTParams, hexed("06072a850302022302")) },
		"a short value":     func(m *script) { m.attribute = replace(cryptoki.AttrValue, []byte{1, 2, 3}) },
		"a wrong signature": func(m *script) { m.signature = func(sig []byte) []byte { sig[0] ^= 1; return sig } },
		"halves exchanged": func(m *script) {
			m.signature = func(sig []byte) []byte { return append(sig[32:len(sig):len(sig)], sig[:32]...) }
		},
		"no signature":       func(m *script) { m.signature = func([]byte) []byte { return nil } },
		"the token is full":  func(m *script) { m.once("Attribute", cryptoki.DeviceMemory) },
		"it refuses to sign": func(m *script) { m.once("Sign", cryptoki.FunctionRejected) },
	} {
		c, m, soft := scripted(t, "plain", token.FixedPIN(softPIN))
		if _, err := c.List(t.Context()); err != nil {
			t.Fatal(err)
		}
		spoil(m)
		if key, err := c.Generate(t.Context(), gostKey); err == nil {
			t.Errorf("%s: got key %v", name, key.Info())
		}
		if n := objects(t, soft); n != 0 || m.calls["GenerateKeyPair"] != 1 || m.calls["Destroy"] != 2 {
			t.Errorf("%s: %d objects are left after %d pairs", name, n, m.calls["GenerateKeyPair"])
		}
	}
}

// TestDoubtfulPairs: a pair of which nobody saw that it was made is examined
// when it is found, and removed if it is not what it ought to be.
func TestDoubtfulPairs(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*script)
		fault token.Fault // beside Unknown
	}{
		"sound":             {func(*script) {}, ""},
		"extractable":       {func(m *script) { m.attribute = replace(cryptoki.AttrExtractable, []byte{1}) }, token.Policy},
		"not local":         {func(m *script) { m.attribute = replace(cryptoki.AttrLocal, []byte{0}) }, token.Policy},
		"a wrong signature": {func(m *script) { m.signature = func(sig []byte) []byte { sig[0] ^= 1; return sig } }, token.Unknown},
	} {
		c, m, soft := scripted(t, "plain", token.FixedPIN(softPIN))
		m.dies = true
		test.spoil(m)
		key, err := token.Generate(t.Context(), c, gostKey)
		if made := m.calls["GenerateKeyPair"]; made != 1 {
			t.Errorf("%s: %d pairs were made, want one", name, made)
		}
		if test.fault == "" {
			if err != nil || objects(t, soft) != 2 {
				t.Errorf("%s: got %v, %d objects, want the pair", name, err, objects(t, soft))
			} else if _, _, err := csr.Standard().Sign(key, []byte("x")); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			m.calls["Sign"] = 0
		} else if key != nil || !errors.Is(err, token.Unknown) || !errors.Is(err, test.fault) || objects(t, soft) != 0 {
			t.Errorf("%s: got %v, %d objects, want none and an error that is Unknown and %s", name, err, objects(t, soft), test.fault)
		}
		if entries, err := c.List(t.Context()); err != nil || len(entries) != objects(t, soft)/2 || m.calls["Sign"] > 1 {
			t.Errorf("%s: listed again: got %v, %v after %d signatures", name, entries, err, m.calls["Sign"])
		}
	}
}

// TestDoubtfulPairStays as long as the token does not let it be examined.
func TestDoubtfulPairStays(t *testing.T) {
	c, m, soft := scripted(t, "plain", token.FixedPIN(softPIN))
	m.dies = true
	m.always("Sign", cryptoki.DeviceRemoved)
	if _, err := token.Generate(t.Context(), c, gostKey); !errors.Is(err, token.Unknown) || !errors.Is(err, token.Removed) || objects(t, soft) != 2 {
		t.Fatalf("got %v, %d objects, want Unknown and Removed, and the pair", err, objects(t, soft))
	}
	m.before = nil
	m.attribute = replace(cryptoki.AttrExtractable, []byte{1})
	if entries, err := c.List(t.Context()); kind(err) != token.Policy || len(entries) != 0 || objects(t, soft) != 0 {
		t.Errorf("got %v, %v, %d objects, want Policy and none", entries, err, objects(t, soft))
	}
	if entries, err := c.List(t.Context()); err != nil || len(entries) != 0 {
		t.Errorf("listed again: got %v, %v, want no key", entries, err)
	}
}

func hexed(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// replace gives an attribute another value.
func replace(attribute uint32, value []byte) func(uint32, []byte) []byte {
	return func(t uint32, v []byte) []byte {
		if t == attribute {
			return value
		}
		return v
	}
}

// TestHalfAPair: what an interrupted generation left is no key, and makes room
// for one of its ID.
func TestHalfAPair(t *testing.T) {
	c, m, soft := scripted(t, "plain", token.FixedPIN(softPIN))
	key := generate(t, c, gostKey)
	app := soft.Application()
	s := user(t, app)
	found, err := app.Find(t.Context(), s, []cryptoki.Attribute{cryptoki.Number(cryptoki.AttrClass, cryptoki.PrivateKey)})
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if err := app.Destroy(t.Context(), s, found[0]); err != nil {
		t.Fatal(err)
	}
	if entries, err := c.List(t.Context()); err != nil || len(entries) != 0 {
		t.Errorf("got %v, %v, want no key", entries, err)
	}
	spec := gostKey
	spec.ID = key.Info().ID
	again := generate(t, c, spec)
	if n := objects(t, soft); n != 2 || again.Info().ID != key.Info().ID || m.calls["Destroy"] != 1 {
		t.Errorf("got %d objects, want one pair", n)
	}
	if _, err := key.Sign(nil, make([]byte, 32), nil); !errors.Is(err, token.ErrNotFound) {
		t.Errorf("the key that was: got %v, want ErrNotFound", err)
	}
}

// TestJaCarta512: a token that knows the parameters of 512 bits under another
// attribute gets them under that.
func TestJaCarta512(t *testing.T) {
	soft, _ := newSoft(t, "jacarta-2")
	m := &jacarta{Module: soft.Application()}
	c := openWith(t, pkcs11.Config{Driver: m, PIN: token.FixedPIN(softPIN)})
	defer c.Close()
	key := generate(t, c, token.Spec{Algorithm: "512-B"})
	if _, _, err := csr.Standard().Sign(key, []byte("x")); err != nil || m.refused != 1 {
		t.Errorf("got %v after %d refusals", err, m.refused)
	}
}

// jacarta refuses 0x250 in keys of 512 bits.
type jacarta struct {
	cryptoki.Module
	refused int
}

func (j *jacarta) GenerateKeyPair(ctx context.Context, s cryptoki.Session, m cryptoki.Mechanism, public, private []cryptoki.Attribute) (pub, priv cryptoki.Object, err error) {
	for _, a := range public {
		if a.Type == cryptoki.AttrGOSTParams && m.Type == cryptoki.GOST512KeyGen {
			j.refused++
			return 0, 0, cryptoki.TemplateInconsistent
		}
	}
	return j.Module.GenerateKeyPair(ctx, s, m, public, private)
}

// TestForeignObjects: keys of other programs are listed by their CKA_ID,
// containers of CryptoPro CSP by their name, and what is no key is left alone.
func TestForeignObjects(t *testing.T) {
	c, _, soft := scripted(t, "plain", token.FixedPIN(softPIN))
	app := soft.Application()
	s := user(t, app)
	ctx := t.Context()
	make := func(id []byte, label string) {
		t.Helper()
		common := []cryptoki.Attribute{
			cryptoki.Bool(cryptoki.AttrToken, true), cryptoki.Bytes(cryptoki.AttrID, id), cryptoki.Text(cryptoki.AttrLabel, label),
			cryptoki.Bytes(cryptoki.AttrGOSTParams, hexed("06072a850302022400")), cryptoki.Bytes(cryptoki.AttrGOSTHash, hexed("06082a85030701010202")),
		}
		private := append(common[:len(common):len(common)], cryptoki.Bool(cryptoki.AttrPrivate, true), cryptoki.Bool(cryptoki.AttrSign, true))
		if _, _, err := app.GenerateKeyPair(ctx, s, cryptoki.Mechanism{Type: cryptoki.GOSTKeyPairGen}, common, private); err != nil {
			t.Fatal(err)
		}
	}
	make([]byte("le-3f2a\x00"), "")
	make([]byte{0xAB, 0xCD}, "Rutoken Plugin")
	make([]byte{}, "без имени")
	make([]byte("twice"), "a")
	make([]byte("twice"), "b")
	csp, err := app.Create(ctx, s, []cryptoki.Attribute{
		cryptoki.Number(cryptoki.AttrClass, cryptoki.Data), cryptoki.Bool(cryptoki.AttrToken, true), cryptoki.Text(cryptoki.AttrApplication, "CryptoPro CSP"),
		cryptoki.Text(cryptoki.AttrLabel, "le-3f2a"), cryptoki.Bytes(cryptoki.AttrValue, []byte{1}),
	})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := c.List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, e := range entries {
		names[e.Info.Name] = e.Info.ID
		if _, _, err := csr.Standard().Sign(e.Key, []byte("x")); err != nil {
			t.Errorf("%v: %v", e.Info, err)
		}
	}
	if names["le-3f2a"] != "6c652d3366326100" || names["Rutoken Plugin"] != "abcd" || !strings.HasPrefix(names["без имени"], "-") || len(entries) != 3 {
		t.Errorf("got %v, want three keys: of a pair of equal IDs and types nothing tells which half is whose", names)
	}
	if err := token.Install(ctx, c, "6c652d3366326100", csr.Standard(), tokentest.Certificate(t, entry(t, c, "6c652d3366326100").Key, 5)); err != nil {
		t.Errorf("install beside a container: %v", err)
	}
	if err := c.Delete(ctx, "6c652d3366326100"); err != nil {
		t.Fatal(err)
	}
	if v, err := app.Attribute(ctx, s, csp, cryptoki.AttrValue); err != nil || !bytes.Equal(v, []byte{1}) {
		t.Errorf("the object of CryptoPro CSP: got %x, %v", v, err)
	}
}

func entry(t *testing.T, c token.Carrier, id string) token.Entry {
	t.Helper()
	e, err := token.Find(t.Context(), c, id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestCertificateObject looks at what other programs look at.
func TestCertificateObject(t *testing.T) {
	c, _, soft := scripted(t, "plain", token.FixedPIN(softPIN))
	key := generate(t, c, gostKey)
	cert := tokentest.Certificate(t, key, 0x80)
	if err := c.Write(t.Context(), key.Info().ID, cert); err != nil {
		t.Fatal(err)
	}
	app := soft.Application()
	s := user(t, app)
	found, err := app.Find(t.Context(), s, []cryptoki.Attribute{cryptoki.Number(cryptoki.AttrClass, cryptoki.Certificate)})
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	for attribute, want := range map[uint32][]byte{
		cryptoki.AttrID: hexed(key.Info().ID), cryptoki.AttrLabel: []byte(gostKey.Name), cryptoki.AttrValue: cert.Raw, cryptoki.AttrSubject: cert.RawSubject,
		cryptoki.AttrIssuer: cert.RawIssuer, cryptoki.AttrSerialNumber: {2, 2, 0, 0x80}, cryptoki.AttrCategory: {1, 0, 0, 0, 0, 0, 0, 0},
	} {
		if got, err := app.Attribute(t.Context(), s, found[0], attribute); err != nil || !bytes.Equal(got, want) {
			t.Errorf("attribute 0x%X: got %x, %v, want %x", attribute, got, err, want)
		}
	}
	for attribute, want := range map[uint32]byte{cryptoki.AttrSign: 1, cryptoki.AttrDerive: 1, cryptoki.AttrPrivate: 1} {
		private, err := app.Find(t.Context(), s, []cryptoki.Attribute{cryptoki.Number(cryptoki.AttrClass, cryptoki.PrivateKey)})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := app.Attribute(t.Context(), s, private[0], attribute); err != nil || !bytes.Equal(got, []byte{want}) {
			t.Errorf("of the private key, 0x%X: got %x, %v, want %d", attribute, got, err, want)
		}
	}
}

// TestReplaceBreaks: whatever breaks a replacement, the old certificate or the
// new one stands there.
func TestReplaceBreaks(t *testing.T) {
	for call, code := range map[string]cryptoki.Code{"Create": cryptoki.DeviceMemory, "Destroy": cryptoki.DeviceRemoved} {
		c, m, soft := scripted(t, "plain", token.FixedPIN(softPIN))
		key := generate(t, c, gostKey)
		old, young := tokentest.Certificate(t, key, 1), tokentest.Certificate(t, key, 2)
		if err := c.Write(t.Context(), key.Info().ID, old); err != nil {
			t.Fatal(err)
		}
		m.once(call, code)
		if err := c.Write(t.Context(), key.Info().ID, young); err == nil {
			t.Errorf("%s: got no error", call)
		}
		got := entry(t, c, key.Info().ID).Certificate
		if got == nil || !bytes.Equal(got.Raw, old.Raw) && !bytes.Equal(got.Raw, young.Raw) {
			t.Errorf("%s: got %v", call, got)
		}
		if err := c.Write(t.Context(), key.Info().ID, young); err != nil || objects(t, soft) != 3 {
			t.Errorf("%s: afterwards: %v, %d objects, want a pair and one certificate", call, err, objects(t, soft))
		}
	}
	// What is read back is not what was written.
	c, m, soft := scripted(t, "plain", token.FixedPIN(softPIN))
	key := generate(t, c, gostKey)
	m.before = func(call string) error {
		if call == "Create" {
			m.attribute = replace(cryptoki.AttrValue, []byte{1})
		}
		return nil
	}
	if err := c.Write(t.Context(), key.Info().ID, tokentest.Certificate(t, key, 1)); !errors.Is(err, token.ErrReadBack) || objects(t, soft) != 2 {
		t.Errorf("got %v and %d objects, want ErrReadBack and the pair", err, objects(t, soft))
	}
}

// TestWriteOtherKey: the carrier itself refuses the certificate of another key.
func TestWriteOtherKey(t *testing.T) {
	c, m, _ := scripted(t, "plain", token.FixedPIN(softPIN))
	key, other := generate(t, c, gostKey), generate(t, c, gostKey)
	if err := c.Write(t.Context(), key.Info().ID, tokentest.Certificate(t, other, 1)); !errors.Is(err, token.ErrOtherKey) || m.calls["Create"] != 0 {
		t.Errorf("got %v after %d objects, want ErrOtherKey and none", err, m.calls["Create"])
	}
}

// TestSlots: each token once, and no virtual slot.
func TestSlots(t *testing.T) {
	soft, _ := newSoft(t, "plain")
	m := &script{Module: soft.Application(), calls: map[string]int{}}
	m.slots = func(ids []uint64) []uint64 { return append(ids, ids...) }
	list, err := pkcs11.Devices(t.Context(), pkcs11.Config{Driver: m})
	if err != nil || len(list) != 1 {
		t.Fatalf("got %v, %v, want one token", list, err)
	}
	s := list[0]
	if s.Device.Label != "Вощёных" || s.Tries != 10 || s.SOTries != 10 || !s.PINSet || s.FreeMemory <= 0 || len(s.Algorithms) != 17 || s.Reader == "" || s.MaxPIN != 64 {
		t.Errorf("got %+v", s)
	}
	rutoken, _ := newSoft(t, "rutoken-ecp3")
	list, err = pkcs11.Devices(t.Context(), pkcs11.Config{Driver: rutoken.Application()})
	if err != nil || len(list) != 1 || fmt.Sprint(list[0].Algorithms[12:]) != "[RSA-2048 RSA-3072 RSA-4096 P-256]" {
		t.Errorf("a token whose largest curve has 256 bits: got %+v, %v", list, err)
	}
	m.tokenInfo = func(i *cryptoki.TokenInfo) { i.Serial = "" }
	if list, err := pkcs11.Devices(t.Context(), pkcs11.Config{Driver: m}); err != nil || len(list) != 0 {
		t.Errorf("without a serial number: got %v, %v, want none", list, err)
	}
}

// TestOpen: a URI that means no token, one, or several.
func TestOpen(t *testing.T) {
	soft, _ := newSoft(t, "plain")
	m := soft.Application()
	serial := soft.List()[0].Serial
	for text, want := range map[string]bool{
		"pkcs11:": true, "pkcs11:serial=" + serial: true, "pkcs11:token=%D0%92%D0%BE%D1%89%D1%91%D0%BD%D1%8B%D1%85": true,
		"pkcs11:serial=none": false, "pkcs11:model=JaCarta": false,
	} {
		uri, err := pkcs11.ParseURI(text)
		if err != nil {
			t.Fatal(err)
		}
		c, err := pkcs11.Open(t.Context(), pkcs11.Config{Driver: m, URI: uri})
		if (err == nil) != want || !want && kind(err) != token.Removed {
			t.Errorf("%s: got %v, want it open: %v", text, err, want)
		}
		if err == nil {
			if again := pkcs11.DeviceURI(c.Device()); again.Serial != serial {
				t.Errorf("got %s", again)
			}
			c.Close()
		}
	}
	if _, err := pkcs11.Open(t.Context(), pkcs11.Config{}); err == nil {
		t.Error("without a library: got no error")
	}
	twins := &script{Module: m, calls: map[string]int{}}
	n := 0
	twins.slots = func(ids []uint64) []uint64 { return append(ids, ids...) }
	twins.tokenInfo = func(i *cryptoki.TokenInfo) { n++; i.Serial += string(rune('0' + n)) }
	if _, err := pkcs11.Open(t.Context(), pkcs11.Config{Driver: twins}); err == nil || !contains(err.Error(), "2 tokens") {
		t.Errorf("two tokens: got %v", err)
	}
}
