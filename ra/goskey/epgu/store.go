package epgu

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
)

// name is that of this channel in the IDs of packages.
const name = "epgu"

// parcel is a package and how far this channel has come with it.
type parcel struct {
	channel.Package
	progress
}

// progress is stored; names of fields are never changed.
type progress struct {
	Stage  stage `json:"stage"`
	Order  int64 `json:"order,omitzero"`  // at the portal; 0: none yet
	Orders int   `json:"orders,omitzero"` // how many were made, this one included
}

// stage is how far a package has come. Stored strings: never renamed.
type stage string

const (
	kept     stage = "kept"     // nothing was sent
	reserved stage = "reserved" // there is an order, perhaps without documents
	sent     stage = "sent"     // the portal has the documents
)

// load returns a package from the store. ra.ErrNotFound, also of a package of
// another channel.
func (c *Client) load(ctx context.Context, id ra.OperationID) (*parcel, error) {
	if !channel.Of(name, id) {
		return nil, fmt.Errorf("%w: package %s", ra.ErrNotFound, id)
	}
	p, err := c.cfg.Store.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &parcel{Package: p}
	if json.Unmarshal(p.Progress, &out.progress) != nil || out.Stage != kept && out.Stage != reserved && out.Stage != sent {
		return nil, fmt.Errorf("epgu: package %s: what is stored of it does not parse", id)
	}
	return out, nil
}

// write makes of the progress what the store keeps.
func (p *parcel) write() error {
	var err error
	p.Progress, err = json.Marshal(p.progress)
	return err
}

// save saves a package and follows its version.
func (c *Client) save(ctx context.Context, p *parcel) error {
	if err := p.write(); err != nil {
		return err
	}
	if err := c.cfg.Store.Save(ctx, p.Package); err != nil {
		return err
	}
	p.Version++
	return nil
}
