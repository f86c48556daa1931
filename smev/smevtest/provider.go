package smevtest

import (
	"context"
	"time"
)

// Provider answers the requests of a kind of information, as the system of a
// register does behind SMEV.
type Provider interface {
	// Handle returns all that will ever be answered to a request, each reply
	// with its delay. It is called while SendRequest is served and does not
	// wait: what takes time at a register is in the delays. No replies mean
	// that the request is never answered. A *[ContentError] says that the
	// business document does not fit its schema: SMEV rejects the request,
	// and the register never sees it. After another error the request is
	// declined with the code FAILURE. Handle is called concurrently, and may
	// call methods of the Server.
	Handle(ctx context.Context, r Request) ([]Reply, error)
}

// Request is a request as the provider gets it.
type Request struct {
	MessageID   string // a UUID of version 1
	Sender      string // mnemonic of the asker
	Content     []byte // the business document, without XML declaration
	Attachments []Attachment
	Test        bool      // TestMessage: a request for trial
	Received    time.Time // by the clock of SMEV

	// Delay is the time to the final answer that the seed and the message id
	// decide, within the bounds of the configuration.
	Delay time.Duration

	swapped bool // the answer is to repeat data of another person
}

// Attachment is a file that goes along with a document.
type Attachment struct {
	// ID names the file in the message: the contentId of one that travels in
	// it, the uuid of one in the file store. Empty: one is made.
	ID string
	// Name is that in the file store; empty: SignedContent.zip.
	Name      string
	MIMEType  string // application/zip and the like
	Content   []byte
	Signature []byte // of an official: CMS SignedData, detached, DER; nil if there is none
	// Stored sends the file through the file store. One of more than 1 MiB
	// goes there anyway, as it does at real systems.
	Stored bool
}

// Reply is an answer of a provider. Exactly one of Content, Rejections and
// Status is set.
type Reply struct {
	After time.Duration // since the request; zero: Request.Delay

	Content     []byte // the business document, without XML declaration
	Attachments []Attachment

	Rejections []Rejection // the provider declines to answer
	Status     *Status     // intermediate: the answer is still to come
}

// Rejection is RequestRejected. Code is ACCESS_DENIED, NO_DATA,
// UNKNOWN_REQUEST_DESCRIPTION or FAILURE; Description has up to 4000
// characters.
type Rejection struct{ Code, Description string }

// Status is RequestStatus: how far the provider has got.
type Status struct {
	Code        int // of the provider's own choice, 32 bits
	Description string
}

// ContentError says that a business document does not fit the schema of its
// kind. Its text goes to the asker, and names elements rather than values.
type ContentError struct{ Err error }

// Error returns the text of Err.
func (e *ContentError) Error() string { return "smevtest: content: " + e.Err.Error() }

// Unwrap returns Err.
func (e *ContentError) Unwrap() error { return e.Err }
