package soap

import (
	"errors"
	"strconv"

	"github.com/surguch/surguch/smev/xmldsig"
)

// ResponseData is SenderProvidedResponseData: an answer as its sender wrote
// it. Exactly one of Content, Rejections, Status and Async is set.
type ResponseData struct {
	MessageID string // of the answer itself; the target of Ack
	To        string // opaque address of the asker, ReplyTo of the request

	Content           []byte             // the business document, without XML declaration
	PersonalSignature []byte             // of Content, like the next two; ds:Signature of an official over its root
	Attachments       []AttachmentHeader // of files in the message
	Files             []RefAttachmentHeader

	Rejections []Rejection    // the provider declines to answer
	Status     *RequestStatus // intermediate: an answer is still to come
	Async      *AsyncStatus   // what SMEV itself did with the request
}

// Rejection is RequestRejected. Code is ACCESS_DENIED, NO_DATA,
// UNKNOWN_REQUEST_DESCRIPTION or FAILURE; Description has up to 4000
// characters.
type Rejection struct{ Code, Description string }

// RequestStatus is the state of a request at the provider.
type RequestStatus struct {
	Code        int // of the provider's own choice, 32 bits
	Parameters  []StatusParameter
	Description string // up to 4000 characters
}

// StatusParameter is a detail of a RequestStatus.
type StatusParameter struct{ Key, Value string }

// Provide writes the data as a document of its own whose Id is id, and signs
// it, as a provider does, or SMEV when it answers itself.
func (d *ResponseData) Provide(v *Version, id string, sign Sign) (Provided, error) {
	return provide(v, id, sign, d.write)
}

func (d *ResponseData) write(w *writer, attrs ...string) {
	w.Open("ns2:SenderProvidedResponseData", attrs...)
	w.Leaf("ns2:MessageID", d.MessageID)
	w.Leaf("ns2:To", d.To)
	switch {
	case d.Content != nil:
		w.content(d.Content, d.PersonalSignature, d.Attachments, d.Files)
	case d.Status != nil:
		d.Status.write(w)
	case d.Async != nil:
		d.Async.write(w)
	default:
		for _, r := range d.Rejections {
			w.Open("ns2:RequestRejected")
			w.Leaf("ns2:RejectionReasonCode", r.Code)
			w.Leaf("ns2:RejectionReasonDescription", r.Description)
			w.Close()
		}
	}
	w.Close()
}

func (st *RequestStatus) write(w *writer) {
	w.Open("ns2:RequestStatus")
	w.Leaf("ns2:StatusCode", strconv.Itoa(st.Code))
	for _, p := range st.Parameters {
		w.Open("ns2:StatusParameter")
		w.Leaf("ns2:Key", p.Key)
		w.Leaf("ns2:Value", p.Value)
		w.Close()
	}
	w.Leaf("ns2:StatusDescription", st.Description)
	w.Close()
}

// readResponseData reads the data and its personal signature from e, which s
// was read from. readMessageID decides what MessageID may be.
func (v *Version) readResponseData(s *xmldsig.Sequence, e *xmldsig.Element, readMessageID func(*xmldsig.Sequence, xmldsig.Name) string) (ResponseData, Signed) {
	var d ResponseData
	data := e.Sequence(v.typ("SenderProvidedResponseData"))
	d.MessageID = readMessageID(data, v.typ("MessageID"))
	d.To = data.Text(v.typ("To"))
	var personal Signed
	if e := data.Optional(v.bas("MessagePrimaryContent")); e != nil {
		d.Content, personal = v.readContent(data, e)
		if personal.Signature != nil {
			d.PersonalSignature = personal.Signature.Raw()
		}
		d.Attachments, d.Files = v.readHeaders(data)
	} else if e := data.Optional(v.typ("RequestStatus")); e != nil {
		d.Status = v.readStatus(data, e)
	} else if e := data.Optional(v.typ("AsyncProcessingStatus")); e != nil {
		d.Async = v.readAsync(data, e)
	} else {
		for _, e := range data.Many(v.typ("RequestRejected")) {
			sub := e.Sequence(e.Name)
			d.Rejections = append(d.Rejections, Rejection{
				sub.Text(v.typ("RejectionReasonCode")), sub.Text(v.typ("RejectionReasonDescription")),
			})
			data.Fail(sub.End())
		}
		if d.Rejections == nil {
			data.Fail(errors.New("soap: the response holds neither content nor status"))
		}
	}
	s.Fail(data.End())
	return d, personal
}

func (v *Version) readStatus(s *xmldsig.Sequence, e *xmldsig.Element) *RequestStatus {
	sub := e.Sequence(e.Name)
	st := &RequestStatus{Code: readInt(sub, v.typ("StatusCode"))}
	for _, e := range sub.Many(v.typ("StatusParameter")) {
		p := e.Sequence(e.Name)
		st.Parameters = append(st.Parameters, StatusParameter{p.Text(v.typ("Key")), p.Text(v.typ("Value"))})
		sub.Fail(p.End())
	}
	st.Description = sub.Text(v.typ("StatusDescription"))
	s.Fail(sub.End())
	return st
}

// SendResponse is SendResponseRequest: an answer on its way to the asker.
type SendResponse struct {
	Data        ResponseData
	Attachments []AttachmentContent
}

// Envelope writes the message, its Data signed.
func (m *SendResponse) Envelope(v *Version, sign Sign) ([]byte, error) {
	return message(v, "SendResponseRequest", func(w *writer) {
		m.Data.write(w, "Id", idOfConsumer)
		w.contents(m.Attachments)
		w.signature(sign, "SenderProvidedResponseData", "ns2", callerSignature)
	})
}

// ReadSendResponse reads the message from the element in the body. Its
// signatures are Caller and Personal.
func ReadSendResponse(body *xmldsig.Element) (*SendResponse, Signatures, error) {
	v, s, err := open(body, "SendResponseRequest")
	if err != nil {
		return nil, Signatures{}, err
	}
	var m SendResponse
	var by Signatures
	e := s.One(v.typ("SenderProvidedResponseData"))
	m.Data, by.Personal = v.readResponseData(s, e, (*xmldsig.Sequence).Text)
	m.Attachments = v.readContents(s)
	by.Caller = readSigned(s, e, v.typ(callerSignature))
	if err := s.End(); err != nil {
		return nil, Signatures{}, err
	}
	return &m, by, nil
}
