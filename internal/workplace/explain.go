package workplace

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"unicode"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pfx"
	"github.com/surguch/surguch/token/softtoken"
)

// explanations say what a person can do about an error that is no fault of a
// carrier, or that says more than the fault. The first that an error is counts.
var explanations = []struct {
	err  error
	text string
}{
	{context.Canceled, "Прервано."},
	{ErrNoPIN, "ПИН-код или пароль спросить не у кого. Запустите программу в терминале, задайте переменную " + PINVariable + " или pin-source в URI носителя."},
	{ErrPublicPIN, "Файл с ПИН-кодом могут читать другие. Оставьте доступ только себе: chmod 600."},
	{ErrSeveral, "Подходит несколько носителей. Укажите нужный в URI: serial=…"},
	{errDiffer, "Новый ПИН-код или пароль трижды введён по-разному. Ничего не изменено."},
	{pfx.ErrWeakPassword, "Пароль слишком прост: нужно не меньше 8 знаков, из них 5 разных, или 16 цифр, не подряд и не из тех, что пробуют первыми."},
	{softtoken.ErrLocked, "Папку занял другой процесс, скорее всего softtoken serve. Обратитесь к токену через него: pkcs11:?module-path=…/libsofttoken.so"},
	{token.ErrNotFound, "Такого ключа на носителе нет."},
	{token.ErrExists, "Ключ с таким идентификатором на носителе уже есть."},
	{token.ErrOtherKey, "Сертификат выдан на другой ключ. На носитель ничего не записано."},
	{token.ErrReadBack, "С носителя прочитан не тот сертификат, который был записан. Повторите установку."},
}

// Explain says in Russian what became of an operation and what a person can do
// about it: the hint of a carrier's error, or more than that. It is empty where
// the error says all there is to say.
func Explain(err error) string {
	hint := ""
	var fault *token.Error
	if errors.As(err, &fault) {
		hint, _ = fault.Hint()
	}
	if errors.Is(err, token.Unknown) {
		return hint // above all, interrupted or not
	}
	for _, e := range explanations {
		if errors.Is(err, e.err) {
			return e.text
		}
	}
	if errors.Is(err, token.Removed) && errors.Is(err, fs.ErrNotExist) {
		return "По этому пути ничего нет. Подключите носитель или проверьте путь."
	}
	return hint
}

// Clean returns text that a carrier or a certificate holds as it may be shown
// on a terminal: what is not printable, line ends included, is replaced.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
}
