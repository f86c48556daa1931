// Package smev confirms an applicant's data in state registers: the passport
// at the MVD, the SNILS at the Social Fund (SFR), the INN at the tax service
// (FNS). A certification authority must do so before it issues a qualified
// certificate (63-FZ, article 18, parts 2.2 and 2.3).
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
// Subjects are personal data. They print as a fixed word, and no error of
// this package or of those beneath it quotes a value: errors name the form
// field or the XML element.
//
// Every namespace carries the version of its kind of information. Several
// versions live side by side for months, so a Kind is a value that an embedder
// replaces, not a constant of the program.
package smev
