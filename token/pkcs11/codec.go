package pkcs11

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// maxFrame bounds a frame between a carrier and its worker, octets.
const maxFrame = 1 << 20

// errFrame says that the other side sent what is no frame of this protocol.
var errFrame = errors.New("pkcs11: malformed frame")

// writeFrame writes a message with its length in 4 octets, big-endian, before
// it, in one Write, and wipes it.
func writeFrame(w io.Writer, m message) error {
	c := codec{buffer: make([]byte, 4, 512)}
	m.fields(&c)
	defer c.wipe()
	if c.err != nil || len(c.buffer)-4 > maxFrame {
		return errors.Join(errFrame, c.err)
	}
	binary.BigEndian.PutUint32(c.buffer, uint32(len(c.buffer)-4))
	_, err := w.Write(c.buffer)
	return err
}

// readFrame reads a message. After an error other than io.EOF the stream is of
// no use any more, and the message holds nothing of meaning.
func readFrame(r io.Reader, m message) error {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > maxFrame {
		return fmt.Errorf("%w of %d octets", errFrame, n)
	}
	c := codec{reading: true, buffer: make([]byte, n)}
	defer c.wipe()
	if _, err := io.ReadFull(r, c.buffer); err != nil {
		return errors.Join(io.ErrUnexpectedEOF, err)
	}
	c.rest = c.buffer
	m.fields(&c)
	if c.err == nil && len(c.rest) > 0 {
		c.err = errFrame
	}
	return c.err
}

// message is a request or a response. Its one method describes it for writing
// and for reading alike.
type message interface{ fields(c *codec) }

// codec writes fields to buffer, or reads them from rest. Numbers are 8 octets,
// big-endian; octets, texts and lists have their length before them.
type codec struct {
	reading bool
	buffer  []byte // all of it
	rest    []byte // while reading
	err     error
}

// wipe clears what went through: there may be a PIN in it.
func (c *codec) wipe() { clear(c.buffer[:cap(c.buffer)]) }

// take returns the next n octets; nil after an error.
func (c *codec) take(n int) []byte {
	if c.err == nil && n > len(c.rest) {
		c.err = errFrame
	}
	if c.err != nil {
		return nil
	}
	taken := c.rest[:n]
	c.rest = c.rest[n:]
	return taken
}

func (c *codec) number(p *uint64) {
	if !c.reading {
		c.append(binary.BigEndian.AppendUint64(nil, *p)...)
		return
	}
	if b := c.take(8); b != nil {
		*p = binary.BigEndian.Uint64(b)
	}
}

// append grows the buffer so that no copy of it is left behind unwiped.
func (c *codec) append(b ...byte) {
	if len(c.buffer)+len(b) > cap(c.buffer) {
		grown := make([]byte, len(c.buffer), 2*cap(c.buffer)+len(b))
		copy(grown, c.buffer)
		c.wipe()
		c.buffer = grown
	}
	c.buffer = append(c.buffer, b...)
}

// small is a number that fits an integer of another type.
func small[T ~uint8 | ~uint32 | ~uint64 | ~int](c *codec, p *T) {
	n := uint64(*p)
	c.number(&n)
	if !c.reading || c.err != nil {
		return
	}
	if *p = T(n); uint64(*p) != n {
		*p, c.err = 0, errFrame
	}
}

func (c *codec) truth(p *bool) {
	var n uint64
	if *p {
		n = 1
	}
	c.number(&n)
	if n > 1 && c.err == nil {
		c.err = errFrame
	}
	*p = n == 1
}

// octets keeps nil and empty apart: a PIN that is nil is entered at the device.
func (c *codec) octets(p *[]byte) {
	there := *p != nil
	c.truth(&there)
	if !there {
		*p = nil
		return
	}
	n := uint64(len(*p))
	c.number(&n)
	switch {
	case !c.reading:
		c.append(*p...)
	case n > uint64(len(c.rest)):
		c.err = errFrame
	default:
		*p = append([]byte{}, c.take(int(n))...)
	}
}

func (c *codec) text(p *string) {
	b := []byte(*p)
	c.octets(&b)
	if c.reading && b == nil && c.err == nil {
		c.err = errFrame
	}
	*p = string(b)
}

// list is a list of what item describes, each of which takes 8 octets at least.
func list[T any](c *codec, p *[]T, item func(*codec, *T)) {
	n := uint64(len(*p))
	c.number(&n)
	if c.reading {
		if c.err == nil && n > uint64(len(c.rest)/8) {
			c.err = errFrame
		}
		if c.err != nil {
			return
		}
		*p = nil
		if n > 0 {
			*p = make([]T, n)
		}
	}
	for i := range *p {
		item(c, &(*p)[i])
	}
}

func attribute(c *codec, a *cryptoki.Attribute) {
	small(c, &a.Type)
	c.octets(&a.Value)
}
