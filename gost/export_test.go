package gost

import "io"

// SignWithNonces is sign: it takes the secret numbers of a signature from a
// reader, 2·Size octets for each, little-endian, so that published examples
// can be repeated.
func (k *PrivateKey) SignWithNonces(nonces io.Reader, digest []byte) ([]byte, error) {
	return k.sign(nonces, digest)
}

// Secret is what a PrivateKey keeps in memory and must not print.
func (k *PrivateKey) Secret() any { return *k.d() }
