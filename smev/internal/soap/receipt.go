package soap

import "github.com/surguch/surguch/smev/xmldsig"

// SendRequestResponse says that SMEV has taken a request and queued it for its
// asynchronous checks.
type SendRequestResponse struct{ Metadata Metadata }

// Envelope writes the message, its Metadata signed.
func (m *SendRequestResponse) Envelope(v *Version, sign Sign) ([]byte, error) {
	return receipt(v, "SendRequestResponse", &m.Metadata, sign)
}

// ReadSendRequestResponse reads the message from the element in the body. Its
// signature is SMEV.
func ReadSendRequestResponse(body *xmldsig.Element) (*SendRequestResponse, Signatures, error) {
	m, by, err := readReceipt(body, "SendRequestResponse")
	if err != nil {
		return nil, Signatures{}, err
	}
	return &SendRequestResponse{m}, by, nil
}

// SendResponseResponse says that SMEV has taken an answer and queued it for
// its asynchronous checks.
type SendResponseResponse struct{ Metadata Metadata }

// Envelope writes the message, its Metadata signed.
func (m *SendResponseResponse) Envelope(v *Version, sign Sign) ([]byte, error) {
	return receipt(v, "SendResponseResponse", &m.Metadata, sign)
}

// ReadSendResponseResponse reads the message from the element in the body. Its
// signature is SMEV.
func ReadSendResponseResponse(body *xmldsig.Element) (*SendResponseResponse, Signatures, error) {
	m, by, err := readReceipt(body, "SendResponseResponse")
	if err != nil {
		return nil, Signatures{}, err
	}
	return &SendResponseResponse{m}, by, nil
}

func receipt(v *Version, root string, m *Metadata, sign Sign) ([]byte, error) {
	return message(v, root, func(w *writer) {
		m.write(w, "Id", idOfSMEV)
		w.signature(sign, "MessageMetadata", "ns2", smevSignature)
	})
}

func readReceipt(body *xmldsig.Element, root string) (Metadata, Signatures, error) {
	v, s, err := open(body, root)
	if err != nil {
		return Metadata{}, Signatures{}, err
	}
	e := s.One(v.typ("MessageMetadata"))
	m := v.readMetadata(s, e)
	by := readSigned(s, e, v.typ(smevSignature))
	return m, Signatures{SMEV: by}, s.End()
}
