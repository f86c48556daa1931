// Package uuid makes and checks the message identifiers of SMEV 3: UUIDs of
// version 1 (RFC 4122, section 4.2) in lower case, as МР 3 and the UUID type
// of smev-message-exchange-basic-1.2.xsd ask. Time comes from the caller's
// clock. The node is random with the multicast bit set (section 4.5), so the
// address of a network card is never told.
package uuid

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"sync"
	"time"
)

// epoch is 15 October 1582 in seconds of Unix time: version 1 counts intervals
// of 100 ns from the Gregorian reform (RFC 4122, section 4.1.4).
const epoch = -12219292800

// Generator makes identifiers that never repeat while it lives: a clock that
// stands still or steps back is counted on by one interval. It is safe for
// concurrent use.
type Generator struct {
	now  func() time.Time
	tail [8]byte // clock sequence and node

	mu   sync.Mutex
	last uint64
}

// NewGenerator returns a generator that reads time from now and takes its
// clock sequence and node, 8 octets, from entropy; nil means crypto/rand.
func NewGenerator(now func() time.Time, entropy io.Reader) (*Generator, error) {
	if entropy == nil {
		entropy = rand.Reader
	}
	g := &Generator{now: now}
	if _, err := io.ReadFull(entropy, g.tail[:]); err != nil {
		return nil, err
	}
	return g, nil
}

// New returns the next identifier.
func (g *Generator) New() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = max(ticks(g.now()), g.last+1)
	return format(g.last, g.tail)
}

// At returns the identifier of the moment t whose clock sequence and node are
// taken from tail.
func At(t time.Time, tail [8]byte) string { return format(ticks(t), tail) }

// Time returns the moment inside a version 1 identifier. Anything else, also
// upper case, is an error.
func Time(id string) (time.Time, error) {
	bad := errors.New("uuid: not a version 1 UUID in lower case")
	if len(id) != 36 || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' {
		return time.Time{}, bad
	}
	b, err := hex.DecodeString(id[:8] + id[9:13] + id[14:18] + id[19:23] + id[24:])
	if err != nil || b[6]>>4 != 1 || b[8]>>6 != 2 {
		return time.Time{}, bad
	}
	var tail [8]byte
	copy(tail[:], b[8:])
	n := uint64(binary.BigEndian.Uint16(b[6:])&0x0fff)<<48 |
		uint64(binary.BigEndian.Uint16(b[4:]))<<32 |
		uint64(binary.BigEndian.Uint32(b[:]))
	if text(n, tail) != id {
		return time.Time{}, bad
	}
	return time.Unix(epoch+int64(n/1e7), int64(n%1e7)*100).UTC(), nil
}

func ticks(t time.Time) uint64 {
	return uint64(t.Unix()-epoch)*1e7 + uint64(t.Nanosecond()/100)
}

// format sets the bits that are not random: variant RFC 4122 and multicast.
func format(n uint64, tail [8]byte) string {
	tail[0] = tail[0]&0x3f | 0x80
	tail[2] |= 0x01
	return text(n, tail)
}

func text(n uint64, tail [8]byte) string {
	var b [16]byte
	binary.BigEndian.PutUint32(b[:], uint32(n))
	binary.BigEndian.PutUint16(b[4:], uint16(n>>32))
	binary.BigEndian.PutUint16(b[6:], uint16(n>>48)&0x0fff|0x1000)
	copy(b[8:], tail[:])
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
