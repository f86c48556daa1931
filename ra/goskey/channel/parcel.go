package channel

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/surguch/surguch/ra"
)

// Parcel is a package in the hands of its channel: how far it has come is a
// value of the channel's, where a Store knows bytes.
type Parcel[P Progress] struct {
	Package  // whose own Progress is what Add and Save last wrote, or Load read
	Progress P
}

// Progress is how far a package has come with its channel. It is stored as
// JSON, so names of its fields are never changed.
type Progress interface {
	// Fits reports whether a package about this request can have come so far.
	Fits(r *ra.SignRequest) bool
}

// Load returns a package of the channel of this name. ra.ErrNotFound, also of a
// package of another channel; an error if the progress that is stored is none
// that fits.
func Load[P Progress](ctx context.Context, s Store, channel string, id ra.OperationID) (*Parcel[P], error) {
	if !Of(channel, id) {
		return nil, fmt.Errorf("%w: package %s", ra.ErrNotFound, id)
	}
	stored, err := s.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &Parcel[P]{Package: stored}
	if json.Unmarshal(stored.Progress, &p.Progress) != nil || !p.Progress.Fits(&p.Request) {
		return nil, fmt.Errorf("%s: package %s: what is stored of it does not parse", channel, id)
	}
	return p, nil
}

// Add keeps a new package, unless there is one of its ID, which stays as it is.
func (p *Parcel[P]) Add(ctx context.Context, s Store) error {
	if err := p.write(); err != nil {
		return err
	}
	_, err := s.Add(ctx, p.Package)
	return err
}

// Save saves the progress and the outcome, and follows the version. ErrConflict.
func (p *Parcel[P]) Save(ctx context.Context, s Store) error {
	if err := p.write(); err != nil {
		return err
	}
	if err := s.Save(ctx, p.Package); err != nil {
		return err
	}
	p.Version++
	return nil
}

// write makes of the progress what a Store keeps.
func (p *Parcel[P]) write() (err error) {
	p.Package.Progress, err = json.Marshal(p.Progress)
	return err
}
