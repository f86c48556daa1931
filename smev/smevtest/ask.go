package smevtest

import (
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// Ask sends a request on behalf of the simulator itself, to try out a
// provider: whoever serves the kind that the root of the business document
// names. It bears TestMessage, is signed with a key of the simulator's own and
// goes through the asynchronous checks. The result is the message id, for
// [Server.Replies].
func (s *Server) Ask(content []byte) (id string, err error) {
	root, err := xmldsig.Parse(content)
	if err != nil {
		return "", fmt.Errorf("smevtest: asking: %w", err)
	}
	s.mu.Lock()
	now := s.settle()
	k := s.services[root.Name]
	if k == nil {
		s.mu.Unlock()
		return "", fmt.Errorf("smevtest: asking: nobody answers requests %s of this namespace", root.Name.Local)
	}
	if s.queues.full(address{smev.Emulator, "", responses}) {
		s.mu.Unlock()
		return "", errors.New("smevtest: asking: too many answers are kept; Reset drops them")
	}
	s.asked++
	f := s.fate(fmt.Sprintf("asked %d", s.asked))
	id = f.id(now)
	m := &soap.SendRequest{Data: soap.RequestData{MessageID: id, ReferenceMessageID: id, Content: root.Raw(), Test: true}}
	i := newInquiry(&call{caller: smev.Emulator, version: s.endpoints[soap.V12().Path()]}, &m.Data, k, now)
	s.keep(i)
	s.mu.Unlock()
	p, err := m.Data.Provide(i.version, "SIGNED_BY_CONSUMER", s.tester.Sign)
	if err != nil {
		return "", fmt.Errorf("smevtest: asking: %w", err)
	}
	s.pass(i, m, p, None)
	return id, nil
}

// Replies returns what has been answered so far to a request of Ask. A
// rejection by SMEV itself comes as a Rejection with the code SMEV.
func (s *Server) Replies(id string) []Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	var list []Reply
	for _, m := range s.queues.visible[address{smev.Emulator, "", responses}] {
		if m.inquiry.id == id {
			list = append(list, replyOf(m))
		}
	}
	return list
}

func replyOf(m *message) Reply {
	d := m.response.Data
	r := Reply{After: m.at.Sub(m.inquiry.taken).Round(time.Millisecond), Content: d.Content}
	for _, n := range d.Rejections {
		r.Rejections = append(r.Rejections, Rejection{n.Code, n.Description})
	}
	if d.Status != nil {
		r.Status = &Status{d.Status.Code, d.Status.Description}
	}
	if d.Async != nil {
		r.Rejections = []Rejection{{"SMEV", d.Async.Details}}
	}
	contents := map[string][]byte{}
	for _, a := range m.attachments {
		contents[a.ID] = a.Content
	}
	for _, h := range d.Attachments {
		r.Attachments = append(r.Attachments, Attachment{ID: h.ContentID, MIMEType: h.MIMEType, Content: contents[h.ContentID], Signature: h.Signature})
	}
	return r
}
