package testenv_test

import (
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv"
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// rang reads a channel of After without waiting.
func rang(ch <-chan time.Time) (at time.Time, ok bool) {
	select {
	case at = <-ch:
		return at, true
	default:
		return at, false
	}
}

func TestClockAfter(t *testing.T) {
	c := testenv.NewClock(start)
	for _, d := range []time.Duration{0, -time.Second} {
		if at, ok := rang(c.After(d)); !ok || !at.Equal(start) {
			t.Errorf("after %v: got %v, %v, want %v at once", d, at, ok, start)
		}
	}
	late, soon := c.After(time.Hour), c.After(time.Minute)
	c.Advance(time.Minute - 1)
	if at, ok := rang(soon); ok {
		t.Errorf("a moment early: got %v, want nothing", at)
	}
	c.Advance(1)
	if at, ok := rang(soon); !ok || !at.Equal(start.Add(time.Minute)) {
		t.Errorf("after a minute: got %v, %v", at, ok)
	}
	c.Set(start.Add(2 * time.Hour))
	if at, ok := rang(late); !ok || !at.Equal(start.Add(2*time.Hour)) {
		t.Errorf("after an hour: got %v, %v, want the time it is now", at, ok)
	}
	c.Advance(time.Hour)
	for _, ch := range []<-chan time.Time{soon, late} {
		if at, ok := rang(ch); ok {
			t.Errorf("a second time: got %v, want nothing", at)
		}
	}
}

func TestClockOnlyForward(t *testing.T) {
	c := testenv.NewClock(start.In(time.FixedZone("MSK", 3*60*60)))
	steps := map[string]func(){
		"Set to the past":     func() { c.Set(start.Add(-time.Hour)) },
		"Set to now":          func() { c.Set(start) },
		"Advance by nothing":  func() { c.Advance(0) },
		"Advance to the past": func() { c.Advance(-time.Hour) },
	}
	for what, step := range steps {
		if step(); c.Now() != start {
			t.Errorf("%s: got %v, want %v", what, c.Now(), start)
		}
	}
	c.Set(start.Add(time.Hour).In(time.FixedZone("MSK", 3*60*60)))
	if want := start.Add(time.Hour); c.Now() != want {
		t.Errorf("Set: got %v, want %v", c.Now(), want)
	}
}

// TestClockConcurrent wakes everyone once while others ask and move the time.
func TestClockConcurrent(t *testing.T) {
	c := testenv.NewClock(start)
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			ch := c.After(time.Duration(i) * time.Second)
			c.Advance(time.Second)
			c.Now()
			c.Advance(20 * time.Second)
			<-ch
		})
	}
	wait.Wait()
	if got, want := c.Now(), start.Add(20*21*time.Second); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
