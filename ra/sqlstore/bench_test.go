package sqlstore_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/smev/client"
)

// BenchmarkMessages measures what an inquiry costs: a message and the answer
// to it, of 8 KiB each, both durable.
func BenchmarkMessages(b *testing.B) {
	for name, open := range databases {
		for how, keys := range sealings {
			for _, callers := range []int{1, 32} {
				b.Run(fmt.Sprintf("%s/%s/callers=%d", name, strings.ReplaceAll(how, " ", "-"), callers), func(b *testing.B) {
					benchmarkMessages(b, open(b).Messages(keys), callers)
				})
			}
		}
	}
}

func benchmarkMessages(b *testing.B, m *sqlstore.Messages, callers int) {
	var next atomic.Int64
	b.ResetTimer()
	begun := time.Now()
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for {
				n := next.Add(1)
				if n > int64(b.N) {
					return
				}
				id := fmt.Sprint("message ", n)
				s, r := inquiry(fmt.Sprintf("%032x/ask_registers/7/passport/0", n), id, "x"), answer(client.Response, "answer to "+id, id, "x")
				s.Files, r.Files = nil, nil
				s.Envelope, r.Envelope = bytes.Repeat([]byte("<e>"), 8<<10/3), bytes.Repeat([]byte("<a>"), 8<<10/3)
				if _, err := m.Put(ctx, s, ""); err != nil {
					b.Error(err)
				}
				if err := m.Keep(ctx, r); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/time.Since(begun).Seconds(), "inquiries/s")
}

// BenchmarkSave measures durable transitions: the row by compare-and-set, a
// line, a leaf of the audit trail, an effect, a timer.
func BenchmarkSave(b *testing.B) {
	sqlite := func(b *testing.B) *sqlstore.Store { return open(b, filepath.Join(b.TempDir(), "ra.db")) }
	for _, c := range []struct {
		name string
		open func(b *testing.B) *sqlstore.Store
	}{
		{"sqlite", sqlite},
		{"sqlite,ungrouped", func(b *testing.B) *sqlstore.Store {
			s := sqlite(b)
			s.Ungrouped()
			return s
		}},
		{"postgres", func(b *testing.B) *sqlstore.Store { return openPostgres(b, sqlstore.PostgresConfig{URL: pg.Start(b)}) }},
		{"postgres,jobs", func(b *testing.B) *sqlstore.Store {
			return openPostgres(b, sqlstore.PostgresConfig{URL: pg.Start(b), Jobs: true, Log: quiet})
		}},
	} {
		for _, writers := range []int{1, 8, 32} {
			b.Run(fmt.Sprintf("%s/writers=%d", c.name, writers), func(b *testing.B) { benchmarkSave(b, c.open(b), writers) })
		}
	}
}

func benchmarkSave(b *testing.B, s *sqlstore.Store, writers int) {
	transition := func(id ra.ID, base int64) *ra.Change {
		c := change(id, base)
		c.Blobs, c.Claims, c.Command = nil, nil, nil
		return c
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	for i := range writers {
		save(b, s, transition(ra.ID(fmt.Sprint(i)), 0))
	}
	b.ResetTimer()
	begun := time.Now()
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for base := int64(1); left.Add(-1) >= 0; base++ {
				if err := s.Save(ctx, transition(ra.ID(fmt.Sprint(i)), base)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/time.Since(begun).Seconds(), "changes/s")
}
