package channel_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
)

// steps is a progress of one step for each document at most.
type steps struct {
	Done int    `json:"done"`
	Note string `json:"note,omitzero"`
}

func (s steps) Fits(r *ra.SignRequest) bool { return s.Done <= len(r.Documents) }

// newParcel is one of two documents.
func newParcel() *channel.Parcel[steps] {
	return &channel.Parcel[steps]{Package: channel.New("test", ra.SignRequest{
		Key: "key", Deadline: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Documents: make([]ra.SignDocument, 2),
	})}
}

// TestParcel takes a package to its end, and looks at what is stored of it on
// the way.
func TestParcel(t *testing.T) {
	ctx, store := t.Context(), channel.NewMemory()
	p := newParcel()
	if err := p.Add(ctx, store); err != nil {
		t.Fatal(err)
	}
	for i, stored := range []string{`{"done":0}`, `{"done":1,"note":"a"}`, `{"done":2,"note":"ab"}`} {
		got, err := channel.Load[steps](ctx, store, "test", p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, p) || string(got.Package.Progress) != stored || got.Version != int64(i) {
			t.Errorf("got %+v, stored %s, want %+v, %s", got, got.Package.Progress, p, stored)
		}
		p.Progress.Done++
		p.Progress.Note += string(rune('a' + i))
		if i == 2 {
			p.Progress.Done, p.Outcome = 2, channel.Withdrawn()
		}
		if err := p.Save(ctx, store); err != nil {
			t.Fatal(err)
		}
	}
	got, err := channel.Load[steps](ctx, store, "test", p.ID)
	if err != nil || !got.Over() || got.Version != 3 {
		t.Errorf("got %+v, %v, want it over in version 3", got, err)
	}
	if err := newParcel().Add(ctx, store); err != nil {
		t.Error(err)
	}
	if again, err := channel.Load[steps](ctx, store, "test", p.ID); err != nil || !reflect.DeepEqual(again, got) {
		t.Errorf("added again: got %+v, %v, want %+v", again, err, got)
	}
}

// TestParcelConflict: of two who go on with a package one saves it, and the
// version of the other stays what it was.
func TestParcelConflict(t *testing.T) {
	ctx, store := t.Context(), channel.NewMemory()
	first, second := newParcel(), newParcel()
	if err := errors.Join(first.Add(ctx, store), first.Save(ctx, store)); err != nil {
		t.Fatal(err)
	}
	if err := second.Save(ctx, store); !errors.Is(err, channel.ErrConflict) || second.Version != 0 {
		t.Errorf("got %v, version %d, want ErrConflict, 0", err, second.Version)
	}
}

// TestLoadRefuses: a package of another channel is none, and a progress that
// cannot be is no package to go on with; the error does not repeat it.
func TestLoadRefuses(t *testing.T) {
	ctx, store := t.Context(), channel.NewMemory()
	p := newParcel()
	if _, err := channel.Load[steps](ctx, store, "test", p.ID); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("unknown: got %v, want ErrNotFound", err)
	}
	if err := p.Add(ctx, store); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"other", "", "tes", "test-"} {
		if _, err := channel.Load[steps](ctx, store, name, p.ID); !errors.Is(err, ra.ErrNotFound) {
			t.Errorf("channel %q: got %v, want ErrNotFound", name, err)
		}
	}
	for _, progress := range []string{"", "null and void", `{"done":3}`, `{"done":"1"}`, `{"done":1}!`, `[]`} {
		p.Package.Progress = []byte(progress)
		if err := store.Save(ctx, p.Package); err != nil {
			t.Fatal(err)
		}
		p.Version++
		got, err := channel.Load[steps](ctx, store, "test", p.ID)
		if got != nil || err == nil || errors.Is(err, ra.ErrNotFound) {
			t.Fatalf("%q: got %+v, %v, want an error", progress, got, err)
		}
		if want := "test: package " + string(p.ID) + ": "; !strings.HasPrefix(err.Error(), want) || progress != "" && strings.Contains(err.Error(), progress) {
			t.Errorf("%q: got %q, want it to begin with %q", progress, err, want)
		}
	}
}

// unwritable is no JSON.
type unwritable struct{ F func() }

func (unwritable) Fits(*ra.SignRequest) bool { return true }

// untouched fails the test if anything is stored.
type untouched struct {
	channel.Store
	t *testing.T
}

func (u untouched) Add(_ context.Context, p channel.Package) (channel.Package, error) {
	u.t.Error("it was added")
	return p, nil
}

func (u untouched) Save(context.Context, channel.Package) error {
	u.t.Error("it was saved")
	return nil
}

// TestParcelUnwritable: a progress that is not written is not stored either.
func TestParcelUnwritable(t *testing.T) {
	p := &channel.Parcel[unwritable]{}
	if p.Add(t.Context(), untouched{t: t}) == nil || p.Save(t.Context(), untouched{t: t}) == nil || p.Version != 0 {
		t.Errorf("got no errors, version %d", p.Version)
	}
}
