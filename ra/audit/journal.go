package audit

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/internal/seal"
)

// LeavesOf returns the leaves of a request, sealed and not, in their order. It
// reads the whole trail, since a trail is kept by place and not by request.
func LeavesOf(ctx context.Context, t ra.Trail, id ra.ID) ([]ra.Leaf, error) {
	last, err := t.Last(ctx)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	var list []ra.Leaf
	in := leafReader{trail: t, end: last.Size}
	for {
		l, ok, err := in.next(ctx)
		if err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
		if !ok {
			break
		}
		if l.Request == id {
			list = append(list, *l)
		}
	}
	rest, err := t.Unsealed(ctx, unsealedMost)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	for _, l := range rest {
		if l.Request == id {
			list = append(list, l)
		}
	}
	return list, nil
}

// VerifyJournal checks that a journal is what the trail says of it: the leaves
// of the request ([LeavesOf]) and its entries as they are stored
// ([ra.Authority.Journal]) are as many, each leaf commits to its entry, and
// the entries together are the request as it is stored. Of an erased case,
// whose entries are empty, it checks what is left: that the skeleton of the
// trail has no gap and ends with the erasing. The error is a *FaultError.
//
// That the leaves themselves are as they were signed is for [Verify] to say.
func VerifyJournal(leaves []ra.Leaf, journal [][]byte, stored *ra.Request) error {
	var x faults
	r := x.journal(stored.ID, leaves, journal)
	if r != nil && !same(r, stored) {
		x.add(Fault{Kind: StateDiffers, Request: stored.ID})
	}
	return x.err()
}

// same compares a request that a journal amounts to with the one stored.
func same(a, b *ra.Request) bool {
	if a.Erased {
		return a.ID == b.ID && a.Version == b.Version && a.State == b.State && b.Erased
	}
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(x, y)
}

// journal compares the entries of a request with its leaves. It returns the
// request that they amount to, nil if they do not make one; of an erased case
// only ID, Version, State and Erased are known.
func (x *faults) journal(id ra.ID, leaves []ra.Leaf, journal [][]byte) *ra.Request {
	found := len(x.list) + x.more
	if len(leaves) != len(journal) || len(leaves) == 0 {
		x.add(Fault{Kind: JournalShort, Request: id})
		return nil
	}
	forgotten := 0
	for forgotten < len(journal) && len(journal[forgotten]) == 0 {
		forgotten++
	}
	skeleton := make([]ra.AuditBody, len(leaves))
	entries := make([]ra.Entry, 0, len(journal))
	for i := range leaves {
		seq := int64(i + 1)
		b := &skeleton[i]
		if err := json.Unmarshal(leaves[i].Body, b); err != nil || b.Request != id || b.Seq != seq {
			x.add(Fault{Kind: EntryGap, Place: leaves[i].Place, Request: id, Seq: seq})
			continue
		}
		if i < forgotten {
			continue
		}
		e, err := committed(b, journal[i])
		if err != nil {
			x.add(Fault{Kind: JournalDiffers, Request: id, Seq: seq, Err: err})
			continue
		}
		entries = append(entries, *e)
	}
	if len(x.list)+x.more > found {
		return nil
	}
	if forgotten > 0 {
		return x.erased(id, skeleton, forgotten)
	}
	r, err := ra.Replay(entries)
	if err != nil {
		x.add(Fault{Kind: StateDiffers, Request: id, Err: err})
		return nil
	}
	return r
}

// committed reads an entry and checks that it is the one of a leaf: by the
// commitment, and in every word that the leaf says in the open.
func committed(b *ra.AuditBody, data []byte) (*ra.Entry, error) {
	var e ra.Entry
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, errors.New("it does not parse")
	}
	if hex.EncodeToString(seal.Commit(e.Salt, data)) != b.Commitment {
		return nil, errors.New("the commitment is to something else")
	}
	said := ra.AuditBody{
		Request: e.Request, Seq: e.Seq, At: b.At, Actor: e.By.ID, Role: e.By.Role, Partner: e.By.Partner,
		Kind: e.Kind, Event: e.Event, From: e.From, To: e.To, Evidence: e.Evidence, Void: e.Void, Task: e.Task,
		Commitment: b.Commitment,
	}
	if !e.At.Equal(b.At) || !reflect.DeepEqual(said, *b) {
		return nil, errors.New("the trail says something else of it")
	}
	if !e.Whole() {
		return nil, errors.New("a part of it is missing")
	}
	return &e, nil
}

// erased makes what is known of a request whose first entries are forgotten.
// That is so of an erased case only, and then of all entries before the one
// that erased it.
func (x *faults) erased(id ra.ID, skeleton []ra.AuditBody, forgotten int) *ra.Request {
	if forgotten == len(skeleton) || skeleton[forgotten].Kind != ra.Erased {
		x.add(Fault{Kind: JournalShort, Request: id, Seq: int64(forgotten)})
		return nil
	}
	r := &ra.Request{ID: id, Version: int64(len(skeleton)), Erased: true}
	for i, b := range skeleton {
		switch {
		case (b.Kind == ra.Began) != (i == 0) || b.Kind == ra.Moved && b.From != r.State:
			x.add(Fault{Kind: StateDiffers, Request: id, Seq: b.Seq})
			return nil
		case b.Kind == ra.Began || b.Kind == ra.Moved:
			r.State = b.To
		}
	}
	return r
}
