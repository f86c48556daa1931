package cryptopro_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/cryptopro"
	"github.com/surguch/surguch/token/tokentest"
)

// seeds are the golden containers, and those of others.
func seeds(f *testing.F) []cryptopro.Files {
	var all []cryptopro.Files
	for _, g := range golden {
		all = append(all, readFolder(f, filepath.Join("testdata", "golden", g.name)))
	}
	certified := newForge(f, "certified")
	certified.header = slices.Insert(certified.header, 3, tlv(0x85, tokentest.Certificate(f, certified.key, 1).Raw))
	minimal := newForge(f, "minimal")
	minimal.header = [][]byte{bits(0), tlv(0x30, bits(7, 0x80), algorithm(idKey256, gost.CryptoProXchA().OID(), idDigest256)), minimal.header[3]}
	old := newForge(f, "old")
	old.boxes = plainBoxesA
	old.header[2] = tlv(0x30, bits(7, 0x80), algorithm(idDH2001, gost.CryptoProXchA().OID(), idDigest94, idCipherA))
	two := newForge(f, "two")
	two.header = append(two.header, tlv(0x8b, make([]byte, 8)))
	for _, made := range []*forge{certified, minimal, old, two} {
		all = append(all, made.files())
	}
	return all
}

// checkParsed wants a container or an error, and all that a container tells to
// be told without a panic.
func checkParsed(t *testing.T, files cryptopro.Files) {
	before := map[string][]byte{}
	for name, data := range byName(files) {
		before[name] = bytes.Clone(data)
	}
	c, err := cryptopro.Parse(files)
	if (c == nil) == (err == nil) {
		t.Fatalf("got %v, %v", c, err)
	}
	if err != nil {
		if !errors.Is(err, cryptopro.ErrDamaged) && !errors.Is(err, cryptopro.ErrUnsupported) {
			t.Fatalf("got an error of another kind: %v", err)
		}
		return
	}
	if !reflect.DeepEqual(byName(c.Files()), before) {
		t.Fatal("got other files back")
	}
	c.Name()
	c.Validity()
	c.Findings()
	for _, open := range []func([]byte) (*gost.PrivateKey, error){c.Open, c.OpenSecondary} {
		if key, err := open(nil); (key == nil) == (err == nil) {
			t.Fatalf("got %v, %v", key, err)
		} else if err == nil {
			k, _ := c.Secondary()
			for _, info := range []cryptopro.KeyInfo{c.Primary(), k} {
				if changed, err := c.WithCertificate(info.RawCertificate); err == nil && changed.Name() != c.Name() {
					t.Fatal("a certificate changed the name")
				}
			}
		}
	}
	k, two := c.Secondary()
	for _, info := range []cryptopro.KeyInfo{c.Primary(), k} {
		if info.RawCertificate == nil {
			continue
		}
		// Installing what is installed changes nothing.
		changed, err := c.WithCertificate(info.RawCertificate)
		if err == nil && !two && !bytes.Equal(changed.Files().Header, files.Header) {
			t.Fatalf("got header %x, want %x", changed.Files().Header, files.Header)
		}
		if err != nil && !errors.Is(err, token.ErrOtherKey) && !slices.Contains(c.Findings(), cryptopro.OtherCertificate) && !info.Legacy {
			t.Fatalf("the certificate that is there: %v", err)
		}
	}
}

func FuzzHeader(f *testing.F) {
	whole := newForge(f, "fuzz").files()
	for _, s := range seeds(f) {
		f.Add(s.Header, true)
		f.Add(s.Header, false)
	}
	f.Fuzz(func(t *testing.T, header []byte, mend bool) {
		files := whole
		files.Header = header
		if mend { // with a MAC that fits, to come further
			files.Header = mended(header)
		}
		checkParsed(t, files)
	})
}

// mended gives a header's content a MAC that fits; what is no header stays.
func mended(header []byte) []byte {
	for _, at := range []int{2, 3, 4} { // after a length of 1, 2 or 3 octets
		if len(header) > at+6 && header[at] == 0x30 {
			content := header[at : len(header)-6]
			return tlv(0x30, content, tlv(4, plainMAC(plainBoxesZ, make([]byte, 32), content)))
		}
	}
	return header
}

func FuzzName(f *testing.F) {
	whole := newForge(f, "fuzz").files()
	for _, s := range seeds(f) {
		f.Add(s.Name)
	}
	key := newForge(f, "fuzz").key
	f.Fuzz(func(t *testing.T, name []byte) {
		files := whole
		files.Name = name
		checkParsed(t, files)
		c, err := cryptopro.Parse(files)
		if err != nil || name == nil {
			return
		}
		// A name that can be written is written as it was read.
		made, err := cryptopro.New(key, cryptopro.Template{Name: c.Name()})
		if err == nil && !bytes.HasSuffix(name, made.Files().Name[2:]) && !bytes.Contains(name, made.Files().Name[2:]) {
			t.Fatalf("got %x, want %x", made.Files().Name, name)
		}
	})
}

func FuzzPair(f *testing.F) {
	whole := newForge(f, "fuzz").files()
	for _, s := range seeds(f) {
		f.Add(s.Primary, s.Masks)
		f.Add(s.Primary2, s.Masks2)
	}
	f.Fuzz(func(t *testing.T, primary, masks []byte) {
		checkParsed(t, cryptopro.Files{Name: whole.Name, Header: whole.Header, Primary: primary, Masks: masks})
		checkParsed(t, cryptopro.Files{
			Name: whole.Name, Header: whole.Header, Primary: whole.Primary, Masks: whole.Masks, Primary2: primary, Masks2: masks,
		})
	})
}

func FuzzFolder(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s.Name, s.Header, s.Primary, s.Masks, s.Primary2, s.Masks2)
	}
	f.Fuzz(func(t *testing.T, name, header, primary, masks, primary2, masks2 []byte) {
		checkParsed(t, cryptopro.Files{Name: name, Header: header, Primary: primary, Masks: masks, Primary2: primary2, Masks2: masks2})
	})
}
