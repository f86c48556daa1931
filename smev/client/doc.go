// Package client takes part in the message exchange of SMEV 3, schema versions
// 1.1, 1.2 and 1.3: it asks registers (it is a smev.Verifier), sends other
// messages with files, and answers those of others.
//
//	c, err := client.New(client.Config{
//		URL: "http://172.20.3.12:7500/smev/v1.2/ws", Store: store,
//		Signer: func() *xmldsig.Signer { return signer },
//		SMEV: smevCertificates, Participants: roots,
//	})
//	go c.Run(ctx)
//	id, err := c.Ask(ctx, smev.Inquiry{Key: "request-17/passport/1", Check: smev.CheckPassport, Subject: subject})
//	answer, err := c.Answer(ctx, id) // smev.ErrPending for the next minutes
//
// Sending. The exact bytes of a message, signed, are kept in the [Store] before
// the first attempt, and every later attempt sends the same bytes under the
// same message id, so SMEV itself tells a repetition: MessageIsAlreadySent is
// success. A message that has grown older than the two days SMEV allows, or
// that SMEV refused, is made anew under a new id; it never counted as sent.
// Files up to 1 MiB each and 5 MiB together travel in the message (MTOM), the
// others through the [FileStore].
//
// Receiving. Delivery is at least once. Each message taken from a queue is
// verified, its files are fetched, it is kept in the Store, and only then
// acknowledged; one that comes again is recognised by its id. One queue serves
// all messages of a node: [Client.Run] empties it, or, if nobody runs that,
// each Answer. What nobody asks for is kept aside, see [Client.Strays].
//
// Trust. A message counts if SMEV has signed it, with a certificate of
// Config.SMEV; otherwise it is acknowledged as refused and kept aside. A
// business document counts if its sender has signed it as well, with a
// certificate under Config.Participants; otherwise a person looks at it
// (smev.Inconclusive). The signatures are those over the very elements that the
// schema has signed. A simulator signs under authorities of its own, so its
// answers are refused wherever the real certificates are configured.
//
// An answer is believed only if it names the inquiry in every place where the
// schema does, comes in the kind of information that was asked, and repeats the
// data that was asked about where its schema has such a repetition.
//
// Faults of SMEV are told apart by the name of their detail element, then by
// the number SMEV-nnn of their description. Errors that have a method
// Temporary, and return true from it, are worth the same call later.
//
// What is sent and received is personal data: the Store of an authority is
// Messages of ra/sqlstore, which seals it and erases it with the request.
// [Client.Forget] removes what is not needed any more.
package client
