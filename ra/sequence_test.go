package ra_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/applicant"
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
	csr     []byte
	said    []string // what was done, to be told if it goes wrong

	followed map[string]bool // arrows
	refused  map[string]int  // commands, by the type of the error
	done     int
}

// TestAnySequence: whatever is done to a request, it stands in a declared
// place, its journal has no gap and amounts to it, its timers are those of its
// place, the audit trail commits to every line, no approval is that of an
// author, and what was refused has left no trace.
func TestAnySequence(t *testing.T) {
	w := newWorld(t)
	all := append(runnable(t), quorum(2))
	csr := w.request(w.newKey(), w.form)
	followed, refused, done := map[string]bool{}, map[string]int{}, 0
	n := uint64(long(300, 10_000))
	for seed := range n {
		p := all[int(seed)%len(all)]
		x := &walk{
			world: w, Rand: rand.New(rand.NewPCG(seed, 1)), process: p, csr: csr, followed: followed, refused: refused,
		}
		x.begin(seed)
		for range 30 {
			if x.step(); t.Failed() {
				t.Fatalf("seed %d, %s:\n%s", seed, p.Name, strings.Join(x.said, "\n"))
			}
		}
		x.audited()
		done += x.done
	}
	arrows := 0
	for _, p := range all {
		arrows += len(p.Steps)
	}
	t.Logf("%d sequences: %d commands carried out, %d of %d arrows followed; refused: %v", n, done, len(followed), arrows, refused)
	if len(followed) < arrows/3 {
		t.Errorf("only %d of %d arrows were followed", len(followed), arrows)
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
		c.Registers, c.Notifier, c.Printer, c.Signer = moody{x}, moody{x}, moody{x}, moody{x}
	})
	evidence := without(allEvidence(x.process), workflow.ApprovalsComplete) // which nobody but approvers gives
	evidence = slices.DeleteFunc(evidence, func(workflow.Evidence) bool { return x.IntN(4) == 0 })
	for _, pair := range x.process.Contrary {
		evidence = without(evidence, pair[x.IntN(2)])
	}
	place := x.process.Places[x.IntN(len(x.process.Places))]
	at := plan{process: x.process, state: place.State, evidence: evidence, author: pick(x, people)}
	if x.IntN(3) == 0 {
		at.until = x.clock.Now().Add(time.Duration(x.IntN(100)) * time.Hour)
	}
	x.id = x.plant(m, at)
	x.said = append(x.said, fmt.Sprintf("planted in %s with %v", place.State, evidence))
}

var people = []string{"a", "b", "c", "clerk"}

func pick[T any](x *walk, list []T) T { return list[x.IntN(len(list))] }

// step does one thing and looks at the request afterwards.
func (x *walk) step() {
	x.t.Helper()
	before := x.snapshot(x.store, x.id)
	was := x.must(x.authority.Request(x.ctx, x.id))
	if was.Erased {
		return
	}
	what, err := x.command(was)
	x.said = append(x.said, fmt.Sprintf("%s: %v", what, err))
	if err != nil {
		if after := x.snapshot(x.store, x.id); after != before {
			x.t.Errorf("%s was refused (%v) and left a trace:\n%s\n%s", what, err, before, after)
		}
		x.refused[fmt.Sprintf("%T", err)]++
	} else {
		x.done++
	}
	x.sound()
}

// command is one of all the things that can be done.
func (x *walk) command(r *ra.Request) (what string, err error) {
	by := ra.Actor{ID: pick(x, people), Role: pick(x, roles), SecondFactor: x.IntN(2) == 0}
	if x.IntN(20) == 0 {
		by.Request = "another"
	}
	if x.IntN(3) > 0 {
		place, _ := x.process.Place(r.State)
		by.Role = place.Owner
	}
	a := x.authority
	if x.IntN(4) == 0 {
		a = a.Once(fmt.Sprintf("key %d", x.IntN(5)))
	}
	form := x.form
	if x.IntN(2) == 0 {
		form = applicant.Form(x.Uint64N(3))
	}
	trouble := "none"
	if len(r.Trouble) > 0 {
		trouble, by.Role = pick(x, r.Trouble).Task, workflow.CAOperator
	}
	switch n := x.IntN(16); n {
	case 0, 1:
		event := pick(x, events(x.process))
		_, err = a.Fire(x.ctx, x.id, by, event)
		return fmt.Sprintf("fire %s by %v", event, by), err
	case 2, 3, 4, 5:
		return x.promised()
	case 6:
		_, err = a.Fill(x.ctx, x.id, by, form)
		return fmt.Sprintf("fill by %v", by), err
	case 7:
		evidence := pick(x, []workflow.Evidence{workflow.CheckOverride, workflow.RejectionReason, workflow.IdentityProofed})
		_, err = a.Attest(x.ctx, x.id, by, evidence, pick(x, []string{"", "основание"}))
		return fmt.Sprintf("attest %s by %v", evidence, by), err
	case 8:
		kind := pick(x, []string{"passport_scan", "certificate_scan", "other", ra.CertificateExhibit})
		_, err = a.Attach(x.ctx, x.id, by, kind, []byte(pick(x, []string{"%PDF-1.7\n%%EOF\n", "%PDF-1.4\n%%EOF\n", "no"})), "")
		return fmt.Sprintf("attach %s by %v", kind, by), err
	case 9:
		_, err = a.SubmitCSR(x.ctx, x.id, by, x.csr)
		return fmt.Sprintf("submit a request by %v", by), err
	case 10:
		read, _ := x.authority.Document(x.ctx, r, ra.CertificateExhibit)
		_, err = a.ConfirmInstalled(x.ctx, x.id, by, read)
		return fmt.Sprintf("confirm by %v", by), err
	case 11, 12:
		review, reviewed := x.authority.Review(x.ctx, x.id)
		if reviewed != nil {
			return "review", reviewed
		}
		by.Role = workflow.CAOperator
		_, err = a.Approve(x.ctx, x.id, by, review.Content, "")
		return fmt.Sprintf("approve by %v", by), err
	case 13:
		do := pick(x, []func(context.Context, ra.ID, ra.Actor, string, string) (*ra.Request, error){a.Retry, a.Dismiss})
		_, err = do(x.ctx, x.id, by, trouble, "основание")
		return fmt.Sprintf("settle the trouble %s by %v", trouble, by), err
	case 14:
		if x.IntN(8) == 0 {
			return fmt.Sprintf("erase by %v", by), a.Erase(x.ctx, x.id, by, "срок истёк")
		}
		fallthrough
	default:
		d := pick(x, []time.Duration{0, time.Second, time.Minute, time.Hour, 30 * time.Hour, 9 * 24 * time.Hour})
		x.pass(d)
		return fmt.Sprintf("%v pass", d), nil
	}
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
