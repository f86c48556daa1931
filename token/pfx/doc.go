// Package pfx reads and writes PKCS #12 files, which people call PFX, and is a
// carrier in one: keys and certificates behind a password, in a file that can
// be copied.
//
// What it writes is the transport key container of RFC 9548: keys and
// certificates encrypted by PBES2 with PBKDF2 over HMAC-Streebog-512 and
// Kuznyechik in CTR-ACPKM (RFC 9337), and a MAC of HMAC-Streebog-512 over all.
//
//	file, err := pfx.Marshal(contents, password, pfx.Options{})
//	contents, err := pfx.Parse(file, password)
//
// As a carrier it lists, makes and deletes keys and takes their certificates:
//
//	c, err := pfx.Open(pfx.Config{Path: "key.pfx", Algorithms: csr.Standard(), PIN: pin})
//	key, err := token.Generate(ctx, c, token.Spec{Algorithm: "CryptoPro-A", Name: "Иванов"})
//
// OpenSSL with the GOST engine opens these files, for parts of up to 4096 octets
// with Kuznyechik and 1024 with Magma, which is why each certificate is a part;
// GnuTLS 3.7 knows neither cipher.
//
// # What it reads
//
//   - RFC 9548, with Kuznyechik or Magma, with CTR-ACPKM or CTR-ACPKM-OMAC; also
//     with the PRF HMAC-SHA-256, which OpenSSL with the GOST engine writes;
//   - R 50.1.112-2016: GOST 28147-89 in CFB, which OpenSSL calls gost89 and
//     certtool gost28147-tc26z;
//   - files of RSA, ECDSA and Ed25519 keys as OpenSSL and Windows write them:
//     PBES2 with AES or triple DES, and the older schemes with triple DES and
//     RC2 (RFC 7292, appendix C).
//
// The scheme of CryptoPro CSP's own files, 1.2.840.113549.1.12.1.80, is not
// read: the error names it. CSP exports in the form of RFC 9548 as well.
//
// What departs from the standards, or is weaker than it should be, is read and
// told as a [Finding].
//
// # The password
//
// It is text in UTF-8, without an octet at the end (RFC 9548); only the older
// schemes have it in UTF-16. Whoever has the file can try passwords for as long
// as he likes, and nothing counts them: a weak one is no protection, and
// [Marshal] refuses what it can see to be weak.
//
// # Safety
//
// The MAC is checked before anything else is read of what it covers. The
// number of iterations, of bags and of levels, and the size of a file are
// bounded: a hostile file costs a few seconds. The ciphers look up tables; see
// package kuznyechik. Derived keys and decrypted octets are wiped; keys that
// Parse returned are not erased from memory.
package pfx
