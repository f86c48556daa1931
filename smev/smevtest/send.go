package smevtest

import (
	"time"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/internal/uuid"
	"github.com/surguch/surguch/smev/xmldsig"
)

const (
	maxAge      = 48 * time.Hour      // a message may be sent for two days (StaleMessageId in the schema of faults)
	maxSkew     = 10 * time.Minute    // and be ahead of the clock of SMEV by this much
	maxOpen     = 30 * 24 * time.Hour // after which an unanswered request without an end of life is forgotten
	maxAttached = 5 << 20             // octets of the attachments of a message
)

// sendRequest takes a request.
func (s *Server) sendRequest(c *call) reply {
	m, by, err := soap.ReadSendRequest(c.body)
	if err != nil {
		return s.invalidContent(textEnvelope, err)
	}
	if err := checkRequest(m); err != nil {
		return s.invalidContent(textEnvelope, err)
	}
	if f := s.checkRouting(c, by); f != nil {
		return f
	}
	s.mu.Lock()
	now := s.settle()
	k, f := s.admitRequest(c, m, now)
	if f != nil {
		s.mu.Unlock()
		return f
	}
	i := newInquiry(c, &m.Data, k, now)
	s.keep(i)
	s.participants.sent[c.caller] += attached(m.Attachments)
	s.mu.Unlock()

	s.pass(i, m, by.Caller.Provided(), c.trouble)
	recipient, name := k.recipient()
	return &soap.SendRequestResponse{Metadata: s.finish(c.version, soap.Metadata{
		MessageID: i.id, Type: "REQUEST", Sender: party(c.caller), SentAt: now, ContentType: k.kind.Name,
		Recipient: soap.Party{Mnemonic: recipient, Name: name}, Status: "requestIsQueued",
	}, time.Time{})}
}

// admitRequest does the synchronous checks of a request that follow those of
// signature and envelope, in the order of SMEV. The caller holds s.mu.
func (s *Server) admitRequest(c *call, m *soap.SendRequest, now time.Time) (*service, *soap.Fault) {
	if f := s.checkID(m.Data.MessageID, now); f != nil {
		return nil, f
	}
	if f := s.checkSender(c); f != nil {
		return nil, f
	}
	root, err := xmldsig.Parse(m.Data.Content)
	if err != nil {
		return nil, s.invalidContent(textEnvelope, err)
	}
	k := s.services[root.Name]
	if k == nil {
		f := s.fault("BusinessDataTypeIsNotSupported", "", "Тип сообщения не поддерживается.")
		f.RootLocalName, f.RootNamespace = root.Name.Local, root.Name.Space
		return nil, f
	}
	if s.participants.denied[denial{c.caller, root.Name.Space}] {
		return nil, s.fault("AccessDenied", "", "Отправителю не разрешено отправлять сообщения этого типа.")
	}
	if !m.Data.EndOfLife.IsZero() && !m.Data.EndOfLife.After(now) {
		return nil, s.fault("EndOfLifeReached", "", "Превышено время жизни сообщения.")
	}
	if f := s.checkAttachments(c, m.Data.Attachments, m.Attachments); f != nil {
		return nil, f
	}
	to := address{c.caller, m.Data.NodeID, responses}
	if k.provider == nil {
		to = address{k.mnemonic, "", requests}
	}
	return k, s.checkRoom(to, c.trouble)
}

// sendResponse takes an answer of a participant.
func (s *Server) sendResponse(c *call) reply {
	m, by, err := soap.ReadSendResponse(c.body)
	if err != nil {
		return s.invalidContent(textEnvelope, err)
	}
	if err := checkResponse(m); err != nil {
		return s.invalidContent(textEnvelope, err)
	}
	s.mu.Lock()
	now := s.settle()
	i, f := s.admitResponse(c, m, now)
	if f != nil {
		s.mu.Unlock()
		return f
	}
	s.answered[m.Data.MessageID] = now
	s.participants.sent[c.caller] += attached(m.Attachments)
	s.mu.Unlock()

	s.passBack(c, i, m, by.Caller.Provided(), now)
	status := "responseIsQueued"
	if s.cfg.Manner == Published && c.version.Name() != soap.V13().Name() {
		status = "responseIsAcceptedBySmev" // the schemas have no other word for it
	}
	return &soap.SendResponseResponse{Metadata: s.finish(c.version, soap.Metadata{
		MessageID: m.Data.MessageID, Type: "RESPONSE", Sender: party(c.caller), SentAt: now,
		Recipient: party(i.asker), Status: status,
	}, time.Time{})}
}

// admitResponse does the synchronous checks of an answer that follow those of
// signature and envelope. The caller holds s.mu.
func (s *Server) admitResponse(c *call, m *soap.SendResponse, now time.Time) (*inquiry, *soap.Fault) {
	if f := s.checkID(m.Data.MessageID, now); f != nil {
		return nil, f
	}
	if f := s.checkSender(c); f != nil {
		return nil, f
	}
	i := s.addressed(m.Data.To)
	if i == nil || i.service.mnemonic != c.caller {
		return nil, s.fault("RecipientIsNotFound", "", "Получатель ответа не найден.")
	}
	if i.ended {
		return nil, s.fault("EndOfLifeReached", "", "Превышено время жизни сообщения.")
	}
	if m.Data.Content != nil {
		root, err := xmldsig.Parse(m.Data.Content)
		if err != nil {
			return nil, s.invalidContent(textEnvelope, err)
		}
		if root.Name != responseRoot(i.service.kind) {
			return nil, s.fault("IncorrectResponseContentType", "", "Содержимое ответа не является ответом на запрос этого типа.")
		}
	}
	if f := s.checkAttachments(c, m.Data.Attachments, m.Attachments); f != nil {
		return nil, f
	}
	return i, s.checkRoom(address{i.asker, i.node, responses}, c.trouble)
}

// checkID checks the identifier of a message: its form, its age, and that it
// is new. The caller holds s.mu.
func (s *Server) checkID(id string, now time.Time) *soap.Fault {
	made, err := uuid.Time(id)
	if err != nil {
		return s.fault("InvalidMessageIdFormat", "SMEV-300", "Идентификатор сообщения не является UUID варианта 1.")
	}
	if now.Sub(made) > maxAge || made.Sub(now) > maxSkew {
		return s.fault("StaleMessageId", "", "Идентификатор сообщения содержит устаревшее или будущее время.")
	}
	if _, answered := s.answered[id]; answered || s.inquiries[id] != nil {
		return s.fault("MessageIsAlreadySent", "SMEV-301", "Сообщение с таким идентификатором уже было отправлено.")
	}
	return nil
}

// checkSender checks that the caller is a participant. The caller holds s.mu.
func (s *Server) checkSender(c *call) *soap.Fault {
	if !s.participants.registered[c.caller] {
		return s.fault("SenderIsNotRegistered", "", "Отправитель сообщения не зарегистрирован в СМЭВ.")
	}
	return nil
}

// checkRoom checks that a queue takes one message more. The caller holds s.mu.
func (s *Server) checkRoom(to address, t Trouble) *soap.Fault {
	if !s.queues.full(to) && t != Overflow {
		return nil
	}
	f := s.fault("DestinationOverflow", "SMEV-600", "Очередь получателя переполнена.")
	f.Broker, f.Destination = "emulator", to.String()
	return f
}

// keep remembers an inquiry and forgets those whose identifiers are too old to
// come again. The caller holds s.mu.
func (s *Server) keep(i *inquiry) {
	s.metrics.filed++
	s.inquiries[i.id] = i
	if s.metrics.filed%1024 != 0 {
		return
	}
	old := func(taken time.Time) bool { return i.taken.Sub(taken) > maxAge+maxSkew }
	for id, other := range s.inquiries {
		if old(other.taken) && (other.answered || other.ended || i.taken.Sub(other.taken) > maxOpen) {
			delete(s.inquiries, id)
		}
	}
	for id, taken := range s.answered {
		if old(taken) {
			delete(s.answered, id)
		}
	}
}
