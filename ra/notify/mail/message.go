package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/surguch/surguch/ra/notify"
)

var idPattern = regexp.MustCompile(`^[0-9A-Za-z]{1,64}$`)

// message writes a letter. Whatever would reach a header is checked here,
// whoever made it.
func (s *Server) message(l notify.Letter) (*gomail.Msg, error) {
	to, err := mail.ParseAddress(l.To)
	switch {
	case err != nil || to.Name != "" || to.Address != l.To || !plain(l.To):
		return nil, fmt.Errorf("mail: the address is not one: %w", notify.ErrRefused)
	case !idPattern.MatchString(l.ID):
		return nil, fmt.Errorf("mail: the identifier is not one: %w", notify.ErrRefused)
	case strings.TrimSpace(l.Subject) == "" || strings.ContainsFunc(l.Subject, unicode.IsControl):
		return nil, fmt.Errorf("mail: the subject is not one line: %w", notify.ErrRefused)
	case strings.Contains(l.Subject, "=?"): // reads as something else (RFC 2047)
		return nil, fmt.Errorf("mail: the subject looks encoded: %w", notify.ErrRefused)
	}
	now := time.Now()
	if s.cfg.Clock != nil {
		now = s.cfg.Clock.Now()
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(s.from)
	m.ToMailAddress(to)
	m.Subject(strings.TrimSpace(l.Subject))
	m.SetDateWithValue(now)
	m.SetMessageIDWithValue(l.ID + "@" + s.domain)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	for _, f := range l.Files {
		typ, _, err := mime.ParseMediaType(f.Media)
		if err != nil || !strings.Contains(typ, "/") || f.Name == "" || strings.ContainsFunc(f.Name, unsafe) {
			return nil, fmt.Errorf("mail: a file has no name or no media type: %w", notify.ErrRefused)
		}
		if err := m.AttachReader(f.Name, bytes.NewReader(f.Data), gomail.WithFileContentType(gomail.ContentType(typ))); err != nil {
			return nil, fmt.Errorf("mail: a file: %w", err)
		}
	}
	return m, nil
}

// unsafe reports whether a character has no place in the name of a file.
func unsafe(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(`/\:"`, r) }

// plain reports whether an address is printable ASCII.
func plain(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// failure says what went wrong in the words of this package: a server's own
// repeat the address, and sometimes the letter.
func failure(ctx context.Context, stage string, err error) error {
	var send *gomail.SendError
	var reply *textproto.Error
	switch {
	case errors.As(err, &send) && send.ErrorCode() != 0:
		text := fmt.Sprintf("mail: %s: the server answers %s to %s", stage,
			strings.TrimSpace(fmt.Sprint(send.ErrorCode(), " ", send.EnhancedStatusCode())), commands[send.Reason])
		// 5yz to the recipient or the text is about this letter. To anything
		// else it is about the account, which somebody will put right.
		if send.ErrorCode()/100 == 5 && send.Reason != gomail.ErrSMTPMailFrom {
			return fmt.Errorf("%s: %w", text, notify.ErrRefused)
		}
		return errors.New(text)
	case errors.As(err, &reply):
		return fmt.Errorf("mail: %s: the server answers %d", stage, reply.Code)
	case ctx.Err() != nil:
		return fmt.Errorf("mail: %s: %w", stage, ctx.Err())
	case errors.As(err, &send):
		return fmt.Errorf("mail: %s: the connection broke at %s", stage, commands[send.Reason])
	}
	return fmt.Errorf("mail: %s: %w", stage, err)
}

var commands = map[gomail.SendErrReason]string{
	gomail.ErrSMTPMailFrom:  "MAIL",
	gomail.ErrSMTPRcptTo:    "RCPT",
	gomail.ErrSMTPData:      "DATA",
	gomail.ErrWriteContent:  "the text",
	gomail.ErrSMTPDataClose: "the end of the text",
	gomail.ErrConnCheck:     "the first command",
}
