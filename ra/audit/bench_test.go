package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"testing"
	"time"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// rows is a sealed trail in memory that gives its rows and takes none.
type rows struct {
	ra.Trail
	leaves      []ra.Leaf
	waiting     []ra.Leaf
	checkpoints []ra.Checkpoint
}

func (r *rows) Unsealed(_ context.Context, limit int) ([]ra.Leaf, error) {
	return r.waiting[:min(limit, len(r.waiting))], nil
}

func (r *rows) Seal(_ context.Context, leaves []ra.Leaf, c ra.Checkpoint) error {
	r.leaves, r.waiting = append(r.leaves, leaves...), r.waiting[len(leaves):]
	r.checkpoints = append(r.checkpoints, c)
	return nil
}

func (r *rows) Leaves(_ context.Context, from int64, limit int) ([]ra.Leaf, error) {
	from = min(from, int64(len(r.leaves)))
	return r.leaves[from:min(int(from)+limit, len(r.leaves))], nil
}

func (r *rows) Checkpoints(_ context.Context, after int64, limit int) (page []ra.Checkpoint, err error) {
	for _, c := range r.checkpoints {
		if c.Size > after && len(page) < limit {
			page = append(page, c)
		}
	}
	return page, nil
}

func (r *rows) Last(context.Context) (ra.Checkpoint, error) {
	if len(r.checkpoints) == 0 {
		return ra.Checkpoint{}, nil
	}
	return r.checkpoints[len(r.checkpoints)-1], nil
}

// waiting are n leaves of requests with 40 entries each.
func waiting(b *testing.B, n int) (list []ra.Leaf) {
	b.Helper()
	for i := range n {
		id, seq := ra.ID(fmt.Sprintf("%032x", i/40)), int64(i%40+1)
		commitment := streebog.Sum256(fmt.Append(nil, i))
		body, err := json.Marshal(ra.AuditBody{
			Request: id, Seq: seq, At: time.Unix(1795338000, int64(i)*1e6).UTC(), Actor: "operator-17", Role: workflow.CAOperator,
			Kind: ra.Recorded, Evidence: workflow.DocumentsAccepted, Commitment: hex.EncodeToString(commitment[:]),
		})
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, ra.Leaf{ID: int64(i + 1), Place: -1, Request: id, Seq: seq, Body: body})
	}
	return list
}

func benchSealer(b *testing.B, store ra.Trail, batch int) (*Sealer, *Verifier) {
	b.Helper()
	key, err := gost.GenerateKey(gost.TC26A256(), nil)
	if err != nil {
		b.Fatal(err)
	}
	s, err := NewSealer(Config{Store: store, Key: key, Origin: "bench", Batch: batch})
	if err != nil {
		b.Fatal(err)
	}
	v, err := NewVerifier(nil, "bench", key.PublicKey())
	if err != nil {
		b.Fatal(err)
	}
	return s, v
}

// BenchmarkSeal seals in memory: hashes and a signature for each batch.
func BenchmarkSeal(b *testing.B) {
	for _, batch := range []int{10, 1000} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			const n = 10_000
			list := waiting(b, n)
			for b.Loop() {
				s, _ := benchSealer(b, &rows{waiting: list}, batch)
				if _, err := s.Seal(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkVerify verifies in memory: what is left is hashes, numbers, and a
// signature for each checkpoint.
func BenchmarkVerify(b *testing.B) {
	for _, batch := range []int{10, 1000} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			const n = 20_000
			store := &rows{waiting: waiting(b, n)}
			s, v := benchSealer(b, store, batch)
			if _, err := s.Seal(context.Background()); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if r, err := Verify(context.Background(), store, v, Options{}); err != nil || r.Leaves != n {
					b.Fatal(r, err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkRestart is what a sealer does when it starts.
func BenchmarkRestart(b *testing.B) {
	const n = 20_000
	store := &rows{waiting: waiting(b, n)}
	s, _ := benchSealer(b, store, 1000)
	if _, err := s.Seal(context.Background()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s.tree = nil
		if _, err := s.Seal(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkTree is the tree alone, with Streebog and, for comparison, with
// SHA-256.
func BenchmarkTree(b *testing.B) {
	for name, h := range map[string]func() hash.Hash{"streebog": streebog.New256, "sha256": sha256.New} {
		b.Run(name, func(b *testing.B) {
			const n = 20_000
			list := waiting(b, n)
			octets := 0
			for _, l := range list {
				octets += len(l.Body)
			}
			b.SetBytes(int64(octets))
			for b.Loop() {
				t := newTree(&hasher{h: h()})
				for i := range list {
					t.add(list[i].Body, nil)
				}
				t.root()
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
