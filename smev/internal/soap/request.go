package soap

import (
	"time"

	"github.com/surguch/surguch/smev/xmldsig"
)

// SendRequest is SendRequestRequest: an inquiry on its way to a provider.
type SendRequest struct {
	MessageID          string
	ReferenceMessageID string // the root of a chain of messages; for the root itself, its own MessageID
	TransactionCode    string // required by the schema, and may be empty
	NodeID             string
	EndOfLife          time.Time
	Content            []byte // the business document, without XML declaration
	Test               bool   // TestMessage: the provider must not change its data
}

// Envelope writes the message.
func (m *SendRequest) Envelope() ([]byte, error) {
	return envelope(func(w *xmldsig.Writer) {
		root(w, "SendRequestRequest")
		w.Open("ns2:SenderProvidedRequestData", "Id", "SIGNED_BY_CONSUMER")
		w.Leaf("ns2:MessageID", m.MessageID)
		w.Leaf("ns2:ReferenceMessageID", m.ReferenceMessageID)
		w.Leaf("ns2:TransactionCode", m.TransactionCode)
		w.OptionalLeaf("ns2:NodeID", m.NodeID)
		if !m.EndOfLife.IsZero() {
			w.Leaf("ns2:EOL", stamp(m.EndOfLife))
		}
		w.Open("ns1:MessagePrimaryContent")
		w.Raw(m.Content)
		w.Close()
		if m.Test {
			w.Leaf("ns2:TestMessage", "")
		}
		w.Close()
		w.Close()
	})
}

// ReadSendRequest reads the message from the element in the body.
func ReadSendRequest(body *xmldsig.Element) (*SendRequest, error) {
	var m SendRequest
	s := body.Sequence(typ("SendRequestRequest"))
	data := s.One(typ("SenderProvidedRequestData")).Sequence(typ("SenderProvidedRequestData"))
	m.MessageID = data.Text(typ("MessageID"))
	m.ReferenceMessageID = data.OptionalText(typ("ReferenceMessageID"))
	m.TransactionCode = data.OptionalText(typ("TransactionCode"))
	m.NodeID = data.OptionalText(typ("NodeID"))
	if at := data.OptionalText(typ("EOL")); at != "" {
		m.EndOfLife = readMoment(data, at)
	}
	m.Content = readContent(data, data.One(bas("MessagePrimaryContent")))
	data.Optional(typ("PersonalSignature"))
	data.Optional(bas("AttachmentHeaderList"))
	data.Optional(bas("RefAttachmentHeaderList"))
	data.Optional(typ("BusinessProcessMetadata"))
	m.Test = data.Optional(typ("TestMessage")) != nil
	s.Fail(data.End())
	s.Optional(bas("AttachmentContentList"))
	s.Optional(typ("CallerInformationSystemSignature"))
	if err := s.End(); err != nil {
		return nil, err
	}
	return &m, nil
}

// readContent cuts the one business document out of MessagePrimaryContent.
func readContent(s *xmldsig.Sequence, e *xmldsig.Element) []byte {
	sub := e.Sequence(bas("MessagePrimaryContent"))
	doc := sub.Any()
	if err := sub.End(); err != nil {
		s.Fail(err)
		return nil
	}
	return doc.Raw()
}

// SendRequestResponse says that SMEV has taken a request and queued it for its
// asynchronous checks.
type SendRequestResponse struct{ Metadata Metadata }

// Envelope writes the message.
func (m *SendRequestResponse) Envelope() ([]byte, error) {
	return envelope(func(w *xmldsig.Writer) {
		root(w, "SendRequestResponse")
		m.Metadata.write(w, "SIGNED_BY_SMEV")
		w.Close()
	})
}

// ReadSendRequestResponse reads the message from the element in the body.
func ReadSendRequestResponse(body *xmldsig.Element) (*SendRequestResponse, error) {
	s := body.Sequence(typ("SendRequestResponse"))
	m, err := readMetadata(s.One(typ("MessageMetadata")))
	s.Fail(err)
	s.Optional(typ("SMEVSignature"))
	if err := s.End(); err != nil {
		return nil, err
	}
	return &SendRequestResponse{m}, nil
}
