package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
)

// count is how many goroutines race, fewer with -short.
func count() int {
	if testing.Short() {
		return 8
	}
	return 24
}

// race runs a function at once in many goroutines and returns their errors.
func race(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-begin
			errs[i] = f(i)
		})
	}
	close(begin)
	wg.Wait()
	return errs
}

// won counts those without an error; the others must have one of the type.
func won[E error](x *bench, errs []error) (n int) {
	x.Helper()
	for _, err := range errs {
		var loser E
		switch {
		case err == nil:
			n++
		case !errors.As(err, &loser):
			x.Errorf("got %v, want a %T", err, loser)
		}
	}
	return n
}

func testOneWinner(x *bench) {
	x.save(born("a"))
	const rounds = 8
	for base := int64(1); base <= rounds; base++ {
		if n := won[*ra.ConflictError](x, race(count(), func(int) error { return x.Save(x.ctx, moved("a", base)) })); n != 1 {
			x.Fatalf("version %d: got %d winners, want 1", base+1, n)
		}
	}
	if n := won[*ra.ConflictError](x, race(count(), func(int) error { return x.Save(x.ctx, born("b")) })); n != 1 {
		x.Fatalf("a new request: got %d winners, want 1", n)
	}
	s := x.everything("a")
	if len(s.Lines) != rounds+1 || len(s.Leaves) != rounds+1 || s.Row.Version != rounds+1 {
		x.Errorf("got version %d, %d lines, %d leaves; want %d of each", s.Row.Version, len(s.Lines), len(s.Leaves), rounds+1)
	}
	for i, l := range s.Lines {
		if l.Seq != int64(i+1) {
			x.Errorf("line %d stands where %d belongs", l.Seq, i+1)
		}
	}
	n := won[*ra.RepeatedError](x, race(count(), func(i int) error {
		c := born(ra.ID(fmt.Sprint("c", i)))
		c.Command = &ra.Command{Key: "one key", Request: c.Row.ID, At: start}
		return x.Save(x.ctx, c)
	}))
	if n != 1 {
		x.Errorf("one key: got %d winners, want 1", n)
	}
}

func testOneWorker(x *bench) {
	const tasks = 60
	for i := range tasks {
		x.save(born(ra.ID(fmt.Sprintf("%02d", i))))
	}
	var mu sync.Mutex
	owners := map[string]int{}
	for _, err := range race(8, func(int) error {
		for {
			claimed, err := x.Claim(x.ctx, start, time.Hour, 3)
			if err != nil {
				return err
			}
			mu.Lock()
			for _, t := range claimed {
				owners[t.Key] += t.Attempt
			}
			over := len(owners) == tasks
			mu.Unlock()
			if len(claimed) == 0 && over {
				return nil
			}
		}
	}) {
		if err != nil {
			x.Fatal(err)
		}
	}
	for key, n := range owners {
		if n != 1 {
			x.Errorf("%s was handed out %d times", key, n)
		}
	}
	n := 0
	for _, err := range race(count(), func(int) error {
		_, err := x.ClaimOne(x.ctx, "00/send_link/1", after(time.Hour), time.Hour)
		return err
	}) {
		switch {
		case err == nil:
			n++
		case !errors.Is(err, ra.ErrNotDue):
			x.Errorf("got %v, want ErrNotDue", err)
		}
	}
	if n != 1 {
		x.Errorf("got %d workers on one task, want 1", n)
	}
}

func testOneSealer(x *bench) {
	x.save(born("a"))
	for base := int64(1); base < 9; base++ {
		x.save(moved("a", base))
	}
	all := must[[]ra.Leaf](x, "unsealed")(x.Unsealed(x.ctx, 100))
	n := won[*ra.ConflictError](x, race(8, func(i int) error {
		return x.Seal(x.ctx, all[:i+1], ra.Checkpoint{Size: int64(i + 1), Root: []byte("root"), Note: []byte("note"), At: start})
	}))
	if n != 1 {
		x.Fatalf("got %d sealers, want 1", n)
	}
	last := must[ra.Checkpoint](x, "last")(x.Last(x.ctx))
	if leaves := must[[]ra.Leaf](x, "leaves")(x.Leaves(x.ctx, 0, 100)); int64(len(leaves)) != last.Size {
		x.Errorf("got %d leaves in a tree of %d", len(leaves), last.Size)
	}
}

func testOneHolder(x *bench) {
	n := won[*ra.ClaimedError](x, race(count(), func(i int) error {
		c := born(ra.ID(fmt.Sprint("r", i)))
		c.Claims = []string{"one", "two"}
		if i%2 == 1 {
			c.Claims = []string{"two", "one"}
		}
		return x.Save(x.ctx, c)
	}))
	if n != 1 {
		x.Errorf("got %d holders of one claim, want 1", n)
	}
}
