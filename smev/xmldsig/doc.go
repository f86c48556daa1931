// Package xmldsig reads, writes, canonicalizes and signs the XML of SMEV 3.
//
// The reader builds a small tree and refuses whatever two readers could
// understand differently: a document type, processing instructions, a second
// root, trailing text, undeclared or emptied prefixes, attributes that are
// given twice (also under two prefixes of one namespace), and nesting past 64
// levels. encoding/xml accepts most of these, so its raw tokens are checked
// here; its own namespace translation is not used. Comments are dropped, and
// the text on both sides of a comment is one text, as the XML Information Set
// has it.
//
// Children are read through a [Sequence], which holds the order of the XML
// schema: an element that is missing, repeated, misplaced or unknown is an
// error. No error quotes a value, for the documents carry personal data;
// element names and byte positions are named.
//
// The [Writer] is deterministic: what it is given decides every byte, so bytes
// may be stored, resent and compared.
package xmldsig
