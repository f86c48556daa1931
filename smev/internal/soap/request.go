package soap

import (
	"errors"
	"time"

	"github.com/surguch/surguch/smev/xmldsig"
)

// RequestData is SenderProvidedRequestData: an inquiry as its sender wrote it.
type RequestData struct {
	MessageID          string // a UUID of version 1
	ReferenceMessageID string // the root of a chain of messages; for the root itself, its own MessageID. 1.2 requires it
	TransactionCode    string // 1.2 requires the element, which may be empty
	NodeID             string // of the instance that asks; the answer goes to it
	EndOfLife          time.Time

	Content           []byte             // the business document, without XML declaration
	PersonalSignature []byte             // ds:Signature of an official over the root of Content; nil if there is none
	Attachments       []AttachmentHeader // of files in the message
	Files             []RefAttachmentHeader

	BusinessProcess [][]byte // BusinessProcessMetadata: elements of other namespaces
	Test            bool     // TestMessage: the provider must not change its data
}

// Provide writes the data as a document of its own whose Id is id, and signs
// it, as a sender does.
func (d *RequestData) Provide(v *Version, id string, sign Sign) (Provided, error) {
	return provide(v, id, sign, d.write)
}

func (d *RequestData) write(w *writer, attrs ...string) {
	w.Open("ns2:SenderProvidedRequestData", attrs...)
	w.Leaf("ns2:MessageID", d.MessageID)
	w.due(w.v.minor == 2, "ns2:ReferenceMessageID", d.ReferenceMessageID)
	w.due(w.v.minor == 2, "ns2:TransactionCode", d.TransactionCode)
	w.OptionalLeaf("ns2:NodeID", d.NodeID)
	if !d.EndOfLife.IsZero() {
		w.Leaf("ns2:EOL", stamp(d.EndOfLife))
	}
	w.content(d.Content, d.PersonalSignature, d.Attachments, d.Files)
	if len(d.BusinessProcess) != 0 {
		w.Open("ns2:BusinessProcessMetadata")
		for _, doc := range d.BusinessProcess {
			w.element(doc, xmldsig.Name{})
		}
		w.Close()
	}
	if d.Test {
		w.Leaf("ns2:TestMessage", "")
	}
	w.Close()
}

// readRequestData reads the data and its personal signature from e, which s
// was read from.
func (v *Version) readRequestData(s *xmldsig.Sequence, e *xmldsig.Element) (RequestData, Signed) {
	var d RequestData
	data := e.Sequence(v.typ("SenderProvidedRequestData"))
	d.MessageID = data.Text(v.typ("MessageID"))
	d.ReferenceMessageID = data.OptionalText(v.typ("ReferenceMessageID"))
	d.TransactionCode = data.OptionalText(v.typ("TransactionCode"))
	d.NodeID = data.OptionalText(v.typ("NodeID"))
	d.EndOfLife = readOptionalMoment(data, v.typ("EOL"))
	var personal Signed
	d.Content, personal = v.readContent(data, data.One(v.bas("MessagePrimaryContent")))
	if personal.Signature != nil {
		d.PersonalSignature = personal.Signature.Raw()
	}
	d.Attachments, d.Files = v.readHeaders(data)
	if e := data.Optional(v.typ("BusinessProcessMetadata")); e != nil {
		sub := e.Sequence(e.Name)
		for _, c := range e.Children {
			sub.Any()
			d.BusinessProcess = append(d.BusinessProcess, c.Raw())
		}
		data.Fail(sub.End())
	}
	if e := data.Optional(v.typ("TestMessage")); e != nil {
		data.Fail(e.Sequence(e.Name).End())
		d.Test = true
	}
	s.Fail(data.End())
	return d, personal
}

// content writes a business document and what belongs to it.
func (w *writer) content(doc, personal []byte, attachments []AttachmentHeader, files []RefAttachmentHeader) {
	w.Open("ns1:MessagePrimaryContent")
	w.Raw(doc)
	w.Close()
	if personal != nil {
		w.container("ns2:PersonalSignature", personal)
	}
	w.headers(attachments, files)
}

// readContent cuts the one business document out of MessagePrimaryContent and
// reads the signature over it, which may come next.
func (v *Version) readContent(s *xmldsig.Sequence, e *xmldsig.Element) ([]byte, Signed) {
	sub := e.Sequence(v.bas("MessagePrimaryContent"))
	root := sub.Any()
	if root.Name.Space == "" || root.Name.Space == v.basic {
		sub.Fail(errors.New("soap: the business document is in no namespace of its own"))
	}
	if err := sub.End(); err != nil {
		s.Fail(err)
		return nil, Signed{}
	}
	return root.Raw(), readSigned(s, root, v.typ("PersonalSignature"))
}

// SendRequest is SendRequestRequest: an inquiry on its way to a provider.
type SendRequest struct {
	Data        RequestData
	Attachments []AttachmentContent
	Routing     *Routing // 1.3; nil: by the type of the business document alone
}

// Envelope writes the message, its Data and Routing signed.
func (m *SendRequest) Envelope(v *Version, sign Sign) ([]byte, error) {
	return message(v, "SendRequestRequest", func(w *writer) {
		m.Data.write(w, "Id", idOfConsumer)
		w.contents(m.Attachments)
		w.signature(sign, "SenderProvidedRequestData", "ns2", callerSignature)
		if m.Routing != nil {
			m.Routing.write(w, sign)
		}
	})
}

// ReadSendRequest reads the message from the element in the body. Its
// signatures are Caller, Personal and Routing.
func ReadSendRequest(body *xmldsig.Element) (*SendRequest, Signatures, error) {
	v, s, err := open(body, "SendRequestRequest")
	if err != nil {
		return nil, Signatures{}, err
	}
	var m SendRequest
	var by Signatures
	e := s.One(v.typ("SenderProvidedRequestData"))
	m.Data, by.Personal = v.readRequestData(s, e)
	m.Attachments = v.readContents(s)
	by.Caller = readSigned(s, e, v.typ(callerSignature))
	if v.minor >= 3 {
		m.Routing, by.Routing = v.readRouting(s)
	}
	if err := s.End(); err != nil {
		return nil, Signatures{}, err
	}
	return &m, by, nil
}
