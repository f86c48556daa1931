package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// testExpedited: what is expedited comes first in its queue, and its tasks are
// taken before others; everywhere else it has no place of its own.
func testExpedited(x *bench) {
	for i, expedited := range []bool{false, true, false, true} {
		c := born(ra.ID(fmt.Sprint(i)))
		c.Row.Updated, c.Row.Expedited = after(time.Duration(i)*time.Second), expedited
		c.Tasks[0].Expedited, c.Tasks[0].Due = expedited, after(time.Duration(i)*time.Minute)
		x.save(c)
	}
	queue := ra.Query{Queue: workflow.Applicant}
	x.same("a queue", x.page(queue), []ra.ID{"1", "3", "0", "2"})
	x.same("all", x.page(ra.Query{}), []ra.ID{"0", "1", "2", "3"})
	x.same("by name", x.page(ra.Query{Queue: workflow.Applicant, Name: "иванов"}), []ra.ID{"0", "1", "2", "3"})
	if r := x.load("1"); !r.Expedited {
		x.Error("got 1 not expedited, want it as it was saved")
	}
	for _, c := range []struct {
		after ra.Cursor
		want  []ra.ID
	}{
		{ra.Cursor{Updated: after(time.Second), ID: "1"}, []ra.ID{"3", "0", "2"}},
		{ra.Cursor{Updated: after(3 * time.Second), ID: "3"}, []ra.ID{"0", "2"}},
		{ra.Cursor{Ordinary: true, Updated: start, ID: "0"}, []ra.ID{"2"}},
		{ra.Cursor{Ordinary: true, Updated: after(9 * time.Second)}, nil},
	} {
		queue.After = c.after
		x.same(fmt.Sprintf("a queue after %+v", c.after), x.page(queue), c.want)
	}

	claim := func(at time.Duration, limit int) (ids []ra.ID) {
		x.Helper()
		for _, t := range must[[]ra.Task](x, "claim")(x.Claim(x.ctx, after(at), time.Hour, limit)) {
			ids = append(ids, t.Request)
			if want := t.Request == "1" || t.Request == "3"; t.Expedited != want {
				x.Errorf("got task of %s expedited: %v, want %v", t.Request, t.Expedited, want)
			}
		}
		return ids
	}
	x.same("claims before 3 is due", claim(2*time.Minute, 2), []ra.ID{"1", "0"})
	x.same("claims of the rest", claim(3*time.Minute, 9), []ra.ID{"3", "2"})
	x.same("claims when all are due again", claim(3*time.Hour, 3), []ra.ID{"1", "3", "0"})

	ordinary := moved("1", 1)
	ordinary.Row.Updated = after(time.Minute)
	x.save(ordinary)
	queue.After = ra.Cursor{}
	x.same("once it is not expedited any more", x.page(queue), []ra.ID{"3", "0", "2", "1"})
}

// testExpeditedPages walks through a queue of both kinds by pages of every
// size: each request comes once, in one order.
func testExpeditedPages(x *bench) {
	chance := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		c := written(ra.ID(fmt.Sprintf("%05d", chance.IntN(1<<16))), 0)
		c.Row.Updated, c.Row.Expedited = after(time.Duration(chance.IntN(5))*time.Second), chance.IntN(3) == 0
		c.Row.Partner = []string{"x", "y"}[chance.IntN(2)]
		x.save(c)
	}
	for _, q := range []ra.Query{{Queue: workflow.Applicant}, {Queue: workflow.Applicant, Partners: []string{"x", "y"}}, {Queue: workflow.Applicant, State: workflow.Draft, Contains: "иванов"}} {
		q.Limit = 1000
		whole := x.page(q)
		if len(whole) != 40 {
			x.Fatalf("%+v: got %d requests, want 40", q, len(whole))
		}
		for size := 1; size <= 9; size += 2 {
			q.Limit, q.After = size, ra.Cursor{}
			var ids []ra.ID
			for {
				page := must[[]*ra.Row](x, "page")(x.Page(x.ctx, q))
				for _, r := range page {
					ids = append(ids, r.ID)
					q.After = ra.Cursor{Ordinary: !r.Expedited, Updated: r.Updated, ID: r.ID}
				}
				if len(page) < size {
					break
				}
			}
			if !slices.Equal(ids, whole) {
				x.Errorf("%+v: by pages of %d got %v, want %v", q, size, ids, whole)
			}
		}
	}
}
