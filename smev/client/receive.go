package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// delivery is a message on its way from a queue into the store.
type delivery struct {
	Received
	target string                     // what SMEV knows it by
	smev   soap.Signed                // what SMEV signed
	refs   []soap.RefAttachmentHeader // files to fetch
	places []soap.FSAttachment        // where they are
}

// next takes one message from a queue: it is verified, its files are fetched,
// it is kept, and only then acknowledged. It reports whether the queue was
// empty. What SMEV has not signed is kept aside and acknowledged as refused.
func (c *Client) next(ctx context.Context, role Role) (empty bool, err error) {
	d, operation, err := c.fetch(ctx, role)
	if err != nil || d == nil {
		return err == nil, err
	}
	d.Role, d.ReceivedAt = role, c.cfg.Clock.Now().UTC()
	accepted := true
	if _, refused := c.bySMEV(operation, d.smev, d.ReceivedAt); refused != nil {
		c.cfg.Log.ErrorContext(ctx, "smev/client: a message is refused", "message", d.target, "error", refused)
		// Its id is nobody's word, and may be that of a good message to come.
		sum := sha256.Sum256(d.Envelope)
		d.MessageID, d.Distrust, accepted = "sha256:"+hex.EncodeToString(sum[:]), refused.Reason, false
	} else if d.Files, err = c.download(ctx, d.refs, d.places); err != nil {
		return false, err // the files are gone when it is acknowledged
	}
	if err := c.cfg.Store.Keep(ctx, d.Received); err != nil {
		return false, storeError(err)
	}
	return false, c.ack(ctx, d.target, accepted)
}

// fetch asks a queue for its next message; nil if it is empty.
func (c *Client) fetch(ctx context.Context, role Role) (*delivery, string, error) {
	selector := soap.Selector{At: c.cfg.Clock.Now(), NodeID: c.cfg.Node}
	var envelope []byte
	var err error
	operation, read := "", (func(*xmldsig.Element) (*delivery, error))(nil)
	switch role {
	case Request:
		m := soap.GetRequest(selector)
		operation, read = "GetRequest", readRequest
		envelope, err = m.Envelope(c.version, c.sign)
	case Status:
		m := soap.GetStatus{At: selector.At}
		operation, read = "GetStatus", readStatus
		envelope, err = m.Envelope(c.version, c.sign)
	default:
		m := soap.GetResponse(selector)
		operation, read = "GetResponse", readResponse
		envelope, err = m.Envelope(c.version, c.sign)
	}
	if err != nil {
		return nil, operation, err
	}
	body, doc, err := c.call(ctx, operation, envelope)
	if err != nil {
		return nil, operation, err
	}
	d, err := read(body)
	if err != nil {
		return nil, operation, malformed(operation, err)
	}
	if d != nil {
		d.Envelope = doc
	}
	return d, operation, nil
}

func readResponse(body *xmldsig.Element) (*delivery, error) {
	m, signed, err := soap.ReadGetResponseResponse(body)
	if err != nil || m.Response == nil {
		return nil, err
	}
	r := m.Response
	d := &delivery{smev: signed.SMEV, refs: r.Data.Files, places: r.Files}
	d.target, d.MessageID, d.OriginalMessageID = r.Data.MessageID, r.Data.MessageID, r.OriginalMessageID
	if d.OriginalMessageID == "" && r.Data.Async != nil {
		d.OriginalMessageID = r.Data.Async.OriginalMessageID
	}
	return d, nil
}

// readStatus takes a status message. It has no id of its own: it is
// acknowledged by that of the message it is about, and known by that and what
// it says, since there may be several.
func readStatus(body *xmldsig.Element) (*delivery, error) {
	m, signed, err := soap.ReadGetStatusResponse(body)
	if err != nil || m.Status == nil {
		return nil, err
	}
	d := &delivery{smev: signed.SMEV}
	d.target, d.OriginalMessageID = m.Status.OriginalMessageID, m.Status.OriginalMessageID
	d.MessageID = m.Status.OriginalMessageID + " " + m.Status.Category
	return d, nil
}

func readRequest(body *xmldsig.Element) (*delivery, error) {
	m, signed, err := soap.ReadGetRequestResponse(body)
	if err != nil {
		return nil, err
	}
	d := &delivery{smev: signed.SMEV}
	switch {
	case m.Request != nil:
		d.MessageID, d.refs, d.places = m.Request.Data.MessageID, m.Request.Data.Files, m.Request.Files
	case m.Cancel != nil:
		d.MessageID = m.Cancel.MessageID
	default:
		return nil, nil
	}
	d.target = d.MessageID
	return d, nil
}

// ack tells SMEV that a message is kept, or that it is not signed by SMEV. A
// message that waits for no acknowledgement has had one: an earlier one whose
// reply was lost.
func (c *Client) ack(ctx context.Context, id string, accepted bool) error {
	const operation = "Ack"
	m := soap.Ack{Target: id, Accepted: accepted}
	envelope, err := m.Envelope(c.version, c.sign)
	if err != nil {
		return err
	}
	body, _, err := c.call(ctx, operation, envelope)
	if f := asFault(err); f != nil && f.is("TargetMessageIsNotFound", "SMEV-501") {
		return nil
	}
	if err != nil {
		return err
	}
	if err := soap.ReadAckResponse(body); err != nil {
		return malformed(operation, err)
	}
	return nil
}

// opened is a kept response, read and verified anew.
type opened struct {
	kept     Received
	response soap.Response
	contents []soap.AttachmentContent
	smev     []byte // certificate, DER
	sender   []byte // certificate, DER; nil: the sender signed nothing
}

// open reads a kept response or status. SMEV's signature was verified before
// it was kept and is taken as of then; so is the sender's. A business document
// that its sender has not signed proves nothing.
func (c *Client) open(r Received) (*opened, error) {
	body, err := soap.ReadEnvelope(r.Envelope)
	if err != nil {
		return nil, err
	}
	m := &opened{kept: r}
	var signed soap.Signatures
	operation := "GetResponse"
	if r.Role == Status {
		operation = "GetStatus"
		status, s, err := soap.ReadGetStatusResponse(body)
		if err != nil {
			return nil, err
		}
		if status.Status == nil {
			return nil, errKept
		}
		signed, m.response.OriginalMessageID = s, status.Status.OriginalMessageID
		m.response.Data = soap.ResponseData{MessageID: r.MessageID, Async: status.Status}
		m.response.Metadata = soap.Metadata{MessageID: r.MessageID, Sender: soap.Party{Mnemonic: "SMEV"}}
	} else {
		response, s, err := soap.ReadGetResponseResponse(body)
		if err != nil {
			return nil, err
		}
		if response.Response == nil {
			return nil, errKept
		}
		signed, m.response, m.contents = s, *response.Response, response.Attachments
	}
	cert, refused := c.bySMEV(operation, signed.SMEV, r.ReceivedAt)
	if refused != nil {
		return nil, refused
	}
	m.smev = cert.Raw
	if m.response.Data.Async != nil && signed.Sender.Signature == nil {
		return m, nil // SMEV answers itself, and signs the whole
	}
	if cert, refused = c.bySender(operation, signed.Sender, r.ReceivedAt); refused != nil {
		return nil, refused
	}
	m.sender = cert.Raw
	return m, nil
}

var errKept = errors.New("smev/client: a kept message holds no response")

// evidence is what is kept to prove the answer.
func (m *opened) evidence() smev.Evidence {
	e := smev.Evidence{
		MessageID: m.response.Data.MessageID, OriginalMessageID: m.response.OriginalMessageID,
		SentAt: m.response.Metadata.SentAt, DeliveredAt: m.response.Metadata.DeliveredAt, ReceivedAt: m.kept.ReceivedAt,
		Provider: m.response.Metadata.Sender.Mnemonic, Envelope: m.kept.Envelope,
		SMEVSigner: m.smev, SenderSigner: m.sender,
	}
	if root, err := xmldsig.Parse(m.response.Data.Content); err == nil {
		e.Namespace = root.Name.Space
	}
	if e.DeliveredAt.IsZero() {
		e.DeliveredAt = m.kept.ReceivedAt
	}
	return e
}

// rejected reports whether SMEV has rejected a message for good; all other
// categories tell how far it has got.
func rejected(s *soap.AsyncStatus) bool { return strings.HasSuffix(s.Category, "RejectedBySmev") }

// Strays returns up to 1000 received messages that nobody asks for: those that
// SMEV has not signed, and answers to no message of the store, of another
// installation under the same mnemonic or of a store that was lost. They have
// been acknowledged and exist nowhere else.
func (c *Client) Strays(ctx context.Context) ([]Received, error) {
	strays, err := c.cfg.Store.Strays(ctx, 1000)
	if err != nil {
		return nil, storeError(err)
	}
	return strays, nil
}

// Forget removes all messages of a key, and what was received for them.
func (c *Client) Forget(ctx context.Context, key string) error {
	if err := c.cfg.Store.Forget(ctx, key); err != nil {
		return storeError(err)
	}
	return nil
}
