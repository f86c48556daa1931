package soap

import (
	"errors"
	"strings"
	"time"

	"github.com/surguch/surguch/smev/xmldsig"
)

// GetResponse is GetResponseRequest: it asks for the next message of the
// response queue. Namespace and Root together name the type of the response;
// both empty mean any.
type GetResponse struct {
	Namespace, Root string
	At              time.Time
	NodeID          string
}

// Envelope writes the message.
func (m *GetResponse) Envelope() ([]byte, error) {
	return envelope(func(w *xmldsig.Writer) {
		root(w, "GetResponseRequest")
		w.Open("ns1:MessageTypeSelector", "Id", "SIGNED_BY_CALLER")
		if m.Namespace != "" {
			w.Leaf("ns1:NamespaceURI", m.Namespace)
			w.Leaf("ns1:RootElementLocalName", m.Root)
		}
		w.Leaf("ns1:Timestamp", stamp(m.At))
		w.OptionalLeaf("ns1:NodeID", m.NodeID)
		w.Close()
		w.Close()
	})
}

// ReadGetResponse reads the message from the element in the body.
func ReadGetResponse(body *xmldsig.Element) (*GetResponse, error) {
	var m GetResponse
	s := body.Sequence(typ("GetResponseRequest"))
	sel := s.One(bas("MessageTypeSelector")).Sequence(bas("MessageTypeSelector"))
	if e := sel.Optional(bas("NamespaceURI")); e != nil {
		text, err := e.Leaf()
		sel.Fail(err)
		m.Namespace = strings.TrimSpace(text)
		m.Root = strings.TrimSpace(sel.Text(bas("RootElementLocalName")))
		if m.Namespace == "" || m.Root == "" {
			sel.Fail(errors.New("soap: the selector names half a type"))
		}
	}
	m.At = readMoment(sel, sel.Text(bas("Timestamp")))
	m.NodeID = sel.OptionalText(bas("NodeID"))
	s.Fail(sel.End())
	s.Optional(typ("CallerInformationSystemSignature"))
	if err := s.End(); err != nil {
		return nil, err
	}
	return &m, nil
}

// Ack is AckRequest: the message Target has been taken (Accepted) or its SMEV
// signature was refused.
type Ack struct {
	Target   string
	Accepted bool
}

// Envelope writes the message.
func (m *Ack) Envelope() ([]byte, error) {
	accepted := "false"
	if m.Accepted {
		accepted = "true"
	}
	return envelope(func(w *xmldsig.Writer) {
		root(w, "AckRequest")
		w.Leaf("ns1:AckTargetMessage", m.Target, "Id", "SIGNED_BY_CALLER", "accepted", accepted)
		w.Close()
	})
}

// ReadAck reads the message from the element in the body.
func ReadAck(body *xmldsig.Element) (*Ack, error) {
	var m Ack
	s := body.Sequence(typ("AckRequest"))
	e := s.One(bas("AckTargetMessage"))
	var err error
	m.Target, err = e.Leaf()
	s.Fail(err)
	accepted, _ := e.Attr(xmldsig.Name{Local: "accepted"})
	switch strings.TrimSpace(accepted) {
	case "true", "1":
		m.Accepted = true
	case "false", "0":
	default:
		s.Fail(errors.New("soap: AckTargetMessage lacks its accepted attribute"))
	}
	s.Optional(typ("CallerInformationSystemSignature"))
	if err := s.End(); err != nil {
		return nil, err
	}
	return &m, nil
}

// AckResponse writes the empty answer to Ack.
func AckResponse() ([]byte, error) {
	return envelope(func(w *xmldsig.Writer) {
		root(w, "AckResponse")
		w.Close()
	})
}

// ReadAckResponse reads the answer to Ack: AckResponse as the schema has it,
// or the empty body of real replies.
func ReadAckResponse(body *xmldsig.Element) error {
	if body == nil {
		return nil
	}
	return body.Sequence(typ("AckResponse")).End()
}
