package soap

import (
	"errors"

	"github.com/surguch/surguch/smev/xmldsig"
)

// Ack is AckRequest: the message Target has been taken (Accepted), or the
// signature of SMEV on it was refused and the message ignored.
type Ack struct {
	Target   string // MessageID in what the sender provided
	Accepted bool   // 1.3 may leave it out, which is read as true
}

// Envelope writes the message, its target signed.
func (m *Ack) Envelope(v *Version, sign Sign) ([]byte, error) {
	accepted := "false"
	if m.Accepted {
		accepted = "true"
	}
	return message(v, "AckRequest", func(w *writer) {
		w.Leaf("ns1:AckTargetMessage", m.Target, "Id", idOfCaller, "accepted", accepted)
		w.signature(sign, "AckTargetMessage", "ns2", callerSignature)
	})
}

// ReadAck reads the message from the element in the body. Its signature is
// Caller.
func ReadAck(body *xmldsig.Element) (*Ack, Signatures, error) {
	v, s, err := open(body, "AckRequest")
	if err != nil {
		return nil, Signatures{}, err
	}
	var m Ack
	e := s.One(v.bas("AckTargetMessage"))
	m.Target, err = e.Leaf()
	s.Fail(err)
	switch accepted, given := e.Attr(xmldsig.Name{Local: "accepted"}); {
	case given:
		m.Accepted = parseBool(s, "accepted", accepted)
	case v.minor >= 3:
		m.Accepted = true
	default:
		s.Fail(errors.New("soap: AckTargetMessage lacks its accepted attribute"))
	}
	by := readSigned(s, e, v.typ(callerSignature))
	if err := s.End(); err != nil {
		return nil, Signatures{}, err
	}
	return &m, Signatures{Caller: by}, nil
}

// AckResponse is the empty answer to Ack.
type AckResponse struct{}

// Envelope writes the message; for a lean version the empty body that real
// SMEV sends. It is not signed.
func (*AckResponse) Envelope(v *Version, _ Sign) ([]byte, error) {
	if v.lean {
		return envelope(v, func(w *writer) { w.Raw(nil) })
	}
	return message(v, "AckResponse", func(*writer) {})
}

// ReadAckResponse reads the answer to Ack: AckResponse as the schema has it,
// or the empty body of real replies.
func ReadAckResponse(body *xmldsig.Element) error {
	if body == nil {
		return nil
	}
	_, s, err := open(body, "AckResponse")
	if err != nil {
		return err
	}
	return s.End()
}
