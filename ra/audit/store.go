package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/surguch/surguch/ra"
)

// VerifyStore is Verify, and beyond it a comparison of every request in the
// store with what the trail says of it: no request is missing, its journal has
// all the entries that the trail commits to and no other, and, where the case
// is not sealed under a key ([ra.Config].CaseKeys), each entry is the one
// committed to and all of them lead to the request as it is stored. Of sealed
// cases only the numbers are compared; see [VerifyJournal] for the rest.
//
// Nobody may write to the store meanwhile. Memory: all leaves of the trail.
func VerifyStore(ctx context.Context, s ra.Store, v *Verifier, o Options) (Report, error) {
	x := newVerification(s, v, o)
	leaves := map[ra.ID][]ra.Leaf{}
	x.each = func(l *ra.Leaf) { leaves[l.Request] = append(leaves[l.Request], *l) }
	err := x.run(ctx)
	var found *FaultError
	if err != nil && !errors.As(err, &found) {
		return x.report, err
	}
	for q := (ra.Query{Limit: pageSize}); ; {
		rows, err := s.Page(ctx, q)
		if err != nil {
			return x.report, fmt.Errorf("audit: %w", err)
		}
		for _, row := range rows {
			if err := x.request(ctx, s, row, leaves[row.ID]); err != nil {
				return x.report, fmt.Errorf("audit: %w", err)
			}
			delete(leaves, row.ID)
		}
		if len(rows) < pageSize {
			break
		}
		last := rows[len(rows)-1]
		q.After = ra.Cursor{Updated: last.Updated, ID: last.ID}
	}
	for _, id := range slices.Sorted(maps.Keys(leaves)) {
		x.add(Fault{Kind: RequestMissing, Request: id})
	}
	return x.report, x.err()
}

// request compares a stored request and its journal with its leaves.
func (x *verification) request(ctx context.Context, s ra.Records, row *ra.Row, leaves []ra.Leaf) error {
	var journal [][]byte
	for after := int64(0); ; {
		lines, err := s.History(ctx, row.ID, after, pageSize)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if after++; l.Seq != after {
				x.add(Fault{Kind: JournalShort, Request: row.ID, Seq: after})
				return nil
			}
			journal = append(journal, l.Data)
		}
		if len(lines) < pageSize {
			break
		}
	}
	if row.Version != int64(len(journal)) || len(journal) != len(leaves) {
		x.add(Fault{Kind: JournalShort, Request: row.ID})
		return nil
	}
	if len(row.Key) > 0 {
		x.report.Closed++
		return nil
	}
	x.report.Opened++
	r := x.journal(row.ID, leaves, journal)
	if r == nil {
		return nil
	}
	var stored ra.Request
	if err := json.Unmarshal(row.Data, &stored); err != nil || !same(r, &stored) || row.State != stored.State || row.ID != stored.ID {
		x.add(Fault{Kind: StateDiffers, Request: row.ID})
	}
	return nil
}
