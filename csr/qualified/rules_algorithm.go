package qualified

import (
	"encoding/asn1"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/oid"
)

// algorithmRules are about keys and signatures of GOST (RFC 9215).
var algorithmRules = []Rule{
	{ID: "signature-not-gost", Severity: Error, Citation: measured, From: dayOrder795, Grade: Measured, on: all,
		English: "the signature is not by GOST R 34.10",
		Russian: "подпись сделана не по ГОСТ Р 34.10",
		check: func(d *document) {
			if !isOne(d.signature.OID, oid.GOSTSign256, oid.GOSTSign512, oid.GOSTSign2001) {
				d.found("signatureAlgorithm")
			}
		}},
	{ID: "signature-2001", Severity: Warning, Citation: transition, From: day(2020, 1, 1), Grade: Recalled, on: all,
		English: "a signature or key of GOST R 34.10-2001, which gave way to GOST R 34.10-2012 by 2020",
		Russian: "подпись или ключ по ГОСТ Р 34.10-2001, применение которого прекращено к 2020 году",
		check: func(d *document) {
			if isOne(d.signature.OID, oid.GOSTSign2001) {
				d.found("signatureAlgorithm")
			}
			if isOne(d.keyID, oid.GOST3410_2001) {
				d.found("public key")
			}
		}},
	{ID: "signature-parameters", Severity: Error, Citation: noParams, From: rfc4491Day, Grade: Read, on: all,
		English: "the signature algorithm of GOST has parameters, NULL perhaps; they are left out",
		Russian: "у алгоритма подписи ГОСТ записаны параметры (например, NULL), хотя их быть не должно",
		check: func(d *document) {
			if len(d.signature.Params) > 0 && isOne(d.signature.OID, oid.GOSTSign256, oid.GOSTSign512, oid.GOSTSign2001) {
				d.found("signatureAlgorithm")
			}
		}},
	{ID: "key-not-gost", Severity: Error, Citation: measured, From: dayOrder795, Grade: Measured, on: all,
		English: "the public key is not of GOST R 34.10",
		Russian: "ключ проверки подписи не по ГОСТ Р 34.10",
		check: func(d *document) {
			if !isOne(d.keyID, oid.GOST3410_256, oid.GOST3410_512, oid.GOST3410_2001) {
				d.found("public key")
			}
		}},
	{ID: "key-test-curve", Severity: Error, Citation: Citation{Act: "RFC 9215", Russian: "RFC 9215"}, From: dayOrder795, Grade: Reasoned, on: all,
		English: "the public key is over a parameter set made for tests",
		Russian: "ключ построен на тестовом наборе параметров",
		check: func(d *document) {
			if isOne(d.curve, oid.CurveTest256, oid.CurveTest512) {
				d.found("public key")
			}
		}},
	{ID: "key-digest-missing", Severity: Error, Citation: rfc9215("4.2"), From: rfc9215Day, Grade: Read, on: all,
		English: "digestParamSet is left out with a parameter set of 2001 (Test, CryptoPro), where it must be",
		Russian: "не указан digestParamSet для набора параметров 2001 года (КриптоПро), где он обязателен",
		check: func(d *document) {
			if isOne(d.keyID, oid.GOST3410_256) && isOne(d.curve, curves2001...) && d.digest == nil {
				d.found("public key")
			}
		}},
	{ID: "key-digest-forbidden", Severity: Error, Citation: rfc9215("4.2"), From: rfc9215Day, Grade: Read, on: all,
		English: "digestParamSet stands with 256-B, 256-C or 256-D, where it must be left out",
		Russian: "указан digestParamSet для наборов 256-B, 256-C или 256-D, где его быть не должно",
		check: func(d *document) {
			if isOne(d.curve, oid.CurveTC26_256B, oid.CurveTC26_256C, oid.CurveTC26_256D) && d.digest != nil {
				d.found("public key")
			}
		}},
	{ID: "key-digest-needless", Severity: Info, Citation: rfc9215("4.2"), From: rfc9215Day, Grade: Read, on: all,
		English: "digestParamSet stands with 256-A or a set of 512 bits, where it should be left out; deployed software writes it",
		Russian: "указан digestParamSet для набора 256-A или 512-битного, где его следует опускать; программы его пишут",
		check: func(d *document) {
			if isOne(d.curve, oid.CurveTC26_256A, oid.CurveTC26_512A, oid.CurveTC26_512B, oid.CurveTC26_512C, oid.CurveTest512) && d.digest != nil {
				d.found("public key")
			}
		}},
	{ID: "key-digest-wrong", Severity: Error, Citation: rfc9215("4.2"), From: rfc9215Day, Grade: Read, on: all,
		English: "digestParamSet is not the Streebog of the key's length",
		Russian: "digestParamSet не соответствует длине ключа",
		check: func(d *document) {
			if d.digest != nil && (isOne(d.keyID, oid.GOST3410_256) && !d.digest.Equal(oid.Streebog256) ||
				isOne(d.keyID, oid.GOST3410_512) && !d.digest.Equal(oid.Streebog512)) {
				d.found("public key")
			}
		}},
}

// curves2001 are the parameter sets that RFC 9215, section 4.2 wants
// digestParamSet with.
var curves2001 = []asn1.ObjectIdentifier{
	oid.CurveTest256, oid.CurveCryptoProA, oid.CurveCryptoProB, oid.CurveCryptoProC, oid.CurveCryptoProXchA, oid.CurveCryptoProXchB,
}

func isOne(id asn1.ObjectIdentifier, list ...asn1.ObjectIdentifier) bool {
	for _, o := range list {
		if o.Equal(id) {
			return true
		}
	}
	return false
}

// encodingRules name what package csr read although its standard forbids it.
var encodingRules = []Rule{
	deviation("encoding-default", csr.ExplicitDefault, standard("X.690", "11.5"),
		"a default value is written out, which DER leaves out: critical FALSE", "записано значение по умолчанию (critical FALSE), которое в DER опускается"),
	deviation("encoding-time", csr.TimeForm, rfc5280("4.1.2.5"),
		"a GeneralizedTime before 2050, where UTCTime stands", "дата до 2050 года записана в типе GeneralizedTime вместо UTCTime"),
	deviation("encoding-set-order", csr.SetOrder, standard("X.690", "11.6"),
		"the members of a SET OF are not in the order of DER", "элементы SET OF стоят не в порядке DER"),
	deviation("encoding-bits", csr.BitsLeftOver, standard("X.690", "11.2.2"),
		"a list of named bits ends in zeros", "список битов заканчивается нулями"),
	deviation("encoding-attributes", csr.AttributesLeftOut, standard("RFC 2986", "4.1"),
		"the request has no field of attributes, which is there when it is empty too", "в запросе нет поля атрибутов, которое пишется и пустым"),
	{ID: "encoding-other", Severity: Warning, Citation: der690, From: rfc4491Day, Grade: Reasoned, on: all,
		English: "the encoding departs from DER in another way",
		Russian: "кодирование иначе отступает от DER",
		check: func(d *document) {
			for _, v := range d.deviations {
				switch v.Code {
				case csr.ExplicitDefault, csr.TimeForm, csr.SetOrder, csr.BitsLeftOver, csr.AttributesLeftOut, csr.NullParameters:
				default:
					d.found(v.Where)
				}
			}
		}},
}

// deviation is a rule for one code of package csr.
func deviation(id string, code csr.DeviationCode, source Citation, english, russian string) Rule {
	return Rule{ID: id, Severity: Warning, Citation: source, From: rfc4491Day, Grade: Read, English: english, Russian: russian, on: all,
		check: func(d *document) {
			for _, v := range d.deviations {
				if v.Code == code {
					d.found(v.Where)
				}
			}
		}}
}
