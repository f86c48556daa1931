package audit_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/audit"
)

// A trail is sealed, one of its checkpoints is kept elsewhere, and a change of
// a row is found.
func Example() {
	ctx := context.Background()
	store := &trail{} // in earnest an ra.Store
	var kept []ra.Checkpoint
	sealer, err := audit.NewSealer(audit.Config{
		Store: store, Key: key, Origin: "ca.example.org/audit", Clock: testenv.NewClock(start),
		Export: func(_ context.Context, c ra.Checkpoint) error { kept = append(kept, c); return nil },
	})
	if err != nil {
		log.Fatal(err)
	}
	for i := range 5 {
		store.add(i%2, start) // ra does this with every entry of a journal
	}
	n, err := sealer.Seal(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("sealed:", n)

	v, err := audit.NewVerifier(nil, "ca.example.org/audit", key.PublicKey())
	if err != nil {
		log.Fatal(err)
	}
	report, err := audit.Verify(ctx, store, v, audit.Options{Trusted: kept})
	fmt.Println("leaves:", report.Leaves, "requests:", report.Requests, "error:", err)

	store.leaves[3].Body = bytes.Replace(store.leaves[3].Body, []byte("operator-17"), []byte("operator-18"), 1)
	_, err = audit.Verify(ctx, store, v, audit.Options{Trusted: kept})
	fmt.Println(err)
	// Output:
	// sealed: 5
	// leaves: 5 requests: 2 error: <nil>
	// audit: 2 faults, the first: the leaves do not have the root of a checkpoint (checkpoint over 5, among leaves 0 to 4)
}

// A checkpoint is text: whoever keeps it can read what it says.
func ExampleVerifier_Open() {
	store := &trail{}
	sealer, err := audit.NewSealer(audit.Config{Store: store, Key: key, Origin: "ca.example.org/audit", Clock: testenv.NewClock(start)})
	if err != nil {
		log.Fatal(err)
	}
	store.add(1, start)
	if _, err := sealer.Seal(context.Background()); err != nil {
		log.Fatal(err)
	}
	note := store.checkpoints[0].Note
	text, _, _ := strings.Cut(string(note), "\n\n")
	fmt.Println(text)

	v, err := audit.NewVerifier(nil, "", key.PublicKey())
	if err != nil {
		log.Fatal(err)
	}
	c, err := v.Open(note)
	fmt.Println(c.Size, err)
	_, err = v.Open(bytes.Replace(note, []byte("\n1\n"), []byte("\n2\n"), 1))
	fmt.Println(err)
	// Output:
	// ca.example.org/audit
	// 1
	// 1RZltH7+9b0btpMNAVyg69qjqMUXRo0WbQKyrp3g8sg=
	// at 2026-11-22T09:00:00.000Z
	// after 0
	// 1 <nil>
	// audit: checkpoint: not signed by a trusted key
}

// One case is exported and judged without the store.
func ExampleExport() {
	w := newWorld(&testing.T{}, nil) // an authority with a sealer
	id := w.completed(3)
	if _, err := w.sealer.Seal(w.ctx); err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := audit.Export(w.ctx, w.authority, w.store, id, &file); err != nil {
		log.Fatal(err)
	}

	c, err := audit.OpenCaseFile(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		log.Fatal(err)
	}
	report, err := c.Verify(audit.VerifierOptions{Verifier: w.v})
	fmt.Println(report.State, len(report.Signatures), "signatures,", err)
	// Output: completed 3 signatures, <nil>
}
