package channel

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/surguch/surguch/ra"
)

// Memory is a Store that forgets everything with the process.
type Memory struct {
	mu       sync.Mutex
	packages map[ra.OperationID]Package
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty Memory.
func NewMemory() *Memory { return &Memory{packages: map[ra.OperationID]Package{}} }

// Add implements Store.
func (m *Memory) Add(_ context.Context, p Package) (Package, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if have, ok := m.packages[p.ID]; ok {
		return have.clone(), nil
	}
	p.Version = 0
	m.packages[p.ID] = p.clone()
	return p.clone(), nil
}

// Load implements Store.
func (m *Memory) Load(_ context.Context, id ra.OperationID) (Package, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.packages[id]
	if !ok {
		return Package{}, fmt.Errorf("%w: package %s", ra.ErrNotFound, id)
	}
	return p.clone(), nil
}

// Save implements Store.
func (m *Memory) Save(_ context.Context, p Package) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	have, ok := m.packages[p.ID]
	if !ok || have.Version != p.Version {
		return ErrConflict
	}
	p.Request = have.Request
	p.Version++
	m.packages[p.ID] = p.clone()
	return nil
}

// Forget implements Store.
func (m *Memory) Forget(_ context.Context, id ra.OperationID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.packages, id)
	return nil
}

// clone shares nothing with p.
func (p Package) clone() Package {
	p.Request.Documents = slices.Clone(p.Request.Documents)
	for i := range p.Request.Documents {
		p.Request.Documents[i].Data = bytes.Clone(p.Request.Documents[i].Data)
	}
	p.Progress = bytes.Clone(p.Progress)
	p.Outcome.Signatures = slices.Clone(p.Outcome.Signatures)
	for i := range p.Outcome.Signatures {
		p.Outcome.Signatures[i] = bytes.Clone(p.Outcome.Signatures[i])
	}
	return p
}
