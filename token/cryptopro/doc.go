// Package cryptopro reads and writes the containers in which CryptoPro CSP
// keeps keys of GOST R 34.10-2012 on disks and flash drives, and is a carrier
// of such containers.
//
// A container is a folder of six files, such as abcd1234.000:
//
//	name.key                   the name that people see
//	header.key                 parameters, fingerprint, certificate, MACs
//	primary.key, masks.key     the private number, masked and encrypted; the mask
//	primary2.key, masks2.key   the same number once more under another mask
//
// # Carrier
//
// [Open] takes the folder that containers are in. The carrier makes keys and
// installs certificates; it lists what CSP made as well. Of the files of a
// container either all are written or none, wherever that is interrupted.
//
//	c, err := cryptopro.Open(cryptopro.Config{Dir: dir, Password: ask})
//	key, err := token.Generate(ctx, c, token.Spec{Algorithm: "CryptoPro-XchA", Name: "Иванов"})
//	// … the authority issues …
//	err = token.Install(ctx, c, key.Info().ID, csr.Standard(), cert)
//
// Every container has a password of its own, or none. Nobody counts wrong ones:
// what protects a key from guessing is the password alone, and not well, since
// 2000 rounds of a hash are few today. Passwords are printable ASCII; what CSP
// makes of others is not known for all its versions.
//
// CSP does not know the lock that keeps carriers of this package apart. Do not
// change a container with both at the same time.
//
// # Format
//
// [Parse] reads a container, [New] makes one, [Container.Open] returns its key
// and [Container.WithCertificate] installs a certificate, for which nobody
// needs the password. They work on octets; nothing touches a disk. [Finding]
// tells in what a container departs from those that CSP writes.
//
// Keys of GOST R 34.10-2001 are recognized and not opened: nothing in this
// module signs with them. Neither are keys of which a functional key carrier
// has a part.
//
// # What is proven
//
// Containers of this package are compatible with public readers, and are not
// confirmed by CryptoPro CSP itself. The format is not published. It was put
// together from programs that read and write containers. One of them, by other
// authors (npm gost-crypto 1.1.4), checked the MACs of containers of this
// package and gave the right keys, of CryptoPro-XchA and 512-A, each with a
// password and without, and with certificates that make a header of 2.6 KB. It
// wants Template.CipherParameters for that, and takes 256-A for another curve:
// those keys were read by nothing but this package and the second reader in its
// tests. Of headers into which others put something and made the MAC anew, as
// WithCertificate does, it is reported that CSP 5 accepts them; of keys that
// were masked anew, that CSP does not export them to a PFX.
//
// These are to be tried on a machine with CSP, with containers that New made in
// /var/opt/cprocsp/keys/<user> or in %LOCALAPPDATA%\Crypto Pro: CryptoPro-XchA,
// 256-A and 512-A, each with a password and without, with CipherParameters and
// without.
//
//  1. csptest -keyset -enum_cont lists it by its name.
//  2. csptest -keyset -container <name> -info shows its parameters and its times.
//  3. csptest -keyset -check -cont <name> finds the key sound, and refuses a
//     wrong password.
//  4. certmgr -inst -cont <name> installs a certificate, which List shows then.
//  5. A certificate that this package installed is seen by certmgr, and the key
//     signs with it.
//  6. The key is exported to a PFX and imported again.
//  7. A container that csptest -keyset -newkeyset made, with a certificate by
//     -makecert, is parsed without findings and opens.
//
// The key of a qualified certificate must be made and kept by a certified tool.
// This package is for tests, for other signatures and for moving keys.
//
// # Octets
//
// Private numbers and masks are little-endian; a fingerprint is the first 8
// octets of X || Y, each little-endian. The cipher is GOST 28147-89 with the
// substitution tc26-Z, in single blocks; its MAC has 4 octets, starts from zero
// and keeps its key however long the text is. The hash is Streebog-256, for keys
// of 512 bits as well.
//
// # Safety
//
// The MAC of a header has a key that everybody knows: it tells damage and not
// forgery, so the mark "not exportable" keeps nobody from anything.
//
// What depends on a private key, a password or a key made of one runs in
// constant time, except the hash, whose tables are described in package
// streebog. Passwords and what is made of them are wiped after use; a
// *gost.PrivateKey cannot be.
package cryptopro
