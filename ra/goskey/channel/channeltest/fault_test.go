package channeltest_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
	"github.com/surguch/surguch/ra/goskey/channel/channeltest"
)

// TestFault has a fault strike each of three writes, before it and after it,
// and looks at what is there.
func TestFault(t *testing.T) {
	for at := range 5 {
		for _, lost := range []bool{true, false} {
			what := fmt.Sprintf("call %d, lost %v", at, lost)
			memory, fault := channel.NewMemory(), &channeltest.Fault{At: at, Lost: lost}
			store := channeltest.Store{Store: memory, Fault: fault}
			p := channel.New("test", ra.SignRequest{Key: what})
			write := func(call int) (err error) {
				p.Version = int64(call - 2)
				if call > 1 {
					return store.Save(t.Context(), p)
				}
				_, err = store.Add(t.Context(), p)
				return err
			}
			for call := 1; call <= 3; call++ {
				err := write(call)
				if errors.Is(err, channeltest.ErrDown) != (call == at) || fault.Struck() != (at >= 1 && call >= at) {
					t.Errorf("%s: got %v of call %d, struck: %v", what, err, call, fault.Struck())
				}
				there, loadErr := memory.Load(t.Context(), p.ID)
				wrote := loadErr == nil && there.Version == int64(call-1)
				if want := !lost || call != at; wrote != want {
					t.Errorf("%s: call %d wrote: %v, want %v", what, call, wrote, want)
				}
				if !wrote {
					if err := write(call); err != nil {
						t.Errorf("%s: again: %v", what, err)
					}
				}
			}
		}
	}
}

// TestFaultLeavesErrors: a call that fails by itself is not struck.
func TestFaultLeavesErrors(t *testing.T) {
	own := errors.New("its own")
	f := channeltest.Fault{At: 1}
	if err := f.Around(func() error { return own }); err != own || f.Struck() {
		t.Errorf("got %v, struck: %v, want the call's own error", err, f.Struck())
	}
}

// TestKeys: what is wrapped is another key, and unwraps to the same.
func TestKeys(t *testing.T) {
	var k channeltest.Keys
	wrapped, err := k.Wrap(t.Context(), "id", []byte("key"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := k.Unwrap(t.Context(), "id", wrapped)
	if err != nil || string(got) != "key" || string(wrapped) == "key" {
		t.Errorf("got %q wrapped as %q, %v", got, wrapped, err)
	}
}
