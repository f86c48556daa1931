package pfx_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/disk"
	"github.com/surguch/surguch/token/internal/disk/disktest"
	"github.com/surguch/surguch/token/pfx"
	"github.com/surguch/surguch/token/tokentest"
)

const path = "/stick/key.pfx"

// config is that of a carrier whose owner knows the password.
func config(path string, ask token.PIN) pfx.Config {
	if ask == nil {
		ask = token.FixedPIN(string(password))
	}
	return pfx.Config{Path: path, Algorithms: csr.Standard(), PIN: ask, Options: pfx.Options{Iterations: few}}
}

func openOn(t testing.TB, d disk.System, ask token.PIN) *pfx.Carrier {
	t.Helper()
	c, err := pfx.OpenOn(config(path, ask), d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// stick is an empty disk with a folder.
func stick(t testing.TB) *disktest.Disk {
	t.Helper()
	d := disktest.New()
	if err := d.MakeDir("/stick"); err != nil {
		t.Fatal(err)
	}
	return d
}

func list(t testing.TB, c token.Carrier) []token.Entry {
	t.Helper()
	entries, err := c.List(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// asked counts questions, and answers them.
type asked struct {
	answer    string
	questions []token.Question
}

func (a *asked) ask(_ context.Context, q token.Question) (token.Answer, error) {
	a.questions = append(a.questions, q)
	return token.Answer{PIN: []byte(a.answer)}, nil
}

// TestCarrier makes keys, installs certificates and finds all of it in the file
// opened anew; the person is asked once, for a new password.
func TestCarrier(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ключ.pfx")
	person := &asked{answer: string(password)}
	c, err := pfx.Open(config(file, person.ask))
	if err != nil {
		t.Fatal(err)
	}
	if got := list(t, c); len(got) != 0 || len(person.questions) != 0 {
		t.Errorf("got %v and %d questions of a file that is not there", got, len(person.questions))
	}
	want := map[string]*csr.Certificate{}
	device := token.Device{Manufacturer: "surguch", Model: "PFX", Serial: "ключ.pfx"}
	for _, algorithm := range []string{"CryptoPro-A", "512-C"} {
		key, err := token.Generate(t.Context(), c, token.Spec{Algorithm: algorithm, Name: "Вощёных"})
		if err != nil {
			t.Fatal(err)
		}
		info := token.Info{ID: key.Info().ID, Name: "Вощёных", Algorithm: algorithm, Device: device, Extractable: true}
		if key.Info() != info {
			t.Errorf("got %+v, want %+v", key.Info(), info)
		}
		want[info.ID] = certify(t, key, 0)
		if err := token.Install(t.Context(), c, info.ID, csr.Standard(), want[info.ID]); err != nil {
			t.Fatal(err)
		}
	}
	if len(person.questions) != 1 || !person.questions[0].New || person.questions[0].Left >= 0 || person.questions[0].Device != device {
		t.Errorf("got questions %+v, want one for a new password", person.questions)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	entries := list(t, c)
	if len(person.questions) != 2 || person.questions[1].New {
		t.Errorf("got questions %+v, want a second one", person.questions)
	}
	if len(entries) != 2 {
		t.Fatalf("got %d keys, want 2", len(entries))
	}
	for _, e := range entries {
		if !bytes.Equal(e.Certificate.Raw, want[e.Info.ID].Raw) {
			t.Errorf("got another certificate for %s", e.Info.ID)
		}
		sameKey(t, e.Key, e.Certificate.PublicKey)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("got %v, %v beside the file", left, err)
	}
}

// TestWrongPIN: a wrong password is asked for again, and never tried twice.
func TestWrongPIN(t *testing.T) {
	d := stick(t)
	if _, err := openOn(t, d, nil).Generate(t.Context(), token.Spec{Algorithm: "256-A"}); err != nil {
		t.Fatal(err)
	}
	before := d.Files()[path]
	person := &asked{answer: "другой пароль"}
	c := openOn(t, d, person.ask)
	for what, do := range map[string]func() error{
		"list":     func() error { _, err := c.List(t.Context()); return err },
		"generate": func() error { _, err := c.Generate(t.Context(), token.Spec{Algorithm: "256-A"}); return err },
		"delete":   func() error { return c.Delete(t.Context(), "x") },
	} {
		person.questions = nil
		err := do()
		var e *token.Error
		if !errors.As(err, &e) || e.Fault != token.WrongPIN || e.Tries >= 0 || e.Op != what || len(person.questions) != 1 || strings.Contains(err.Error(), "другой") {
			t.Errorf("%s: got %v after %d questions, want WrongPIN", what, err, len(person.questions))
		}
	}
	if d.Files()[path] != before {
		t.Error("the file was changed")
	}
	person.answer = string(password)
	if got := list(t, c); len(got) != 1 {
		t.Errorf("got %d keys, want 1", len(got))
	}
}

// TestWeakPIN: no file is made with a weak password, and another is asked for.
func TestWeakPIN(t *testing.T) {
	d := stick(t)
	person := &asked{answer: "12345678"}
	c := openOn(t, d, person.ask)
	if _, err := c.Generate(t.Context(), token.Spec{Algorithm: "256-A"}); !errors.Is(err, token.Policy) || !errors.Is(err, pfx.ErrWeakPassword) || len(d.Files()) != 0 {
		t.Fatalf("got %v and files %v, want Policy", err, d.Files())
	}
	person.answer = string(password)
	if _, err := c.Generate(t.Context(), token.Spec{Algorithm: "256-A"}); err != nil {
		t.Error(err)
	}
}

// TestForeign lists a file of RSA, EC and GOST keys without IDs, with the
// certificate of an authority, and installs into it.
func TestForeign(t *testing.T) {
	d := stick(t)
	var contents pfx.Contents
	all := keys(t)
	for _, name := range []string{"RSA", "P-256", "Ed25519", "512-A"} {
		contents.Keys = append(contents.Keys, pfx.Key{Private: all[name]})
		contents.Certificates = append(contents.Certificates, pfx.Certificate{Raw: certify(t, all[name], 0).Raw})
	}
	authority := pfx.Certificate{Raw: certify(t, gostKey(t), 0).Raw, Name: "CA"}
	contents.Certificates = append(contents.Certificates, authority)
	file, err := pfx.Marshal(&contents, password, pfx.Options{Iterations: few})
	if err != nil {
		t.Fatal(err)
	}
	d.Put(path, file)
	c := openOn(t, d, nil)
	entries := list(t, c)
	for i, algorithm := range []string{"RSA-2048", "P-256", "Ed25519", "512-A"} {
		e := entries[i]
		if e.Info.Algorithm != algorithm || len(e.Info.ID) != 32 || e.Certificate == nil || !bytes.Equal(e.Certificate.Raw, contents.Certificates[i].Raw) {
			t.Errorf("got %+v", e.Info)
		}
		sameKey(t, e.Key, contents.Keys[i].Private.Public())
		renewed := certify(t, e.Key, 60)
		if err := token.Install(t.Context(), c, e.Info.ID, csr.Standard(), renewed); err != nil {
			t.Errorf("%s: %v", algorithm, err)
		}
		if text := fmt.Sprintf("%+v %#v %v", e, e.Key, e.Key); len(text) > 20_000 {
			t.Errorf("%s: prints too much", algorithm)
		}
	}
	got, err := pfx.Parse([]byte(d.Files()[path]), password)
	if err != nil || len(got.Certificates) != 5 || !bytes.Equal(got.Certificates[0].Raw, authority.Raw) || got.Certificates[0].Name != "CA" {
		t.Errorf("got %v, %v, want the certificate of the authority", got, err)
	}
}

// TestTwoKeysOneID: keys with one localKeyID can be told apart.
func TestTwoKeysOneID(t *testing.T) {
	d := stick(t)
	one, two := gostKey(t), gostKey(t)
	file, err := pfx.Marshal(&pfx.Contents{Keys: []pfx.Key{{Private: one, LocalID: []byte{1}}, {Private: two, LocalID: []byte{1}}}}, password, pfx.Options{Iterations: few})
	if err != nil {
		t.Fatal(err)
	}
	d.Put(path, file)
	c := openOn(t, d, nil)
	entries := list(t, c)
	if len(entries) != 2 || entries[0].Info.ID != "01" || len(entries[1].Info.ID) != 32 {
		t.Fatalf("got %v", entries)
	}
	cert := certify(t, two, 0)
	if err := token.Install(t.Context(), c, entries[1].Info.ID, csr.Standard(), cert); err != nil {
		t.Fatal(err)
	}
	if got := list(t, c); got[0].Certificate != nil || got[1].Info.ID != entries[1].Info.ID || got[1].Certificate == nil {
		t.Errorf("got %v", got)
	}
}

// TestChangedMeanwhile: what another process writes while keys are derived is
// not lost.
func TestChangedMeanwhile(t *testing.T) {
	d := stick(t)
	other := openOn(t, d, nil)
	c := openOn(t, d, func(ctx context.Context, q token.Question) (token.Answer, error) {
		if _, err := other.Generate(ctx, token.Spec{Algorithm: "256-A", Name: "other"}); err != nil {
			t.Error(err)
		}
		return token.Answer{PIN: bytes.Clone(password)}, nil
	})
	if _, err := c.Generate(t.Context(), token.Spec{Algorithm: "256-A", Name: "ours"}); err != nil {
		t.Fatal(err)
	}
	if got := list(t, c); len(got) != 2 || got[0].Info.Name != "other" || got[1].Info.Name != "ours" {
		t.Errorf("got %v, want both keys", got)
	}
}

// TestDamaged: what is no PFX, or has a scheme that is not read, is
// Unsupported, and stays.
func TestDamaged(t *testing.T) {
	for what, file := range map[string][]byte{"text": []byte("no PFX"), "large": make([]byte, disk.MaxFile+1), "cut": vector(t, "tc26/pfx.hex")[:1000]} {
		d := stick(t)
		d.Put(path, file)
		c := openOn(t, d, nil)
		_, err := c.List(t.Context())
		_, err2 := c.Generate(t.Context(), token.Spec{Algorithm: "256-A"})
		if !errors.Is(err, token.Unsupported) || !errors.Is(err2, token.Unsupported) || d.Files()[path] != string(file) {
			t.Errorf("%s: got %v, %v, want Unsupported", what, err, err2)
		}
	}
}

func TestOpenFails(t *testing.T) {
	for what, c := range map[string]pfx.Config{
		"no path": config("", nil), "no PIN": {Path: "x", Algorithms: csr.Standard()}, "no algorithms": {Path: "x", PIN: token.FixedPIN("")},
	} {
		if _, err := pfx.Open(c); err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
	if _, err := pfx.Open(config(filepath.Join(t.TempDir(), "missing", "key.pfx"), nil)); !errors.Is(err, token.Removed) {
		t.Errorf("got %v, want Removed", err)
	}
}

// TestLink: what is replaced is the file that a symbolic link leads to.
func TestLink(t *testing.T) {
	file, link := filepath.Join(t.TempDir(), "key.pfx"), filepath.Join(t.TempDir(), "link.pfx")
	for _, at := range []string{file, link} {
		if at == link {
			if err := os.Symlink(file, link); err != nil {
				t.Fatal(err)
			}
		}
		c, err := pfx.Open(config(at, nil))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Generate(t.Context(), token.Spec{Algorithm: "256-A"}); err != nil {
			t.Fatal(err)
		}
	}
	c, err := pfx.Open(config(file, nil))
	if err != nil {
		t.Fatal(err)
	}
	if got := list(t, c); len(got) != 2 {
		t.Errorf("got %d keys, want 2", len(got))
	}
	if to, err := os.Readlink(link); err != nil || to != file {
		t.Errorf("got %q, %v, want a link", to, err)
	}
}

func TestConcurrent(t *testing.T) {
	c := openOn(t, stick(t), nil)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			key, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A"})
			if err == nil {
				err = c.Write(t.Context(), key.Info().ID, certify(t, key, 0))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if got := list(t, c); len(got) != 4 {
		t.Errorf("got %d keys, want 4", len(got))
	}
}

// TestTorn interrupts every change at every moment.
func TestTorn(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("a", 32)
	ctx := context.Background()
	generate := func(c *pfx.Carrier) error {
		_, err := c.Generate(ctx, token.Spec{Algorithm: "CryptoPro-A", Name: "Вощёных", ID: id})
		return err
	}
	one := stick(t)
	if err := generate(openOn(t, one, nil)); err != nil {
		t.Fatal(err)
	}
	cert := certify(t, list(t, openOn(t, one, nil))[0].Key, 0)
	for what, c := range map[string]struct {
		start  func() *disktest.Disk
		change func(c *pfx.Carrier) error
	}{
		"generate": {func() *disktest.Disk {
			d := stick(t)
			d.Put("/stick/other", []byte("another's"))
			return d
		}, generate},
		"write":  {func() *disktest.Disk { return one }, func(c *pfx.Carrier) error { return c.Write(ctx, id, cert) }},
		"delete": {func() *disktest.Disk { return one }, func(c *pfx.Carrier) error { return c.Delete(ctx, id) }},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			disktest.Torn(t, c.start(), func(d *disktest.Disk) error { return c.change(openOn(t, d, nil)) }, func(d *disktest.Disk) string {
				var s strings.Builder
				for _, e := range list(t, openOn(t, d, nil)) {
					fmt.Fprintf(&s, "%s %s %v;", e.Info.ID, e.Info.Name, e.Certificate != nil)
				}
				return s.String()
			})
		})
	}
}

// breakable is a carrier on a disk that breaks when it is told to.
type breakable struct {
	token.Carrier
	disk *trapped
}

// trapped is a disk that is pulled out while the journal of a change is
// written, if the trap is set.
type trapped struct {
	*disktest.Disk
	set bool
}

func (d *trapped) Enter(path string, alone bool) (disk.Dir, error) {
	dir, err := d.Disk.Enter(path, alone)
	return trappedDir{dir, d}, err
}

type trappedDir struct {
	disk.Dir
	disk *trapped
}

func (d trappedDir) Write(name string, data []byte) error {
	if d.disk.set && strings.HasSuffix(name, ".journal") {
		d.disk.set = false
		d.disk.RemoveAt(1) // it is written, and perhaps not synced
	}
	return d.Dir.Write(name, data)
}

// TestConformance runs what every carrier must do.
func TestConformance(t *testing.T) {
	t.Parallel()
	const pin = "сургуч-и-печать-26"
	prepared, err := pfx.Marshal(&pfx.Contents{}, []byte(pin), pfx.Options{Iterations: few})
	if err != nil {
		t.Fatal(err)
	}
	reopen := func(t testing.TB, d *trapped, ask token.PIN) token.Carrier {
		return breakable{openOn(t, d, ask), d}
	}
	fresh := func(t testing.TB, ask token.PIN) token.Carrier {
		d := &trapped{Disk: stick(t)}
		d.Put(path, prepared)
		return reopen(t, d, ask)
	}
	fails := func(err error) func(testing.TB, token.Carrier) func() {
		return func(_ testing.TB, c token.Carrier) func() {
			d := c.(breakable).disk
			d.FailAt(0, err)
			return d.Insert
		}
	}
	tokentest.Run(t, tokentest.Options{
		Open: func(t testing.TB) token.Carrier { return fresh(t, token.FixedPIN(pin)) },
		Reopen: func(t testing.TB, c token.Carrier) token.Carrier {
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			return reopen(t, c.(breakable).disk, token.FixedPIN(pin))
		},
		Algorithms: []string{"CryptoPro-A", "512-A", "256-A", "512-C"}, Extractable: true,
		PIN: &tokentest.PIN{Open: fresh, User: pin},
		Faults: map[token.Fault]func(testing.TB, token.Carrier) func(){
			token.Full: fails(syscall.ENOSPC), token.ReadOnly: fails(syscall.EROFS), token.Crashed: fails(syscall.EPROTO),
			token.Busy: func(t testing.TB, c token.Carrier) func() {
				other, err := c.(breakable).disk.Enter("/stick", true)
				if err != nil {
					t.Fatal(err)
				}
				return func() { other.Leave() }
			},
			token.Removed: func(_ testing.TB, c token.Carrier) func() {
				d := c.(breakable).disk
				d.RemoveAt(0)
				return d.Insert
			},
			token.Unknown: func(_ testing.TB, c token.Carrier) func() {
				d := c.(breakable).disk
				d.set = true
				return d.Insert
			},
		},
	})
}
