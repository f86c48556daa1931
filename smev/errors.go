package smev

import (
	"errors"
	"strings"
)

var (
	// ErrPending says that the final answer has not come yet. Kind.Parse
	// returns it, unwrapped, for an answer that itself says so.
	ErrPending = errors.New("smev: no answer yet")
	// ErrUnknown says that no inquiry with this id was filed here. The caller
	// asks again under the same key.
	ErrUnknown = errors.New("smev: unknown inquiry")
)

// MismatchError refuses an answer that is about other data, or about another
// inquiry, than was asked. It names what differs and shows no value.
type MismatchError struct {
	// ID is the inquiry the answer came for; empty when the error comes from
	// Kind.Parse, which does not know it.
	ID string
	// Fields names what differs: form fields (passportNumber …) for echoed
	// data, elements of the message (OriginalMessageId …) otherwise.
	Fields []string
}

// Error names the inquiry and the fields.
func (e *MismatchError) Error() string {
	text := "smev: the answer is not about what was asked: " + strings.Join(e.Fields, ", ")
	if e.ID != "" {
		text += " (inquiry " + e.ID + ")"
	}
	return text
}

// SubjectError says that the register cannot be asked about this subject,
// because a field is missing or does not fit the schema of the inquiry. The
// applicant corrects it, or papers are used instead of the register.
type SubjectError struct {
	Check Check
	Field string // as the vendor form calls it
	Need  string // what the schema asks for, e.g. "4 digits"
}

// Error names the check and the field and shows no value.
func (e *SubjectError) Error() string {
	return "smev: " + string(e.Check) + ": " + e.Field + ": not " + e.Need
}
