package client

import (
	"context"
	"slices"
	"sync"
)

// Memory is a Store in memory, for tests, demonstrations and authorities that
// may ask twice after a restart.
type Memory struct {
	mu       sync.Mutex
	current  map[string]string // key → message id
	sent     map[string]Sent   // message id → inquiry
	received []Received
	known    map[string]bool // message ids in received
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{current: map[string]string{}, sent: map[string]Sent{}, known: map[string]bool{}}
}

// Put implements Store.
func (m *Memory) Put(_ context.Context, s Sent, was string) (Sent, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.current[s.Key] == was {
		s.Envelope = slices.Clone(s.Envelope)
		m.current[s.Key] = s.MessageID
		m.sent[s.MessageID] = s
	}
	return copySent(m.sent[m.current[s.Key]]), nil
}

// Get implements Store.
func (m *Memory) Get(_ context.Context, id string) (Sent, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sent[id]
	if !ok {
		return Sent{}, ErrNotFound
	}
	return copySent(s), nil
}

// Keep implements Store.
func (m *Memory) Keep(_ context.Context, r Received) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.known[r.MessageID] {
		m.known[r.MessageID] = true
		r.Envelope = slices.Clone(r.Envelope)
		m.received = append(m.received, r)
	}
	return nil
}

// Answers implements Store.
func (m *Memory) Answers(_ context.Context, original string) ([]Received, error) {
	return m.choose(func(r Received) bool { return r.OriginalMessageID == original }), nil
}

// Strays implements Store.
func (m *Memory) Strays(context.Context) ([]Received, error) {
	return m.choose(func(r Received) bool { return r.Stray }), nil
}

func (m *Memory) choose(want func(Received) bool) []Received {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Received
	for _, r := range m.received {
		if want(r) {
			r.Envelope = slices.Clone(r.Envelope)
			out = append(out, r)
		}
	}
	return out
}

func copySent(s Sent) Sent {
	s.Envelope = slices.Clone(s.Envelope)
	return s
}
