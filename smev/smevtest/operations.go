package smevtest

import (
	"time"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/internal/uuid"
	"github.com/surguch/surguch/smev/xmldsig"
)

const (
	maxAge  = 48 * time.Hour   // a message may be sent for two days (StaleMessageId in the faults schema)
	maxSkew = 10 * time.Minute // and be ahead of the clock of SMEV by this much
)

func (s *Server) sendRequest(body *xmldsig.Element, trouble Trouble) reply {
	m, err := soap.ReadSendRequest(body)
	if err != nil {
		return invalidContent("Сообщение не соответствует схеме конверта.", err)
	}
	made, err := uuid.Time(m.MessageID)
	if err != nil {
		return fault("InvalidMessageIdFormat", "SMEV-300", "Идентификатор сообщения не является UUID варианта 1.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Clock.Now()
	if now.Sub(made) > maxAge || made.Sub(now) > maxSkew {
		return fault("StaleMessageId", "", "Идентификатор сообщения содержит устаревшее или будущее время.")
	}
	if s.filed[m.MessageID] {
		return fault("MessageIsAlreadySent", "SMEV-301", "Сообщение с таким идентификатором уже было отправлено.")
	}
	root, err := xmldsig.Parse(m.Content)
	if err != nil {
		return invalidContent("Содержательная часть не является документом XML.", err)
	}
	register := registerOf(root.Name)
	if register == nil {
		f := fault("BusinessDataTypeIsNotSupported", "", "Тип сообщения не поддерживается.")
		f.RootLocalName, f.RootNamespace = root.Name.Local, root.Name.Space
		return f
	}
	s.filed[m.MessageID] = true
	s.queue = append(s.queue, s.plan(m, register, now, trouble)...)
	return &soap.SendRequestResponse{Metadata: soap.Metadata{
		MessageID: m.MessageID, Type: "REQUEST", Sender: consumer, SentAt: now, Destination: "unknown",
		ContentType: register.title, Status: "requestIsQueued",
	}}
}

func (s *Server) getResponse(body *xmldsig.Element) reply {
	m, err := soap.ReadGetResponse(body)
	if err != nil {
		return invalidContent("Сообщение не соответствует схеме конверта.", err)
	}
	if m.Namespace != "" && !known(m.Namespace, m.Root) {
		return fault("UnknownMessageType", "", "Тип сообщения не зарегистрирован в СМЭВ.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.take(m.NodeID, m.Namespace, m.Root)
	if next == nil {
		return envelopeFunc(soap.EmptyQueue)
	}
	delivered := next.response
	delivered.Metadata.DeliveredAt = s.cfg.Clock.Now()
	return &delivered
}

func (s *Server) ack(body *xmldsig.Element) reply {
	m, err := soap.ReadAck(body)
	if err != nil {
		return invalidContent("Сообщение не соответствует схеме конверта.", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.remove(m.Target) {
		return fault("TargetMessageIsNotFound", "SMEV-501", "Сообщение не найдено среди неподтверждённых.")
	}
	return envelopeFunc(soap.AckResponse)
}
