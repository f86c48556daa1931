package audit_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/audit"
	"github.com/surguch/surguch/workflow"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

const origin = "ca.example.org/audit"

// trail is an audit trail in memory whose rows a test may falsify. Sealed
// leaves are in the order a database gives: by place.
type trail struct {
	mu          sync.Mutex
	leaves      []ra.Leaf // sealed
	waiting     []ra.Leaf
	checkpoints []ra.Checkpoint
	seq         map[ra.ID]int64
	fail        error              // of every call
	beforeSeal  func(*trail) error // called by Seal before anything, under the lock
	afterSeal   error              // returned by Seal though it sealed
}

func (t *trail) Unsealed(_ context.Context, limit int) ([]ra.Leaf, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.waiting[:min(limit, len(t.waiting))]), t.fail
}

func (t *trail) Seal(_ context.Context, leaves []ra.Leaf, c ra.Checkpoint) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.beforeSeal != nil {
		if err := t.beforeSeal(t); err != nil {
			return err
		}
	}
	if t.last().Size != c.Size-int64(len(leaves)) {
		return &ra.ConflictError{Base: c.Size - int64(len(leaves))}
	}
	t.leaves = append(t.leaves, leaves...)
	t.waiting = slices.Clone(t.waiting[len(leaves):])
	t.checkpoints = append(t.checkpoints, c)
	return t.afterSeal
}

func (t *trail) Leaves(_ context.Context, from int64, limit int) (page []ra.Leaf, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i, _ := slices.BinarySearchFunc(t.leaves, from, func(l ra.Leaf, from int64) int { return int(l.Place - from) })
	return t.leaves[i:min(len(t.leaves), i+limit)], t.fail
}

func (t *trail) Checkpoints(_ context.Context, after int64, limit int) (page []ra.Checkpoint, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.checkpoints {
		if c.Size > after && len(page) < limit {
			page = append(page, c)
		}
	}
	return page, t.fail
}

func (t *trail) Last(context.Context) (ra.Checkpoint, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last(), t.fail
}

func (t *trail) last() ra.Checkpoint {
	if len(t.checkpoints) == 0 {
		return ra.Checkpoint{}
	}
	return t.checkpoints[len(t.checkpoints)-1]
}

// copy is the trail as a database sorts it.
func (t *trail) copy() *trail {
	c := &trail{leaves: slices.Clone(t.leaves), waiting: slices.Clone(t.waiting), checkpoints: slices.Clone(t.checkpoints)}
	return c
}

func (t *trail) sort() {
	slices.SortStableFunc(t.leaves, func(a, b ra.Leaf) int { return int(a.Place - b.Place) })
	slices.SortStableFunc(t.checkpoints, func(a, b ra.Checkpoint) int { return int(a.Size - b.Size) })
}

// add writes an entry of a request, born at the given time.
func (t *trail) add(request int, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seq == nil {
		t.seq = map[ra.ID]int64{}
	}
	id := ra.ID(fmt.Sprintf("%032x", request))
	t.seq[id]++
	commitment := streebog.Sum256(fmt.Append(nil, id, t.seq[id]))
	body, err := json.Marshal(ra.AuditBody{
		Request: id, Seq: t.seq[id], At: at, Actor: "operator-17", Role: workflow.CAOperator, Kind: ra.Recorded,
		Evidence: workflow.DocumentsAccepted, Commitment: hex.EncodeToString(commitment[:]),
	})
	if err != nil {
		panic(err)
	}
	t.waiting = append(t.waiting, ra.Leaf{ID: int64(len(t.leaves) + len(t.waiting) + 1), Place: -1, Request: id, Seq: t.seq[id], Body: body})
}

// key is the checkpoint key of the tests, always the same.
var key = func() *gost.PrivateKey {
	raw := make([]byte, 32)
	for i := range raw {
		raw[i] = byte(i + 1)
	}
	k, err := gost.NewPrivateKey(gost.TC26A256(), raw)
	if err != nil {
		panic(err)
	}
	return k
}()

func newVerifier(t testing.TB) *audit.Verifier {
	t.Helper()
	v, err := audit.NewVerifier(nil, origin, key.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// sealer returns one for the trail, with what change makes of its settings.
func sealer(t testing.TB, store ra.Trail, clock ra.Clock, change func(*audit.Config)) *audit.Sealer {
	t.Helper()
	c := audit.Config{Store: store, Key: key, Origin: origin, Clock: clock}
	if change != nil {
		change(&c)
	}
	s, err := audit.NewSealer(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sealed is a trail of n leaves of a few requests, in batches.
func sealed(t testing.TB, n, batch, requests int) *trail {
	t.Helper()
	store := &trail{}
	clock := testenv.NewClock(start)
	s := sealer(t, store, clock, func(c *audit.Config) { c.Batch = batch })
	for i := range n {
		store.add(i*7%requests, clock.Now())
		clock.Advance(time.Millisecond)
	}
	if got, err := s.Seal(context.Background()); err != nil || got != n {
		t.Fatalf("got %d leaves sealed (%v), want %d", got, err, n)
	}
	return store
}
