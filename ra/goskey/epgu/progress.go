package epgu

import (
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
)

// name is that of this channel in the IDs of packages.
const name = "epgu"

// parcel is a package and how far this channel has come with it.
type parcel = channel.Parcel[progress]

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

// Fits implements channel.Progress.
func (g progress) Fits(*ra.SignRequest) bool {
	return g.Stage == kept || g.Stage == reserved || g.Stage == sent
}
