package audit_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/audit"
	"github.com/surguch/surguch/ra/storetest"
)

var _ ra.Trail = (*storetest.Memory)(nil)

func seal(t testing.TB, s *audit.Sealer, want int) {
	t.Helper()
	if n, err := s.Seal(context.Background()); err != nil || n != want {
		t.Fatalf("got %d leaves sealed (%v), want %d", n, err, want)
	}
}

func verified(t testing.TB, store ra.Trail) audit.Report {
	t.Helper()
	r, err := audit.Verify(context.Background(), store, newVerifier(t), audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSealerTakesOver(t *testing.T) {
	store, clock := &trail{}, testenv.NewClock(start)
	one, two := sealer(t, store, clock, nil), sealer(t, store, clock, nil)
	for i, s := range []*audit.Sealer{one, two, one, one, two, one} {
		for range i + 1 {
			store.add(i, clock.Now())
		}
		seal(t, s, i+1)
		seal(t, s, 0)
	}
	seal(t, sealer(t, store, clock, nil), 0) // a third reads all and finds it right
	if r := verified(t, store); r.Leaves != 21 || r.Checkpoints != 6 {
		t.Errorf("got %+v", r)
	}
}

// The loser of a race does nothing and goes on from what the winner sealed.
func TestSealerLosesRace(t *testing.T) {
	store, clock := &trail{}, testenv.NewClock(start)
	one, two := sealer(t, store, clock, nil), sealer(t, store, clock, nil)
	store.add(1, start)
	seal(t, two, 1)
	store.add(2, start)
	store.beforeSeal = func(s *trail) error {
		s.beforeSeal = nil
		s.mu.Unlock()
		defer s.mu.Lock()
		seal(t, two, 1)
		return nil
	}
	seal(t, one, 0)
	store.add(1, start)
	seal(t, one, 1)
	if r := verified(t, store); r.Leaves != 3 || r.Checkpoints != 3 {
		t.Errorf("got %+v", r)
	}
}

// A Seal of the store that failed and yet was carried out is caught up with.
func TestSealedButFailed(t *testing.T) {
	store, clock := &trail{}, testenv.NewClock(start)
	s := sealer(t, store, clock, nil)
	store.add(1, start)
	store.afterSeal = errors.New("the answer was lost")
	if _, err := s.Seal(context.Background()); !errors.Is(err, store.afterSeal) {
		t.Fatalf("got %v, want %v", err, store.afterSeal)
	}
	if err := s.Ready(start); !errors.Is(err, store.afterSeal) {
		t.Errorf("ready: got %v, want %v", err, store.afterSeal)
	}
	store.afterSeal = nil
	store.add(1, start)
	seal(t, s, 1)
	if err := s.Ready(start); err != nil {
		t.Errorf("ready: got %v, want nil", err)
	}
	verified(t, store)
}

// Eight sealers on one store with writers beside them, and a verifier that
// looks on: every leaf is sealed once.
func TestSealersAtOnce(t *testing.T) {
	store := &trail{}
	ctx, stop := context.WithCancel(context.Background())
	var sealers, writers sync.WaitGroup
	for range 8 {
		s := sealer(t, store, nil, func(c *audit.Config) { c.Batch, c.Every = 10, time.Millisecond })
		sealers.Go(func() { s.Run(ctx) })
	}
	const each = 100
	for i := range 4 {
		writers.Go(func() {
			for range each {
				store.add(i, time.Now().UTC())
				time.Sleep(50 * time.Microsecond)
			}
		})
	}
	for range 20 {
		verified(t, store)
	}
	writers.Wait()
	for verified(t, store).Leaves < 4*each {
		time.Sleep(time.Millisecond)
	}
	stop()
	sealers.Wait()
	if r := verified(t, store); r.Leaves != 4*each || r.Unsealed != 0 {
		t.Errorf("got %+v", r)
	}
}

// A sealer goes no further on a trail that is not what was signed.
func TestSealerRefusesTampered(t *testing.T) {
	ctx := context.Background()
	for what, tamper := range map[string]func(*trail){
		"a leaf changed":         func(s *trail) { s.leaves[3].Body = append(bytes.Clone(s.leaves[3].Body), ' ') },
		"a leaf deleted":         func(s *trail) { s.leaves = append(s.leaves[:3:3], s.leaves[4:]...) },
		"the newest deleted":     func(s *trail) { s.leaves = s.leaves[:len(s.leaves)-1] },
		"a checkpoint unsigned":  func(s *trail) { s.checkpoints[len(s.checkpoints)-1].Note = []byte("x\n") },
		"two leaves exchanged":   func(s *trail) { s.leaves[0].Body, s.leaves[1].Body = s.leaves[1].Body, s.leaves[0].Body },
		"a leaf out of place":    func(s *trail) { s.leaves[3].Place = 4 },
		"the checkpoint's size":  func(s *trail) { s.checkpoints[len(s.checkpoints)-1].Size-- },
		"everything truncated":   nil,
		"truncated to something": nil,
	} {
		store := sealed(t, 20, 5, 4)
		s := sealer(t, store, nil, nil)
		switch what {
		case "everything truncated":
			seal(t, s, 0)
			store.leaves, store.checkpoints = nil, nil
		case "truncated to something":
			seal(t, s, 0)
			store.leaves, store.checkpoints = store.leaves[:10], store.checkpoints[:2]
		default:
			tamper(store)
		}
		store.add(9, start)
		_, err := s.Seal(ctx)
		var tampered *audit.TamperedError
		if !errors.As(err, &tampered) || len(store.waiting) != 1 {
			t.Errorf("%s: got %v, want a TamperedError and nothing sealed", what, err)
		}
		if s.Ready(time.Now()) == nil {
			t.Errorf("%s: the sealer says that it is ready", what)
		}
	}
}

func TestReady(t *testing.T) {
	ctx := context.Background()
	store, clock := &trail{}, testenv.NewClock(start)
	s := sealer(t, store, clock, nil)
	ready := func(what string, want bool) {
		t.Helper()
		if err := s.Ready(clock.Now()); (err == nil) != want {
			t.Errorf("%s: got %v, want ready %v", what, err, want)
		}
	}
	ready("at its start", true)
	clock.Advance(61 * time.Second)
	ready("it never ran", false)
	seal(t, s, 0)
	ready("nothing to seal", true)
	store.add(1, clock.Now())
	clock.Advance(59 * time.Second)
	ready("a leaf waits", true)
	clock.Advance(2 * time.Second)
	ready("a leaf waits too long", false)
	store.fail = errors.New("the disk is full")
	if _, err := s.Seal(ctx); !errors.Is(err, store.fail) {
		t.Errorf("got %v, want %v", err, store.fail)
	}
	ready("the store fails", false)
	store.fail = nil
	seal(t, s, 1)
	ready("sealed", true)
}

func TestRun(t *testing.T) {
	store, clock := &trail{}, testenv.NewClock(start)
	s := sealer(t, store, clock, nil)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	for i := range 3 {
		store.add(i, clock.Now())
		for last, _ := store.Last(ctx); last.Size < int64(i+1); last, _ = store.Last(ctx) {
			clock.Advance(time.Second)
			time.Sleep(100 * time.Microsecond)
		}
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// What Export refuses is given again until it takes it; a sealer that starts
// gives the last checkpoint once more.
func TestExport(t *testing.T) {
	ctx := context.Background()
	store, clock := &trail{}, testenv.NewClock(start)
	var taken []int64
	fail := errors.New("nobody answers")
	export := func(_ context.Context, c ra.Checkpoint) error {
		if fail == nil {
			taken = append(taken, c.Size)
		}
		return fail
	}
	with := func(c *audit.Config) { c.Export, c.Batch = export, 2 }
	s := sealer(t, store, clock, with)
	for range 3 {
		store.add(1, start)
	}
	if n, err := s.Seal(ctx); !errors.Is(err, fail) || n != 2 {
		t.Fatalf("got %d, %v, want 2 and %v", n, err, fail)
	}
	if s.Ready(start) == nil {
		t.Error("ready, though nobody got the checkpoint")
	}
	fail = nil
	seal(t, s, 1)
	seal(t, s, 0)
	seal(t, sealer(t, store, clock, with), 0)
	if len(taken) != 2 || taken[0] != 3 || taken[1] != 3 {
		t.Errorf("got %v, want the checkpoint over 3 from each sealer", taken)
	}
}

func TestFileExport(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "checkpoints.txt")
	store := sealed(t, 20, 5, 4)
	v := newVerifier(t)
	for i, c := range store.checkpoints {
		if err := audit.FileExport(path)(ctx, c); err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		list, err := v.ReadExported(file)
		if err != nil || len(list) != i+1 {
			t.Fatalf("got %d checkpoints (%v), want %d", len(list), err, i+1)
		}
		if _, err := audit.Verify(ctx, store, v, audit.Options{Trusted: list}); err != nil {
			t.Fatal(err)
		}
		// A crash in the middle of the next: passed over by the reader, and
		// gone after the next whole one.
		next := store.checkpoints[(i+1)%4].Note
		for _, cut := range []int{1, 30, bytes.Index(next, []byte("\n\n")) + 1, bytes.Index(next, []byte("\n\n")) + 2, len(next) - 1, len(next)} {
			torn := append(bytes.Clone(file), next[:cut]...)
			if list, err := v.ReadExported(torn); err != nil || len(list) != i+1 {
				t.Fatalf("torn after %d octets: got %d checkpoints (%v), want %d", cut, len(list), err, i+1)
			}
			if err := os.WriteFile(path, torn, 0o644); err != nil {
				t.Fatal(err)
			}
			if err := audit.FileExport(path)(ctx, c); err != nil {
				t.Fatal(err)
			}
			again, _ := os.ReadFile(path)
			if want := string(file) + string(c.Note) + "\n"; string(again) != want {
				t.Fatalf("torn after %d octets: got\n%s, want\n%s", cut, again, want)
			}
			os.WriteFile(path, file, 0o644)
		}
	}
	if list, err := v.ReadExported(store.checkpoints[2].Note); err != nil || len(list) != 1 {
		t.Errorf("a single note: got %d (%v)", len(list), err)
	}
	for what, file := range map[string]string{"nothing": "", "text": "hello\n", "half": "a\n\nb\n\n"} {
		if _, err := v.ReadExported([]byte(file)); err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
}

func TestConfig(t *testing.T) {
	for what, c := range map[string]audit.Config{
		"empty":      {},
		"no key":     {Store: &trail{}, Origin: origin},
		"no origin":  {Store: &trail{}, Key: key},
		"a space":    {Store: &trail{}, Key: key, Origin: "a b"},
		"a plus":     {Store: &trail{}, Key: key, Origin: "a+b"},
		"no schemes": {Store: &trail{}, Key: key, Origin: origin, Algorithms: csr.Algorithms{}},
	} {
		if _, err := audit.NewSealer(c); err == nil || !strings.HasPrefix(err.Error(), "audit: ") {
			t.Errorf("%s: got %v, want an error", what, err)
		}
	}
	// A key of 512 bits will do as well, and so will a changed one.
	store := sealed(t, 3, 5, 1)
	big, err := gost.GenerateKey(gost.TC26A512(), nil)
	if err != nil {
		t.Fatal(err)
	}
	store.add(5, start)
	if _, err := sealer(t, store, nil, func(c *audit.Config) { c.Key = big }).Seal(context.Background()); err == nil {
		t.Error("a new key without the old: got no error")
	}
	seal(t, sealer(t, store, nil, func(c *audit.Config) { c.Key, c.Old = big, append(c.Old, key.PublicKey()) }), 1)
	both, err := audit.NewVerifier(nil, "", big.PublicKey(), key.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Verify(context.Background(), store, both, audit.Options{}); err != nil {
		t.Error(err)
	}
}
