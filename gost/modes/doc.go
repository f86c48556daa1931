// Package modes holds the modes of operation that GOST block ciphers are used
// in:
//
//   - CTR and CTR-ACPKM, which encrypt (GOST R 34.13-2015; RFC 8645);
//   - OMAC and OMAC-ACPKM, which authenticate (the same);
//   - MGM, which does both (RFC 9058);
//   - KExp15 and KImp15, which wrap a key and unwrap it (R 1323565.1.017-2018).
//
// The ciphers are in packages kuznyechik and magma. What belongs to CMS and PFX
// around the modes, such as parameters in ASN.1, does not belong here.
//
//	stream, err := modes.NewCTRACPKM(kuznyechik.New, key, iv, modes.KuznyechikSection)
//	stream.XORKeyStream(text, text)
//
//	mac := modes.NewOMAC(block)
//	mac.Write(text)
//	ok := hmac.Equal(mac.Sum(nil), tag)
//
// # Octets
//
// Everything is in the order of the standards, whose first octet is the most
// significant; counters are big-endian. n is the size of a block in octets: 16
// for Kuznyechik, 8 for Magma.
//
// # Safety
//
// CTR and CTR-ACPKM encrypt but do not authenticate: whoever changes the
// ciphertext changes the text. No initial value may be used twice with a key,
// nor a nonce: in the first case the texts leak, in the second tags can be
// forged as well.
//
// Tags are compared in constant time where this package compares them, and the
// arithmetic of MGM and OMAC branches on no secret. The ciphers beneath look
// up tables; see there.
//
// Blocks of n octets begin to repeat around 2^(4n) of them under one key,
// which weakens every mode: 2^32 blocks of Magma are 32 GiB, and a protocol
// has to stop far earlier. CTR-ACPKM and OMAC-ACPKM change the key after each
// section of a message. Keys, given or derived, are not erased from memory.
//
// What the interfaces of crypto/cipher leave no way to report as an error, as a
// nonce of a wrong length, panics, as it does in the standard library.
package modes
