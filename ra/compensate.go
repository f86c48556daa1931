package ra

import (
	"context"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/workflow"
)

// lookAfter sees to it that a certificate which came back either counts or is
// revoked. It counts if the dossier has it as the certificate: whatever arrow
// gives it up later has it revoked itself.
func (a *Authority) lookAfter(ctx context.Context, j *job, note orderNote) (found, error) {
	if has(j.request, CertificateExhibit, note.Certificate) {
		return found{}, nil
	}
	if note.Ended {
		return found{}, a.stuck(ctx, j)
	}
	route, err := a.routeNamed(note.Route)
	if err != nil {
		return found{}, err
	}
	o, err := route.CA.Revoke(ctx, j.task.Key, Revocation{Reason: csr.ReasonCessationOfOperation, At: j.now})
	if err != nil {
		return found{}, err
	}
	switch o.State {
	case Revoked:
		note.Ended = true
		out := found{attach: j.revocationRecord(j.task.Key, o.State, "не принят к выдаче")}
		if len(out.attach) > 0 && len(o.Certificate) > 0 && !has(j.request, RefusedCertificate, hashOf(o.Certificate)) {
			out.attach = append(out.attach, refusedCertificate(o.Certificate, "пришёл, когда его уже не ждали"))
		}
		return note.later(out, soon)
	case Pending:
		return note.later(found{}, a.poll(j, o))
	case Unknown, Refused:
		return found{}, Permanent(fmt.Errorf("ra: request %s: a certificate that does not count is not revoked: the CA answers %s", j.request.ID, o.State))
	}
	return found{}, fmt.Errorf("ra: request %s: a certificate that does not count is not revoked: it is %s", j.request.ID, o.State)
}

// stuck is an error if the request still waits for a certificate from this
// order, which gave one that does not count: a process without an arrow for
// that needs a human.
func (a *Authority) stuck(ctx context.Context, j *job) error {
	orders, err := a.orders(ctx, j.request.ID, j.request.Version+1)
	if err != nil {
		return err
	}
	if last := lastOf(orders); last == nil || last.Key != j.task.Key || !wanted(j.process, j.request, workflow.CertificateMatches) {
		return nil
	}
	return Permanent(fmt.Errorf("ra: request %s: the CA issued another certificate than was asked for; it is revoked, and the process has no way on", j.request.ID))
}

// abandon ends an order that nobody waits for any more: the request was
// cancelled, or went back. What the CA still works on is withdrawn, and what
// it has issued is revoked.
func (a *Authority) abandon(ctx context.Context, j *job, note orderNote) (found, error) {
	route, o, err := a.standing(ctx, j, note)
	if err != nil {
		return found{}, err
	}
	switch o.State {
	case Unknown:
		if j.task.Attempt > 1 && !note.Asked && route.CA != nil {
			// An attempt that was given up may have it on the way still.
			note.Asked = true
			return note.later(found{}, a.cfg.Lease)
		}
		return found{}, nil
	case Refused:
		return found{}, nil
	case Issued, Suspended, Revoked:
		note.Certificate = hashOf(o.Certificate)
		return a.lookAfter(ctx, j, note)
	}
	o, err = route.CA.Revoke(ctx, j.task.Key, Revocation{Reason: csr.ReasonCessationOfOperation, At: j.now})
	if err != nil {
		return found{}, err
	}
	switch o.State {
	case Refused, Unknown:
		return found{}, nil
	}
	return note.later(found{}, a.poll(j, o)) // and then look again
}

// revokeCertificate has the certificate revoked that an arrow gave up: its
// key is lost, or it was never taken into use.
func (a *Authority) revokeCertificate(ctx context.Context, j *job) (found, error) {
	return a.revoke(ctx, j, Revocation{Action: ActRevoke, Reason: csr.ReasonCessationOfOperation, At: j.now}, Revoked)
}

// suspendCertificate has the certificate put on hold.
func (a *Authority) suspendCertificate(ctx context.Context, j *job) (found, error) {
	return a.revoke(ctx, j, Revocation{Action: ActSuspend, Reason: csr.ReasonCertificateHold, At: j.now}, Suspended)
}

// resumeCertificate ends the hold, if there is one.
func (a *Authority) resumeCertificate(ctx context.Context, j *job) (found, error) {
	return a.revoke(ctx, j, Revocation{Action: ActResume, At: j.now}, Issued)
}

// revoke asks for a change of the certificate that the request had when the
// effect was ordered, at the CA that it was ordered from. By now the request
// may have another one, which is left alone. A process about a certificate that
// exists means that one.
func (a *Authority) revoke(ctx context.Context, j *job, r Revocation, want OutcomeState) (found, error) {
	if alters(j.process) {
		return a.alter(ctx, j, r, want)
	}
	orders, err := a.orders(ctx, j.request.ID, j.task.Seq)
	if err != nil {
		return found{}, err
	}
	order := lastOf(orders)
	for i := range orders { // better the one whose certificate the dossier has
		if note, err := noteOf(&orders[i]); err == nil && has(j.request, CertificateExhibit, note.Certificate) {
			order = &orders[i]
		}
	}
	if order == nil {
		return found{}, nil // nothing was ever ordered
	}
	note, err := noteOf(order)
	if err != nil {
		return found{}, err
	}
	route, err := a.routeNamed(note.Route)
	if err != nil {
		return found{}, err
	}
	o, err := route.CA.Revoke(ctx, order.Key, r)
	if err != nil {
		return found{}, err
	}
	switch o.State {
	case want, Revoked:
		return found{attach: j.revocationRecord(order.Key, o.State, "по решению")}, nil
	case Unknown, Refused: // there is no certificate
		return found{}, nil
	case Pending:
		return found{again: a.poll(j, o), note: j.task.Note}, nil
	}
	return found{}, fmt.Errorf("ra: request %s: the certificate is not %s: it is %s", j.request.ID, want, o.State)
}

// revocationRecord is the dossier's word of what became of a certificate;
// nothing, if the case is erased.
func (j *job) revocationRecord(key string, state OutcomeState, why string) []attachment {
	if j.request.Erased {
		return nil
	}
	text := becameOf[state] + ": " + why
	return []attachment{{kind: RevocationExhibit, media: mediaText, note: text, data: fmt.Appendf(nil, "%s\n%s\n", key, text)}}
}

// becameOf says in Russian what a certificate is at its CA.
var becameOf = map[OutcomeState]string{
	Revoked: "действие сертификата прекращено", Suspended: "действие сертификата приостановлено",
	Issued: "сертификат действует, приостановления нет",
}

// has reports whether the dossier holds a document of a kind.
func has(r *Request, kind, hash string) bool {
	for _, e := range r.Exhibits {
		if e.Kind == kind && e.Hash == hash {
			return true
		}
	}
	return false
}
