package soap

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/surguch/surguch/smev/xmldsig"
)

// Response is the one message of a GetResponseResponse. Exactly one of
// Content, Rejections, Status and Async is set.
type Response struct {
	OriginalMessageID       string // the request this answers
	OriginalTransactionCode string
	ReferenceMessageID      string

	MessageID string // of the answer itself; the target of Ack
	To        string // opaque address of the asker

	Content    []byte         // business document
	Rejections []Rejection    // the provider declines to answer
	Status     *RequestStatus // intermediate: an answer is still to come
	Async      *AsyncStatus   // what SMEV itself did with the request

	Metadata Metadata
}

// Rejection is RequestRejected.
type Rejection struct{ Code, Description string }

// RequestStatus is the state of a request at the provider.
type RequestStatus struct {
	Code        int
	Description string
}

// AsyncStatus is AsyncProcessingStatus.
type AsyncStatus struct {
	OriginalMessageID string
	Category          string // InteractionStatusType, or a newer word
	Details           string
	Fault             *Fault
}

// EmptyQueue writes the GetResponseResponse of an empty queue.
func EmptyQueue() ([]byte, error) {
	return envelope(func(w *xmldsig.Writer) {
		root(w, "GetResponseResponse")
		w.Close()
	})
}

// Envelope writes the GetResponseResponse that carries m.
func (m *Response) Envelope() ([]byte, error) {
	return envelope(func(w *xmldsig.Writer) {
		root(w, "GetResponseResponse")
		w.Open("ns2:ResponseMessage")
		w.Open("ns2:Response", "Id", "SIGNED_BY_SMEV")
		w.Leaf("ns2:OriginalMessageId", m.OriginalMessageID)
		w.Leaf("ns2:OriginalTransactionCode", m.OriginalTransactionCode)
		w.Leaf("ns2:ReferenceMessageID", m.ReferenceMessageID)
		w.Open("ns2:SenderProvidedResponseData", "Id", "SENDER_OV_SIGNATURE")
		w.Leaf("ns2:MessageID", m.MessageID)
		w.Leaf("ns2:To", m.To)
		m.writeChoice(w)
		w.Close()
		m.Metadata.write(w, "")
		w.Close()
		w.Close()
		w.Close()
	})
}

func (m *Response) writeChoice(w *xmldsig.Writer) {
	switch {
	case m.Content != nil:
		w.Open("ns1:MessagePrimaryContent")
		w.Raw(m.Content)
		w.Close()
	case m.Status != nil:
		w.Open("ns2:RequestStatus")
		w.Leaf("ns2:StatusCode", strconv.Itoa(m.Status.Code))
		w.Leaf("ns2:StatusDescription", m.Status.Description)
		w.Close()
	case m.Async != nil:
		w.Open("ns2:AsyncProcessingStatus")
		w.Leaf("ns2:OriginalMessageId", m.Async.OriginalMessageID)
		w.Leaf("ns2:StatusCategory", m.Async.Category)
		w.OptionalLeaf("ns2:StatusDetails", m.Async.Details)
		if f := m.Async.Fault; f != nil {
			w.Open("ns2:SmevFault", "xmlns:ns3", Faults, "xmlns:xsi", instanceNamespace, "xsi:type", "ns3:"+f.Name)
			f.writeParts(w)
			w.Close()
		}
		w.Close()
	default:
		for _, r := range m.Rejections {
			w.Open("ns2:RequestRejected")
			w.Leaf("ns2:RejectionReasonCode", r.Code)
			w.Leaf("ns2:RejectionReasonDescription", r.Description)
			w.Close()
		}
	}
}

// ReadResponse reads a GetResponseResponse from the element in the body; an
// empty queue gives nil.
func ReadResponse(body *xmldsig.Element) (*Response, error) {
	s := body.Sequence(typ("GetResponseResponse"))
	e := s.Optional(typ("ResponseMessage"))
	if err := s.End(); err != nil || e == nil {
		return nil, err
	}
	msg := e.Sequence(typ("ResponseMessage"))
	m, err := readResponse(msg.One(typ("Response")))
	msg.Fail(err)
	msg.Optional(bas("AttachmentContentList"))
	msg.Optional(typ("SMEVSignature"))
	if err := msg.End(); err != nil {
		return nil, err
	}
	return m, nil
}

func readResponse(e *xmldsig.Element) (*Response, error) {
	var m Response
	s := e.Sequence(typ("Response"))
	m.OriginalMessageID = readID(s, typ("OriginalMessageId"))
	m.OriginalTransactionCode = s.OptionalText(typ("OriginalTransactionCode"))
	m.ReferenceMessageID = s.OptionalText(typ("ReferenceMessageID"))
	data := s.One(typ("SenderProvidedResponseData")).Sequence(typ("SenderProvidedResponseData"))
	m.MessageID = readID(data, typ("MessageID"))
	m.To = data.Text(typ("To"))
	m.readChoice(data)
	s.Fail(data.End())
	var err error
	m.Metadata, err = readMetadata(s.One(typ("MessageMetadata")))
	s.Fail(err)
	s.Optional(bas("FSAttachmentsList"))
	s.Optional(typ("SenderInformationSystemSignature"))
	if err := s.End(); err != nil {
		return nil, err
	}
	return &m, nil
}

// id is the UUID type of smev-message-exchange-basic-1.2.xsd.
var id = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

func readID(s *xmldsig.Sequence, name xmldsig.Name) string {
	text := s.Text(name)
	if !id.MatchString(text) {
		s.Fail(errors.New("soap: " + name.Local + " is not a UUID"))
	}
	return text
}

func (m *Response) readChoice(s *xmldsig.Sequence) {
	if e := s.Optional(bas("MessagePrimaryContent")); e != nil {
		m.Content = readContent(s, e)
		s.Optional(typ("PersonalSignature"))
		s.Optional(bas("AttachmentHeaderList"))
		s.Optional(bas("RefAttachmentHeaderList"))
	} else if e := s.Optional(typ("RequestStatus")); e != nil {
		m.Status = readStatus(s, e)
	} else if e := s.Optional(typ("AsyncProcessingStatus")); e != nil {
		m.Async = readAsync(s, e)
	} else {
		for _, e := range s.Many(typ("RequestRejected")) {
			sub := e.Sequence(typ("RequestRejected"))
			m.Rejections = append(m.Rejections, Rejection{
				sub.Text(typ("RejectionReasonCode")), sub.Text(typ("RejectionReasonDescription")),
			})
			s.Fail(sub.End())
		}
		if m.Rejections == nil {
			s.Fail(errors.New("soap: the response holds neither content nor status"))
		}
	}
}

func readStatus(s *xmldsig.Sequence, e *xmldsig.Element) *RequestStatus {
	sub := e.Sequence(typ("RequestStatus"))
	code, err := strconv.ParseInt(strings.TrimSpace(sub.Text(typ("StatusCode"))), 10, 32)
	if err != nil {
		sub.Fail(errors.New("soap: StatusCode is not an xs:int"))
	}
	sub.Many(typ("StatusParameter"))
	st := &RequestStatus{int(code), sub.Text(typ("StatusDescription"))}
	s.Fail(sub.End())
	return st
}

func readAsync(s *xmldsig.Sequence, e *xmldsig.Element) *AsyncStatus {
	sub := e.Sequence(typ("AsyncProcessingStatus"))
	a := &AsyncStatus{
		OriginalMessageID: sub.Text(typ("OriginalMessageId")),
		Category:          sub.Text(typ("StatusCategory")),
		Details:           sub.OptionalText(typ("StatusDetails")),
	}
	if f := sub.Optional(typ("SmevFault")); f != nil {
		a.Fault = readFaultParts(f)
		kind, _ := f.Attr(xmldsig.Name{Space: instanceNamespace, Local: "type"})
		if name, err := f.QName(kind); err == nil && name.Space == Faults {
			a.Fault.Name = name.Local
		}
	}
	s.Fail(sub.End())
	return a
}
