package local_test

import (
	"bytes"
	"crypto"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/catest"
	"github.com/surguch/surguch/ra/ca/local"
)

// newSigner makes the keys of catest: this authority issues for GOST.
func newSigner() (crypto.Signer, error) { return gost.GenerateKey(gost.CryptoProA(), nil) }

func TestConformanceInMemory(t *testing.T) {
	catest.Run(t, catest.Suite{
		NewKey: newSigner,
		Open: func(t *testing.T) ra.CA {
			return open(t, config(t, newKey(t, gost.CryptoProA()), start))
		},
	})
}

func TestConformanceInFolder(t *testing.T) {
	configs := map[ra.CA]local.Config{}
	catest.Run(t, catest.Suite{
		NewKey: newSigner,
		Open: func(t *testing.T) ra.CA {
			c := config(t, newKey(t, gost.CryptoProA()), start)
			c.Dir = filepath.Join(t.TempDir(), "new", "authority")
			ca := open(t, c)
			configs[ca] = c
			return ca
		},
		Reopen: func(t *testing.T, old ra.CA) ra.CA {
			if err := old.(*local.CA).Close(); err != nil {
				t.Fatal(err)
			}
			ca := open(t, configs[old])
			configs[ca] = configs[old]
			return ca
		},
	})
}

// journal is the file of an authority that has issued, refused, suspended and
// revoked, and the number of its lines.
func journal(t *testing.T, c local.Config) (data []byte, lines int) {
	t.Helper()
	ca, err := local.New(c)
	if err != nil {
		t.Fatal(err)
	}
	submit(t, ca, "first", order(t, 1))
	submit(t, ca, "second", order(t, 2))
	bad := order(t, 3)
	bad.Identification = 7
	if out, err := ca.Submit(t.Context(), "third", bad); err != nil || out.State != ra.Refused {
		t.Fatalf("got %v, %v, want it refused", out.State, err)
	}
	for _, r := range []ra.Revocation{{Action: ra.ActSuspend}, {Action: ra.ActResume}, {Reason: csr.ReasonSuperseded}} {
		if _, err := ca.Revoke(t.Context(), "first", r); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ca.CRL(); err != nil {
		t.Fatal(err)
	}
	if err := ca.Close(); err != nil {
		t.Fatal(err)
	}
	data, err = os.ReadFile(filepath.Join(c.Dir, "authority.journal"))
	if err != nil {
		t.Fatal(err)
	}
	return data, bytes.Count(data, []byte("\n"))
}

// TestTornJournal opens the journal cut off at every line and within every
// line, as a crash leaves it: the state is that of the whole lines, and what
// comes next is appended to them.
func TestTornJournal(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	c.Dir = t.TempDir()
	whole, n := journal(t, c)
	if n != 9 {
		t.Fatalf("got %d lines, want 2 for each certificate, 1 for the refusal, 3 for the states, 1 for the list", n)
	}
	name := filepath.Join(c.Dir, "authority.journal")
	for _, cut := range cuts(whole) {
		if err := os.WriteFile(name, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		lines := bytes.Count(whole[:cut], []byte("\n"))
		ca, err := local.New(c)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		want := ra.Unknown
		switch {
		case lines >= 8:
			want = ra.Revoked
		case lines == 6:
			want = ra.Suspended
		case lines >= 1:
			want = ra.Issued // what was planned is signed now
		}
		out, err := ca.Find(t.Context(), "first")
		if err != nil || out.State != want {
			t.Errorf("cut at %d, after %d lines: got %v, %v, want %v", cut, lines, out.State, err, want)
		}
		if lines >= 1 {
			if again := submit2(t, ca, "first", order(t, 1)); !bytes.Equal(again.Certificate, out.Certificate) {
				t.Errorf("cut at %d: got two certificates", cut)
			}
		}
		submit(t, ca, "new", order(t, 4))
		if err := ca.Close(); err != nil {
			t.Fatal(err)
		}
		ca = open(t, c)
		if out, err := ca.Find(t.Context(), "new"); err != nil || out.State != ra.Issued {
			t.Errorf("cut at %d: what was issued afterwards: got %v, %v", cut, out.State, err)
		}
		if err := ca.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// cuts are the ends of lines, and three places within each.
func cuts(data []byte) (list []int) {
	for at := 0; at < len(data); {
		n := bytes.IndexByte(data[at:], '\n') + 1
		list = append(list, at, at+5, at+n/2, at+n-1)
		at += n
	}
	return append(list, len(data))
}

func submit2(t *testing.T, ca ra.CA, key string, o ra.Order) ra.Outcome {
	t.Helper()
	out, err := ca.Submit(t.Context(), key, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPlannedIsSigned: after a crash between plan and signature the
// certificate signed is the one planned, serial number and all.
func TestPlannedIsSigned(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	c.Dir = t.TempDir()
	ca, err := local.New(c)
	if err != nil {
		t.Fatal(err)
	}
	want := submit(t, ca, "order", order(t, 1))
	if err := ca.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(c.Dir, "authority.journal")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data[:bytes.IndexByte(data, '\n')+1], 0o600); err != nil {
		t.Fatal(err)
	}
	got := submit(t, open(t, c), "order", order(t, 2))
	if !bytes.Equal(got.RawTBS, want.RawTBS) {
		t.Error("got another certificate than the one planned")
	}
	if err := as.CheckIssued(got, c.Certificate); err != nil {
		t.Error(err)
	}
}

// TestDamagedJournal refuses a journal with any fault but a torn end, rather
// than issue again what it no longer knows of.
func TestDamagedJournal(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	c.Dir = t.TempDir()
	whole, _ := journal(t, c)
	lines := bytes.SplitAfter(whole, []byte("\n"))
	lines = lines[:len(lines)-1]
	flipped := slices.Clone(whole)
	flipped[len(lines[0])/2] ^= 1
	for what, data := range map[string][]byte{
		"an octet changed": flipped,
		"a line lost":      bytes.Join(lines[1:], nil),
		"a line doubled":   append(slices.Clone(lines[0]), whole...),
		"no journal":       []byte("hello\nworld\n"),
		"no line":          []byte("00000000 \n00000000 \n"),
		"a line unknown":   []byte("6ddb5b6c {}\n6ddb5b6c {}\n"),
	} {
		if err := os.WriteFile(filepath.Join(c.Dir, "authority.journal"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if ca, err := local.New(c); err == nil {
			t.Errorf("%s: got no error", what)
			ca.Close()
		}
	}
}

func TestLocked(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	c.Dir = t.TempDir()
	ca := open(t, c)
	if _, err := local.New(c); !errors.Is(err, local.ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	if err := ca.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, c)
	info, err := os.Stat(filepath.Join(c.Dir, "authority.journal"))
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v, want 0600", info.Mode(), err)
	}
}

// TestClosed issues nothing that could not be kept.
func TestClosed(t *testing.T) {
	c := config(t, newKey(t, gost.CryptoProA()), start)
	c.Dir = t.TempDir()
	ca := open(t, c)
	if err := ca.Close(); err != nil {
		t.Fatal(err)
	}
	if out, err := ca.Submit(t.Context(), "order", order(t, 1)); err == nil || out.Certificate != nil {
		t.Errorf("got %v, want an error", out.State)
	}
	if out, err := ca.Find(t.Context(), "order"); err != nil || out.State != ra.Unknown {
		t.Errorf("got %v, %v, want Unknown", out.State, err)
	}
	if _, err := ca.CRL(); err == nil {
		t.Error("a list: got no error")
	}
}

// weary is a key that fails for a while, as a token that was pulled out.
type weary struct {
	*gost.PrivateKey
	fails int
}

var errPulled = errors.New("token: not there")

func (w *weary) SignMessage(rand io.Reader, msg []byte, o crypto.SignerOpts) ([]byte, error) {
	if w.fails--; w.fails >= 0 {
		return nil, errPulled
	}
	return w.PrivateKey.SignMessage(rand, msg, o)
}

func (w *weary) Sign(rand io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	if w.fails--; w.fails >= 0 {
		return nil, errPulled
	}
	return w.PrivateKey.Sign(rand, digest, o)
}

// TestKeyFails: an order whose signature failed is signed by the next
// question, as it was planned.
func TestKeyFails(t *testing.T) {
	key := &weary{PrivateKey: newKey(t, gost.CryptoProA())}
	c := config(t, key, start)
	c.Dir = t.TempDir()
	key.fails = 2
	ca := open(t, c)
	for range 2 {
		if out, err := ca.Submit(t.Context(), "order", order(t, 1)); !errors.Is(err, errPulled) || out.State != "" {
			t.Errorf("got %v, %v, want the key's error", out.State, err)
		}
	}
	out, err := ca.Find(t.Context(), "order")
	if err != nil || out.State != ra.Issued {
		t.Errorf("got %v, %v, want it issued", out.State, err)
	}
	if _, err := ca.Revoke(t.Context(), "order", ra.Revocation{At: start.Add(-time.Hour)}); err != nil {
		t.Error(err)
	}
}
