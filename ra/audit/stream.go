package audit

import (
	"context"
	"errors"

	"github.com/surguch/surguch/ra"
)

// pageSize is how many rows are read at once.
const pageSize = 1000

// leafReader reads the sealed leaves of a trail one after another, page by
// page. Pages overlap by one, so that of two leaves with one place neither is
// missed.
type leafReader struct {
	trail ra.Trail
	from  int64 // place from which on
	end   int64 // place before which

	page []ra.Leaf
	seen bool // the leaf at from is in a page read before
	over bool // there were no more; who knows of more sets it to false
}

// next returns the next leaf, and whether there is one.
func (r *leafReader) next(ctx context.Context) (*ra.Leaf, bool, error) {
	if len(r.page) == 0 && !r.over {
		if err := r.read(ctx); err != nil {
			return nil, false, err
		}
	}
	if len(r.page) == 0 || r.page[0].Place >= r.end {
		return nil, false, nil
	}
	l := &r.page[0]
	r.page = r.page[1:]
	return l, true, nil
}

func (r *leafReader) read(ctx context.Context) error {
	page, err := r.trail.Leaves(ctx, r.from, pageSize)
	if err != nil {
		return err
	}
	r.over = len(page) < pageSize
	if r.seen && len(page) > 0 && page[0].Place == r.from {
		page = page[1:]
	}
	if len(page) == 0 {
		r.over = true
		return nil
	}
	last := page[len(page)-1].Place
	if last < r.from || last == r.from && !r.over {
		return errors.New("the store's pages of leaves do not go on")
	}
	r.page, r.from, r.seen = page, last, true
	return nil
}

// checkpointReader reads the checkpoints of a trail in the same way.
type checkpointReader struct {
	trail ra.Trail
	after int64 // size after which

	page []ra.Checkpoint
	over bool
}

// next returns the next checkpoint, and whether there is one.
func (r *checkpointReader) next(ctx context.Context) (*ra.Checkpoint, bool, error) {
	c, ok, err := r.peek(ctx)
	if ok {
		r.page = r.page[1:]
	}
	return c, ok, err
}

// peek returns what next will.
func (r *checkpointReader) peek(ctx context.Context) (*ra.Checkpoint, bool, error) {
	if len(r.page) == 0 && !r.over {
		page, err := r.trail.Checkpoints(ctx, r.after, pageSize)
		if err != nil {
			return nil, false, err
		}
		r.page, r.over = page, len(page) < pageSize
		if len(page) > 0 {
			last := page[len(page)-1].Size
			if last <= r.after && !r.over {
				return nil, false, errors.New("the store's pages of checkpoints do not go on")
			}
			r.after = last
		}
	}
	if len(r.page) == 0 {
		return nil, false, nil
	}
	return &r.page[0], true, nil
}
