package notify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"

	"github.com/surguch/surguch/ra"
)

// Config is what a router is made of. Required: one of Mail, SMS and Also, and
// with Mail or SMS also Portal and Authority.
type Config struct {
	// Mail sends letters. Nil: nobody gets one.
	Mail Mailer
	// SMS sends text messages. Nil: nobody gets one.
	SMS Texter
	// Also are told of every notice, before anybody gets a letter, without its
	// code and link and without the applicant's addresses. They are to be
	// quick; where one of them fails, the notice goes no further until it is
	// repeated. Without Mail and SMS they are told alone, and links and codes
	// cannot be sent.
	Also []ra.Notifier
	// Colleagues knows where others than applicants get their letters. Nil:
	// they get none.
	Colleagues Directory
	// Texts replaces texts: mail/REASON.txt and sms/REASON.txt, where REASON is
	// an effect, as in notify_applicant, or an effect and a state, as in
	// notify_applicant.completed, which counts before the effect alone. "code"
	// is the reason of a code. A letter's first line is its subject; the second
	// is empty. An empty file is a text that is not to be sent. signature.txt
	// stands for {{template "signature" .}}. Nil: the embedded texts.
	Texts fs.FS
	// Portal is where a link leads: an https address with a "#", after which
	// the link's secret is written.
	Portal string
	// Authority is the name that letters are signed with.
	Authority string
}

// Router sends each notice where it belongs. It is safe for concurrent use.
type Router struct {
	cfg   Config
	site  string
	texts texts
	sent  memory
}

var _ ra.Notifier = (*Router)(nil)

// New checks the configuration, renders every text with invented facts and
// returns the router. An error names the setting or the text that is wrong.
func New(c Config) (*Router, error) {
	r := &Router{cfg: c}
	if c.Mail == nil && c.SMS == nil && len(c.Also) == 0 {
		return nil, errors.New("notify: config: one of Mail, SMS and Also is required")
	}
	if c.Mail != nil || c.SMS != nil {
		var err error
		if r.site, err = site(c.Portal); err != nil {
			return nil, fmt.Errorf("notify: config: Portal: %w", err)
		}
		if c.Authority == "" || hasControl(c.Authority) {
			return nil, errors.New("notify: config: Authority is required, in one line")
		}
	}
	var err error
	if r.texts, err = readTexts(c.Texts); err != nil {
		return nil, fmt.Errorf("notify: config: Texts: %w", err)
	}
	return r, nil
}

// site returns how the address of a portal is written for people to type:
// without scheme and fragment.
func site(portal string) (string, error) {
	u, err := url.Parse(portal)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || !strings.Contains(portal, "#") {
		return "", errors.New("not an https address with a # and without a query")
	}
	return strings.TrimSuffix(u.Host+u.EscapedPath(), "/"), nil
}

// Notify sends a notice. It returns nil when every channel that the notice is
// for has taken it. The error is marked with ra.Permanent if no repetition
// helps: an applicant is told by no channel at all, a secret has no way to him,
// or whatever failed was refused for good.
func (r *Router) Notify(ctx context.Context, n ra.Notice) error {
	open := n
	open.Code, open.Link, open.Email, open.Phone = "", "", "", ""
	for _, also := range r.cfg.Also {
		if err := also.Notify(ctx, open); err != nil {
			return fmt.Errorf("notify: request %s: %w", n.Request, err)
		}
	}
	if r.cfg.Mail == nil && r.cfg.SMS == nil && n.Code == "" && n.Link == "" {
		return nil
	}
	messages, err := r.compose(ctx, n)
	if err != nil {
		return fmt.Errorf("notify: request %s: %w", n.Request, err)
	}
	var sent []string
	var failed []error
	final := true
	for _, m := range messages {
		if !r.sent.has(m.id) {
			if err := m.send(ctx); err != nil {
				failed = append(failed, fmt.Errorf("notify: request %s: %s: %w", n.Request, m.text, err))
				final = final && errors.Is(err, ErrRefused)
				continue
			}
		}
		sent = append(sent, m.id)
	}
	if len(failed) == 0 {
		r.sent.forget(sent)
		return nil
	}
	r.sent.add(sent)
	if err = errors.Join(failed...); final {
		return ra.Permanent(err)
	}
	return err
}
