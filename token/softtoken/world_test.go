package softtoken_test

import (
	"context"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/softtoken"
)

// An application is a module.
var _ cryptoki.Module = (*softtoken.Application)(nil)

const (
	userPIN = "12345678"
	soPIN   = "87654321"
)

// world is a folder of one token, and an application on it.
type world struct {
	*testing.T
	dir    string
	tokens *softtoken.Tokens
	*softtoken.Application
}

// newWorld opens a new folder with a token of a profile.
func newWorld(t *testing.T, profile string) *world {
	t.Helper()
	w := &world{T: t, dir: t.TempDir()}
	w.open()
	if _, err := w.tokens.Add(softtoken.Format{Profile: profile, Label: "Вощёных"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.tokens.Close() })
	return w
}

func (w *world) open() {
	w.Helper()
	var err error
	if w.tokens, err = softtoken.Open(softtoken.Config{Dir: w.dir, Iterations: 1}); err != nil {
		w.Fatal(err)
	}
	w.Application = w.tokens.Application()
}

// restart closes the folder and opens it anew.
func (w *world) restart() {
	w.Helper()
	if err := w.tokens.Close(); err != nil {
		w.Fatal(err)
	}
	w.open()
}

func (w *world) ctx() context.Context { return w.T.Context() }

func must[V any](t testing.TB) func(V, error) V {
	return func(v V, err error) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (w *world) session(write bool) cryptoki.Session {
	w.Helper()
	return must[cryptoki.Session](w)(w.OpenSession(w.ctx(), 0, write))
}

// user is a session that may write, with the user logged in.
func (w *world) user() cryptoki.Session {
	w.Helper()
	s := w.session(true)
	w.want(cryptoki.OK, w.Login(w.ctx(), s, cryptoki.User, []byte(w.factory(cryptoki.User))))
	return s
}

func (w *world) factory(user uint32) string {
	if w.tokens.List()[0].Profile == "jacarta-2" {
		return map[uint32]string{cryptoki.User: "1234567890", cryptoki.SecurityOfficer: "0987654321"}[user]
	}
	return map[uint32]string{cryptoki.User: userPIN, cryptoki.SecurityOfficer: soPIN}[user]
}

// want compares an error with a code; OK is none.
func (w *world) want(want cryptoki.Code, got error) {
	w.Helper()
	if want == cryptoki.OK && got != nil || want != cryptoki.OK && got != error(want) {
		w.Errorf("got %v, want %v", got, want)
	}
}

// pair is a kind of key pair.
type pair struct {
	name      string
	generate  uint32
	public    []cryptoki.Attribute
	raw       cryptoki.Mechanism // signs a digest
	whole     cryptoki.Mechanism // signs a message
	signature int
}

func oidOf(c *gost.Curve) []byte {
	return der.Marshal(func(b *der.Builder) { b.AddASN1ObjectIdentifier(c.OID()) })
}

func gostPair(c *gost.Curve) pair {
	p := pair{
		name: c.Name(), generate: cryptoki.GOSTKeyPairGen, signature: 64,
		public: []cryptoki.Attribute{cryptoki.Bytes(cryptoki.AttrGOSTParams, oidOf(c))},
		raw:    cryptoki.Mechanism{Type: cryptoki.GOSTSign}, whole: cryptoki.Mechanism{Type: cryptoki.GOSTSignHash256},
	}
	if c.Size() == 64 {
		p.generate, p.signature = cryptoki.GOST512KeyGen, 128
		p.raw.Type, p.whole.Type = cryptoki.GOST512Sign, cryptoki.GOSTSignHash512
	}
	return p
}

var (
	oidP256 = []byte{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}
	oidP384 = []byte{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22}
	rsaPair = pair{
		name: "RSA-2048", generate: cryptoki.RSAKeyPairGen, public: []cryptoki.Attribute{cryptoki.Number(cryptoki.AttrModulusBits, 2048)},
		raw: cryptoki.Mechanism{Type: cryptoki.RSAPKCS}, whole: cryptoki.Mechanism{Type: cryptoki.SHA256RSAPKCS}, signature: 256,
	}
	p256Pair = pair{
		name: "P-256", generate: cryptoki.ECKeyPairGen, public: []cryptoki.Attribute{cryptoki.Bytes(cryptoki.AttrECParams, oidP256)},
		raw: cryptoki.Mechanism{Type: cryptoki.ECDSA}, whole: cryptoki.Mechanism{Type: cryptoki.ECDSASHA256}, signature: 64,
	}
	p384Pair = pair{
		name: "P-384", generate: cryptoki.ECKeyPairGen, public: []cryptoki.Attribute{cryptoki.Bytes(cryptoki.AttrECParams, oidP384)},
		raw: cryptoki.Mechanism{Type: cryptoki.ECDSA}, whole: cryptoki.Mechanism{Type: cryptoki.ECDSASHA256}, signature: 96,
	}
)

// generate makes a key pair on the token.
func (w *world) generate(s cryptoki.Session, p pair, more ...cryptoki.Attribute) (pub, priv cryptoki.Object) {
	w.Helper()
	common := append([]cryptoki.Attribute{cryptoki.Bool(cryptoki.AttrToken, true), cryptoki.Bytes(cryptoki.AttrID, []byte("id")), cryptoki.Text(cryptoki.AttrLabel, p.name)}, more...)
	pub, priv, err := w.GenerateKeyPair(w.ctx(), s, cryptoki.Mechanism{Type: p.generate}, append(common[:len(common):len(common)], p.public...), common)
	if err != nil {
		w.Fatalf("%s: %v", p.name, err)
	}
	return pub, priv
}

func (w *world) attribute(s cryptoki.Session, o cryptoki.Object, t uint32) []byte {
	w.Helper()
	return must[[]byte](w)(w.Attribute(w.ctx(), s, o, t))
}

// find returns the objects of a class.
func (w *world) find(s cryptoki.Session, c cryptoki.Class) []cryptoki.Object {
	w.Helper()
	return must[[]cryptoki.Object](w)(w.Find(w.ctx(), s, []cryptoki.Attribute{cryptoki.Number(cryptoki.AttrClass, c)}))
}
