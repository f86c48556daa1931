package smev3

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Response is ResponseSignUkep. Exactly one of Signatures, Rejected, Code and
// Interim says what it is.
type Response struct {
	ID, RequestID string
	At            time.Time
	SNILS         string
	Signatures    []Signature
	Rejected      bool   // by the person
	Code          string // of an error
	Interim       bool   // the answer is still to come
}

// Signature is the person's, in an attachment.
type Signature struct{ Document, Attachment string }

// Marshal writes the response, without XML declaration.
func (r *Response) Marshal() []byte {
	w := &writer{}
	w.open(ResponseRoot, "xmlns", Namespace, "Id", r.ID, "ReqId", r.RequestID, "timestamp", r.At.In(moscow).Format(timeForm))
	w.text("SNILS", dashed(r.SNILS))
	switch {
	case r.Rejected:
		w.text("SignReject", "true")
	case r.Code != "":
		w.open("Error")
		w.text("ErrorCode", r.Code)
		w.text("ErrorMessage", "отказ")
		w.shut("Error")
	case r.Interim:
		w.open("StateMedium")
		w.text("TemporaryCode", "1")
		w.text("StateMessage", "документы у подписанта")
		w.shut("StateMedium")
	default:
		w.open("Documents")
		for _, s := range r.Signatures {
			w.open("Document")
			w.text("ID", s.Document)
			w.open("SignatureGosKey", "docId", "sig-"+s.Document, "uuid", s.Attachment, "mimeType", "application/x-pkcs7-signature", "description", "Подпись")
			w.shut("SignatureGosKey")
			w.shut("Document")
		}
		w.shut("Documents")
	}
	w.shut(ResponseRoot)
	return w.Bytes()
}

// ParseResponse reads a response. Errors name elements.
func ParseResponse(raw []byte) (*Response, error) {
	var x struct {
		XMLName   xml.Name
		ID        string   `xml:"Id,attr"`
		RequestID string   `xml:"ReqId,attr"`
		Time      string   `xml:"timestamp,attr"`
		SNILS     []string `xml:"SNILS"`
		Documents []struct {
			Document []struct {
				ID        []string
				Signature []file `xml:"SignatureGosKey"`
			}
		}
		SignReject []struct{}
		Error      []struct {
			Code []string `xml:"ErrorCode"`
		}
		StateMedium []struct{}
	}
	if err := decode(raw, ResponseRoot, &x, &x.XMLName); err != nil {
		return nil, fmt.Errorf("smev3: response: %w", err)
	}
	if len(x.SNILS) != 1 || len(x.Documents)+len(x.SignReject)+len(x.Error)+len(x.StateMedium) != 1 {
		return nil, errors.New("smev3: response: SNILS or what became of the request stands not exactly once")
	}
	r := &Response{ID: x.ID, RequestID: x.RequestID, SNILS: undashed(x.SNILS[0]), Rejected: len(x.SignReject) > 0, Interim: len(x.StateMedium) > 0}
	at, err := time.Parse(time.RFC3339, x.Time)
	if err != nil || r.SNILS == "" || r.RequestID == "" || !plain(r.ID) || !plain(r.RequestID) {
		return nil, errors.New("smev3: response: timestamp, SNILS, Id or ReqId is not what it should be")
	}
	r.At = at.UTC()
	for _, e := range x.Error {
		if len(e.Code) != 1 || len(e.Code[0]) == 0 || len(e.Code[0]) > 4 || strings.Trim(e.Code[0], "0123456789") != "" {
			return nil, errors.New("smev3: response: ErrorCode is no number")
		}
		r.Code = e.Code[0]
	}
	for _, list := range x.Documents {
		if len(list.Document) == 0 || len(list.Document) > MaxDocuments {
			return nil, errors.New("smev3: response: too few or too many Documents")
		}
		for _, d := range list.Document {
			if len(d.ID) != 1 || len(d.Signature) != 1 || d.ID[0] == "" || d.Signature[0].Attachment == "" || !plain(d.ID[0]) || !plain(d.Signature[0].Attachment) {
				return nil, errors.New("smev3: response: a Document has not one ID and one SignatureGosKey")
			}
			r.Signatures = append(r.Signatures, Signature{d.ID[0], d.Signature[0].Attachment})
		}
	}
	return r, nil
}
