package client

import "io"

// NewWithEntropy is New with the random part of message ids read from entropy,
// for golden files.
func NewWithEntropy(cfg Config, entropy io.Reader) (*Client, error) { return newClient(cfg, entropy) }
