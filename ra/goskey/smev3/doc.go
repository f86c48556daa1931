// Package smev3 sends documents to people's Goskey applications through SMEV 3,
// by the kind of information «УКЭП по СНИЛС» of participant MNSV03. [Client]
// implements ra.MobileSigner over a smev/client.Client.
//
//	client, err := smev3.New(smev3.Config{
//		Exchange: smevClient, OrgName: name,
//		Key: signer, Certificate: certificate, Anchors: roots, Store: store,
//	})
//	id, err := client.Submit(ctx, request)   // kept in the Store, signed
//	operation, err := client.Status(ctx, id) // sends, asks, verifies
//
// # Once
//
// Submit makes the message, its bytes and signatures included, and keeps it.
// Status posts it under a key of its own, which SMEV is told once however often
// that is repeated. A message whose sender the service could not check in time,
// which no person has seen, is made anew, three times at most.
//
// # Trust
//
// An answer counts if it names the request and the person it was about, and if
// each signature verifies over the document that was sent, by a certificate
// under Config.Anchors that bears the SNILS of the request. Otherwise nothing
// is reported but an error. SMEV's own signatures are smev/client's to check.
//
// # Limits
//
// Qualified signatures alone: the schema of the unqualified ones is not known
// to this package. Every file and its signature travel in the message, so a
// document has up to 1 MiB and all together 5 MiB. SMEV has no way to take a
// message back: Cancel ends the operation here, while the person sees the
// documents until their deadline.
//
// Errors name elements and codes, never values.
//
// Source: namespace urn://gosuslugi/sig-contract-snils-UKEP/1.0.0.
package smev3
