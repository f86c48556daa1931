package cryptopro

import "github.com/surguch/surguch/token/internal/disk"

// OpenOn opens a carrier on a disk that fails as a test wants.
func OpenOn(c Config, system disk.System) (*Carrier, error) { return open(c, system) }
