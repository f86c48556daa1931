package sqlstore_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/powercut"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
)

// In the environment they make TestPowerCutChild the process whose writes are
// recorded: the file, and how its connection syncs.
const (
	cutPath        = "SURGUCH_POWERCUT_PATH"
	cutSynchronous = "SURGUCH_POWERCUT_SYNCHRONOUS"
)

const (
	cutRequests = 4
	cutChanges  = 15 // of each request in each of two rounds
)

// TestPowerCutChild saves, closes the store, opens it again and saves on. It
// tells of each change on standard output when Save has returned. By itself
// it does nothing.
func TestPowerCutChild(t *testing.T) {
	path := os.Getenv(cutPath)
	if path == "" {
		return
	}
	version := int64(0)
	for range 2 {
		s, err := sqlstore.Open(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		if mode := os.Getenv(cutSynchronous); mode != "" {
			if err := s.Synchronous(mode); err != nil {
				t.Fatal(err)
			}
		}
		for range cutChanges {
			saved := make(chan error)
			for i := range cutRequests {
				go func() {
					err := s.Save(ctx, change(ra.ID(fmt.Sprint("request ", i)), version))
					if err == nil {
						_, err = fmt.Printf("saved %d %d\n", i, version+1)
					}
					saved <- err
				}()
			}
			for range cutRequests {
				if err := <-saved; err != nil {
					t.Fatal(err)
				}
			}
			version++
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// figures are what one run of cuts amounts to.
type figures struct {
	cuts, acknowledged int
	lost               int // changes that were acknowledged and are not there, of all cuts
	broken             []error
}

// cut records the child and looks at what power cuts leave: at every sync, and
// between, as often as there is time for.
func cut(t *testing.T, synchronous string, every int) figures {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.Command(self, "-test.run=^TestPowerCutChild$")
	cmd.Env = append(os.Environ(), cutPath+"="+filepath.Join(dir, "ra.db"), cutSynchronous+"="+synchronous)
	recording := powercut.Record(t, dir, cmd)

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	syncs := 3 // one of so many, by chance
	if testing.Short() {
		syncs = 6
	}
	var f figures
	for m := range recording.Moments() {
		var keep []powercut.Keep
		if m.Sync && (every == 1 || chance.IntN(syncs) == 0) {
			keep = append(keep, powercut.Nothing)
		}
		if chance.IntN(every) == 0 {
			keep = append(keep, []powercut.Keep{powercut.Nothing, powercut.Everything, powercut.Some(chance), powercut.Some(chance)}[chance.IntN(4)])
		}
		acked := told(m.Told)
		f.acknowledged = 0
		for _, version := range acked {
			f.acknowledged += int(version)
		}
		for _, k := range keep {
			f.cuts++
			image := filepath.Join(dir, "image")
			if err := errors.Join(os.RemoveAll(image), os.Mkdir(image, 0o700), m.Image(image, k)); err != nil {
				t.Fatal(err)
			}
			lost, err := examine(filepath.Join(image, "ra.db"), acked)
			f.lost += lost
			if err != nil {
				f.broken = append(f.broken, fmt.Errorf("after %d operations: %w", m.Number, err))
			}
		}
	}
	return f
}

// told is the last version of each request that was acknowledged.
func told(text []byte) []int64 {
	acked := make([]int64, cutRequests)
	for line := range bytes.Lines(text) {
		var i, version int64
		if n, _ := fmt.Sscanf(string(line), "saved %d %d", &i, &version); n == 2 {
			acked[i] = version
		}
	}
	return acked
}

// examine opens a file after a power cut. It returns how many changes are lost
// that were acknowledged, and what else is wrong.
func examine(path string, acked []int64) (lost int, err error) {
	s, err := sqlstore.Open(ctx, path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Intact(); err != nil {
		return 0, err
	}
	var faults []error
	all, err := s.Unsealed(ctx, 1<<30)
	if err != nil {
		return 0, err
	}
	leaves := map[ra.ID]int64{}
	for _, l := range all {
		if leaves[l.Request]++; l.Seq != leaves[l.Request] {
			faults = append(faults, fmt.Errorf("%s: leaf %d stands where %d belongs", l.Request, l.Seq, leaves[l.Request]))
		}
	}
	for i, version := range acked {
		id := ra.ID(fmt.Sprint("request ", i))
		r, err := s.Load(ctx, id)
		if errors.Is(err, ra.ErrNotFound) {
			lost += int(version)
			continue
		}
		if err != nil {
			return lost, err
		}
		lost += max(0, int(version-r.Version))
		faults = append(faults, whole(s, id, r.Version, leaves[id]))
	}
	return lost, errors.Join(faults...)
}

// whole looks whether each version of a request has its line, its leaf, its
// task, its document and its command.
func whole(s *sqlstore.Store, id ra.ID, version, leaves int64) error {
	lines, err := s.History(ctx, id, 0, 1<<30)
	if err != nil {
		return err
	}
	tasks, err := s.Tasks(ctx, id)
	if err != nil {
		return err
	}
	if n := int(version); len(lines) != n || len(tasks) != n || leaves != version {
		return fmt.Errorf("%s at %d: %d lines, %d tasks, %d leaves", id, n, len(lines), len(tasks), leaves)
	}
	for i := range lines {
		seq := int64(i + 1)
		_, blob := s.Blob(ctx, fmt.Sprintf("blob %s %d", id, seq))
		_, command := s.Command(ctx, fmt.Sprintf("command %s %d", id, seq))
		if lines[i].Seq != seq || tasks[i].Seq != seq || blob != nil || command != nil {
			return fmt.Errorf("%s: line %d and task of %d stand where %d belongs; %w", id, lines[i].Seq, tasks[i].Seq, seq, cmp.Or(blob, command))
		}
	}
	return nil
}

// TestPowerCut: nothing that was acknowledged is lost, and whatever is there
// is whole.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	every := 12
	if os.Getenv("SURGUCH_LONG") != "" {
		every = 1
	}
	f := cut(t, "", every)
	t.Logf("%d cuts, %d changes acknowledged in the end, %d lost", f.cuts, f.acknowledged, f.lost)
	if want := 2 * cutRequests * cutChanges; f.acknowledged != want || f.cuts < 50 {
		t.Errorf("got %d acknowledged changes and %d cuts, want %d and many", f.acknowledged, f.cuts, want)
	}
	if f.lost > 0 {
		t.Errorf("%d acknowledged changes are lost", f.lost)
	}
	for _, err := range f.broken {
		t.Error(err)
	}
}

// TestPowerCutTells shows that the test above would find a store that does not
// sync: with synchronous = NORMAL changes are lost, though the file is whole.
func TestPowerCutTells(t *testing.T) {
	t.Parallel()
	f := cut(t, "NORMAL", 24)
	t.Logf("%d cuts, %d changes acknowledged in the end, %d lost over all cuts", f.cuts, f.acknowledged, f.lost)
	if f.lost == 0 {
		t.Error("a store that does not sync has lost nothing")
	}
	for _, err := range f.broken {
		t.Error(err)
	}
}
