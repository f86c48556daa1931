package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/atomicfile"
)

// full is a record with everything in it.
func full() record {
	r := record{Server: "https://ra.example.org/api", Token: "0123.abc", Request: "0123"}
	r.newSecret()
	r.Token = "0123.abc"
	r.newKey("soft:/keys", "surguch softtoken 1", "512-A")
	r.PKCS10, r.HandedIn, r.Signature = []byte{0x30}, true, []byte{0x31}
	return r
}

// TestState: what was saved is what is read, by nobody else, and gone when it
// is removed.
func TestState(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	s, err := openState(dir, atomicfile.Write)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s.record, record{}) {
		t.Errorf("a new state: got %+v", s.record)
	}
	s.record = full()
	if err := s.save(); err != nil {
		t.Fatal(err)
	}
	if _, err := openState(dir, atomicfile.Write); !errors.Is(err, errStateBusy) {
		t.Errorf("while it is open: got %v, want errStateBusy", err)
	}
	if info, err := os.Stat(s.path(stateName)); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v, want 0600", info.Mode(), err)
	}
	want := s.record
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if s, err = openState(dir, atomicfile.Write); err != nil || !reflect.DeepEqual(s.record, want) {
		t.Fatalf("got %+v, %v, want %+v", s.record, err, want)
	}
	if err := errors.Join(s.remove(), s.remove(), s.close()); err != nil {
		t.Fatal(err)
	}
	if s, err = openState(dir, atomicfile.Write); err != nil || s.Server != "" {
		t.Errorf("after it was removed: got %+v, %v", s.record, err)
	}
	s.close()
}

// TestStateBroken: a damaged state is refused and stays where it is, since the
// ID of a key may be in it.
func TestStateBroken(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, stateName)
	for _, text := range []string{"", "{", "{}", `{"server":"a","secret":"AAAA"}`} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openState(dir, atomicfile.Write); !errors.Is(err, errStateBroken) {
			t.Errorf("%q: got %v, want errStateBroken", text, err)
		}
		if data, err := os.ReadFile(name); err != nil || string(data) != text {
			t.Errorf("%q: the file became %q, %v", text, data, err)
		}
	}
}

// TestNewKey: with another key everything that was made with the one before is
// given up, the keys of the messages included.
func TestNewKey(t *testing.T) {
	r := full()
	was := r
	r.newKey("pfx:/a.pfx", "", "256-B")
	if r.Key == was.Key || len(r.Key) != 32 || r.PKCS10 != nil || r.HandedIn || r.Signature != nil {
		t.Errorf("got %+v", r)
	}
	if r.Token != was.Token || r.Request != was.Request || string(r.Secret) != string(was.Secret) {
		t.Error("the session is another one")
	}
	for _, m := range []string{sendRequest, sendAcknowledgement, sendInstallation} {
		if len(r.Sends[m]) < 8 || r.Sends[m] == was.Sends[m] {
			t.Errorf("%s: got %q after %q", m, r.Sends[m], was.Sends[m])
		}
	}
}

func FuzzParseRecord(f *testing.F) {
	whole, err := json.Marshal(full())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"server":"https://a","secret":"` + strings.Repeat("A", 43) + `="}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseRecord(data)
		if err != nil {
			if !errors.Is(err, errStateBroken) || !reflect.DeepEqual(r, record{}) {
				t.Errorf("got %+v and %v", r, err)
			}
			return
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseRecord(again); err != nil {
			t.Errorf("%s: read back: %v", again, err)
		}
	})
}
