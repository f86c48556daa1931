package soap

import (
	"time"

	"github.com/surguch/surguch/smev/xmldsig"
)

// AsyncStatus is AsyncProcessingStatus: how far SMEV has got with a message.
// It comes as an answer to a request and through GetStatus.
type AsyncStatus struct {
	OriginalMessageID string
	Category          string // InteractionStatusType, or a newer word
	Details           string // up to 500 characters
	Routing           *RoutingStatus
	Fault             *Fault // why SMEV rejected the message
}

func (a *AsyncStatus) write(w *writer) {
	w.Open("ns2:AsyncProcessingStatus")
	w.Leaf("ns2:OriginalMessageId", a.OriginalMessageID)
	w.Leaf("ns2:StatusCategory", a.Category)
	w.OptionalLeaf("ns2:StatusDetails", a.Details)
	if a.Routing != nil {
		a.Routing.write(w)
	}
	if f := a.Fault; f != nil {
		var kind []string
		if f.Name != "" {
			kind = []string{"xmlns:ns3", w.v.faults, "xmlns:xsi", instanceNamespace, "xsi:type", "ns3:" + f.Name}
		}
		w.Open("ns2:SmevFault", kind...)
		f.writeParts(w)
		w.Close()
	}
	w.Close()
}

func (v *Version) readAsync(s *xmldsig.Sequence, e *xmldsig.Element) *AsyncStatus {
	sub := e.Sequence(v.typ("AsyncProcessingStatus"))
	a := &AsyncStatus{
		OriginalMessageID: sub.Text(v.typ("OriginalMessageId")),
		Category:          sub.Text(v.typ("StatusCategory")),
		Details:           sub.OptionalText(v.typ("StatusDetails")),
	}
	if v.minor >= 3 {
		a.Routing = v.readRoutingStatus(sub)
	}
	if f := sub.Optional(v.typ("SmevFault")); f != nil {
		a.Fault = readFaultParts(f)
		kind, _ := f.Attr(xmldsig.Name{Space: instanceNamespace, Local: "type"})
		if name, err := f.QName(kind); err == nil && name.Space == v.faults {
			a.Fault.Name = name.Local
		}
	}
	s.Fail(sub.End())
	return a
}

// GetStatus is GetStatusRequest: it asks for the next message of the status
// queue.
type GetStatus struct{ At time.Time }

// Envelope writes the message, its Timestamp signed. The schema requires that
// signature.
func (m *GetStatus) Envelope(v *Version, sign Sign) ([]byte, error) {
	return message(v, "GetStatusRequest", func(w *writer) {
		w.Leaf("ns1:Timestamp", stamp(m.At), "Id", idOfCaller)
		w.signature(sign, "Timestamp", "ns2", callerSignature)
	})
}

// ReadGetStatus reads the message from the element in the body. Its signature
// is Caller.
func ReadGetStatus(body *xmldsig.Element) (*GetStatus, Signatures, error) {
	v, s, err := open(body, "GetStatusRequest")
	if err != nil {
		return nil, Signatures{}, err
	}
	at, by := v.readTimestamp(s)
	if err := s.End(); err != nil {
		return nil, Signatures{}, err
	}
	return &GetStatus{at}, Signatures{Caller: by}, nil
}

// readTimestamp reads a signed time and the signature over it.
func (v *Version) readTimestamp(s *xmldsig.Sequence) (time.Time, Signed) {
	e := s.One(v.bas("Timestamp"))
	text, err := e.Leaf()
	s.Fail(err)
	return parseMoment(s, e.Name, text), readSigned(s, e, v.typ(callerSignature))
}

// GetStatusResponse is the answer to GetStatus.
type GetStatusResponse struct {
	Status *AsyncStatus // nil: the queue is empty
}

// Envelope writes the message, its status signed.
func (m *GetStatusResponse) Envelope(v *Version, sign Sign) ([]byte, error) {
	return message(v, "GetStatusResponse", func(w *writer) {
		if m.Status == nil {
			return
		}
		w.Open("ns2:SmevAsyncProcessingMessage")
		w.Open("ns2:AsyncProcessingStatusData", "Id", idOfSMEV)
		m.Status.write(w)
		w.Close()
		w.signature(sign, "AsyncProcessingStatusData", "ns2", smevSignature)
		w.Close()
	})
}

// ReadGetStatusResponse reads the message from the element in the body. Its
// signature is SMEV.
func ReadGetStatusResponse(body *xmldsig.Element) (*GetStatusResponse, Signatures, error) {
	v, s, err := open(body, "GetStatusResponse")
	if err != nil {
		return nil, Signatures{}, err
	}
	var m GetStatusResponse
	var by Signatures
	if e := s.Optional(v.typ("SmevAsyncProcessingMessage")); e != nil {
		msg := e.Sequence(e.Name)
		data := msg.One(v.typ("AsyncProcessingStatusData"))
		sub := data.Sequence(v.typ("AsyncProcessingStatusData"))
		m.Status = v.readAsync(sub, sub.One(v.typ("AsyncProcessingStatus")))
		msg.Fail(sub.End())
		by.SMEV = readSigned(msg, data, v.typ(smevSignature))
		s.Fail(msg.End())
	}
	if err := s.End(); err != nil {
		return nil, Signatures{}, err
	}
	return &m, by, nil
}
