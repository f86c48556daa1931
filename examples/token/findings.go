package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/surguch/surguch/internal/workplace"
)

// judge says what the report means. Asked are the libraries that the command
// line names.
func (r *report) judge(asked []string, now time.Time) {
	for _, c := range r.GOST {
		if c.Error != "" {
			r.find(severityError, "self-test", c.Name, "Собственная проверка ГОСТ не прошла: программе нельзя доверять.")
		}
	}
	var tokens []deviceReport
	for _, m := range r.Modules {
		tokens = append(tokens, m.Tokens...)
		named := slices.Contains(asked, m.Name)
		switch {
		case m.State != stateOK && named:
			r.find(severityError, "module-failed", m.Path, "Названная библиотека не работает.")
		case m.State == stateFailed:
			r.find(severityWarning, "module-failed", m.Path, "Библиотека установлена, но не работает: носители этого производителя не видны.")
		}
	}
	for _, t := range tokens {
		r.judgeToken(t)
	}
	if r.Carrier == nil {
		if !slices.ContainsFunc(tokens, usable) {
			r.find(severityError, "nothing-usable", "", "Ни на одном подключённом токене нельзя создать ключ ГОСТ.")
		}
	} else {
		r.judgePlace(tokens, now)
	}
	r.OK = !slices.ContainsFunc(r.Findings, func(f finding) bool { return f.Severity == severityError })
}

func (r *report) find(severity, code, where, text string) {
	r.Findings = append(r.Findings, finding{code, severity, where, text})
}

// usable reports whether GOST keys can be made on a token as it is.
func usable(t deviceReport) bool {
	return t.Initialized && t.PINSet && !t.WriteProtected && (t.Tries == nil || *t.Tries > 0) && slices.ContainsFunc(t.Algorithms, isGOST)
}

// What is little.
const (
	fewTries     = 3
	littleMemory = 8 << 10             // octets: a key pair and its certificate take half of it
	littleTime   = 30 * 24 * time.Hour // to get another certificate
)

// judgeToken says what is wrong with a token.
func (r *report) judgeToken(t deviceReport) {
	warn := func(code, text string) { r.find(severityWarning, code, t.device().String(), text) }
	if strings.HasPrefix(t.Manufacturer, "surguch") {
		warn("development", "Программный токен: только для разработки.")
	}
	switch {
	case !t.Initialized:
		warn("not-initialized", "Носитель не инициализирован: отформатируйте его средствами производителя.")
		return
	case !t.PINSet:
		warn("pin-not-set", "ПИН-код пользователя не задан: его задаёт администратор, token pin unblock.")
	case t.Tries != nil && *t.Tries == 0:
		warn("pin-locked", "ПИН-код заблокирован: разблокируйте его ПИН-кодом администратора, token pin unblock.")
	case t.Tries != nil && *t.Tries == 1:
		warn("pin-last-try", "Осталась последняя попытка ввода ПИН-кода.")
	case t.Tries != nil && *t.Tries <= fewTries:
		warn("pin-few-tries", fmt.Sprintf("Осталось попыток ввода ПИН-кода: %d.", *t.Tries))
	}
	if t.OfficerTries != nil && *t.OfficerTries == 0 {
		warn("officer-pin-locked", "ПИН-код администратора заблокирован: разблокировать ПИН-код пользователя будет нечем.")
	}
	if t.DefaultPIN {
		warn("default-pin", "ПИН-код заводской, его знают все: смените его, token pin change.")
	}
	if t.MustChange {
		warn("must-change-pin", "Носитель требует сменить ПИН-код: token pin change.")
	}
	if t.WriteProtected {
		warn("write-protected", "Носитель доступен только для чтения.")
	}
	if !slices.ContainsFunc(t.Algorithms, isGOST) {
		warn("no-gost", "Носитель не умеет ГОСТ Р 34.10-2012: для квалифицированной подписи он не годится.")
	}
	if t.FreeMemory != nil && *t.FreeMemory < littleMemory {
		warn("little-memory", "На носителе мало места: удалите ненужные ключи и сертификаты.")
	}
}

// judgePlace says what is wrong with the place of -carrier. Its token may be
// among those of the libraries.
func (r *report) judgePlace(tokens []deviceReport, now time.Time) {
	c := r.Carrier
	known := func(t deviceReport) bool { return t.device().Same(c.Token.device()) }
	if c.Token != nil && !slices.ContainsFunc(tokens, known) {
		r.judgeToken(*c.Token)
	}
	switch {
	case c.Error != "":
		r.find(severityError, "carrier-failed", c.Place, "Открыть или прочитать это место не удалось.")
	case c.Token != nil && !usable(*c.Token):
		r.find(severityError, "nothing-usable", c.Place, "На этом носителе нельзя создать ключ ГОСТ.")
	case c.Token == nil && !c.Listed:
		r.find(severityWarning, "not-listed", c.Place, "Файл есть; что в нём, видно только с паролем: -login.")
	}
	if c.Listed && strings.HasPrefix(c.Place, string(workplace.File)+":") {
		r.find(severityWarning, "development", c.Place, "Ключи лежат в папке незашифрованными: только для разработки.")
	}
	for _, o := range c.Objects {
		r.judgeObject(o, now)
	}
	if t := c.Trial; t != nil && t.Error != "" {
		r.find(severityError, "trial-failed", t.Algorithm, "Пробный ключ: "+t.Error)
	}
	if t := c.Trial; t != nil && t.Generated && !t.Deleted {
		r.find(severityError, "trial-left", t.ID, "Пробный ключ остался на носителе: удалите его, token delete.")
	}
}

// judgeObject says what is wrong with a key.
func (r *report) judgeObject(o object, now time.Time) {
	if o.Algorithm == "" {
		r.find(severityWarning, "unreadable-key", o.ID, "Ключ повреждён или такого вида, что не читается.")
		return
	}
	c := o.Certificate
	switch {
	case c == nil:
	case now.Before(c.NotBefore):
		r.find(severityWarning, "certificate-not-yet", o.ID, "Срок действия сертификата ещё не начался.")
	case !now.Before(c.NotAfter):
		r.find(severityWarning, "certificate-expired", o.ID, "Срок действия сертификата истёк.")
	case c.NotAfter.Sub(now) < littleTime:
		r.find(severityWarning, "certificate-expiring", o.ID, "Срок действия сертификата истекает "+c.NotAfter.Format(day)+".")
	}
}
