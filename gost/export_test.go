package gost

import (
	"io"

	"github.com/surguch/surguch/gost/internal/secret"
)

// SignWithNonces is Sign with the secret numbers of a signature from a reader,
// 2·Size octets for each, little-endian, so that published examples can be
// repeated.
func (k *PrivateKey) SignWithNonces(nonces io.Reader, digest []byte) ([]byte, error) {
	sig, nonce := make([]byte, 2*k.Curve().size), make([]byte, 2*k.Curve().size)
	for {
		if _, err := io.ReadFull(nonces, nonce); err != nil {
			return nil, err
		}
		if k.sign(sig, nonce, digest) {
			return sig, nil
		}
	}
}

// Secret is what a PrivateKey keeps in memory and must not print.
func (k *PrivateKey) Secret() any { return *k.d() }

// Hide marks the number of a PrivateKey as secret for memcheck.
func (k *PrivateKey) Hide() { secret.Hide(k.d()) }

// Agree returns the common point of VKO with a UKM of 1.
func (k *PrivateKey) Agree(peer *PublicKey) ([]byte, error) { return k.agree(peer, nil) }
