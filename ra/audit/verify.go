package audit

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/surguch/surguch/ra"
)

// Options is what verifying knows from outside of the store. The zero value
// knows nothing but the key.
type Options struct {
	// Trusted are checkpoints that somebody outside has kept. Each must be
	// over a beginning of the trail, and stand in the store. Without any, the
	// newest rows may have been taken away together with the checkpoints over
	// them, and nobody can tell; and whoever has the key can replace all.
	// A note that is set must be signed; without one, size and root are taken
	// at the caller's word.
	Trusted []ra.Checkpoint
}

// Report is what was verified.
type Report struct {
	Origin       string        // of the checkpoints; "" without any
	Last         ra.Checkpoint // the newest
	Leaves       int64         // sealed
	Checkpoints  int
	Trusted      int  // checkpoints of Options.Trusted that the trail begins with
	Requests     int  // that the trail tells of
	Unsealed     int  // leaves without a place: nothing proves them yet
	MoreUnsealed bool // and there are more of them than that
	Opened       int  // of VerifyStore: requests whose journal was compared
	Closed       int  // of VerifyStore: requests whose journal is sealed under a key that was not at hand
}

// unsealedMost is how many leaves without a place are looked at.
const unsealedMost = 10_000

// Verify reads a whole trail and checks that it is what was signed: every leaf
// in its place, every checkpoint signed, following on the one before and over
// the root of the leaves before it, the entries of each request numbered from
// 1 without gaps, and every trusted checkpoint over a beginning of the trail.
//
// The error is a *FaultError if something is wrong, and lists it; the report
// then says how far it got. The trail may grow meanwhile. Memory: some hundred
// octets for each request.
func Verify(ctx context.Context, t ra.Trail, v *Verifier, o Options) (Report, error) {
	x := newVerification(t, v, o)
	err := x.run(ctx)
	return x.report, err
}

// verification is one run of Verify.
type verification struct {
	faults
	trail   ra.Trail
	v       *Verifier
	trusted []ra.Checkpoint // by size
	report  Report

	in      leafReader
	tree    *tree
	broken  bool             // a leaf is missing or too much: no further root can be right
	differs bool             // a root was not right: none after it will be
	sound   int64            // size of the largest tree that was
	numbers map[ra.ID]int64  // of the last entry of each request
	each    func(l *ra.Leaf) // sees every leaf that is readable, unsealed ones too
}

func newVerification(t ra.Trail, v *Verifier, o Options) *verification {
	x := &verification{trail: t, v: v, tree: newTree(streebogHasher()), numbers: map[ra.ID]int64{}, in: leafReader{trail: t}}
	x.trusted = slices.SortedFunc(slices.Values(o.Trusted), func(a, b ra.Checkpoint) int { return cmp.Compare(a.Size, b.Size) })
	return x
}

func (x *verification) run(ctx context.Context) error {
	for _, c := range x.trusted {
		if len(c.Note) == 0 {
			continue
		}
		opened, err := x.v.Open(c.Note)
		if err != nil || opened.Size != c.Size || !bytes.Equal(opened.Root, c.Root) {
			return fmt.Errorf("audit: the trusted checkpoint over %d leaves is none of this key: %w", c.Size, ErrSignature)
		}
	}
	checkpoints := checkpointReader{trail: x.trail}
	for {
		last, err := x.trail.Last(ctx)
		if err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		if err := x.sealed(ctx, &checkpoints, last); err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		over, err := x.trail.Leaves(ctx, last.Size, 1)
		if err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		rest, err := x.trail.Unsealed(ctx, unsealedMost+1)
		if err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		now, err := x.trail.Last(ctx)
		if err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		if now.Size > last.Size { // somebody has sealed meanwhile
			checkpoints.over, x.in.over = false, false
			continue
		}
		x.end(last, over, rest)
		return x.err()
	}
}

// sealed goes along the checkpoints up to the last one, and along the leaves
// under them.
func (x *verification) sealed(ctx context.Context, in *checkpointReader, last ra.Checkpoint) error {
	x.in.end = last.Size
	for x.report.Last.Size < last.Size {
		c, ok, err := in.next(ctx)
		if err != nil {
			return err
		}
		if !ok {
			x.add(Fault{Kind: CheckpointMissing, Size: last.Size})
			break
		}
		x.report.Checkpoints++
		if c.Size <= x.report.Last.Size {
			x.add(Fault{Kind: CheckpointDiffers, Size: c.Size})
			continue
		}
		if err := x.given(ctx, c); err != nil {
			return err
		}
		if err := x.read(ctx, c.Size); err != nil {
			return err
		}
		x.checkpoint(c)
		x.report.Last = *c
	}
	if x.report.Last.Size != last.Size || !bytes.Equal(x.report.Last.Note, last.Note) {
		x.add(Fault{Kind: CheckpointDiffers, Size: last.Size})
	}
	// Nothing else may stand under the last checkpoint.
	if c, ok, err := in.peek(ctx); err != nil {
		return err
	} else if ok && c.Size <= last.Size {
		x.add(Fault{Kind: CheckpointDiffers, Size: c.Size})
	}
	if l, ok, err := x.in.next(ctx); err != nil {
		return err
	} else if ok {
		x.broken = true
		x.add(Fault{Kind: LeafMisplaced, Place: l.Place, Request: l.Request, Seq: l.Seq})
	}
	return nil
}

// given checks the trusted checkpoints up to one of the store.
func (x *verification) given(ctx context.Context, c *ra.Checkpoint) error {
	for len(x.trusted) > 0 && x.trusted[0].Size <= c.Size {
		t := x.trusted[0]
		x.trusted = x.trusted[1:]
		if err := x.read(ctx, t.Size); err != nil {
			return err
		}
		switch {
		case x.tree.size() < t.Size:
			x.add(Fault{Kind: TrailShort, Size: t.Size})
		case x.broken || !bytes.Equal(x.tree.root(), t.Root):
			x.add(Fault{Kind: RootDiffers, Size: t.Size, Sound: x.sound})
		case t.Size < c.Size && t.Size > 0:
			x.add(Fault{Kind: CheckpointMissing, Size: t.Size})
		default:
			x.report.Trusted++
		}
	}
	return nil
}

// checkpoint checks one of the store, its leaves having been read.
func (x *verification) checkpoint(c *ra.Checkpoint) {
	s, err := x.v.open(c.Note)
	switch {
	case err != nil:
		x.add(Fault{Kind: CheckpointUnsigned, Size: c.Size, Err: err})
		return
	case s.size != c.Size || !bytes.Equal(s.root, c.Root) || !s.at.Equal(c.At):
		x.add(Fault{Kind: CheckpointDiffers, Size: c.Size})
	case x.report.Origin != "" && s.origin != x.report.Origin:
		x.add(Fault{Kind: CheckpointUnsigned, Size: c.Size, Err: ErrSignature})
	case s.after != x.report.Last.Size:
		x.add(Fault{Kind: CheckpointMissing, Size: s.after})
	}
	x.report.Origin = s.origin
	switch {
	case x.broken || x.differs:
	case x.tree.size() < c.Size:
		x.broken = true
		x.add(Fault{Kind: TrailShort, Size: c.Size})
	case !bytes.Equal(x.tree.root(), s.root):
		x.differs = true
		x.add(Fault{Kind: RootDiffers, Size: c.Size, Sound: x.sound})
	default:
		x.sound = c.Size
	}
}

// read adds the leaves before a place to the tree.
func (x *verification) read(ctx context.Context, end int64) error {
	for x.tree.size() < end {
		l, ok, err := x.in.next(ctx)
		if err != nil || !ok {
			return err
		}
		if l.Place != x.tree.size() && !x.broken {
			x.broken = true
			x.add(Fault{Kind: LeafMisplaced, Place: l.Place, Request: l.Request, Seq: l.Seq})
		}
		x.report.Leaves++
		x.leaf(l)
		x.tree.add(l.Body, nil)
	}
	return nil
}

// leaf checks what a leaf says and its number.
func (x *verification) leaf(l *ra.Leaf) {
	if !says(l) {
		x.add(Fault{Kind: LeafUnreadable, Place: l.Place, Request: l.Request, Seq: l.Seq})
		return
	}
	if n := x.numbers[l.Request]; l.Seq != n+1 {
		x.add(Fault{Kind: EntryGap, Place: l.Place, Request: l.Request, Seq: l.Seq})
	}
	x.numbers[l.Request] = l.Seq
	if x.each != nil {
		x.each(l)
	}
}

// says reports whether the body of a leaf is about the entry that its columns
// name. Bodies begin with that; only others are read in full.
func says(l *ra.Leaf) bool {
	var buf [96]byte
	b := append(append(buf[:0], `{"request":"`...), l.Request...)
	b = append(strconv.AppendInt(append(b, `","seq":`...), l.Seq, 10), ',')
	if len(l.Request) == 32 && isHex(string(l.Request)) && bytes.HasPrefix(l.Body, b) {
		return true
	}
	var body ra.AuditBody
	return json.Unmarshal(l.Body, &body) == nil && body.Request == l.Request && body.Seq == l.Seq && l.Request != ""
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// end checks what lies beyond the last checkpoint.
func (x *verification) end(last ra.Checkpoint, over, rest []ra.Leaf) {
	for _, t := range x.trusted {
		x.add(Fault{Kind: TrailShort, Size: t.Size})
	}
	for i := range over {
		x.add(Fault{Kind: LeafUncovered, Place: over[i].Place, Request: over[i].Request, Seq: over[i].Seq})
	}
	if len(rest) > unsealedMost {
		rest, x.report.MoreUnsealed = rest[:unsealedMost], true
	}
	for i := range rest {
		x.leaf(&rest[i])
	}
	x.report.Unsealed = len(rest)
	x.report.Requests = len(x.numbers)
}
