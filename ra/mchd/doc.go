// Package mchd reads machine-readable powers of attorney (машиночитаемая
// доверенность, МЧД) of the single format, EMCHD_1, and verifies their
// signatures. It is a verifier of powers for package ra:
//
//	verifier, err := mchd.New(mchd.Config{Algorithms: csr.Standard(), Anchors: roots})
//	authority, err := ra.New(ra.Config{…, Powers: verifier})
//	request, err := authority.ConfirmPower(ctx, id, actor, xml, signature)
//
// A power is two files: the XML and beside it the principal's signature,
// detached CMS in DER. The signature must be by a certificate under one of the
// anchors, and the certificate must be the principal's: of the organisation,
// and of its head where the power names him; of the sole trader; of the person.
//
// # What is read
//
// Number, term, principal, representatives and powers: what a decision needs.
// All else in the file is read over. Where what is needed is missing, repeated
// or malformed the file is refused, and so is every other format and version,
// and text in another encoding than UTF-8. The reader of XML is that of
// smev/xmldsig: no document types, no entities.
//
// # What is not
//
// A power that was passed on (передоверие) rests on another one, which is not
// in the file: it is refused. Whether a power is registered and was not
// revoked is the register's to say, ra.PowerRegister. What a power's codes
// mean is a classifier's to say.
package mchd
