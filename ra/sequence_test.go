package ra_test

import (
	"crypto"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/catest"
	"github.com/surguch/surguch/ra/storetest"
	"github.com/surguch/surguch/workflow"
)

// walk is a random sequence of commands to one request, right ones and wrong
// ones, by anybody, while time passes and effects fail.
type walk struct {
	*world
	*rand.Rand
	store   ra.Store
	process *workflow.Process
	id      ra.ID
	key     crypto.Signer // the owner's
	csr     []byte        // for it
	aim     string        // the command that is tried most
	said    []string      // what was done, to be told if it goes wrong

	link, marker string // the last that opened the request
	token, code  string // the last session, and the last code for one

	*walked
}

// walked is what all walks together have come to.
type walked struct {
	followed map[string]bool // arrows
	refused  map[string]int  // commands, by the type of the error
	did      map[string]int  // commands that were carried out, by their names
}

// TestAnySequence: whatever is done to a request, it stands in a declared
// place, its journal has no gap and amounts to it, its timers are those of its
// place, the audit trail commits to every line, no approval is that of an
// author, a secret that was ended opens nothing, and what was refused has left
// no trace. Every command takes part ([TestEveryCommandWalks]) and is carried
// out now and then.
func TestAnySequence(t *testing.T) {
	w := newWorld(t)
	all := append(runnable(t), quorum(2))
	key := w.newKey()
	csr := w.request(key, w.form)
	sum := &walked{map[string]bool{}, map[string]int{}, map[string]int{}}
	run := func(seed uint64, aim string) {
		p := all[int(seed)%len(all)]
		x := &walk{
			world: w, Rand: rand.New(rand.NewPCG(seed, 1)), process: p, key: key, csr: csr, aim: aim, walked: sum,
		}
		x.begin(seed)
		for range 30 {
			if x.step(); t.Failed() {
				t.Fatalf("seed %d, %s:\n%s", seed, p.Name, strings.Join(x.said, "\n"))
			}
		}
		x.audited()
	}
	n := uint64(long(300, 10_000))
	for seed := range n {
		run(seed, names[seed/2%uint64(len(names))])
	}
	arrows := 0
	for _, p := range all {
		arrows += len(p.Steps)
	}
	t.Logf("%d sequences: %d of %d arrows followed; carried out: %v; refused: %v", n, len(sum.followed), arrows, sum.did, sum.refused)
	if len(sum.followed) < arrows/3 {
		t.Errorf("only %d of %d arrows were followed", len(sum.followed), arrows)
	}
	for _, name := range without(names, demanding...) {
		for seed := n; sum.did[name] == 0 && seed < n+100; seed++ {
			run(seed, name) // it may have had no luck
		}
		if sum.did[name] == 0 {
			t.Errorf("%s was never carried out", name)
		}
	}
}

func (x *walk) begin(seed uint64) {
	m := storetest.NewMemory(storetest.Faults{})
	x.store = m
	ca := catest.New(catest.Config{
		CA: x.ca.CA, Algorithms: x.as, Seed: seed, Rate: 0.3,
		Faults: without(catest.Faults(), catest.Hang, catest.WrongKey), // which cost too much time here
	})
	x.reopen(func(c *ra.Config) {
		c.Store, c.Processes, c.CA, c.Failures = m, []*workflow.Process{x.process}, ca, 3
		c.Registers, c.Notifier, c.Printer, c.Signer = moody{x}, ears{moody{x}}, ears{moody{x}}, moody{x}
	})
	evidence := without(allEvidence(x.process), workflow.ApprovalsComplete) // which nobody but approvers gives
	for _, pair := range x.process.Contrary {
		evidence = without(evidence, pair[x.IntN(2)])
	}
	state := pick(x, x.process.Places).State
	if seed%2 == 1 {
		x.aim = pick(x, slices.Sorted(maps.Keys(aims)))
	}
	fit, known := x.fits(x.aim)
	for known && len(fit) == 0 { // of no use in this process
		x.aim = pick(x, names)
		fit, known = x.fits(x.aim)
	}
	if known {
		state, evidence = pick(x, fit), without(evidence, aims[x.aim]...)
	} else {
		evidence = slices.DeleteFunc(evidence, func(workflow.Evidence) bool { return x.IntN(4) == 0 })
	}
	at := plan{process: x.process, state: state, evidence: evidence, author: pick(x, people)}
	if x.IntN(3) == 0 {
		at.until = x.clock.Now().Add(time.Duration(x.IntN(100)) * time.Hour)
	}
	x.id = x.plant(m, at)
	x.said = append(x.said, fmt.Sprintf("planted in %s with %v, for %s", state, evidence, x.aim))
}

var people = []string{"a", "b", "c", "clerk"}

func pick[T any](x *walk, list []T) T { return list[x.IntN(len(list))] }

// fits are the places where a command may be of use, if that is known: where
// what comes of it is waited for.
func (x *walk) fits(command string) (places []workflow.State, known bool) {
	if command == "Erase" {
		for _, p := range x.process.Places {
			if x.process.Final(p.State) {
				places = append(places, p.State)
			}
		}
		return places, true
	}
	evidence, known := aims[command]
	for _, s := range x.process.Steps {
		if slices.ContainsFunc(evidence, func(e workflow.Evidence) bool { return slices.Contains(s.Needs, e) }) {
			places = append(places, s.From)
		}
	}
	return places, known
}

// step does one thing and looks at the request afterwards.
func (x *walk) step() {
	x.t.Helper()
	name := x.choose()
	x.prepare(name)
	before := x.snapshot(x.store, x.id)
	was := x.must(x.authority.Request(x.ctx, x.id))
	if was.Erased {
		return
	}
	what, err := x.carryOut(name, was)
	x.said = append(x.said, fmt.Sprintf("%s %s: %v", name, what, err))
	if err == nil {
		x.did[name]++
	} else {
		x.refused[fmt.Sprintf("%T", err)]++
	}
	if err != nil && !slices.Contains(ofSessions, name) || slices.Contains(looks, name) {
		if after := x.snapshot(x.store, x.id); after != before {
			x.t.Errorf("%s %s (%v) left a trace:\n%s\n%s", name, what, err, before, after)
		}
	}
	x.sound()
}

// names are those of the commands, in an order.
var names = slices.Sorted(maps.Keys(commands))

// What is done beside the commands.
const (
	whatIsOpen = "what is open" // as Explain says
	timePasses = "time passes"
)

// choose returns what is to be done: the aim first, then any command, or one of
// the above.
func (x *walk) choose() string {
	switch n := x.IntN(10); {
	case len(x.said) < 4:
		return x.aim
	case n < 2:
		return whatIsOpen
	case n < 4:
		return timePasses
	case n < 6:
		return x.aim
	}
	if name := pick(x, names); !slices.Contains(looks, name) {
		return name
	}
	return pick(x, names) // looks are of less interest
}

// carryOut does it. A command is tried by one and another, until it is for
// somebody.
func (x *walk) carryOut(name string, r *ra.Request) (what string, err error) {
	switch name {
	case whatIsOpen:
		return x.promised()
	case timePasses:
		d := pick(x, pauses)
		x.pass(d)
		return d.String(), nil
	}
	c := turn{a: x.authority, r: r}
	if x.IntN(4) == 0 && !slices.Contains(ofSessions, name) {
		c.a = c.a.Once(fmt.Sprintf("key %d", x.IntN(5)))
	}
	if x.IntN(8) == 0 {
		c.a = c.a.At(r.Version - x.Int64N(2))
	}
	var denied *ra.DeniedError
	for try := 0; try == 0 || try < 4 && errors.As(err, &denied); try++ {
		c.by = x.somebody(r)
		what, err = commands[name](x, c)
	}
	return fmt.Sprintf("%s by %v", what, c.by), err
}

// somebody is mostly one of those who are to act.
func (x *walk) somebody(r *ra.Request) ra.Actor {
	by := ra.Actor{ID: pick(x, people), Role: pick(x, roles), SecondFactor: x.IntN(2) == 0}
	if x.IntN(20) == 0 {
		by.Request = "another"
	}
	if x.IntN(3) > 0 {
		place, _ := x.process.Place(r.State)
		by.Role = place.Owner
	}
	if session, _, err := x.authority.Session(x.ctx, x.token); err == nil && x.IntN(3) == 0 {
		return session
	}
	return by
}

// promised does what Explain says is open: that must succeed.
func (x *walk) promised() (string, error) {
	x.t.Helper()
	e, err := x.authority.Explain(x.ctx, x.id)
	if err != nil {
		return "explain", err
	}
	e.Open = slices.DeleteFunc(e.Open, func(c ra.Choice) bool { return c.By == workflow.System || len(c.Missing) > 0 })
	if len(e.Open) == 0 {
		return "nothing is open", nil
	}
	c := pick(x, e.Open)
	_, err = x.authority.Fire(x.ctx, x.id, ra.Actor{ID: pick(x, people), Role: c.By, SecondFactor: true}, c.Event)
	if err != nil {
		x.t.Errorf("Explain says that %s is open in %s to %s: got %v", c.Event, e.State, c.By, err)
	}
	return fmt.Sprintf("what is open: %s by %s", c.Event, c.By), err
}

// sound looks at the request as it is now.
func (x *walk) sound() {
	x.t.Helper()
	r := x.must(x.authority.Request(x.ctx, x.id))
	if !r.Erased {
		x.reload(x.id)
	}
	place, declared := x.process.Place(r.State)
	if !declared {
		x.t.Errorf("got the state %q", r.State)
	}
	names := map[string]bool{}
	for _, timer := range x.timersOf(x.store, x.id) {
		if names[timer.Name] {
			x.t.Errorf("two timers %q", timer.Name)
		}
		names[timer.Name] = true
		stay := timer.Name == ra.TimerLate || timer.Name == ra.TimerRemind
		if stay && timer.Seq != r.Late || timer.Name == ra.TimerLate && !timer.Due.Equal(r.Deadline) || place.Within == 0 {
			x.t.Errorf("in %s since entry %d, until %v: got the timer %+v", r.State, r.Late, r.Deadline, timer)
		}
	}
	if names[ra.TimerLate] != (place.Within > 0) {
		x.t.Errorf("in %s: a deadline: %v", r.State, names[ra.TimerLate])
	}
	if _, held := r.Evidence(workflow.ApprovalsComplete); held {
		who := map[string]bool{}
		for _, a := range r.Approvals {
			who[a.By.ID] = true
			if slices.Contains(r.Authors, a.By.ID) || !a.By.SecondFactor || a.Content != r.Approvals[0].Content {
				x.t.Errorf("the approval of %s counts, the authors are %v", a.By.ID, r.Authors)
			}
		}
		if len(who) < x.process.Approvals {
			x.t.Errorf("%d persons make a quorum of %d", len(who), x.process.Approvals)
		}
	}
}

// audited compares the leaves of the trail with the journal, and notes the
// arrows.
func (x *walk) audited() {
	x.t.Helper()
	leaves, err := x.store.Unsealed(x.ctx, 100_000)
	if err != nil {
		x.t.Fatal(err)
	}
	leaves = slices.DeleteFunc(leaves, func(l ra.Leaf) bool { return l.Request != x.id }) // of those that were begun
	lines, err := x.authority.Journal(x.ctx, x.id)
	if err != nil || len(leaves) != len(lines) {
		x.t.Fatalf("%d leaves for %d lines, %v", len(leaves), len(lines), err)
	}
	entries, err := x.authority.History(x.ctx, x.id)
	if err != nil {
		x.t.Fatal(err)
	}
	for i, e := range entries {
		if e.Kind == ra.Moved {
			x.followed[x.process.Name+" "+workflow.Step{From: e.From, On: e.Event, By: e.By.Role, To: e.To}.String()] = true
		}
		if e.Kind == ra.Forgotten {
			continue
		}
		if want := leafBody(x.t, &e, lines[i]); string(leaves[i].Body) != string(want) {
			x.t.Errorf("entry %d: got the leaf\n%s, want\n%s", e.Seq, leaves[i].Body, want)
		}
	}
}
