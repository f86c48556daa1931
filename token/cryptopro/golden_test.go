package cryptopro_test

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token/cryptopro"
)

var update = flag.Bool("update", false, "write testdata/golden anew")

// golden are the containers in testdata/golden. Keys, masks and salts come
// from a fixed stream, so the files may not change.
var golden = []struct {
	name     string
	curve    *gost.Curve
	password string
	template cryptopro.Template
}{
	{"xcha", gost.CryptoProXchA(), "", cryptopro.Template{Name: "Вощёных-xcha", Exportable: true}},
	{"xcha-password", gost.CryptoProXchA(), "12345678", cryptopro.Template{Name: "Вощёных xcha", Exportable: true, CipherParameters: true}},
	{"256a", gost.TC26A256(), "", cryptopro.Template{Name: "tc26-256-A", SignatureOnly: true}},
	{"256a-password", gost.TC26A256(), "q~ !\"'", cryptopro.Template{
		Name: "№ 256-А", Exportable: true, SignatureOnly: true,
		NotBefore: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), NotAfter: time.Date(2028, 2, 22, 12, 0, 0, 0, time.UTC),
	}},
	{"512a", gost.TC26A512(), "", cryptopro.Template{Name: "tc26-512-A", NotAfter: time.Date(2028, 2, 29, 23, 59, 59, 0, time.UTC)}},
	{"512a-password", gost.TC26A512(), "12345678", cryptopro.Template{Name: "tc26-512-A, с паролем", Exportable: true}},
}

// stream is a source of the same octets every time.
func stream(name string) *rand.ChaCha8 {
	var seed [32]byte
	copy(seed[:], name)
	return rand.NewChaCha8(seed)
}

// makeGolden makes a container of the list anew.
func makeGolden(t testing.TB, i int) (*gost.PrivateKey, *cryptopro.Container) {
	t.Helper()
	g := golden[i]
	source := stream(g.name)
	key, err := gost.GenerateKey(g.curve, source)
	if err != nil {
		t.Fatal(err)
	}
	g.template.Password, g.template.Random = []byte(g.password), source
	c, err := cryptopro.New(key, g.template)
	if err != nil {
		t.Fatal(err)
	}
	return key, c
}

// byName returns the files of a container by their names, those that are
// there.
func byName(f cryptopro.Files) map[string][]byte {
	all := map[string][]byte{
		"name.key": f.Name, "header.key": f.Header, "primary.key": f.Primary,
		"masks.key": f.Masks, "primary2.key": f.Primary2, "masks2.key": f.Masks2,
	}
	for name, data := range all {
		if data == nil {
			delete(all, name)
		}
	}
	return all
}

func readFolder(t testing.TB, dir string) cryptopro.Files {
	t.Helper()
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	return cryptopro.Files{
		Name: read("name.key"), Header: read("header.key"), Primary: read("primary.key"),
		Masks: read("masks.key"), Primary2: read("primary2.key"), Masks2: read("masks2.key"),
	}
}

// TestGolden writes the containers anew and wants the same octets, and opens
// what is in testdata by this package and by a reader that knows nothing of
// it.
func TestGolden(t *testing.T) {
	t.Parallel()
	for i, g := range golden {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			key, c := makeGolden(t, i)
			dir := filepath.Join("testdata", "golden", g.name)
			if *update {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				for name, data := range byName(c.Files()) {
					if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			kept := readFolder(t, dir)
			for name, want := range byName(kept) {
				if got := byName(c.Files())[name]; !bytes.Equal(got, want) {
					t.Errorf("%s: got %x, want %x", name, got, want)
				}
			}
			checkGolden(t, i, key, kept)
			if got, want := readFirst(t, kept, g.password), key.Bytes(); !bytes.Equal(got, want) {
				t.Errorf("another reader: got key %x, want %x", got, want)
			}
			kept.Primary, kept.Masks = kept.Primary2, kept.Masks2
			if got, want := readFirst(t, kept, g.password), key.Bytes(); !bytes.Equal(got, want) {
				t.Errorf("another reader, the reserve: got key %x, want %x", got, want)
			}
		})
	}
}

// checkGolden reads a container and compares all that can be told of it.
func checkGolden(t *testing.T, i int, key *gost.PrivateKey, f cryptopro.Files) {
	t.Helper()
	g := golden[i]
	c, err := cryptopro.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Findings(); len(got) != 0 {
		t.Errorf("got findings %v, want none", got)
	}
	info := c.Primary()
	if c.Name() != g.template.Name || c.Protected() != (g.password != "") || info.Curve != g.curve || info.Legacy ||
		info.Exportable != g.template.Exportable || info.Exchange == g.template.SignatureOnly || info.RawCertificate != nil ||
		!bytes.Equal(info.Fingerprint, key.PublicKey().Bytes()[:8]) {
		t.Errorf("got %q, protected %v, %+v", c.Name(), c.Protected(), info)
	}
	if k, ok := c.Secondary(); ok {
		t.Errorf("got a second key %+v", k)
	}
	notBefore, notAfter := c.Validity()
	if !notBefore.Equal(g.template.NotBefore) || !notAfter.Equal(g.template.NotAfter) {
		t.Errorf("got validity %v to %v, want %v to %v", notBefore, notAfter, g.template.NotBefore, g.template.NotAfter)
	}
	if got, err := c.Open([]byte(g.password)); err != nil || !got.Equal(key) {
		t.Errorf("got %v, %v, want the key", got, err)
	}
}
