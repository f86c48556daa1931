package audit

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
)

// Config is what a sealer is made of. Required: Store, Key and Origin.
type Config struct {
	// Store holds the trail.
	Store ra.Trail
	// Key signs checkpoints. It signs nothing else, and no other trail.
	Key crypto.Signer
	// Origin names the trail in its checkpoints, for good: an address without
	// its scheme, such as ca.example.org/audit. No spaces, no plus.
	Origin string
	// Algorithms are the schemes Key is looked for in. Nil: csr.Standard().
	Algorithms csr.Algorithms
	// Old are public keys that signed before Key did.
	Old []crypto.PublicKey

	// Every is the pause between two looks for leaves to seal: about as long a
	// leaf may still be changed unnoticed. Zero: one second.
	Every time.Duration
	// Batch is how many leaves one checkpoint adds at most. Zero: 1000.
	Batch int
	// Late is how long a leaf may wait for its seal before Ready complains.
	// Zero: one minute.
	Late time.Duration
	// Export gives a checkpoint to somebody outside of the store, who keeps
	// it: see FileExport. It is called again with the newest checkpoint until
	// it returns nil, and with the last one when a sealer starts. Nil: nobody
	// outside knows of the trail, and whoever owns key and store can replace
	// the whole of it.
	Export func(ctx context.Context, c ra.Checkpoint) error
	// Clock tells the time. Nil: the machine's.
	Clock ra.Clock
}

// Sealer puts the leaves of a trail into its tree and signs checkpoints over
// it. Several may run on one store, on several machines: of two that seal at
// once one wins, and the other sees that there is nothing left to do. Its
// methods may be called from several goroutines.
//
// The store keeps leaves and checkpoints and no other node of the tree. A
// sealer reads all leaves once, when it first seals, checks that they have the
// root of the last checkpoint, and from then on holds the edge of the tree in
// memory, some kilobytes: to seal n leaves costs about 2n hashes, a few more
// for the root, and a signature. When another sealer was faster it reads what
// that one sealed.
type Sealer struct {
	cfg      Config
	spki     []byte
	verifier *Verifier
	status   status

	mu   sync.Mutex
	tree *tree         // nil: not read yet
	last ra.Checkpoint // over tree
	told bool          // Export knows of last
}

// NewSealer checks the configuration and returns a sealer. It reads nothing
// yet.
func NewSealer(c Config) (*Sealer, error) {
	if c.Store == nil || c.Key == nil || !validName(c.Origin) {
		return nil, errors.New("audit: sealer: Store, Key and an Origin that can be a name are required")
	}
	if c.Algorithms == nil {
		c.Algorithms = csr.Standard()
	}
	if c.Clock == nil {
		c.Clock = machineClock{}
	}
	c.Every = cmp.Or(c.Every, time.Second)
	c.Batch = cmp.Or(c.Batch, 1000)
	c.Late = cmp.Or(c.Late, time.Minute)
	spki, _, err := c.Algorithms.EncodeKey(c.Key.Public())
	if err != nil {
		return nil, fmt.Errorf("audit: sealer: %w", err)
	}
	v, err := NewVerifier(c.Algorithms, c.Origin, append([]crypto.PublicKey{c.Key.Public()}, c.Old...)...)
	if err != nil {
		return nil, err
	}
	return &Sealer{cfg: c, spki: spki, verifier: v, status: status{begun: c.Clock.Now()}}, nil
}

type machineClock struct{}

func (machineClock) Now() time.Time                         { return time.Now().UTC() }
func (machineClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// TamperedError says that a sealer will not go on, since the store is not what
// it or another sealer has signed. Somebody has to find out what happened
// ([Verify] says where) before anything else is sealed.
type TamperedError struct{ Reason string }

func (e *TamperedError) Error() string {
	return "audit: sealer: the stored trail is not what was signed: " + e.Reason
}

// Run seals until the context ends, and returns its error. What goes wrong on
// the way is tried again after the pause; Ready says what it is.
func (s *Sealer) Run(ctx context.Context) error {
	for {
		s.Seal(ctx) // Ready keeps the error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.cfg.Clock.After(s.cfg.Every):
		}
	}
}

// Seal seals all that has no seal yet and returns how many leaves that were.
// If another sealer is at it, it leaves the rest to that one. Errors: a
// *TamperedError, or what store, key or Export say; leaves that n counts are
// sealed nevertheless.
func (s *Sealer) Seal(ctx context.Context) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { s.status.ended(err) }()
	if err := s.catchUp(ctx); err != nil {
		return 0, err
	}
	for {
		now := s.cfg.Clock.Now().UTC()
		leaves, err := s.cfg.Store.Unsealed(ctx, s.cfg.Batch)
		if err != nil {
			return n, fmt.Errorf("audit: sealer: %w", err)
		}
		if len(leaves) == 0 {
			s.status.sealed(now)
			return n, s.export(ctx)
		}
		err = s.seal(ctx, leaves, now)
		var conflict *ra.ConflictError
		if errors.As(err, &conflict) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		n += len(leaves)
		if err := s.export(ctx); err != nil {
			return n, err
		}
		if len(leaves) < s.cfg.Batch {
			s.status.sealed(now)
			return n, nil
		}
		s.status.sealed(bornAt(&leaves[len(leaves)-1]))
	}
}

// seal appends leaves to the tree and stores the checkpoint over it.
func (s *Sealer) seal(ctx context.Context, leaves []ra.Leaf, now time.Time) error {
	grown := s.tree.clone()
	leaves = slices.Clone(leaves)
	for i := range leaves {
		leaves[i].Place = grown.size()
		grown.add(leaves[i].Body, nil)
	}
	c, err := s.sign(&statement{
		origin: s.cfg.Origin, size: grown.size(), root: grown.root(),
		at: now.Truncate(time.Millisecond), after: s.tree.size(),
	})
	if err != nil {
		return err
	}
	if err := s.cfg.Store.Seal(ctx, leaves, c); err != nil {
		return fmt.Errorf("audit: sealer: %w", err)
	}
	s.tree, s.last, s.told = grown, c, false
	return nil
}

func (s *Sealer) sign(st *statement) (ra.Checkpoint, error) {
	text := st.text()
	_, value, err := s.cfg.Algorithms.Sign(s.cfg.Key, text)
	if err != nil {
		return ra.Checkpoint{}, fmt.Errorf("audit: sealer: %w", err)
	}
	note := joinNote(text, signature{st.origin, keyID(st.origin, s.spki), value})
	return s.verifier.Open(note)
}

// catchUp reads the leaves that the tree does not have yet.
func (s *Sealer) catchUp(ctx context.Context) error {
	last, err := s.cfg.Store.Last(ctx)
	if err != nil {
		return fmt.Errorf("audit: sealer: %w", err)
	}
	if s.tree != nil && last.Size == s.last.Size && bytes.Equal(last.Note, s.last.Note) {
		return nil
	}
	t := newTree(streebogHasher())
	if s.tree != nil {
		t = s.tree.clone()
	}
	if last.Size <= t.size() && last.Size != 0 {
		return &TamperedError{fmt.Sprintf("the last checkpoint is over %d leaves, and this sealer has seen another over %d", last.Size, t.size())}
	}
	if last.Size == 0 && t.size() > 0 {
		return &TamperedError{fmt.Sprintf("there is no checkpoint, and this sealer has seen one over %d leaves", t.size())}
	}
	in := leafReader{trail: s.cfg.Store, from: t.size(), end: last.Size}
	for {
		leaf, ok, err := in.next(ctx)
		if err != nil {
			return fmt.Errorf("audit: sealer: %w", err)
		}
		if !ok {
			break
		}
		if leaf.Place != t.size() {
			return &TamperedError{fmt.Sprintf("a leaf of place %d stands at %d", leaf.Place, t.size())}
		}
		t.add(leaf.Body, nil)
	}
	if last.Size > 0 {
		opened, err := s.verifier.Open(last.Note)
		if err != nil {
			return &TamperedError{err.Error()}
		}
		if opened.Size != last.Size || t.size() != last.Size || !bytes.Equal(opened.Root, t.root()) {
			return &TamperedError{fmt.Sprintf("the leaves do not have the root of the checkpoint over %d", last.Size)}
		}
	}
	s.tree, s.last, s.told = t, last, last.Size == 0
	return nil
}

// export gives the last checkpoint out, unless that was done.
func (s *Sealer) export(ctx context.Context) error {
	if s.told || s.cfg.Export == nil {
		return nil
	}
	if err := s.cfg.Export(ctx, s.last); err != nil {
		return fmt.Errorf("audit: sealer: export of the checkpoint over %d: %w", s.last.Size, err)
	}
	s.told = true
	return nil
}
