package workflow

import (
	"slices"
	"time"
)

// crm is seed 004: a certificate for a natural person in the office of a
// partner. Keys come first, the papers are signed by pen, a document department
// checks papers, photograph and certificate sheet.
func crm() *Process {
	var (
		registers   = []Evidence{RegistersPositive, CheckOverride}
		refuted     = []Evidence{FormValid, RegisterRefuted}
		papers      = []Evidence{ApplicationScan, RequestScan, DocumentsAccepted, ApplicationAccepted, DutiesSeparated}
		visit       = []Evidence{OwnerPhoto, OriginalsShown, PassportShown, SNILSShown, IdentityProofed}
		request     = []Evidence{RequestVerified, ApplicationPrinted}
		certificate = []Evidence{CertificateMatches, CertificatePrinted, CertificateScan, AcknowledgementAccepted, CertificateInstalled}
	)
	return &Process{
		Name:     "crm",
		Version:  "1.2.0",
		Title:    "Выпуск ЭЦП на физическое лицо в CRM",
		Source:   "seed 004; refusals, returns and deadlines derived",
		Workdays: offices,
		Places: []Place{
			{Draft, "Анкета не заполнена", Agent, 30 * day, Expire},
			{AutoCheck, "Идет автоматическая проверка СМЭВ", System, day, AskHuman},
			{ManualCheck, "Требуется проверка документов оператором", CAOperator, 3 * day, Escalate},
			{KeyGeneration, "Требуется сформировать запрос на выпуск сертификата", Agent, 30 * day, Expire},
			{RequestSubmitted, "Формирование бланка заявления", System, time.Hour, Escalate},
			{SigningApplication, "Загрузить заявление", Agent, 30 * day, Expire},
			{ApplicationReview, "Документы отправлены на проверку в документальный отдел", DocDept, day, Escalate},
			{ApplicationRework, "Исправить заявление", Agent, 30 * day, Expire},
			{Rework, "Исправить документы", Agent, 30 * day, Expire},
			{AwaitingVisit, "Ожидается клиент", Agent, 30 * day, Expire},
			{PhotoReview, "Клиент предоставил оригиналы", DocDept, day, Escalate},
			{PhotoRework, "Ошибка в заявлении или фотографии на выпуск", Agent, 30 * day, Expire},
			{Issuing, "Выпуск сертификата одобрен", System, day, Escalate},
			{Issued, "Сертификат выпущен", System, time.Hour, Escalate},
			{CertificateAck, "Ожидание загрузки бланка", Agent, 30 * day, Expire},
			{AckReview, "Ожидание подтверждения бланка со стороны УЦ", DocDept, day, Escalate},
			{AckRework, "Ожидание исправленного бланка", Agent, 30 * day, Expire},
			{Writing, "Запись сертификата на ключевой носитель", Agent, 30 * day, Remind},
			{State: Completed, Title: "ЭЦП выпущена"},
			{State: Rejected, Title: "Запрос отклонен"},
			{State: Cancelled, Title: "Отменена заявителем"},
			{State: Expired, Title: "Истёк срок заявки"},
		},
		Any:      map[Evidence][]Evidence{RegistersConfirmed: registers},
		Contrary: contrary(RegisterRefuted, RegistersConfirmed, RegistersPositive, CheckOverride),
		Exempt: map[Invariant]string{
			I8: "the owner is a natural person who acts for himself",
		},
		Steps: slices.Concat([]Step{
			// S4.1 to S4.6: the form, letter for letter as in the passport, with both scans.
			{Draft, Submit, Agent, need(FormValid, PassportScan, SNILSScan), AutoCheck, do(AskRegisters), nil},

			// S4.7: the registers answer; then the individual link at the foot of the request works.
			{AutoCheck, Confirm, System, need(RegistersConfirmed), KeyGeneration, do(SendLink, NotifyAgent), nil},
			{AutoCheck, Deny, System, need(RegisterRefuted), Draft, do(NotifyAgent), drop(refuted)},
			{AutoCheck, AskHuman, System, nil, ManualCheck, do(NotifyOperator), nil},
			{ManualCheck, Confirm, System, need(RegistersPositive), KeyGeneration, do(SendLink, NotifyAgent), nil},
			{ManualCheck, Deny, System, need(RegisterRefuted), Draft, do(NotifyAgent), drop(refuted)},
			{ManualCheck, ApproveCheck, CAOperator, need(CheckOverride), KeyGeneration, do(SendLink, NotifyAgent), nil},
			{ManualCheck, Recheck, CAOperator, nil, AutoCheck, do(AskRegisters), drop(registers)},
			{ManualCheck, Return, CAOperator, need(ReturnReason), Draft, do(NotifyAgent), drop(void(FormValid, ReturnReason), registers)},

			// S4.8: «Открыть доступ»; the key is made on the medium.
			{KeyGeneration, SubmitRequest, Applicant, need(RegistersConfirmed, RequestVerified), RequestSubmitted, do(PrintApplication), nil},
			{KeyGeneration, SubmitRequest, Agent, need(RegistersConfirmed, RequestVerified), RequestSubmitted, do(PrintApplication), nil},

			// S4.9, S4.10: both papers are printed, signed in blue, scanned in colour and attached.
			{RequestSubmitted, Printed, System, need(ApplicationPrinted), SigningApplication, do(NotifyAgent), nil},
			{SigningApplication, SubmitPapers, Agent, need(ApplicationScan, RequestScan), ApplicationReview, do(NotifyDocDept), nil},

			// S4.11, S4.12: the document department.
			{ApplicationReview, Approve, DocDept, need(DocumentsAccepted, ApplicationAccepted, DutiesSeparated), AwaitingVisit, do(NotifyAgent), nil},
			{ApplicationReview, Return, DocDept, need(ReturnReason), ApplicationRework, do(NotifyAgent), drop(void(ReturnReason), papers)},
			{ApplicationReview, ReturnDocuments, DocDept, need(ReturnReason), Rework, do(NotifyAgent), void(ReturnReason, PassportScan, SNILSScan, DocumentsAccepted, DutiesSeparated)},
			{ApplicationRework, Resubmit, Agent, need(ApplicationScan, RequestScan), ApplicationReview, do(NotifyDocDept), nil},
			{Rework, Resubmit, Agent, need(PassportScan, SNILSScan), ApplicationReview, do(NotifyDocDept), nil},

			// S4.13, S4.14: «Клиент пришел»: the photograph against today's date, and a tick at each original.
			{AwaitingVisit, Identify, Agent, need(OwnerPhoto, OriginalsShown, PassportShown, SNILSShown), PhotoReview, do(NotifyDocDept), nil},

			// S4.15: the photograph is checked; the certificate is issued.
			{PhotoReview, Approve, DocDept, need(IdentityProofed, RegistersConfirmed, PaymentSettled), Issuing, do(SendToCA), nil},
			{PhotoReview, Return, DocDept, need(ReturnReason), PhotoRework, do(NotifyAgent), void(ReturnReason, OwnerPhoto, IdentityProofed)},
			{PhotoRework, Resubmit, Agent, need(OwnerPhoto), PhotoReview, do(NotifyDocDept), nil},
			{Issuing, Issue, System, need(CertificateMatches), Issued, do(PrintCertificate), nil},
			{Issuing, RefuseByCA, System, nil, ManualCheck, do(NotifyOperator), drop(registers, request, papers, visit)},
			{Issuing, Mismatch, System, nil, ManualCheck, do(RevokeCertificate, NotifyOperator), drop(registers, request, papers, visit, certificate)},

			// S4.16: the sheet, in two copies, signed by the client and scanned.
			{Issued, Printed, System, need(CertificatePrinted), CertificateAck, do(NotifyAgent), nil},
			{CertificateAck, SubmitPapers, Agent, need(CertificateScan), AckReview, do(NotifyDocDept), nil},
			{AckReview, Approve, DocDept, need(AcknowledgementAccepted), Writing, do(NotifyAgent), nil},
			{AckReview, Return, DocDept, need(ReturnReason), AckRework, do(NotifyAgent), void(ReturnReason, CertificateScan)},
			{AckRework, Resubmit, Agent, need(CertificateScan), AckReview, do(NotifyDocDept), nil},

			// S4.17 to S4.19: «Записать сертификат на ключевой носитель», and the end.
			{Writing, Written, Agent, need(CertificateInstalled), Completed, do(NotifyApplicant), nil},
			{Writing, Written, Applicant, need(CertificateInstalled), Completed, do(NotifyAgent), nil},
		},
			each(Step{On: Expire, By: System, To: Expired, Do: do(NotifyAgent)}, Draft, KeyGeneration, SigningApplication, ApplicationRework, Rework, AwaitingVisit, PhotoRework),
			each(Step{On: Expire, By: System, To: Expired, Do: do(RevokeCertificate, NotifyAgent)}, CertificateAck, AckRework),
			each(Step{On: Escalate, By: System, Do: do(NotifyOperator)}, ManualCheck, RequestSubmitted, ApplicationReview, PhotoReview, Issuing, Issued, AckReview),
			each(Step{On: Remind, By: System, Do: do(NotifyAgent)}, Writing),

			// Answers of the registers grow old before the client comes.
			each(Step{On: Recheck, By: CAOperator, Do: do(AskRegisters), Void: drop(registers)}, KeyGeneration, PhotoReview),
			each(Step{On: AskHuman, By: System, Do: do(NotifyOperator)}, KeyGeneration, PhotoReview),
			each(Step{On: Deny, By: System, Needs: need(RegisterRefuted), To: Draft, Do: do(NotifyAgent), Void: drop(refuted, request, papers, visit)},
				KeyGeneration, PhotoReview),

			// The key is lost: a new one, new papers, and the old certificate revoked if there is one.
			each(Step{On: Revert, By: Agent, To: KeyGeneration, Void: drop(request, papers, visit)}, SigningApplication, ApplicationRework, AwaitingVisit, PhotoRework),
			each(Step{On: Revert, By: Agent, To: KeyGeneration, Do: do(RevokeCertificate), Void: drop(request, papers, visit, certificate)}, CertificateAck, AckRework, Writing),

			each(Step{On: Cancel, By: Agent, To: Cancelled, Do: do(NotifyApplicant)},
				Draft, AutoCheck, ManualCheck, KeyGeneration, RequestSubmitted, SigningApplication, ApplicationReview, ApplicationRework, Rework, AwaitingVisit, PhotoReview, PhotoRework),
			each(Step{On: Cancel, By: Applicant, To: Cancelled, Do: do(NotifyAgent)}, KeyGeneration, RequestSubmitted, SigningApplication, AwaitingVisit),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(NotifyAgent, NotifyApplicant)},
				AutoCheck, ManualCheck, KeyGeneration, RequestSubmitted, SigningApplication, ApplicationReview, ApplicationRework, Rework, AwaitingVisit, PhotoReview, PhotoRework),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(RevokeCertificate, NotifyAgent, NotifyApplicant)},
				Issued, CertificateAck, AckReview, AckRework, Writing),
		),

		Clauses: []Clause{
			{ID: "S4.2", Begins: true},
			{ID: "S4.3a", In: at(Draft), Evidence: need(FormValid), Fields: words("legalForm", "alias", "use", "embededCP")},
			{ID: "S4.3b", In: at(Draft), Evidence: need(FormValid), Fields: words("expedited")},
			{ID: "S4.5a", In: at(Draft), Evidence: need(FormValid), Fields: words("passportSeries", "passportNumber", "passportDate", "passportIssuer", "ownerPassportDeptCode", "ownerLastName", "ownerFirstName", "ownerBirthDate", "ownerBirthPlace")},
			{ID: "S4.5b", In: at(Draft), Evidence: need(FormValid), Fields: words("ownerLastName", "ownerFirstName", "ownerMiddleName")},
			{ID: "S4.6", In: at(Draft), Evidence: need(PassportScan, SNILSScan), Exhibits: words("passport_scan", "snils_scan")},
			{ID: "S4.7b", In: at(AutoCheck), Arrows: []Arrow{{Draft, Submit, Agent}}, Evidence: need(RegistersPositive), Effects: do(AskRegisters), Exhibits: words("smev_passport")},
			{ID: "S4.7c", Arrows: []Arrow{{AutoCheck, Confirm, System}}, Effects: do(SendLink)},
			{ID: "S4.8", In: at(KeyGeneration), Arrows: []Arrow{{KeyGeneration, SubmitRequest, Applicant}, {KeyGeneration, SubmitRequest, Agent}}, Evidence: need(RequestVerified), Exhibits: words("request")},
			{ID: "S4.9a", In: at(RequestSubmitted), Arrows: []Arrow{{RequestSubmitted, Printed, System}}, Evidence: need(ApplicationPrinted), Effects: do(PrintApplication), Exhibits: words("application", "request_form")},
			{ID: "S4.9b", In: at(SigningApplication), Exhibits: words("application_scan", "request_scan"), Quality: words("same_signature", "blue_ink", "colour_scan")},
			{ID: "S4.10", In: at(SigningApplication), Arrows: []Arrow{{SigningApplication, SubmitPapers, Agent}}, Evidence: need(ApplicationScan, RequestScan), Exhibits: words("application_scan", "request_scan")},
			{ID: "S4.11", Arrows: []Arrow{{SigningApplication, SubmitPapers, Agent}}, Effects: do(NotifyDocDept)},
			{ID: "S4.12", In: at(ApplicationReview), Arrows: []Arrow{{ApplicationReview, Approve, DocDept}}, Evidence: need(DocumentsAccepted, ApplicationAccepted, DutiesSeparated)},
			{ID: "S4.13", In: at(AwaitingVisit), Evidence: need(OwnerPhoto), Exhibits: words("owner_photo"), Quality: words("dated_photo", "face_in_photo")},
			{ID: "S4.14", In: at(AwaitingVisit), Arrows: []Arrow{{AwaitingVisit, Identify, Agent}}, Evidence: need(OwnerPhoto, OriginalsShown, PassportShown, SNILSShown)},
			{ID: "S4.15", In: at(PhotoReview, Issuing), Arrows: []Arrow{{PhotoReview, Approve, DocDept}}, Evidence: need(IdentityProofed, CertificateMatches), Effects: do(SendToCA), Exhibits: words("certificate")},
			{ID: "S4.16a", In: at(Issued), Arrows: []Arrow{{Issued, Printed, System}}, Evidence: need(CertificatePrinted), Effects: do(PrintCertificate), Exhibits: words("certificate_sheet")},
			{ID: "S4.16c", In: at(CertificateAck), Arrows: []Arrow{{CertificateAck, SubmitPapers, Agent}}, Evidence: need(CertificateScan), Exhibits: words("certificate_scan")},
			{ID: "S4.17", In: at(AckReview), Arrows: []Arrow{{AckReview, Approve, DocDept}}, Evidence: need(AcknowledgementAccepted)},
			{ID: "S4.18", In: at(Writing), Evidence: need(CertificateInstalled)},
			{ID: "S4.19", Arrows: []Arrow{{Writing, Written, Agent}, {Writing, Written, Applicant}}},
		},
	}
}
