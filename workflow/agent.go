package workflow

import (
	"slices"
	"time"
)

// agent is seed 002: an agent network. The applicant's papers are checked by
// the agent and then by the authority; after a visit a printed marker lets the
// key workstation (RQmaker) make the keys, at the owner's desk or the agent's;
// the originals follow by post.
func agent() *Process {
	var (
		registers   = []Evidence{RegistersPositive, CheckOverride}
		refuted     = []Evidence{FormValid, RegisterRefuted}
		papers      = []Evidence{DocumentsComplete, DocumentsAccepted, ApplicationAccepted, DutiesSeparated, ApprovalsComplete}
		visit       = []Evidence{OriginalsShown, IdentityProofed, AuthorityConfirmed, OwnerPhoto, PassportScan}
		request     = []Evidence{RequestVerified, MarkerAccepted, MarkerReceipt}
		certificate = []Evidence{CertificateMatches, CertificatePrinted, AcknowledgementAccepted, CertificateInstalled, StampNumber, MediumHandedOver}
	)
	return &Process{
		Name:      "agent",
		Version:   "1.3.0",
		Title:     "Порядок выдачи сертификата ЭП клиенту через Агента",
		Source:    "seed 002; refusals, returns and deadlines derived",
		Approvals: 1,
		Workdays:  offices,
		Places: []Place{
			{Draft, "Заполнение заявки в личном кабинете", Applicant, 30 * day, Expire},
			{DocumentsPending, "Требуются документы и оплата", Applicant, 30 * day, Expire},
			{AgentReview, "Проверка Агентом", Agent, 3 * day, Remind},
			{Rework, "Требуется исправление", Applicant, 30 * day, Expire},
			{ReadyForReview, "Готова к проверке", CAOperator, day, Escalate},
			{CAReview, "Проверка в УЦ", CAOperator, 5 * day, Escalate},
			{AgentRework, "Возвращена Агенту", Agent, 14 * day, Remind},
			{Approved, "На исполнении", Agent, 3 * day, Remind},
			{AwaitingVisit, "Ожидается клиент", Applicant, 30 * day, Expire},
			{Identified, "Клиент предоставил оригиналы", Agent, 14 * day, Remind},
			{MarkerReady, "Маркер сформирован", Agent, day, Remind},
			{KeyGeneration, "Изготовление ключей на рабочем месте клиента", Applicant, 14 * day, WithdrawMarker},
			{AgentKeyGeneration, "Изготовление ключей у Агента", Agent, 3 * day, WithdrawMarker},
			{ManualCheck, "Требуется решение оператора", CAOperator, 3 * day, Escalate},
			{Issuing, "Выпуск сертификата", System, day, Escalate},
			{Issued, "Сертификат выпущен", System, time.Hour, Escalate},
			{CertificateAck, "Ознакомление с сертификатом", Applicant, 30 * day, Expire},
			{Writing, "Запись на ключевой носитель", Applicant, 30 * day, Remind},
			{Handover, "Вручение носителя и бумажной копии сертификата", Agent, 3 * day, Remind},
			{OriginalsPending, "Оригиналы документов пересылаются в УЦ", Agent, 30 * day, Overdue},
			{OriginalsOverdue, "Оригиналы документов не поступили в срок", Agent, 14 * day, Overdue},
			{State: Completed, Title: "Сертификат выдан, документы в УЦ"},
			{State: Rejected, Title: "Отказано"},
			{State: Cancelled, Title: "Отменена заявителем"},
			{State: Expired, Title: "Истёк срок заявки"},
		},
		Any: map[Evidence][]Evidence{RegistersConfirmed: registers},
		Contrary: slices.Concat(
			contrary(RegisterRefuted, RegistersConfirmed, RegistersPositive, CheckOverride),
			contrary(DeliveryOwn, DeliveryAgent),
		),
		Steps: slices.Concat([]Step{
			// S2.1: either fills in the request; invoice, application and list are printed from it.
			{Draft, Submit, Applicant, need(FormValid), DocumentsPending, do(PrintInvoice, PrintApplication, PrintDocumentList), nil},
			{Draft, Submit, Agent, need(FormValid), DocumentsPending, do(PrintInvoice, PrintApplication, PrintDocumentList), nil},

			// S2.2: scans and the signed application, uploaded or mailed to the agent.
			{DocumentsPending, SubmitDocuments, Applicant, need(DocumentsComplete), AgentReview, do(NotifyAgent), nil},
			{DocumentsPending, SubmitDocuments, Agent, need(DocumentsComplete), AgentReview, nil, nil},

			// S2.3: the agent finds the set complete and paid for: «Готова к проверке».
			{AgentReview, Endorse, Agent, need(FormValid, DocumentsComplete, PaymentSettled), ReadyForReview, do(NotifyOperator), nil},
			{AgentReview, Return, Agent, need(ReturnReason), Rework, do(NotifyApplicant), void(DocumentsComplete, ReturnReason)},
			{Rework, Resubmit, Applicant, need(FormValid, DocumentsComplete), AgentReview, do(NotifyAgent), nil},
			{Rework, Resubmit, Agent, need(FormValid, DocumentsComplete), AgentReview, nil, nil},

			// S2.4: the authority checks again and asks the registers; all of it together is «На исполнении».
			{ReadyForReview, Take, CAOperator, nil, CAReview, do(AskRegisters), drop(registers)},
			{CAReview, Approve, System, need(DocumentsAccepted, ApplicationAccepted, RegistersConfirmed, DutiesSeparated, ApprovalsComplete), Approved, do(NotifyAgent, NotifyApplicant), nil},
			{CAReview, Deny, System, need(RegisterRefuted), AgentRework, do(NotifyAgent), drop(refuted, papers)},
			{CAReview, Return, CAOperator, need(ReturnReason), AgentRework, do(NotifyAgent), drop(void(ReturnReason), papers)},
			{CAReview, AskHuman, System, nil, CAReview, do(NotifyOperator), nil},
			{AgentRework, Resubmit, Agent, need(FormValid, DocumentsComplete), ReadyForReview, do(NotifyOperator), nil},
			{AgentRework, Return, Agent, need(ReturnReason), Rework, do(NotifyApplicant), void(ReturnReason)},

			// S2.5, S2.6: the client is told and comes; identity, powers, photograph, and a copy of the passport that he shows.
			{Approved, Invite, Agent, nil, AwaitingVisit, do(NotifyApplicant), void(PassportScan)},
			{AwaitingVisit, Identify, Agent, need(OriginalsShown, IdentityProofed, AuthorityConfirmed, OwnerPhoto, PassportScan), Identified, nil, nil},
			{AwaitingVisit, Return, Agent, need(ReturnReason), AgentRework, nil, drop(void(ReturnReason), papers, visit)},

			// S2.7: the client chooses. S2.7.1: marker and instruction against signature. S2.7.2: the agent keeps the marker.
			{Identified, PrepareMarker, Agent, nil, MarkerReady, do(IssueMarker), nil},
			{MarkerReady, GiveMarker, Agent, need(DeliveryOwn, MarkerReceipt), KeyGeneration, nil, nil},
			{MarkerReady, KeepMarker, Agent, need(DeliveryAgent), AgentKeyGeneration, nil, nil},

			// S2.7.1, S2.7.2: RQmaker shows the marker, makes the keys and hands in the request.
			{KeyGeneration, SubmitRequest, Applicant, need(MarkerAccepted, RegistersConfirmed, RequestVerified), Issuing, do(SendToCA), nil},
			{AgentKeyGeneration, SubmitRequest, Agent, need(MarkerAccepted, RegistersConfirmed, RequestVerified), Issuing, do(SendToCA), nil},
			{Issuing, Issue, System, need(CertificateMatches), Issued, do(PrintCertificate), nil},
			{Issuing, RefuseByCA, System, nil, ManualCheck, do(RevokeMarker, NotifyOperator), drop(request)},
			{Issuing, Mismatch, System, nil, ManualCheck, do(RevokeMarker, RevokeCertificate, NotifyOperator), drop(request, certificate)},
			{ManualCheck, Reopen, CAOperator, nil, Identified, do(NotifyAgent), nil},

			// S2.7.1: the owner acknowledges and installs in the same session.
			{Issued, Printed, System, need(CertificatePrinted, DeliveryOwn), CertificateAck, do(NotifyApplicant), nil},
			{CertificateAck, Acknowledge, System, need(AcknowledgementAccepted), Writing, nil, nil},
			{Writing, Written, Applicant, need(CertificateInstalled), OriginalsPending, do(NotifyApplicant, NotifyAgent), nil},

			// S2.7.2: medium, and paper certificate under the numbered stamp, against signature.
			{Issued, ReadyForHandover, System, need(CertificatePrinted, DeliveryAgent), Handover, do(NotifyAgent), nil},
			{Handover, HandOver, Agent, need(CertificateInstalled, StampNumber, AcknowledgementAccepted, MediumHandedOver), OriginalsPending, do(NotifyApplicant), nil},

			// S2.8: the agent posts the originals; without them the certificate does not stay in force.
			{OriginalsPending, ReceiveOriginals, CAOperator, need(OriginalsDispatched, OriginalsReceived), Completed, do(NotifyAgent), nil},
			{OriginalsPending, Overdue, System, nil, OriginalsOverdue, do(NotifyAgent, NotifyOperator), nil},
			{OriginalsOverdue, Overdue, System, nil, OriginalsOverdue, do(SuspendCertificate, NotifyApplicant, NotifyAgent, NotifyOperator), nil},
			{OriginalsOverdue, ReceiveOriginals, CAOperator, need(OriginalsReceived), Completed, do(ResumeCertificate, NotifyAgent), nil},

			// A marker is used once and in time (S2.7); a certificate is acknowledged in time.
			{CertificateAck, Expire, System, nil, Expired, do(RevokeCertificate, NotifyApplicant, NotifyAgent), nil},
		},
			each(Step{On: WithdrawMarker, By: System, To: Identified, Do: do(RevokeMarker, NotifyAgent), Void: drop(request)}, KeyGeneration, AgentKeyGeneration),
			each(Step{On: WithdrawMarker, By: Agent, To: Identified, Do: do(RevokeMarker), Void: drop(request)}, MarkerReady, KeyGeneration, AgentKeyGeneration),
			each(Step{On: Expire, By: System, To: Expired, Do: do(NotifyApplicant, NotifyAgent)}, Draft, DocumentsPending, Rework, AwaitingVisit),
			each(Step{On: Remind, By: System, Do: do(NotifyAgent)}, AgentReview, AgentRework, Approved, Identified, MarkerReady, Handover),
			each(Step{On: Remind, By: System, Do: do(NotifyApplicant, NotifyAgent)}, Writing),
			each(Step{On: Escalate, By: System, Do: do(NotifyOperator)}, ReadyForReview, CAReview, ManualCheck, Issuing, Issued),

			// Answers of the registers grow old before the client comes.
			each(Step{On: Recheck, By: CAOperator, Do: do(AskRegisters), Void: drop(registers)}, CAReview, Identified, MarkerReady, KeyGeneration, AgentKeyGeneration),
			each(Step{On: AskHuman, By: System, Do: do(NotifyOperator)}, Identified, MarkerReady, KeyGeneration, AgentKeyGeneration),
			each(Step{On: Deny, By: System, Needs: need(RegisterRefuted), To: AgentRework, Do: do(RevokeMarker, NotifyAgent), Void: drop(refuted, papers, visit, request)},
				Identified, MarkerReady, KeyGeneration, AgentKeyGeneration),

			// The key is lost before it could be used.
			each(Step{On: Revert, By: Applicant, To: Identified, Do: do(RevokeCertificate, NotifyAgent), Void: drop(request, certificate)}, CertificateAck, Writing),
			each(Step{On: Revert, By: Agent, To: Identified, Do: do(RevokeCertificate), Void: drop(request, certificate)}, CertificateAck, Writing, Handover),

			each(Step{On: Cancel, By: Applicant, To: Cancelled, Do: do(NotifyAgent)},
				Draft, DocumentsPending, AgentReview, Rework, ReadyForReview, CAReview, AgentRework, Approved, AwaitingVisit, Identified),
			each(Step{On: Cancel, By: Applicant, To: Cancelled, Do: do(RevokeMarker, NotifyAgent)}, MarkerReady, KeyGeneration, AgentKeyGeneration, ManualCheck),
			each(Step{On: Cancel, By: Agent, To: Cancelled, Do: do(NotifyApplicant)}, Draft, DocumentsPending, AgentReview, Rework, AgentRework, Approved, AwaitingVisit, Identified),
			each(Step{On: Cancel, By: Agent, To: Cancelled, Do: do(RevokeMarker, NotifyApplicant)}, MarkerReady, KeyGeneration, AgentKeyGeneration),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(NotifyApplicant, NotifyAgent)},
				ReadyForReview, CAReview, AgentRework, Approved, AwaitingVisit, Identified),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(RevokeMarker, NotifyApplicant, NotifyAgent)},
				MarkerReady, KeyGeneration, AgentKeyGeneration, ManualCheck),
			each(Step{On: Reject, By: CAOperator, Needs: need(RejectionReason), To: Rejected, Do: do(RevokeCertificate, NotifyApplicant, NotifyAgent)},
				Issued, CertificateAck, Writing, Handover, OriginalsPending, OriginalsOverdue),
		),

		Clauses: []Clause{
			{ID: "S2.1a", In: at(Draft), Arrows: []Arrow{{Draft, Submit, Applicant}, {Draft, Submit, Agent}}, Evidence: need(FormValid)},
			{ID: "S2.1b", Effects: do(PrintInvoice, PrintApplication, PrintDocumentList), Exhibits: words("invoice", "application", "document_list")},
			{ID: "S2.2b", In: at(DocumentsPending), Arrows: []Arrow{{DocumentsPending, SubmitDocuments, Applicant}, {DocumentsPending, SubmitDocuments, Agent}}, Evidence: need(DocumentsComplete), Exhibits: words("passport_scan", "snils_scan", "application_scan")},
			{ID: "S2.2c", Evidence: need(PaymentSettled)},
			{ID: "S2.3a", Arrows: []Arrow{{AgentReview, Endorse, Agent}, {AgentReview, Return, Agent}}},
			{ID: "S2.3b", Arrows: []Arrow{{AgentReview, Endorse, Agent}}},
			{ID: "S2.4a", In: at(CAReview), Arrows: []Arrow{{ReadyForReview, Take, CAOperator}}, Evidence: need(DocumentsAccepted, ApplicationAccepted, DutiesSeparated, RegistersPositive), Effects: do(AskRegisters)},
			{ID: "S2.4b", Arrows: []Arrow{{CAReview, Approve, System}}, Evidence: need(ApprovalsComplete)},
			{ID: "S2.5", Arrows: []Arrow{{Approved, Invite, Agent}}, Effects: do(NotifyApplicant)},
			{ID: "S2.6a", In: at(AwaitingVisit), Evidence: need(OriginalsShown, IdentityProofed, AuthorityConfirmed)},
			{ID: "S2.6b", In: at(AwaitingVisit), Arrows: []Arrow{{AwaitingVisit, Identify, Agent}}, Evidence: need(OwnerPhoto, PassportScan), Exhibits: words("owner_photo", "passport_scan")},
			{ID: "S2.7", Arrows: []Arrow{{MarkerReady, GiveMarker, Agent}, {MarkerReady, KeepMarker, Agent}}},
			{ID: "S2.7.1a", In: at(MarkerReady), Arrows: []Arrow{{MarkerReady, GiveMarker, Agent}}, Evidence: need(DeliveryOwn, MarkerReceipt), Effects: do(IssueMarker)},
			{ID: "S2.7.1b", In: at(KeyGeneration, Writing), Arrows: []Arrow{{KeyGeneration, SubmitRequest, Applicant}}, Evidence: need(MarkerAccepted, RequestVerified, CertificateInstalled), Effects: do(SendToCA)},
			{ID: "S2.7.2a", In: at(MarkerReady, AgentKeyGeneration, Handover), Arrows: []Arrow{{Handover, HandOver, Agent}}, Evidence: need(DeliveryAgent, MarkerAccepted, RequestVerified, CertificateInstalled, AcknowledgementAccepted, MediumHandedOver)},
			{ID: "S2.7.2b", Evidence: need(StampNumber)},
			{ID: "S2.8", In: at(OriginalsPending, OriginalsOverdue), Arrows: []Arrow{{OriginalsPending, ReceiveOriginals, CAOperator}, {OriginalsOverdue, ReceiveOriginals, CAOperator}}, Evidence: need(OriginalsDispatched, OriginalsReceived)},
		},
	}
}
