package gost_test

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"log"
	"math/big"
	"slices"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/internal/oracle"
	"github.com/surguch/surguch/gost/kdf"
	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/modes"
	"github.com/surguch/surguch/gost/streebog"
)

func TestVKOExamples(t *testing.T) {
	var examples []struct {
		Source  string
		UKM     octets
		A, B    octets
		APublic octets `json:"a_public"`
		BPublic octets `json:"b_public"`
		KEK     octets
	}
	readJSON(t, "testdata/rfc7836/vko.json", &examples)
	if len(examples) != 2 {
		t.Fatalf("got %d examples, want 2", len(examples))
	}
	for _, e := range examples {
		a, err := gost.NewPrivateKey(gost.TC26A512(), e.A)
		if err != nil {
			t.Fatal(err)
		}
		b, err := gost.NewPrivateKey(gost.TC26A512(), e.B)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.PublicKey().Bytes(), e.APublic) || !bytes.Equal(b.PublicKey().Bytes(), e.BPublic) {
			t.Errorf("%s: keys do not belong together", e.Source)
		}
		vko := (*gost.PrivateKey).VKO256
		if len(e.KEK) == streebog.Size512 {
			vko = (*gost.PrivateKey).VKO512
		}
		for _, pair := range [][2]*gost.PrivateKey{{a, b}, {b, a}} {
			got, err := vko(pair[0], pair[1].PublicKey(), e.UKM)
			if err != nil || !bytes.Equal(got, e.KEK) {
				t.Errorf("%s: got %x, %v, want %x", e.Source, got, err, e.KEK)
			}
		}
	}
}

// The common point is that of plain arithmetic, on every curve.
func TestVKO(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
		a, b := generate(t, c, 1), generate(t, c, 2)
		full := bytes.Repeat([]byte{0xff}, c.Size())
		ukms := [][]byte{nil, {2, 3, 4, 5, 6, 7, 8, 9}, full}
		if c == gost.TC26A256() {
			ukms = append(ukms, []byte{}, []byte{1}, []byte{1, 0}, []byte{0, 1})
		}
		for _, ukm := range ukms {
			n := oracle.Number(ukm)
			if len(ukm) == 0 {
				n = big.NewInt(1)
			}
			n.Mul(n, big.NewInt(int64(s.Cofactor)))
			n.Mul(n, oracle.Number(a.Bytes()))
			n.Mod(n, s.Q)
			public := b.PublicKey().Bytes()
			peer := oracle.Point{X: oracle.Number(public[:c.Size()]), Y: oracle.Number(public[c.Size():])}
			point := s.Encode(s.Multiply(n, peer))

			want := streebog.Sum256(point)
			for _, pair := range [][2]*gost.PrivateKey{{a, b}, {b, a}} {
				got, err := pair[0].VKO256(pair[1].PublicKey(), ukm)
				if err != nil || !bytes.Equal(got, want[:]) {
					t.Errorf("VKO256 with UKM %x: got %x, %v, want %x", ukm, got, err, want)
				}
			}
			got, err := a.VKO512(b.PublicKey(), ukm)
			if c.Size() == streebog.Size256 {
				if got != nil || err == nil {
					t.Errorf("VKO512 with a key of 256 bits: got %x, %v, want an error", got, err)
				}
				continue
			}
			if want := streebog.Sum512(point); err != nil || !bytes.Equal(got, want[:]) {
				t.Errorf("VKO512 with UKM %x: got %x, %v, want %x", ukm, got, err, want)
			}
		}
	})
}

// The octets of UKM are left alone, those of its spare capacity included.
func TestVKOKeepsUKM(t *testing.T) {
	a, b := generate(t, gost.TC26A256(), 1), generate(t, gost.TC26A256(), 2)
	ukm := bytes.Repeat([]byte{0x55}, 32)
	before := bytes.Clone(ukm)
	if _, err := a.VKO256(b.PublicKey(), ukm[:8]); err != nil {
		t.Fatal(err)
	}
	if _, err := a.KEG(b.PublicKey(), ukm); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(ukm, before) {
		t.Errorf("got %x, want %x", ukm, before)
	}
}

func TestVKOErrors(t *testing.T) {
	a, b := generate(t, gost.CryptoProA(), 1), generate(t, gost.TC26B256(), 2)
	long := generate(t, gost.TC26A512(), 1)
	q := oracle.Named("CryptoPro-A").Octets(oracle.Named("CryptoPro-A").Q)
	vko256, vko512, keg := (*gost.PrivateKey).VKO256, (*gost.PrivateKey).VKO512, (*gost.PrivateKey).KEG
	for _, tc := range []struct {
		name  string
		agree func(*gost.PrivateKey, *gost.PublicKey, []byte) ([]byte, error)
		key   *gost.PrivateKey
		peer  *gost.PublicKey
		ukm   []byte
		want  string
	}{
		{"another set of the same curve", vko256, a, b.PublicKey(), nil, "a key on CryptoPro-A with one on 256-B"},
		{"a key of another length", vko512, long, a.PublicKey(), nil, "a key on 512-A with one on CryptoPro-A"},
		{"short key", vko512, a, a.PublicKey(), nil, "VKO of 512 bits with a key of 256 bits"},
		{"zero", vko256, a, a.PublicKey(), make([]byte, 8), "UKM is zero"},
		{"zero of full length", vko512, long, long.PublicKey(), make([]byte, 64), "UKM is zero"},
		{"q", vko256, a, a.PublicKey(), q, "UKM is zero"},
		{"long UKM", vko256, a, a.PublicKey(), make([]byte, 33), "UKM of 33 octets, want at most 32"},
		{"long UKM of 512 bits", vko512, long, long.PublicKey(), make([]byte, 65), "UKM of 65 octets, want at most 64"},
		{"KEG without UKM", keg, a, a.PublicKey(), nil, "UKM of 0 octets, want 32"},
		{"KEG with a short UKM", keg, long, long.PublicKey(), make([]byte, 31), "UKM of 31 octets, want 32"},
		{"KEG with a long UKM", keg, a, a.PublicKey(), make([]byte, 33), "UKM of 33 octets, want 32"},
		{"KEG on two sets", keg, b, a.PublicKey(), make([]byte, 32), "a key on 256-B with one on CryptoPro-A"},
	} {
		got, err := tc.agree(tc.key, tc.peer, tc.ukm)
		if want := "gost: key agreement: " + tc.want; got != nil || err == nil || err.Error() != want {
			t.Errorf("%s: got %x, %v, want error %q", tc.name, got, err, want)
		}
	}
}

// KEG is VKO and, for keys of 256 bits, KDF_TREE after it.
func TestKEG(t *testing.T) {
	ukm := make([]byte, 32)
	for i := range ukm {
		ukm[i] = byte(i + 1)
	}
	zero := slices.Concat(make([]byte, 16), ukm[16:])
	for _, tc := range []struct {
		name   string
		ukm, r []byte
	}{
		{"big-endian", ukm, reversed(ukm[:16])},
		{"zero", zero, []byte{1}},
	} {
		a, b := generate(t, gost.TC26C512(), 1), generate(t, gost.TC26C512(), 2)
		want, err := a.VKO512(b.PublicKey(), tc.r)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := b.KEG(a.PublicKey(), tc.ukm); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s, 512 bits: got %x, %v, want %x", tc.name, got, err, want)
		}
		a, b = generate(t, gost.TC26A256(), 1), generate(t, gost.TC26A256(), 2)
		key, err := a.VKO256(b.PublicKey(), tc.r)
		if err != nil {
			t.Fatal(err)
		}
		want = nil
		for i := range byte(2) {
			mac := hmac.New(streebog.New256, key)
			mac.Write(slices.Concat([]byte{i + 1}, []byte("kdf tree"), []byte{0}, tc.ukm[16:24], []byte{2, 0}))
			want = mac.Sum(want)
		}
		if got, err := b.KEG(a.PublicKey(), tc.ukm); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s, 256 bits: got %x, %v, want %x", tc.name, got, err, want)
		}
	}
}

// A message is decrypted with the keys of KEG, those of the MAC and the cipher
// in this order.
func TestKEGMessage(t *testing.T) {
	var m struct {
		Source       string
		PrivateKey   octets `json:"private_key"`
		Originator   octets
		UKM, Wrapped octets
		ContentUKM   octets `json:"content_ukm"`
		Content, MAC octets
		Text         octets
	}
	readJSON(t, "testdata/tc26/keyagree_a211.json", &m)
	k, err := gost.ParsePKCS8PrivateKey(m.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	originator, err := gost.NewPublicKey(k.Curve(), m.Originator)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := k.KEG(originator, m.UKM)
	if err != nil {
		t.Fatal(err)
	}
	cek, err := modes.KImp15(kuznyechik.New, keys[:32], keys[32:], m.UKM[24:], m.Wrapped)
	if err != nil {
		t.Fatalf("%s: %v", m.Source, err)
	}
	keys = kdf.Tree(cek, []byte("kdf tree"), m.ContentUKM[8:], 1, 64)
	stream, err := modes.NewCTRACPKM(kuznyechik.New, keys[:32], m.ContentUKM[:8], modes.KuznyechikSection)
	if err != nil {
		t.Fatal(err)
	}
	text, mac := make([]byte, len(m.Content)), make([]byte, len(m.MAC))
	stream.XORKeyStream(text, m.Content)
	stream.XORKeyStream(mac, m.MAC)
	if !bytes.Equal(text, m.Text) {
		t.Errorf("%s: text: got %x, want %x", m.Source, text, m.Text)
	}
	block, err := kuznyechik.New(keys[32:])
	if err != nil {
		t.Fatal(err)
	}
	want := modes.NewOMAC(block)
	want.Write(text)
	if want := want.Sum(nil); !bytes.Equal(mac, want) {
		t.Errorf("%s: MAC: got %x, want %x", m.Source, mac, want)
	}
}

// OpenSSL agrees on the same keys. For a UKM of KEG that begins with 16 zeros,
// gost-engine 3.0.1 is not asked: it takes 2^120 where 1 is right.
func TestOpenSSLVKO(t *testing.T) {
	o := newOpenSSL(t)
	curves := gost.Curves()
	if testing.Short() {
		curves = []*gost.Curve{gost.TC26A256(), gost.CryptoProB(), gost.TC26C512()}
	}
	for _, c := range curves {
		t.Run(c.Name(), func(t *testing.T) {
			o := &openssl{t, o.path, o.dir}
			a, b := generate(t, c, 1), generate(t, c, 2)
			o.write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: gost.MarshalPKCS8PrivateKey(a)}))
			o.write("peer.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: gost.MarshalPKIXPublicKey(b.PublicKey())}))
			derive := func(ukm []byte, options ...string) []byte {
				t.Helper()
				args := []string{"pkeyutl", "-engine", "gost", "-derive", "-inkey", "key.pem", "-peerkey", "peer.pem",
					"-pkeyopt", "ukmhex:" + hex.EncodeToString(ukm)}
				return o.run(append(args, options...)...)
			}
			ukm := make([]byte, 32)
			randomSource(3).Read(ukm)

			got, err := b.VKO256(a.PublicKey(), ukm[:8])
			if want := derive(ukm[:8], "-pkeyopt", "vko:256"); err != nil || !bytes.Equal(got, want) {
				t.Errorf("VKO256: got %x, %v, want %x", got, err, want)
			}
			if c.Size() == streebog.Size512 {
				got, err := b.VKO512(a.PublicKey(), ukm[:8])
				if want := derive(ukm[:8], "-pkeyopt", "vko:512"); err != nil || !bytes.Equal(got, want) {
					t.Errorf("VKO512: got %x, %v, want %x", got, err, want)
				}
			}
			got, err = b.KEG(a.PublicKey(), ukm)
			if want := derive(ukm); err != nil || !bytes.Equal(got, want) {
				t.Errorf("KEG: got %x, %v, want %x", got, err, want)
			}
		})
	}
}

// Both sides come to the same two keys.
func ExamplePrivateKey_KEG() {
	alice, err := gost.GenerateKey(gost.TC26A512(), nil)
	if err != nil {
		log.Fatal(err)
	}
	bob, err := gost.GenerateKey(gost.TC26A512(), nil)
	if err != nil {
		log.Fatal(err)
	}
	ukm := []byte("thirty-two octets for every key.")
	ours, err := alice.KEG(bob.PublicKey(), ukm)
	if err != nil {
		log.Fatal(err)
	}
	theirs, err := bob.KEG(alice.PublicKey(), ukm)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(bytes.Equal(ours[:32], theirs[:32]), bytes.Equal(ours[32:], theirs[32:]))
	// Output: true true
}

func BenchmarkVKO(b *testing.B) {
	ukm := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	for _, c := range gost.Curves() {
		k, peer := generate(b, c, 1), generate(b, c, 2).PublicKey()
		b.Run(c.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := k.VKO256(peer, ukm); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Both sides come to the same key, each with its own private key and the
// public key of the other.
func ExamplePrivateKey_VKO256() {
	alice, err := gost.GenerateKey(gost.TC26A256(), nil)
	if err != nil {
		log.Fatal(err)
	}
	bob, err := gost.GenerateKey(gost.TC26A256(), nil)
	if err != nil {
		log.Fatal(err)
	}
	ukm := []byte("8 octets")
	ours, err := alice.VKO256(bob.PublicKey(), ukm)
	if err != nil {
		log.Fatal(err)
	}
	theirs, err := bob.VKO256(alice.PublicKey(), ukm)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(ours), bytes.Equal(ours, theirs))
	// Output: 32 true
}
