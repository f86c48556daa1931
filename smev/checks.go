package smev

// fields names the form fields an outcome of the check is about, when the
// answer says nothing more exact.
func (c Check) fields() []string {
	switch c {
	case CheckPassport:
		return []string{fieldSeries, fieldNumber}
	case CheckSNILS, CheckSNILSSearch:
		return []string{fieldSNILS}
	case CheckINN, CheckINNSearch:
		return []string{fieldINN}
	case CheckEGRUL:
		return []string{fieldOGRN}
	case CheckEGRIP:
		return []string{fieldOGRNIP}
	}
	return nil
}

// Refusal explains why a provider declined to answer, by the RejectCode values
// of RequestRejected (smev-message-exchange-types-1.2.xsd; FAILURE is of 1.1
// and 1.3, and providers use it in 1.2 as well). A message may hold several;
// NO_DATA counts only if nothing else is there.
func Refusal(check Check, codes ...string) Result {
	worst := "NO_DATA"
	for _, code := range codes {
		if code != "NO_DATA" {
			worst = code
			break
		}
	}
	switch worst {
	case "NO_DATA":
		return notFound("rejected_no_data", "В государственном реестре нет сведений по указанным данным.", check.fields()...)
	case "ACCESS_DENIED":
		return Result{Outcome: Rejected, Reason: "rejected_access_denied", Text: textRejected}
	case "UNKNOWN_REQUEST_DESCRIPTION":
		return Result{Outcome: Rejected, Reason: "rejected_unknown_request_description", Text: textRejected}
	case "FAILURE":
		return Result{Outcome: Unavailable, Reason: "rejected_failure", Text: textUnavailable}
	}
	return inconclusive("rejected_other", textInconclusive, check.fields()...)
}

// Undelivered explains why SMEV itself did not pass an inquiry on, by the name
// of the fault (smev-message-exchange-faults-1.2.xsd) in its asynchronous
// status. Faults that pass leave the register unasked until the retry; all
// others are those of our message, settings or rights.
func Undelivered(fault string) Result {
	switch fault {
	case "SMEVFailure", "DestinationOverflow", "EndOfLifeReached":
		return Result{Outcome: Unavailable, Reason: "smev_undelivered", Text: textUnavailable}
	}
	return Result{Outcome: Rejected, Reason: "smev_rejected", Text: textRejected}
}

// Unreadable is the result of an answer that does not fit its schema: a person
// looks at the envelope.
func Unreadable(check Check) Result {
	return inconclusive("answer_unreadable", textInconclusive, check.fields()...)
}

const (
	textRejected     = "Запрос в государственный реестр не принят из-за настроек информационной системы; данные заявителя не проверялись."
	textUnavailable  = "Государственный реестр временно недоступен; запрос будет повторён."
	textInconclusive = "Ответ государственного реестра требует рассмотрения оператором."
)
