package smevtest

import (
	"container/heap"
	"slices"
	"strings"
	"time"
)

// class is what a queue holds.
type class int

const (
	requests  class = iota // of GetRequest
	responses              // of GetResponse
	statuses               // of GetStatus
)

func (c class) String() string { return [...]string{"request", "response", "status"}[c] }

// address names a queue. Requests and statuses are for the participant as a
// whole: nobody addresses the nodes of a provider, and GetStatus names none.
type address struct {
	mnemonic, node string
	class          class
}

// queues are the messages between those who sent them and those who have
// acknowledged them. Time is that of the caller; nothing in here runs by
// itself.
type queues struct {
	cfg      Config
	withdraw func(users []string) // ends accounts of the file store

	pending  schedule
	sequence uint64
	visible  map[address][]*message // in the order of becoming visible
	held     map[address]int        // visible and pending, which Backlog bounds
	dead     []*message             // the last that were acknowledged as unacceptable
	buried   int64                  // all that were
}

func newQueues(cfg Config, withdraw func([]string)) *queues {
	return &queues{cfg: cfg, withdraw: withdraw, visible: map[address][]*message{}, held: map[address]int{}}
}

// schedule is a heap of what is still to happen, the earliest first.
type schedule []event

// event is a message that becomes visible, or an inquiry that ends.
type event struct {
	at       time.Time
	sequence uint64
	message  *message
	end      *inquiry
}

func (h schedule) Len() int      { return len(h) }
func (h schedule) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h schedule) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].sequence < h[j].sequence
}
func (h *schedule) Push(x any) { *h = append(*h, x.(event)) }
func (h *schedule) Pop() any {
	old := *h
	e := old[len(old)-1]
	old[len(old)-1] = event{}
	*h = old[:len(old)-1]
	return e
}

// void reports whether nothing will come of an event any more.
func (e event) void() bool {
	if e.end != nil {
		return e.end.answered || e.end.ended
	}
	of := e.message.inquiry
	return of != nil && of.ended && !e.message.late
}

func (q *queues) push(e event) {
	q.sequence++
	e.sequence = q.sequence
	heap.Push(&q.pending, e)
}

// post schedules a message for the time in it.
func (q *queues) post(m *message) {
	q.held[m.to]++
	q.push(event{at: m.at, message: m})
}

// endAt schedules the end of an inquiry.
func (q *queues) endAt(at time.Time, i *inquiry) { q.push(event{at: at, end: i}) }

// settle makes happen what is due by now. end is called for each inquiry that
// reaches its end of life without an answer.
func (q *queues) settle(now time.Time, end func(*inquiry, time.Time)) {
	for len(q.pending) > 0 && !q.pending[0].at.After(now) {
		e := heap.Pop(&q.pending).(event)
		switch {
		case e.void():
			q.drop(e)
		case e.end != nil:
			e.end.ended = true
			end(e.end, e.at)
		default:
			if e.message.final && e.message.inquiry != nil {
				e.message.inquiry.answered = true
			}
			q.visible[e.message.to] = append(q.visible[e.message.to], e.message)
		}
	}
}

func (q *queues) drop(e event) {
	if e.message != nil {
		q.release(e.message)
	}
}

// release lets go of what a message holds.
func (q *queues) release(m *message) {
	if q.held[m.to]--; q.held[m.to] == 0 {
		delete(q.held, m.to)
	}
	q.withdraw(m.users)
}

// next returns when the next message becomes visible.
func (q *queues) next() (time.Time, bool) {
	for len(q.pending) > 0 {
		if !q.pending[0].void() {
			return q.pending[0].at, true
		}
		q.drop(heap.Pop(&q.pending).(event))
	}
	return time.Time{}, false
}

// full reports whether a queue takes no more.
func (q *queues) full(to address) bool { return q.held[to] >= q.cfg.Backlog }

// take leases the oldest visible message of a queue that the selector lets
// through; nil says that there is none.
func (q *queues) take(from address, want selector, now time.Time) *message {
	for _, m := range q.visible[from] {
		if m.leased.After(now) || !want.takes(m) {
			continue
		}
		m.leased = now.Add(q.cfg.Lease)
		m.deliveries++
		return m
	}
	return nil
}

// acknowledge removes a message that a participant has taken and whose lease
// runs, and reports whether there was one.
func (q *queues) acknowledge(mnemonic, id string, accepted bool, now time.Time) bool {
	for _, of := range []class{requests, responses, statuses} {
		for from, list := range q.visible {
			if from.mnemonic != mnemonic || from.class != of {
				continue
			}
			at := slices.IndexFunc(list, func(m *message) bool { return m.id == id && m.leased.After(now) })
			if at < 0 {
				continue
			}
			if !accepted {
				q.bury(list[at])
			}
			q.remove(from, at)
			return true
		}
	}
	return false
}

// bury keeps a message among the dead letters, the last so many.
func (q *queues) bury(m *message) {
	q.buried++
	q.dead = append(q.dead, m)
	q.dead = slices.Delete(q.dead, 0, max(0, len(q.dead)-q.cfg.Journal))
}

// remove takes a message out of a queue.
func (q *queues) remove(from address, at int) {
	list := q.visible[from]
	q.release(list[at])
	if q.visible[from] = slices.Delete(list, at, at+1); len(q.visible[from]) == 0 {
		delete(q.visible, from)
	}
}

// forget removes the visible messages that an inquiry is about, for its end.
func (q *queues) forget(i *inquiry, of class) {
	for from, list := range q.visible {
		for at := len(list) - 1; from.class == of && at >= 0; at-- {
			if list[at].inquiry == i {
				q.remove(from, at)
				list = q.visible[from]
			}
		}
	}
}

// waiting counts the messages of a queue that could be delivered now.
func (q *queues) waiting(from address, now time.Time) (n int64) {
	for _, m := range q.visible[from] {
		if !m.leased.After(now) {
			n++
		}
	}
	return n
}

// count counts the messages of a class, visible or not.
func (q *queues) count(of class) (n int) {
	for _, m := range q.all() {
		if m.to.class == of {
			n++
		}
	}
	return n
}

// all returns every message, those that are not visible yet included, in the
// order in which they become so.
func (q *queues) all() []*message {
	var list []*message
	for _, visible := range q.visible {
		list = append(list, visible...)
	}
	for _, e := range q.pending {
		if e.message != nil && !e.void() {
			list = append(list, e.message)
		}
	}
	slices.SortFunc(list, func(a, b *message) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	return list
}
