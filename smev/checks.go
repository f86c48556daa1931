package smev

// Kind is a kind of information (вид сведений): one question that one register
// answers, in one version. It is a value without state; its functions are safe
// for concurrent use.
type Kind struct {
	Check    Check
	Name     string // Russian title, for journals
	Provider string // the register's owner: "MVD", "SFR", "FNS"
	Version  string // of the schema

	Namespace    string // of both documents
	Root         string // local name of the request's root
	ResponseRoot string // local name of the response's root

	// Build writes the business document that asks about the subject. It
	// fails with a *SubjectError.
	Build func(Subject) ([]byte, error)
	// Parse reads the business document of an answer to what was asked. A
	// document that echoes other data fails with a *MismatchError; one that
	// does not fit the schema fails with another error.
	Parse func(content []byte, asked Subject) (Result, error)
}

// Result is what an answer says about the subject.
type Result struct {
	Outcome Outcome
	Reason  string   // see Answer.Reason
	Fields  []string // see Answer.Fields
	Text    string   // see Answer.Text
}

// Kinds returns the kinds of information of a natural person in the versions
// this package knows: passport, SNILS, INN.
func Kinds() []Kind { return []Kind{PassportP002(), SNILSValidation101(), PassportINN247()} }

// fields names the form fields an outcome of the check is about.
func (c Check) fields() []string {
	switch c {
	case CheckPassport:
		return []string{fieldSeries, fieldNumber}
	case CheckSNILS:
		return []string{fieldSNILS}
	case CheckINN:
		return []string{fieldINN}
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
		return Result{NotFound, "rejected_no_data", check.fields(), "В государственном реестре нет сведений по указанным данным."}
	case "ACCESS_DENIED":
		return Result{Rejected, "rejected_access_denied", nil, textRejected}
	case "UNKNOWN_REQUEST_DESCRIPTION":
		return Result{Rejected, "rejected_unknown_request_description", nil, textRejected}
	case "FAILURE":
		return Result{Unavailable, "rejected_failure", nil, textUnavailable}
	}
	return Result{Inconclusive, "rejected_other", check.fields(), textInconclusive}
}

// Undelivered explains why SMEV itself did not pass an inquiry on, by the name
// of the fault (smev-message-exchange-faults-1.2.xsd) in its asynchronous
// status. Faults that pass leave the register unasked until the retry; all
// others are those of our message, settings or rights.
func Undelivered(fault string) Result {
	switch fault {
	case "SMEVFailure", "DestinationOverflow", "EndOfLifeReached":
		return Result{Unavailable, "smev_undelivered", nil, textUnavailable}
	}
	return Result{Rejected, "smev_rejected", nil, textRejected}
}

// Unreadable is the result of an answer that does not fit its schema: a person
// looks at the envelope.
func Unreadable(check Check) Result {
	return Result{Inconclusive, "answer_unreadable", check.fields(), textInconclusive}
}

const (
	textRejected     = "Запрос в государственный реестр не принят из-за настроек информационной системы; данные заявителя не проверялись."
	textUnavailable  = "Государственный реестр временно недоступен; запрос будет повторён."
	textInconclusive = "Ответ государственного реестра требует рассмотрения оператором."
)
