package forms

import (
	"encoding/asn1"
	"fmt"

	"github.com/surguch/surguch/internal/oid"
)

// attributeNames are the names of attributes in X.520 and, for those of
// Russia, in FSB order 795. They stand in brackets beside the Russian names.
var attributeNames = map[string]string{
	oid.CommonName.String():         "commonName",
	oid.Surname.String():            "surname",
	oid.GivenName.String():          "givenName",
	oid.SerialNumber.String():       "serialNumber",
	oid.Country.String():            "countryName",
	oid.StateOrProvince.String():    "stateOrProvinceName",
	oid.Locality.String():           "localityName",
	oid.StreetAddress.String():      "streetAddress",
	oid.Organization.String():       "organizationName",
	oid.OrganizationalUnit.String(): "organizationalUnitName",
	oid.Title.String():              "title",
	oid.EmailAddress.String():       "emailAddress",
	oid.OGRN.String():               "OGRN",
	oid.OGRNIP.String():             "OGRNIP",
	oid.SNILS.String():              "SNILS",
	oid.INN.String():                "INN",
	oid.INNLE.String():              "INNLE",
}

// subjectOrder is the order of attributes in the forms of authorities.
var subjectOrder = []string{
	oid.Organization.String(), oid.CommonName.String(), oid.Surname.String(), oid.GivenName.String(),
	oid.SNILS.String(), oid.INN.String(), oid.INNLE.String(), oid.OGRN.String(), oid.OGRNIP.String(),
	oid.OrganizationalUnit.String(), oid.Title.String(),
	oid.Country.String(), oid.StateOrProvince.String(), oid.Locality.String(), oid.StreetAddress.String(),
	oid.EmailAddress.String(),
}

// attributeName is the name of an attribute in both languages, or its number.
func attributeName(id asn1.ObjectIdentifier) string {
	name, ok := attributeNames[id.String()]
	if !ok {
		return "OID " + id.String()
	}
	return fmt.Sprintf("%s (%s)", oid.Russian(id), name)
}

// named is the name of an identifier with its number, or the number alone.
func named(names map[string]string, id asn1.ObjectIdentifier) string {
	if name, ok := names[id.String()]; ok {
		return fmt.Sprintf("%s (%v)", name, id)
	}
	return id.String()
}

// algorithmNames are the algorithms of keys and signatures.
var algorithmNames = map[string]string{
	oid.GOST3410_256.String():        "ГОСТ Р 34.10-2012, 256 бит",
	oid.GOST3410_512.String():        "ГОСТ Р 34.10-2012, 512 бит",
	oid.GOSTKeyAgreement256.String(): "согласование ключей VKO ГОСТ Р 34.10-2012, 256 бит",
	oid.GOSTKeyAgreement512.String(): "согласование ключей VKO ГОСТ Р 34.10-2012, 512 бит",
	oid.GOSTSign256.String():         "ГОСТ Р 34.10-2012 с ГОСТ Р 34.11-2012, 256 бит",
	oid.GOSTSign512.String():         "ГОСТ Р 34.10-2012 с ГОСТ Р 34.11-2012, 512 бит",
	oid.RSA.String():                 "RSA",
	oid.RSAWithSHA256.String():       "RSA с SHA-256",
	oid.ECDSAWithSHA256.String():     "ECDSA с SHA-256",
	oid.ECDSAWithSHA384.String():     "ECDSA с SHA-384",
	oid.ECDSAWithSHA512.String():     "ECDSA с SHA-512",
	oid.Ed25519.String():             "Ed25519",
}

// extensionNames are the extensions of certificates and requests (RFC 5280;
// FSB order 795 as amended by order 31 of 29.01.2021).
var extensionNames = map[string]string{
	oid.SubjectKeyID.String():          "Идентификатор ключа владельца",
	oid.KeyUsage.String():              "Использование ключа",
	oid.PrivateKeyUsagePeriod.String(): "Период использования ключа электронной подписи",
	oid.BasicConstraints.String():      "Основные ограничения",
	oid.CRLDistributionPoints.String(): "Точки распространения списков отозванных сертификатов",
	oid.CertificatePolicies.String():   "Политики сертификата",
	oid.AuthorityKeyID.String():        "Идентификатор ключа удостоверяющего центра",
	oid.ExtendedKeyUsage.String():      "Расширенное использование ключа",
	oid.AuthorityInfoAccess.String():   "Доступ к сведениям об удостоверяющем центре",
	oid.SubjectSignTool.String():       "Средство электронной подписи владельца",
	oid.IssuerSignTool.String():        "Средства электронной подписи и удостоверяющего центра издателя",
	oid.IdentificationKind.String():    "Способ идентификации заявителя",
	"2.5.29.17":                        "Дополнительное имя владельца",
}

// keyUsageNames are the bits of keyUsage, bit 0 of the standard first.
var keyUsageNames = []string{
	"цифровая подпись", "неотрекаемость", "шифрование ключей", "шифрование данных", "согласование ключей",
	"подписание сертификатов", "подписание списков отозванных сертификатов", "только зашифрование", "только расшифрование",
}

// purposeNames are the purposes of extKeyUsage (RFC 5280, section 4.2.1.12).
var purposeNames = map[string]string{
	"1.3.6.1.5.5.7.3.1":                 "Проверка подлинности сервера",
	oid.PurposeClientAuth.String():      "Проверка подлинности клиента",
	"1.3.6.1.5.5.7.3.3":                 "Подписание программ",
	oid.PurposeEmailProtection.String(): "Защищённая электронная почта",
	"1.3.6.1.5.5.7.3.8":                 "Метки времени",
	"1.3.6.1.5.5.7.3.9":                 "Подписание ответов OCSP",
}

// policyNames are the classes of signature tools (FSB order 795).
var policyNames = map[string]string{
	oid.PolicyKC1.String(): "Класс средства электронной подписи КС1",
	oid.PolicyKC2.String(): "Класс средства электронной подписи КС2",
	"1.2.643.100.113.3":    "Класс средства электронной подписи КС3",
	"1.2.643.100.113.4":    "Класс средства электронной подписи КВ1",
	"1.2.643.100.113.5":    "Класс средства электронной подписи КВ2",
	"1.2.643.100.113.6":    "Класс средства электронной подписи КА1",
	"2.5.29.32.0":          "Любая политика",
}

// accessNames are the methods of authorityInfoAccess (RFC 5280, section
// 4.2.2.1).
var accessNames = map[string]string{
	"1.3.6.1.5.5.7.48.1": "Служба OCSP",
	"1.3.6.1.5.5.7.48.2": "Сертификат удостоверяющего центра",
}
