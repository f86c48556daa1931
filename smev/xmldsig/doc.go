// Package xmldsig is the XML signature of SMEV 3: a strict reader and a writer
// of XML, exclusive canonicalization, the transform of SMEV, and signatures
// with GOST R 34.10-2012 and others.
//
//	root, err := xmldsig.Parse(draft)
//	signature, err := signer.Sign(message)            // message, container: elements of root
//	sent := xmldsig.Splice(container, signature)      // not a byte of the rest changes
//
//	root, err = xmldsig.Parse(received)
//	verified, err := xmldsig.Verify(as, signature, message) // by place, not by Id
//
// # Reading
//
// [Parse] is a reader of its own, not encoding/xml, which accepts much of what
// it should not. It reads XML 1.0 with namespaces in UTF-8 and refuses what
// readers could understand differently or what serves attacks only: every
// document type, and with it all entities but the five predefined; references
// to what is no character; other encodings and versions; a second root, text or
// CDATA outside it; undeclared, emptied or misused prefixes; an attribute given
// twice, also under two prefixes of one namespace; nesting past 64 levels, more
// than 256 attributes in a tag or namespace declarations in force, more than
// half a million elements, and documents over [MaxSize]. Line ends and attribute values are normalized. Comments are
// dropped, and the text on both sides of one is one text, as the XML Information
// Set has it. Processing instructions are read over, but split text, so
// [Element.Leaf] refuses an element that has one.
//
// Elements know their bytes in the document; what needs their text reads it
// again from there. Nothing is ever marshalled from the tree.
//
// Children are read through a [Sequence], which holds the order of the XML
// schema: an element that is missing, repeated, misplaced or unknown is an
// error. No error quotes a value, for the documents carry personal data;
// element names and byte positions are named.
//
// The [Writer] is deterministic: what it is given decides every byte, so bytes
// may be stored, resent and compared.
//
// # Signing and verifying
//
// What SMEV signs is the digest of an element with an attribute Id, after
// exclusive canonicalization and the transform urn://smev-gov-ru/xmldsig/transform:
// [Element.Transform], with the rules of the methodical recommendations for
// SMEV 3 and, for the escaping of characters, what the reference implementation
// makes of them. Where implementations are known to differ [Signer.Sign] refuses
// the content, and [Verify] takes either form and tells which.
//
// Verify is given the element that must be signed and the signature, both found
// by their places in the message. It accepts one shape of ds:Signature and
// nothing beside it, so that neither can another element be signed in the
// target's stead, nor another reader follow the reference elsewhere. Whose the
// certificate is, and whether it was valid, is not looked at.
//
// XOP parts are put into their places before reading: the digest is over their
// Base64. A [VerifyError] tells when they were not.
package xmldsig
