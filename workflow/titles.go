package workflow

import "cmp"

// Title returns the Russian name of the role for screens and printed forms; of
// an embedder's own role, the role itself.
func (r Role) Title() string { return cmp.Or(roleTitles[r], string(r)) }

// Title returns the Russian name of the event, worded as the label of a button
// or a line of the history; of an embedder's own event, the event itself.
func (e Event) Title() string { return cmp.Or(eventTitles[e], string(e)) }

// Title returns the Russian name of the evidence, worded to follow "требуется:";
// of an embedder's own evidence, the evidence itself.
func (e Evidence) Title() string { return cmp.Or(evidenceTitles[e], string(e)) }

// Title returns the Russian name of the effect, worded as work that is under
// way; of an embedder's own effect, the effect itself.
func (e Effect) Title() string { return cmp.Or(effectTitles[e], string(e)) }

var roleTitles = map[Role]string{
	Applicant:     "Заявитель",
	ApplicantRep:  "Представитель заявителя",
	Agent:         "Агент",
	ServiceCentre: "Сервисный центр",
	CAOperator:    "Оператор удостоверяющего центра",
	DocDept:       "Документальный отдел",
	TaxOffice:     "Территориальный орган ФНС России",
	System:        "Система",
}

var eventTitles = map[Event]string{
	Register:         "Зарегистрироваться в приложении",
	ChooseKind:       "Выбрать вид сертификата",
	Submit:           "Далее",
	CreateForm:       "Создать форму для получения сертификата",
	SubmitDocuments:  "Отправить документы",
	Amend:            "Изменить анкету",
	Confirm:          "Сведения подтверждены",
	Deny:             "Сведения не подтверждены",
	AskHuman:         "Передать оператору",
	Recheck:          "Повторить проверку",
	ApproveCheck:     "Подтвердить сведения",
	Endorse:          "Готова к проверке",
	Take:             "Взять на проверку",
	Approve:          "Одобрить",
	Return:           "Вернуть на исправление",
	ReturnDocuments:  "Вернуть документы на исправление",
	Resubmit:         "Отправить исправленное",
	Reopen:           "Разрешить новый запрос",
	Invite:           "Пригласить клиента",
	Identify:         "Клиент пришел",
	PrepareMarker:    "Сформировать маркер",
	GiveMarker:       "Выдать маркер под роспись",
	KeepMarker:       "Изготовить ключи у Агента",
	WithdrawMarker:   "Отозвать маркер",
	OpenKeys:         "Открыть формирование ключей",
	SubmitRequest:    "Сохранить и продолжить",
	Printed:          "Бланки сформированы",
	SubmitPapers:     "Завершить",
	Accept:           "Передать на выпуск",
	Declined:         "Отказ от подписания",
	Resend:           "Отправить на подпись повторно",
	Issue:            "Сертификат выпущен",
	RefuseByCA:       "Отказ удостоверяющего центра",
	Mismatch:         "Сертификат не соответствует запросу",
	Acknowledge:      "Бланк сертификата подписан",
	Written:          "Записать на ключевой носитель",
	ReadyForHandover: "Готов к вручению",
	HandOver:         "Вручить носитель и сертификат",
	ReceiveOriginals: "Оригиналы получены",
	Revert:           "Откатить заявку",
	Cancel:           "Отменить заявку",
	Reject:           "Отказать",
	Expire:           "Срок истёк",
	Escalate:         "Передать на контроль",
	Remind:           "Напомнить",
	Overdue:          "Срок поступления истёк",
}

var evidenceTitles = map[Evidence]string{
	FormValid:               "заполненная анкета без ошибок",
	RegistersConfirmed:      "подтверждение сведений",
	DocumentsAccepted:       "принятые документы",
	IdentityProofed:         "установленная личность",
	RequestVerified:         "проверенный запрос на сертификат",
	ApplicationAccepted:     "принятое заявление",
	PaymentSettled:          "оплата",
	AuthorityConfirmed:      "подтверждённые полномочия",
	CertificateMatches:      "сертификат, соответствующий запросу",
	AcknowledgementAccepted: "ознакомление с сертификатом под подпись",
	CertificateInstalled:    "сертификат на ключевом носителе",
	DutiesSeparated:         "проверка документов не тем, кто их загрузил",
	RegistersPositive:       "положительный ответ СМЭВ",
	RegisterRefuted:         "отрицательный ответ СМЭВ",
	CheckOverride:           "решение оператора о проверке",
	DocumentsComplete:       "полный комплект документов",
	PassportScan:            "скан паспорта (разворот с фото)",
	SNILSScan:               "скан СНИЛС",
	OwnerPhoto:              "фотография клиента",
	ExecutorPhone:           "телефон сотрудника, который будет выполнять запрос сертификата",
	ApprovalsComplete:       "одобрение ответственных лиц",
	RejectionReason:         "причина отказа",
	ReturnReason:            "перечень исправлений",
	ApplicationPrinted:      "бланк заявления",
	ApplicationSigned:       "подписанное заявление",
	SignedOnPaper:           "скан заявления с собственноручной подписью",
	SignedByOldKey:          "заявление, подписанное старым сертификатом",
	ApplicationScan:         "цветной скан заявления",
	RequestScan:             "цветной скан запроса на сертификат",
	ApplicationOriginal:     "оригинал заявления либо подпись старым сертификатом",
	ApplicationReceived:     "оригинал заявления",
	ESIAConfirmed:           "подтверждённая учётная запись Госуслуг",
	ConsentGiven:            "согласие на передачу данных",
	PhoneConfirmed:          "код из СМС",
	LicenceAccepted:         "принятое лицензионное соглашение",
	EntropyReady:            "случайные числа для работы приложения",
	UNEPPresent:             "сертификат УНЭП",
	OriginalsShown:          "предъявленные оригиналы документов",
	PassportShown:           "предъявленный паспорт",
	SNILSShown:              "предъявленный СНИЛС",
	DeliveryOwn:             "получение на своем рабочем месте",
	DeliveryAgent:           "получение у Агента",
	MarkerReceipt:           "подпись за маркер и инструкцию",
	MarkerAccepted:          "действующий маркер",
	CertificatePrinted:      "бланк сертификата",
	CertificateScan:         "скан подписанного бланка сертификата",
	StampNumber:             "номер печати на бумажной копии",
	MediumHandedOver:        "подпись за носитель",
	OriginalsDispatched:     "отправленные оригиналы",
	OriginalsReceived:       "полученные оригиналы",
}

var effectTitles = map[Effect]string{
	SendLink:            "отправка индивидуальной ссылки",
	SendInvoice:         "отправка счёта",
	SendPack:            "отправка комплекта документов",
	SendInstruction:     "отправка инструкции",
	SendSMS:             "отправка СМС",
	NotifyApplicant:     "уведомление заявителя",
	NotifyAgent:         "уведомление Агента",
	NotifyServiceCentre: "уведомление сервисного центра",
	NotifyOperator:      "уведомление оператора",
	NotifyDocDept:       "уведомление документального отдела",
	AskRegisters:        "запросы в государственные реестры",
	PrintInvoice:        "формирование счёта",
	PrintDocumentList:   "формирование списка документов",
	PrintApplication:    "формирование бланков заявления",
	SignApplication:     "подписание заявления в приложении",
	IssueMarker:         "формирование маркера",
	RevokeMarker:        "отзыв маркера",
	CreateKey:           "создание ключа в приложении",
	SendToCA:            "выпуск сертификата удостоверяющим центром",
	PrintCertificate:    "формирование бланка сертификата",
	SignAcknowledgement: "подписание бланка сертификата в приложении",
	RevokeCertificate:   "прекращение действия сертификата",
	SuspendCertificate:  "приостановление действия сертификата",
	ResumeCertificate:   "возобновление действия сертификата",
}
