package sqlstore_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/workflow"
)

var (
	ctx   = context.Background()
	start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
)

func open(t testing.TB, path string) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// change is one of every kind of thing that a change has, on a request of the
// given version.
func change(id ra.ID, base int64) *ra.Change {
	seq := base + 1
	return &ra.Change{
		Row: &ra.Row{
			ID: id, Version: seq, Process: "process", State: workflow.Draft, Queue: workflow.Applicant,
			Created: start, Updated: start.Add(time.Duration(seq) * time.Second),
			Terms: ra.Terms{Name: "канарейкин петр", INN: "500100732259", SNILS: "11223344595"},
			Key:   []byte("wrapped key of " + id), Data: fmt.Appendf(nil, "request %s at %d", id, seq),
		},
		Base:   base,
		Lines:  []ra.Line{{Request: id, Seq: seq, At: start, Data: fmt.Appendf(nil, "line %d of %s", seq, id)}},
		Leaves: [][]byte{fmt.Appendf(nil, "leaf %d of %s", seq, id)},
		Blobs:  []ra.Blob{{Name: fmt.Sprintf("blob %s %d", id, seq), Data: fmt.Appendf(nil, "document %d of %s", seq, id)}},
		Tasks: []ra.Task{{
			Key: fmt.Sprintf("%s/%s/%d", id, workflow.SendLink, seq), Request: id, Effect: workflow.SendLink, Seq: seq, State: ra.TaskIntended, Due: start,
		}},
		Claims:  []string{"claim of " + string(id)},
		Moved:   true,
		Timers:  []ra.Timer{{Request: id, Name: ra.TimerLate, Seq: seq, Due: start.Add(time.Hour)}},
		Command: &ra.Command{Key: fmt.Sprintf("command %s %d", id, seq), Request: id, Answer: []byte("answer"), At: start},
	}
}

// step is a change with a line and nothing more.
func step(id ra.ID, base int64) *ra.Change {
	c := change(id, base)
	c.Blobs, c.Tasks, c.Claims, c.Timers, c.Command = nil, nil, nil, nil, nil
	return c
}

func save(t testing.TB, s *sqlstore.Store, c *ra.Change) {
	t.Helper()
	if err := s.Save(ctx, c); err != nil {
		t.Fatal(err)
	}
}

func dump(t testing.TB, s *sqlstore.Store) []string {
	t.Helper()
	lines, err := s.Dump()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}
