package ftp

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var moment = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func frozen() time.Time { return moment }

// audit checks what holds for every tree that is at rest: clean paths, each in
// a directory, an honest count of octets and nothing past the limits.
func audit(t *testing.T, tree *Tree) {
	t.Helper()
	tree.mu.Lock()
	defer tree.mu.Unlock()
	var sum int64
	for p, e := range tree.entries {
		if parent := tree.entries[path.Dir(p)]; p != clean("/", p) || !parent.dir || e.name != path.Base(p) {
			t.Errorf("the tree has %q with name %q in directory %v", p, e.name, parent.dir)
		}
		if int64(len(e.data)) > tree.limits.File {
			t.Errorf("%q has %d octets", p, len(e.data))
		}
		sum += int64(len(e.data))
	}
	if sum != tree.used || sum > tree.limits.Total || len(tree.entries)-1 > tree.limits.Entries {
		t.Errorf("got %d octets, counted %d, in %d entries, limits %v", sum, tree.used, len(tree.entries)-1, tree.limits)
	}
}

func put(t *testing.T, tree *Tree, name, data string) {
	t.Helper()
	if err := tree.Put(name, []byte(data)); err != nil {
		t.Fatal(err)
	}
}

// text shows what Take gave.
func text(files map[string][]byte) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&b, "%s=%s ", name, files[name])
	}
	return strings.TrimSpace(b.String())
}

func TestTake(t *testing.T) {
	tree := NewTree(Limits{}, frozen)
	put(t, tree, "/a/one", "1")
	put(t, tree, "a/deep/two", "2")
	put(t, tree, "/ab", "3")
	put(t, tree, "../../top", "4")
	for _, dir := range []string{"/none", "/ab", "/a/one", "/a/o"} {
		if got := tree.Take(dir); len(got) != 0 {
			t.Errorf("Take(%q): got %s, want nothing", dir, text(got))
		}
	}
	if got, want := text(tree.Take("a/")), "deep/two=2 one=1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	audit(t, tree)
	if got := tree.Take("/a"); len(got) != 0 {
		t.Errorf("a second time: got %s, want nothing", text(got))
	}
	if got, want := text(tree.Take("/")), "ab=3 top=4"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	audit(t, tree)
	if tree.used != 0 || len(tree.entries) != 1 {
		t.Errorf("got %d octets in %d entries, want the root alone", tree.used, len(tree.entries))
	}
	if err := tree.remove("/", true); err != errNotEmpty {
		t.Errorf("removing the root: got %v, want %v", err, errNotEmpty)
	}
}

func TestPut(t *testing.T) {
	tree := NewTree(Limits{File: 4, Total: 10, Entries: 4}, frozen)
	data := []byte("abcd")
	if err := tree.Put("/d/a", data); err != nil {
		t.Fatal(err)
	}
	data[0] = 'X'
	put(t, tree, "/d/b", "bcde")
	for _, c := range []struct {
		name, data string
		want       error
	}{
		{"/long", "12345", errFull},
		{"/total", "123", errFull},
		{"/d/a", "123", errFull}, // both versions count until the new one is whole
		{"/d", "", errNotFile},
		{"/", "", errNotFile},
		{"/d/a/x", "", errNotDirectory},
	} {
		if err := tree.Put(c.name, []byte(c.data)); !errors.Is(err, c.want) {
			t.Errorf("Put(%q): got %v, want %v", c.name, err, c.want)
		}
		audit(t, tree)
	}
	for _, name := range []string{"a\r\nb", "a\xff", "a\x00", strings.Repeat("a", maxLine)} {
		if err := tree.Put(name, nil); err == nil {
			t.Errorf("Put(%.10q): accepted", name)
		}
	}
	put(t, tree, "/d/a", "ab") // replaces
	put(t, tree, "/e", "")
	if err := tree.Put("/f", nil); !errors.Is(err, errFull) {
		t.Errorf("a fifth entry: got %v, want %v", err, errFull)
	}
	put(t, tree, "/e", "x")
	audit(t, tree)
	if got, want := text(tree.Take("/")), "d/a=ab d/b=bcde e=x"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if again := NewTree(Limits{}, frozen); again.limits != (Limits{64 << 20, 256 << 20, 10000}) {
		t.Errorf("got default limits %v", again.limits)
	}
}

// TestUpload takes the directory away from under an upload.
func TestUpload(t *testing.T) {
	tree := NewTree(Limits{}, frozen)
	put(t, tree, "/d/a", "old")
	u, err := tree.create("/d/a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(u, "new"); err != nil {
		t.Fatal(err)
	}
	if got, want := text(tree.Take("/d")), "a=old"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := u.commit(); err != errNotFound {
		t.Errorf("commit: got %v, want %v", err, errNotFound)
	}
	u.discard()
	u.discard()
	audit(t, tree)
}

// FuzzSession lets a client say anything, once with and once without the right
// to write: every reply has the form of RFC 959, section 4.2, and the tree
// stays sound, or as it was.
func FuzzSession(f *testing.F) {
	f.Add("PWD\r\nCWD d\r\nLIST\r\nMLST\r\nSIZE a\r\nDELE a\r\nRMD /d\r\n")
	f.Add("MKD x\r\nMKD x/y\r\nCWD x/y\r\nMKD ../../../z\r\nRMD .\r\nCDUP\r\nRMD y\r\n")
	f.Add("USER x\r\nPASS\r\nPASS y\r\nFEAT\r\nOPTS UTF8 ON\r\nTYPE E\r\nABOR\r\n")
	f.Add("EPSV\r\nPASV\r\nEPSV ALL\r\nPASV\r\nSTOR b\r\nRETR d/a\r\nMKD \"\"\"\r\n")
	f.Add("\xff\xf4\xff\xf2ABOR\nSTOR\n\r\n\x00\nQUIT\nNOOP\n" + strings.Repeat("x", 3000))
	reply := regexp.MustCompile(`^([2345]\d\d[ -]| )[^\x00-\x1f\x7f]*$`)
	f.Fuzz(func(t *testing.T, script string) {
		for _, mayWrite := range []bool{false, true} {
			tree := NewTree(Limits{Entries: 5}, frozen)
			put(t, tree, "/d/a", "octets")
			server := NewServer(Config{Remote: true})
			server.Allow("u", Account{Password: "p", Files: tree, Write: mayWrite})
			near, far := net.Pipe()
			server.admit(far)
			written := make(chan struct{})
			go func() {
				defer close(written)
				_, _ = io.WriteString(near, "USER u\r\nPASS p\r\n"+script+"\r\nQUIT\r\n") // fails after a QUIT of the script
			}()
			said, err := io.ReadAll(near)
			if err != nil {
				t.Fatal(err)
			}
			_ = near.Close()
			<-written
			_ = server.Close()
			lines := strings.Split(string(said), "\r\n")
			for _, l := range lines[:len(lines)-1] {
				if !reply.MatchString(l) {
					t.Errorf("got reply %q", l)
				}
			}
			if lines[len(lines)-1] != "" || !strings.HasPrefix(lines[len(lines)-2], "221 ") {
				t.Errorf("the last words are %q", lines[len(lines)-2:])
			}
			audit(t, tree)
			if got := text(tree.Take("/")); !mayWrite && got != "d/a=octets" {
				t.Errorf("a reader left %s", got)
			}
		}
	})
}
