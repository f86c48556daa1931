package sqlstore_test

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
)

// crashPath, in the environment, makes the test binary the process that is
// killed: it saves to the file as fast as it can and tells what is saved.
const crashPath = "SURGUCH_CRASH_PATH"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashPath); path != "" {
		fmt.Fprintln(os.Stderr, saveForEver(path))
		os.Exit(1)
	}
	// The tests wait for disks more than they compute: more of them are at once
	// than there are processors, unless -parallel says otherwise.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // a child that ends under the race detector would wait a second
	os.Exit(m.Run())
}

// saveForEver goes on with each request where it finds it.
func saveForEver(path string) error {
	s, err := sqlstore.Open(ctx, path)
	if err != nil {
		return err
	}
	errs := make(chan error)
	for i := range 8 {
		id := ra.ID(fmt.Sprint("request ", i))
		go func() {
			version := int64(0)
			if r, err := s.Load(ctx, id); err == nil {
				version = r.Version
			}
			for ; ; version++ {
				if err := s.Save(ctx, change(id, version)); err != nil {
					errs <- err
					return
				}
				fmt.Printf("%d %d\n", i, version+1) // one write, to a pipe
			}
		}()
	}
	return <-errs
}

// TestKilled kills a process that saves, at random, again and again. What it
// was told to be saved is there, and nothing is there by half.
func TestKilled(t *testing.T) {
	rounds := 8
	if os.Getenv("SURGUCH_LONG") != "" {
		rounds = 200
	}
	path := filepath.Join(t.TempDir(), "ra.db")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	acked := make([]int64, 8)
	total := 0
	for range rounds {
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), crashPath+"="+path)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		first := make(chan bool)
		var once sync.Once
		var reading sync.WaitGroup
		reading.Go(func() {
			for lines := bufio.NewScanner(out); lines.Scan(); {
				var i, version int64
				if n, _ := fmt.Sscan(lines.Text(), &i, &version); n == 2 {
					acked[i], total = max(acked[i], version), total+1
					once.Do(func() { close(first) })
				}
			}
		})
		select {
		case <-first:
		case <-time.After(30 * time.Second):
			t.Fatal("nothing was saved")
		}
		time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		reading.Wait()
		cmd.Wait()
		survived(t, path, acked)
	}
	t.Logf("killed %d times; %d changes acknowledged", rounds, total)
}

// survived opens the file and looks whether each request is whole and as far
// as was acknowledged.
func survived(t *testing.T, path string, acked []int64) {
	t.Helper()
	s, err := sqlstore.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Intact(); err != nil {
		t.Error(err)
	}
	leaves := map[ra.ID]int64{}
	all, err := s.Unsealed(ctx, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		if leaves[l.Request]++; l.Seq != leaves[l.Request] {
			t.Errorf("%s: leaf %d stands where %d belongs", l.Request, l.Seq, leaves[l.Request])
		}
	}
	for i, version := range acked {
		id := ra.ID(fmt.Sprint("request ", i))
		r, err := s.Load(ctx, id)
		if err != nil && version == 0 {
			continue
		}
		if err != nil || r.Version < version {
			t.Fatalf("%s: got %+v, %v; version %d was acknowledged", id, r, err, version)
		}
		lines, err := s.History(ctx, id, 0, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		tasks, err := s.Tasks(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if n := r.Version; int64(len(lines)) != n || int64(len(tasks)) != n || leaves[id] != n {
			t.Errorf("%s at %d: got %d lines, %d tasks, %d leaves", id, n, len(lines), len(tasks), leaves[id])
		}
		for j, l := range lines {
			if l.Seq != int64(j+1) || tasks[j].Seq != l.Seq {
				t.Errorf("%s: line %d and task of %d stand where %d belongs", id, l.Seq, tasks[j].Seq, j+1)
			}
		}
		for seq := range r.Version {
			if seq++; seq+3 > r.Version { // the last ones
				if _, err := s.Blob(ctx, fmt.Sprintf("blob %s %d", id, seq)); err != nil {
					t.Error(err)
				}
				if _, err := s.Command(ctx, fmt.Sprintf("command %s %d", id, seq)); err != nil {
					t.Error(err)
				}
			}
		}
	}
}
