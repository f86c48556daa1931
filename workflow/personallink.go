package workflow

import (
	"slices"
	"time"
)

// personalLink is seed 001: remote issue over an individual link. The person
// fills in a form, state registers confirm it, keys are made at home, and the
// application is signed in the mobile app «Госключ», whose qualified
// certificate proves who the person is.
func personalLink() *Process {
	// What a step back drops. The registers' answers fall with a changed form,
	// the request with a changed key, the certificate with either.
	var (
		registers   = []Evidence{RegistersPositive, CheckOverride}
		refuted     = []Evidence{FormValid, RegisterRefuted}
		amended     = []Evidence{FormValid, RegistersPositive, CheckOverride}
		request     = []Evidence{RequestVerified, ApplicationPrinted, IdentityProofed, ApplicationAccepted}
		certificate = []Evidence{CertificateMatches, CertificatePrinted, AcknowledgementAccepted, CertificateInstalled}
	)
	return &Process{
		Name:     "personal-link",
		Version:  "1.2.0",
		Title:    "Дистанционный выпуск по индивидуальной ссылке",
		Source:   "seed 001; refusals, returns and deadlines derived",
		Start:    do(SendLink), // S1.1
		Workdays: offices,
		Places: []Place{
			{Draft, "Анкета не заполнена", Applicant, 30 * day, Expire},
			{AutoCheck, "Идет автоматическая проверка СМЭВ", System, day, AskHuman}, // usually 10 to 30 minutes (S1.5)
			{ManualCheck, "Требуется проверка документов оператором", CAOperator, 3 * day, Escalate},
			{KeyGeneration, "Требуется сформировать запрос на выпуск сертификата", Applicant, 30 * day, Expire},
			{RequestSubmitted, "Запрос успешно сгенерирован", System, time.Hour, Escalate},
			{SigningApplication, "Подписание заявления и запроса в приложении Госключ", Applicant, 30 * day, Expire},
			{Issuing, "Выпуск сертификата", System, day, Escalate},
			{Issued, "Сертификат выпущен", System, time.Hour, Escalate},
			{CertificateAck, "Требуется подписать бланк выпущенного сертификата", Applicant, 30 * day, Expire},
			{Writing, "Запись на ключевой носитель", Applicant, 30 * day, Remind},
			{State: Completed, Title: "Выпуск сертификата завершен"},
			{State: Rejected, Title: "Запрос отклонен"},
			{State: Cancelled, Title: "Отменена заявителем"},
			{State: Expired, Title: "Истёк срок заявки"},
		},
		Any:      map[Evidence][]Evidence{RegistersConfirmed: registers},
		Contrary: contrary(RegisterRefuted, RegistersConfirmed, RegistersPositive, CheckOverride),
		Exempt: map[Invariant]string{
			I3:  "no documents are uploaded: the registers answer for them",
			I12: "no agent takes part, so nobody accepts what he uploaded himself",
		},
		Steps: slices.Concat([]Step{
			// S1.2, S1.3: the form, finished with «Далее».
			{Draft, Submit, Applicant, need(FormValid, PaymentSettled), AutoCheck, do(AskRegisters), nil},

			// S1.4 to S1.6: the registers answer; on success the next step opens by itself.
			{AutoCheck, Confirm, System, need(RegistersConfirmed), KeyGeneration, do(NotifyApplicant), nil},
			{AutoCheck, Deny, System, need(RegisterRefuted), Draft, do(NotifyApplicant), drop(refuted)},
			{AutoCheck, AskHuman, System, nil, ManualCheck, do(NotifyOperator), nil},

			// A person decides where the registers could not; a late answer still counts.
			{ManualCheck, Confirm, System, need(RegistersPositive), KeyGeneration, do(NotifyApplicant), nil},
			{ManualCheck, Deny, System, need(RegisterRefuted), Draft, do(NotifyApplicant), drop(refuted)},
			{ManualCheck, ApproveCheck, CAOperator, need(CheckOverride), KeyGeneration, do(NotifyApplicant), nil},
			{ManualCheck, Recheck, CAOperator, nil, AutoCheck, do(AskRegisters), drop(registers)},
			{ManualCheck, Return, CAOperator, need(ReturnReason), Draft, do(NotifyApplicant), drop(void(ReturnReason), amended)},

			// S1.7: keys and request are made where the key will live; «Сохранить и продолжить».
			{KeyGeneration, SubmitRequest, Applicant, need(RegistersConfirmed, RequestVerified), RequestSubmitted, do(PrintApplication), nil},
			{RequestSubmitted, Printed, System, need(ApplicationPrinted), SigningApplication, do(SignApplication), nil},

			// S1.8: both papers are signed in the app, which identifies the signer.
			{SigningApplication, Accept, System, need(RegistersConfirmed, AuthorityConfirmed, RequestVerified, IdentityProofed, ApplicationAccepted), Issuing, do(SendToCA), nil},
			{SigningApplication, Declined, System, nil, SigningApplication, do(NotifyApplicant), nil},
			{SigningApplication, Resend, Applicant, nil, SigningApplication, do(SignApplication), void(IdentityProofed, ApplicationAccepted)},

			// S1.9: the certificate, and its sheet to be signed in the app as well.
			{Issuing, Issue, System, need(CertificateMatches), Issued, do(PrintCertificate), nil},
			{Issued, Printed, System, need(CertificatePrinted), CertificateAck, do(SignAcknowledgement), nil},
			{CertificateAck, Acknowledge, System, need(AcknowledgementAccepted), Writing, do(NotifyApplicant), nil},
			{CertificateAck, Declined, System, nil, CertificateAck, do(NotifyApplicant, NotifyOperator), nil},
			{CertificateAck, Resend, Applicant, nil, CertificateAck, do(SignAcknowledgement), void(AcknowledgementAccepted)},
			{CertificateAck, Amend, Applicant, nil, Draft, do(RevokeCertificate, NotifyOperator), drop(amended, request, certificate)},

			// The authority may refuse, or issue something we did not ask for.
			{Issuing, RefuseByCA, System, nil, ManualCheck, do(NotifyOperator), drop(registers, request)},
			{Issuing, Mismatch, System, nil, ManualCheck, do(RevokeCertificate, NotifyOperator), drop(registers, request, certificate)},

			// S1.10: «Записать на ключевой носитель», on the medium that holds the key.
			{Writing, Written, Applicant, need(CertificateInstalled), Completed, do(NotifyApplicant), nil},

			// Deadlines of the authority remind; those of the applicant end the request,
			// and a certificate nobody acknowledges does not live on.
			{CertificateAck, Expire, System, nil, Expired, do(RevokeCertificate, NotifyApplicant), nil},
			{Writing, Remind, System, nil, Writing, do(NotifyApplicant, NotifyOperator), nil},
		},
			each(Step{On: Expire, By: System, To: Expired, Do: do(NotifyApplicant)}, Draft, KeyGeneration, SigningApplication),
			each(Step{On: Escalate, By: System, Do: do(NotifyOperator)}, ManualCheck, RequestSubmitted, Issuing, Issued),

			// Answers of the registers grow old while the applicant takes his time.
			each(Step{On: Recheck, By: CAOperator, Do: do(AskRegisters), Void: drop(registers)}, KeyGeneration, SigningApplication),
			each(Step{On: AskHuman, By: System, Do: do(NotifyOperator)}, KeyGeneration, SigningApplication),
			each(Step{On: Deny, By: System, Needs: need(RegisterRefuted), To: Draft, Do: do(NotifyApplicant), Void: drop(refuted, request)}, KeyGeneration, SigningApplication),

			// The data changed: back to the form. The key is lost: back to a new one.
			each(Step{On: Amend, By: Applicant, To: Draft, Void: drop(amended, request)}, AutoCheck, KeyGeneration, RequestSubmitted, SigningApplication),
			each(Step{On: Revert, By: Applicant, To: KeyGeneration, Void: drop(request)}, RequestSubmitted, SigningApplication),
			each(Step{On: Revert, By: CAOperator, To: KeyGeneration, Do: do(NotifyApplicant), Void: drop(request)}, RequestSubmitted, SigningApplication),
			each(Step{On: Revert, By: Applicant, To: KeyGeneration, Do: do(RevokeCertificate), Void: drop(request, certificate)}, Issued, CertificateAck, Writing),
			each(Step{On: Revert, By: CAOperator, To: KeyGeneration, Do: do(RevokeCertificate, NotifyApplicant), Void: drop(request, certificate)},
				Issued, CertificateAck, Writing),

			// Until the authority has the request the applicant may withdraw; a refusal names its reason.
			each(Step{On: Cancel, By: Applicant, To: Cancelled, Do: do(NotifyApplicant)}, Draft, AutoCheck, ManualCheck, KeyGeneration, RequestSubmitted, SigningApplication),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(NotifyApplicant)},
				Draft, AutoCheck, ManualCheck, KeyGeneration, RequestSubmitted, SigningApplication),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(RevokeCertificate, NotifyApplicant)}, Issued, CertificateAck, Writing),
		),

		Clauses: []Clause{
			{ID: "S1.1", Begins: true, Effects: do(SendLink)},
			{ID: "S1.2", In: at(Draft), Evidence: need(FormValid)},
			{ID: "S1.3", Arrows: []Arrow{{Draft, Submit, Applicant}}},
			{ID: "S1.4", In: at(AutoCheck), Evidence: need(RegistersPositive), Effects: do(AskRegisters), Exhibits: words("smev_passport", "smev_snils", "smev_inn")},
			{ID: "S1.6", Arrows: []Arrow{{AutoCheck, Confirm, System}}, Effects: do(NotifyApplicant)},
			{ID: "S1.7", Arrows: []Arrow{{AutoCheck, Confirm, System}, {ManualCheck, Confirm, System}, {ManualCheck, ApproveCheck, CAOperator}}},
			{ID: "S1.7e", In: at(KeyGeneration), Arrows: []Arrow{{KeyGeneration, SubmitRequest, Applicant}}, Evidence: need(RequestVerified), Exhibits: words("request")},
			{ID: "S1.8", In: at(RequestSubmitted), Arrows: []Arrow{{RequestSubmitted, Printed, System}}, Evidence: need(ApplicationPrinted), Effects: do(PrintApplication, SignApplication), Exhibits: words("application", "request_form")},
			{ID: "S1.8h", In: at(SigningApplication), Arrows: []Arrow{{SigningApplication, Accept, System}}, Evidence: need(IdentityProofed, ApplicationAccepted), Effects: do(SendToCA), Exhibits: words("application_signature", "request_form_signature")},
			{ID: "S1.9", In: at(Issuing, Issued), Arrows: []Arrow{{Issued, Printed, System}}, Evidence: need(CertificateMatches, CertificatePrinted), Effects: do(PrintCertificate, SignAcknowledgement), Exhibits: words("certificate", "certificate_sheet")},
			{ID: "S1.9b", In: at(CertificateAck), Evidence: need(AcknowledgementAccepted), Exhibits: words("certificate_sheet_signature")},
			{ID: "S1.10", Arrows: []Arrow{{CertificateAck, Acknowledge, System}}},
			{ID: "S1.10c", In: at(Writing), Evidence: need(CertificateInstalled)},
			{ID: "S1.10d", Arrows: []Arrow{{Writing, Written, Applicant}}},
			{ID: "S1.10e", Arrows: []Arrow{{Writing, Written, Applicant}}, Effects: do(NotifyApplicant)},
		},
	}
}
