// Package smevtest is a simulator of SMEV 3 and of three registers behind it:
// a real HTTP server that speaks the message exchange of schema version 1.2,
// without signatures, and whose time is a virtual clock. It holds nothing but
// invented data and makes no evidence: every answer bears the sender mnemonic
// "EMU" (smev.Emulator).
//
//	clock := testenv.NewClock(start)
//	server := smevtest.NewServer(smevtest.Config{Clock: clock, Seed: 1})
//	url, err := server.Listen()
//	defer server.Close()
//	c, err := client.New(client.Config{URL: url, Clock: clock})
//	id, err := c.Ask(ctx, inquiry)
//	if at, ok := server.Next(); ok {
//		clock.Set(at) // 10 to 30 virtual minutes in no time
//	}
//	answer, err := c.Answer(ctx, id)
//
// # Behaviour
//
// SendRequest is checked in the order of SMEV: envelope (soap:Client),
// schema (InvalidContent, SMEV-403), message id (InvalidMessageIdFormat,
// SMEV-300), its age (StaleMessageId), repetition (MessageIsAlreadySent,
// SMEV-301), type (BusinessDataTypeIsNotSupported). A message that passes is
// queued for a provider. The answer becomes visible after a delay that the
// seed and the message id decide. GetResponse leases the oldest visible
// message of its node for 15 minutes; unless Ack comes in that time, the same
// message is delivered again. Ack of anything else, a second Ack included, is
// TargetMessageIsNotFound, SMEV-501. The other operations answer with a fault.
//
// # Scenarios
//
// The data of the inquiry decides its answer; everything else is confirmed.
// A scenario is three digits nnn, chosen by a passport number 999nnn (MVD,
// kind PassportP002), a SNILS whose first six digits are 999nnn (SFR, kind
// SNILSValidation101), an INN whose digits 5 to 10 are 999nnn (FNS, kind
// PassportINN247). [Number], [SNILS] and [INN] write them. A passport series
// 0000 is scenario 302.
//
//	nnn      MVD                      SFR                 FNS            outcome
//	302      docStatus 302            rejected NO_DATA    КодОбр 3       NotFound
//	310      docStatus 310            Result unknown      КодОбр 10      Inconclusive
//	601–609  docStatus 301, that      Result false        КодОбр 2       Refuted
//	         reason, since issue
//	         date plus one year
//	700      RequestRejected NO_DATA                                     NotFound
//	701      RequestRejected ACCESS_DENIED                               Rejected
//	702      RequestRejected UNKNOWN_REQUEST_DESCRIPTION                 Rejected
//	703      RequestRejected FAILURE                                     Unavailable
//	710      RequestStatus at half the delay, then confirmed             Confirmed
//	720      never answers                                               pending
//	730      SMEV rejects after one second (AsyncProcessingStatus)       Rejected
//	else     docStatus 300            Result true         КодОбр 1       Confirmed
//
// A business document that does not fit its schema meets scenario 730. What
// goes wrong on the way is injected, see [Trouble].
package smevtest
