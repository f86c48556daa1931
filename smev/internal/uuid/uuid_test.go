package uuid_test

import (
	"bytes"
	"regexp"
	"testing"
	"testing/iotest"
	"time"

	"github.com/surguch/surguch/smev/internal/uuid"
)

var (
	moment = time.Date(2026, 11, 22, 7, 0, 0, 123456700, time.UTC)
	shape  = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
)

// The first identifier is that of a real message of 2020; the request was
// stamped 07:52:37 Moscow time, eleven minutes after its identifier was made.
func TestTime(t *testing.T) {
	for id, want := range map[string]time.Time{
		"39f52a38-9a54-11ea-b23a-3316e2108089": time.Date(2020, 5, 20, 4, 41, 52, 852024800, time.UTC),
		"13814000-1dd2-11b2-8000-010000000000": time.Unix(0, 0).UTC(),
		"00000000-0000-1000-8000-000000000000": time.Date(1582, 10, 15, 0, 0, 0, 0, time.UTC),
	} {
		if got, err := uuid.Time(id); err != nil || !got.Equal(want) {
			t.Errorf("%s: got %v, %v, want %v", id, got, err, want)
		}
	}
	for name, id := range map[string]string{
		"empty":         "",
		"upper case":    "39F52A38-9A54-11EA-B23A-3316E2108089",
		"version 4":     "39f52a38-9a54-41ea-b23a-3316e2108089",
		"other variant": "39f52a38-9a54-11ea-c23a-3316e2108089",
		"no hyphens":    "39f52a389a5411eab23a3316e2108089",
		"not hex":       "39f52a3g-9a54-11ea-b23a-3316e2108089",
		"braces":        "{39f52a38-9a54-11ea-b23a-3316e2108089}",
	} {
		if _, err := uuid.Time(id); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestNewNeverRepeats(t *testing.T) {
	now := moment
	g, err := uuid.NewGenerator(func() time.Time { return now }, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var last time.Time
	for i := range 1000 {
		if i == 500 {
			now = now.Add(-time.Hour)
		}
		id := g.New()
		at, err := uuid.Time(id)
		if err != nil || !shape.MatchString(id) || seen[id] || !at.After(last) {
			t.Fatalf("identifier %d, %s at %v: %v", i, id, at, err)
		}
		seen[id], last = true, at
	}
	if got := last.Sub(moment); got != 999*100*time.Nanosecond {
		t.Errorf("a clock that stands still runs ahead by %v, want 99.9µs", got)
	}
}

func TestAtAndEntropy(t *testing.T) {
	tail := [8]byte{0xff, 0xff, 0, 1, 2, 3, 4, 5}
	id := uuid.At(moment, tail)
	if at, err := uuid.Time(id); err != nil || !at.Equal(moment) || !shape.MatchString(id) {
		t.Errorf("%s holds %v, %v", id, at, err)
	}
	if want := "-bfff-010102030405"; id[18:] != want {
		t.Errorf("got tail %s, want %s: variant 10 and the multicast bit", id[18:], want)
	}
	g, err := uuid.NewGenerator(func() time.Time { return moment }, bytes.NewReader(tail[:]))
	if err != nil || g.New() != id {
		t.Errorf("the generator does not take its tail from entropy: %v", err)
	}
	if _, err := uuid.NewGenerator(time.Now, iotest.ErrReader(bytes.ErrTooLarge)); err == nil {
		t.Error("failing entropy is not reported")
	}
}
