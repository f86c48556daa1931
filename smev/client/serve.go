package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// Inquiry is a request of another participant to us. It carries personal data.
type Inquiry struct {
	Content     []byte // business document
	Attachments []Attachment
	Test        bool // nothing may be changed on its account
	Evidence    smev.Evidence
}

// Outcome is our answer to a request: a message, or rejections.
type Outcome struct {
	Message    Message
	Rejections []Rejection
}

// Handler answers requests. It may be called again for the same request after
// a crash or an error, until the answer has been stored. An error leaves the
// request for later.
type Handler func(ctx context.Context, q *Inquiry) (*Outcome, error)

// Serve takes requests of others and has them answered, until ctx ends, and
// returns its error. A request is kept before it is acknowledged, and its
// answer before it is sent, so that neither is lost. Those whose sender's
// signature does not verify are rejected with ACCESS_DENIED.
func (c *Client) Serve(ctx context.Context, answer Handler) error {
	return c.loop(ctx, nil, func(ctx context.Context) (int, error) { return c.ServeOnce(ctx, answer) })
}

// ServeOnce takes what waits in the queue of requests, answers what is open,
// and returns how many were answered.
func (c *Client) ServeOnce(ctx context.Context, answer Handler) (n int, err error) {
	_, polled := c.drain(ctx, Request)
	waiting, err := c.cfg.Store.Requests(ctx, maxPull)
	if err != nil {
		return 0, errors.Join(polled, storeError(err))
	}
	failed := []error{polled}
	for _, r := range waiting {
		if err := c.serve(ctx, r, answer); err != nil {
			failed = append(failed, fmt.Errorf("smev/client: request %s: %w", r.MessageID, err))
			continue
		}
		n++
	}
	return n, errors.Join(failed...)
}

// serve answers one request.
func (c *Client) serve(ctx context.Context, r Received, answer Handler) error {
	body, err := soap.ReadEnvelope(r.Envelope)
	if err != nil {
		return err
	}
	m, signed, err := soap.ReadGetRequestResponse(body)
	if err != nil {
		return err
	}
	if m.Request == nil { // a Cancel: nothing is to be said
		_, err := c.cfg.Store.Put(ctx, Sent{Key: ReplyKey(r.MessageID), MessageID: c.ids.New(), State: Accepted, MadeAt: c.cfg.Clock.Now().UTC()}, "")
		return err
	}
	var out *Outcome // once for all ids that the reply may need
	_, err = c.file(ctx, ReplyKey(r.MessageID), draft{
		operation: "SendResponse",
		make: func(id string) (Sent, error) {
			if out == nil {
				said, err := c.outcome(ctx, r, m, signed, answer)
				if err != nil {
					return Sent{}, err
				}
				out = said
			}
			return c.reply(id, r, m.Request, out)
		},
		same: func(Sent) bool { return true }, // whatever was stored is the answer
	})
	return err
}

// outcome is what the handler says, if the request is its sender's.
func (c *Client) outcome(ctx context.Context, r Received, m *soap.GetRequestResponse, signed soap.Signatures, answer Handler) (*Outcome, error) {
	sender, refused := c.bySender("GetRequest", signed.Sender, r.ReceivedAt)
	if refused != nil {
		c.cfg.Log.WarnContext(ctx, "smev/client: a request is rejected", "message", r.MessageID, "error", refused)
		return &Outcome{Rejections: []Rejection{{"ACCESS_DENIED", "Электронная подпись отправителя не подтверждена."}}}, nil
	}
	q := &Inquiry{Content: m.Request.Data.Content, Test: m.Request.Data.Test, Evidence: smev.Evidence{
		MessageID: r.MessageID, SentAt: m.Request.Metadata.SentAt, DeliveredAt: m.Request.Metadata.DeliveredAt, ReceivedAt: r.ReceivedAt,
		Provider: m.Request.Metadata.Sender.Mnemonic, Envelope: r.Envelope, SenderSigner: sender.Raw,
	}}
	if root, err := xmldsig.Parse(q.Content); err == nil {
		q.Evidence.Namespace = root.Name.Space
	}
	if cert, refused := c.bySMEV("GetRequest", signed.SMEV, r.ReceivedAt); refused == nil {
		q.Evidence.SMEVSigner = cert.Raw
	}
	var err error
	if q.Attachments, err = attachments(m.Request.Data.Attachments, m.Attachments, m.Request.Data.Files, r.Files); err != nil {
		return nil, err
	}
	return answer(ctx, q)
}

// reply makes the message of an answer.
func (c *Client) reply(id string, r Received, q *soap.Request, out *Outcome) (Sent, error) {
	s := Sent{Key: ReplyKey(r.MessageID), MessageID: id, State: Prepared, MadeAt: c.cfg.Clock.Now().UTC()}
	m := soap.SendResponse{Data: soap.ResponseData{MessageID: id, To: q.ReplyTo}}
	if len(out.Rejections) > 0 {
		for _, x := range out.Rejections {
			m.Data.Rejections = append(m.Data.Rejections, soap.Rejection(x))
		}
	} else {
		root, err := xmldsig.Parse(out.Message.Content)
		if err != nil {
			return Sent{}, fmt.Errorf("smev/client: the business document: %w", err)
		}
		s.Namespace, s.Digest, m.Data.Content = root.Name.Space, out.Message.digest(), out.Message.Content
		if out.Message.Official != nil {
			if m.Data.PersonalSignature, err = out.Message.Official.Sign(root); err != nil {
				return Sent{}, err
			}
		}
		if m.Data.Attachments, m.Attachments, m.Data.Files, s.Files, err = c.attach(out.Message.Attachments); err != nil {
			return Sent{}, err
		}
	}
	var err error
	s.Envelope, err = m.Envelope(c.version, c.sign)
	return s, err
}
