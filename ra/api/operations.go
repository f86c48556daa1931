package api

import (
	"reflect"

	"github.com/surguch/surguch/ra"
)

// operations is the one table of what the front does: New registers these
// routes, and /openapi.json describes these rows.
var operations = []operation{
	{
		name: "beginRequest", method: "POST", path: "/requests", keyed: true,
		en: "Begin a request. The form needs no more than legalForm and email yet; one about a certificate that exists, no more than its number.", ru: "Начать заявку",
		problems: []string{"unknown_process", "form", "denied"},
		action:   act((*call).begin).created(),
	},
	{
		name: "listRequests", method: "GET", path: "/requests",
		en: "List and search the requests that the caller may see.", ru: "Список и поиск заявок",
		query: listParameters, action: act((*call).list),
	},
	{
		name: "readRequest", method: "GET", path: "/requests/{id}", entry: visitor,
		en: "Where a request stands, and what it waits for.", ru: "Состояние заявки",
		action: act((*call).read),
	},
	{
		name: "watchRequest", method: "GET", path: "/requests/{id}/events", entry: visitor,
		en: "Server-sent events: an event \"state\" whenever the request has changed, its id the version, its data a summary. The stream ends in a final state; 204 if nothing follows Last-Event-ID.",
		ru: "Состояние заявки по мере изменений", problems: []string{"too_many_streams"},
		action: action{out: shape{[]string{mediaEvents}, reflect.TypeFor[summary]()}, status: 200, streams: true, run: (*call).watch},
	},
	{
		name: "readHistory", method: "GET", path: "/requests/{id}/history",
		en: "The journal of a request, as the role may see it.", ru: "Журнал заявки",
		action: act((*call).history),
	},
	{
		name: "fillForm", method: "PUT", path: "/requests/{id}/form", keyed: true,
		en: "Replace the form.", ru: "Заполнить анкету",
		problems: []string{"form", "denied"}, action: act((*call).fill),
	},
	{
		name: "fireStep", method: "POST", path: "/requests/{id}/steps", keyed: true,
		en: "Take one of the steps that are open.", ru: "Выполнить шаг",
		problems: []string{"refused", "denied", "second_factor"}, action: act((*call).step),
	},
	{
		name: "attestEvidence", method: "POST", path: "/requests/{id}/evidence", keyed: true,
		en: "Record evidence on one's own word; the note says what it rests on.", ru: "Засвидетельствовать",
		problems: []string{"denied", "duties", "second_factor", "refused"}, action: act((*call).attest),
	},
	{
		name: "judgeDocuments", method: "POST", path: "/requests/{id}/verdicts", keyed: true,
		en: "Accept or refuse documents one by one; only what is refused has to be replaced.", ru: "Принять или вернуть документы",
		problems: []string{"content_changed", "duties", "denied"}, action: act((*call).judge),
	},
	{
		name: "identifyOwner", method: "POST", path: "/requests/{id}/identification", keyed: true,
		en: "Record how the owner was identified: in_person, by_certificate, by_chip_passport or by_biometrics.", ru: "Установить личность",
		problems: []string{"denied", "duties", "second_factor", "refused"}, action: act((*call).identifyOwner),
	},
	{
		name: "attachDocument", method: "POST", path: "/requests/{id}/documents", keyed: true, query: attachParameters,
		en: "Attach a document: PDF, JPEG, PNG or TIFF by its content, of at most 20 MiB.", ru: "Приложить документ",
		problems: []string{"document", "denied", "second_factor", "refused"},
		action:   upload(ra.MaxDocument, mediaScans, (*call).attach).created(),
	},
	{
		name: "confirmPower", method: "POST", path: "/requests/{id}/power", keyed: true,
		en: "Hand in an electronic power of attorney: the XML and the principal's detached CMS signature. A representative's own admits him.", ru: "Передать доверенность (МЧД)",
		problems: []string{"power", "denied"}, action: act((*call).confirmPower),
	},
	{
		name: "representApplicant", method: "POST", path: "/requests/{id}/representatives", keyed: true,
		en: "Admit a representative by a power of attorney on paper, whose scan is attached (admit), or end it that he is one (dismiss).", ru: "Допустить представителя",
		problems: []string{"denied"}, action: act((*call).represent),
	},
	{
		name: "linkSupport", method: "POST", path: "/requests/{id}/support", keyed: true,
		en: "Say which case at the help desk is about the request; \"\" takes it back.", ru: "Связать с обращением в поддержку",
		problems: []string{"form", "denied"}, action: act((*call).support),
	},
	{
		name: "forwardOriginals", method: "POST", path: "/originals", keyed: true,
		en: "Record that the originals of requests are posted, and print the register that goes with them.", ru: "Отправить оригиналы",
		problems: []string{"denied"}, action: printed([]string{mediaPDF}, (*call).forward),
	},
	{
		name: "fetchDocument", method: "GET", path: "/requests/{id}/documents/{kind}",
		en: "The latest document of a kind, or the one of a SHA-256.", ru: "Получить документ",
		action: download(mediaDocuments, (*call).document),
	},
	{
		name: "signApplication", method: "POST", path: "/requests/{id}/application-signature", keyed: true,
		en: "Sign the application: a detached CMS signature over application, or over revocation_application where a certificate is to end or to be put on hold, by the certificate that the owner has, DER.",
		ru: "Подписать заявление действующим сертификатом", problems: []string{"signature", "denied"},
		action: upload(signatureMax, []string{mediaSignature}, (*call).signApplication),
	},
	{
		name: "setKeyPhrase", method: "PUT", path: "/requests/{id}/key-phrase", keyed: true,
		en: "Choose the key phrase by which the certificate can be put on hold on the telephone. It is never shown again.", ru: "Задать ключевую фразу",
		problems: []string{"form", "denied"}, action: act((*call).setKeyPhrase),
	},
	{
		name: "giveKeyPhrase", method: "POST", path: "/requests/{id}/key-phrase", keyed: true,
		en: "Take down the key phrase that the owner names on the telephone, in a request to put his certificate on hold.", ru: "Принять ключевую фразу по телефону",
		problems: []string{"phrase_wrong", "wait", "denied"}, action: act((*call).giveKeyPhrase),
	},
	{
		name: "submitRequest", method: "POST", path: "/requests/{id}/request", keyed: true,
		en: "Hand in the PKCS #10 request, DER.", ru: "Сдать запрос на сертификат",
		problems: []string{"pkcs10", "possession", "subject", "purpose", "key_taken", "refused", "denied", "second_factor"},
		action:   upload(derMost, []string{mediaPKCS10}, (*call).submitRequest),
	},
	{
		name: "fetchCertificate", method: "GET", path: "/requests/{id}/certificate",
		en: "The certificate, DER.", ru: "Получить сертификат",
		action: download([]string{mediaCertificate}, (*call).certificate),
	},
	{
		name: "acknowledgeCertificate", method: "POST", path: "/requests/{id}/acknowledgement", keyed: true,
		en: "Acknowledge the certificate: a detached CMS signature over certificate_sheet, by the certificate itself, DER.", ru: "Ознакомиться с сертификатом",
		problems: []string{"signature", "refused", "denied"},
		action:   upload(signatureMax, []string{mediaSignature}, (*call).acknowledge),
	},
	{
		name: "confirmInstallation", method: "POST", path: "/requests/{id}/installation", keyed: true,
		en: "Say that the certificate is beside its key: what was read back, DER.", ru: "Подтвердить запись сертификата",
		problems: []string{"other_certificate", "refused", "denied"},
		action:   upload(derMost, []string{mediaCertificate}, (*call).installed),
	},
	{
		name: "printMarker", method: "POST", path: "/requests/{id}/marker", keyed: true,
		en: "Make a new marker and print it; the one before it ends.", ru: "Напечатать Маркер",
		problems: []string{"refused", "denied", "second_factor"},
		action:   download([]string{mediaPDF}, (*call).marker),
	},
	{
		name: "reviewRequest", method: "GET", path: "/requests/{id}/review",
		en: "What an approver has to look at.", ru: "Просмотр перед одобрением",
		problems: []string{"denied"}, action: act((*call).review),
	},
	{
		name: "approveRequest", method: "POST", path: "/requests/{id}/approvals", keyed: true,
		en: "Approve what was reviewed.", ru: "Одобрить",
		problems: []string{"content_changed", "duties", "second_factor", "denied"}, action: act((*call).approve).created(),
	},
	{
		name: "assignRequest", method: "POST", path: "/requests/{id}/assignment", keyed: true,
		en: "Give the request to somebody to work on; to \"\" takes it back.", ru: "Назначить исполнителя",
		problems: []string{"denied"}, action: act((*call).assign),
	},
	{
		name: "answerCA", method: "POST", path: "/requests/{id}/answers", keyed: true,
		en: "Hand the CA what it asked for.", ru: "Ответить удостоверяющему центру",
		problems: []string{"signature", "denied"}, action: act((*call).answerCA),
	},
	{
		name: "settleTrouble", method: "POST", path: "/requests/{id}/troubles", keyed: true,
		en: "Have work begun again that failed (retry), or settle it by other means (dismiss).", ru: "Решить, как быть со сбоем",
		problems: []string{"denied"}, action: act((*call).settle),
	},
	{
		name: "sendLink", method: "POST", path: "/requests/{id}/link", keyed: true,
		en: "Send the applicant a new individual link; those before it end.", ru: "Отправить новую ссылку",
		problems: []string{"denied", "refused"}, action: act((*call).link),
	},
	{
		name: "endAccess", method: "DELETE", path: "/requests/{id}/access", keyed: true,
		en: "End all links, markers and sessions of the request.", ru: "Закрыть доступ по ссылкам и Маркеру",
		problems: []string{"denied"}, action: act((*call).endAccess),
	},
	{
		name: "openSession", method: "POST", path: "/session", entry: anybody,
		en: "Exchange a link's token or a marker's code for a session. Repeated with the same secret, it is the same session.", ru: "Войти по ссылке или Маркеру",
		problems: []string{"not_found", "wait"}, action: act((*call).enter).created(),
	},
	{
		name: "sendCode", method: "POST", path: "/session/code", entry: session,
		en: "Send the code once more, at most once a minute.", ru: "Отправить код ещё раз",
		problems: []string{"wait"}, action: act((*call).sendCode),
	},
	{
		name: "confirmSession", method: "POST", path: "/session/confirmation", entry: session,
		en: "Enter the code that was sent to the phone.", ru: "Ввести код из СМС",
		problems: []string{"code_wrong", "wait"}, action: act((*call).confirm),
	},
	{
		name: "closeSession", method: "DELETE", path: "/session", entry: session,
		en: "End the session.", ru: "Выйти",
		action: act((*call).leave),
	},
	{
		name: "paymentSettled", method: "POST", path: "/callbacks/payment", entry: machine, keyed: true,
		en: "The payment system says that a request is paid; the note says by what.", ru: "Оплата поступила",
		problems: []string{"denied", "refused"}, action: act((*call).paid),
	},
	{
		name: "contractSigned", method: "POST", path: "/callbacks/contract", entry: machine, keyed: true,
		en: "The system that keeps contracts says that one is signed; the note says which.", ru: "Договор подписан",
		problems: []string{"denied", "refused"}, action: act((*call).contracted),
	},
	{
		name: "newsWait", method: "POST", path: "/callbacks/hasten", entry: machine, keyed: true,
		en: "The CA, the signer or a register says that news wait. Nothing is believed: they are asked now.", ru: "Есть новости: спросить сейчас",
		problems: []string{"denied"}, action: act((*call).hasten),
	},
	{
		name: "describe", method: "GET", path: "/openapi.json", entry: anybody,
		en: "This description.", ru: "Описание интерфейса",
		action: download([]string{mediaJSON}, (*call).openapi),
	},
}
