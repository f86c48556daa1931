package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// outbox puts messages to people into files that a gateway takes away: mail and
// sms. A file is named by the key of its notice, so that a repetition is the
// same file; it appears whole.
type outbox struct{ dir string }

// Parts of the outbox.
const (
	mailDir = "mail"
	smsDir  = "sms"
)

// openOutbox makes the folder.
func openOutbox(dir string) (*outbox, error) {
	for _, part := range []string{mailDir, smsDir} {
		if err := os.MkdirAll(filepath.Join(dir, part), 0o700); err != nil {
			return nil, fmt.Errorf("outbox: %w", err)
		}
	}
	return &outbox{dir}, nil
}

// Notify writes the message. A code goes to the phone, everything else by mail;
// what has no address goes to the role, for the gateway to know who that is.
func (o *outbox) Notify(_ context.Context, n ra.Notice) error {
	part, to := mailDir, n.Email
	var text strings.Builder
	switch {
	case n.Code != "":
		if n.Phone == "" {
			return errors.New("outbox: a code without a phone")
		}
		part, to = smsDir, n.Phone
		fmt.Fprintf(&text, "Код %s. Никому его не сообщайте. Заявка на сертификат.\n", n.Code)
	case n.Link != "":
		fmt.Fprintf(&text, "Индивидуальная ссылка на заявку: #%s\nОна открывает заявку любому, у кого она есть.\n", n.Link)
	default:
		fmt.Fprintf(&text, "Заявка %s: «%s».\n", n.Request, n.Title)
	}
	if to == "" {
		to = string(n.To)
		if n.To == workflow.Applicant {
			return nil // he has neither phone nor address yet
		}
	}
	head := fmt.Sprintf("To: %s\nRequest: %s\nState: %s\n\n", to, n.Request, n.State)
	name := filepath.Join(o.dir, part, strings.NewReplacer("/", "-", ":", "-").Replace(n.Key)+".txt")
	if err := atomicfile.Write(name, []byte(head+text.String()), 0o600); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}
