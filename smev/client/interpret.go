package client

import (
	"errors"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// retryAfter is how long an unavailable register is left alone, 30 minutes:
// the time its answers take when it is well.
const retryAfter = 30 * time.Minute

// reasonUnsigned is the reason of an answer that its sender has not signed, or
// that somebody has whom nobody trusts.
const reasonUnsigned = "answer_signature"

// interpret says what a message means for the inquiry it was kept for; nil
// without an error means that a final answer is still to come.
func (c *Client) interpret(sent Sent, r Received) (*smev.Answer, error) {
	kind, err := c.kind(sent.Check, sent.Namespace)
	if err != nil {
		return nil, err
	}
	m, err := c.open(r)
	var unsigned *SignatureError
	if errors.As(err, &unsigned) {
		// SMEV has delivered it; whether it is the register's nobody knows.
		return &smev.Answer{
			Check: sent.Check, Outcome: smev.Inconclusive, Reason: reasonUnsigned,
			Text:     "Подпись ответа государственного реестра не подтверждена; требуется рассмотрение оператором.",
			Evidence: smev.Evidence{MessageID: r.MessageID, OriginalMessageID: sent.MessageID, DeliveredAt: r.ReceivedAt, ReceivedAt: r.ReceivedAt, Namespace: kind.Namespace, Envelope: r.Envelope},
		}, nil
	}
	if err != nil {
		return nil, err
	}
	if fields := m.misaddressed(sent.MessageID); fields != nil {
		return nil, &smev.MismatchError{ID: sent.MessageID, Fields: fields}
	}
	result, final, err := judge(kind, &m.response, sent.Subject)
	if err != nil || !final {
		return nil, withID(err, sent.MessageID)
	}
	a := &smev.Answer{
		Check: sent.Check, Outcome: result.Outcome, Reason: result.Reason, Fields: result.Fields, Text: result.Text, Found: result.Found,
		Evidence: m.evidence(),
	}
	a.Evidence.Namespace = kind.Namespace
	if a.Outcome == smev.Unavailable {
		a.RetryAt = r.ReceivedAt.Add(retryAfter)
	}
	return a, nil
}

// misaddressed names the elements of m that tell of another message than the
// rest of it does.
func (m *opened) misaddressed(inquiry string) []string {
	var fields []string
	d := &m.response.Data
	if m.response.OriginalMessageID != inquiry || d.Async != nil && d.Async.OriginalMessageID != inquiry {
		fields = append(fields, "OriginalMessageId")
	}
	if m.response.Metadata.MessageID != d.MessageID {
		fields = append(fields, "MessageId")
	}
	return fields
}

// judge reads the one part of the message that says how the inquiry went.
func judge(kind smev.Kind, m *soap.Response, asked smev.Subject) (result smev.Result, final bool, err error) {
	switch d := &m.Data; {
	case d.Status != nil:
		return smev.Result{}, false, nil
	case d.Async != nil:
		if !rejected(d.Async) {
			return smev.Result{}, false, nil
		}
		fault := ""
		if d.Async.Fault != nil {
			fault = d.Async.Fault.Name
		}
		return smev.Undelivered(fault), true, nil
	case d.Rejections != nil:
		var codes []string
		for _, r := range d.Rejections {
			codes = append(codes, r.Code)
		}
		return smev.Refusal(kind.Check, codes...), true, nil
	}
	root, err := xmldsig.Parse(m.Data.Content)
	if err != nil {
		return smev.Unreadable(kind.Check), true, nil
	}
	if root.Name != (xmldsig.Name{Space: kind.Namespace, Local: kind.ResponseRoot}) {
		return smev.Result{}, false, &smev.MismatchError{Fields: []string{"MessagePrimaryContent"}}
	}
	result, err = kind.Parse(m.Data.Content, asked)
	var mismatch *smev.MismatchError
	switch {
	case errors.Is(err, smev.ErrPending):
		return smev.Result{}, false, nil
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
