package notify

import (
	"slices"
	"sync"
)

// memory knows which messages of notices that failed in part were sent, so
// that the repetition leaves them out. It is of this process and bounded: what
// it has lost is sent twice, with the same identifier.
type memory struct {
	mu   sync.Mutex
	sent []string // the oldest first
}

const remembered = 1024 // messages

func (m *memory) has(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Contains(m.sent, id)
}

func (m *memory) add(ids []string) {
	m.forget(ids)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, ids...)
	m.sent = slices.Delete(m.sent, 0, max(0, len(m.sent)-remembered))
}

func (m *memory) forget(ids []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = slices.DeleteFunc(m.sent, func(id string) bool { return slices.Contains(ids, id) })
}
