package workflow

import (
	"slices"
	"time"
)

// serviceCenter is seed 003: a service centre invoices, forwards decisions and
// sees the originals; the authority decides on scans; the subscriber makes
// keys and installs the certificate in the personal account.
func serviceCenter() *Process {
	var (
		registers   = []Evidence{RegistersPositive, CheckOverride}
		refuted     = []Evidence{FormValid, RegisterRefuted, SignedOnPaper, SignedByOldKey, ApplicationReceived}
		papers      = []Evidence{DocumentsComplete, DocumentsAccepted, ApplicationAccepted, DutiesSeparated}
		visit       = []Evidence{PassportShown, SNILSShown, IdentityProofed, AuthorityConfirmed}
		request     = []Evidence{RequestVerified}
		certificate = []Evidence{CertificateMatches, CertificatePrinted, AcknowledgementAccepted, CertificateInstalled}
	)
	return &Process{
		Name:     "service-center",
		Version:  "1.3.0",
		Title:    "Общий порядок действий при получении КЭП через сервисный центр",
		Source:   "seed 003; registers, refusals, returns and deadlines derived",
		Start:    do(SendInvoice, SendPack), // S3.1
		Workdays: offices,
		Places: []Place{
			{Draft, "Счет выставлен, ожидается анкета", Applicant, 30 * day, Expire},
			{FormFilled, "Анкета получена", ServiceCentre, 3 * day, Remind},
			{DocumentsPending, "Ожидаются скан-копии и заявление", Applicant, 30 * day, Expire},
			{CAReview, "Скан-копии проверяются удостоверяющим центром", CAOperator, 3 * day, Escalate},
			{Rework, "Требуются исправленные документы", Applicant, 30 * day, Expire},
			{Approved, "Документы одобрены удостоверяющим центром", ServiceCentre, 3 * day, Remind},
			{AwaitingVisit, "Ожидаются оригинал заявления, паспорт и СНИЛС", Applicant, 30 * day, Expire},
			{Identified, "Оригиналы предъявлены", ServiceCentre, 3 * day, Remind},
			{KeyGeneration, "Ваш сертификат готов к выпуску!", Applicant, 30 * day, Expire},
			{ManualCheck, "Требуется решение оператора", CAOperator, 3 * day, Escalate},
			{Issuing, "Выпуск сертификата", System, day, Escalate},
			{Issued, "Сертификат выпущен", System, time.Hour, Escalate},
			{CertificateAck, "Ознакомление с сертификатом", Applicant, 30 * day, Expire},
			{Writing, "Установка сертификата", Applicant, 30 * day, Remind},
			{State: Completed, Title: "Сертификат запрошен и установлен!"},
			{State: Rejected, Title: "Отказано"},
			{State: Cancelled, Title: "Отменена заявителем"},
			{State: Expired, Title: "Истёк срок заявки"},
		},
		Any: map[Evidence][]Evidence{
			RegistersConfirmed:  registers,
			ApplicationSigned:   {SignedOnPaper, SignedByOldKey},
			ApplicationOriginal: {ApplicationReceived, SignedByOldKey},
		},
		Contrary: contrary(RegisterRefuted, RegistersConfirmed, RegistersPositive, CheckOverride),
		Steps: slices.Concat([]Step{
			// S3.2, S3.3: the questionnaire names whoever will request the certificate; the centre opens the form.
			{Draft, Submit, Applicant, need(FormValid, ExecutorPhone), FormFilled, do(NotifyServiceCentre), nil},
			{FormFilled, CreateForm, ServiceCentre, nil, DocumentsPending, do(PrintApplication, SendInstruction, NotifyApplicant), nil},
			{FormFilled, Return, ServiceCentre, need(ReturnReason), Draft, do(NotifyApplicant), void(FormValid, ReturnReason)},

			// S3.4: scans, and the application signed by pen or, when renewing, by the old certificate.
			{DocumentsPending, SubmitDocuments, Applicant, need(PhoneConfirmed, PassportScan, SNILSScan, ApplicationSigned, DocumentsComplete), CAReview, do(AskRegisters, NotifyOperator), nil},

			// S3.5: the authority approves, or refuses: the centre asks for better ones, or brings them itself.
			{CAReview, Approve, CAOperator, need(DocumentsAccepted, ApplicationAccepted, RegistersConfirmed, DutiesSeparated), Approved, do(NotifyServiceCentre), nil},
			{CAReview, Return, CAOperator, need(ReturnReason), Rework, do(NotifyServiceCentre), drop(void(ReturnReason), papers)},
			{CAReview, Deny, System, need(RegisterRefuted), Rework, do(NotifyServiceCentre), drop(refuted, papers)},
			{CAReview, AskHuman, System, nil, CAReview, do(NotifyOperator), nil},
			{Rework, Invite, ServiceCentre, nil, Rework, do(NotifyApplicant), nil},
			{Rework, Resubmit, Applicant, need(FormValid, ApplicationSigned, DocumentsComplete), CAReview, do(AskRegisters, NotifyOperator), drop(registers)},
			{Rework, Resubmit, ServiceCentre, need(FormValid, ApplicationSigned, DocumentsComplete), CAReview, do(AskRegisters, NotifyOperator), drop(registers)},
			{Approved, Invite, ServiceCentre, nil, AwaitingVisit, do(NotifyApplicant), nil},

			// S3.6: passport and SNILS of the scans are shown; the original stays, unless the old certificate signed.
			{AwaitingVisit, Identify, ServiceCentre, need(ApplicationOriginal, PassportShown, SNILSShown, IdentityProofed, AuthorityConfirmed), Identified, nil, nil},
			{AwaitingVisit, Return, ServiceCentre, need(ReturnReason), Rework, do(NotifyApplicant), drop(void(ReturnReason), papers, visit)},

			// S3.7, S3.8: the form goes to the personal account, and the text message says so.
			{Identified, OpenKeys, ServiceCentre, need(PaymentSettled), KeyGeneration, do(SendSMS, SendInstruction), nil},
			{KeyGeneration, SubmitRequest, Applicant, need(RegistersConfirmed, RequestVerified), Issuing, do(SendToCA), nil},
			{Issuing, Issue, System, need(CertificateMatches), Issued, do(PrintCertificate), nil},
			{Issuing, RefuseByCA, System, nil, ManualCheck, do(NotifyOperator), drop(request)},
			{Issuing, Mismatch, System, nil, ManualCheck, do(RevokeCertificate, NotifyOperator), drop(request, certificate)},
			{ManualCheck, Reopen, CAOperator, nil, KeyGeneration, do(SendSMS), nil},
			{ManualCheck, Return, CAOperator, need(ReturnReason), Rework, do(NotifyServiceCentre), drop(void(ReturnReason), papers)},

			// S3.8, the end: acknowledged and installed, «Сертификат запрошен и установлен!».
			{Issued, Printed, System, need(CertificatePrinted), CertificateAck, do(NotifyApplicant), nil},
			{CertificateAck, Acknowledge, System, need(AcknowledgementAccepted), Writing, nil, nil},
			{Writing, Written, Applicant, need(CertificateInstalled), Completed, do(NotifyApplicant, NotifyServiceCentre), nil},
			{CertificateAck, Expire, System, nil, Expired, do(RevokeCertificate, NotifyApplicant, NotifyServiceCentre), nil},
		},
			each(Step{On: Expire, By: System, To: Expired, Do: do(NotifyApplicant, NotifyServiceCentre)}, Draft, DocumentsPending, Rework, AwaitingVisit, KeyGeneration),
			each(Step{On: Remind, By: System, Do: do(NotifyServiceCentre)}, FormFilled, Approved, Identified),
			each(Step{On: Remind, By: System, Do: do(NotifyApplicant, NotifyServiceCentre)}, Writing),
			each(Step{On: Escalate, By: System, Do: do(NotifyOperator)}, CAReview, ManualCheck, Issuing, Issued),

			// Answers of the registers grow old between visit and keys.
			each(Step{On: Recheck, By: CAOperator, Do: do(AskRegisters), Void: drop(registers)}, CAReview, KeyGeneration),
			each(Step{On: AskHuman, By: System, Do: do(NotifyOperator)}, KeyGeneration),
			each(Step{On: Deny, By: System, Needs: need(RegisterRefuted), To: Rework, Do: do(NotifyServiceCentre), Void: drop(refuted, papers, visit, request)}, KeyGeneration),

			// The key is lost before it could be used.
			each(Step{On: Revert, By: Applicant, To: KeyGeneration, Do: do(RevokeCertificate), Void: drop(request, certificate)}, CertificateAck, Writing),

			each(Step{On: Cancel, By: Applicant, To: Cancelled, Do: do(NotifyServiceCentre)},
				Draft, FormFilled, DocumentsPending, CAReview, Rework, Approved, AwaitingVisit, Identified, KeyGeneration, ManualCheck),
			each(Step{On: Cancel, By: ServiceCentre, To: Cancelled, Do: do(NotifyApplicant)}, Draft, FormFilled, DocumentsPending, Rework),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(NotifyApplicant, NotifyServiceCentre)},
				CAReview, Rework, Approved, AwaitingVisit, Identified, KeyGeneration, ManualCheck),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(RevokeCertificate, NotifyApplicant, NotifyServiceCentre)},
				Issued, CertificateAck, Writing),
		),

		Clauses: []Clause{
			{ID: "S3.1a", Begins: true, Effects: do(SendInvoice), Exhibits: words("invoice")},
			{ID: "S3.1b", Effects: do(SendPack), Exhibits: words("questionnaire", "powers_of_attorney")},
			{ID: "S3.2a", In: at(Draft), Arrows: []Arrow{{Draft, Submit, Applicant}}, Evidence: need(FormValid)},
			{ID: "S3.2b", In: at(Draft), Evidence: need(ExecutorPhone)},
			{ID: "S3.3a", Arrows: []Arrow{{FormFilled, CreateForm, ServiceCentre}}},
			{ID: "S3.3b", Arrows: []Arrow{{FormFilled, CreateForm, ServiceCentre}}, Effects: do(NotifyApplicant)},
			{ID: "S3.4", In: at(FormFilled, DocumentsPending), Arrows: []Arrow{{DocumentsPending, SubmitDocuments, Applicant}}, Evidence: need(PhoneConfirmed, PassportScan, SNILSScan, DocumentsComplete), Effects: do(PrintApplication), Exhibits: words("application", "passport_scan", "snils_scan")},
			{ID: "S3.4n", Arrows: []Arrow{{FormFilled, CreateForm, ServiceCentre}}, Effects: do(SendInstruction)},
			{ID: "S3.5", Arrows: []Arrow{{CAReview, Approve, CAOperator}, {CAReview, Return, CAOperator}}},
			{ID: "S3.5x", In: at(CAReview), Arrows: []Arrow{{Rework, Invite, ServiceCentre}, {Rework, Resubmit, Applicant}}, Evidence: need(ReturnReason), Effects: do(NotifyApplicant)},
			{ID: "S3.5y", Arrows: []Arrow{{Rework, Resubmit, ServiceCentre}}},
			{ID: "S3.5z", Arrows: []Arrow{{Approved, Invite, ServiceCentre}}, Effects: do(NotifyApplicant)},
			{ID: "S3.6", In: at(AwaitingVisit), Arrows: []Arrow{{AwaitingVisit, Identify, ServiceCentre}}, Evidence: need(PassportShown, SNILSShown, IdentityProofed, AuthorityConfirmed)},
			{ID: "S3.7", Arrows: []Arrow{{Identified, OpenKeys, ServiceCentre}}},
			{ID: "S3.8a", Arrows: []Arrow{{Identified, OpenKeys, ServiceCentre}}, Effects: do(SendSMS)},
			{ID: "S3.8b", In: at(KeyGeneration, Issuing, Writing), Arrows: []Arrow{{KeyGeneration, SubmitRequest, Applicant}}, Evidence: need(RequestVerified, CertificateMatches, CertificateInstalled), Effects: do(SendToCA)},
			{ID: "S3.8n", Arrows: []Arrow{{Identified, OpenKeys, ServiceCentre}}, Effects: do(SendInstruction)},
			{ID: "S3.9", Arrows: []Arrow{{Writing, Written, Applicant}}},
		},
	}
}
