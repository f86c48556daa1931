package epgu

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/surguch/surguch/ra"
)

// Store remembers packages. What is in it is personal data.
type Store interface {
	// Add keeps a package unless there is one of its ID, and returns the one
	// that is there.
	Add(ctx context.Context, p Package) (Package, error)
	// Load returns a package; ra.ErrNotFound.
	Load(ctx context.Context, id ra.OperationID) (Package, error)
	// Save replaces the package of the same ID and Version and raises its
	// Version by one. ErrConflict if it has another Version by now.
	Save(ctx context.Context, p Package) error
}

// ErrConflict says that a package was changed by somebody else.
var ErrConflict = errors.New("epgu: the package was changed meanwhile")

// Package is a package of documents on its way.
type Package struct {
	ID      ra.OperationID
	Version int64
	Request ra.SignRequest
	Stage   Stage
	Order   int64 // at the portal; 0: none yet
	Orders  int   // how many were made, this one included
	Outcome ra.Operation
}

// Stage is how far a Package has come. Stored strings: never renamed.
type Stage string

// Stages.
const (
	Kept     Stage = "kept"     // nothing was sent
	Reserved Stage = "reserved" // there is an order, perhaps without documents
	Sent     Stage = "sent"     // the portal has the documents
	Over     Stage = "over"     // Outcome is final
)

// Memory is a Store that forgets everything with the process.
type Memory struct {
	mu       sync.Mutex
	packages map[ra.OperationID]Package
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory { return &Memory{packages: map[ra.OperationID]Package{}} }

// Add implements Store.
func (m *Memory) Add(_ context.Context, p Package) (Package, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if have, ok := m.packages[p.ID]; ok {
		return have, nil
	}
	m.packages[p.ID] = p
	return p, nil
}

// Load implements Store.
func (m *Memory) Load(_ context.Context, id ra.OperationID) (Package, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.packages[id]
	if !ok {
		return Package{}, fmt.Errorf("%w: package %s", ra.ErrNotFound, id)
	}
	return p, nil
}

// Save implements Store.
func (m *Memory) Save(_ context.Context, p Package) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if have, ok := m.packages[p.ID]; !ok || have.Version != p.Version {
		return ErrConflict
	}
	p.Version++
	m.packages[p.ID] = p
	return nil
}
