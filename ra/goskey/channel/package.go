package channel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/surguch/surguch/ra"
)

// Store remembers packages. What is in it is personal data. When a method
// returns nil, what it was given survives a crash of the process; [Memory]
// alone is exempt. Methods are safe for concurrent use, also by several
// processes on one store, and keep no reference to what they take or return. A
// store of one's own is tested by package storetest.
type Store interface {
	// Add keeps a package, in Version 0 whatever it says, unless there is one
	// of its ID, and returns the one that is there.
	Add(ctx context.Context, p Package) (Package, error)
	// Load returns a package; ra.ErrNotFound.
	Load(ctx context.Context, id ra.OperationID) (Package, error)
	// Save gives the package of the same ID and Version, in one atomic step,
	// the Progress and the Outcome of p and the next Version. The Request stays
	// as it was added. ErrConflict if the package has another Version by now,
	// or is gone.
	Save(ctx context.Context, p Package) error
	// Forget removes a package; nothing of it is left. If there is none it does
	// nothing.
	Forget(ctx context.Context, id ra.OperationID) error
}

// ErrConflict says that a package was changed by somebody else. Whoever gets it
// loads the package again.
var ErrConflict = errors.New("goskey/channel: the package was changed meanwhile")

// Package is a package of documents on its way.
type Package struct {
	ID       ra.OperationID
	Version  int64
	Request  ra.SignRequest // its Deadline in UTC
	Progress []byte         // how far it has come, as its channel writes it
	Outcome  ra.Operation   // without a State: it is still on its way
}

// New returns a package that nothing was done about. Its ID is that of the
// request's Key in the channel of this name.
func New(channel string, r ra.SignRequest) Package {
	r.Deadline = r.Deadline.UTC()
	hash := sha256.Sum256([]byte(r.Key))
	return Package{ID: ra.OperationID(channel + "-" + hex.EncodeToString(hash[:16])), Request: r}
}

// Of reports whether an ID is one that New gives in the channel of this name.
func Of(channel string, id ra.OperationID) bool {
	rest, ok := strings.CutPrefix(string(id), channel+"-")
	return ok && len(rest) == 32 && strings.Trim(rest, "0123456789abcdef") == ""
}

// Over reports whether the package has come to its end.
func (p *Package) Over() bool { return p.Outcome.State != "" }
