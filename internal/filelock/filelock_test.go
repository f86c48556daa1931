package filelock_test

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/surguch/surguch/internal/filelock"
)

// heldFile, in the environment, makes the test program one that holds this file
// until it is killed.
const heldFile = "SURGUCH_TEST_HELD_FILE"

func TestMain(m *testing.M) {
	path := os.Getenv(heldFile)
	if path == "" {
		os.Exit(m.Run())
	}
	if _, err := filelock.Open(path); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("held")
	bufio.NewReader(os.Stdin).ReadByte() // for ever: nobody writes
}

// TestOpen: one at a time, and what was in the file stays.
func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	f, err := filelock.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("content"); err != nil {
		t.Error(err)
	}
	if info, err := f.Stat(); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v, want 0600", info.Mode(), err)
	}
	if second, err := filelock.Open(path); !errors.Is(err, filelock.ErrLocked) || second != nil {
		t.Errorf("a second time: got %v, want ErrLocked", err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	f, err = filelock.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if content, err := os.ReadFile(path); runtime.GOOS != "windows" && (err != nil || string(content) != "content") {
		t.Errorf("got %q, %v", content, err)
	}
}

func TestOpenFails(t *testing.T) {
	if _, err := filelock.Open(filepath.Join(t.TempDir(), "missing", "lock")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
}

// TestKilled: a process that is killed gives its lock up.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	holder := exec.Command(self)
	holder.Env = append(os.Environ(), heldFile+"="+path)
	stdin, err1 := holder.StdinPipe()
	stdout, err2 := holder.StdoutPipe()
	if err := errors.Join(err1, err2, holder.Start()); err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "held\n" {
		t.Fatalf("the holder: got %q, %v", line, err)
	}
	if _, err := filelock.Open(path); !errors.Is(err, filelock.ErrLocked) {
		t.Errorf("while it is held: got %v, want ErrLocked", err)
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	holder.Wait()
	f, err := filelock.Open(path)
	if err != nil {
		t.Fatalf("after the holder was killed: %v", err)
	}
	f.Close()
}
