package smevtest

import (
	"time"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// message is what SMEV holds for somebody. Exactly one of request, response
// and status is set; the metadata in them is filled when it is delivered. All
// but the lease and the count of deliveries stays as it was posted.
type message struct {
	id      string // that Ack names
	to      address
	at      time.Time // visible from then on
	kind    *service  // nil if SMEV itself speaks
	inquiry *inquiry  // that it is about; nil for requests the simulator makes
	final   bool      // the inquiry is answered by it
	late    bool      // delivered although the inquiry has ended

	leased     time.Time // hidden until then, waiting for its Ack
	deliveries int

	request     *soap.Request
	response    *soap.Response
	status      *soap.AsyncStatus
	attachments []soap.AttachmentContent

	// version is that in which the sender's part was written and signed. For
	// another one it is written anew, and signed by signer; without a signer,
	// since the key is a participant's, it goes unsigned.
	version *soap.Version
	signer  *xmldsig.Signer
	users   []string // of the file store
}

// The Ids of what the registers and SMEV itself sign, as real messages have
// them.
const (
	idOfRegister = "SENDER_OV_SIGNATURE"
	idOfSMEV     = "SIGNED_ASYNC_BY_SMEV"
)

// selector is the filter of GetRequest and GetResponse.
type selector struct{ namespace, root string }

// takes reports whether the filter lets a message through. SMEV's own answers
// have no business document: they come to whoever asks for answers to the
// request they are about.
func (s selector) takes(m *message) bool {
	if s == (selector{}) {
		return true
	}
	k := m.kind
	if k == nil && m.inquiry != nil {
		k = m.inquiry.service
	}
	return k != nil && k.named(xmldsig.Name{Space: s.namespace, Local: s.root})
}

// deliver writes a message for a version and a time.
func (s *Server) deliver(m *message, v *soap.Version, now time.Time) reply {
	switch {
	case m.request != nil:
		r := *m.request
		r.Data, r.Provided = m.requestData(v)
		r.Metadata = s.finish(v, r.Metadata, now)
		return &soap.GetRequestResponse{Request: &r, Attachments: m.attachments}
	case m.response != nil:
		r := *m.response
		r.Data, r.Provided = m.responseData(v)
		r.Metadata = s.finish(v, r.Metadata, now)
		return &soap.GetResponseResponse{Response: &r, Attachments: m.attachments}
	}
	return &soap.GetStatusResponse{Status: m.status}
}

// requestData returns what the sender wrote, for a version.
func (m *message) requestData(v *soap.Version) (soap.RequestData, soap.Provided) {
	d := m.request.Data
	if v.Name() == m.version.Name() {
		return d, m.request.Provided
	}
	if v.Name() != soap.V13().Name() {
		d.Attachments, d.Files = plainHeaders(d.Attachments, d.Files)
	}
	return d, soap.Provided{}
}

// responseData returns what the sender wrote, for a version.
func (m *message) responseData(v *soap.Version) (soap.ResponseData, soap.Provided) {
	d := m.response.Data
	if v.Name() == m.version.Name() {
		return d, m.response.Provided
	}
	if v.Name() != soap.V13().Name() {
		d.Attachments, d.Files = plainHeaders(d.Attachments, d.Files)
	}
	if m.signer == nil {
		return d, soap.Provided{}
	}
	id := idOfRegister
	if d.Async != nil {
		id = idOfSMEV
	}
	p, err := d.Provide(v, id, m.signer.Sign)
	if err != nil {
		return d, soap.Provided{} // the same data was signed once, so there is no reason for it
	}
	return d, p
}

// plainHeaders are headers without what 1.3 alone has.
func plainHeaders(attachments []soap.AttachmentHeader, files []soap.RefAttachmentHeader) ([]soap.AttachmentHeader, []soap.RefAttachmentHeader) {
	var plain []soap.AttachmentHeader
	for _, a := range attachments {
		plain = append(plain, soap.AttachmentHeader{ContentID: a.ContentID, MIMEType: a.MIMEType, Signature: a.Signature})
	}
	var stored []soap.RefAttachmentHeader
	for _, f := range files {
		stored = append(stored, soap.RefAttachmentHeader{UUID: f.UUID, Hash: f.Hash, MIMEType: f.MIMEType, Signature: f.Signature})
	}
	return plain, stored
}

// finish completes metadata for a version, the manner of the configuration and
// a time of delivery, which is zero in receipts.
func (s *Server) finish(v *soap.Version, m soap.Metadata, delivered time.Time) soap.Metadata {
	m.DeliveredAt = delivered
	older := v.Name() != soap.V13().Name()
	if !delivered.IsZero() {
		m.Status = "messageIsDelivered"
		if older && s.cfg.Manner == Published {
			m.Status = "responseIsDelivered"
		}
	}
	if s.cfg.Manner != Published {
		m.Sender.Name, m.Recipient.Name = "", ""
		m.ContentType = ""
		return m
	}
	if older {
		m.Destination = "unknown"
	} else {
		m.ContentType = ""
	}
	return m
}
