package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// Message is what goes to another participant: a business document, perhaps
// with files. It carries personal data.
type Message struct {
	Content     []byte // one element with a namespace; no XML declaration
	Attachments []Attachment
	// Official signs the root of Content, which then carries an attribute Id
	// (ЭП-СП). Nil: nobody does.
	Official *xmldsig.Signer
	// BusinessProcess are elements of other namespaces that the receiver asks
	// for (BusinessProcessMetadata).
	BusinessProcess [][]byte
}

// Post sends a message under a key and returns its id. It is idempotent by the
// key, as Ask is, and has its errors; the same key with another message is a
// *KeyError. [Client.Replies] gives what comes back.
func (c *Client) Post(ctx context.Context, key string, m Message) (id string, err error) {
	digest := m.digest()
	s, err := c.file(ctx, key, draft{
		operation: "SendRequest",
		make:      func(id string) (Sent, error) { return c.posted(key, id, digest, m) },
		same:      func(have Sent) bool { return have.Check == "" && have.Digest == digest },
	})
	return s.MessageID, err
}

func (c *Client) posted(key, id, digest string, m Message) (Sent, error) {
	root, err := xmldsig.Parse(m.Content)
	if err != nil {
		return Sent{}, fmt.Errorf("smev/client: the business document: %w", err)
	}
	s := Sent{Key: key, MessageID: id, State: Prepared, Namespace: root.Name.Space, Digest: digest, MadeAt: c.cfg.Clock.Now().UTC()}
	r := soap.SendRequest{Data: c.data(id)}
	r.Data.Content, r.Data.BusinessProcess = m.Content, m.BusinessProcess
	if m.Official != nil {
		if r.Data.PersonalSignature, err = m.Official.Sign(root); err != nil {
			return Sent{}, err
		}
	}
	if r.Data.Attachments, r.Attachments, r.Data.Files, s.Files, err = c.attach(m.Attachments); err != nil {
		return Sent{}, err
	}
	s.Envelope, err = r.Envelope(c.version, c.sign)
	return s, err
}

// digest is that of all that is posted, each part behind its length.
func (m *Message) digest() string {
	h := sha256.New()
	part := func(b []byte) { fmt.Fprintf(h, "%d:%s", len(b), b) }
	part(m.Content)
	for _, b := range m.BusinessProcess {
		part(b)
	}
	for _, a := range m.Attachments {
		part([]byte(a.Name))
		part([]byte(a.MediaType))
		part(a.Data)
		part(a.Signature)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Reply is what came back to a message. It carries personal data. Exactly one
// of Content, Rejections, Status and Undelivered says what.
type Reply struct {
	Content     []byte // business document
	Attachments []Attachment
	Rejections  []Rejection     // the receiver declines to answer
	Status      *ProviderStatus // an answer is still to come
	Undelivered *Undelivered    // what SMEV did with the message
	Evidence    smev.Evidence
}

// Final reports whether no other reply is to come.
func (r *Reply) Final() bool {
	return r.Status == nil && (r.Undelivered == nil || r.Undelivered.Rejected)
}

// Rejection is why a receiver declines to answer: ACCESS_DENIED, NO_DATA,
// UNKNOWN_REQUEST_DESCRIPTION or FAILURE, and his words.
type Rejection struct{ Code, Description string }

// ProviderStatus is how far the receiver has got, in codes of his own.
type ProviderStatus struct {
	Code        int
	Description string
}

// Undelivered is how far SMEV has got with the message.
type Undelivered struct {
	Category string // InteractionStatusType
	Rejected bool   // for good
	Fault    string // name, if it was rejected
	Text     string // in Russian; may quote the message
}

// Replies returns what has come back to a message so far, in the order it
// came. It takes from the queue first, unless Run does. smev.ErrUnknown says
// that the message was never filed here. Replies whose sender's signature does
// not verify are left out, and logged.
func (c *Client) Replies(ctx context.Context, id string) ([]Reply, error) {
	if _, err := c.cfg.Store.Get(ctx, id); errors.Is(err, ErrNotFound) {
		return nil, smev.ErrUnknown
	} else if err != nil {
		return nil, storeError(err)
	}
	if c.running.Load() == 0 {
		if _, err := c.Poll(ctx); err != nil {
			return nil, err
		}
	}
	kept, err := c.cfg.Store.Answers(ctx, id)
	if err != nil {
		return nil, storeError(err)
	}
	var replies []Reply
	for _, r := range kept {
		m, err := c.open(r)
		if err != nil {
			c.cfg.Log.WarnContext(ctx, "smev/client: a reply is left out", "message", r.MessageID, "error", err)
			continue
		}
		reply, err := m.reply()
		if err != nil {
			return nil, err
		}
		replies = append(replies, *reply)
	}
	return replies, nil
}

// reply is a received message for those who interpret it themselves.
func (m *opened) reply() (*Reply, error) {
	r := &Reply{Evidence: m.evidence()}
	d := &m.response.Data
	switch {
	case d.Async != nil:
		r.Undelivered = &Undelivered{Category: d.Async.Category, Rejected: rejected(d.Async)}
		if f := d.Async.Fault; f != nil {
			r.Undelivered.Fault, r.Undelivered.Text = f.Name, f.Description
		}
	case d.Status != nil:
		r.Status = &ProviderStatus{d.Status.Code, d.Status.Description}
	case len(d.Rejections) > 0:
		for _, x := range d.Rejections {
			r.Rejections = append(r.Rejections, Rejection(x))
		}
	default:
		r.Content = d.Content
	}
	var err error
	r.Attachments, err = attachments(d.Attachments, m.contents, d.Files, m.kept.Files)
	return r, err
}
