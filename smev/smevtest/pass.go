package smevtest

import (
	"context"
	"errors"
	"time"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// settling is how long the asynchronous checks take: one second in 2021, none
// to speak of in 2026.
func (s *Server) settling() time.Duration {
	if s.cfg.Manner == Like2026 {
		return 0
	}
	return time.Second
}

// pass does the asynchronous checks of a request and passes it on. All that
// follows from them is scheduled when it returns.
func (s *Server) pass(i *inquiry, m *soap.SendRequest, p soap.Provided, t Trouble) {
	files, err := s.files.take(m.Data.Files)
	if err != nil {
		s.reject(i, s.asyncFault("AttachmentContentMiscoordination", "", textFiles), i.taken.Add(s.settling()))
		return
	}
	if i.service.provider == nil {
		s.passOn(i, m, p, files)
		return
	}
	s.answer(i, m, files, t)
}

// passOn puts a request into the queue of a participant.
func (s *Server) passOn(i *inquiry, m *soap.SendRequest, p soap.Provided, files []storedFile) {
	at := i.taken.Add(s.settling())
	to := i.service.mnemonic
	offered, users := s.files.offer(files)
	post := &message{
		id: i.id, to: address{to, "", requests}, at: at, kind: i.service, inquiry: i, version: i.version,
		attachments: m.Attachments, users: users,
		request: &soap.Request{
			Data: m.Data, Provided: p, Files: offered, ReplyTo: i.replyTo,
			Metadata: soap.Metadata{
				MessageID: i.id, Type: "REQUEST", Sender: party(i.asker), SentAt: i.taken, Recipient: party(to), ContentType: i.service.kind.Name,
			},
		},
	}
	if err := s.writable(post); err != nil {
		s.files.withdraw(users)
		s.reject(i, s.unwritable(err), at)
		return
	}
	s.mu.Lock()
	if s.participants.registered[to] {
		s.queues.post(post)
		s.schedule(i)
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	s.files.withdraw(users)
	s.reject(i, s.asyncFault("RecipientIsNotFound", "", "Получатель запроса не найден."), at)
}

// writable checks that SMEV can put a message of a participant into its own
// and sign it. Most can; not one with characters that implementations of the
// transform write differently, or with the Id that SMEV's own element has.
func (s *Server) writable(m *message) error {
	_, err := s.deliver(m, m.version, m.at).Envelope(m.version, s.signer.Sign)
	return err
}

// schedule sets the end of life of an inquiry. The caller holds s.mu.
func (s *Server) schedule(i *inquiry) {
	if !i.endOfLife.IsZero() {
		s.queues.endAt(i.endOfLife, i)
	}
}

// answer has a provider answer a request.
func (s *Server) answer(i *inquiry, m *soap.SendRequest, files []storedFile, t Trouble) {
	f := s.fate(i.id)
	r := Request{
		MessageID: i.id, Sender: i.asker, Content: m.Data.Content, Test: m.Data.Test, Received: i.taken,
		Delay: f.delay(s.cfg), swapped: t == SwappedEcho,
	}
	contents := map[string][]byte{}
	for _, a := range m.Attachments {
		contents[a.ID] = a.Content
	}
	for _, h := range m.Data.Attachments {
		r.Attachments = append(r.Attachments, Attachment{ID: h.ContentID, MIMEType: h.MIMEType, Signature: h.Signature, Content: contents[h.ContentID]})
	}
	for _, a := range files {
		r.Attachments = append(r.Attachments, Attachment{
			ID: a.header.UUID, Name: a.name, MIMEType: a.header.MIMEType, Signature: a.header.Signature, Content: a.content, Stored: true,
		})
	}
	replies, err := i.service.provider.Handle(context.Background(), r)
	var content *ContentError
	switch {
	case errors.As(err, &content):
		s.reject(i, s.asyncInvalid(i.id, content.Err), i.taken.Add(s.settling()))
		return
	case err != nil:
		replies = []Reply{{Rejections: []Rejection{{"FAILURE", "Поставщик не смог обработать запрос."}}}}
	}
	var posts []*message
	for _, p := range spoil(replies, i, r.Delay, t) {
		if p.After == 0 {
			p.After = r.Delay
		}
		posts = append(posts, s.write(i, p, f, t))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range posts {
		s.queues.post(m)
	}
	s.schedule(i)
}

// write makes a message of a provider's reply, or a refusal if the provider's
// document cannot be signed.
func (s *Server) write(i *inquiry, p Reply, f fate, t Trouble) *message {
	m, err := s.compose(i, p, f, t)
	if err != nil {
		m, _ = s.compose(i, Reply{After: p.After, Rejections: []Rejection{{"FAILURE", "Ответ поставщика не может быть подписан."}}}, f, t)
	}
	return m
}

// compose makes a message of a provider's reply, signed with the provider's
// key.
func (s *Server) compose(i *inquiry, p Reply, f fate, t Trouble) (*message, error) {
	at := i.taken.Add(p.After)
	d := soap.ResponseData{MessageID: f.id(at), Content: p.Content}
	for _, r := range p.Rejections {
		d.Rejections = append(d.Rejections, soap.Rejection{Code: r.Code, Description: r.Description})
	}
	if p.Status != nil {
		d.Status = &soap.RequestStatus{Code: p.Status.Code, Description: p.Status.Description}
	}
	attached := s.attach(&d, p.Attachments, f, at)
	m := i.answer(at, d, "Эмулятор: "+i.service.owner)
	m.signer, m.late = i.service.signer, t == AfterEnd
	if t == ForeignID {
		m.response.OriginalMessageID = f.id(i.taken)
	}
	var err error
	if m.response.Provided, err = m.response.Data.Provide(i.version, idOfRegister, m.signer.Sign); err != nil {
		return m, err
	}
	m.attachments = attached.contents
	m.response.Files, m.users = s.files.offer(attached.files)
	if err = s.writable(m); err != nil {
		s.files.withdraw(m.users)
	}
	return m, err
}

// passBack does the asynchronous checks of a participant's answer and passes
// it on.
func (s *Server) passBack(c *call, i *inquiry, m *soap.SendResponse, p soap.Provided, now time.Time) {
	at := now.Add(s.settling())
	post := i.answer(at, m.Data, "Эмулятор: участник "+c.caller)
	post.version, post.attachments = c.version, m.Attachments
	post.response.Data.To, post.response.Provided, post.response.Metadata.SentAt = m.Data.To, p, now
	files, err := s.files.take(m.Data.Files)
	if err != nil {
		s.refuse(c, m.Data.MessageID, s.asyncFault("AttachmentContentMiscoordination", "", textFiles), at)
		return
	}
	post.response.Files, post.users = s.files.offer(files)
	if err := s.writable(post); err != nil {
		s.files.withdraw(post.users)
		s.refuse(c, m.Data.MessageID, s.unwritable(err), at)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queues.post(post)
}

// reject tells the asker that SMEV did not pass a request on.
func (s *Server) reject(i *inquiry, f *soap.Fault, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rejectLocked(i, f, at)
}

// rejectLocked is reject for those who hold s.mu. The asker hears of it twice:
// among the answers and among the statuses.
func (s *Server) rejectLocked(i *inquiry, f *soap.Fault, at time.Time) {
	i.ended = true
	status := &soap.AsyncStatus{OriginalMessageID: i.id, Category: "requestIsRejectedBySmev", Details: short(f.Text), Fault: f}
	m := i.answer(at, soap.ResponseData{MessageID: s.fate(i.id).id(at), Async: status}, "Эмулятор: СМЭВ")
	m.late = true
	if s.cfg.Manner == Like2026 {
		m.response.Provided, _ = m.response.Data.Provide(i.version, idOfSMEV, nil)
	} else {
		m.signer = s.signer
		m.response.Provided, _ = m.response.Data.Provide(i.version, idOfSMEV, s.signer.Sign)
	}
	s.queues.post(m)
	s.queues.post(&message{
		id: i.id, to: address{i.asker, "", statuses}, at: at, kind: i.service, inquiry: i, late: true, version: i.version, status: status,
	})
}

// refuse tells a provider that SMEV did not pass his answer on.
func (s *Server) refuse(c *call, id string, f *soap.Fault, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queues.post(&message{
		id: id, to: address{c.caller, "", statuses}, at: at, version: c.version,
		status: &soap.AsyncStatus{OriginalMessageID: id, Category: "responseIsRejectedBySmev", Details: short(f.Text), Fault: f},
	})
}

// endOfLife rejects an inquiry that nobody has answered in time. The caller
// holds s.mu.
func (s *Server) endOfLife(i *inquiry, at time.Time) {
	s.queues.forget(i, requests)
	s.rejectLocked(i, s.asyncFault("EndOfLifeReached", "", "Превышено время жизни сообщения."), at)
}

// asyncInvalid is the fault of a business document against its schema, in the
// words of real SMEV.
func (s *Server) asyncInvalid(id string, err error) *soap.Fault {
	f := s.asyncFault("InvalidContent", "SMEV-403",
		"Бизнес-данные сообщения не соответствуют схеме, зарегистрированной в СМЭВ. MessageId = "+id)
	f.ValidationErrors = []soap.ValidationError{{Position: -1, Text: plain(err.Error())}}
	return f
}

// unwritable is the fault of what SMEV cannot pass on.
func (s *Server) unwritable(err error) *soap.Fault {
	f := s.asyncFault("InvalidContent", "SMEV-403", "Сообщение не может быть подписано СМЭВ.")
	position := -1
	var place *xmldsig.TransformError
	if errors.As(err, &place) {
		position = place.Offset
	}
	f.ValidationErrors = []soap.ValidationError{{Position: position, Text: plain(err.Error())}}
	return f
}
