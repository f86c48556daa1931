package ra_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/workflow"
)

// A process of the embedder's own: it needs no CA, so the authority is made
// of a store alone.
func Example() {
	const day = 24 * time.Hour
	complaint := &workflow.Process{
		Name: "complaint", Version: "1", Title: "Обращение", Source: "an example",
		Places: []workflow.Place{
			{State: "received", Title: "Получено", Owner: workflow.CAOperator, Within: 3 * day, Late: "escalate"},
			{State: "closed", Title: "Закрыто"},
		},
		Steps: []workflow.Step{
			{From: "received", On: "close", By: workflow.CAOperator, Needs: []workflow.Evidence{workflow.RejectionReason}, To: "closed"},
			{From: "received", On: "escalate", By: workflow.System, To: "received"},
		},
	}

	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	store, err := sqlstore.Open(ctx, filepath.Join(dir, "ra.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	authority, err := ra.New(ra.Config{Store: store, Processes: []*workflow.Process{complaint}})
	if err != nil {
		fmt.Println(err)
		return
	}

	clerk := ra.Actor{ID: "clerk-7", Role: workflow.CAOperator}
	r, err := authority.Begin(ctx, clerk, "complaint", ra.Form{Email: "someone@example.org"})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = authority.Fire(ctx, r.ID, clerk, "close")
	fmt.Println(err)
	if _, err = authority.Attest(ctx, r.ID, clerk, workflow.RejectionReason, "не подтвердилось"); err != nil {
		fmt.Println(err)
		return
	}
	r, err = authority.Fire(ctx, r.ID, clerk, "close")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.State, r.Version)
	// Output:
	// workflow: complaint: close in received needs [rejection_reason]
	// closed 3
}
