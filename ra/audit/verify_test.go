package audit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/audit"
)

func TestVerify(t *testing.T) {
	ctx := context.Background()
	for _, n := range []int{0, 1, 2, 3, 7, 64, 100, 999, 1000, 1001, 2500} {
		store := &trail{}
		if n > 0 {
			store = sealed(t, n, 37, 11)
		}
		for i := range 3 {
			store.add(i, start)
		}
		requests := map[ra.ID]bool{}
		for _, l := range slices.Concat(store.leaves, store.waiting) {
			requests[l.Request] = true
		}
		var trusted []ra.Checkpoint
		for i, c := range store.checkpoints {
			if i%5 == 0 {
				trusted = append(trusted, c)
			}
		}
		slices.Reverse(trusted)
		r, err := audit.Verify(ctx, store, newVerifier(t), audit.Options{Trusted: trusted})
		if err != nil {
			t.Fatalf("%d leaves: %v", n, err)
		}
		if r.Leaves != int64(n) || r.Unsealed != 3 || r.Trusted != len(trusted) || r.Checkpoints != len(store.checkpoints) || r.Requests != len(requests) {
			t.Errorf("%d leaves: got %+v", n, r)
		}
	}
}

// kinds are what Verify finds, as a set.
func kinds(err error) map[audit.FaultKind]bool {
	var found *audit.FaultError
	if !errors.As(err, &found) {
		return nil
	}
	set := map[audit.FaultKind]bool{}
	for _, f := range found.Faults {
		set[f.Kind] = true
	}
	return set
}

// TestEveryMutation falsifies each row of a trail in every way there is and
// wants every falsification found, with one checkpoint kept outside, the last.
func TestEveryMutation(t *testing.T) {
	ctx := context.Background()
	original := sealed(t, 11, 3, 4)
	v := newVerifier(t)
	o := audit.Options{Trusted: []ra.Checkpoint{original.last()}}
	tried := 0
	mutate := func(what string, change func(*trail)) {
		t.Helper()
		tried++
		c := original.copy()
		change(c)
		c.sort()
		if _, err := audit.Verify(ctx, c, v, o); kinds(err) == nil {
			t.Errorf("%s: got %v, want it found", what, err)
		}
	}
	flip := func(b []byte, i int, mask byte) []byte {
		b = bytes.Clone(b)
		b[i] ^= mask
		return b
	}
	masks, step := []byte{0x01, 0x20, 0x80}, 1
	switch {
	case testing.Short():
		masks, step = masks[:1], 5
	case os.Getenv("SURGUCH_LONG") != "":
		masks = masks[:0]
		for m := 1; m < 256; m++ {
			masks = append(masks, byte(m))
		}
	}
	for i, l := range original.leaves {
		for b := i % step; b < len(l.Body); b += step {
			for _, m := range masks {
				mutate(fmt.Sprintf("leaf %d, octet %d ^ %#x", i, b, m), func(c *trail) { c.leaves[i].Body = flip(l.Body, b, m) })
			}
		}
		for b := range len(l.Request) {
			mutate(fmt.Sprintf("leaf %d, request octet %d", i, b), func(c *trail) { c.leaves[i].Request = ra.ID(flip([]byte(l.Request), b, 1)) })
		}
		for _, d := range []int64{-1, 1, 1000, -1000} {
			mutate(fmt.Sprintf("leaf %d, seq %+d", i, d), func(c *trail) { c.leaves[i].Seq += d })
			mutate(fmt.Sprintf("leaf %d, place %+d", i, d), func(c *trail) { c.leaves[i].Place += d })
		}
		mutate(fmt.Sprintf("leaf %d cut short", i), func(c *trail) { c.leaves[i].Body = l.Body[:len(l.Body)-1] })
		mutate(fmt.Sprintf("leaf %d emptied", i), func(c *trail) { c.leaves[i].Body = nil })
		mutate(fmt.Sprintf("leaf %d longer", i), func(c *trail) { c.leaves[i].Body = append(bytes.Clone(l.Body), ' ') })
		mutate(fmt.Sprintf("leaf %d deleted", i), func(c *trail) { c.leaves = slices.Delete(c.leaves, i, i+1) })
		mutate(fmt.Sprintf("leaf %d deleted, the rest moved up", i), func(c *trail) {
			c.leaves = slices.Delete(c.leaves, i, i+1)
			for j := i; j < len(c.leaves); j++ {
				c.leaves[j].Place--
			}
		})
		mutate(fmt.Sprintf("leaf %d unsealed again", i), func(c *trail) {
			c.leaves = slices.Delete(c.leaves, i, i+1)
			l.Place = -1
			c.waiting = append(c.waiting, l)
		})
		mutate(fmt.Sprintf("leaf %d twice at its place", i), func(c *trail) { c.leaves = append(c.leaves, original.leaves[i]) })
		mutate(fmt.Sprintf("leaf %d again at the end", i), func(c *trail) {
			again := original.leaves[i]
			again.Place = int64(len(c.leaves))
			c.leaves = append(c.leaves, again)
		})
		mutate(fmt.Sprintf("leaf %d again, unsealed", i), func(c *trail) {
			again := original.leaves[i]
			again.Place = -1
			c.waiting = append(c.waiting, again)
		})
		mutate(fmt.Sprintf("truncated to %d", i), func(c *trail) { c.leaves = c.leaves[:i] })
		mutate(fmt.Sprintf("truncated to %d with its checkpoints", i), func(c *trail) {
			c.leaves = c.leaves[:i]
			c.checkpoints = slices.DeleteFunc(c.checkpoints, func(x ra.Checkpoint) bool { return x.Size > int64(i) })
		})
		for j := range i {
			mutate(fmt.Sprintf("leaves %d and %d change places", j, i), func(c *trail) {
				c.leaves[i].Place, c.leaves[j].Place = int64(j), int64(i)
			})
			mutate(fmt.Sprintf("leaves %d and %d change bodies", j, i), func(c *trail) {
				c.leaves[i].Body, c.leaves[j].Body = c.leaves[j].Body, c.leaves[i].Body
			})
		}
	}
	for i, x := range original.checkpoints {
		for b := i % step; b < len(x.Note); b += step {
			for _, m := range masks {
				mutate(fmt.Sprintf("checkpoint %d, note octet %d ^ %#x", i, b, m), func(c *trail) { c.checkpoints[i].Note = flip(x.Note, b, m) })
			}
		}
		for b := range x.Root {
			mutate(fmt.Sprintf("checkpoint %d, root octet %d", i, b), func(c *trail) { c.checkpoints[i].Root = flip(x.Root, b, 1) })
		}
		for _, d := range []int64{-1, 1, 1000} {
			mutate(fmt.Sprintf("checkpoint %d, size %+d", i, d), func(c *trail) { c.checkpoints[i].Size += d })
		}
		mutate(fmt.Sprintf("checkpoint %d, time", i), func(c *trail) { c.checkpoints[i].At = x.At.Add(time.Millisecond) })
		mutate(fmt.Sprintf("checkpoint %d cut short", i), func(c *trail) { c.checkpoints[i].Note = x.Note[:len(x.Note)-1] })
		mutate(fmt.Sprintf("checkpoint %d deleted", i), func(c *trail) { c.checkpoints = slices.Delete(c.checkpoints, i, i+1) })
		mutate(fmt.Sprintf("checkpoint %d twice", i), func(c *trail) { c.checkpoints = append(c.checkpoints, x) })
		for j := range i {
			mutate(fmt.Sprintf("checkpoints %d and %d change sizes", j, i), func(c *trail) {
				c.checkpoints[i].Size, c.checkpoints[j].Size = c.checkpoints[j].Size, c.checkpoints[i].Size
			})
			mutate(fmt.Sprintf("checkpoints %d and %d change notes", j, i), func(c *trail) {
				c.checkpoints[i].Note, c.checkpoints[j].Note = c.checkpoints[j].Note, c.checkpoints[i].Note
			})
		}
	}
	mutate("everything deleted", func(c *trail) { c.leaves, c.checkpoints = nil, nil })
	t.Logf("%d falsifications, all found", tried)
}

// Without a checkpoint kept outside, only the newest rows can be taken away
// unnoticed, together with the checkpoints over them.
func TestTruncationNeedsTrusted(t *testing.T) {
	ctx := context.Background()
	store := sealed(t, 20, 5, 4)
	kept := store.last()
	store.leaves, store.checkpoints = store.leaves[:15], store.checkpoints[:3]
	if _, err := audit.Verify(ctx, store, newVerifier(t), audit.Options{}); err != nil {
		t.Errorf("without a trusted checkpoint: got %v, want nothing to be seen", err)
	}
	_, err := audit.Verify(ctx, store, newVerifier(t), audit.Options{Trusted: []ra.Checkpoint{kept}})
	if got := kinds(err); !got[audit.TrailShort] {
		t.Errorf("got %v, want %s", err, audit.TrailShort)
	}
}

// A new trail, wholly consistent and signed with the stolen key, contradicts a
// checkpoint that somebody kept: a fork.
func TestFork(t *testing.T) {
	ctx := context.Background()
	kept := sealed(t, 20, 5, 4).checkpoints[1]
	for what, other := range map[string]*trail{"other leaves": sealed(t, 20, 5, 3), "other checkpoints": sealed(t, 20, 20, 4)} {
		if _, err := audit.Verify(ctx, other, newVerifier(t), audit.Options{}); err != nil {
			t.Fatalf("%s: got %v, want a consistent trail", what, err)
		}
		if _, err := audit.Verify(ctx, other, newVerifier(t), audit.Options{Trusted: []ra.Checkpoint{kept}}); kinds(err) == nil {
			t.Errorf("%s: got %v, want the fork found", what, err)
		}
	}
}

func TestVerifyKeys(t *testing.T) {
	ctx := context.Background()
	store := sealed(t, 20, 5, 4)
	other, err := gost.GenerateKey(gost.TC26A256(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		origin string
		keys   []*gost.PrivateKey
		ok     bool
	}{
		"its key":             {origin, []*gost.PrivateKey{key}, true},
		"its key among two":   {origin, []*gost.PrivateKey{other, key}, true},
		"any origin":          {"", []*gost.PrivateKey{key}, true},
		"another key":         {origin, []*gost.PrivateKey{other}, false},
		"another origin":      {"ra.example.org", []*gost.PrivateKey{key}, false},
		"another of any kind": {"", []*gost.PrivateKey{other}, false},
	} {
		var v *audit.Verifier
		if len(c.keys) == 2 {
			v, err = audit.NewVerifier(nil, c.origin, c.keys[0].PublicKey(), c.keys[1].PublicKey())
		} else {
			v, err = audit.NewVerifier(nil, c.origin, c.keys[0].PublicKey())
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err := audit.Verify(ctx, store, v, audit.Options{})
		if ok := err == nil; ok != c.ok || err != nil && !kinds(err)[audit.CheckpointUnsigned] {
			t.Errorf("%s: got %v, want ok %v", what, err, c.ok)
		}
	}
	if _, err := audit.Verify(ctx, store, newVerifier(t), audit.Options{Trusted: []ra.Checkpoint{{Size: 5, Root: store.checkpoints[0].Root, Note: []byte("x")}}}); !errors.Is(err, audit.ErrSignature) {
		t.Errorf("a trusted checkpoint that nobody signed: got %v, want ErrSignature", err)
	}
}

func TestVerifyStoreFails(t *testing.T) {
	store := sealed(t, 20, 5, 4)
	store.fail = errors.New("the disk is gone")
	if _, err := audit.Verify(context.Background(), store, newVerifier(t), audit.Options{}); !errors.Is(err, store.fail) {
		t.Errorf("got %v, want %v", err, store.fail)
	}
}
