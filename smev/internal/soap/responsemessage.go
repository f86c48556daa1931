package soap

import "github.com/surguch/surguch/smev/xmldsig"

// GetResponseResponse is the answer to GetResponse.
type GetResponseResponse struct {
	Response    *Response // nil: the queue is empty
	Attachments []AttachmentContent
}

// Response is an answer as SMEV delivers it to the asker.
type Response struct {
	OriginalMessageID       string // the request this answers; only 1.2 requires it
	OriginalTransactionCode string // 1.2 requires this and the next
	ReferenceMessageID      string

	// Provided is what the provider signed, or SMEV if it answers itself. It is
	// written as it is; if it is zero, Data is written, unsigned. Reading sets
	// it.
	Provided Provided
	Data     ResponseData // what Provided says
	Metadata Metadata
	Files    []FSAttachment
}

// Envelope writes the message, its Response signed.
func (m *GetResponseResponse) Envelope(v *Version, sign Sign) ([]byte, error) {
	return message(v, "GetResponseResponse", func(w *writer) {
		if m.Response == nil {
			return
		}
		w.Open("ns2:ResponseMessage")
		m.Response.write(w)
		w.contents(m.Attachments)
		w.signature(sign, "Response", "ns2", smevSignature)
		w.Close()
	})
}

func (m *Response) write(w *writer) {
	chained := w.v.minor == 2
	w.Open("ns2:Response", "Id", idOfSMEV)
	w.due(chained, "ns2:OriginalMessageId", m.OriginalMessageID)
	w.due(chained, "ns2:OriginalTransactionCode", m.OriginalTransactionCode)
	w.due(chained, "ns2:ReferenceMessageID", m.ReferenceMessageID)
	if m.Provided.Data != nil {
		w.element(m.Provided.Data, w.v.typ("SenderProvidedResponseData"))
	} else {
		m.Data.write(w, "Id", "SENDER_OV_SIGNATURE")
	}
	m.Metadata.write(w)
	w.stored(m.Files)
	m.Provided.sign(w)
	w.Close()
}

// ReadGetResponseResponse reads the message from the element in the body. Its
// signatures are SMEV, Sender and Personal.
func ReadGetResponseResponse(body *xmldsig.Element) (*GetResponseResponse, Signatures, error) {
	v, s, err := open(body, "GetResponseResponse")
	if err != nil {
		return nil, Signatures{}, err
	}
	var m GetResponseResponse
	var by Signatures
	if e := s.Optional(v.typ("ResponseMessage")); e != nil {
		msg := e.Sequence(e.Name)
		target := msg.One(v.typ("Response"))
		m.Response = v.readResponse(msg, target, &by)
		m.Attachments = v.readContents(msg)
		by.SMEV = readSigned(msg, target, v.typ(smevSignature))
		s.Fail(msg.End())
	}
	if err := s.End(); err != nil {
		return nil, Signatures{}, err
	}
	return &m, by, nil
}

func (v *Version) readResponse(s *xmldsig.Sequence, e *xmldsig.Element, by *Signatures) *Response {
	var m Response
	sub := e.Sequence(v.typ("Response"))
	if v.minor == 2 {
		m.OriginalMessageID = readID(sub, v.typ("OriginalMessageId"))
	} else {
		m.OriginalMessageID = readOptionalID(sub, v.typ("OriginalMessageId"))
	}
	m.OriginalTransactionCode = sub.OptionalText(v.typ("OriginalTransactionCode"))
	m.ReferenceMessageID = sub.OptionalText(v.typ("ReferenceMessageID"))
	data := sub.One(v.typ("SenderProvidedResponseData"))
	m.Data, by.Personal = v.readResponseData(sub, data, readID)
	m.Metadata = v.readMetadata(sub, sub.One(v.typ("MessageMetadata")))
	m.Files = v.readStored(sub)
	by.Sender = readSigned(sub, data, v.typ(senderSignature))
	if err := sub.End(); err != nil {
		s.Fail(err)
		return nil
	}
	m.Provided = by.Sender.Provided()
	return &m
}
