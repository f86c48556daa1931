// Package mtom opens and makes the packages in which SMEV 3 sends messages:
// MTOM, that is multipart/related with an XOP document as its root (XML-binary
// Optimized Packaging 1.0, W3C Recommendation of 25 January 2005). The service
// of SMEV runs on Apache CXF and may answer anything in such a package, an
// empty queue and a fault included.
//
// [Read] gives the document as it was before packaging: each xop:Include is
// replaced by the Base64 of its part, on a single line. That comes before
// parsing and before any digest, for what is signed is the text, and every
// other byte of the document stays as received. A plain text/xml message is
// returned as it is. [Write] packages a document as CXF does; Read gives back
// the same bytes.
//
// Read tolerates what is met: parameters of the media type without quotes
// though their characters ask for them (boundary=uuid:…), a missing start
// parameter, Content-ID without angle brackets or percent-encoded, lines that
// end in LF, no line end before the closing delimiter, every transfer encoding
// of RFC 2045, parts nobody refers to. It refuses what could be understood in
// two ways or make a small message large: an Include that is not alone in its
// element or holds something, an href that is no cid URL, a part that is
// missing, referred to twice or named as another, a package without its end,
// and whatever exceeds [Limits]. No error quotes the message, but for the name
// of a missing part.
package mtom
