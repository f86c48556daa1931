// Package csr reads and writes what travels in DER between an applicant, a
// registration authority and a certification authority: names, PKCS #10
// requests, X.509 certificates and chains of them, revocation lists and OCSP.
//
// It stands on a thin DER layer of its own and not on crypto/x509, which can
// neither write nor verify GOST, loses the string types of a name and trusts
// an unsigned anchor. Received bytes are kept (the Raw fields) and it is those
// that are compared, hashed and passed on; nothing is re-encoded on the way.
// [Certificate.X509] hands a certificate to software that takes nothing else.
//
//	as := csr.Standard()
//	name, err := csr.NewName(
//		csr.NewAttribute(csr.CommonName, "Иванов Иван Иванович"),
//	)
//	der, err := as.Create(key, &csr.Template{Subject: name})
//	req, err := as.Parse(der) // proof of possession checked
//
// # Algorithms
//
// Which schemes exist is a value, [Algorithms], that the caller passes:
// [Standard] gives GOST R 34.10-2012 of 256 and 512 bits, RSA, ECDSA and
// Ed25519; [Legacy], to be appended for reading, GOST R 34.10-2001. A further
// scheme is one [Algorithm] literal. A private key is any crypto.Signer; one
// that hashes by itself is a crypto.MessageSigner. Whatever a signer returns
// is verified with the algorithm's own Verify before it leaves the package,
// so a signer with the wrong byte order or the wrong key is an error here and
// not a broken certificate later.
//
// # Safety
//
// Parsing is strict DER with bounded work: no recursion over foreign bytes,
// no trailing data, lengths minimal, time and memory linear in the input. What
// deployed software is known to write against its standards is read and told
// in Deviations. A value returned together with a nil error has had its
// structure checked; a [Request] has also had its signature verified. A
// [Certificate] has not: see [Algorithms.CheckIssued] and
// [Algorithms.VerifyChain]; nor has a [CRL] or an [OCSPResponse]: see
// [Algorithms.CheckCRL] and [Algorithms.CheckOCSP].
package csr
