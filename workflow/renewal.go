package workflow

import (
	"slices"
	"time"
)

// renewal is a further certificate for somebody who has one. The certificate
// that is about to end proves who he is, by its signature on the application
// (63-FZ, article 18, part 1; S3.4, S3.6), so nobody has to come. It must be in
// force when it signs, and nothing it says of its owner may have changed;
// otherwise he applies as if for the first time. The invoice is for a renewal
// (S3.1).
func renewal() *Process {
	var (
		registers   = []Evidence{RegistersPositive, CheckOverride}
		refuted     = []Evidence{FormValid, RegisterRefuted}
		amended     = []Evidence{FormValid, RegistersPositive, CheckOverride}
		request     = []Evidence{RequestVerified, ApplicationPrinted, SignedByOldKey, IdentityProofed, ApplicationAccepted}
		certificate = []Evidence{CertificateMatches, CertificatePrinted, AcknowledgementAccepted, CertificateInstalled}
	)
	return &Process{
		Name:     "renewal",
		Version:  "1.1.0",
		Title:    "Продление: новый сертификат по действующему",
		Source:   "derived from seed 003, items 1, 4 and 6",
		Start:    do(SendLink, SendInvoice),
		Workdays: offices,
		Places: []Place{
			{Draft, "Сведения для продления не подтверждены", Applicant, 30 * day, Expire},
			{AutoCheck, "Идет автоматическая проверка СМЭВ", System, day, AskHuman},
			{ManualCheck, "Требуется решение оператора", CAOperator, 3 * day, Escalate},
			{KeyGeneration, "Требуется сформировать запрос на выпуск сертификата", Applicant, 30 * day, Expire},
			{RequestSubmitted, "Формирование бланка заявления", System, time.Hour, Escalate},
			{SigningApplication, "Требуется подписать заявление действующим сертификатом", Applicant, 14 * day, Expire},
			{Issuing, "Выпуск сертификата", System, day, Escalate},
			{Issued, "Сертификат выпущен", System, time.Hour, Escalate},
			{CertificateAck, "Требуется подписать бланк выпущенного сертификата", Applicant, 30 * day, Expire},
			{Writing, "Запись на ключевой носитель", Applicant, 30 * day, Remind},
			{State: Completed, Title: "Сертификат продлён"},
			{State: Rejected, Title: "Продление невозможно"},
			{State: Cancelled, Title: "Отменена заявителем"},
			{State: Expired, Title: "Истёк срок продления"},
		},
		Any: map[Evidence][]Evidence{RegistersConfirmed: registers},
		Contrary: slices.Concat(
			contrary(RegisterRefuted, RegistersConfirmed, RegistersPositive, CheckOverride),
			contrary(PredecessorUnfit, PredecessorValid),
		),
		Exempt: map[Invariant]string{
			I3:  "no documents are uploaded: the certificate in force and the registers answer for them",
			I12: "no agent takes part, so nobody accepts what he uploaded himself",
		},
		Steps: slices.Concat([]Step{
			// The form says what the certificate in force says; whose is not in force does not renew.
			{Draft, Submit, Applicant, need(FormValid, PredecessorValid, PaymentSettled), AutoCheck, do(AskRegisters), nil},
			{Draft, Reject, System, need(PredecessorUnfit), Rejected, do(NotifyApplicant), nil},

			// The registers answer, or a person decides.
			{AutoCheck, Confirm, System, need(RegistersConfirmed), KeyGeneration, do(NotifyApplicant), nil},
			{AutoCheck, Deny, System, need(RegisterRefuted), Draft, do(NotifyApplicant), drop(refuted)},
			{AutoCheck, AskHuman, System, nil, ManualCheck, do(NotifyOperator), nil},
			{ManualCheck, Confirm, System, need(RegistersPositive), KeyGeneration, do(NotifyApplicant), nil},
			{ManualCheck, Deny, System, need(RegisterRefuted), Draft, do(NotifyApplicant), drop(refuted)},
			{ManualCheck, ApproveCheck, CAOperator, need(CheckOverride), KeyGeneration, do(NotifyApplicant), nil},
			{ManualCheck, Recheck, CAOperator, nil, AutoCheck, do(AskRegisters), drop(registers)},
			{ManualCheck, Return, CAOperator, need(ReturnReason), Draft, do(NotifyApplicant), drop(void(ReturnReason), amended)},

			// A new key; the old one signs for it, and is looked at again when it is to sign.
			{KeyGeneration, SubmitRequest, Applicant, need(RegistersConfirmed, RequestVerified), RequestSubmitted, do(PrintApplication), nil},
			{RequestSubmitted, Printed, System, need(ApplicationPrinted), SigningApplication, do(NotifyApplicant, CheckPredecessor), nil},
			{SigningApplication, Accept, System,
				need(PredecessorValid, SignedByOldKey, RegistersConfirmed, AuthorityConfirmed, RequestVerified, IdentityProofed, ApplicationAccepted),
				Issuing, do(SendToCA), nil},
			{SigningApplication, Deny, System, need(PredecessorValid, RegisterRefuted), Draft, do(NotifyApplicant), drop(refuted, request)},
			{SigningApplication, Reject, System, need(PredecessorUnfit), Rejected, do(NotifyApplicant), nil},

			// Issued, acknowledged, written.
			{Issuing, Issue, System, need(CertificateMatches), Issued, do(PrintCertificate), nil},
			{Issuing, RefuseByCA, System, nil, ManualCheck, do(NotifyOperator), drop(registers, request)},
			{Issuing, Mismatch, System, nil, ManualCheck, do(RevokeCertificate, NotifyOperator), drop(registers, request, certificate)},
			{Issued, Printed, System, need(CertificatePrinted), CertificateAck, do(NotifyApplicant), nil},
			{CertificateAck, Acknowledge, System, need(AcknowledgementAccepted), Writing, nil, nil},
			{Writing, Written, Applicant, need(CertificateInstalled), Completed, do(NotifyApplicant), nil},
			{CertificateAck, Expire, System, nil, Expired, do(RevokeCertificate, NotifyApplicant), nil},
			{Writing, Remind, System, nil, Writing, do(NotifyApplicant), nil},
		},
			each(Step{On: Expire, By: System, To: Expired, Do: do(NotifyApplicant)}, Draft, KeyGeneration, SigningApplication),
			each(Step{On: Escalate, By: System, Do: do(NotifyOperator)}, ManualCheck, RequestSubmitted, Issuing, Issued),

			// Answers of the registers grow old while the applicant takes his time.
			each(Step{On: Recheck, By: CAOperator, Do: do(AskRegisters), Void: drop(registers)}, KeyGeneration, SigningApplication),
			each(Step{On: AskHuman, By: System, Do: do(NotifyOperator)}, KeyGeneration, SigningApplication),
			each(Step{On: Deny, By: System, Needs: need(RegisterRefuted), To: Draft, Do: do(NotifyApplicant), Void: drop(refuted, request)}, KeyGeneration),

			// The data changed: back to the form. The new key is lost: back to another.
			each(Step{On: Amend, By: Applicant, To: Draft, Void: drop(amended, request)}, AutoCheck, KeyGeneration, RequestSubmitted, SigningApplication),
			each(Step{On: Revert, By: Applicant, To: KeyGeneration, Void: drop(request)}, RequestSubmitted, SigningApplication),
			each(Step{On: Revert, By: Applicant, To: KeyGeneration, Do: do(RevokeCertificate), Void: drop(request, certificate)}, Issued, CertificateAck, Writing),

			each(Step{On: Cancel, By: Applicant, To: Cancelled, Do: do(NotifyApplicant)}, Draft, AutoCheck, ManualCheck, KeyGeneration, RequestSubmitted, SigningApplication),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(NotifyApplicant)},
				Draft, AutoCheck, ManualCheck, KeyGeneration, RequestSubmitted, SigningApplication),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(RevokeCertificate, NotifyApplicant)}, Issued, CertificateAck, Writing),
		),
	}
}
