package smev3

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
	"github.com/surguch/surguch/smev/client"
)

// Limits of a package.
const (
	MaxDocuments = 1000
	MaxDocument  = 1 << 20 // octets of one document
	MaxTotal     = 5 << 20 // octets of all, their signatures included
)

// Exchange is the message exchange: a *smev/client.Client.
type Exchange interface {
	// Post sends a message, once under each key.
	Post(ctx context.Context, key string, m client.Message) (id string, err error)
	// Replies returns what has come back.
	Replies(ctx context.Context, id string) ([]client.Reply, error)
}

// Config says who asks and through what. Required: Exchange, OrgName, Key,
// Certificate and Anchors.
type Config struct {
	Exchange    Exchange
	OrgName     string           // the person reads it, up to 250 characters
	Key         crypto.Signer    // of the organisation's qualified certificate
	Certificate *csr.Certificate // which signs every document that is sent
	// Anchors are the CAs under which persons sign in Goskey.
	Anchors []*csr.Certificate

	// Algorithms are the schemes of all signatures. Nil: csr.Standard().
	Algorithms csr.Algorithms
	// Backlink is where the application leads back to, up to 250 characters.
	// "": nowhere.
	Backlink string
	// Store remembers packages. Nil: channel.NewMemory(), which forgets them
	// with the process.
	Store channel.Store
	// Clock tells the time. Nil: the machine's.
	Clock interface{ Now() time.Time }
}

// Client is a ra.MobileSigner behind SMEV. It is safe for concurrent use.
type Client struct{ cfg Config }

var _ ra.MobileSigner = (*Client)(nil)

// New checks the configuration and returns a client. It sends nothing.
func New(cfg Config) (*Client, error) {
	switch {
	case cfg.Exchange == nil || cfg.Key == nil || cfg.Certificate == nil || len(cfg.Anchors) == 0:
		return nil, errors.New("smev3: config: one of Exchange, Key, Certificate and Anchors is missing")
	case cfg.OrgName == "" || !plain(cfg.OrgName) || !plain(cfg.Backlink) || strings.Contains(cfg.OrgName+cfg.Backlink, ">"):
		return nil, fmt.Errorf("smev3: config: OrgName or Backlink does not have up to %d printable characters other than '>'", maxText)
	}
	if cfg.Algorithms == nil {
		cfg.Algorithms = csr.Standard()
	}
	if cfg.Store == nil {
		cfg.Store = channel.NewMemory()
	}
	if cfg.Clock == nil {
		cfg.Clock = machineClock{}
	}
	return &Client{cfg}, nil
}

type machineClock struct{}

func (machineClock) Now() time.Time { return time.Now() }

// ErrLevel says that this channel asks for qualified signatures alone.
var ErrLevel = errors.New("smev3: unqualified signatures cannot be asked for through SMEV")

// Submit keeps a package, once under each key; Status sends it. What cannot be
// sent is refused for good: ErrLevel, or an error that names the field.
func (c *Client) Submit(ctx context.Context, r ra.SignRequest) (ra.OperationID, error) {
	if r.Level != ra.QualifiedLevel {
		return "", ra.Permanent(ErrLevel)
	}
	p := parcel{Package: channel.New(name, r)}
	if err := c.make(&p); err != nil {
		return "", ra.Permanent(err)
	}
	if err := p.Add(ctx, c.cfg.Store); err != nil {
		return "", err
	}
	return p.ID, nil
}

// maxLife is the longest deadline that the service takes.
const maxLife = 24 * time.Hour

// make makes the next message of a package.
func (c *Client) make(p *parcel) error {
	var chance [16]byte
	rand.Read(chance[:])
	now := c.cfg.Clock.Now()
	expires := p.Request.Deadline
	if latest := now.Add(maxLife); expires.After(latest) {
		expires = latest
	}
	q := Request{
		ID: "Q-" + hex.EncodeToString(chance[:]), At: now, SNILS: p.Request.SNILS, Expires: expires,
		Description: shorten(p.Request.Title), Backlink: c.cfg.Backlink, OrgName: c.cfg.OrgName,
	}
	var signatures [][]byte
	left := MaxTotal
	for i, d := range p.Request.Documents {
		signature, err := cms.Sign(c.cfg.Algorithms, c.cfg.Key, c.cfg.Certificate, cms.Options{Detached: true, At: now}, d.Data)
		if err != nil {
			return fmt.Errorf("smev3: the organisation's signature: %w", err)
		}
		if left -= len(d.Data) + len(signature); len(d.Data) == 0 || len(d.Data) > MaxDocument || left < 0 {
			return fmt.Errorf("smev3: document %d is empty, or too large for a message", i+1)
		}
		signatures = append(signatures, signature)
		q.Documents = append(q.Documents, Document{
			ID: fmt.Sprintf("doc-%d", i+1), Attachment: attachment(2 * i), Media: d.Media, Name: d.Name, Signature: attachment(2*i + 1),
		})
	}
	content, err := q.Marshal()
	if err != nil {
		return err
	}
	p.Progress = progress{Made: p.Progress.Made + 1, Name: q.ID, Content: content, Signatures: signatures}
	return nil
}

// attachment is how smev/client names the attachment of an index.
func attachment(i int) string { return fmt.Sprintf("ATTACHMENT_%d", i+1) }

// shorten cuts a title down to what a request takes, and has no '>' in it.
func shorten(title string) string {
	title = strings.ReplaceAll(title, ">", "›")
	if utf8.RuneCountInString(title) <= maxText {
		return title
	}
	return string([]rune(title)[:maxText-1]) + "…"
}

// maxMade is how many messages are made of a package at most.
const maxMade = 3

// AnswerError says that the service, or SMEV, gave a package up.
type AnswerError struct{ Code string }

func (e *AnswerError) Error() string { return "smev3: the package is given up: code " + e.Code }

// ErrOtherAnswer says that an answer is about another request or person.
var ErrOtherAnswer = errors.New("smev3: the answer is about another request or person")

// Status posts a package, if that was not done, and tells where it stands.
// ra.ErrNotFound; *ra.SignatureError or ErrOtherAnswer if what came back is not
// what was asked for; *AnswerError; errors of the Exchange.
func (c *Client) Status(ctx context.Context, id ra.OperationID) (ra.Operation, error) {
	p, err := channel.Load[progress](ctx, c.cfg.Store, name, id)
	if err != nil {
		return ra.Operation{}, err
	}
	if p.Over() {
		return p.Outcome, nil
	}
	message, err := c.cfg.Exchange.Post(ctx, p.Progress.key(&p.Request), p.Progress.message(&p.Request))
	if err != nil {
		return ra.Operation{}, err
	}
	replies, err := c.cfg.Exchange.Replies(ctx, message)
	if err != nil {
		return ra.Operation{}, err
	}
	waiting := ra.Operation{State: ra.AwaitingUser}
	for i := range replies {
		o, err := c.judge(p, &replies[i])
		var e *AnswerError
		switch {
		case errors.As(err, &e) && senderUnchecked[e.Code] && p.Progress.Made < maxMade:
			if err := c.make(p); err != nil {
				return ra.Operation{}, err
			}
			if err := p.Save(ctx, c.cfg.Store); err != nil {
				return ra.Operation{}, err
			}
			return waiting, nil
		case err != nil:
			return ra.Operation{}, ra.Permanent(err)
		case o != nil:
			p.Outcome = *o
			if err := p.Save(ctx, c.cfg.Store); err != nil {
				return ra.Operation{}, err
			}
			return *o, nil
		}
	}
	return waiting, nil
}

// senderUnchecked are the codes that say that the check of the sender's
// signature gave no answer in time.
var senderUnchecked = map[string]bool{"10": true, "12": true, "13": true, "14": true}

// judge makes an operation of a reply. Nil: it is not the last.
func (c *Client) judge(p *parcel, r *client.Reply) (*ra.Operation, error) {
	switch {
	case !r.Final():
		return nil, nil
	case len(r.Rejections) > 0:
		return nil, &AnswerError{Code: "rejected"}
	case r.Undelivered != nil:
		return nil, &AnswerError{Code: "undelivered"}
	}
	answer, err := ParseResponse(r.Content)
	if err != nil {
		return nil, err
	}
	if answer.RequestID != p.Progress.Name || answer.SNILS != p.Request.SNILS {
		return nil, ErrOtherAnswer
	}
	switch {
	case answer.Interim:
		return nil, nil
	case answer.Rejected:
		return ended(ra.RefusedByUser), nil
	case answer.Code == "1":
		return ended(ra.SignerNotFound), nil
	case answer.Code == "4":
		return ended(ra.SigningExpired), nil
	case answer.Code != "":
		return nil, &AnswerError{Code: answer.Code}
	}
	signatures, err := c.signatures(p, r)
	if err != nil {
		return nil, err
	}
	return &ra.Operation{State: ra.Signed, Signatures: signatures}, nil
}

// ended is the end of a package that was not signed.
func ended(state ra.OperationState) *ra.Operation {
	o := channel.Ended(state)
	return &o
}

// signatures finds the signature of each document among the files of a reply.
// They usually come in the order of the documents, but only what they sign
// tells.
func (c *Client) signatures(p *parcel, r *client.Reply) ([][]byte, error) {
	var list [][]byte
	used := map[int]bool{}
	for i, d := range p.Request.Documents {
		found, err := -1, ra.ErrTooFew
		for step := range r.Attachments {
			k := (i + step) % len(r.Attachments)
			if used[k] {
				continue
			}
			wrong := channel.Verify(c.cfg.Algorithms, c.cfg.Anchors, c.cfg.Clock.Now(), d.Data, r.Attachments[k].Data, p.Request.SNILS)
			if wrong == nil {
				found = k
				break
			}
			if step == 0 {
				err = wrong
			}
		}
		if found < 0 {
			return nil, &ra.SignatureError{Document: d.Name, Err: err}
		}
		used[found] = true
		list = append(list, r.Attachments[found].Data)
	}
	return list, nil
}

// Cancel ends a package here; whatever the person does with it afterwards is
// not looked at. SMEV cannot take a message back.
func (c *Client) Cancel(ctx context.Context, id ra.OperationID) error {
	p, err := channel.Load[progress](ctx, c.cfg.Store, name, id)
	if err != nil || p.Over() {
		return err
	}
	p.Outcome = channel.Withdrawn()
	return p.Save(ctx, c.cfg.Store)
}
