package workflow

import (
	"slices"
	"time"
)

// suspension puts a certificate on hold and ends the hold. To stop a key that
// may be in strange hands must be easy: the key phrase of the application does,
// told over the telephone. To set it going again must not be: that takes a
// paper signed by pen, the person and the registers. A hold that nobody ends in
// time becomes a revocation.
func suspension() *Process {
	var (
		registers = []Evidence{RegistersPositive, CheckOverride}
		statement = []Evidence{SignedOnPaper, SignedByOldKey, KeyPhraseGiven, ApplicationAccepted, IdentityProofed}
	)
	return &Process{
		Name:    "suspension",
		Version: "1.1.0",
		Title:   "Приостановление и возобновление действия сертификата",
		Source:  "derived: what follows a certificate that any of the five processes issued",
		Places: []Place{
			{Draft, "Заявление о приостановлении действия сертификата", Applicant, 30 * day, Expire},
			{CAReview, "Заявление о приостановлении рассматривается", CAOperator, time.Hour, Escalate},
			{Suspending, "Приостановление действия сертификата", System, time.Hour, Escalate},
			{Suspended, "Сертификат приостановлен", Applicant, 30 * day, Expire},
			{ApplicationReview, "Заявление о возобновлении рассматривается", CAOperator, day, Escalate},
			{Resuming, "Возобновление действия сертификата", System, time.Hour, Escalate},
			{Revoking, "Прекращение действия сертификата", System, time.Hour, Escalate},
			{State: Resumed, Title: "Действие сертификата возобновлено"},
			{State: Revoked, Title: "Сертификат отозван"},
			{State: Rejected, Title: "Отказано"},
			{State: Cancelled, Title: "Отменена заявителем"},
			{State: Expired, Title: "Истёк срок заявления"},
		},
		Any: map[Evidence][]Evidence{
			RegistersConfirmed: registers,
			ApplicationSigned:  {SignedOnPaper, SignedByOldKey, KeyPhraseGiven},
		},
		Contrary: slices.Concat(
			contrary(RegisterRefuted, RegistersConfirmed, RegistersPositive, CheckOverride),
			contrary(CertificateRevoked, CertificateSuspended, CertificateResumed),
		),
		Steps: slices.Concat([]Step{
			// On hold: signed by pen, by the certificate itself, or by the key phrase, which an operator takes down.
			{Draft, Submit, Applicant, need(FormValid, ApplicationSigned), CAReview, do(NotifyOperator), nil},
			{Draft, Submit, CAOperator, need(FormValid, ApplicationSigned), CAReview, nil, nil},
			{CAReview, Approve, CAOperator, need(ApplicationAccepted, AuthorityConfirmed), Suspending, do(SuspendCertificate), nil},
			{CAReview, Return, CAOperator, need(ReturnReason), Draft, do(NotifyApplicant), drop(void(ReturnReason), statement)},
			{Suspending, Suspend, System, need(CertificateSuspended), Suspended, do(NotifyApplicant, PrintApplication, WatchCertificate), drop(statement)},
			{Suspending, RefuseByCA, System, nil, CAReview, do(NotifyOperator), nil},

			// In force again: a new statement, by pen, of somebody who was seen.
			{Suspended, Submit, Applicant, need(FormValid, SignedOnPaper), ApplicationReview, do(AskRegisters, NotifyOperator), drop(registers)},
			{Suspended, Submit, CAOperator, need(FormValid, SignedOnPaper), ApplicationReview, do(AskRegisters), drop(registers)},
			{ApplicationReview, Approve, CAOperator, need(ApplicationAccepted, IdentityProofed, AuthorityConfirmed, RegistersConfirmed), Resuming, do(ResumeCertificate), nil},
			{ApplicationReview, Return, CAOperator, need(ReturnReason), Suspended, do(NotifyApplicant), drop(void(ReturnReason), statement)},
			{ApplicationReview, Deny, System, need(RegisterRefuted), Suspended, do(NotifyApplicant), drop(void(FormValid, RegisterRefuted), statement)},
			{ApplicationReview, AskHuman, System, nil, ApplicationReview, do(NotifyOperator), nil},
			{Resuming, RefuseByCA, System, nil, ApplicationReview, do(NotifyOperator), nil},

			// Or never again: out of time, on a ground of law, or by a revocation of its own.
			{Suspended, Expire, System, nil, Revoking, do(RevokeCertificate, NotifyApplicant), nil},
			{Suspended, Enforce, CAOperator, need(EnforcementGround), Revoking, do(RevokeCertificate, NotifyApplicant), nil},
			{Draft, Expire, System, nil, Expired, do(NotifyApplicant), nil},
		},
			// What another request, or the authority itself, has done meanwhile shows in the register as well.
			each(Step{On: Resume, By: System, Needs: need(CertificateResumed), To: Resumed, Do: do(NotifyApplicant)}, Suspended, Resuming, Revoking),
			each(Step{On: Revoke, By: System, Needs: need(CertificateRevoked), To: Revoked, Do: do(NotifyApplicant)}, Suspending, Suspended, Resuming, Revoking),

			each(Step{On: Recheck, By: CAOperator, Do: do(AskRegisters), Void: drop(registers)}, ApplicationReview),
			each(Step{On: Escalate, By: System, Do: do(NotifyOperator)}, CAReview, Suspending, ApplicationReview, Resuming, Revoking),

			// Where the law leaves no choice, nobody's statement is waited for.
			each(Step{On: Enforce, By: CAOperator, Needs: need(EnforcementGround), To: Suspending, Do: do(SuspendCertificate, NotifyApplicant), Void: void(EnforcementGround)},
				Draft, CAReview),

			each(Step{On: Cancel, By: Applicant, To: Cancelled, Do: do(NotifyOperator)}, Draft, CAReview),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(NotifyApplicant)}, CAReview),
		),
	}
}
