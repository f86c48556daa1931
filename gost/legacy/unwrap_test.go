package legacy_test

import (
	"bytes"
	"fmt"
	"log"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/legacy"
)

type wrapExample struct {
	Source              string
	KEK, Seed, CEK, MAC octets
	Encrypted           octets
}

func (e wrapExample) wrapped() []byte { return slices.Concat(e.Encrypted, e.MAC) }

func readWrapExample(t testing.TB) (e wrapExample) {
	t.Helper()
	readJSON(t, "testdata/rfc7836/wrap.json", &e)
	return e
}

func TestUnwrapKey(t *testing.T) {
	e := readWrapExample(t)
	got, err := legacy.UnwrapKey(e.KEK, e.Seed, e.wrapped(), legacy.ParamSetZ())
	if err != nil || !bytes.Equal(got, e.CEK) {
		t.Errorf("%s: got %x, %v, want %x", e.Source, got, err, e.CEK)
	}
}

// Every octet of what comes in is covered by the MAC.
func TestUnwrapKeyRefused(t *testing.T) {
	e := readWrapExample(t)
	kek, ukm, wrapped := []byte(e.KEK), []byte(e.Seed), e.wrapped()
	const want = "legacy: unwrap key: MAC does not match"
	for name, field := range map[string][]byte{"kek": kek, "ukm": ukm, "wrapped": wrapped} {
		for i := range field {
			field[i] ^= 0x10
			if got, err := legacy.UnwrapKey(kek, ukm, wrapped, legacy.ParamSetZ()); got != nil || err == nil || err.Error() != want {
				t.Errorf("octet %d of %s changed: got %x, %v, want error %q", i, name, got, err, want)
			}
			field[i] ^= 0x10
		}
	}
	for _, s := range []*legacy.ParamSet{legacy.ParamSetA(), legacy.ParamSetB(), legacy.ParamSetC(), legacy.ParamSetD()} {
		if got, err := legacy.UnwrapKey(kek, ukm, wrapped, s); got != nil || err == nil || err.Error() != want {
			t.Errorf("with %s: got %x, %v, want error %q", s.Name(), got, err, want)
		}
	}
	if got, err := legacy.UnwrapKeyCryptoPro(kek, ukm, wrapped, legacy.ParamSetZ()); got != nil || err == nil || err.Error() != want {
		t.Errorf("as CryptoPro wraps: got %x, %v, want error %q", got, err, want)
	}
}

func TestUnwrapKeyLengths(t *testing.T) {
	for _, unwrap := range []func(kek, ukm, wrapped []byte, set *legacy.ParamSet) ([]byte, error){
		legacy.UnwrapKey, legacy.UnwrapKeyCryptoPro,
	} {
		for _, tc := range []struct {
			kek, ukm, wrapped int
			want              string
		}{
			{31, 8, 36, "legacy: GOST 28147-89: key of 31 octets, want 32"},
			{0, 8, 36, "legacy: GOST 28147-89: key of 0 octets, want 32"},
			{32, 7, 36, "legacy: unwrap key: UKM of 7 octets, want 8"},
			{32, 0, 36, "legacy: unwrap key: UKM of 0 octets, want 8"},
			{32, 9, 36, "legacy: unwrap key: UKM of 9 octets, want 8"},
			{32, 8, 32, "legacy: unwrap key: 32 octets, want 36"},
			{32, 8, 44, "legacy: unwrap key: 44 octets, want 36"},
			{32, 8, 0, "legacy: unwrap key: 0 octets, want 36"},
		} {
			got, err := unwrap(make([]byte, tc.kek), make([]byte, tc.ukm), make([]byte, tc.wrapped), legacy.ParamSetA())
			if got != nil || err == nil || err.Error() != tc.want {
				t.Errorf("%d, %d, %d octets: got %x, %v, want error %q", tc.kek, tc.ukm, tc.wrapped, got, err, tc.want)
			}
		}
	}
}

// The encrypted messages of TC26: key agreement, unwrapping by both ways, and
// CFB, in the longest message with two changes of the key.
func TestEnvelopedData(t *testing.T) {
	var messages []struct {
		Name, Curve, Wrap string
		Private, Peer     octets
		UKM, Wrapped, CEK octets
		IV, Content       octets
		Plain             string
		Repeat            int
	}
	readJSON(t, "testdata/tc26/enveloped.json", &messages)
	for _, m := range messages {
		t.Run(m.Name, func(t *testing.T) {
			curve, err := gost.CurveByName(m.Curve)
			if err != nil {
				t.Fatal(err)
			}
			key, err := gost.NewPrivateKey(curve, m.Private)
			if err != nil {
				t.Fatal(err)
			}
			peer, err := gost.NewPublicKey(curve, m.Peer)
			if err != nil {
				t.Fatal(err)
			}
			kek, err := key.VKO256(peer, m.UKM)
			if err != nil {
				t.Fatal(err)
			}
			unwrap := legacy.UnwrapKey
			if m.Wrap == "CryptoPro" {
				unwrap = legacy.UnwrapKeyCryptoPro
			}
			cek, err := unwrap(kek, m.UKM, m.Wrapped, legacy.ParamSetZ())
			if err != nil || !bytes.Equal(cek, m.CEK) {
				t.Fatalf("key: got %x, %v, want %x", cek, err, m.CEK)
			}
			stream, err := legacy.NewCFBDecrypter(cek, m.IV, legacy.ParamSetZ())
			if err != nil {
				t.Fatal(err)
			}
			stream.XORKeyStream(m.Content, m.Content)
			if want := strings.Repeat(m.Plain, m.Repeat); string(m.Content) != want {
				t.Errorf("content: got %q, want %q", m.Content, want)
			}
		})
	}
}

// What is wrapped can be changed in no way that is noticed only later: a key
// comes out with no error, or an error with no key.
func FuzzUnwrapKey(f *testing.F) {
	e := readWrapExample(f)
	f.Add([]byte(e.KEK), []byte(e.Seed), e.wrapped())
	f.Fuzz(func(t *testing.T, kek, ukm, wrapped []byte) {
		for _, unwrap := range []func(kek, ukm, wrapped []byte, set *legacy.ParamSet) ([]byte, error){
			legacy.UnwrapKey, legacy.UnwrapKeyCryptoPro,
		} {
			cek, err := unwrap(kek, ukm, wrapped, legacy.ParamSetZ())
			if (err == nil) != (len(cek) == legacy.KeySize) || err != nil && cek != nil {
				t.Errorf("got %x, %v", cek, err)
			}
		}
	})
}

func ExampleUnwrapKey() {
	kek := make([]byte, legacy.KeySize)
	ukm := make([]byte, legacy.UKMSize)
	wrapped := make([]byte, legacy.WrappedKeySize)
	cek, err := legacy.UnwrapKey(kek, ukm, wrapped, legacy.ParamSetZ())
	if err == nil {
		log.Fatal("a MAC of zeros fits")
	}
	fmt.Println(cek == nil, err)
	// Output: true legacy: unwrap key: MAC does not match
}
