// Package soap holds the messages of the SMEV 3 exchange as both sides of the
// wire see them, in the schema versions 1.1, 1.2 and 1.3 (see [Version]). A
// request is a struct called like its operation, a reply is called like the
// operation and Response, a refusal is a [Fault]. Each has a method Envelope
// that writes its SOAP 1.1 envelope and a function Read… that reads it from
// the element in the body, which [ReadEnvelope] finds. MTOM packages are
// opened by package mtom before anything is read here.
//
// Writing takes the version and follows its smev-message-exchange-types.xsd to
// the letter, with every element the schema requires; a field that the version
// has no element for is an error. Two things are written as real SMEV does
// against the schema: Code and Description stand in every fault, and the
// RejectCode FAILURE may be sent in 1.2, whose schema forgot it.
// [Version.Lean] leaves out what real traffic leaves out.
//
// Reading finds the version by the namespace of the element in the body and
// takes all names from that version, so a message never mixes two. It keeps
// the order of the schema: what is missing, repeated, misplaced or unknown is
// an error that names elements and places, never values. It forgives what real
// traffic of 2020–2026 leaves out (ReferenceMessageID, TransactionCode,
// OriginalTransactionCode, HumanReadableName, DestinationName,
// SupplementaryData, signature blocks), takes any status word, since newer
// ones appear in 1.2 replies, and does not hold texts to their lengths. Faults
// vary most, so of them whatever is recognised is taken.
//
// Signatures are made and verified by others. Envelope takes a [Sign], which
// is handed the very element that the schema has signed, and puts what it
// returns into the block of that signature; without one no block is written.
// Read… returns [Signatures]: for each block of the message the element the
// schema has signed, found by its place and never by its Id, and the
// ds:Signature in the block. What one side signed goes to the other as the
// bytes it came in, see [Provided].
//
//	doc, err := (&soap.Ack{Target: id, Accepted: true}).Envelope(soap.V12(), signer.Sign)
//	…
//	body, err := soap.ReadEnvelope(reply)
//	if fault := soap.ReadFault(body); fault != nil { … }
//	err = soap.ReadAckResponse(body)
package soap
