// Package gost makes and checks signatures by GOST R 34.10-2012, the Russian
// standard of digital signature on elliptic curves (RFC 7091), and reads and
// writes its keys as SubjectPublicKeyInfo and PKCS #8 (RFC 9215, RFC 5958).
// Two keys of one curve agree on a third by VKO and KEG (RFC 7836).
//
// It knows nothing of certificates, requests or messages: package csr does.
// The hash function, GOST R 34.11-2012, is in package streebog beneath.
//
// A private key is a crypto.Signer for a digest that is ready and a
// crypto.MessageSigner for a message that is not (errors left out):
//
//	key, err := gost.GenerateKey(gost.TC26A256(), nil)
//	sig, err := key.SignMessage(nil, msg, nil)
//	digest := streebog.Sum256(msg)
//	ok := gost.Verify(key.PublicKey(), digest[:], sig)
//
// A key that verifies often, as that of an authority, does so several times as
// fast once it is prepared:
//
//	issuer := pub.Prepare()
//	ok := issuer.Verify(digest[:], sig)
//
// # Octets
//
// The standards encode numbers in different orders. In this package
//
//   - a private key is little-endian, Size octets;
//   - a public key is X || Y, each little-endian, 2·Size octets;
//   - a digest is as Streebog gives it, and is read as a little-endian number;
//   - a signature is s || r, each big-endian, 2·Size octets (RFC 9215,
//     section 2), as in certificates and CMS, and on PKCS #11 tokens.
//
// # Safety
//
// What depends on a private key or on the secret number of a signature runs
// in constant time: no branch and no memory address is chosen by a secret.
// The secret number is derived from the random source, the key and the
// digest together, so that a source which repeats itself does not give the
// key away.
//
// A PublicKey or PrivateKey that exists is valid: the constructors refuse
// what is out of range, off the curve or outside the subgroup of prime order.
// All types are immutable and safe for concurrent use. Keys are not erased
// from memory.
//
// # Speed
//
// Each curve has arithmetic of its own, made for its prime and its form: see
// internal/group. Signing allocates the signature and nothing else, verifying
// nothing at all. A curve that is not used costs next to nothing; one that signs or
// verifies holds tables of its generator, computed in a millisecond or two:
// 68 to 100 KiB with numbers of 256 bits, 238 to 354 KiB with 512.
package gost
