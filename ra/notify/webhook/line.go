package webhook

import (
	"cmp"
	"container/heap"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/ra"
)

// givenUp is the part of an endpoint's folder for what could not be delivered.
const givenUp = "given-up"

// event is what waits for an endpoint, as its file has it.
type event struct {
	ID      string          `json:"id"` // webhook-id
	Request ra.ID           `json:"request"`
	Seq     int64           `json:"seq"`
	First   time.Time       `json:"first"` // when it was kept; its patience begins then
	Body    json.RawMessage `json:"body"`
}

// entry is what is remembered of an event in between.
type entry struct {
	id    string
	seq   int64
	first time.Time
}

// queue is the events of one request, the next first. It is either in the heap
// of its line or taken by one worker.
type queue struct {
	request  ra.ID
	events   []entry
	due      time.Time
	failures int // of the first event, in a row
}

// line is the events that wait for one endpoint. Its folder has a file for
// each and is the truth; the rest can be made from it.
type line struct {
	Endpoint
	dir   string
	woken chan struct{} // gets a value when there is something new

	mu      sync.Mutex
	queues  map[ra.ID]*queue
	waiting map[string]bool // by id
	due     dueHeap         // queues that nobody has taken
}

// openLine reads what waits for an endpoint. All of it is due now.
func openLine(e Endpoint, dir string, now time.Time) (*line, error) {
	l := &line{Endpoint: e, dir: dir, woken: make(chan struct{}, parallel), queues: map[ra.ID]*queue{}, waiting: map[string]bool{}}
	if err := os.MkdirAll(filepath.Join(dir, givenUp), 0o700); err != nil {
		return nil, err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		id, ok := strings.CutSuffix(f.Name(), ".json")
		switch {
		case strings.HasPrefix(f.Name(), "."):
			os.Remove(filepath.Join(dir, f.Name())) // left over from a write that was cut short
			continue
		case !ok || f.IsDir():
			continue
		}
		e, err := l.load(id)
		if err != nil {
			return nil, err
		}
		l.add(e, now)
	}
	return l, nil
}

func (l *line) path(id string) string { return filepath.Join(l.dir, id+".json") }

// load reads the file of an event.
func (l *line) load(id string) (event, error) {
	text, err := os.ReadFile(l.path(id))
	if err != nil {
		return event{}, err
	}
	var e event
	if err := json.Unmarshal(text, &e); err != nil || e.ID != id || e.Request == "" || len(e.Body) == 0 {
		return event{}, fmt.Errorf("%s is not the file of an event", l.path(id))
	}
	return e, nil
}

// put keeps an event, unless it is kept already.
func (l *line) put(e event) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	l.mu.Lock()
	known := l.waiting[e.ID]
	l.mu.Unlock()
	if known {
		return nil
	}
	if err := atomicfile.Write(l.path(e.ID), text, 0o600); err != nil {
		return err
	}
	l.add(e, e.First)
	select {
	case l.woken <- struct{}{}:
	default: // all workers have been told
	}
	return nil
}

// add puts an event into the queue of its request.
func (l *line) add(e event, due time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting[e.ID] {
		return
	}
	l.waiting[e.ID] = true
	q := l.queues[e.Request]
	if q == nil {
		q = &queue{request: e.Request, due: due}
		l.queues[e.Request] = q
		heap.Push(&l.due, q)
	}
	q.events = append(q.events, entry{e.ID, e.Seq, e.First})
	slices.SortFunc(q.events, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.seq, b.seq), a.first.Compare(b.first), strings.Compare(a.id, b.id))
	})
}

// take gives a queue that is due to a worker, with its next event. Without
// one it tells when the first is due; the zero time if nothing waits.
func (l *line) take(now time.Time) (*queue, entry, time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.due) == 0 {
		return nil, entry{}, time.Time{}
	}
	if next := l.due[0].due; next.After(now) {
		return nil, entry{}, next
	}
	q := heap.Pop(&l.due).(*queue)
	return q, q.events[0], time.Time{}
}

// done ends an event and puts its queue back, if there is more in it.
func (l *line) done(q *queue, id string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.waiting, id)
	q.events = slices.DeleteFunc(q.events, func(e entry) bool { return e.id == id })
	if len(q.events) == 0 {
		delete(l.queues, q.request)
		return
	}
	q.due, q.failures = now, 0
	heap.Push(&l.due, q)
}

// later puts a queue back until it is due again.
func (l *line) later(q *queue, due time.Time, failures int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	q.due, q.failures = due, failures
	heap.Push(&l.due, q)
}

// remove deletes the file of an event.
func (l *line) remove(id string) error { return os.Remove(l.path(id)) }

// giveUp puts the file of an event aside.
func (l *line) giveUp(id string) error {
	if err := os.Rename(l.path(id), filepath.Join(l.dir, givenUp, id+".json")); err != nil {
		return err
	}
	return atomicfile.SyncDir(l.dir)
}

// dueHeap has the queue that is due first at its top.
type dueHeap []*queue

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(q any)        { *h = append(*h, q.(*queue)) }
func (h *dueHeap) Pop() any {
	last := len(*h) - 1
	q := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return q
}
