package qualified

import (
	"encoding/asn1"

	"github.com/surguch/surguch/internal/oid"
)

// purpose is a purpose of extKeyUsage met in Russia.
type purpose struct {
	id   asn1.ObjectIdentifier
	name string
	tree bool // everything beneath belongs to it
}

// purposes are those of RFC 5280 and the ones that platforms, systems and
// authorities of Russia have made for themselves; seen in public code and
// vendors' documents.
var purposes = []purpose{
	{oid.PurposeServerAuth, "Проверка подлинности сервера", false},
	{oid.PurposeClientAuth, "Проверка подлинности клиента", false},
	{oid.PurposeEmailProtection, "Защищённая электронная почта", false},
	{oid.PurposeTimeStamping, "Штамп времени", false},
	{oid.PurposeOCSPSigning, "Подпись ответов OCSP", false},
	{cryptoPro(1), "TLS-прокси", false},
	{cryptoPro(2), "Временный доступ к Центру Регистрации", false},
	{cryptoPro(3), "Подпись содержимого веб-сервера", false},
	{cryptoPro(4), "Администратор Центра Регистрации", false},
	{cryptoPro(5), "Оператор Центра Регистрации", false},
	{cryptoPro(6), "Пользователь Центра Регистрации, HTTP, TLS-клиент", false},
	{cryptoPro(25), "Росреестр", false},
	{cryptoPro(26), "Росреестр", false},
	{russia(100, 2, 1), "Доступ к СМЭВ (физическое лицо)", false},
	{russia(100, 2, 2), "Доступ к СМЭВ (юридическое лицо)", false},
	{russia(5, 1, 24, 2), "Должностные лица (ФССП, Росреестр)", true},
	{russia(6, 3), "Электронные торговые площадки", false},
	{russia(6, 3, 1, 1), "Площадки, отобранные для аукционов в электронной форме", false},
	{russia(6, 3, 1, 2, 1), "Участник торгов: юридическое лицо", false},
	{russia(6, 3, 1, 2, 2), "Участник торгов: физическое лицо", false},
	{russia(6, 3, 1, 2, 3), "Участник торгов: индивидуальный предприниматель", false},
	{russia(6, 3, 1, 3, 1), "Участник размещения заказа", false},
	{russia(6, 3, 1, 4, 1), "Администратор организации", false},
	{russia(6, 3, 1, 4, 2), "Уполномоченный специалист", false},
	{russia(6, 3, 1, 4, 3), "Специалист с правом подписи контракта", false},
	{russia(6, 7), "B2B-Center", false},
	{russia(6, 14), "Центр реализации", false},
	{russia(6, 15), "Фабрикант", false},
	{russia(6, 19, 3), "Электронная торговая площадка", false},
	{russia(3, 241), "ТЭК-Торг", false},
	{russia(3, 5, 10, 2, 12), "Федресурс", false},
	{russia(3, 8, 100, 1), "Собственные назначения удостоверяющего центра", true},
	{russia(3, 208), "Собственные назначения удостоверяющего центра", true},
	{russia(3, 296), "Собственные назначения удостоверяющего центра", true},
}

// cryptoPro is a purpose in the arc of CryptoPro's registration centre.
func cryptoPro(n int) asn1.ObjectIdentifier { return russia(2, 2, 34, n) }

// russia is an identifier beneath 1.2.643.
func russia(arcs ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 2, 643}, arcs...)
}

// PurposeName is the Russian name of a purpose of extKeyUsage; ok is false
// for one that is not known here.
func PurposeName(id asn1.ObjectIdentifier) (name string, ok bool) {
	for _, p := range purposes {
		if p.id.Equal(id) || p.tree && len(id) > len(p.id) && p.id.Equal(id[:len(p.id)]) {
			return p.name, true
		}
	}
	return "", false
}

// otherExtensions are known to common software, though the order has nothing
// to say of them.
var otherExtensions = []asn1.ObjectIdentifier{
	oid.SubjectAltName, oid.IssuerAltName, oid.NameConstraints, oid.PolicyMappings, oid.PolicyConstraints,
	oid.InhibitAnyPolicy, oid.FreshestCRL, oid.OCSPNoCheck, oid.TemplateName, oid.CAVersion,
}

func knownExtension(id asn1.ObjectIdentifier) bool { return isOne(id, otherExtensions...) }

// extOf is the number of an extension that rules speak of, extCount if none.
func extOf(id asn1.ObjectIdentifier) extID {
	for x := range exts {
		if exts[x].id.Equal(id) {
			return extID(x)
		}
	}
	return extCount
}
