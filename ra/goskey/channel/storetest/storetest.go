// Package storetest is what every store of packages is tested by: the
// sentences of channel.Store as tests.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) channel.Store { return openMine(t) })
//	}
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
)

// Run tests a store. Open returns a new, empty one and sees to it that it is
// closed when the test ends.
func Run(t *testing.T, open func(t *testing.T) channel.Store) {
	for _, c := range []struct {
		name string
		test func(x *bench)
	}{
		{"what is added", testAdd},
		{"one package of an ID", testOnce},
		{"what is saved", testSave},
		{"the outcome", testOutcome},
		{"a stale version", testConflict},
		{"nothing is shared", testOwn},
		{"forgetting", testForget},
		{"one winner", testOneWinner},
		{"a context that has ended", testEnded},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(&bench{t, context.Background(), open(t)}) })
	}
}

// RunDurable tests a store that outlives its process. Reopen closes the one it
// is given and opens it again.
func RunDurable(t *testing.T, open func(t *testing.T) channel.Store, reopen func(t *testing.T, s channel.Store) channel.Store) {
	x := &bench{t, context.Background(), open(t)}
	waiting, over := x.add(Full("waiting")), x.add(Full("over"))
	waiting.Progress = []byte("order 7")
	waiting = x.save(waiting)
	over.Progress, over.Outcome = []byte("order 8"), signed
	over = x.save(over)
	x.Store = reopen(t, x.Store)
	x.same("on its way", x.load(waiting.ID), waiting)
	x.same("over", x.load(over.ID), over)
	x.same("added again", x.add(Full("waiting")), waiting)
	waiting.Outcome = signed
	waiting = x.save(waiting)
	x.same("goes on", x.load(waiting.ID), waiting)
}

// bench is a store under test.
type bench struct {
	*testing.T
	ctx context.Context
	channel.Store
}

// Full is a package with everything in it but an outcome. The person does not
// exist.
func Full(key string) channel.Package {
	p := channel.New("test", ra.SignRequest{
		Key: key, SNILS: "11223344595", Title: "Заявление <и> запрос", Acknowledge: true, Level: ra.UnqualifiedLevel,
		Deadline: time.Date(2026, 11, 23, 9, 0, 0, 123_000_000, time.UTC),
		Documents: []ra.SignDocument{
			{Name: "заявление.pdf", Media: "application/pdf", Data: []byte("%PDF " + key)},
			{Name: "empty", Media: "text/plain"},
			{Name: "large", Media: "application/octet-stream", Data: bytes.Repeat([]byte{0, 1, '\n', 255}, 20_000)},
		},
	})
	p.Progress = []byte("nothing was sent")
	return p
}

var signed = ra.Operation{State: ra.Signed, Signatures: [][]byte{{0x30, 0}, []byte("second\n")}}

func (x *bench) add(p channel.Package) channel.Package {
	x.Helper()
	got, err := x.Add(x.ctx, p)
	if err != nil {
		x.Fatal(err)
	}
	return got
}

func (x *bench) load(id ra.OperationID) channel.Package {
	x.Helper()
	p, err := x.Load(x.ctx, id)
	if err != nil {
		x.Fatal(err)
	}
	return p
}

// save returns what is there afterwards.
func (x *bench) save(p channel.Package) channel.Package {
	x.Helper()
	if err := x.Save(x.ctx, p); err != nil {
		x.Fatal(err)
	}
	p.Version++
	return p
}

func (x *bench) same(what string, got, want channel.Package) {
	x.Helper()
	if !reflect.DeepEqual(got, want) {
		x.Errorf("%s: got\n%.300s, want\n%.300s", what, fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want))
	}
}

func testAdd(x *bench) {
	p := Full("k")
	x.same("added", x.add(p), p)
	x.same("loaded", x.load(p.ID), p)
	bare := channel.New("test", ra.SignRequest{Key: "bare", Deadline: p.Request.Deadline})
	x.same("without what may be missing", x.add(bare), bare)
	x.same("without what may be missing", x.load(bare.ID), bare)
	late := Full("later")
	late.Version = 7
	if got := x.add(late); got.Version != 0 {
		x.Errorf("got version %d of a new package, want 0", got.Version)
	}
	for _, id := range []ra.OperationID{"unknown", "k", ""} {
		if got, err := x.Load(x.ctx, id); !errors.Is(err, ra.ErrNotFound) {
			x.Errorf("%q: got %s, %v, want ErrNotFound", id, got.ID, err)
		}
	}
}

func testOnce(x *bench) {
	first := x.add(Full("k"))
	first.Progress = []byte("sent")
	first = x.save(first)
	other := Full("k")
	other.Request.Title, other.Progress, other.Outcome = "другое", nil, signed
	x.same("added again", x.add(other), first)
	x.same("loaded", x.load(first.ID), first)
}

func testSave(x *bench) {
	p, other := x.add(Full("k")), x.add(Full("other"))
	for i := range 3 {
		p.Progress = fmt.Appendf(nil, "order %d\n", i)
		p = x.save(p)
		x.same("saved", x.load(p.ID), p)
	}
	changed := p
	changed.Request = Full("another").Request
	p.Version = x.save(changed).Version
	x.same("the request stays", x.load(p.ID), p)
	p.Progress = nil
	p = x.save(p)
	x.same("without progress", x.load(p.ID), p)
	x.same("the other package", x.load(other.ID), other)
}

func testOutcome(x *bench) {
	for _, o := range []ra.Operation{signed, {State: ra.RefusedByUser, Reason: "владелец отказался"}, {State: ra.Signed, Signatures: [][]byte{[]byte("one")}}} {
		p := x.add(Full(string(o.State) + fmt.Sprint(len(o.Signatures))))
		p.Outcome = o
		p = x.save(p)
		got := x.load(p.ID)
		x.same("over", got, p)
		if !got.Over() {
			x.Errorf("%s: got a package that is not over", o.State)
		}
	}
}

func testConflict(x *bench) {
	p := x.add(Full("k"))
	stale, early := p, p
	p.Progress = []byte("first")
	p = x.save(p)
	stale.Progress, stale.Outcome = []byte("second"), signed
	early.Version = 2
	for what, p := range map[string]channel.Package{"stale": stale, "too early": early, "unknown": Full("unknown")} {
		if err := x.Save(x.ctx, p); !errors.Is(err, channel.ErrConflict) {
			x.Errorf("%s: got %v, want ErrConflict", what, err)
		}
	}
	x.same("loaded", x.load(p.ID), p)
	if _, err := x.Load(x.ctx, Full("unknown").ID); !errors.Is(err, ra.ErrNotFound) {
		x.Errorf("a package that was never added: got %v, want ErrNotFound", err)
	}
}

// testOwn changes what was given to the store and what it returned.
func testOwn(x *bench) {
	spoil := func(p channel.Package) {
		p.Request.Documents[0].Name, p.Request.Documents[0].Data[0], p.Progress[0] = "!", '!', '!'
		for _, s := range p.Outcome.Signatures {
			s[0] = '!'
		}
	}
	want, given := Full("k"), Full("k")
	spoil(x.add(given))
	spoil(given)
	x.same("added", x.load(want.ID), want)
	want.Outcome = ra.Operation{State: ra.Signed, Signatures: [][]byte{[]byte("signature")}}
	given = Full("k")
	given.Outcome = ra.Operation{State: ra.Signed, Signatures: [][]byte{[]byte("signature")}}
	want.Version = x.save(given).Version
	spoil(given)
	spoil(x.load(want.ID))
	x.same("saved", x.load(want.ID), want)
}

func testForget(x *bench) {
	p, other := x.add(Full("k")), x.add(Full("other"))
	for _, id := range []ra.OperationID{p.ID, p.ID, "unknown", ""} {
		if err := x.Forget(x.ctx, id); err != nil {
			x.Errorf("%q: %v", id, err)
		}
	}
	if _, err := x.Load(x.ctx, p.ID); !errors.Is(err, ra.ErrNotFound) {
		x.Errorf("got %v, want ErrNotFound", err)
	}
	if err := x.Save(x.ctx, p); !errors.Is(err, channel.ErrConflict) {
		x.Errorf("saved after it was forgotten: got %v, want ErrConflict", err)
	}
	x.same("the other package", x.load(other.ID), other)
	x.same("added again", x.add(Full("k")), Full("k"))
}

// testOneWinner has many go on with the same packages: one adds each, and one
// saves each version.
func testOneWinner(x *bench) {
	const packages, rounds, callers = 5, 4, 8
	var saved atomic.Int64
	var wait sync.WaitGroup
	for i := range callers {
		wait.Go(func() {
			for k := range packages {
				p := Full(fmt.Sprint("key ", k))
				p.Request.Documents = p.Request.Documents[:1]
				p.Request.Title = fmt.Sprint("added by ", i)
				p, err := x.Add(x.ctx, p)
				for err == nil && p.Version < rounds {
					p.Progress = fmt.Appendf(nil, "%d by %d", p.Version, i)
					switch err = x.Save(x.ctx, p); {
					case err == nil:
						saved.Add(1)
					case !errors.Is(err, channel.ErrConflict):
						continue
					}
					p, err = x.Load(x.ctx, p.ID)
				}
				if err != nil {
					x.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if saved.Load() != packages*rounds {
		x.Errorf("got %d saves, want one for each of %d versions of %d packages", saved.Load(), rounds, packages)
	}
}

// testEnded: a store may do what it is asked in a context that has ended, or
// refuse it, but it says which.
func testEnded(x *bench) {
	ctx, cancel := context.WithCancel(x.ctx)
	cancel()
	p := Full("k")
	_, addErr := x.Add(ctx, p)
	_, err := x.Load(x.ctx, p.ID)
	if (addErr == nil) != (err == nil) {
		x.Errorf("add: %v, then load: %v", addErr, err)
	}
	p = x.add(p)
	p.Progress = []byte("saved")
	saveErr := x.Save(ctx, p)
	if got := x.load(p.ID); (saveErr == nil) != (got.Version == 1) {
		x.Errorf("save: %v, then version %d", saveErr, got.Version)
	}
}
