// Package softtoken is a PKCS #11 token in software: GOST R 34.10-2012 with
// every parameter set of package gost, RSA of 2048 to 4096 bits and ECDSA, in
// a folder on disk, for those who develop and test without a stick.
//
// It is for development. A stolen folder gives no key without a PIN, but
// nothing keeps a thief of the folder from trying PINs at his own speed: the
// counters bind only those who ask through this package. A PIN of eight digits
// lasts hours, not years.
//
//	tokens, err := softtoken.Open(softtoken.Config{Dir: dir})
//	slot, err := tokens.Add(softtoken.Format{Profile: "rutoken-ecp3", Label: "Иванов"})
//	module := tokens.Application()
//	defer tokens.Close()
//
// An [Application] is what one process sees of the tokens, with sessions,
// logins and handles of its own; it is the Module that package token/pkcs11
// works with. Package wire beneath serves applications over a Unix socket.
//
// A token imitates a device by its profile: names, mechanisms, limits, factory
// PINs and the return values by which its vendor refuses a PIN. What the real
// device does beyond that is not promised.
//
// # On disk
//
// Each token is one file, written whole or not at all, under one lock for the
// folder. A try is taken off the counter on disk before the PIN is looked at,
// and given back after: whoever kills the process loses tries and never gains
// one. Private objects are sealed with Kuznyechik in the mode MGM (RFC 9058)
// under a random key of the token, which is wrapped once under the user's PIN
// and once under the security officer's (PBKDF2 with HMAC over Streebog of 512
// bits, as RFC 9337 has it): the officer can give the user a new PIN without
// loss of keys, and reads no private object through this interface.
//
// # Faults
//
// What devices do wrong happens on demand: see [Fault].
package softtoken
