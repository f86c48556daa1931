// Package fetch gets what certificates point to: issuers' certificates
// (authorityInfoAccess), certificate revocation lists (cRLDistributionPoints)
// and the answers of OCSP responders. It completes chains and decides whether
// a certificate is revoked, with the algorithms and checks of package csr.
//
//	client := fetch.New(fetch.Config{Algorithms: csr.Standard()})
//	chain, err := client.Chain(ctx, leaf, csr.Chain{Anchors: roots, At: now})
//	status, err := client.Status(ctx, chain[0], chain[1], now)
//	if err != nil || status.State != csr.StatusGood { /* do not trust leaf */ }
//
// It is not a store: what it fetched is forgotten, except for a bounded
// number of lists kept until their nextUpdate.
//
// # Safety
//
// The addresses come from certificates, that is, from whoever wrote them.
// [HTTP], the Getter used by default, therefore limits time, size and
// redirects, knows http and https only, sends no cookies or credentials,
// takes no proxy from the environment, and dials public addresses only: the
// check is made on the address about to be dialled, after names have been
// resolved and redirects followed. A Getter of one's own has to see to that
// itself.
//
// Plain http is normal here and no fault: certificates, lists and responses
// are signed, and the signature is checked whatever way they came. Who listens
// on the way learns which certificate is asked about.
//
// An error never comes with a state other than unknown, and no failure makes
// a certificate good.
package fetch
