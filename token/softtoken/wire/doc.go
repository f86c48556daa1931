// Package wire serves a software token to programs in other processes: it
// speaks with the C library in examples/softtoken/shim, which any PKCS #11
// program can load, over a Unix socket.
//
//	listener, err := wire.Listen(socket)
//	err = wire.Serve(ctx, listener, tokens)
//
// A connection is an application in the sense of PKCS #11: it has its own
// sessions and logins, and all of them end with it. The state of operations,
// such as what C_SignInit has begun, is kept here; the C library only packs and
// unpacks.
//
// # Protocol, version 1
//
// Both sides send frames: a length of 4 octets, little-endian, at most 16 MiB,
// and so many octets. The first frame of each side is the greeting "SOFTTOKEN"
// and an octet with the version. After it the client sends a request and waits
// for the answer, one after the other.
//
// A request is an octet with the function (see the constants) and its
// arguments; an answer is CK_RV, and if that is CKR_OK, or as said below, what
// the function gives. Numbers have 8 octets, little-endian. Octet strings have
// their length before them, a number. A template is the number of attributes,
// and for each its type and value; a mechanism is its type and parameter.
//
// Where C gives a buffer, the request has its size, or 2^64−1 for a null
// pointer, and the answer has what size is needed, and then the contents: none
// if they do not fit or there is no buffer. That much comes with
// CKR_BUFFER_TOO_SMALL too. In sizes of lists a unit is an element.
//
// C_GetAttributeValue has such a pair for every attribute, whatever CK_RV
// says; the size 2^64−1 is that of an attribute that cannot be told.
//
// Function 128 is not of PKCS #11: it takes and gives JSON, to list tokens and
// to order faults (see [Control]).
package wire
