package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

func testTimers(x *bench) {
	due := func(at time.Time, limit int) (names string) {
		x.Helper()
		timers, _, err := x.Due(x.ctx, at, limit)
		if err != nil {
			x.Fatal(err)
		}
		for _, t := range timers {
			names += fmt.Sprintf("%s/%s/%d ", t.Request, t.Name, t.Seq)
		}
		return names
	}
	x.save(full("b", 0)) // late in 2 h, remind in 1½
	x.save(born("a"))    // late in 1 h
	for _, c := range []struct {
		at    time.Duration
		limit int
		want  string
	}{
		{time.Hour - time.Millisecond, 9, ""},
		{time.Hour, 9, "a/late/1 "},
		{3 * time.Hour, 9, "a/late/1 b/remind/1 b/late/1 "},
		{3 * time.Hour, 2, "a/late/1 b/remind/1 "},
	} {
		x.same(fmt.Sprint("after ", c.at), due(after(c.at), c.limit), c.want)
	}
	late := after(9 * time.Hour)

	stay := written("b", 1) // not Moved: the timers stay
	x.save(stay)
	x.same("when it stays", due(late, 9), "a/late/1 b/remind/1 b/late/1 ")

	rang := written("b", 2)
	rang.Rang = &ra.Timer{Request: "b", Name: ra.TimerRemind, Seq: 1}
	x.save(rang)
	x.same("when one rang", due(late, 9), "a/late/1 b/late/1 ")

	next := moved("b", 3)
	next.Rang = &ra.Timer{Request: "b", Name: ra.TimerLate, Seq: 1}
	next.Timers = []ra.Timer{{Request: "b", Name: ra.TimerLate, Seq: 4, Due: after(5 * time.Hour)}}
	x.save(next)
	x.same("when it rang and another stands there", due(late, 9), "a/late/1 b/late/4 ")

	old := &ra.Change{Row: row("b", 4), Base: 4, Rang: &ra.Timer{Request: "b", Name: ra.TimerLate, Seq: 1}}
	x.save(old)
	x.same("when one rings that is gone", due(late, 9), "a/late/1 b/late/4 ")

	x.save(moved("b", 4))
	x.same("when it moves on without", due(late, 9), "a/late/1 ")
}

func testTasks(x *bench) {
	for i := range 4 { // the later born the earlier due
		c := born(ra.ID(fmt.Sprint(i)))
		c.Tasks[0].Due = after(time.Duration(4-i) * time.Minute)
		x.save(c)
	}
	claim := func(at time.Duration, limit int) (who string) {
		x.Helper()
		for _, t := range must[[]ra.Task](x, "claim")(x.Claim(x.ctx, after(at), time.Hour, limit)) {
			who += fmt.Sprintf("%s:%d ", t.Request, t.Attempt)
			if want := after(at + time.Hour); !t.Due.Equal(want) || t.State != ra.TaskIntended {
				x.Errorf("got %+v, want it due again at %v", t, want)
			}
			stored := must[[]ra.Task](x, "tasks")(x.Tasks(x.ctx, t.Request))
			if !slices.ContainsFunc(stored, func(s ra.Task) bool { return reflect.DeepEqual(s, t) }) {
				x.Errorf("got %+v stored, want %+v among them", stored, t)
			}
		}
		return who
	}
	x.same("too early", claim(time.Minute-time.Millisecond, 9), "")
	x.same("the oldest first", claim(3*time.Minute, 2), "3:1 2:1 ")
	x.same("what others hold is left", claim(3*time.Minute, 9), "1:1 ")
	x.same("until the lease is over", claim(63*time.Minute, 9), "0:1 1:2 2:2 3:2 ")

	key := "0/send_link/1"
	held, err := x.ClaimOne(x.ctx, key, after(time.Hour), time.Hour)
	if !errors.Is(err, ra.ErrNotDue) || held == nil || held.Attempt != 1 || !held.Due.Equal(after(123*time.Minute)) {
		x.Errorf("a task that another holds: got %+v, %v", held, err)
	}
	mine := must[*ra.Task](x, "claim one")(x.ClaimOne(x.ctx, key, after(123*time.Minute), time.Minute))
	if mine.Attempt != 2 || !mine.Due.Equal(after(124*time.Minute)) {
		x.Errorf("got %+v", mine)
	}
	done := *mine
	done.State = ra.TaskDone
	if err := x.Settle(x.ctx, *mine, done); err != nil {
		x.Fatal(err)
	}
	held, err = x.ClaimOne(x.ctx, key, after(9*time.Hour), time.Hour)
	if !errors.Is(err, ra.ErrNotDue) || held == nil || held.State != ra.TaskDone {
		x.Errorf("a task that is done: got %+v, %v", held, err)
	}
	x.same("what is done is not claimed", claim(9*time.Hour, 9), "1:3 2:3 3:3 ")

	order := written("0", 1)
	order.Tasks = []ra.Task{task("0", "zeta", 2), task("0", "alpha", 2), task("0", "mu", 2)}
	order.Tasks[0].Note, order.Tasks[0].Error = []byte("note"), "error"
	x.save(order)
	tasks := must[[]ra.Task](x, "tasks")(x.Tasks(x.ctx, "0"))
	if len(tasks) != 4 {
		x.Fatalf("got %d tasks, want 4", len(tasks))
	}
	x.same("the one that is done", tasks[0], done)
	x.same("as they were ordered", tasks[1:], order.Tasks)
	x.same("of one time, as they were ordered", claim(0, 9), "0:1 0:1 0:1 ")
}

func testSettle(x *bench) {
	x.save(born("a"))
	key := "a/send_link/1"
	late := must[*ra.Task](x, "claim")(x.ClaimOne(x.ctx, key, start, time.Minute))
	present := must[*ra.Task](x, "claim")(x.ClaimOne(x.ctx, key, after(time.Minute), time.Minute))

	result := func(t *ra.Task) (ra.Task, *ra.Change) {
		then := *t
		then.Failures++
		then.Due, then.Note, then.Error = after(time.Hour), []byte("note"), "not UTF-8: \xff"
		c := moved("a", 1)
		c.Settle, c.After = t, &then
		return then, c
	}
	then, c := result(late)
	for what, err := range map[string]error{"settle": x.Settle(x.ctx, *late, then), "save": x.Save(x.ctx, c)} {
		if conflict := refused[*ra.ConflictError](x, what+" of a late worker", err); !conflict.Task || conflict.Request != "a" {
			x.Errorf("%s of a late worker: got %+v", what, conflict)
		}
	}
	x.same("after a late worker", must[[]ra.Task](x, "tasks")(x.Tasks(x.ctx, "a"))[0], *present)

	then, c = result(present)
	if err := x.Settle(x.ctx, *present, then); err != nil {
		x.Fatal(err)
	}
	stored := must[[]ra.Task](x, "tasks")(x.Tasks(x.ctx, "a"))[0]
	if stored.Failures != 1 || string(stored.Note) != "note" || !stored.Due.Equal(after(time.Hour)) || stored.Error == "" {
		x.Errorf("got %+v, want what was settled", stored)
	}
	refused[*ra.ConflictError](x, "the same worker again", x.Settle(x.ctx, *present, then))
	refused[*ra.ConflictError](x, "the same worker again", x.Save(x.ctx, c))
	stranger := task("a", workflow.PrintApplication, 9)
	refused[*ra.ConflictError](x, "no such task", x.Settle(x.ctx, stranger, stranger))

	again := must[*ra.Task](x, "claim")(x.ClaimOne(x.ctx, key, after(time.Hour), time.Minute))
	done := *again
	done.State, done.Error, done.Failures, done.Note = ra.TaskDone, "", 0, nil
	c = moved("a", 1)
	c.Settle, c.After = again, &done
	x.save(c)
	x.same("when it is done", must[[]ra.Task](x, "tasks")(x.Tasks(x.ctx, "a"))[0], done)
	back := done
	back.State, back.Due = ra.TaskIntended, start
	c = moved("a", 2)
	c.Settle, c.After = &done, &back
	x.save(c) // an operator has it begun again
	if t := must[*ra.Task](x, "claim")(x.ClaimOne(x.ctx, key, start, time.Minute)); t.Attempt != 4 {
		x.Errorf("got attempt %d, want 4", t.Attempt)
	}
}

func testNext(x *bench) {
	next := func(at time.Duration) time.Duration {
		x.Helper()
		_, next, err := x.Due(x.ctx, after(at), 9)
		if err != nil {
			x.Fatal(err)
		}
		if next.IsZero() {
			return -1
		}
		return next.Sub(start)
	}
	x.same("in an empty store", next(0), time.Duration(-1))
	c := born("a")
	c.Tasks[0].Due = after(30 * time.Minute)
	x.save(c) // late in 1 h
	x.same("a task", next(0), 30*time.Minute)
	x.same("a task that nobody has begun", next(2*time.Hour), 30*time.Minute)
	t := must[*ra.Task](x, "claim")(x.ClaimOne(x.ctx, c.Tasks[0].Key, after(30*time.Minute), 2*time.Hour))
	x.same("a timer before the end of a lease", next(30*time.Minute), time.Hour)
	x.same("the end of a lease", next(time.Hour), 150*time.Minute)
	done := *t
	done.State = ra.TaskDone
	c = moved("a", 1)
	c.Settle, c.After = t, &done
	x.save(c)
	x.same("when all is done", next(0), time.Duration(-1))
}

func testWoken(x *bench) {
	woken := x.Woken()
	if woken == nil {
		return // it may be nil
	}
	for range 3 { // not emptied in between: Save does not wait for a listener
		x.save(born(ra.ID(fmt.Sprint(time.Now().UnixNano()))))
	}
	select {
	case <-woken:
	case <-time.After(10 * time.Second):
		x.Error("nobody was woken")
	}
}
