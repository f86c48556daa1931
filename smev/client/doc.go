// Package client files inquiries through SMEV 3 and collects their answers: it
// is a [smev.Verifier] over the message exchange of schema version 1.2, SOAP
// 1.1 on HTTP.
//
//	c, err := client.New(client.Config{URL: "http://127.0.0.1:7500/smev/v1.2/ws"})
//	id, err := c.Ask(ctx, smev.Inquiry{Key: "request-17/passport/1", Check: smev.CheckPassport, Subject: subject})
//	answer, err := c.Answer(ctx, id) // smev.ErrPending for the next minutes
//
// Sending. The exact bytes of an inquiry are kept in the [Store] before the
// first attempt, and every later attempt sends the same bytes under the same
// message id, so SMEV itself tells a repetition: MessageIsAlreadySent is
// success. A message that has grown older than the two days SMEV allows, or
// that SMEV refused, is made anew under a new id; it never counted as sent.
//
// Receiving. Delivery is at least once. Each message taken from the queue is
// kept in the Store first and acknowledged after, and one that comes again is
// recognised by its id. One queue serves all inquiries of a node, so an Answer
// keeps what it meets for the others on its way. What answers none of our
// inquiries is kept aside, see [Client.Strays].
//
// An answer is believed only if it names the inquiry in every place where the
// schema does, comes in the kind of information that was asked, and repeats
// the data that was asked about where its schema has such a repetition.
//
// The client starts no goroutine and never waits for a register. It neither
// signs nor checks signatures, so it talks to simulators; real SMEV refuses
// unsigned messages. Replies in MTOM packaging are refused with a clear error.
package client
