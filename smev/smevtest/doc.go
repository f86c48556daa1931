// Package smevtest is a simulator of SMEV 3 and of the registers behind it: an
// HTTP server that speaks the message exchange of schema versions 1.1, 1.2 and
// 1.3 with signatures, queues, leases and a file store, and whose time may be
// a virtual clock. It serves tests, and examples/smevsim runs it as a program.
//
//	clock := testenv.NewClock(start)
//	server, err := smevtest.NewServer(smevtest.Config{Clock: clock, Seed: 1})
//	url, err := server.Listen()
//	defer server.Close()
//	signer, err := server.Enroll("ASKER")
//	// a client asks at url, signs with signer and trusts server.Root()
//	if at, ok := server.Next(); ok {
//		clock.Set(at) // 10 to 30 virtual minutes in no time
//	}
//
// It holds nothing but invented data and makes no evidence: every answer bears
// the sender mnemonic "EMU" (smev.Emulator), whoever wrote it, and is signed
// under a root that the simulator makes for itself. It serves the loopback
// interface alone unless Config.AnyAddress is set.
//
// # Wire
//
// The endpoints are those of real SMEV: /smev/v1.1/ws, /smev/v1.2/ws and
// /transport_1_0_2/ for 1.3. A message comes by POST, as text/xml or as an MTOM
// package, and goes back as text/xml, or as a package if it has attachments or
// Config.MTOM asks for it. A fault has HTTP status 500. SOAPAction is empty or
// that of the root in the body. GET with ?wsdl and ?xsd=name gives the
// published descriptions with the addresses in them changed to lead back here;
// under /ws/ they are as they were published. [Manner] says how messages are
// written.
//
// # Participants and signatures
//
// [Server.Enroll] and [Server.Register] make participants. Each call is signed
// by one, and the signature is verified: the element that the schema has
// signed, the transforms, the digest, the value, and then the certificate, which
// must be a participant's and valid. What fails gives SignatureVerificationFault,
// SMEV-100, with the code
//
//	PoorSOAPEnvelopeFormat    the signed element or the block of the signature is missing or stands twice
//	NoSignatureFound          the block holds something else
//	IncorrectSignatureTarget  another element is signed, or an Id stands twice
//	SignatureIsInvalid        form, algorithm, digest or value are wrong
//	CertificateIsNotFound     no certificate that is known
//	CertificateIsExpired      or is not valid yet
//
// A missing or empty block is InvalidContent, SMEV-403, as at real SMEV. What
// the simulator sends is signed by SMEV (SIGNED_BY_SMEV); in it stands what the
// sender signed, unchanged, with the sender's signature. Each owner of a
// register has a key of its own. SMEV signs its own rejections
// (SIGNED_ASYNC_BY_SMEV).
//
// # Checks
//
// SendRequest is checked in this order, and the first check that fails speaks:
//
//	the SOAP envelope                          soap:Client
//	the signature                              SignatureVerificationFault SMEV-100
//	the schema of the envelope                 InvalidContent SMEV-403
//	the message id is a UUID of version 1      InvalidMessageIdFormat SMEV-300
//	it is of the last two days, and not more
//	than ten minutes ahead                     StaleMessageId
//	it is new                                  MessageIsAlreadySent SMEV-301
//	the sender is registered                   SenderIsNotRegistered
//	the type is known                          BusinessDataTypeIsNotSupported
//	the sender may send it (Deny)              AccessDenied
//	its end of life is to come                 EndOfLifeReached
//	headers and contents of attachments agree  AttachmentContentMiscoordination
//	they have no more than 5 MiB               AttachmentSizeLimitExceeded
//	the quota suffices                         QuoteLimitExceeded
//	the recipient's queue has room             DestinationOverflow SMEV-600
//
// SendResponse is checked likewise: after the sender comes the address
// (RecipientIsNotFound), the end of life of the request, and the type of the
// answer (IncorrectResponseContentType). A selector of GetRequest or
// GetResponse that names an unknown type is UnknownMessageType; it may name the
// root of the answer or of the request.
//
// What is accepted is checked again, and the result is there a second later, or
// at once in the manner of 2026: files in the store (by hash), the business
// document against its schema, the recipient. A request that fails is rejected
// with an AsyncProcessingStatus, once among the answers and once among the
// statuses of GetStatus. So is one that reaches its end of life without an
// answer. An answer that fails is rejected among the statuses of the provider.
//
// # Queues
//
// A queue belongs to a participant and a class: requests, answers, statuses;
// answers go to the NodeID of the request, requests and statuses to whichever
// node asks first. GetRequest, GetResponse and GetStatus lease the oldest visible message for 15 minutes; unless Ack comes
// in that time, the same message is delivered again, with the same MessageID
// and a later DeliveryTimestamp. Ack ends a message, and its files in the store
// are withdrawn; one with accepted="false" is kept as a dead letter. Ack of
// anything else, a second Ack included, is TargetMessageIsNotFound, SMEV-501. A
// status is acknowledged by the id of the message it is about. A message may be
// fetched at the endpoint of another version: then what a participant signed
// goes without his signature.
//
// # Providers
//
// Nine kinds of information are built in, those of package smev. For others,
// or in place of these, [Server.Provide] takes a [Provider] and [Server.Serve]
// a participant, who fetches requests with GetRequest and answers with
// SendResponse. Answers of providers in Go are visible after a delay that the
// seed and the message id decide.
//
// # Scenarios
//
// The data of the inquiry decides its answer. A scenario is three digits nnn:
// of a passport number 999nnn (MVD; the searches of SNILS and INN); of a SNILS
// whose first six digits are 999nnn; of a person's INN whose digits 5 to 10 are
// 999nnn, or an organisation's whose digits 5 to 9 are 99nnn; of an OGRN whose
// digits 7 to 12, or an OGRNIP whose digits 9 to 14 are 999nnn; of a certificate
// whose serial number ends in 999nnn (ESIA). [Number], [SNILS], [INN], [INN10],
// [OGRN], [OGRNIP] and [Serial] write them. A passport series 0000 is scenario
// 302. The kinds are PassportP001 and PassportP002 (MVD), SNILSValidation101
// (SFR), PassportINN247 (FNS):
//
//	nnn      MVD                    SFR                 FNS         outcome
//	302      docStatus 302          rejected NO_DATA    КодОбр 3    NotFound
//	310      docStatus 310          Result unknown      КодОбр 10   Inconclusive
//	601–609  docStatus 301, that    Result false        КодОбр 2    Refuted
//	         reason, since issue
//	         date plus one year
//	else     docStatus 300          Result true         КодОбр 1    Confirmed
//
// SNILSSearch, INNSearch270 and CertificateRegistration141:
//
//	nnn      SNILS search           INN search                      ESIA
//	302      rejected NO_DATA       rejected NO_DATA                VALIDATION_FAILED
//	310      rejected NO_DATA       an answer without an INN        SUCCEEDED with an error
//	601–609  another SNILS          another INN                     602 CONFIRMATION_FAILED, 603 FAULT,
//	                                                                else VALIDATION_FAILED
//	711                                                             VALIDATING at half the delay
//	else     the person's SNILS     the person's INN                SUCCEEDED
//
// EGRUL406 and EGRIP405 give the extract of an organisation or sole trader that
// exists, but for
//
//	nnn      EGRUL                                     EGRIP
//	302      КодОбр 01                                 КодОбр 01
//	310      КодОбр 99                                 КодОбр 99
//	311      status 101, in liquidation                status 101
//	312      the address is unreliable
//	313      the head is withheld
//	314      headed by another organisation
//	315      the head has no INN
//	530      КодОбр 53, not given electronically       КодОбр 53
//	540      КодОбр 54, the extract is an attachment   КодОбр 54
//	541      the same, of 2 MiB in the file store      the same
//	601      ceased                                    ceased
//	602      status 701, registration void             another name
//	603      another INN; asked by it, status 702      another INN; asked by it, ceased
//	604      another KPP                               ceased
//	605      another name                              ceased
//	606      the head has another name                 ceased
//	607      headed by somebody else                   ceased
//	608      the head is disqualified                  ceased
//	609      the data on the head are unreliable       ceased
//
// Who a person, an organisation and its head are, [Server.Know] tells; otherwise
// they are invented, always the same for the same question. And for all kinds
//
//	700      RequestRejected NO_DATA                                  NotFound
//	701      RequestRejected ACCESS_DENIED                            Rejected
//	702      RequestRejected UNKNOWN_REQUEST_DESCRIPTION              Rejected
//	703      RequestRejected FAILURE                                  Unavailable
//	710      RequestStatus at half the delay, then the usual answer
//	720      never answers                                            pending
//	730      SMEV rejects, as a document against its schema           Rejected
//
// What goes wrong on the way is injected, see [Trouble], [Server.Skew] and
// [Server.Maintain], or left to chance, see Config.FaultRate.
package smevtest
