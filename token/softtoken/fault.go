package softtoken

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// FaultKind is what goes wrong.
type FaultKind string

// The kinds of faults.
const (
	Fail   FaultKind = "fail"   // the call returns Fault.Code
	Hang   FaultKind = "hang"   // the call waits until its context ends
	Crash  FaultKind = "crash"  // the module dies: see Config.Die
	Tear   FaultKind = "tear"   // the next write stops halfway, and the module dies
	Remove FaultKind = "remove" // the token is pulled out, and the call returns CKR_DEVICE_REMOVED
)

// Fault is something that shall go wrong once. It is kept on disk until it
// has: a module that is opened anew goes on with what was ordered.
type Fault struct {
	Kind  FaultKind `json:"kind"`
	Call  string    `json:"call,omitempty"`  // name of the function, such as C_Sign; empty: any
	Nth   int       `json:"nth,omitempty"`   // which of these calls from now on; 0 is 1, the next
	After bool      `json:"after,omitempty"` // the call takes effect first
	Code  uint32    `json:"code,omitempty"`  // with Fail: a CKR value; 0: CKR_DEVICE_ERROR
	Slot  uint64    `json:"slot,omitempty"`  // with Remove
}

// faults are all that is wrong, as the file of faults has it.
type faults struct {
	Plan    []Fault  `json:"plan,omitempty"`
	Removed []uint64 `json:"removed,omitempty"`
	Full    []uint64 `json:"full,omitempty"`
}

// Order adds a fault to those that shall happen.
func (t *Tokens) Order(f Fault) error {
	switch f.Kind {
	case Fail, Hang, Crash, Tear, Remove:
	default:
		return fmt.Errorf("softtoken: no kind of fault %q", f.Kind)
	}
	if f.Nth < 0 {
		return errors.New("softtoken: fault: Nth is below zero")
	}
	f.Nth = max(f.Nth, 1)
	t.mu.Lock()
	defer t.mu.Unlock()
	if f.Kind == Remove {
		if _, err := t.slot(f.Slot); err != nil {
			return fmt.Errorf("softtoken: fault: %w", err)
		}
	}
	t.faults.Plan = append(t.faults.Plan, f)
	return t.saveFaults()
}

// Faults returns those that have not happened yet.
func (t *Tokens) Faults() []Fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.faults.Plan)
}

// ClearFaults forgets the faults that were ordered, puts back tokens that are
// out, and gives the room back to those that are full. A locked PIN stays.
func (t *Tokens) ClearFaults() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults.Plan, t.tearing = nil, false
	for _, s := range t.slots {
		s.full = false
		t.insert(s)
	}
	return t.saveFaults()
}

// Remove pulls a token out of its slot: sessions with it end in all
// applications.
func (t *Tokens) Remove(slot uint64) error { return t.with(slot, t.remove) }

// Insert puts a token back into its slot.
func (t *Tokens) Insert(slot uint64) error { return t.with(slot, t.insert) }

// SetFull has a token refuse everything that needs room, or no longer.
func (t *Tokens) SetFull(number uint64, full bool) error {
	return t.with(number, func(s *slot) { s.full = full })
}

// LockPIN locks the user's PIN, as if it had been wrong too often.
func (t *Tokens) LockPIN(slot uint64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, err := t.slot(slot)
	if err == nil {
		err = t.change(s, func(n *state) error { n.User.Left = 0; return nil })
	}
	if err != nil {
		return fmt.Errorf("softtoken: lock of the PIN: %w", err)
	}
	return nil
}

func (t *Tokens) with(number uint64, do func(*slot)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, err := t.slot(number)
	if err != nil {
		return fmt.Errorf("softtoken: %w", err)
	}
	do(s)
	return t.saveFaults()
}

func (t *Tokens) remove(s *slot) {
	if s.removed {
		return
	}
	s.removed = true
	s.moves++
	for a := range t.applications {
		a.lose(s.number)
	}
}

func (t *Tokens) insert(s *slot) {
	if s.removed {
		s.removed = false
		s.moves++
	}
}

// saveFaults writes the file of faults, which never tears.
func (t *Tokens) saveFaults() error {
	t.faults.Removed, t.faults.Full = nil, nil
	for _, s := range t.slots {
		if s.removed {
			t.faults.Removed = append(t.faults.Removed, s.number)
		}
		if s.full {
			t.faults.Full = append(t.faults.Full, s.number)
		}
	}
	raw, err := json.Marshal(t.faults)
	if err != nil {
		panic("softtoken: " + err.Error()) // nothing in it can fail
	}
	if err := atomicfile.Write(filepath.Join(t.config.Dir, faultsName), raw, 0o600); err != nil {
		return fmt.Errorf("softtoken: faults: %w", err)
	}
	return nil
}

func (t *Tokens) loadFaults() error {
	raw, err := os.ReadFile(filepath.Join(t.config.Dir, faultsName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &t.faults)
	}
	if err != nil {
		return fmt.Errorf("softtoken: faults: %w", err)
	}
	for _, s := range t.slots {
		s.removed = slices.Contains(t.faults.Removed, s.number)
		s.full = slices.Contains(t.faults.Full, s.number)
	}
	return nil
}

// due takes the fault out of the plan that a call has come to.
func (t *Tokens) due(function string) (f *Fault, err error) {
	counted := false
	for i := range t.faults.Plan {
		p := &t.faults.Plan[i]
		if p.Call != "" && p.Call != function {
			continue
		}
		counted = true
		if p.Nth--; p.Nth <= 0 && f == nil {
			happens := *p
			f = &happens
		}
	}
	if !counted {
		return nil, nil
	}
	if f != nil {
		first := slices.IndexFunc(t.faults.Plan, func(p Fault) bool { return p.Nth <= 0 })
		t.faults.Plan = slices.Delete(t.faults.Plan, first, first+1)
	}
	if t.saveFaults() != nil {
		return nil, cryptoki.DeviceError
	}
	return f, nil
}

// strike has a fault happen in a call of the given name.
func (t *Tokens) strike(ctx context.Context, f *Fault, function string) error {
	if f.Kind == Hang {
		select {
		case <-ctx.Done():
			return gone(f.After, function, ctx.Err())
		case <-t.done:
			return cryptoki.NotInitialized
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch f.Kind {
	case Crash:
		t.die()
		return gone(f.After, function, nil)
	case Tear:
		t.tearing = true
		return nil
	case Remove:
		if s, err := t.slot(f.Slot); err == nil {
			t.remove(s)
		}
		if t.saveFaults() != nil {
			return cryptoki.DeviceError
		}
		return cryptoki.DeviceRemoved
	}
	if f.Code == 0 {
		return cryptoki.DeviceError
	}
	return cryptoki.Code(f.Code)
}

// die makes the module dead. It is called with the lock held, so that nothing
// happens after.
func (t *Tokens) die() {
	t.dead = gone(false, "open", errors.New("softtoken: the module has crashed"))
	if t.config.Die != nil {
		t.config.Die()
	}
}

// gone is the error of a call whose module died or hung; effect says whether
// it may have had one.
func gone(effect bool, function string, why error) error {
	fault := token.Crashed
	if effect {
		fault = token.Unknown
	}
	return &token.Error{Fault: fault, Op: function, Err: why}
}
