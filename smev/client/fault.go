package client

import (
	"errors"
	"regexp"
	"strings"

	"github.com/surguch/surguch/smev/internal/soap"
)

// FaultError is a refusal by SMEV itself.
type FaultError struct {
	Operation string // SendRequest, GetResponse, Ack
	Name      string // of the fault in smev-message-exchange-faults-1.2.xsd; empty if SMEV gave no detail
	SMEV      string // "SMEV-403", from the beginning of the description; empty if there is none
	Code      string // names the node of SMEV, for its support
	// Description is what SMEV wrote, in Russian. It may quote the message, so
	// it is personal data.
	Description string

	server bool // faultcode Server
}

// Error names the operation, the fault and its SMEV number, not the
// description.
func (e *FaultError) Error() string {
	text := "smev/client: " + e.Operation + ": refused by SMEV"
	if known[e.Name] {
		text += ": " + e.Name
	}
	if e.SMEV != "" {
		text += " (" + e.SMEV + ")"
	}
	return text
}

// Temporary reports whether the same message may be accepted later. The name
// of the fault decides; if the schema has no such name, its SMEV number, then
// its faultcode. The node that Code names says nothing about it.
func (e *FaultError) Temporary() bool {
	switch {
	case known[e.Name]:
		return e.is("SMEVFailure", "") || e.is("DestinationOverflow", "")
	case e.SMEV != "":
		return e.SMEV == "SMEV-600"
	}
	return e.server
}

// is reports whether this is the named fault; one the schema does not name is
// known by its number.
func (e *FaultError) is(name, number string) bool {
	return e.Name == name || !known[e.Name] && number != "" && e.SMEV == number
}

// known are the faults of the schema; another name is not repeated in an error
// text.
var known = map[string]bool{
	"AccessDenied": true, "AttachmentContentMiscoordination": true, "AttachmentSizeLimitExceeded": true,
	"BusinessDataTypeIsNotSupported": true, "DestinationOverflow": true, "EndOfLifeReached": true,
	"IncorrectResponseContentType": true, "InvalidContent": true, "InvalidMessageIdFormat": true,
	"MessageIsAlreadySent": true, "QuoteLimitExceeded": true, "RecipientIsNotFound": true,
	"RequestIsNotFound": true, "SMEVFailure": true, "SenderIsNotRegistered": true,
	"SignatureVerificationFault": true, "StaleMessageId": true, "TargetMessageIsNotFound": true,
	"TransactionCodeInvalid": true, "UnknownMessageType": true,
}

var number = regexp.MustCompile(`^SMEV-[0-9]{1,6}`)

func newFaultError(operation string, f *soap.Fault) *FaultError {
	e := &FaultError{
		Operation: operation, Name: f.Name, Code: f.Code, Description: f.Description,
		server: strings.HasSuffix(f.FaultCode, "Server"),
	}
	if e.Description == "" {
		e.Description = f.Text
	}
	e.SMEV = number.FindString(e.Description)
	return e
}

func asFault(err error) *FaultError {
	var f *FaultError
	if errors.As(err, &f) {
		return f
	}
	return nil
}
