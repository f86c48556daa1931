package crashtest

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestNodesDie has two nodes work on one PostgreSQL, their effects run by its
// job engine, and kills one of them again and again; another takes its place.
// In the short variant a node that looks at the store by itself does the
// rest, since the job engine gives away the jobs of the dead every half minute
// only; in the long one the last two nodes do.
func TestNodesDie(t *testing.T) {
	t.Parallel()
	last, pause, persons := 6*time.Second, time.Second, 60
	switch {
	case long():
		last, pause, persons = 2*time.Minute, 3*time.Second, 500
	case testing.Short():
		persons = 30
	}
	k := newTrial(t, "postgres", persons)
	p := k.plan
	p.Jobs, p.Lease, p.Patience = true, 10*time.Second, 2*time.Minute
	nodes := []*child{k.start(p), k.start(p)}
	for begun := time.Now(); time.Since(begun) < last; {
		time.Sleep(pause + rand.N(pause))
		i := rand.IntN(len(nodes))
		nodes[i].Process.Kill()
		if k.end(nodes[i]) {
			t.Log("there was no more to do")
			last = 0
		}
		nodes[i] = k.start(p)
	}
	if long() {
		for _, n := range nodes {
			if !k.end(n) {
				t.Fatal("a node was killed by somebody else")
			}
		}
	} else {
		for _, n := range nodes {
			n.Process.Kill()
			k.end(n)
		}
		k.plan.Lease = p.Lease
		k.finish(k.next())
	}
	for text, n := range k.complain {
		t.Logf("%d × %s", n, text)
	}
	k.examine()
}
