// Package audit makes the audit trail of a registration authority provable and
// verifies it, from outside and offline.
//
// With every entry of a request's journal ra appends a leaf to the trail, in
// the same transaction. A Sealer puts the leaves into a Merkle tree (RFC 6962
// with Streebog-256 in the place of SHA-256) and signs checkpoints over it;
// whoever keeps one of them can tell later whether anything under it was
// changed, added or taken away:
//
//	sealer, err := audit.NewSealer(audit.Config{
//		Store: store, Key: key, Origin: "ca.example.org/audit",
//		Export: audit.FileExport("/mnt/elsewhere/checkpoints.txt"),
//	})
//	go sealer.Run(ctx)
//
//	v, err := audit.NewVerifier(nil, "ca.example.org/audit", publicKey)
//	trusted, err := v.ReadExported(file)
//	report, err := audit.Verify(ctx, store, v, audit.Options{Trusted: trusted})
//
// Export writes one request with all its proofs as a file, which OpenCaseFile
// and CaseFile.Verify judge with nothing but the key. The program
// examples/auditverify does both at a prompt.
//
// # What it proves
//
// Under a checkpoint kept outside of the store, every change, deletion,
// exchange or repetition of a leaf is found, and so is a checkpoint that was
// changed or left out. Leaves hold salted commitments and no personal data: a
// case can be erased, and the trail still proves how many entries it had, of
// which kind, when and by whom.
//
// # What it does not
//
// Leaves that are not sealed yet, those of the last second as a rule, can be
// altered by whoever owns the database. Without a checkpoint kept outside, the
// newest leaves can be taken away with the checkpoints over them. Whoever has
// the signing key and the database can write a new trail: only checkpoints kept
// outside contradict it, so the key belongs in a token or an HSM, and the
// checkpoints on another machine. A case file proves what is in it, and not
// that the case did not go on. The trail says what the authority recorded, not
// that it was true.
package audit
