// Package folder speaks with a certification authority through a folder: the
// request goes out as a file, the certificate comes in as a file. It serves
// authorities whose software knows nothing better, or whose operator carries
// files on a medium.
//
//	authority, err := folder.New(folder.Config{Dir: "exchange", Algorithms: csr.Standard()})
//	outcome, err := authority.Submit(ctx, "order-1", order) // Pending
//	…
//	outcome, err = authority.Find(ctx, "order-1") // Issued, once the file is there
//
// # The protocol
//
// The folder has three parts. In `orders` are our own records: nobody else
// writes there. What we write is in `out`, what the authority writes is in
// `in`. NAME is the order's: 64 hexadecimal digits, the SHA-256 of its key.
//
//	out/NAME.txt           the card of the order: how the owner was identified,
//	                       what the certificate is for
//	out/NAME.p10           the request, PKCS #10, DER; written after the card
//	out/NAME-N.revoke      asks to end the certificate, or to drop the order
//	out/NAME-N.suspend     asks to suspend it
//	out/NAME-N.resume      asks to end the suspension
//
//	in/NAME.cer            the certificate: DER, PEM or base64
//	in/NAME.refused        the order is refused: a text, see below
//	in/NAME-N.done         what file N asked for is done; its contents are of no matter
//
// N counts from 1 what was asked about one certificate. To drop an order that
// has no certificate yet, `in/NAME-N.done` alone is the answer.
//
// One NAME is one order for ever. A file that the authority has taken away and
// that appears again, after a crash of ours, is answered as before and never
// with a new certificate; the same holds for us: the first certificate that
// came in counts, and what is written over it does not. The authority may
// remove files from `out` once it has them, and from `in` once their order is
// answered in `orders`.
//
// # Text files
//
// UTF-8, lines of `name: value`, ended by a line `end`; without that line the
// file is not whole yet. A refusal has `code`, a word, and `reason`, in
// Russian and without personal data. The reason may go on over several lines
// of that name:
//
//	code: 17
//	reason: Заявление подписано не владельцем.
//	end
//
// A card has `order`, NAME; `identification`, the number of identificationKind
// (RFC 9215, section 5); and `identified`, the same in words. Each `purpose`
// is one that extKeyUsage must name, and it names no other; with `licence:
// embedded` the certificate carries the licence of the signature tool:
//
//	purpose: 1.3.6.1.5.5.7.3.2
//	licence: embedded
//
// What asks for a revocation has `order`; `at`, when (RFC 3339); `reason`, the
// number of CRLReason (RFC 5280, section 5.3.1); `why`, the same in words; and
// `invalid`, since when the key is suspect, if that is known.
//
// # Half-written files
//
// We write under a name that begins with a dot and rename: what has no dot is
// whole. The authority should do so too. Where its software cannot, nothing is
// lost: a certificate that does not parse and a text without its end count as
// not there yet. If it is no better after ten minutes, that is an error that
// names the file.
//
// # Safety
//
// Whoever can write into `in` speaks for the authority. What comes in is
// compared with the request and verified by package ra before it counts; a
// refusal, and the word that a certificate was revoked, nobody can verify.
package folder
