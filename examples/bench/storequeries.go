package main

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"math/rand/v2"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/audit"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/workflow"
)

// states are where requests rest, most of them at the end.
var states = []struct {
	state workflow.State
	queue workflow.Role
}{
	{workflow.Draft, workflow.Applicant}, {workflow.ManualCheck, workflow.CAOperator}, {workflow.Writing, workflow.Applicant},
	{workflow.Completed, ""}, {workflow.Completed, ""}, {workflow.Completed, ""}, {workflow.Completed, ""}, {workflow.Completed, ""},
}

// fill brings the number of requests to size, of invented people.
func (b *storeBench) fill(store *sqlstore.Store, from, size int) error {
	fmt.Fprintf(b.out, "filling up to %d requests …\n", size)
	next := make(chan int)
	failed := make(chan error, 32)
	for range cap(failed) {
		go func() {
			var err error
			for n := range next {
				if err == nil {
					err = store.Save(b.ctx, filled(n))
				}
			}
			failed <- err
		}()
	}
	for n := from; n < size; n++ {
		next <- n
	}
	close(next)
	var err error
	for range cap(failed) {
		if e := <-failed; e != nil {
			err = e
		}
	}
	return err
}

// filled is the n-th request.
func filled(n int) *ra.Change {
	c := transition(ra.ID(fmt.Sprintf("%032x", n)), 0)
	p, rest := testenv.NewPerson(uint64(n%5000)), states[n%len(states)]
	c.Row.State, c.Row.Queue = rest.state, rest.queue
	c.Row.Terms = ra.Terms{Name: ra.Normalise(fmt.Sprintf("%s %s %s", p.LastName, p.FirstName, p.MiddleName)), INN: p.INN, SNILS: p.SNILS}
	c.Row.Updated = c.Row.Updated.Add(time.Duration(n) * time.Millisecond)
	if rest.queue == "" {
		c.Timers = nil
	}
	return c
}

// queries measures what people ask for, one at a time.
func (b *storeBench) queries(name string, store *sqlstore.Store, size int) error {
	person := func() testenv.Person { return testenv.NewPerson(uint64(rand.IntN(5000))) }
	page := func(q ra.Query) error { _, err := store.Page(b.ctx, q); return err }
	for _, c := range []struct {
		what string
		do   func() error
	}{
		{"queue of an operator, 50 rows", func() error { return page(ra.Query{Queue: workflow.CAOperator}) }},
		{"a page from the middle", func() error {
			row, err := store.Load(b.ctx, ra.ID(fmt.Sprintf("%032x", rand.IntN(size))))
			if err != nil {
				return err
			}
			return page(ra.Query{After: ra.Cursor{Updated: row.Updated, ID: row.ID}})
		}},
		{"a request and its journal", func() error {
			id := ra.ID(fmt.Sprintf("%032x", rand.IntN(size)))
			if _, err := store.Load(b.ctx, id); err != nil {
				return err
			}
			_, err := store.History(b.ctx, id, 0, 100)
			return err
		}},
		{"INN", func() error { return page(ra.Query{INN: person().INN}) }},
		{"beginning of a name", func() error { return page(ra.Query{Name: ra.Normalise(person().LastName)}) }},
		{"part of a name", func() error { return page(ra.Query{Contains: ra.Normalise(person().FirstName)}) }},
	} {
		took, all, err := b.repeat(1, func(int, int) error { return c.do() })
		if err != nil {
			return fmt.Errorf("%s: %w", c.what, err)
		}
		b.add(storeRow{Database: name, What: c.what, Requests: size}, took, all)
	}
	return nil
}

// audit seals what Save has appended and verifies it, beside what the hashes
// of the tree alone allow, of Streebog and of SHA-256.
func (b *storeBench) audit(name string, store *sqlstore.Store) error {
	as := csr.Standard()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		return err
	}
	sealer, err := audit.NewSealer(audit.Config{Store: store, Key: key, Origin: "bench", Algorithms: as})
	if err != nil {
		return err
	}
	begun, sealed := time.Now(), 0
	for {
		n, err := sealer.Seal(b.ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		sealed += n
	}
	b.rate(name, "audit: seal", sealed, time.Since(begun))
	verifier, err := audit.NewVerifier(as, "bench", key.Public())
	if err != nil {
		return err
	}
	begun = time.Now()
	if _, err := audit.Verify(b.ctx, store, verifier, audit.Options{}); err != nil {
		return err
	}
	b.rate(name, "audit: verify", sealed, time.Since(begun))
	for hash, make := range map[string]func() hash.Hash{"Streebog-256": streebog.New256, "SHA-256": sha256.New} {
		begun = time.Now()
		h, leaf, node := make(), transition("0123456789abcdef0123456789abcdef", 1).Leaves[0], [65]byte{1}
		for range sealed {
			h.Reset()
			h.Write(leaf)
			sum := h.Sum(nil)
			copy(node[1:], sum)
			h.Reset()
			h.Write(node[:])
			h.Sum(sum[:0])
		}
		b.rate("no database", "tree of "+hash+" alone", sealed, time.Since(begun))
	}
	return nil
}

// rate reports a figure of a whole run.
func (b *storeBench) rate(name, what string, n int, took time.Duration) {
	r := storeRow{Database: name, What: what, Requests: n, PerSecond: float64(n) / took.Seconds()}
	b.rows = append(b.rows, r)
	fmt.Fprintf(b.out, "%-20s %-34s %8s %9d %11.0f\n", name, what, "", n, r.PerSecond)
}
