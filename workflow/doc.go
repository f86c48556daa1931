// Package workflow describes how a request for a qualified certificate travels
// from an empty form to a certificate on its medium. A process is data: places
// where a request rests, arrows between them, and for each arrow the evidence
// it needs and the effects it causes. Nothing here runs, waits or stores.
//
// A guard is not a function but the name of evidence somebody has recorded
// ("passport_scan", "request_verified"). That is what lets a process be printed,
// compared, stored beside the requests that follow it, explained to the person
// who is stuck, and checked before the first request enters it:
//
//	p, err := workflow.Lookup("personal-link")
//	step, err := p.Step(workflow.Draft, workflow.Submit, workflow.Applicant, have)
//	// workflow: personal-link: submit in draft needs [payment_settled]
//
// Three kinds of arrow exist. A person's arrow is fired by that person. An
// automatic arrow belongs to System and needs evidence: the engine fires it as
// soon as all of it is held, whatever the order in which it arrived. A System
// arrow that needs nothing is fired by its name only: a deadline that passed
// (Place.Late), or the outcome of an effect (a register that cannot answer).
//
// The engine keeps four promises. Recording evidence drops what is contrary to
// it (Process.Contrary). Stale evidence counts as absent. Taking an arrow drops
// exactly the evidence in Step.Void. Effects are names; they run after the
// transaction that recorded them, at least once.
//
// On these promises Check proves that every place is reachable and none a dead
// end, that every wait has an owner and a deadline, that at most one automatic
// arrow is open at a time and no loop of them runs by itself, and that every
// path to "issuing" and "completed" has collected the twelve invariants that
// the law and the practice of certification authorities demand.
//
// Five ways to a certificate are built in, each in a file that reads like the
// instruction it comes from, its seed, and three processes of what may become
// of a certificate: renewal, revocation, suspension. Comments cite the items of
// the seeds: S2.7.1 is item 7.1 of seed 002; seed 001 numbers nothing, so S1.8
// is its eighth step. Process.Clauses says the same to a program: what carries
// out each item. States, events, roles, evidence and effects are open string
// types: an embedder's own process is a literal of the same kind.
//
// A request is pinned to the version of its process, by Process.Hash. When a
// version has to be given up, a Migration says where its requests would stand
// in another, and refuses what would break the proof.
package workflow
