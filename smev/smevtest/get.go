package smevtest

import (
	"errors"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// String is the name of a queue in statistics and in DestinationOverflow.
func (a address) String() string {
	name := a.mnemonic + "." + a.class.String()
	if a.node != "" {
		name += "." + a.node
	}
	return name
}

// getResponse delivers the next answer to the caller's requests.
func (s *Server) getResponse(c *call) reply {
	m, _, err := soap.ReadGetResponse(c.body)
	if err == nil {
		err = checkSelector((*soap.Selector)(m))
	}
	if err != nil {
		return s.invalidContent(textEnvelope, err)
	}
	want := selector{m.Namespace, m.Root}
	taken, f := s.next(c, address{c.caller, m.NodeID, responses}, want, s.known)
	switch {
	case f != nil:
		return f
	case taken == nil:
		return &soap.GetResponseResponse{}
	}
	return taken
}

// getRequest delivers the next request to the caller, a provider.
func (s *Server) getRequest(c *call) reply {
	m, _, err := soap.ReadGetRequest(c.body)
	if err == nil {
		err = checkSelector((*soap.Selector)(m))
	}
	if err != nil {
		return s.invalidContent(textEnvelope, err)
	}
	want := selector{m.Namespace, m.Root}
	taken, f := s.next(c, address{c.caller, "", requests}, want, func(want selector) bool {
		k := s.services[xmldsig.Name{Space: want.namespace, Local: want.root}]
		return want == (selector{}) || k != nil && k.mnemonic == c.caller
	})
	switch {
	case f != nil:
		return f
	case taken == nil:
		return &soap.GetRequestResponse{}
	}
	return taken
}

// getStatus delivers the next result of an asynchronous check.
func (s *Server) getStatus(c *call) reply {
	if _, _, err := soap.ReadGetStatus(c.body); err != nil {
		return s.invalidContent(textEnvelope, err)
	}
	taken, f := s.next(c, address{c.caller, "", statuses}, selector{}, s.known)
	switch {
	case f != nil:
		return f
	case taken == nil:
		return &soap.GetStatusResponse{}
	}
	return taken
}

// next leases the next message of a queue and writes it; nil says that there
// is none. knows says whether a selector names a type the caller may ask for.
func (s *Server) next(c *call, from address, want selector, knows func(selector) bool) (reply, *soap.Fault) {
	s.mu.Lock()
	now := s.settle()
	if f := s.checkSender(c); f != nil {
		s.mu.Unlock()
		return nil, f
	}
	if !knows(want) {
		s.mu.Unlock()
		return nil, s.fault("UnknownMessageType", "", "Тип сообщения не зарегистрирован в СМЭВ.")
	}
	m := s.queues.take(from, want, now)
	if m != nil {
		s.metrics.deliver(m)
	}
	s.mu.Unlock()
	if m == nil {
		return nil, nil
	}
	return s.deliver(m, c.version, now), nil
}

// ack ends the lease of a message, for good.
func (s *Server) ack(c *call) reply {
	m, _, err := soap.ReadAck(c.body)
	if err == nil && !identifier.MatchString(m.Target) {
		err = errors.New("AckTargetMessage is not a UUID")
	}
	if err != nil {
		return s.invalidContent(textEnvelope, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.settle()
	if f := s.checkSender(c); f != nil {
		return f
	}
	if !s.queues.acknowledge(c.caller, m.Target, m.Accepted, now) {
		return s.fault("TargetMessageIsNotFound", "SMEV-501", "Сообщение не найдено среди неподтверждённых.")
	}
	return &soap.AckResponse{}
}

// statistics counts what waits for the caller.
func (s *Server) statistics(c *call) reply {
	m, _, err := soap.ReadGetIncomingQueueStatistics(c.body)
	if err == nil && tooLong(m.NodeID, 50) {
		err = errors.New("NodeID has more than 50 characters")
	}
	if err != nil {
		return s.invalidContent(textEnvelope, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.settle()
	if f := s.checkSender(c); f != nil {
		return f
	}
	var r soap.GetIncomingQueueStatisticsResponse
	for _, from := range []address{{c.caller, "", requests}, {c.caller, m.NodeID, responses}, {c.caller, "", statuses}} {
		r.Queues = append(r.Queues, soap.QueueStatistics{Queue: from.String(), Pending: s.queues.waiting(from, now)})
	}
	return &r
}
