package smev

// Kind is a kind of information (вид сведений): one question that one register
// answers, in one version. It is a value without state; its functions are safe
// for concurrent use.
type Kind struct {
	Check    Check
	Name     string // Russian title, for journals
	Provider string // the register's owner: "MVD", "SFR", "FNS", "ESIA"
	Version  string // of the schema

	Namespace    string // of both documents
	Root         string // local name of the request's root
	ResponseRoot string // local name of the response's root

	// Build writes the business document that asks about the subject; the same
	// subject gives the same bytes. It fails with a *SubjectError, and with
	// another error if the kind was made with parameters its schema refuses.
	Build func(Subject) ([]byte, error)
	// Parse reads the business document of an answer to what was asked. A
	// document about other data fails with a *MismatchError, one that says
	// that the final answer is still to come with ErrPending, and one that
	// does not fit the schema with another error.
	Parse func(content []byte, asked Subject) (Result, error)

	// Schema is the file name of the published XML schema the documents of
	// this kind were checked against, or [Unverified].
	Schema string
}

// Unverified is the Kind.Schema of a kind whose XML schema is not public: its
// documents follow public clients and real messages, and may be refused.
const Unverified = "unverified: no schema obtained"

// Kinds returns the kinds of information behind the checks of an applicant in
// the versions this package knows: passport, SNILS and INN of a person, EGRUL
// and EGRIP of an organisation and of a sole trader. The further kinds need
// parameters or serve other ends, so a configuration names them; see the table
// of the package comment.
func Kinds() []Kind {
	return []Kind{PassportP002(), SNILSValidation101(), PassportINN247(), EGRUL406(), EGRIP405()}
}

// Result is what an answer says about the subject.
type Result struct {
	Outcome Outcome
	Reason  string   // see Answer.Reason
	Fields  []string // see Answer.Fields
	Text    string   // see Answer.Text
	Found   Found    // see Answer.Found
}

// Found holds values a register gave, by field of the applicant's form. They
// are personal data, so it prints as a fixed word.
type Found map[string]string

// String returns "smev.Found(hidden)".
func (Found) String() string { return "smev.Found(hidden)" }

// GoString returns what String does, for the %#v verb.
func (f Found) GoString() string { return f.String() }

func confirmed(reason, text string) Result {
	return Result{Outcome: Confirmed, Reason: reason, Text: text}
}

func refuted(reason, text string, fields ...string) Result {
	return Result{Outcome: Refuted, Reason: reason, Fields: fields, Text: text}
}

func notFound(reason, text string, fields ...string) Result {
	return Result{Outcome: NotFound, Reason: reason, Fields: fields, Text: text}
}

func inconclusive(reason, text string, fields ...string) Result {
	return Result{Outcome: Inconclusive, Reason: reason, Fields: fields, Text: text}
}
