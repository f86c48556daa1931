package pkcs11_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/pkcs11"
)

// stepper is a clock that a test moves: it says when somebody waits.
type stepper struct {
	waiting chan struct{}
	next    chan time.Time
}

func (s stepper) Now() time.Time { return time.Time{} }

func (s stepper) After(time.Duration) <-chan time.Time {
	s.waiting <- struct{}{}
	return s.next
}

// TestWatch: tokens that are there, come and go are told once; a loose contact
// and a library that does not answer are not.
func TestWatch(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	soft, _ := newSoft(t, "plain")
	m := &script{Module: soft.Application(), calls: map[string]int{}}
	clock := stepper{make(chan struct{}), make(chan time.Time)}
	events, err := pkcs11.Watch(ctx, pkcs11.Config{Driver: m, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	// look lets it look once and says what it told: + came, - went.
	told := func() (text string) {
		for {
			select {
			case e := <-events:
				text += map[bool]string{true: "+", false: "-"}[e.Inserted] + e.Device.Label
			case <-clock.waiting:
				return text
			}
		}
	}
	look := func(want ...string) {
		t.Helper()
		for i, w := range want {
			clock.next <- time.Time{}
			if got := told(); got != w {
				t.Errorf("look %d: got %q, want %q", i+1, got, w)
			}
		}
	}
	plug := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := told(); got != "+Вощёных" {
		t.Errorf("at the beginning: got %q", got)
	}
	look("", "", "")
	plug(soft.Remove(0))
	look("", "-Вощёных", "", "")
	plug(soft.Insert(0))
	look("")
	plug(soft.Remove(0)) // a loose contact
	look("", "")
	plug(soft.Insert(0))
	look("", "+Вощёных", "")
	m.mu.Lock()
	m.before = func(string) error { return cryptoki.GeneralError }
	m.mu.Unlock()
	look("", "")
	cancel()
	if e, open := <-events; open {
		t.Errorf("got %+v after the end", e)
	}
}

// TestDiscover: each path has its tokens or the reason why it has none.
func TestDiscover(t *testing.T) {
	made, dir := newSoft(t, "plain")
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	text := outside.File(t, "text.so", []byte("no library"))
	found := pkcs11.Discover(t.Context(), pkcs11.Config{Worker: worker(t, "soft")}, dir, dir+"/.", "/nonexistent", text)
	if len(found) < 6 {
		t.Fatalf("got %d results, want those of three paths and of the products", len(found))
	}
	if f := found[0]; f.Err != nil || len(f.Devices) != 1 || f.Library == "" {
		t.Errorf("got %+v, want one token", f)
	}
	if f := found[1]; f.Path != "/nonexistent" || !errors.Is(f.Err, fs.ErrNotExist) {
		t.Errorf("got %+v, want fs.ErrNotExist, and a folder named twice looked at once", f)
	}
	if f := found[2]; f.Path != text || f.Err == nil || errors.Is(f.Err, fs.ErrNotExist) {
		t.Errorf("got %+v, want the reason", f)
	}
	names := map[string]bool{}
	for _, f := range found[3:] {
		names[f.Name] = true
		if f.Err == nil && f.Library == "" {
			t.Errorf("got %+v", f)
		}
	}
	for _, name := range []string{"Rutoken", "JaCarta", "ESMART", "SoftHSM"} {
		if !names[name] {
			t.Errorf("%s is not looked for", name)
		}
	}
}
