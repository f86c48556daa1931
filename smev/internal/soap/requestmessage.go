package soap

import (
	"errors"

	"github.com/surguch/surguch/smev/xmldsig"
)

// GetRequestResponse is the answer to GetRequest. At most one of Request and
// Cancel is set; the queue is empty if neither is.
type GetRequestResponse struct {
	Request     *Request
	Attachments []AttachmentContent // of Request
	Cancel      *Cancel             // not in 1.3
}

// Request is an inquiry as SMEV delivers it to the provider.
type Request struct {
	// Provided is what the asker signed. It is written as it is; if it is zero,
	// Data is written, unsigned. Reading sets it.
	Provided Provided
	Data     RequestData // what Provided says
	Metadata Metadata
	Files    []FSAttachment
	ReplyTo  string // opaque address of the asker, for To of the answer; 1.3 does not require it
}

// Cancel tells a provider that the asker has withdrawn an inquiry. Versions 1.1
// and 1.2 have it in their schemas, though no operation sends it.
type Cancel struct {
	Reference string // MessageID of the inquiry
	MessageID string // of the notice itself; the target of Ack
	Metadata  Metadata
}

// Envelope writes the message, its Request or Cancel signed.
func (m *GetRequestResponse) Envelope(v *Version, sign Sign) ([]byte, error) {
	return message(v, "GetRequestResponse", func(w *writer) {
		switch {
		case m.Request != nil:
			w.Open("ns2:RequestMessage")
			m.Request.write(w)
			w.contents(m.Attachments)
			w.signature(sign, "Request", "ns2", smevSignature)
			w.Close()
		case m.Cancel != nil:
			w.needs(v.minor < 3, "Cancel")
			w.Open("ns2:RequestMessage")
			m.Cancel.write(w)
			w.signature(sign, "Cancel", "ns2", smevSignature)
			w.Close()
		}
	})
}

func (m *Request) write(w *writer) {
	w.Open("ns2:Request", "Id", idOfSMEV)
	if m.Provided.Data != nil {
		w.element(m.Provided.Data, w.v.typ("SenderProvidedRequestData"))
	} else {
		m.Data.write(w, "Id", idOfConsumer)
	}
	m.Metadata.write(w)
	w.stored(m.Files)
	w.due(w.v.minor < 3, "ns2:ReplyTo", m.ReplyTo)
	m.Provided.sign(w)
	w.Close()
}

// sign writes the block of the sender's signature if there is one.
func (p *Provided) sign(w *writer) {
	if p.Signature != nil {
		w.container("ns2:"+senderSignature, p.Signature)
	}
}

func (m *Cancel) write(w *writer) {
	w.Open("ns2:Cancel", "Id", idOfSMEV)
	w.Leaf("ns1:MessageReference", m.Reference)
	w.Leaf("ns2:MessageID", m.MessageID)
	m.Metadata.write(w)
	w.Close()
}

// ReadGetRequestResponse reads the message from the element in the body. Its
// signatures are SMEV, Sender and Personal.
func ReadGetRequestResponse(body *xmldsig.Element) (*GetRequestResponse, Signatures, error) {
	v, s, err := open(body, "GetRequestResponse")
	if err != nil {
		return nil, Signatures{}, err
	}
	var m GetRequestResponse
	var by Signatures
	if e := s.Optional(v.typ("RequestMessage")); e != nil {
		msg := e.Sequence(e.Name)
		target := msg.Optional(v.typ("Request"))
		if target != nil {
			m.Request = v.readRequest(msg, target, &by)
			m.Attachments = v.readContents(msg)
		} else if target = msg.Optional(v.typ("Cancel")); target != nil && v.minor < 3 {
			m.Cancel = v.readCancel(msg, target, &by)
		} else {
			msg.Fail(errors.New("soap: RequestMessage holds neither Request nor Cancel"))
		}
		by.SMEV = readSigned(msg, target, v.typ(smevSignature))
		s.Fail(msg.End())
	}
	if err := s.End(); err != nil {
		return nil, Signatures{}, err
	}
	return &m, by, nil
}

func (v *Version) readRequest(s *xmldsig.Sequence, e *xmldsig.Element, by *Signatures) *Request {
	var m Request
	sub := e.Sequence(e.Name)
	data := sub.One(v.typ("SenderProvidedRequestData"))
	m.Data, by.Personal = v.readRequestData(sub, data)
	m.Metadata = v.readMetadata(sub, sub.One(v.typ("MessageMetadata")))
	m.Files = v.readStored(sub)
	if v.minor < 3 {
		m.ReplyTo = sub.Text(v.typ("ReplyTo"))
	} else {
		m.ReplyTo = sub.OptionalText(v.typ("ReplyTo"))
	}
	by.Sender = readSigned(sub, data, v.typ(senderSignature))
	if err := sub.End(); err != nil {
		s.Fail(err)
		return nil
	}
	m.Provided = by.Sender.Provided()
	return &m
}

func (v *Version) readCancel(s *xmldsig.Sequence, e *xmldsig.Element, by *Signatures) *Cancel {
	var m Cancel
	sub := e.Sequence(e.Name)
	reference := sub.One(v.bas("MessageReference"))
	var err error
	m.Reference, err = reference.Leaf()
	sub.Fail(err)
	m.MessageID = readID(sub, v.typ("MessageID"))
	m.Metadata = v.readMetadata(sub, sub.One(v.typ("MessageMetadata")))
	by.Sender = readSigned(sub, reference, v.typ(senderSignature))
	s.Fail(sub.End())
	return &m
}
