package notify

import (
	"context"
	"errors"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// ErrRefused is wrapped by the error of a channel that refused a message for
// good: to send the same again is of no use.
var ErrRefused = errors.New("refused")

// Mailer sends letters, as ra/notify/mail does. An error that wraps ErrRefused
// says that this letter cannot be sent. No error repeats an address or a text.
type Mailer interface {
	Send(ctx context.Context, l Letter) error
}

// Letter is a letter in plain text to one person.
type Letter struct {
	ID      string          // the same for a repetition: 32 hexadecimal digits
	To      string          // an address without a name: name@example.org
	Subject string          // one line
	Text    string          // lines end with \n
	Files   []ra.NoticeFile // that go with it
}

// Texter sends text messages, as ra/notify/sms does. An error that wraps
// ErrRefused says that this one cannot be sent. No error repeats a phone number
// or a text.
type Texter interface {
	Send(ctx context.Context, m SMS) error
}

// SMS is a text message.
type SMS struct {
	ID   string // the same for a repetition: 32 hexadecimal digits
	To   string // +7 and 10 digits
	Text string
}

// Directory knows where colleagues get their letters: agents, service centres,
// operators. Applicants are told where their own form says.
type Directory interface {
	// Addresses returns the mail addresses of a role: of those who serve a
	// partner's requests, if it is a partner's role. None: nobody gets a
	// letter, the request waits in the queue that the role works from.
	Addresses(ctx context.Context, role workflow.Role, partner string, request ra.ID) ([]string, error)
}

// Office is one role of one partner; the authority's own offices have none.
type Office struct {
	Role    workflow.Role
	Partner string
}

// Offices is a directory that does not change. What is not listed for a
// partner is looked up for the role alone.
type Offices map[Office][]string

// Addresses implements Directory.
func (o Offices) Addresses(_ context.Context, role workflow.Role, partner string, _ ra.ID) ([]string, error) {
	if list, ok := o[Office{role, partner}]; ok {
		return list, nil
	}
	return o[Office{Role: role}], nil
}
