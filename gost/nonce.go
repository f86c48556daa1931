package gost

import (
	cryptorand "crypto/rand"
	"crypto/sha512"
	"io"
)

// nonces is an endless stream of octets for the secret numbers k of one
// signature: SHA-512 of Size octets of a random source, the private key, the
// digest, a counter and the name of the curve, with the counter from 0 on.
//
// If the source is good, the stream cannot be predicted. If it is broken and
// repeats itself, another digest still gives another stream, so that the same
// k never meets two digests, from which the key could be computed. The same
// holds for one key used on two curves. What is hashed has one length on each
// curve, and with numbers of 256 bits it fits one block of SHA-512.
type nonces struct {
	size   int // octets of a number
	length int // of the input in use
	input  [3*64 + 1 + 16]byte
	output [2 * sha512.Size]byte
}

// seed reads the random source, crypto/rand if nil, and sets the stream to its
// beginning. Scratch, at least Size octets, is where a source of unknown type
// may write without an allocation; it is left zero.
func (n *nonces) seed(k *PrivateKey, rand io.Reader, digest, scratch []byte) error {
	c := k.Curve()
	n.size = c.size
	random := n.input[:c.size]
	if rand == nil {
		cryptorand.Read(random) // never fails
	} else {
		if _, err := io.ReadFull(rand, scratch[:c.size]); err != nil {
			return err
		}
		copy(random, scratch)
		clear(scratch[:c.size])
	}
	d := c.scalars.Words(k.d())
	putLittleEndian(n.input[c.size:2*c.size], &d)
	copy(n.input[2*c.size:], digest)
	n.length = 3*c.size + 1 + copy(n.input[3*c.size+1:], c.name)
	return nil
}

// next returns the next 2·Size octets, valid until the call after it.
func (n *nonces) next() []byte {
	counter := &n.input[3*n.size]
	for i := 0; i < 2*n.size; i += sha512.Size {
		sum := sha512.Sum512(n.input[:n.length])
		copy(n.output[i:], sum[:])
		*counter++
	}
	return n.output[:2*n.size]
}
