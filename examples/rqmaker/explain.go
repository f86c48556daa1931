package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/ra"
)

// again is the end of most advice: nothing is lost.
const again = " Начатое сохранено: запустите ту же команду ещё раз, и работа продолжится."

// advice says what a person can do about an error. The first that an error is
// counts.
var advice = []struct {
	err  error
	text string
}{
	{errRefused, "Маркер не принят. Проверьте код и срок, а если всё верно, попросите Агента напечатать новый маркер."},
	{ra.ErrMarker, "В коде маркера опечатка: это пять групп по пять знаков. Проверьте его по бумаге и запустите программу снова."},
	{errOtherServer, "Начатая заявка на другом сервере. Укажите в -server прежний адрес или для новой заявки другую папку в -state."},
	{errOver, "Сеанс окончен: его срок вышел или доступ отозван. Попросите Агента напечатать новый маркер и запустите ту же команду: созданный ключ не пропадёт."},
	{errNoCode, "Код из СМС не подтверждён. Проверьте телефон в заявке у Агента." + again},
	{errNobody, "Спросить не у кого. Запустите программу в терминале; код маркера для машин задаёт переменная " + markerVariable + ", а ознакомление с сертификатом подтверждает только человек."},
	{errDeclined, "Без согласия ничего не отправлено. Если сведения неверны, сообщите Агенту; если верны, запустите ту же команду и ответьте «да»."},
	{errNotNow, "Сейчас от рабочего места ничего не требуется. Узнайте у Агента, что с заявкой." + again},
	{errElsewhere, "Ключ этой заявки создан не здесь. Продолжите там, где он создан, с тем же носителем и той же папкой -state."},
	{errOtherCertificate, "Выпущен не тот сертификат, который запрошен. Ничего не записано и не подписано; сообщите Агенту."},
	{errStateBusy, "Эта программа уже запущена с той же папкой -state. Дождитесь её или закройте."},
	{errStateBroken, "Файл начатого повреждён. Не удаляйте его: с ним Агент и разработчик найдут созданный ключ. Для новой заявки укажите другую папку в -state."},
}

// complain tells of an error: in Russian what to do, and then what happened.
func (p *program) complain(err error) {
	if text := explain(err); text != "" {
		fmt.Fprintln(p.stderr, "rqmaker:", text)
	}
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintln(p.stderr, "rqmaker:", clean(strings.TrimSuffix(line, "\n")))
	}
}

// explain says in Russian what to do about an error.
func explain(err error) string {
	for _, a := range advice {
		if errors.Is(err, a.err) {
			return a.text
		}
	}
	var carrier *otherCarrierError
	var other *otherRequestError
	var lost *lostError
	var refused *problem
	switch {
	case errors.As(err, &other):
		return "Этот маркер от другой заявки, чем начатая здесь. Её сеанс сохранён: для неё запустите программу с -state " + clean(other.dir) + "; начатую завершите её маркером."
	case errors.As(err, &carrier):
		return "Ключ этой заявки начат на другом носителе: " + clean(carrier.carrier) + ". Подключите его и укажите в -carrier."
	case isUntrusted(err):
		return "Сертификат сервера не проверяется: это может быть не тот сервер. Проверьте -server и время на этом компьютере; корневой сертификат задаёт -ca."
	case errors.As(err, &lost):
		return "Нет связи с сервером. Проверьте сеть." + again
	case errors.As(err, &refused):
		return refused.advice()
	}
	if text := workplace.Explain(err); text != "" {
		return text + again
	}
	return "Произошла ошибка, о которой ниже." + again
}

// advice says what to do about a refusal of the server.
func (p *problem) advice() string {
	switch {
	case p.Code == codeForeign && p.Status/100 == 5:
		return "Сервер временно не отвечает." + again
	case p.Code == codeForeign:
		return "По адресу -server отвечает не центр регистрации. Проверьте адрес вместе с путём."
	case p.Ru != "":
		return p.text() + " Если непонятно, что делать, обратитесь к Агенту." + again
	}
	return "Сервер отказал. Покажите это Агенту." + again
}
