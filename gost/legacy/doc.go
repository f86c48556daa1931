// Package legacy reads what was made by the Russian standards before those of
// 2012: it verifies signatures and decrypts. IT MUST NOT BE USED FOR ANYTHING
// NEW, and has no functions to sign, to encrypt a message or to wrap a key.
//
//   - GOST R 34.11-94, the hash of 256 bits (RFC 5831): New94, Sum94.
//   - GOST R 34.10-2001, signatures on elliptic curves (RFC 5832, RFC 4491):
//     ParsePKIXPublicKey, Verify. Authorities have made none since 2020;
//     certificates and documents signed before are still met.
//   - GOST 28147-89, the cipher with blocks of 64 bits (RFC 5830, RFC 4357):
//     the cipher, CFB and MAC with the key meshing of CryptoPro, and the
//     unwrapping of keys. Messages and containers encrypted so came with keys
//     of 2012 too, and some software still writes them.
//
// To check an old certificate, its signed part goes through the old hash:
//
//	pub, err := legacy.ParsePKIXPublicKey(issuerKeyInfo)
//	digest := legacy.Sum94(tbs)
//	ok := legacy.Verify(pub, digest[:], sig)
//
// # Octets
//
// Everything is in the order in which certificates, CMS and OpenSSL have it: a
// public key is X || Y, each little-endian; a signature is s || r, each
// big-endian; a digest is read as a little-endian number. RFC 5831 prints
// numbers, and its digests read backwards here. Keys and blocks of the cipher
// are as RFC 4357 has them, the first octet the least significant.
//
// # Safety
//
// Collisions of GOST R 34.11-94 take 2^105 steps instead of 2^128 (Mendel and
// others, CRYPTO 2008), and second preimages 2^192: it is weaker than it should
// be, not broken. GOST 28147-89 has blocks of 64 bits, which begin to repeat
// around 2^32 of them under one key, and CFB does not protect the text from
// changes. The MAC has 32 bits, so that one forgery in 2^32 passes.
//
// Substitutions are lookups in tables, so whoever can watch the cache of the
// processor may learn something of the key, as in package streebog.
package legacy
