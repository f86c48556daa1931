package client

import (
	"errors"
	"strings"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// retryAfter is how long an unavailable register is left alone, 30 minutes:
// the time its answers take when it is well.
const retryAfter = 30 * time.Minute

// interpret says what a message means for the inquiry it was kept for; nil
// without an error means that a final answer is still to come.
func (c *Client) interpret(sent Sent, r Received) (*smev.Answer, error) {
	kind, err := c.kind(sent.Check, sent.Namespace)
	if err != nil {
		return nil, err
	}
	body, err := soap.ReadEnvelope(r.Envelope)
	if err != nil {
		return nil, err
	}
	m, err := soap.ReadResponse(body)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, errors.New("smev/client: a kept message holds no response")
	}
	if fields := misaddressed(m, sent.MessageID); fields != nil {
		return nil, &smev.MismatchError{ID: sent.MessageID, Fields: fields}
	}
	result, final, err := judge(kind, m, sent.Subject)
	if err != nil || !final {
		return nil, withID(err, sent.MessageID)
	}
	a := &smev.Answer{
		Check: sent.Check, Outcome: result.Outcome, Reason: result.Reason, Fields: result.Fields, Text: result.Text,
		Evidence: smev.Evidence{
			MessageID: m.MessageID, OriginalMessageID: m.OriginalMessageID,
			SentAt: m.Metadata.SentAt, DeliveredAt: m.Metadata.DeliveredAt,
			Provider: m.Metadata.Sender.Mnemonic, Namespace: kind.Namespace, Envelope: r.Envelope,
		},
	}
	if a.Evidence.DeliveredAt.IsZero() {
		a.Evidence.DeliveredAt = r.ReceivedAt
	}
	if a.Outcome == smev.Unavailable {
		a.RetryAt = r.ReceivedAt.Add(retryAfter)
	}
	return a, nil
}

// misaddressed names the elements of m that tell of another message than the
// rest of it does.
func misaddressed(m *soap.Response, inquiry string) []string {
	var fields []string
	if m.OriginalMessageID != inquiry || m.Async != nil && m.Async.OriginalMessageID != inquiry {
		fields = append(fields, "OriginalMessageId")
	}
	if m.Metadata.MessageID != m.MessageID {
		fields = append(fields, "MessageId")
	}
	return fields
}

// judge reads the one part of the message that says how the inquiry went.
func judge(kind smev.Kind, m *soap.Response, asked smev.Subject) (result smev.Result, final bool, err error) {
	switch {
	case m.Status != nil:
		return smev.Result{}, false, nil
	case m.Async != nil:
		// Of the categories only the rejections end an inquiry; all others tell
		// how far it has got.
		if !strings.HasSuffix(m.Async.Category, "RejectedBySmev") {
			return smev.Result{}, false, nil
		}
		fault := ""
		if m.Async.Fault != nil {
			fault = m.Async.Fault.Name
		}
		return smev.Undelivered(fault), true, nil
	case m.Rejections != nil:
		var codes []string
		for _, r := range m.Rejections {
			codes = append(codes, r.Code)
		}
		return smev.Refusal(kind.Check, codes...), true, nil
	}
	root, err := xmldsig.Parse(m.Content)
	if err != nil {
		return smev.Unreadable(kind.Check), true, nil
	}
	if root.Name != (xmldsig.Name{Space: kind.Namespace, Local: kind.ResponseRoot}) {
		return smev.Result{}, false, &smev.MismatchError{Fields: []string{"MessagePrimaryContent"}}
	}
	result, err = kind.Parse(m.Content, asked)
	var mismatch *smev.MismatchError
	switch {
	case errors.As(err, &mismatch):
		return smev.Result{}, false, err
	case err != nil:
		return smev.Unreadable(kind.Check), true, nil
	}
	return result, true, nil
}

// withID tells a mismatch found by a kind which inquiry it concerns.
func withID(err error, id string) error {
	var mismatch *smev.MismatchError
	if errors.As(err, &mismatch) {
		return &smev.MismatchError{ID: id, Fields: mismatch.Fields}
	}
	return err
}
