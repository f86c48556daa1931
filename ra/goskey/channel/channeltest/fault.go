// Package channeltest is what the crash tests of channels have in common: a
// [Fault] that strikes around one of the calls by which a channel leaves
// something behind, and [Keys] that seal what a database keeps of a package.
//
//	fault := &channeltest.Fault{At: 2, Lost: true}
//	store := channeltest.Store{Store: channel.NewMemory(), Fault: fault}
//	// … the second write gives ErrDown, and nothing is written.
package channeltest

import (
	"context"
	"errors"

	"github.com/surguch/surguch/ra/goskey/channel"
)

// ErrDown is what the call returns that a Fault strikes.
var ErrDown = errors.New("channeltest: the machine is down")

// Fault strikes once, as a crash does: before a call has done anything, or when
// it has done everything and nobody lives to know. It is for one goroutine.
type Fault struct {
	At   int  // which of the calls it strikes, from 1; 0: none
	Lost bool // before the call, so that it is lost

	calls  int
	struck bool
}

// Around makes a call, unless it is lost. The errors are the call's own, and
// ErrDown; a call that fails by itself is not struck afterwards.
func (f *Fault) Around(call func() error) error {
	f.calls++
	now := f.calls == f.At
	if now && f.Lost {
		f.struck = true
		return ErrDown
	}
	if err := call(); err != nil {
		return err
	}
	if now {
		f.struck = true
		return ErrDown
	}
	return nil
}

// Struck reports whether the fault has come.
func (f *Fault) Struck() bool { return f.struck }

// Store is a store whose writes a Fault may strike.
type Store struct {
	channel.Store
	*Fault
}

// Add implements channel.Store.
func (s Store) Add(ctx context.Context, p channel.Package) (channel.Package, error) {
	err := s.Around(func() (err error) { p, err = s.Store.Add(ctx, p); return err })
	return p, err
}

// Save implements channel.Store.
func (s Store) Save(ctx context.Context, p channel.Package) error {
	return s.Around(func() error { return s.Store.Save(ctx, p) })
}
