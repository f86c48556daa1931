package cryptopro_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/cryptopro"
	"github.com/surguch/surguch/token/tokentest"
)

// person answers questions for passwords and remembers them.
type person struct {
	mu       sync.Mutex
	answers  map[string]string // by the container's name; "": for all others
	err      error
	asked    []token.Question
	returned [][]byte
}

func (p *person) pin(_ context.Context, q token.Question) (token.Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, q)
	answer, ok := p.answers[q.Device.Label]
	if !ok {
		answer = p.answers[""]
	}
	secret := []byte(answer)
	p.returned = append(p.returned, secret)
	return token.Answer{PIN: secret}, p.err
}

// take returns the questions since the last time, and wants the answers wiped.
func (p *person) take(t *testing.T) []token.Question {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, secret := range p.returned {
		if len(bytes.Trim(secret, "\x00")) != 0 {
			t.Errorf("the password %q was not wiped", secret)
		}
	}
	asked := p.asked
	p.asked, p.returned = nil, nil
	return asked
}

func open(t testing.TB, dir string, pin token.PIN) *cryptopro.Carrier {
	t.Helper()
	c, err := cryptopro.Open(cryptopro.Config{Dir: dir, Password: pin})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func list(t testing.TB, c token.Carrier) []token.Entry {
	t.Helper()
	entries, err := c.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func checkFault(t testing.TB, what string, err error, fault token.Fault, text string) {
	t.Helper()
	var e *token.Error
	if !errors.As(err, &e) || e.Fault != fault || e.Tries >= 0 || e.Op == "" || e.Device.Manufacturer != "CryptoPro" || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: got %v, want %s with %q", what, err, fault, text)
	}
}

// put makes a container in a folder.
func put(t testing.TB, dir, folder string, f cryptopro.Files) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, data := range byName(f) {
		if err := os.WriteFile(filepath.Join(dir, folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCarrier takes a key of every set from its birth to its end, with a
// password and without, and counts how often the password is asked for.
func TestCarrier(t *testing.T) {
	t.Parallel()
	every := 4 // of the sets, with a password
	if testing.Short() {
		every = 8
	}
	for _, password := range []string{"", "12345678"} {
		dir := filepath.Join(t.TempDir(), "new", "keys")
		for i, curve := range gost.Curves() {
			if password != "" && i%every != 0 {
				continue
			}
			who := &person{answers: map[string]string{"": password}}
			c := open(t, dir, who.pin)
			device := token.Device{Manufacturer: "CryptoPro", Model: "folder container", Serial: "keys"}
			id := fmt.Sprintf("%032x", 0xabcdef00+i)
			key, err := c.Generate(t.Context(), token.Spec{Algorithm: curve.Name(), Name: "Вощёных № " + curve.Name(), ID: id})
			if err != nil {
				t.Fatal(err)
			}
			want := token.Info{ID: id, Name: "Вощёных № " + curve.Name(), Algorithm: curve.Name(), Device: device, Extractable: true}
			if key.Info() != want {
				t.Errorf("got %v, want %v", key.Info(), want)
			}
			device.Label = "Вощёных № " + curve.Name() + "-" + id
			if got, want := who.take(t), []token.Question{{Device: device, Left: -1, New: true}}; !slices.Equal(got, want) {
				t.Errorf("%s: a new key: got questions %v, want %v", curve.Name(), got, want)
			}
			cert := tokentest.Certificate(t, key, 1)
			if err := token.Install(t.Context(), c, id, csr.Standard(), cert); err != nil {
				t.Errorf("%s: %v", curve.Name(), err)
			}
			var questions []token.Question
			if password != "" {
				questions = []token.Question{{Device: device, Left: -1}}
			}
			if got := who.take(t); !slices.Equal(got, questions) {
				t.Errorf("%s: a certificate: got questions %v, want %v, for the test signature", curve.Name(), got, questions)
			}

			// Another carrier, of another process.
			c = open(t, dir, who.pin)
			entry, err := token.Find(t.Context(), c, id)
			if err != nil {
				t.Fatal(err)
			}
			if entry.Info != want || entry.Key.Info() != want || !bytes.Equal(entry.Certificate.Raw, cert.Raw) || !entry.Key.Public().(*gost.PublicKey).Equal(cert.PublicKey) {
				t.Errorf("%s: got %v, want %v", curve.Name(), entry.Info, want)
			}
			if got := who.take(t); len(got) != 0 {
				t.Errorf("%s: a list: got questions %v, want none", curve.Name(), got)
			}
			for range 2 {
				if _, _, err := csr.Standard().Sign(entry.Key, []byte("message")); err != nil {
					t.Errorf("%s: %v", curve.Name(), err)
				}
			}
			if got := who.take(t); !slices.Equal(got, questions) {
				t.Errorf("%s: two signatures: got questions %v, want %v", curve.Name(), got, questions)
			}
		}
		checkModes(t, dir)
		c := open(t, dir, nil)
		for _, e := range list(t, c) {
			if err := c.Delete(t.Context(), e.Info.ID); err != nil {
				t.Error(err)
			}
			if err := c.Delete(t.Context(), e.Info.ID); !errors.Is(err, token.ErrNotFound) {
				t.Errorf("a second time: got %v, want ErrNotFound", err)
			}
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("got %v, %v left", left, err)
		}
	}
}

// checkModes wants everything for the owner alone.
func checkModes(t *testing.T, dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		return
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		} else {
			files++
		}
		if err == nil && info.Mode().Perm() != want {
			t.Errorf("%s: got mode %v, want %v", path, info.Mode().Perm(), want)
		}
		return err
	})
	if err != nil || files%6 != 0 || files == 0 {
		t.Errorf("got %d files, %v, want six of each container", files, err)
	}
}

// TestPublicUnknown lists a key that has no certificate yet, in a carrier that
// did not make it.
func TestPublicUnknown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := open(t, dir, token.FixedPIN("12345678"))
	made, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-XchA"})
	if err != nil {
		t.Fatal(err)
	}
	pub := made.Public().(*gost.PublicKey)
	cert := tokentest.Certificate(t, made, 1)

	who := &person{answers: map[string]string{"": "12345678"}}
	c = open(t, dir, who.pin)
	for range 2 {
		e := list(t, c)[0]
		if !pub.Equal(e.Key.Public()) || e.Certificate != nil {
			t.Errorf("got public key %v", e.Key.Public())
		}
	}
	if got := who.take(t); len(got) != 1 || got[0].New || got[0].Device.Label != made.Info().ID {
		t.Errorf("got questions %v, want one", got)
	}

	// Whoever knows no password, or not the right one, has the fingerprint, by
	// which a certificate is installed all the same.
	who = &person{answers: map[string]string{"": "wrong"}}
	for what, pin := range map[string]token.PIN{"no one to ask": nil, "a wrong password": who.pin} {
		c := open(t, dir, pin)
		e := list(t, c)[0]
		f, ok := e.Key.Public().(cryptopro.Fingerprint)
		if !ok || !f.Equal(pub) || !bytes.Equal(f[:], pub.Bytes()[:8]) || f.String() != hex.EncodeToString(f[:]) {
			t.Errorf("%s: got public key %v", what, e.Key.Public())
		}
		if err := c.Write(t.Context(), made.Info().ID, cert); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		e = list(t, c)[0]
		if !pub.Equal(e.Key.Public()) || !bytes.Equal(e.Certificate.Raw, cert.Raw) {
			t.Errorf("%s: got %v with a certificate", what, e.Key.Public())
		}
		_, err := e.Key.Sign(nil, make([]byte, 32), nil)
		if pin == nil {
			checkFault(t, what, err, token.Policy, "has a password")
		} else {
			checkFault(t, what, err, token.WrongPIN, "wrong PIN")
		}
		put(t, dir, made.Info().ID[:8]+".000", withoutCertificate(t, filepath.Join(dir, made.Info().ID[:8]+".000")))
	}
	if got := who.take(t); len(got) != 2 {
		t.Errorf("got %d questions, want one by List and one by Sign", len(got))
	}
}

// withoutCertificate reads a container and takes the certificate away.
func withoutCertificate(t testing.TB, dir string) cryptopro.Files {
	t.Helper()
	f := readFolder(t, dir)
	all, _ := elements(t, f.Header)
	all = slices.DeleteFunc(all, func(e []byte) bool { return e[0] == 0x85 })
	f.Header = (&forge{boxes: plainBoxesZ}).sealHeader(all...)
	return f
}

// TestFingerprint compares fingerprints with keys.
func TestFingerprint(t *testing.T) {
	key, other := newForge(t, "key").key, newForge(t, "other").key
	var f cryptopro.Fingerprint
	if f.Equal(key.Public()) || f.Equal(f) {
		t.Error("zeros equal something")
	}
	copy(f[:], key.PublicKey().Bytes())
	if !f.Equal(key.Public()) || f.Equal(other.Public()) || !f.Equal(f) || f.Equal(7) || f.Equal(nil) {
		t.Error("got another answer than by the first octets")
	}
}

// TestForeign lists containers of others: their IDs do not change, and what
// cannot be used says so when it is to sign, and is deleted.
func TestForeign(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plain, protected, second := newForge(t, "plain"), newForge(t, "protected"), newForge(t, "second").key
	protected.protect("12345678")
	put(t, dir, "plain.000", plain.files())
	put(t, dir, "PROTECT.001", protected.files())
	two := newForge(t, "two")
	two.header = append(two.header, tlv(0x8b, second.PublicKey().Bytes()[:8]))
	files := two.files()
	files.Primary2 = tlv(0x30, tlv(4, two.seal(second, two.reserveMask())))
	put(t, dir, "two.000", files)
	damaged := newForge(t, "damaged").files()
	damaged.Header[len(damaged.Header)-1] ^= 1
	put(t, dir, "damaged.000", damaged)
	old := newForge(t, "old")
	old.boxes = plainBoxesA
	old.header[2] = tlv(0x30, bits(7, 0x80), algorithm(idDH2001, gost.CryptoProXchA().OID(), idDigest94, idCipherA))
	put(t, dir, "old.000", old.files())
	sealed := newForge(t, "sealed")
	sealed.header[2] = tlv(0x30, bits(0), algorithm(idKey256, sealed.key.Curve().OID(), idDigest256))
	files = sealed.files()
	files.Name = nil
	put(t, dir, "sealed.000", files)
	// What is no container.
	for _, name := range []string{"empty.000", "longer.0000", "noextens", "muchlonger.000", "a.b00", ".000"} {
		f := plain.files()
		if name == "empty.000" {
			f.Header = nil
		}
		put(t, dir, name, f)
	}
	if err := os.WriteFile(filepath.Join(dir, "file.000"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}

	c := open(t, dir, token.FixedPIN("12345678"))
	want := []struct {
		name, algorithm string
		extractable     bool
		public          any
		fault           token.Fault
		text            string
	}{
		{"forged", "CryptoPro-XchA", true, protected.key.Public(), "", ""},
		{"forged", "", false, cryptopro.Fingerprint{}, token.Unsupported, "header.key: the MAC does not fit"},
		{"forged", "GOST R 34.10-2001", true, cryptopro.Fingerprint(old.key.PublicKey().Bytes()[:8]), token.Unsupported, "34.10-2001"},
		{"forged", "CryptoPro-XchA", true, plain.key.Public(), "", ""},
		{"sealed.000", "CryptoPro-XchA", false, sealed.key.Public(), "", ""},
		{"forged", "CryptoPro-XchA", true, two.key.Public(), "", ""},
		{"forged", "CryptoPro-XchA", true, second.Public(), "", ""},
	}
	entries := list(t, c)
	if len(entries) != len(want) {
		t.Fatalf("got %d keys, want %d", len(entries), len(want))
	}
	ids := map[string]bool{}
	for i, e := range entries {
		w := want[i]
		if ids[e.Info.ID] = true; len(e.Info.ID) != 32 {
			t.Errorf("key %d: got ID %q", i, e.Info.ID)
		}
		if e.Info.Name != w.name || e.Info.Algorithm != w.algorithm || e.Info.Extractable != w.extractable {
			t.Errorf("key %d: got %v, want %v", i, e.Info, w)
		}
		if pub, ok := e.Key.Public().(*gost.PublicKey); ok && !pub.Equal(w.public) || !ok && e.Key.Public() != w.public {
			t.Errorf("key %d: got public key %v, want %v", i, e.Key.Public(), w.public)
		}
		_, err := e.Key.Sign(nil, make([]byte, 32), nil)
		if w.fault == "" && err != nil {
			t.Errorf("key %d: %v", i, err)
		} else if w.fault != "" {
			checkFault(t, e.Info.Name, err, w.fault, w.text)
			checkFault(t, e.Info.Name, c.Write(t.Context(), e.Info.ID, tokentest.Certificate(t, plain.key, 1)), token.Unsupported, "")
		}
	}
	if len(ids) != len(want) {
		t.Errorf("got %d IDs, want %d", len(ids), len(want))
	}
	again := list(t, open(t, dir, nil))
	for i, e := range again {
		if e.Info != entries[i].Info {
			t.Errorf("opened again: got %v, want %v", e.Info, entries[i].Info)
		}
	}
	// Both certificates of a container with two keys.
	for i, key := range []*gost.PrivateKey{two.key, second} {
		id := entries[5+i].Info.ID
		if err := token.Install(t.Context(), c, id, csr.Standard(), tokentest.Certificate(t, key, int64(1+i))); err != nil {
			t.Errorf("key %d of two: %v", i, err)
		}
		checkFault(t, "one of two", c.Delete(t.Context(), id), token.Policy, "another key")
	}
	for _, e := range entries[:5] {
		if err := c.Delete(t.Context(), e.Info.ID); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
	if got := list(t, c); len(got) != 2 {
		t.Errorf("got %d keys, want those of the last container", len(got))
	}
	if _, err := os.Stat(filepath.Join(dir, "empty.000", "primary.key")); err != nil {
		t.Error(err)
	}
}

// TestIDs: an ID is found again in the container's name, a copy of the folder
// is another key, and nothing else is taken for an ID.
func TestIDs(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, nil)
	id := "00112233445566778899aabbccddeeff"
	spec := token.Spec{Algorithm: "CryptoPro-A", Name: "a-b", ID: id}
	if _, err := c.Generate(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Generate(t.Context(), spec); !errors.Is(err, token.ErrExists) {
		t.Errorf("a second time: got %v, want ErrExists", err)
	}
	spec.ID = "00112233" + strings.Repeat("f", 24) // the same folder
	if _, err := c.Generate(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	if got := parse(t, readFolder(t, filepath.Join(dir, "00112233.001"))).Name(); got != "a-b-"+spec.ID {
		t.Errorf("got name %q", got)
	}
	// A copy, before and after the original, and one with a name of ours in a
	// folder of others.
	original := readFolder(t, filepath.Join(dir, "00112233.000"))
	put(t, dir, "00112233.002", original)
	put(t, dir, "copied.000", original)
	var ids []string
	for _, e := range list(t, c) {
		ids = append(ids, e.Info.ID)
	}
	if len(ids) != 4 || ids[0] != id || ids[1] != spec.ID || slices.Contains(ids[2:], id) || ids[2] == ids[3] {
		t.Errorf("got IDs %v", ids)
	}
	if err := c.Delete(t.Context(), ids[2]); err != nil {
		t.Fatal(err)
	}
	if got := readFolder(t, filepath.Join(dir, "00112233.000")); !bytes.Equal(got.Primary, original.Primary) {
		t.Error("the original is gone with its copy")
	}
	for _, id := range []string{"short", strings.ToUpper(id), strings.Repeat("g", 32), "../../../../../../../../../../../"} {
		_, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A", ID: id})
		checkFault(t, id, err, token.Policy, "32 lower-case")
		if err := c.Delete(t.Context(), id); !errors.Is(err, token.ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", id, err)
		}
		if err := c.Write(t.Context(), id, tokentest.Certificate(t, newForge(t, "x").key, 1)); !errors.Is(err, token.ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", id, err)
		}
	}
	// A key without an ID gets one.
	key, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A"})
	if err != nil {
		t.Fatal(err)
	}
	if e, err := token.Find(t.Context(), c, key.Info().ID); err != nil || e.Info != key.Info() || e.Info.Name != "" {
		t.Errorf("got %v, %v", e.Info, err)
	}
}

func TestGenerateRefuses(t *testing.T) {
	dir := t.TempDir()
	cancelled := errors.New("the person went home")
	for what, c := range map[string]struct {
		spec   token.Spec
		person *person
		fault  token.Fault
		text   string
		want   error
	}{
		"an unknown algorithm":  {token.Spec{Algorithm: "RSA-2048"}, nil, token.Unsupported, "CryptoPro-A", nil},
		"a set for tests":       {token.Spec{Algorithm: "256-Test"}, nil, token.Unsupported, "unknown curve", nil},
		"a long name":           {token.Spec{Algorithm: "256-A", Name: strings.Repeat("n", 93)}, nil, token.Policy, "125", nil},
		"a name of others":      {token.Spec{Algorithm: "256-A", Name: strings.Repeat("名", 11)}, nil, token.Policy, "125", nil},
		"a password in Russian": {token.Spec{Algorithm: "256-A"}, &person{answers: map[string]string{"": "пароль"}}, token.Policy, "ASCII", nil},
		"nobody answers":        {token.Spec{Algorithm: "256-A"}, &person{err: cancelled}, "", "", cancelled},
	} {
		var pin token.PIN
		if c.person != nil {
			pin = c.person.pin
		}
		key, err := open(t, dir, pin).Generate(t.Context(), c.spec)
		if key != nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, %v", what, key, err)
		}
		if c.want == nil {
			checkFault(t, what, err, c.fault, c.text)
		}
		if c.person != nil {
			c.person.take(t)
		}
	}
	if got := list(t, open(t, dir, nil)); len(got) != 0 {
		t.Errorf("got %d keys, want none", len(got))
	}
}

// TestWriteRefuses leaves the container as it was.
func TestWriteRefuses(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, nil)
	key, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A"})
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, key.Info().ID[:8]+".000")
	before := readFolder(t, folder)
	if err := c.Write(t.Context(), key.Info().ID, tokentest.Certificate(t, newForge(t, "other").key, 1)); !errors.Is(err, token.ErrOtherKey) {
		t.Errorf("got %v, want ErrOtherKey", err)
	}
	if after := readFolder(t, folder); !bytes.Equal(after.Header, before.Header) {
		t.Error("the header changed")
	}
}

// TestReplaced has another container take the place of the one that was
// listed.
func TestReplaced(t *testing.T) {
	dir := t.TempDir()
	one, other := newForge(t, "one"), newForge(t, "other")
	put(t, dir, "same.000", one.files())
	c := open(t, dir, nil)
	if err := c.Write(t.Context(), list(t, c)[0].Info.ID, tokentest.Certificate(t, one.key, 1)); err != nil {
		t.Fatal(err)
	}
	e := list(t, c)[0]
	put(t, dir, "same.000", other.files())
	_, err := e.Key.Sign(nil, make([]byte, 32), nil)
	checkFault(t, "another key", err, token.Unsupported, "another key")
	if got := list(t, c)[0].Key.Public(); !other.key.PublicKey().Equal(got) {
		t.Errorf("got public key %v, want that of the other", got)
	}
	if err := os.RemoveAll(filepath.Join(dir, "same.000")); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Key.Sign(nil, make([]byte, 32), nil); !errors.Is(err, token.ErrNotFound) {
		t.Errorf("no key: got %v, want ErrNotFound", err)
	}
}

func TestOpenFails(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := cryptopro.Open(cryptopro.Config{Dir: name})
	checkFault(t, "a file", err, token.Unsupported, "")
	if _, err := cryptopro.Open(cryptopro.Config{}); err == nil {
		t.Error("got no error without a folder")
	}
}

func TestConcurrent(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, nil)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			key, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A"})
			if err != nil {
				t.Error(err)
				return
			}
			id := key.Info().ID
			if i%2 == 0 {
				err = token.Install(t.Context(), c, id, csr.Standard(), tokentest.Certificate(t, key, 1))
			} else {
				err = c.Delete(t.Context(), id)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	entries := list(t, open(t, dir, nil))
	for _, e := range entries {
		if e.Certificate == nil {
			t.Errorf("key %s: got no certificate", e.Info.ID)
		}
	}
	if len(entries) != 4 {
		t.Errorf("got %d keys, want 4", len(entries))
	}
}

func TestCancelled(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	key, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A"})
	if err != nil {
		t.Fatal(err)
	}
	cert := tokentest.Certificate(t, key, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for what, do := range map[string]func() error{
		"list":     func() error { _, err := c.List(ctx); return err },
		"generate": func() error { _, err := c.Generate(ctx, token.Spec{Algorithm: "CryptoPro-A"}); return err },
		"write":    func() error { return c.Write(ctx, key.Info().ID, cert) },
		"delete":   func() error { return c.Delete(ctx, key.Info().ID) },
	} {
		if err := do(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", what, err)
		}
	}
	if got := list(t, c); len(got) != 1 || got[0].Certificate != nil {
		t.Errorf("got %v, want the key as it was", got)
	}
	// A person who thinks longer than the caller.
	ctx, cancel = context.WithCancel(t.Context())
	slow := open(t, t.TempDir(), func(context.Context, token.Question) (token.Answer, error) {
		cancel()
		return token.Answer{PIN: []byte("1")}, nil
	})
	if _, err := slow.Generate(ctx, token.Spec{Algorithm: "CryptoPro-A"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if got := list(t, slow); len(got) != 0 {
		t.Errorf("got %d keys, want none", len(got))
	}
}

// TestPrintsNoSecret prints keys, entries and errors in all ways and looks for
// the private number and the password.
func TestPrintsNoSecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const password = "correct-horse"
	c := open(t, dir, token.FixedPIN(password))
	key, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A"})
	if err != nil {
		t.Fatal(err)
	}
	container := parse(t, readFolder(t, filepath.Join(dir, key.Info().ID[:8]+".000")))
	private, err := container.Open([]byte(password))
	if err != nil {
		t.Fatal(err)
	}
	entry := list(t, open(t, dir, token.FixedPIN(password)))[0]
	_, wrong := container.Open([]byte(password + "!"))
	secret := private.Bytes()[:8]
	traces := []string{password, hex.EncodeToString(secret), strings.Trim(fmt.Sprint(secret), "[]")}
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%x", "%X", "%s", "%q"} {
		for what, value := range map[string]any{"key": key, "entry": entry, "container": container, "header": container.Primary(), "error": wrong} {
			text := strings.ToLower(fmt.Sprintf(verb, value))
			for _, trace := range traces {
				if strings.Contains(text, trace) {
					t.Errorf("%s of the %s shows a secret", verb, what)
				}
			}
		}
	}
}
