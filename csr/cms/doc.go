// Package cms makes and checks CMS SignedData (RFC 5652) with the algorithms
// of package csr: detached or with its content, always with signed
// attributes (content type, message digest, signing time and the signer's
// certificate by hash, RFC 5035), which makes it CAdES-BES.
//
// A signature is judged in one call, [SignedData.Verify]: digest, signature,
// the binding of the certificate, and the certificate's chain to the caller's
// anchors. Digests and signatures of algorithms outside the caller's list
// fail; nothing is passed over.
//
//	p7s, err := cms.Sign(as, key, cert, cms.Options{Detached: true, At: now}, document)
//	sd, err := cms.Parse(as, p7s)
//	signers, err := sd.Verify(document, csr.Chain{Anchors: roots, At: now})
//
// Input is DER. Revocation is not looked at.
package cms
