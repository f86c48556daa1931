package storetest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) ra.Store { return storetest.NewMemory(storetest.Faults{}) })
}

func TestFaults(t *testing.T) {
	ctx := context.Background()
	broken := errors.New("broken")
	fault := func(*ra.Change) error { return broken }
	change := &ra.Change{
		Row:    &ra.Row{ID: "a", Version: 1},
		Lines:  []ra.Line{{Request: "a", Seq: 1, At: time.Now()}},
		Leaves: [][]byte{[]byte("leaf")},
	}
	lost := storetest.NewMemory(storetest.Faults{BeforeSave: fault})
	if err := lost.Save(ctx, change); !errors.Is(err, broken) {
		t.Errorf("got %v, want the fault", err)
	}
	if _, err := lost.Load(ctx, "a"); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("got %v, want that nothing was saved", err)
	}
	kept := storetest.NewMemory(storetest.Faults{AfterSave: fault})
	if err := kept.Save(ctx, change); !errors.Is(err, broken) {
		t.Errorf("got %v, want the fault", err)
	}
	if _, err := kept.Load(ctx, "a"); err != nil {
		t.Errorf("got %v, want that it was saved", err)
	}
}
