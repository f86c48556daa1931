package workflow

import (
	"slices"
	"time"
)

// goskey is seed 000: a qualified certificate for a sole trader or the head of
// a company, in the mobile app «Госключ», after one visit to the tax service.
// Key and certificate never leave the app, so nothing is written to a medium.
// Documents that arrive for signing afterwards (S0.3.1 to S0.3.6) are packages
// of the app, not steps of this request.
func goskey() *Process {
	var (
		registers   = []Evidence{RegistersPositive, CheckOverride}
		request     = []Evidence{RequestVerified, ApplicationPrinted, ApplicationAccepted}
		certificate = []Evidence{CertificateMatches, CertificatePrinted, AcknowledgementAccepted}
	)
	return &Process{
		Name:     "goskey",
		Version:  "1.3.0",
		Title:    "Получение сертификата УКЭП ИП и ЮЛ в приложении «Госключ»",
		Source:   "seed 000 (positive scenario only); refusals, returns and deadlines derived",
		Workdays: offices,
		Places: []Place{
			{Draft, "Установка, регистрация СКЗИ и получение сертификата УНЭП ФЛ", Applicant, 30 * day, Expire},
			{FormFilled, "Выбор блока получения сертификата УКЭП для ЮЛ и ИП", Applicant, 30 * day, Expire},
			{AwaitingVisit, "Очное посещение ТО ФНС России", Applicant, 90 * day, Expire},
			{Identified, "Начинаем процесс получения сертификата", Applicant, 30 * day, Expire},
			{KeyGeneration, "Создается запрос на выпуск сертификата", Applicant, 30 * day, Expire},
			{RequestSubmitted, "Запрос на выпуск сертификата создан", System, time.Hour, Escalate},
			{SigningApplication, "Запрос на выпуск сертификата", Applicant, 30 * day, Expire},
			{ManualCheck, "Требуется решение оператора", CAOperator, 3 * day, Escalate},
			{Issuing, "Идет получение сертификата", System, day, Escalate},
			{Issued, "Получен новый сертификат", System, time.Hour, Escalate},
			{CertificateAck, "Продолжается процесс выпуска сертификата", Applicant, 30 * day, Expire},
			{State: Completed, Title: "Завершение выпуска сертификата"},
			{State: Rejected, Title: "Отказано"},
			{State: Cancelled, Title: "Отменена заявителем"},
			{State: Expired, Title: "Истёк срок заявки"},
		},
		Any:      map[Evidence][]Evidence{RegistersConfirmed: registers},
		Contrary: contrary(RegisterRefuted, RegistersConfirmed, RegistersPositive, CheckOverride),
		Exempt: map[Invariant]string{
			I7:  "the tax service issues free of charge",
			I11: "the app that made the key keeps the certificate: nothing is written and read back",
			I12: "nothing is uploaded: the tax office sees the originals itself",
		},
		Steps: slices.Concat([]Step{
			// S0.1.1 to S0.1.8: the app is set up under a confirmed state account, down to the person's own certificate.
			{Draft, Register, Applicant, need(ESIAConfirmed, ConsentGiven, PhoneConfirmed, LicenceAccepted, EntropyReady, UNEPPresent), FormFilled, nil, nil},

			// S0.2.1, S0.2.2: the certificate of the company or the trader is chosen.
			{FormFilled, ChooseKind, Applicant, need(FormValid), AwaitingVisit, do(AskRegisters, SendInstruction), nil},

			// S0.2.3: the visit. The officer compares person, originals and registers.
			{AwaitingVisit, Identify, TaxOffice, need(IdentityProofed, DocumentsAccepted, RegistersConfirmed, AuthorityConfirmed), Identified, do(NotifyApplicant), nil},
			{AwaitingVisit, Return, TaxOffice, need(ReturnReason), FormFilled, do(NotifyApplicant), void(FormValid, RegistersPositive, CheckOverride, RegisterRefuted, ReturnReason)},
			{AwaitingVisit, Recheck, TaxOffice, nil, AwaitingVisit, do(AskRegisters), drop(registers)},

			// S0.2.4, S0.2.5: the app makes the key pair and the request.
			{Identified, OpenKeys, Applicant, nil, KeyGeneration, do(CreateKey), nil},
			{KeyGeneration, SubmitRequest, System, need(RequestVerified), RequestSubmitted, do(PrintApplication), nil},

			// S0.2.6, S0.2.7: what the person reads and signs in the app is printed first; then it goes to the authority.
			{RequestSubmitted, Printed, System, need(ApplicationPrinted), SigningApplication, do(SignApplication), nil},
			{SigningApplication, Accept, System, need(RegistersConfirmed, RequestVerified, ApplicationAccepted), Issuing, do(SendToCA), nil},
			{SigningApplication, Deny, System, need(RegisterRefuted), ManualCheck, do(NotifyOperator), nil},
			{SigningApplication, Declined, System, nil, SigningApplication, do(NotifyApplicant), nil},
			{SigningApplication, Resend, Applicant, nil, SigningApplication, do(SignApplication), void(ApplicationAccepted)},

			// S0.2.8: the list of events shows the new certificate.
			{Issuing, Issue, System, need(CertificateMatches), Issued, do(PrintCertificate, NotifyApplicant), nil},
			{Issuing, RefuseByCA, System, nil, ManualCheck, do(NotifyOperator), drop(request)},
			{Issuing, Mismatch, System, nil, ManualCheck, do(RevokeCertificate, NotifyOperator), drop(request, certificate)},

			// S0.2.9, S0.3.0: the person reads what the certificate says, and it is in force.
			{Issued, Printed, System, need(CertificatePrinted), CertificateAck, do(SignAcknowledgement), nil},
			{CertificateAck, Acknowledge, System, need(AcknowledgementAccepted), Completed, do(NotifyApplicant), nil},
			{CertificateAck, Declined, System, nil, CertificateAck, do(NotifyApplicant, NotifyOperator), nil},
			{CertificateAck, Resend, Applicant, nil, CertificateAck, do(SignAcknowledgement), void(AcknowledgementAccepted)},
			{CertificateAck, Expire, System, nil, Expired, do(RevokeCertificate, NotifyApplicant), nil},

			// What the authority refused or a register refuted, an operator decides.
			{ManualCheck, Reopen, CAOperator, need(RegistersConfirmed), KeyGeneration, do(CreateKey, NotifyApplicant), drop(request)},
		},
			each(Step{On: Expire, By: System, To: Expired, Do: do(NotifyApplicant)}, Draft, FormFilled, AwaitingVisit, Identified, KeyGeneration, SigningApplication),
			each(Step{On: Escalate, By: System, Do: do(NotifyOperator)}, ManualCheck, RequestSubmitted, Issuing, Issued),
			each(Step{On: AskHuman, By: System, Do: do(NotifyOperator)}, AwaitingVisit, SigningApplication, ManualCheck),
			each(Step{On: Recheck, By: CAOperator, Do: do(AskRegisters), Void: drop(registers)}, SigningApplication, ManualCheck),

			// S0.1.6 read backwards: a lost password or phone is a lost key.
			each(Step{On: Revert, By: Applicant, To: KeyGeneration, Do: do(CreateKey), Void: drop(request)}, RequestSubmitted, SigningApplication),
			each(Step{On: Revert, By: Applicant, To: KeyGeneration, Do: do(RevokeCertificate, CreateKey), Void: drop(request, certificate)}, Issued, CertificateAck),

			each(Step{On: Cancel, By: Applicant, To: Cancelled, Do: do(NotifyApplicant)},
				Draft, FormFilled, AwaitingVisit, Identified, KeyGeneration, RequestSubmitted, SigningApplication, ManualCheck),
			each(Step{On: Reject, By: TaxOffice, Needs: need(RejectionReason), To: Rejected, Do: do(NotifyApplicant)}, AwaitingVisit),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(NotifyApplicant)},
				Identified, KeyGeneration, RequestSubmitted, SigningApplication, ManualCheck),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(RevokeCertificate, NotifyApplicant)}, Issued, CertificateAck),
		),

		Clauses: []Clause{
			{ID: "S0.1.3", In: at(Draft), Evidence: need(ESIAConfirmed, ConsentGiven)},
			{ID: "S0.1.4", In: at(Draft), Evidence: need(PhoneConfirmed)},
			{ID: "S0.1.5", In: at(Draft), Evidence: need(LicenceAccepted)},
			{ID: "S0.1.7", In: at(Draft), Evidence: need(EntropyReady)},
			{ID: "S0.1.8", In: at(Draft), Arrows: []Arrow{{Draft, Register, Applicant}}, Evidence: need(UNEPPresent)},
			{ID: "S0.2.1", In: at(FormFilled), Arrows: []Arrow{{FormFilled, ChooseKind, Applicant}}, Evidence: need(FormValid)},
			{ID: "S0.2.2", Arrows: []Arrow{{FormFilled, ChooseKind, Applicant}}, Effects: do(SendInstruction)},
			{ID: "S0.2.3", In: at(AwaitingVisit), Arrows: []Arrow{{AwaitingVisit, Identify, TaxOffice}}, Evidence: need(IdentityProofed, DocumentsAccepted, AuthorityConfirmed)},
			{ID: "S0.2.4", Arrows: []Arrow{{Identified, OpenKeys, Applicant}}},
			{ID: "S0.2.5", In: at(KeyGeneration), Arrows: []Arrow{{KeyGeneration, SubmitRequest, System}}, Evidence: need(RequestVerified), Effects: do(CreateKey), Exhibits: words("request")},
			{ID: "S0.2.6", In: at(RequestSubmitted, SigningApplication), Arrows: []Arrow{{RequestSubmitted, Printed, System}}, Evidence: need(ApplicationPrinted, ApplicationAccepted), Effects: do(PrintApplication, SignApplication), Exhibits: words("application", "request_form")},
			{ID: "S0.2.7", Arrows: []Arrow{{SigningApplication, Accept, System}}, Effects: do(SendToCA)},
			{ID: "S0.2.8", In: at(Issuing), Arrows: []Arrow{{Issuing, Issue, System}}, Evidence: need(CertificateMatches), Effects: do(NotifyApplicant), Exhibits: words("certificate")},
			{ID: "S0.2.9", In: at(Issued, CertificateAck), Arrows: []Arrow{{Issued, Printed, System}}, Evidence: need(CertificatePrinted, AcknowledgementAccepted), Effects: do(SignAcknowledgement), Exhibits: words("certificate_sheet", "certificate_sheet_signature")},
			{ID: "S0.3.0", Arrows: []Arrow{{CertificateAck, Acknowledge, System}}},
		},
	}
}
