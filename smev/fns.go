package smev

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/surguch/surguch/smev/xmldsig"
)

// russianPassport is the code of the internal passport in the classifier of
// identity documents the tax service uses (СПДУЛ).
const russianPassport = "21"

// spacedPassport writes series and number as the tax service wants them:
// "NN NN NNNNNN".
func spacedPassport(v map[string]string) string {
	return v[fieldSeries][:2] + " " + v[fieldSeries][2:] + " " + v[fieldNumber]
}

// questionID is the identifier that the tax service wants in a request and
// repeats in its answer (ИдЗапрос, ИдДок, up to 36 characters): a UUID of
// version 8 (RFC 9562, section 5.8) of the SHA-256 of the question. The same
// question has the same identifier, so an answer can be held against it with
// nothing remembered, and the document is the same whenever it is built.
func questionID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	id := h.Sum(nil)[:16]
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// answers checks the identifier that the root of an answer repeats; it is
// hexadecimal, in whatever letters.
func answers(root *xmldsig.Element, name, id string) error {
	if !strings.EqualFold(attr(root, name), id) {
		return &MismatchError{Fields: []string{name}}
	}
	return nil
}

// attr returns the value of an attribute without a namespace, or "".
func attr(e *xmldsig.Element, local string) string {
	v, _ := e.Attr(xmldsig.Name{Local: local})
	return v
}

// given returns those pairs of name and value whose value is not empty.
func given(pairs ...string) []string {
	var some []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			some = append(some, pairs[i], pairs[i+1])
		}
	}
	return some
}

// uncovered explains the КодОбр of a register that gives no extract: 01 no
// such record, 53 not given electronically. The schemas name only 54, an
// extract in an attachment; the other meanings are those of public clients.
func uncovered(register, code string, fields ...string) Result {
	switch {
	case code == "01":
		return notFound(register+"_01", "В государственном реестре нет записи с указанным номером.", fields...)
	case code == "53":
		return inconclusive(register+"_53", "ФНС России не предоставляет выписку в электронном виде; нужны документы.", fields...)
	case code == "54":
		return inconclusive(register+"_attachment", "Выписка получена в приложенном файле; её рассматривает оператор.", fields...)
	case shortCode.MatchString(code):
		return inconclusive(register+"_"+code, textInconclusive, fields...)
	}
	return inconclusive(register+"_unknown_code", textInconclusive, fields...)
}

// gravity orders the outcomes of findings.
var gravity = map[Outcome]int{Confirmed: 0, Inconclusive: 1, Refuted: 2}

// weigh makes one result of all that an extract says. A refutation outweighs a
// doubt and a doubt a confirmation; of equals the first counts. The fields and
// sentences of all are kept, so that a person sees everything; what is in
// order is told only when all is.
func weigh(findings []Result) Result {
	worst := findings[0]
	for _, f := range findings {
		if gravity[f.Outcome] > gravity[worst.Outcome] {
			worst = f
		}
	}
	var texts, fields []string
	for _, f := range findings {
		if f.Outcome == Confirmed && worst.Outcome != Confirmed {
			continue
		}
		texts = append(texts, f.Text)
		for _, field := range f.Fields {
			if !slices.Contains(fields, field) {
				fields = append(fields, field)
			}
		}
	}
	worst.Text, worst.Fields = strings.Join(texts, " "), fields
	return worst
}
