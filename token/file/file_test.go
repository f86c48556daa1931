package file_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
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
	"github.com/surguch/surguch/token/file"
	"github.com/surguch/surguch/token/tokentest"
)

func open(t *testing.T, dir string) *file.Carrier {
	t.Helper()
	c, err := file.Open(dir, csr.Standard())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func generate(t *testing.T, c token.Carrier, algorithm string) token.Key {
	t.Helper()
	key, err := c.Generate(t.Context(), token.Spec{Algorithm: algorithm, Name: "Вощёных, " + algorithm})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func list(t *testing.T, c token.Carrier) []token.Entry {
	t.Helper()
	entries, err := c.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// private reads a key's file as any other program does.
func private(t *testing.T, dir, id string) *gost.PrivateKey {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, id+".key"))
	if err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "PRIVATE KEY" || len(rest) != 0 {
		t.Fatalf("key %s: got block %v and %d octets more", id, block, len(rest))
	}
	key, err := gost.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestGenerate makes a key of every parameter set, stores its certificate and
// finds all of it again, in order, in the folder opened anew.
func TestGenerate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "carrier")
	c := open(t, dir)
	certificates := map[string]*csr.Certificate{} // by ID
	var infos []token.Info
	for _, curve := range gost.Curves() {
		key := generate(t, c, curve.Name())
		want := token.Info{ID: key.Info().ID, Name: "Вощёных, " + curve.Name(), Algorithm: curve.Name(), Device: token.Device{Manufacturer: "surguch", Model: "folder", Serial: "carrier"}, Extractable: true}
		if got := key.Info(); got != want {
			t.Errorf("%s: got %v, want %v", curve.Name(), got, want)
		}
		pub := key.Public().(*gost.PublicKey)
		if saved := private(t, dir, want.ID); pub.Curve() != curve || !saved.PublicKey().Equal(pub) {
			t.Errorf("%s: got another key in the file", curve.Name())
		}
		certificates[want.ID] = tokentest.Certificate(t, key, 1)
		if err := c.Write(t.Context(), want.ID, certificates[want.ID]); err != nil {
			t.Errorf("%s: %v", curve.Name(), err)
		}
		infos = append(infos, want)
	}
	slices.SortFunc(infos, func(a, b token.Info) int { return strings.Compare(a.ID, b.ID) })

	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	entries := list(t, open(t, dir))
	if len(entries) != len(infos) {
		t.Fatalf("got %d keys, want %d", len(entries), len(infos))
	}
	for i, e := range entries {
		if e.Info != infos[i] || e.Key.Info() != infos[i] {
			t.Errorf("key %d: got %v, want %v", i, e.Info, infos[i])
		}
		if !bytes.Equal(e.Certificate.Raw, certificates[e.Info.ID].Raw) {
			t.Errorf("%s: got another certificate", e.Info.Algorithm)
		}
		digest := make([]byte, len(e.Certificate.Algorithm.Hash().Sum(nil)))
		if sig, err := e.Key.Sign(nil, digest, nil); err != nil || !gost.Verify(e.Certificate.PublicKey.(*gost.PublicKey), digest, sig) {
			t.Errorf("%s: got a signature that does not verify, %v", e.Info.Algorithm, err)
		}
	}
	checkModes(t, dir)
}

// checkModes wants everything for the owner alone.
func checkModes(t *testing.T, dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		return
	}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		}
		if err == nil && info.Mode().Perm() != want {
			t.Errorf("%s: got mode %v, want %v", path, info.Mode().Perm(), want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestGenerateUnknown(t *testing.T) {
	c := open(t, t.TempDir())
	for _, algorithm := range []string{"", "P-256", "256-Test"} {
		if _, err := c.Generate(t.Context(), token.Spec{Algorithm: algorithm}); err == nil || !strings.Contains(err.Error(), "CryptoPro-A") {
			t.Errorf("%q: got %v, want the names there are", algorithm, err)
		}
	}
	if got := list(t, c); len(got) != 0 {
		t.Errorf("got %d keys, want none", len(got))
	}
}

func TestOpenFails(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	write(t, name, "")
	if _, err := file.Open(name, csr.Standard()); err == nil {
		t.Error("got a file opened as a folder")
	}
}

// TestIDs asks for keys that are not there, and for ways out of the folder.
func TestIDs(t *testing.T) {
	top := t.TempDir()
	c := open(t, filepath.Join(top, "carrier"))
	cert := tokentest.Certificate(t, generate(t, c, "CryptoPro-A"), 1)
	outside := filepath.Join(top, "victim.key")
	write(t, outside, "another's")
	for what, id := range map[string]string{
		"none":      "",
		"absent":    strings.Repeat("0", 32),
		"short":     strings.Repeat("0", 30),
		"no hex":    strings.Repeat("g", 32),
		"upwards":   "../victim",
		"absolute":  filepath.Join(top, "victim"),
		"this":      ".",
		"with NUL":  "victim\x00",
		"backslash": `..\victim`,
	} {
		if err := c.Write(t.Context(), id, cert); !errors.Is(err, token.ErrNotFound) {
			t.Errorf("%s: write: got %v, want ErrNotFound", what, err)
		}
		if err := c.Delete(t.Context(), id); !errors.Is(err, token.ErrNotFound) {
			t.Errorf("%s: delete: got %v, want ErrNotFound", what, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(top, "*"))
	if err != nil || len(files) != 2 {
		t.Errorf("got %v, %v beside the folder, want what was there", files, err)
	}
	if text, err := os.ReadFile(outside); err != nil || string(text) != "another's" {
		t.Errorf("got %q, %v outside the folder", text, err)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDelete(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	key, other := generate(t, c, "256-A"), generate(t, c, "512-A")
	id := key.Info().ID
	if err := c.Write(t.Context(), id, tokentest.Certificate(t, key, 1)); err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(t.Context(), id); !errors.Is(err, token.ErrNotFound) {
		t.Errorf("a second time: got %v, want ErrNotFound", err)
	}
	if files, err := filepath.Glob(filepath.Join(dir, id+"*")); err != nil || len(files) != 0 {
		t.Errorf("got %v, %v left", files, err)
	}
	if got := list(t, c); len(got) != 1 || got[0].Info.ID != other.Info().ID {
		t.Errorf("got %v, want the other key", got)
	}
}

// TestStrangeFiles passes over what interrupted writes leave behind and what
// others put into the folder.
func TestStrangeFiles(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	key := generate(t, c, "CryptoPro-A")
	absent := strings.Repeat("0", 32)
	for _, name := range []string{
		"." + absent + ".key.123456",        // a temporary file
		absent + ".json",                    // a note whose key was not written
		strings.Repeat("1", 32) + ".cer",    // of a key that was being deleted
		"server.key", ".key", ".hidden.key", // another program's
		key.Info().ID + ".key.bak", "Thumbs.db", // a user's and a system's
	} {
		write(t, filepath.Join(dir, name), "{")
	}
	if got := list(t, c); len(got) != 1 || got[0].Info != key.Info() {
		t.Errorf("got %v, want %v alone", got, key.Info())
	}
	if err := token.Install(t.Context(), c, absent, csr.Standard(), tokentest.Certificate(t, key, 1)); !errors.Is(err, token.ErrNotFound) {
		t.Errorf("a note without a key: got %v, want ErrNotFound", err)
	}
}

// TestDamage says which key cannot be read, and lets it be deleted.
func TestDamage(t *testing.T) {
	for what, c := range map[string]struct {
		file string
		text string // "": the file is gone
		want string
	}{
		"the note is gone":           {".json", "", ".json"},
		"the note is cut short":      {".json", `{"name":`, "unexpected end"},
		"the key is no PEM":          {".key", "secret", "not a PEM private key"},
		"the key is a certificate":   {".key", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "not a PEM private key"},
		"the key is cut short":       {".key", "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", "not a PrivateKeyInfo"},
		"the certificate is not one": {".cer", "0\x00", "certificate"},
	} {
		dir := t.TempDir()
		carrier := open(t, dir)
		whole, broken := generate(t, carrier, "CryptoPro-A"), generate(t, carrier, "256-A")
		id := broken.Info().ID
		name := filepath.Join(dir, id+c.file)
		if c.text == "" {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		} else {
			write(t, name, c.text)
		}
		entries, err := carrier.List(t.Context())
		if entries != nil || err == nil || !strings.Contains(err.Error(), id) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v, %v, want an error with key %s: %s", what, entries, err, id, c.want)
		}
		if err := carrier.Delete(t.Context(), id); err != nil {
			t.Errorf("%s: delete: %v", what, err)
		}
		if got := list(t, carrier); len(got) != 1 || got[0].Info != whole.Info() {
			t.Errorf("%s: got %v, want %v alone", what, got, whole.Info())
		}
	}
}

// TestFolderLost returns the fault and the system's error from every method.
func TestFolderLost(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := c.List(t.Context()); !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, token.Removed) {
		t.Errorf("list: got %v, want fs.ErrNotExist", err)
	}
	if _, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A"}); !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, token.Removed) {
		t.Errorf("generate: got %v, want fs.ErrNotExist", err)
	}
}

func TestConcurrent(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
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
	entries := list(t, open(t, dir))
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
	c := open(t, t.TempDir())
	key := generate(t, c, "CryptoPro-A")
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
}

// TestPrintsNoSecret prints keys and entries in all ways and looks for the
// private number.
func TestPrintsNoSecret(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir)
	key := generate(t, c, "CryptoPro-A")
	entry := list(t, c)[0]
	secret := private(t, dir, key.Info().ID).Bytes() // little-endian
	turned := slices.Clone(secret)
	slices.Reverse(turned)
	var traces []string
	for _, octets := range [][]byte{secret, turned} {
		list := fmt.Sprint(octets[:8])
		traces = append(traces, hex.EncodeToString(octets[:8]), strings.Trim(list, "[]"), fmt.Sprintf("%#v", octets[:8])[len("[]byte{"):40], new(big.Int).SetBytes(octets).String())
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%x", "%X", "%s", "%q"} {
		for what, value := range map[string]any{"key": key, "entry": entry, "pointer": &entry, "list": []token.Entry{entry}} {
			text := strings.ToLower(fmt.Sprintf(verb, value))
			for _, trace := range traces {
				if strings.Contains(text, trace) {
					t.Errorf("%s of the %s shows the private number", verb, what)
				}
			}
		}
	}
}
