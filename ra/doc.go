// Package ra is a registration authority: it takes requests for certificates
// through a process of package workflow and keeps the record of everything
// that was done.
//
// An [Authority] is made from a [Config] of small interfaces: a [Store], the
// registers (smev.Verifier), a [CA], a [MobileSigner], a [Notifier], a
// [Printer]. People act through its methods; what the authority does by
// itself is done by [Authority.Work], once, or [Authority.Run], for ever.
//
//	authority, err := ra.New(ra.Config{Store: store, Processes: processes, …})
//	req, err := authority.Begin(ctx, operator, "personal-link", form)
//	req, err = authority.Fire(ctx, req.ID, applicant, workflow.Submit)
//	go authority.Run(ctx)
//
// # How it holds together
//
// One function changes a request, in step.go. It computes the new request and
// the journal entries that led to it and saves them, together with the leaves
// of the audit trail, the effects they ask for and the timers of the new place,
// in one transaction that fails if anybody was faster. Effects run afterwards, at least once,
// under a key that the outside world does at most one thing for; what they
// find comes back as evidence, through the same function.
//
// So a crash leaves a request between two entries and never inside one, the
// loser of a race writes nothing, and [Replay] of the journal gives the
// request. A command with a key ([Authority.Once]) is carried out once however
// often it is sent. An effect that fails for good is [Trouble]: an operator
// sees it and decides.
//
// # What it trusts
//
// Nothing it can check: possession of the key and the subject in a PKCS #10
// request, every signature that the mobile signer returns, the certificate
// that the CA issues. Private keys of applicants never come here. Personal
// data does not go into logs or errors.
package ra
