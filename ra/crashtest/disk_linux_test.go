package crashtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/powercut"
	"github.com/surguch/surguch/ra"
)

func init() {
	// The children let strace look at them, also where only ancestors may.
	const setTracer, anybody = 0x59616d61, ^uintptr(0)
	if os.Getenv(childPlan) != "" {
		syscall.RawSyscall(syscall.SYS_PRCTL, setTracer, anybody, 0)
	}
}

// TestDiskFails takes the disk away from an authority at work, in several
// ways, and gives it back. Meanwhile nothing is acknowledged and everyone is
// told an error; afterwards the same process goes on and brings everything to
// its end.
func TestDiskFails(t *testing.T) {
	strace := powercut.Strace(t)
	rounds, persons := 1, 40
	if long() {
		rounds, persons = 15, 400
	}
	k := newTrial(t, "sqlite", persons)
	k.plan.Lease = 3 * time.Second
	c := k.start(k.plan)
	for range rounds {
		for _, fault := range []string{"pwrite64:error=ENOSPC", "pwrite64:error=EIO", "fsync:error=EIO", "ftruncate,pwrite64,fsync:error=EIO"} {
			k.working()
			call, _, _ := strings.Cut(fault, ":")
			taking := exec.Command(strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace="+call, "-e", "inject="+fault, "-p", fmt.Sprint(c.Process.Pid))
			var said strings.Builder
			taking.Stderr = &said
			if err := taking.Start(); err != nil {
				t.Fatal(err)
			}
			attached(t, c.Process.Pid, &said)
			k.quiet(fault)
			if err := taking.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			_ = taking.Wait() // it was interrupted
		}
	}
	if !k.end(c) {
		t.Fatal("the child was killed by somebody else")
	}
	for text := range k.complain {
		t.Log(text)
	}
	if len(k.complain) == 0 {
		t.Error("nobody was told")
	}
	k.examine()
}

// quiet waits until what was written before the disk was gone has been
// acknowledged, and fails the test if anything is after that.
func (k *trial) quiet(fault string) {
	k.t.Helper()
	const while = 200 * time.Millisecond
	before := k.acknowledged()
	for end := time.Now().Add(10 * time.Second); ; {
		time.Sleep(while)
		after := k.acknowledged()
		if after == before {
			return
		}
		if time.Now().After(end) {
			k.t.Errorf("%s: transitions are acknowledged without end: %d in %v", fault, after-before, while)
			return
		}
		before = after
	}
}

// attached waits until all threads of a process are traced.
func attached(t *testing.T, pid int, said *strings.Builder) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
		if err != nil || len(threads) == 0 {
			t.Fatalf("the child is gone: %v", err)
		}
		free := slices.IndexFunc(threads, func(name string) bool {
			status, err := os.ReadFile(name) // a thread may have ended
			return err == nil && strings.Contains(string(status), "TracerPid:\t0\n")
		})
		if free < 0 {
			return
		}
	}
	t.Fatalf("strace does not attach: %s", said.String())
}

// TestClosedStore: an authority whose store is closed says so.
func TestClosedStore(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string) {
		k := newTrial(t, database, 1)
		store, err := k.plan.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		config, err := k.plan.config(store, &remote{})
		if err != nil {
			t.Fatal(err)
		}
		authority, err := ra.New(config)
		if err != nil {
			t.Fatal(err)
		}
		form := ra.Form{LegalForm: "person", Email: "ivanov@example.com"}
		r, err := authority.Begin(t.Context(), operator, "personal-link", form)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		_, begin := authority.Begin(t.Context(), operator, "personal-link", form)
		_, request := authority.Request(t.Context(), r.ID)
		_, work := authority.Work(t.Context())
		for what, err := range map[string]error{"begin": begin, "request": request, "work": work} {
			if err == nil || errors.Is(err, ra.ErrNotFound) || errors.Is(err, context.Canceled) {
				t.Errorf("%s: got %v, want an error of the store", what, err)
			}
		}
		again, err := k.plan.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		rows, err := again.Page(t.Context(), ra.Query{})
		if err != nil || len(rows) != 1 || rows[0].Version != r.Version {
			t.Errorf("got %d requests, %v; want the one from before", len(rows), err)
		}
	})
}
