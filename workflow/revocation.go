package workflow

import (
	"slices"
	"time"
)

// revocation ends a certificate before its time: the owner, or the head of the
// organisation in it, applies in writing; a court, or a duty of the authority,
// asks nobody. From the moment the authority knows, hours count and not working
// days, so that the register of certificates shows it the same day. Who cannot
// sign in a hurry suspends first: see suspension.
func revocation() *Process {
	var (
		registers = []Evidence{RegistersPositive, CheckOverride}
		statement = []Evidence{SignedOnPaper, SignedByOldKey, ApplicationAccepted, IdentityProofed}
	)
	return &Process{
		Name:    "revocation",
		Version: "1.0.0",
		Title:   "Прекращение действия сертификата",
		Source:  "derived: what follows a certificate that any of the five processes issued",
		Places: []Place{
			{Draft, "Заявление о прекращении действия сертификата", Applicant, 30 * day, Expire},
			{SigningApplication, "Требуется подписать бланк отзыва сертификата", Applicant, 14 * day, Expire},
			{CAReview, "Заявление о прекращении действия рассматривается", CAOperator, 6 * time.Hour, Escalate},
			{Rework, "Требуется исправить заявление", Applicant, 14 * day, Expire},
			{Revoking, "Прекращение действия сертификата", System, time.Hour, Escalate},
			{State: Revoked, Title: "Сертификат отозван"},
			{State: Rejected, Title: "Отказано"},
			{State: Cancelled, Title: "Отменена заявителем"},
			{State: Expired, Title: "Истёк срок заявления"},
		},
		Any: map[Evidence][]Evidence{
			RegistersConfirmed: registers,
			ApplicationSigned:  {SignedOnPaper, SignedByOldKey},
		},
		Contrary: contrary(RegisterRefuted, RegistersConfirmed, RegistersPositive, CheckOverride),
		Steps: slices.Concat([]Step{
			// The form says which certificate and why; it is printed and signed, by pen or by the certificate itself.
			{Draft, Submit, Applicant, need(FormValid), SigningApplication, do(PrintApplication), nil},
			{Draft, Submit, CAOperator, need(FormValid), SigningApplication, do(PrintApplication), nil},
			{SigningApplication, SubmitDocuments, Applicant, need(ApplicationSigned), CAReview, do(AskRegisters, NotifyOperator), nil},
			{SigningApplication, SubmitDocuments, CAOperator, need(ApplicationSigned), CAReview, do(AskRegisters), nil},

			// Is it he, and may he? The register knows heads of organisations; where it is silent the operator vouches.
			{CAReview, Approve, CAOperator, need(ApplicationAccepted, IdentityProofed, AuthorityConfirmed, RegistersConfirmed), Revoking, do(RevokeCertificate), nil},
			{CAReview, Return, CAOperator, need(ReturnReason), Rework, do(NotifyApplicant), drop(void(ReturnReason), statement)},
			{CAReview, Deny, System, need(RegisterRefuted), Rework, do(NotifyApplicant), drop(void(FormValid, RegisterRefuted), statement)},
			{CAReview, AskHuman, System, nil, CAReview, do(NotifyOperator), nil},
			{Rework, Resubmit, Applicant, need(FormValid, ApplicationSigned), CAReview, do(AskRegisters, NotifyOperator), drop(registers)},
			{Rework, Resubmit, CAOperator, need(FormValid, ApplicationSigned), CAReview, do(AskRegisters), drop(registers)},

			// It is over when the register of certificates shows it.
			{Revoking, Revoke, System, need(CertificateRevoked), Revoked, do(NotifyApplicant), nil},
			{Revoking, RefuseByCA, System, nil, CAReview, do(NotifyOperator), nil},
		},
			each(Step{On: Recheck, By: CAOperator, Do: do(AskRegisters), Void: drop(registers)}, CAReview),
			each(Step{On: Escalate, By: System, Do: do(NotifyOperator)}, CAReview, Revoking),
			each(Step{On: Expire, By: System, To: Expired, Do: do(NotifyApplicant)}, Draft, SigningApplication, Rework),

			// Where a court has decided, or the law leaves no choice, nobody's statement is waited for.
			each(Step{On: Enforce, By: CAOperator, Needs: need(EnforcementGround), To: Revoking, Do: do(RevokeCertificate, NotifyApplicant)},
				Draft, SigningApplication, CAReview, Rework),

			each(Step{On: Cancel, By: Applicant, To: Cancelled, Do: do(NotifyOperator)}, Draft, SigningApplication, CAReview, Rework),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(NotifyApplicant)}, SigningApplication, CAReview, Rework),
		),
	}
}
