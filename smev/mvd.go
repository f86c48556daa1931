package smev

import "regexp"

const textPassportUnknown = "МВД России не располагает сведениями о паспорте с указанными данными."

// invalidity explains the invalidityReason codes. The schema does not list
// them; the list is that of public descriptions of the service.
var invalidity = map[string]string{
	"601": "истёк срок действия",
	"602": "заменён на новый",
	"603": "выдан с нарушением",
	"604": "числится в розыске",
	"605": "изъят или уничтожен",
	"606": "владелец умер",
	"607": "технический брак",
	"608": "прекращено гражданство",
	"609": "утрачен",
}

var shortCode = regexp.MustCompile(`^[0-9]{1,5}$`)

// passportResult reads the responseInfo of the passport checks of the MVD.
func passportResult(status, reason, since string) Result {
	fields := CheckPassport.fields()
	switch {
	case status == "300" && reason == "" && since == "":
		return confirmed("mvd_300", "Паспорт действителен.")
	case status == "302" && reason == "" && since == "":
		return notFound("mvd_302", textPassportUnknown, fields...)
	case status == "301":
		code, text := "mvd_301", "Паспорт недействителен"
		if day, ok := parseDate(since); ok {
			text += " с " + day.Format("02.01.2006")
		}
		if shortCode.MatchString(reason) {
			code += "_" + reason
		}
		if why := invalidity[reason]; why != "" {
			text += ": " + why
		}
		return refuted(code, text+".", fields...)
	case status == "300" || status == "302":
		// The schema gives a reason only with 301, so the answer contradicts itself.
		return inconclusive("mvd_contradiction", textInconclusive, fields...)
	case shortCode.MatchString(status):
		return inconclusive("mvd_"+status, textInconclusive, fields...)
	}
	return inconclusive("mvd_unknown_status", textInconclusive, fields...)
}
