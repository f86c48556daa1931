package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// message is a letter or a text message that is ready to be sent.
type message struct {
	id   string
	text string // name of the text
	send func(ctx context.Context) error
}

// linkPattern is what a link's secret is made of: an ID, a dot, base64. It
// keeps anything else out of letters.
var linkPattern = regexp.MustCompile(`^[0-9A-Za-z._~-]{1,200}$`)

// compose returns what is to be sent. For a colleague that may be nothing; an
// applicant who would be told nothing, other than by an embedder's wish, is an
// error.
func (r *Router) compose(ctx context.Context, n ra.Notice) ([]message, error) {
	to, phone, err := r.addresses(ctx, n)
	if err != nil {
		return nil, err
	}
	letter, sms := r.texts.find(mailDir, n), r.texts.find(smsDir, n)
	silenced := !letter.said() && !sms.said() && (letter != nil || sms != nil)
	var all []message
	if sms.said() && r.cfg.SMS != nil && phone != "" {
		m, err := r.sms(sms, n, phone)
		if err != nil {
			return nil, ra.Permanent(err)
		}
		all = append(all, m)
	}
	if letter.said() && r.cfg.Mail != nil && len(to) > 0 {
		letters, err := r.letters(letter, n, to)
		if err != nil {
			return nil, ra.Permanent(err)
		}
		all = append(all, letters...)
	} else if n.Link != "" {
		return nil, ra.Permanent(errors.New("a link has no way but by mail, and there is none"))
	}
	if len(all) == 0 && !silenced && (n.To == workflow.Applicant || n.Code != "") {
		return nil, ra.Permanent(fmt.Errorf("no text, no channel or no address for %s to %s", reason(n), n.To))
	}
	return all, nil
}

// facts are what every text may say of a notice.
func (r *Router) facts(n ra.Notice) Facts {
	return Facts{Request: string(n.Request), Title: oneLine(n.Title), Portal: r.cfg.Portal, Site: r.site, Authority: r.cfg.Authority}
}

// sms is the text message of a notice: the one place that a code goes to.
func (r *Router) sms(t *text, n ra.Notice, phone string) (message, error) {
	f := r.facts(n)
	f.Code = n.Code
	said, err := t.render(f)
	if err != nil {
		return message{}, err
	}
	if !strings.Contains(said, n.Code) {
		return message{}, fmt.Errorf("text %s does not deliver the code", t.name)
	}
	id := messageID(n.Key, smsDir, phone, "")
	return message{id, t.name, func(ctx context.Context) error {
		return r.cfg.SMS.Send(ctx, SMS{ID: id, To: phone, Text: said})
	}}, nil
}

// letters are those of a notice, one to each address: the one place that a
// link goes to.
func (r *Router) letters(t *text, n ra.Notice, to []string) ([]message, error) {
	f := r.facts(n)
	if n.Link != "" {
		if !linkPattern.MatchString(n.Link) {
			return nil, errors.New("the link has characters that a link has not")
		}
		f.Link = r.cfg.Portal + n.Link
	}
	said, err := t.render(f)
	if err != nil {
		return nil, err
	}
	subject, body, err := splitLetter(said)
	if err != nil {
		return nil, fmt.Errorf("text %s: %w", t.name, err)
	}
	if !strings.Contains(body, f.Link) {
		return nil, fmt.Errorf("text %s does not deliver the link", t.name)
	}
	var all []message
	for _, to := range to {
		l := Letter{ID: messageID(n.Key, mailDir, to, n.Link), To: to, Subject: subject, Text: body, Files: n.Files}
		all = append(all, message{l.ID, t.name, func(ctx context.Context) error { return r.cfg.Mail.Send(ctx, l) }})
	}
	return all, nil
}

// addresses returns where whoever the notice is for is told: the applicant, by
// mail and phone, or colleagues, by mail.
func (r *Router) addresses(ctx context.Context, n ra.Notice) (to []string, phone string, err error) {
	if n.To == workflow.Applicant {
		if n.Email != "" {
			to = []string{n.Email}
		}
		return to, n.Phone, nil
	}
	if r.cfg.Colleagues == nil {
		return nil, "", nil
	}
	if to, err = r.cfg.Colleagues.Addresses(ctx, n.To, n.Partner, n.Request); err != nil {
		return nil, "", fmt.Errorf("addresses of %s: %w", n.To, err)
	}
	return to, "", nil
}

// messageID is what a repetition of a message has in common with it. The link
// counts, since another one replaces it; it has 128 bits of chance, so its
// hash tells nothing. A code has not, and does not count: each has a key of
// its own.
func messageID(key, channel, to, link string) string {
	h := sha256.New()
	for _, s := range []string{key, channel, to, link} {
		fmt.Fprintf(h, "%d:%s,", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
