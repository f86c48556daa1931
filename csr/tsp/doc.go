// Package tsp asks for time-stamps and verifies them (RFC 3161), with the
// algorithms of package csr, and puts them into signatures: CAdES-T.
//
// A time-stamp is a token in which an authority signs the digest of some data
// and a time: the data existed then. What is trusted is that authority: its
// clock, its key, and that it was still its own at that time.
//
//	client := tsp.Client{Authority: authority, Algorithms: as, Chain: csr.Chain{Anchors: roots}}
//	token, err := client.Stamp(ctx, document)
//	signer, err := token.Verify(document, csr.Chain{Anchors: roots})
//
// A signature outlives the certificate of the signer only if something shows
// that it was made before the end. [Client.Extend] has the value of each
// signature of a CMS message stamped and attaches the token; [Verify] judges
// such a message, each signer's chain at the time of his time-stamp, and
// [Signed] gives the time of a signer judged already.
//
// An [Authority] is whoever answers requests: [HTTP] over the network, or a
// [TSA], which makes time-stamps itself.
//
// # Safety
//
// A token counts if its signature verifies under a certificate that is for
// time-stamping and for nothing else (the only key purpose, critical), which a
// signed attribute names, and whose chain held at the token's own time; and if
// it is about the data in question. Digests outside the caller's list fail.
//
// Revocation is not looked at. Nor is it looked at whether the authority's
// certificate holds today: a key that is lost after its certificate has
// expired can make tokens of any time before, and who keeps signatures longer
// than that has them stamped again in time.
package tsp
