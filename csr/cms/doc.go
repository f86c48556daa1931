// Package cms makes and checks messages of the Cryptographic Message Syntax
// (RFC 5652) with the algorithms of package csr.
//
// SignedData is a document with signatures, or signatures beside a document:
// what [Sign] makes always has signed attributes (content type, message
// digest, signing time and the signer's certificate by hash, RFC 5035), which
// makes it CAdES-BES. [SignedData.Cosign] adds a parallel signature, and
// [AddUnsigned] an attribute such as a time-stamp. A [Bundle] is the form
// without signers, a file .p7b. EnvelopedData is a document encrypted for its
// recipients: see [Encrypt] and [ParseEnveloped].
//
//	p7s, err := cms.Sign(as, key, cert, cms.Options{Detached: true, At: now}, document)
//	sd, err := cms.Parse(as, p7s)
//	signers, err := sd.Verify(document, csr.Chain{Anchors: roots, At: now})
//
// Large documents are signed and verified from a reader, in one pass:
// [SignReader], [SignedData.VerifyReader].
//
// # Safety
//
// A message is judged in one call: digest, signature, the binding of the
// certificate, its key usage, and its chain to the caller's anchors. Every
// signer must pass, and nothing comes back if one does not. Digests and
// signatures of algorithms outside the caller's list fail; nothing is passed
// over. Revocation is not looked at, and signingTime is the signer's own word.
//
// Input is DER or BER, which is brought to DER once and read strictly, in time
// and memory linear in its size. Signed attributes are verified as they were
// received or in the order of DER. A signature without signed attributes is
// taken over plain data that cannot pass for signed attributes itself, and not
// from Ed25519. Output is DER.
//
// Not supported: counter-signatures (they are unsigned attributes like any
// other here), attribute certificates, contents that are no OCTET STRING
// (PKCS #7 before CMS allowed them), more than a gigabyte in one message.
package cms
