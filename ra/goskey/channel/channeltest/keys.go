package channeltest

import (
	"bytes"
	"context"

	"github.com/surguch/surguch/ra"
)

// Keys wraps a key by turning its bits: whatever is kept under it is sealed,
// and nothing is secret.
type Keys struct{}

var _ ra.CaseKeys = Keys{}

// Wrap implements ra.CaseKeys.
func (Keys) Wrap(_ context.Context, _ ra.ID, key []byte) ([]byte, error) { return turned(key), nil }

// Unwrap implements ra.CaseKeys.
func (Keys) Unwrap(_ context.Context, _ ra.ID, wrapped []byte) ([]byte, error) {
	return turned(wrapped), nil
}

func turned(key []byte) []byte {
	out := bytes.Clone(key)
	for i := range out {
		out[i] ^= 0xff
	}
	return out
}
