package storetest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

func testRecords(x *bench) {
	c := born("a")
	c.Row.Partner, c.Row.Assignee, c.Row.Trouble = "partner", "assignee", true
	c.Row.Created = start.Add(999 * time.Microsecond) // stores keep milliseconds
	x.save(c)
	want := *c.Row
	want.Created = start
	x.same("the row", x.load("a"), &want)
	x.same("the journal", must[[]ra.Line](x, "history")(x.History(x.ctx, "a", 0, 10)), c.Lines)
	x.same("the tasks", must[[]ra.Task](x, "tasks")(x.Tasks(x.ctx, "a")), c.Tasks)

	open := written("b", 0)
	open.Row.Key, open.Row.Data, open.Row.Terms = nil, nil, ra.Terms{}
	open.Lines[0].Data = nil
	x.save(open)
	if r := x.load("b"); r.Key != nil || len(r.Data) > 0 {
		x.Errorf("nothing comes back as the key %q and the data %q", r.Key, r.Data)
	}
	still := &ra.Change{Row: row("a", 1), Base: 1} // without a line the version stays
	still.Row.Data = []byte("other")
	x.save(still)
	if r := x.load("a"); r.Version != 1 || string(r.Data) != "other" {
		x.Errorf("without a line: got version %d, data %q", r.Version, r.Data)
	}
	many := written("a", 1)
	for seq := int64(3); seq <= 5; seq++ {
		next := written("a", seq-1)
		many.Row, many.Lines, many.Leaves = next.Row, append(many.Lines, next.Lines...), append(many.Leaves, next.Leaves...)
	}
	x.save(many)
	if s := x.everything("a"); s.Row.Version != 5 || len(s.Lines) != 5 || len(s.Leaves) != 5 {
		x.Errorf("got %+v, want 5 lines and 5 leaves", s)
	}

	_, err := x.Load(x.ctx, "nobody")
	x.missing("request", err)
	_, err = x.History(x.ctx, "nobody", 0, 10)
	x.missing("journal", err)
	_, err = x.Blob(x.ctx, "nothing")
	x.missing("document", err)
	_, err = x.Command(x.ctx, "never")
	x.missing("command", err)
	_, err = x.ClaimOne(x.ctx, "none", start, time.Minute)
	x.missing("task", err)
	if tasks := must[[]ra.Task](x, "tasks")(x.Tasks(x.ctx, "nobody")); len(tasks) != 0 {
		x.Errorf("got tasks %+v of nobody", tasks)
	}
}

// testWhole gives a change something to fail on, each time something else,
// and looks whether any part of it was written.
func testWhole(x *bench) {
	x.save(full("a", 0))
	x.save(born("b"))
	before, other := x.everything("a"), x.everything("b")
	stranger := task("b", workflow.PrintApplication, 9)
	for what, spoil := range map[string]func(c *ra.Change){
		"another version":    func(c *ra.Change) { c.Base, c.Row.Version, c.Lines[0].Seq = 7, 8, 8 },
		"a claim is held":    func(c *ra.Change) { c.Claims = append(c.Claims, "claim of a") },
		"the task is gone":   func(c *ra.Change) { c.Settle, c.After = &stranger, &stranger },
		"a repeated command": func(c *ra.Change) { c.Command.Key = "command of a" },
		"a task exists":      func(c *ra.Change) { c.Tasks = append(c.Tasks, other.Tasks[0]) },
		"a task twice":       func(c *ra.Change) { c.Tasks = append(c.Tasks, c.Tasks[0]) },
	} {
		c := full("b", 1)
		spoil(c)
		if err := x.Save(x.ctx, c); err == nil {
			x.Errorf("%s: it was saved", what)
		}
		x.same(what, x.everything("b"), other)
		x.same(what, x.everything("a"), before)
	}
	again := full("a", 0)
	again.Command = nil
	refused[*ra.ConflictError](x, "the request exists", x.Save(x.ctx, again))
	x.same("the request exists", x.everything("a"), before)
	x.save(full("b", 1)) // nothing that was refused stands in the way
}

func testConflicts(x *bench) {
	x.save(born("a"))
	x.save(moved("a", 1))
	for what, c := range map[string]*ra.Change{
		"older": moved("a", 1), "newer": moved("a", 5), "new": born("a"), "of nobody": moved("nobody", 1),
	} {
		conflict := refused[*ra.ConflictError](x, what, x.Save(x.ctx, c))
		if conflict.Request != c.Row.ID || conflict.Base != c.Base || conflict.Task {
			x.Errorf("%s: got %+v", what, conflict)
		}
	}
	_, err := x.Load(x.ctx, "nobody")
	x.missing("a request that a change presupposed", err)
}

// testOrder: of several reasons the caller learns the one he can do most with.
func testOrder(x *bench) {
	x.save(full("a", 0))
	c := moved("a", 7)
	stranger := task("a", workflow.PrintApplication, 9)
	c.Claims = []string{"claim of a"}
	c.Settle, c.After = &stranger, &stranger
	c.Command = full("a", 0).Command
	refused[*ra.RepeatedError](x, "all at once", x.Save(x.ctx, c))
	c.Command = nil
	if conflict := refused[*ra.ConflictError](x, "task and version", x.Save(x.ctx, c)); !conflict.Task {
		x.Error("task and version: got the version, want the task: whoever lost it has nothing to repeat")
	}
}

func testClaims(x *bench) {
	x.save(full("a", 0))
	c := born("b")
	c.Claims = []string{"free", "claim of a"}
	claimed := refused[*ra.ClaimedError](x, "held by another", x.Save(x.ctx, c))
	if claimed.Request != "b" || claimed.Claim != "claim of a" {
		x.Errorf("got %+v", claimed)
	}
	if id, err := x.Claimed(x.ctx, "claim of a"); err != nil || id != "a" {
		x.Errorf("got holder %q (%v), want a", id, err)
	}
	_, err := x.Claimed(x.ctx, "free")
	x.missing("the holder of what nobody holds", err)
	own := moved("a", 1)
	own.Claims = []string{"claim of a", "claim of a", "free"}
	x.save(own)           // its own again, and one that a refused change did not take
	x.save(moved("a", 2)) // a claim is held though a later change does not name it
	refused[*ra.ClaimedError](x, "held for ever", x.Save(x.ctx, c))
}

func testCommands(x *bench) {
	first := full("a", 0)
	x.save(first)
	x.same("the command", must[*ra.Command](x, "command")(x.Command(x.ctx, first.Command.Key)), first.Command)
	c := full("b", 0)
	c.Command.Key = first.Command.Key
	repeated := refused[*ra.RepeatedError](x, "the key again", x.Save(x.ctx, c))
	x.same("the command as it was", &repeated.Command, first.Command)

	for i := range 5 {
		c := moved("a", int64(1+i))
		c.Command = &ra.Command{Key: fmt.Sprint("key ", i), Request: "a", At: after(time.Duration(i) * time.Hour)}
		x.save(c)
	}
	if n := must[int](x, "sweep")(x.Sweep(x.ctx, after(3*time.Hour))); n != 4 { // 0, 1, 2 and the first
		x.Errorf("swept %d commands, want 4", n)
	}
	_, err := x.Command(x.ctx, "key 2")
	x.missing("a command swept away", err)
	must[*ra.Command](x, "a command of that very time")(x.Command(x.ctx, "key 3"))
	if n := must[int](x, "sweep")(x.Sweep(x.ctx, after(3*time.Hour))); n != 0 {
		x.Errorf("swept %d commands again, want none", n)
	}
	x.save(c) // the key is free again
}

func testBlobs(x *bench) {
	big := bytes.Repeat([]byte("0123456789abcdef"), 5<<20/16+1) // of no round size
	c := born("a")
	c.Blobs = []ra.Blob{{Name: "z", Data: big}, {Name: "empty"}, {Name: "exact", Data: big[:2<<20]}, {Name: "a", Data: []byte{0, 1, 255}}}
	x.save(c)
	for _, b := range c.Blobs {
		if got := must[[]byte](x, b.Name)(x.Blob(x.ctx, b.Name)); !bytes.Equal(got, b.Data) {
			x.Errorf("%s: got %d octets, want %d", b.Name, len(got), len(b.Data))
		}
	}
	again := born("b")
	again.Blobs = c.Blobs[:1] // the name is the hash: the same again
	x.save(again)
	if got := must[[]byte](x, "again")(x.Blob(x.ctx, "z")); !bytes.Equal(got, big) {
		x.Errorf("again: got %d octets, want %d", len(got), len(big))
	}
}

func testHistory(x *bench) {
	x.save(born("a"))
	x.save(born("b"))
	for base := int64(1); base < 7; base++ {
		x.save(moved("a", base))
	}
	var seen strings.Builder
	for last := int64(0); ; {
		page := must[[]ra.Line](x, "history")(x.History(x.ctx, "a", last, 3))
		if len(page) == 0 {
			break
		}
		if len(page) > 3 {
			x.Errorf("got %d lines, want at most 3", len(page))
		}
		for _, l := range page {
			fmt.Fprintf(&seen, "%d=%s;", l.Seq, l.Data)
		}
		last = page[len(page)-1].Seq
	}
	want := "1=line 1 of a;2=line 2 of a;3=line 3 of a;4=line 4 of a;5=line 5 of a;6=line 6 of a;7=line 7 of a;"
	x.same("the journal", seen.String(), want)
}

func testEnded(x *bench) {
	x.save(born("a"))
	before := x.everything("a")
	ctx, cancel := context.WithCancel(x.ctx)
	cancel()
	if err := x.Save(ctx, full("a", 1)); err == nil {
		x.Error("it was saved")
	}
	x.same("afterwards", x.everything("a"), before)
}
