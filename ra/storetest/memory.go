package storetest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/surguch/surguch/ra"
)

// Memory is a store in memory: the reference, which says by clear code what
// the others must do, and the store of tests that want faults. It is made by
// [NewMemory] and may be used by several goroutines.
type Memory struct {
	faults Faults
	woken  chan struct{}

	mu          sync.Mutex
	rows        map[ra.ID]ra.Row
	lines       map[ra.ID][]ra.Line
	blobs       map[string][]byte
	tasks       []ra.Task      // as they were ordered
	places      map[string]int // of tasks, by key
	timers      map[ra.ID][]ra.Timer
	claims      map[string]ra.ID
	commands    map[string]ra.Command
	leaves      []ra.Leaf // as they were appended
	checkpoints []ra.Checkpoint
}

// Faults are what goes wrong with a store, in both ways in which a Save can
// fail. A nil function lets everything pass.
type Faults struct {
	// BeforeSave: with an error, nothing is saved and Save returns it.
	BeforeSave func(*ra.Change) error
	// AfterSave: with an error, Save returns it though the change is saved.
	AfterSave func(*ra.Change) error
}

// NewMemory returns an empty store.
func NewMemory(f Faults) *Memory {
	return &Memory{
		faults: f, woken: make(chan struct{}, 1),
		rows: map[ra.ID]ra.Row{}, lines: map[ra.ID][]ra.Line{}, blobs: map[string][]byte{}, timers: map[ra.ID][]ra.Timer{},
		places: map[string]int{}, claims: map[string]ra.ID{}, commands: map[string]ra.Command{},
	}
}

// Save writes a change wholly or not at all.
func (m *Memory) Save(ctx context.Context, c *ra.Change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.faults.BeforeSave != nil {
		if err := m.faults.BeforeSave(c); err != nil {
			return err
		}
	}
	if err := m.save(c); err != nil {
		return err
	}
	if m.faults.AfterSave != nil {
		return m.faults.AfterSave(c)
	}
	return nil
}

func (m *Memory) save(c *ra.Change) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refuse(c); err != nil {
		return err
	}
	id := c.Row.ID
	if c.Erase {
		m.erase(c)
	}
	m.rows[id] = cloneRow(*c.Row)
	for i, l := range c.Lines {
		l.At, l.Data = milli(l.At), slices.Clone(l.Data)
		m.lines[id] = append(m.lines[id], l)
		m.leaves = append(m.leaves, ra.Leaf{
			ID: int64(len(m.leaves)) + 1, Place: -1, Request: id, Seq: l.Seq, Body: slices.Clone(c.Leaves[i]),
		})
	}
	for _, b := range c.Blobs {
		m.blobs[b.Name] = slices.Clone(b.Data)
	}
	for _, name := range c.Claims {
		m.claims[name] = id
	}
	if c.Rang != nil {
		m.timers[id] = slices.DeleteFunc(m.timers[id], func(t ra.Timer) bool { return t.Name == c.Rang.Name && t.Seq == c.Rang.Seq })
	}
	if c.Moved {
		m.timers[id] = nil
		for _, t := range c.Timers {
			t.Due = milli(t.Due)
			m.timers[id] = append(m.timers[id], t)
		}
	}
	if c.Settle != nil {
		m.tasks[m.task(c.Settle.Key)] = cloneTask(*c.After)
	}
	for _, t := range c.Tasks {
		m.places[t.Key] = len(m.tasks)
		m.tasks = append(m.tasks, cloneTask(t))
	}
	if c.Command != nil {
		m.commands[c.Command.Key] = cloneCommand(*c.Command)
	}
	if len(c.Tasks) > 0 || len(c.Timers) > 0 || c.After != nil {
		m.wake()
	}
	return nil
}

// refuse says why a change cannot be made as things stand.
func (m *Memory) refuse(c *ra.Change) error {
	if c.Command != nil {
		if done, ok := m.commands[c.Command.Key]; ok {
			return &ra.RepeatedError{Command: cloneCommand(done)}
		}
	}
	if c.Settle != nil && !m.still(*c.Settle) {
		return &ra.ConflictError{Request: c.Settle.Request, Task: true}
	}
	if m.rows[c.Row.ID].Version != c.Base {
		return &ra.ConflictError{Request: c.Row.ID, Base: c.Base}
	}
	for _, name := range slices.Sorted(slices.Values(c.Claims)) {
		if holder, ok := m.claims[name]; ok && holder != c.Row.ID {
			return &ra.ClaimedError{Request: c.Row.ID, Claim: name}
		}
	}
	for i, t := range c.Tasks {
		if m.task(t.Key) >= 0 || slices.ContainsFunc(c.Tasks[:i], func(o ra.Task) bool { return o.Key == t.Key }) {
			return fmt.Errorf("storetest: task %s exists", t.Key)
		}
	}
	return nil
}

// erase forgets what was known of the request before the change.
func (m *Memory) erase(c *ra.Change) {
	id := c.Row.ID
	for i := range m.lines[id] {
		m.lines[id][i].Data = nil
	}
	for i := range m.tasks {
		if m.tasks[i].Request == id {
			m.tasks[i].Note = nil
		}
	}
	maps.DeleteFunc(m.commands, func(_ string, done ra.Command) bool { return done.Request == id })
	maps.DeleteFunc(m.claims, func(_ string, holder ra.ID) bool { return holder == id })
	for _, name := range c.Forget {
		delete(m.blobs, name)
	}
}

// task is the index of a task; -1 if there is none.
func (m *Memory) task(key string) int {
	if i, ok := m.places[key]; ok {
		return i
	}
	return -1
}

// still reports whether a task is as it was claimed.
func (m *Memory) still(claimed ra.Task) bool {
	i := m.task(claimed.Key)
	if i < 0 {
		return false
	}
	t := m.tasks[i]
	return t.State == claimed.State && t.Attempt == claimed.Attempt && t.Failures == claimed.Failures && t.Due.Equal(milli(claimed.Due))
}

// Load returns a request.
func (m *Memory) Load(_ context.Context, id ra.ID) (*ra.Row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.rows[id]
	if !ok {
		return nil, fmt.Errorf("%w: request %s", ra.ErrNotFound, id)
	}
	r = cloneRow(r)
	return &r, nil
}

// History returns a part of a journal.
func (m *Memory) History(_ context.Context, id ra.ID, after int64, limit int) (lines []ra.Line, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.rows[id]; !ok {
		return nil, fmt.Errorf("%w: request %s", ra.ErrNotFound, id)
	}
	for _, l := range m.lines[id] {
		if l.Seq > after && len(lines) < limit {
			l.Data = slices.Clone(l.Data)
			lines = append(lines, l)
		}
	}
	return lines, nil
}

// Claimed returns the holder of a claim.
func (m *Memory) Claimed(_ context.Context, claim string) (ra.ID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id, ok := m.claims[claim]
	if !ok {
		return "", fmt.Errorf("%w: claim", ra.ErrNotFound)
	}
	return id, nil
}

// Blob returns a document.
func (m *Memory) Blob(_ context.Context, name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.blobs[name]
	if !ok {
		return nil, fmt.Errorf("%w: document %s", ra.ErrNotFound, name)
	}
	return slices.Clone(data), nil
}

// Command returns a command.
func (m *Memory) Command(_ context.Context, key string) (*ra.Command, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.commands[key]
	if !ok {
		return nil, fmt.Errorf("%w: command %s", ra.ErrNotFound, key)
	}
	c = cloneCommand(c)
	return &c, nil
}

// Page returns the requests that a query finds.
func (m *Memory) Page(_ context.Context, q ra.Query) (page []*ra.Row, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.rows {
		if finds(q, r) {
			r = cloneRow(r)
			page = append(page, &r)
		}
	}
	slices.SortFunc(page, func(a, b *ra.Row) int {
		return order(q, a, ra.Cursor{Name: b.Terms.Name, Ordinary: !b.Expedited, Updated: b.Updated, ID: b.ID})
	})
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	return page[:min(limit, 1000, len(page))], nil
}

// order compares a request with where a page ended.
func order(q ra.Query, r *ra.Row, at ra.Cursor) int {
	first := 0
	switch {
	case q.Name != "":
		first = cmp.Compare(r.Terms.Name, at.Name)
	case q.Queue != "" && r.Expedited == at.Ordinary:
		first = 1
		if r.Expedited {
			first = -1
		}
	}
	return cmp.Or(first, r.Updated.Compare(milli(at.Updated)), cmp.Compare(r.ID, at.ID))
}

func finds(q ra.Query, r ra.Row) bool {
	after := order(q, &r, q.After) > 0
	is := func(want, have string) bool { return want == "" || want == have }
	return after && is(string(q.Queue), string(r.Queue)) && is(string(q.State), string(r.State)) && is(q.Process, r.Process) &&
		(len(q.Partners) == 0 || r.Partner != "" && slices.Contains(q.Partners, r.Partner)) && is(q.Assignee, r.Assignee) && is(q.INN, r.Terms.INN) && is(q.SNILS, r.Terms.SNILS) &&
		(!q.Trouble || r.Trouble) && strings.HasPrefix(r.Terms.Name, q.Name) && strings.Contains(r.Terms.Name, q.Contains)
}

// Definitions returns the definitions of requests under way.
func (m *Memory) Definitions(context.Context) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := map[string]bool{}
	for _, r := range m.rows {
		if r.Queue != "" {
			found[r.Definition] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// Sweep forgets old commands.
func (m *Memory) Sweep(_ context.Context, before time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.commands)
	maps.DeleteFunc(m.commands, func(_ string, c ra.Command) bool { return c.At.Before(milli(before)) })
	return n - len(m.commands), nil
}

// milli is a time as stores keep it.
func milli(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()).UTC() }

func cloneRow(r ra.Row) ra.Row {
	r.Created, r.Updated, r.Key, r.Data = milli(r.Created), milli(r.Updated), slices.Clone(r.Key), slices.Clone(r.Data)
	return r
}

func cloneTask(t ra.Task) ra.Task {
	t.Due, t.Note = milli(t.Due), slices.Clone(t.Note)
	return t
}

func cloneCommand(c ra.Command) ra.Command {
	c.At, c.Answer = milli(c.At), slices.Clone(c.Answer)
	return c
}
