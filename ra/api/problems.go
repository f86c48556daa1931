package api

import (
	"context"
	"errors"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// row is one way to be refused: the errors that lead to it and what is
// answered.
type row struct {
	code          string
	status        int
	fits          func(error) bool
	fill          func(error, *problem)
	title, detail string
	ru            string
	current       bool // the answer shows the request as it is now
}

// rowOf finds the row of an error; the last one if there is none of its own.
func rowOf(err error) *row {
	for i := range problems {
		if problems[i].fits(err) {
			return &problems[i]
		}
	}
	return &problems[len(problems)-1]
}

// of makes a row's first members of a fault of this package.
func of(code string) row {
	return row{code: code, fits: func(err error) bool {
		var f fault
		return errors.As(err, &f) && string(f) == code
	}, fill: func(error, *problem) {}}
}

// is makes them of a sentinel, and of the fault of the same code.
func is(code string, sentinel error) row {
	r := of(code)
	own := r.fits
	r.fits = func(err error) bool { return errors.Is(err, sentinel) || own(err) }
	return r
}

// as makes them of a type of errors, from which fill takes more.
func as[E error](code string, fill func(E, *problem)) row {
	find := func(err error) (e E, ok bool) {
		ok = errors.As(err, &e)
		return e, ok
	}
	return row{
		code: code,
		fits: func(err error) bool {
			_, ok := find(err)
			return ok
		},
		fill: func(err error, p *problem) {
			if e, ok := find(err); ok && fill != nil {
				fill(e, p)
			}
		},
	}
}

func (r row) says(status int, title, detail, ru string) row {
	r.status, r.title, r.detail, r.ru = status, title, detail, ru
	return r
}

func (r row) showing() row {
	r.current = true
	return r
}

// problems is the one table from errors to answers, the first that fits
// counting. Codes are stable: once released none is renamed.
var problems = []row{
	// How one comes in.
	of("unauthenticated").says(401, "Not authenticated", "Show who you are: Authorization: Bearer.",
		"Не удалось установить, кто обращается. Войдите ещё раз."),
	is("not_found", ra.ErrNotFound).says(404, "Not found", "There is nothing here, or not for you, or the credential does not open it.",
		"Ничего не найдено, либо ссылка, код или сеанс не действуют. Проверьте их или получите новые."),
	is("unconfirmed", ra.ErrUnconfirmed).says(403, "The code is missing", "Enter the code that was sent to the phone: POST /session/confirmation.",
		"Введите код из СМС: без него личные данные не показываются."),
	as("code_wrong", func(e *ra.CodeError, p *problem) { p.Left = &e.Left }).says(403, "Wrong code", "The code is not the one that was sent.",
		"Код неверный. Проверьте последнее СМС и введите код ещё раз."),
	as("phrase_wrong", func(e *ra.PhraseError, p *problem) { p.Left = &e.Left }).says(403, "Wrong key phrase", "It is not the phrase of the application for the certificate.",
		"Фраза не та, что в заявлении на сертификат. Переспросите; число попыток ограничено, см. left."),
	as("wait", func(e *ra.WaitError, p *problem) { p.Until = e.Until.UTC() }).says(429, "Not yet", "Come again when the time given is over.",
		"Слишком много попыток. Повторите, когда пройдёт указанное время."),
	as[*slowError]("too_many", nil).says(429, "Too many requests", "Come again after Retry-After.",
		"Слишком много обращений. Повторите чуть позже."),
	of("too_many_streams").says(429, "Too many streams", "Close a stream, or ask for the state now and then.",
		"Открыто слишком много подписок на состояние. Закройте лишние окна."),
	of("cross_origin").says(403, "Another origin", "Requests from pages of other origins are not taken.",
		"Обращение пришло с чужой страницы и не принято."),

	// What came in.
	of("method_not_allowed").says(405, "Method not allowed", "See the header Allow.",
		"Так к этому адресу не обращаются."),
	as("malformed", func(e *inputError, p *problem) { p.Faults = e.faults }).says(400, "Malformed input", "See faults.",
		"Запрос составлен неверно, см. faults. Обновите программу, если запрос составила она."),
	of("body_broken_off").says(400, "The body broke off", "Send it again, faster.",
		"Данные не дошли целиком. Отправьте ещё раз."),
	of("too_large").says(413, "Too large", "The body is larger than is taken here.",
		"Данных больше, чем принимается. Уменьшите файл."),
	of("media").says(415, "Unsupported media type", "See the description for the Content-Type.",
		"Данные этого вида здесь не принимаются."),
	of("key_required").says(428, "Idempotency-Key is missing", "Send Idempotency-Key, the same when you repeat.",
		"Нет заголовка Idempotency-Key: без него повтор запроса мог бы выполнить его дважды."),
	of("key_malformed").says(400, "Idempotency-Key is malformed", "It is 8 to 128 visible ASCII characters.",
		"Заголовок Idempotency-Key — от 8 до 128 видимых знаков ASCII."),
	as[*ra.ReusedKeyError]("key_reused", nil).says(422, "Idempotency-Key was used", "It stood for another command before: choose a new one.",
		"Этот Idempotency-Key уже использован для другой команды. Нужен новый."),
	of("version_changed").says(412, "The request has changed", "Look at current and decide again.",
		"Заявка изменилась, пока вы с ней работали. Посмотрите её ещё раз и повторите.").showing(),
	as[*ra.ConflictError]("conflict", nil).says(409, "Somebody was faster", "Look at current and decide again.",
		"Кто-то изменил заявку в ту же минуту. Посмотрите её ещё раз и повторите.").showing(),

	// What one may do.
	as[*ra.DutiesError]("duties", nil).says(403, "For another person", "One person may not do both.",
		"Это должен сделать другой сотрудник: не тот, кто вносил данные или уже одобрил заявку."),
	as[*ra.SecondFactorError]("second_factor", nil).says(403, "A second factor is needed", "Log in with two factors.",
		"Войдите с подтверждением вторым способом."),
	as("not_delegated", func(e *ra.DelegationError, p *problem) { p.Reason = string(e.Right) }).says(403, "Not delegated",
		"Your organisation was not given this right: see reason.", "Вашей организации это право не передано, см. reason."),
	denied(),
	as("refused", func(e *workflow.RefusedError, p *problem) {
		p.Reason, p.Missing = string(e.Reason), facts(e.Missing)
	}).says(409, "Not open", "The step is not open: see reason and missing.",
		"Сейчас этого сделать нельзя: не тот этап, или чего-то не хватает, см. missing.").showing(),
	as[*ra.ContentError]("content_changed", nil).says(409, "It is not what was reviewed", "Review it again.",
		"Заявка изменилась после просмотра. Посмотрите её ещё раз."),

	// What the data is.
	as("unknown_process", func(e *ra.UnknownProcessError, p *problem) { p.Known = e.Known }).says(422, "Unknown process", "See known.",
		"Такого порядка выдачи нет, см. known."),
	as("form", func(e *ra.FormError, p *problem) { p.Faults = e.Faults }).says(422, "The form has faults", "See faults.",
		"В анкете есть ошибки, см. faults. Исправьте их и отправьте снова."),
	as[*ra.MediaError]("document", nil).says(422, "The document is not taken", "PDF, JPEG, PNG or TIFF within the limits.",
		"Документ не принят: нужен файл PDF, JPEG, PNG или TIFF допустимого размера."),
	as("subject", func(e *ra.SubjectError, p *problem) { p.Attributes = &attributes{e.Missing, e.Unexpected, e.Different} }).says(422,
		"Another subject", "The subject of the PKCS #10 request is not that of the form: see attributes.",
		"Имя в запросе на сертификат не совпадает с анкетой, см. attributes."),
	as("purpose", func(e *ra.PurposeError, p *problem) { p.Attributes = &attributes{e.Missing, e.Unexpected, nil} }).says(422,
		"Another purpose", "The PKCS #10 request asks for purposes that the form does not: see attributes.",
		"Назначение в запросе на сертификат не то, что в анкете, см. attributes."),
	as("power", func(e *ra.PowerError, p *problem) { p.Reason = string(e.Fault) }).says(422,
		"The power of attorney does not count", "See reason.", "Доверенность не принята, см. reason."),
	is("possession", csr.ErrSignature).says(422, "Possession is not proven", "The signature of the PKCS #10 request does not verify.",
		"Запрос на сертификат не подтверждает владение ключом. Сделайте его заново."),
	unreadable().says(422, "Not a PKCS #10 request", "It is not a PKCS #10 request in DER of a known algorithm.",
		"Это не запрос на сертификат PKCS #10, или его алгоритм не поддерживается."),
	as[*ra.ClaimedError]("key_taken", nil).says(409, "The key is taken", "Another request holds this public key: make a new key.",
		"Этот ключ уже использован в другой заявке. Сделайте новый ключ."),
	is("other_certificate", ra.ErrOtherCertificate).says(422, "Another certificate", "What was read back is not what was issued.",
		"С носителя прочитан не тот сертификат. Запишите выданный сертификат ещё раз."),
	as[*ra.SignatureError]("signature", nil).says(422, "The signature is not accepted", "It is not the owner's signature over this document.",
		"Подпись не принята: нужна подпись владельца под этим документом."),

	// What is our fault.
	is("unavailable", context.DeadlineExceeded).says(503, "Not in time", "Repeat it, with the same Idempotency-Key.",
		"Не успели ответить. Повторите через несколько секунд."),
	is("unavailable", context.Canceled).says(503, "Not in time", "Repeat it, with the same Idempotency-Key.",
		"Не успели ответить. Повторите через несколько секунд."),
	of("internal").says(500, "Internal error", "Repeat it; the operator finds it by X-Request-Id.",
		"Внутренняя ошибка. Повторите; если не поможет, сообщите оператору X-Request-Id."),
}

// denied is what a role may not do: said by the authority, or by the table of
// operations.
func denied() row {
	r := as[*ra.DeniedError]("denied", nil)
	theirs, ours := r.fits, of("denied").fits
	r.fits = func(err error) bool { return theirs(err) || ours(err) }
	return r.says(403, "Not for you", "This is not for your role, or not here.",
		"Это действие на этом этапе вам недоступно.")
}

// unreadable is what no PKCS #10 request is made of.
func unreadable() row {
	r := as[*requestError]("pkcs10", nil)
	unread := r.fits
	r.fits = func(err error) bool { return unread(err) || errors.Is(err, csr.ErrUnknownAlgorithm) }
	return r
}

// requestError says that what came is no PKCS #10 request.
type requestError struct{ err error }

func (e *requestError) Error() string { return "api: not a PKCS #10 request" }
func (e *requestError) Unwrap() error { return e.err }
