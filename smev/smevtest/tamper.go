package smevtest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"time"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// reply is anything that writes itself as an envelope.
type reply interface {
	Envelope(*soap.Version, soap.Sign) ([]byte, error)
}

// sealed writes a reply as SMEV signs it, or as a trouble has it signed.
func (s *Server) sealed(r reply, v *soap.Version, t Trouble) ([]byte, error) {
	switch t {
	case BadSignature:
		return r.Envelope(v, spoiled(s.signer.Sign))
	case ExpiredCertificate:
		return r.Envelope(v, s.expired.Sign)
	case SwappedBody:
		doc, _, err := s.swapped(r, v)
		return doc, err
	case WrappedBody:
		return s.wrapped(r, v)
	}
	return r.Envelope(v, s.signer.Sign)
}

// spoiled makes signatures whose value is wrong in one bit.
func spoiled(sign soap.Sign) soap.Sign {
	const begin, end = "<ds:SignatureValue>", "</ds:SignatureValue>"
	return func(target *xmldsig.Element) ([]byte, error) {
		signature, err := sign(target)
		if err != nil {
			return nil, err
		}
		before, rest, _ := bytes.Cut(signature, []byte(begin))
		text, after, _ := bytes.Cut(rest, []byte(end))
		value, err := base64.StdEncoding.DecodeString(string(text))
		if err != nil || len(value) == 0 {
			return nil, errors.New("smevtest: the signature has no value to spoil")
		}
		value[len(value)-1] ^= 1
		return bytes.Join([][]byte{before, []byte(begin), []byte(base64.StdEncoding.EncodeToString(value)), []byte(end), after}, nil), nil
	}
}

// swapped writes another content around the signature over the right one, and
// returns the right element as well.
func (s *Server) swapped(r reply, v *soap.Version) (doc, right []byte, err error) {
	other := forged(r)
	if other == nil {
		doc, err = r.Envelope(v, s.signer.Sign)
		return doc, nil, err
	}
	var signature []byte
	if _, err = r.Envelope(v, func(target *xmldsig.Element) ([]byte, error) {
		right = target.Raw()
		signature, err = s.signer.Sign(target)
		return signature, err
	}); err != nil {
		return nil, nil, err
	}
	doc, err = other.Envelope(v, func(*xmldsig.Element) ([]byte, error) { return signature, nil })
	return doc, right, err
}

// wrapped writes another content in the place of the signed element, which
// stands in the header with its Id, so that its signature still has what it
// refers to.
func (s *Server) wrapped(r reply, v *soap.Version) ([]byte, error) {
	doc, right, err := s.swapped(r, v)
	if err != nil || right == nil {
		return doc, err
	}
	const body = "<soap:Body>"
	doc = bytes.Replace(doc, []byte(` Id="SIGNED_BY_SMEV"`), []byte(` Id="SIGNED_BY_WRAPPER"`), 1)
	header := append(append([]byte("<soap:Header>"), right...), "</soap:Header>"+body...)
	return bytes.Replace(doc, []byte(body), header, 1), nil
}

// forged returns the reply with another content, or nil if SMEV signs nothing
// in it.
func forged(r reply) reply {
	switch r := r.(type) {
	case *soap.SendRequestResponse:
		return &soap.SendRequestResponse{Metadata: forgedReceipt(r.Metadata)}
	case *soap.SendResponseResponse:
		return &soap.SendResponseResponse{Metadata: forgedReceipt(r.Metadata)}
	case *soap.GetRequestResponse:
		if r.Request != nil {
			f := *r.Request
			f.Provided = soap.Provided{}
			f.Data.Content, f.Data.PersonalSignature = []byte(`<swapped xmlns="urn:x-emulator:swapped"></swapped>`), nil
			return &soap.GetRequestResponse{Request: &f, Attachments: r.Attachments}
		}
	case *soap.GetResponseResponse:
		if r.Response != nil {
			f := *r.Response
			f.Provided = soap.Provided{}
			f.Data = soap.ResponseData{MessageID: f.Data.MessageID, To: f.Data.To, Rejections: []soap.Rejection{{Code: "NO_DATA", Description: "Подменённый ответ."}}}
			if r.Response.Data.Rejections != nil {
				f.Data.Rejections, f.Data.Status = nil, &soap.RequestStatus{Code: 1, Description: "Подменённый ответ."}
			}
			return &soap.GetResponseResponse{Response: &f}
		}
	case *soap.GetStatusResponse:
		if r.Status != nil {
			f := *r.Status
			f.Category, f.Details, f.Fault = "underProcessing", "Подменённое состояние.", nil
			return &soap.GetStatusResponse{Status: &f}
		}
	}
	return nil
}

func forgedReceipt(m soap.Metadata) soap.Metadata {
	m.SentAt = m.SentAt.Add(time.Hour)
	return m
}
