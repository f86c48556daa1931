package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token/softtoken"
)

// TestMain is the main of the tests and of their workers.
func TestMain(m *testing.M) {
	if workplace.IsWorker(os.Args) {
		os.Exit(workplace.Work())
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // a child that ends under the race detector would wait a second
	os.Exit(m.Run())
}

const (
	userPIN    = "31415926"
	officerPIN = "27182818"
	password   = "correct horse"
)

// bench is a workplace of a test: who is at the keyboard, and all that was
// shown there.
type bench struct {
	*testing.T
	dir   string
	keys  []string // what will be typed: "secret …" or "line …"
	shown bytes.Buffer
}

// newBench is a workplace without a PIN in the environment. At its end nothing
// that was shown may have a secret in it.
func newBench(t *testing.T) *bench {
	t.Helper()
	for _, name := range []string{workplace.PINVariable, workplace.NewPINVariable, workplace.OfficerPINVariable} {
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	b := &bench{T: t, dir: t.TempDir()}
	t.Cleanup(func() {
		for _, secret := range []string{userPIN, officerPIN, password, "00000000", "11112222"} {
			if strings.Contains(b.shown.String(), secret) {
				t.Errorf("the secret %s is shown", secret)
			}
		}
		if len(b.keys) > 0 {
			t.Errorf("nobody asked for %q", b.keys)
		}
	})
	return b
}

func (b *bench) next(kind string) (string, error) {
	if len(b.keys) == 0 {
		return "", io.EOF
	}
	want, line, _ := strings.Cut(b.keys[0], " ")
	if want != kind {
		return "", errors.New("asked for a " + kind + " where a " + want + " was expected")
	}
	b.keys = b.keys[1:]
	return line, nil
}

func (b *bench) Secret(context.Context) ([]byte, error) {
	line, err := b.next("secret")
	return []byte(line), err
}

func (b *bench) Line(context.Context) (string, error) { return b.next("line") }

// types is what a person will type.
func (b *bench) types(keys ...string) { b.keys = append(b.keys, keys...) }

// run runs the program. Arguments are separated by spaces; DIR is the folder of
// the test.
func (b *bench) run(args string, more ...string) (status int, stdout, stderr string) {
	b.Helper()
	var out, errs bytes.Buffer
	status = run(b.Context(), append(strings.Fields(strings.ReplaceAll(args, "DIR", b.dir)), more...), b, &out, &errs)
	b.shown.Write(out.Bytes())
	b.shown.Write(errs.Bytes())
	return status, out.String(), errs.String()
}

// want runs the program and wants a status, and texts on both streams.
func (b *bench) want(want int, args string, texts ...string) string {
	b.Helper()
	status, stdout, stderr := b.run(args)
	if status != want {
		b.Fatalf("%s: got status %d, want %d:\n%s%s", args, status, want, stdout, stderr)
	}
	for _, text := range texts {
		if !strings.Contains(stdout+stderr, text) {
			b.Errorf("%s: got\n%s%s\nwant %q in it", args, stdout, stderr, text)
		}
	}
	return stdout
}

// soft makes a folder with a token in software, whose PINs are those of the
// tests, and returns its path.
func (b *bench) soft(f softtoken.Format) string {
	b.Helper()
	if f.UserPIN == "" {
		f.UserPIN, f.SOPIN = userPIN, officerPIN
	}
	path := filepath.Join(b.dir, "soft")
	tokens, err := softtoken.Open(softtoken.Config{Dir: path, Iterations: 1})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := tokens.Add(f); err != nil {
		b.Fatal(err)
	}
	if err := tokens.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// TestUsage: a wrong command line is told, and nothing is made.
func TestUsage(t *testing.T) {
	b := newBench(t)
	for _, args := range []string{
		"", "melt", "list", "list -nonsense", "list -carrier keys", "list -carrier file:", "list -carrier file:DIR extra",
		"list -carrier pkcs11:?pin-value=31415926", "list -carrier file:DIR -module /lib.so", "list -carrier pkcs11: -module a -module b",
		"list -carrier pkcs11:?module-path=/a -module /b",
		"generate", "generate -carrier file:DIR/new extra",
		"request -carrier file:DIR", "request -carrier file:DIR -out DIR/r", "request -carrier file:DIR -out DIR/r -form f -subject CN=a",
		"install -carrier file:DIR", "install -carrier file:DIR a b", "delete -carrier file:DIR", "delete -carrier file:DIR -id a b",
		"pin -carrier soft:DIR", "pin -carrier soft:DIR melt", "pin -carrier soft:DIR check twice",
		"doctor extra", "doctor -login", "doctor -carrier soft:DIR -test", "doctor -carrier file:DIR -login -test", "doctor -carrier nowhere",
	} {
		status, stdout, stderr := b.run(args)
		if status != 2 || stdout != "" || stderr == "" || strings.Count(stderr, "Usage") > 1 {
			t.Errorf("%q: got status %d:\n%s%s", args, status, stdout, stderr)
		}
	}
	for command := range commands {
		if status, _, stderr := b.run(command + " -h"); status != 0 || !strings.Contains(stderr, "-carrier") {
			t.Errorf("%s -h: got %d: %s", command, status, stderr)
		}
	}
	if entries, err := os.ReadDir(b.dir); err != nil || len(entries) > 0 {
		t.Errorf("something was made: %v, %v", entries, err)
	}
}

// TestInterrupted: a program that is interrupted says so.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	for _, args := range [][]string{{"list", "-carrier", "file:" + dir}, {"doctor", "-carrier", "file:" + dir}} {
		var stdout, stderr bytes.Buffer
		if status := run(ctx, args, nil, &stdout, &stderr); status != 1 || !strings.Contains(stderr.String(), "Прервано") {
			t.Errorf("%v: got %d: %s%s", args, status, &stdout, &stderr)
		}
	}
}
