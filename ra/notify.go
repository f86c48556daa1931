package ra

import (
	"context"

	"github.com/surguch/surguch/workflow"
)

// Notifier tells people. It is called at least once for each notice; Key lets
// it tell a repetition.
type Notifier interface {
	Notify(ctx context.Context, n Notice) error
}

// Notice is one message to a person.
type Notice struct {
	Key     string
	Request ID
	Partner string          // the request's
	Seq     int64           // of the journal's last entry: later notices of a request have a higher one
	Effect  workflow.Effect // why it is sent; "" for a code
	To      workflow.Role
	Email   string // the applicant's; "" for colleagues
	Phone   string
	State   workflow.State
	Title   string // of the place the request is in, in Russian
	// Code is one that the person enters to show that the phone is his, in a
	// notice that delivers one to Phone.
	Code string
	// Link is the secret of an individual link, in a notice that delivers
	// one: it opens the request to whoever holds it.
	Link string
	// Files go with the notice.
	Files []NoticeFile
}

// NoticeFile is a file that goes with a notice.
type NoticeFile struct {
	Name  string // in Russian, with its extension
	Media string // MIME type
	Data  []byte
}
