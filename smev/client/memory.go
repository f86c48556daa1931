package client

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Memory is a Store in memory, for tests, demonstrations and authorities that
// may ask twice after a restart.
type Memory struct {
	mu       sync.Mutex
	current  map[string]string // key → message id
	sent     map[string]Sent   // message id → message
	received []Received
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{current: map[string]string{}, sent: map[string]Sent{}}
}

// Put implements Store.
func (m *Memory) Put(_ context.Context, s Sent, was string) (Sent, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.current[s.Key] == was {
		m.current[s.Key] = s.MessageID
		m.sent[s.MessageID] = copySent(s)
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
	if !slices.ContainsFunc(m.received, func(x Received) bool { return x.MessageID == r.MessageID && x.Role == r.Role }) {
		m.received = append(m.received, copyReceived(r))
	}
	return nil
}

// Answers implements Store.
func (m *Memory) Answers(_ context.Context, original string) ([]Received, error) {
	return m.choose(-1, func(r Received) bool { return r.Role != Request && r.OriginalMessageID == original }), nil
}

// Requests implements Store.
func (m *Memory) Requests(_ context.Context, limit int) ([]Received, error) {
	return m.choose(limit, func(r Received) bool {
		state := m.sent[m.current[ReplyKey(r.MessageID)]].State
		return r.Role == Request && r.Distrust == "" && state != Accepted && state != Refused
	}), nil
}

// Strays implements Store.
func (m *Memory) Strays(_ context.Context, limit int) ([]Received, error) {
	return m.choose(limit, func(r Received) bool {
		_, ours := m.sent[r.OriginalMessageID]
		return r.Distrust != "" || r.Role != Request && !ours
	}), nil
}

// Forget implements Store.
func (m *Memory) Forget(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.current, key)
	request, isReply := strings.CutPrefix(key, ReplyKey(""))
	m.received = slices.DeleteFunc(m.received, func(r Received) bool {
		if r.Role == Request {
			return isReply && r.MessageID == request
		}
		s, ours := m.sent[r.OriginalMessageID]
		return ours && s.Key == key
	})
	maps.DeleteFunc(m.sent, func(_ string, s Sent) bool { return s.Key == key })
	return nil
}

func (m *Memory) choose(limit int, want func(Received) bool) []Received {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Received
	for _, r := range m.received {
		if len(out) == limit {
			break
		}
		if want(r) {
			out = append(out, copyReceived(r))
		}
	}
	return out
}

func copySent(s Sent) Sent {
	s.Envelope, s.Files = slices.Clone(s.Envelope), copyFiles(s.Files)
	return s
}

func copyReceived(r Received) Received {
	r.Envelope, r.Files = slices.Clone(r.Envelope), copyFiles(r.Files)
	return r
}

func copyFiles(files []File) []File {
	files = slices.Clone(files)
	for i := range files {
		files[i].Data = slices.Clone(files[i].Data)
	}
	return files
}
