// Package smev confirms an applicant's data in state registers: the passport
// at the MVD, the SNILS at the Social Fund (SFR), the INN and the registers of
// organisations and sole traders at the tax service (FNS); and it reports
// issued certificates to ESIA. A certification authority must do so before and
// after it issues a qualified certificate (63-FZ, article 18, parts 2.2, 2.3
// and 5).
//
// The package holds what does not depend on the transport: the [Verifier] a
// registration authority talks to, the [Outcome] of a check, the [Evidence]
// kept with it, and the kinds of information (виды сведений), each a [Kind]
// that builds the business document of an inquiry and reads that of the
// answer. The exchange of messages through SMEV 3 is in smev/client, a
// simulator of it in smev/smevtest.
//
// A check is asked once and answered later, 10 to 30 minutes being normal:
//
//	id, err := verifier.Ask(ctx, smev.Inquiry{Key: "request-17/passport/1", Check: smev.CheckPassport, Subject: subject})
//	…
//	answer, err := verifier.Answer(ctx, id)
//	switch {
//	case errors.Is(err, smev.ErrPending): // look again later
//	case err == nil && answer.Outcome == smev.Refuted: // mark answer.Fields in the form
//	}
//
// Outcomes are never collapsed. A register that has no record (NotFound), a
// register that is down (Unavailable) and a request that our own settings
// spoil (Rejected) say nothing against the applicant; only Refuted does.
//
// The kinds of information:
//
//	check             constructor                 register      root of the request             version  schema
//	passport          PassportP002                MVD           request (p002)                  1.0.0    checked
//	passport          PassportP001                MVD           request (p001)                  1.0.0    unverified
//	snils             SNILSValidation101          SFR           SnilsValidationRequest          1.0.1    unverified
//	snils_search      SNILSSearch                 SFR           SnilsByAdditionalDataRequest    1.0.1    checked
//	inn               PassportINN247              FNS           FNSPaspINNRequest               4.0.0    unverified
//	inn_search        INNSearch270                FNS           FNSINNSingularRequest           4.0.1    checked
//	egrul             EGRUL406                    FNS, ЕГРЮЛ    FNSVipULRequest                 4.0.6    checked
//	egrip             EGRIP405                    FNS, ЕГРИП    FNSVipIPRequest                 4.0.5    checked
//	esia_certificate  CertificateRegistration141  ESIA          ESIARegisterCertificateRequest  1.4.1    checked
//
// A kind is checked if its documents fit the published XML schema, and
// unverified if none is public. Every namespace carries the version of its
// kind; several versions live side by side for months, so a Kind is a value
// that an embedder replaces, not a constant of the program.
//
// Subjects are personal data, and so is what registers find. Both print as
// fixed words, and no error of this package or of those beneath it quotes a
// value: errors name the form field or the XML element. Control digits of
// SNILS, INN, OGRN and OGRNIP are checked before a register is asked.
package smev
