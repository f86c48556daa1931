package client

import (
	"context"
	"fmt"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// Ask implements smev.Verifier. Its errors, beside those named there:
// *TransportError when the network or the reply failed, *SignatureError when
// the reply is not SMEV's, *FaultError when SMEV refused, *KeyError. After any
// of the first three the caller repeats Ask with the same inquiry.
func (c *Client) Ask(ctx context.Context, q smev.Inquiry) (string, error) {
	s, err := c.file(ctx, q.Key, draft{
		operation: "SendRequest",
		make:      func(id string) (Sent, error) { return c.inquiry(q, id) },
		same:      func(have Sent) bool { return have.Check == q.Check && have.Subject.Equal(q.Subject) },
	})
	return s.MessageID, err
}

// inquiry makes the message of an inquiry.
func (c *Client) inquiry(q smev.Inquiry, id string) (Sent, error) {
	kind, err := c.kind(q.Check, "")
	if err != nil {
		return Sent{}, err
	}
	content, err := kind.Build(q.Subject)
	if err != nil {
		return Sent{}, err
	}
	root, err := xmldsig.Parse(content)
	if err != nil || root.Name != (xmldsig.Name{Space: kind.Namespace, Local: kind.Root}) {
		return Sent{}, fmt.Errorf("smev/client: kind %s builds another document than it names", kind.Namespace)
	}
	s := Sent{
		Key: q.Key, MessageID: id, State: Prepared, Check: q.Check, Namespace: kind.Namespace,
		Subject: q.Subject, MadeAt: c.cfg.Clock.Now().UTC(),
	}
	m := soap.SendRequest{Data: c.data(id)}
	m.Data.Content = content
	s.Envelope, err = m.Envelope(c.version, c.sign)
	return s, err
}

// data is what all our requests have. An inquiry starts a chain of messages,
// so it is its own reference. No transaction was agreed with SMEV, so the code
// that the schema of 1.2 asks for is empty.
func (c *Client) data(id string) soap.RequestData {
	d := soap.RequestData{MessageID: id, ReferenceMessageID: id, NodeID: c.cfg.Node, Test: c.cfg.Test}
	if c.cfg.Life > 0 {
		d.EndOfLife = c.cfg.Clock.Now().Add(c.cfg.Life)
	}
	return d
}
