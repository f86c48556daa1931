package soap

import (
	"errors"
	"strconv"
	"time"

	"github.com/surguch/surguch/smev/xmldsig"
)

// Selector is MessageTypeSelector: it names the messages wanted. Namespace and
// Root are those of the business document; both empty mean any.
type Selector struct {
	Namespace, Root string
	At              time.Time
	NodeID          string
}

// GetRequest is GetRequestRequest: it asks for the next message of the request
// queue.
type GetRequest Selector

// Envelope writes the message, its selector signed.
func (m *GetRequest) Envelope(v *Version, sign Sign) ([]byte, error) {
	return selection(v, "GetRequestRequest", (*Selector)(m), sign)
}

// ReadGetRequest reads the message from the element in the body. Its signature
// is Caller.
func ReadGetRequest(body *xmldsig.Element) (*GetRequest, Signatures, error) {
	m, by, err := readSelection(body, "GetRequestRequest")
	return (*GetRequest)(m), by, err
}

// GetResponse is GetResponseRequest: it asks for the next message of the
// response queue. The type it names is that of the response.
type GetResponse Selector

// Envelope writes the message, its selector signed.
func (m *GetResponse) Envelope(v *Version, sign Sign) ([]byte, error) {
	return selection(v, "GetResponseRequest", (*Selector)(m), sign)
}

// ReadGetResponse reads the message from the element in the body. Its
// signature is Caller.
func ReadGetResponse(body *xmldsig.Element) (*GetResponse, Signatures, error) {
	m, by, err := readSelection(body, "GetResponseRequest")
	return (*GetResponse)(m), by, err
}

func selection(v *Version, root string, m *Selector, sign Sign) ([]byte, error) {
	return message(v, root, func(w *writer) {
		w.Open("ns1:MessageTypeSelector", "Id", idOfCaller)
		if m.Namespace != "" || m.Root != "" {
			w.Leaf("ns1:NamespaceURI", m.Namespace)
			w.Leaf("ns1:RootElementLocalName", m.Root)
		}
		w.Leaf("ns1:Timestamp", stamp(m.At))
		w.OptionalLeaf("ns1:NodeID", m.NodeID)
		w.Close()
		w.signature(sign, "MessageTypeSelector", "ns2", callerSignature)
	})
}

func readSelection(body *xmldsig.Element, root string) (*Selector, Signatures, error) {
	v, s, err := open(body, root)
	if err != nil {
		return nil, Signatures{}, err
	}
	var m Selector
	e := s.One(v.bas("MessageTypeSelector"))
	sub := e.Sequence(v.bas("MessageTypeSelector"))
	if e := sub.Optional(v.bas("NamespaceURI")); e != nil {
		text, err := e.Leaf()
		sub.Fail(err)
		m.Namespace = collapse(text)
		m.Root = collapse(sub.Text(v.bas("RootElementLocalName")))
		if m.Namespace == "" || m.Root == "" {
			sub.Fail(errors.New("soap: the selector names half a type"))
		}
	}
	m.At = readMoment(sub, v.bas("Timestamp"))
	m.NodeID = sub.OptionalText(v.bas("NodeID"))
	s.Fail(sub.End())
	by := readSigned(s, e, v.typ(callerSignature))
	if err := s.End(); err != nil {
		return nil, Signatures{}, err
	}
	return &m, Signatures{Caller: by}, nil
}

// GetIncomingQueueStatistics is GetIncomingQueueStatisticsRequest: it asks how
// many messages wait. Versions 1.1 and 1.2 have it.
type GetIncomingQueueStatistics struct {
	NodeID string
	At     time.Time
}

// Envelope writes the message, its Timestamp signed.
func (m *GetIncomingQueueStatistics) Envelope(v *Version, sign Sign) ([]byte, error) {
	return message(v, "GetIncomingQueueStatisticsRequest", func(w *writer) {
		w.OptionalLeaf("ns2:NodeID", m.NodeID)
		w.Leaf("ns1:Timestamp", stamp(m.At), "Id", idOfCaller)
		w.signature(sign, "Timestamp", "ns2", callerSignature)
	})
}

// ReadGetIncomingQueueStatistics reads the message from the element in the
// body. Its signature is Caller.
func ReadGetIncomingQueueStatistics(body *xmldsig.Element) (*GetIncomingQueueStatistics, Signatures, error) {
	v, s, err := open(body, "GetIncomingQueueStatisticsRequest")
	if err != nil {
		return nil, Signatures{}, err
	}
	m := GetIncomingQueueStatistics{NodeID: s.OptionalText(v.typ("NodeID"))}
	var by Signatures
	m.At, by.Caller = v.readTimestamp(s)
	if err := s.End(); err != nil {
		return nil, Signatures{}, err
	}
	return &m, by, nil
}

// GetIncomingQueueStatisticsResponse is the answer to
// GetIncomingQueueStatistics. The schema gives it no signature.
type GetIncomingQueueStatisticsResponse struct{ Queues []QueueStatistics }

// QueueStatistics tells how many messages wait in a queue.
type QueueStatistics struct {
	Queue   string
	Pending int64
}

// Envelope writes the message. It is not signed.
func (m *GetIncomingQueueStatisticsResponse) Envelope(v *Version, _ Sign) ([]byte, error) {
	return message(v, "GetIncomingQueueStatisticsResponse", func(w *writer) {
		for _, q := range m.Queues {
			w.Leaf("ns2:QueueStatistics", "", "queueName", q.Queue, "pendingMessageNumber", strconv.FormatInt(q.Pending, 10))
		}
	})
}

// ReadGetIncomingQueueStatisticsResponse reads the message from the element in
// the body.
func ReadGetIncomingQueueStatisticsResponse(body *xmldsig.Element) (*GetIncomingQueueStatisticsResponse, error) {
	v, s, err := open(body, "GetIncomingQueueStatisticsResponse")
	if err != nil {
		return nil, err
	}
	var m GetIncomingQueueStatisticsResponse
	for _, e := range s.Many(v.typ("QueueStatistics")) {
		var q QueueStatistics
		q.Queue, _ = e.Attr(xmldsig.Name{Local: "queueName"})
		if pending, ok := e.Attr(xmldsig.Name{Local: "pendingMessageNumber"}); ok {
			if q.Pending, err = strconv.ParseInt(collapse(pending), 10, 64); err != nil {
				s.Fail(errors.New("soap: pendingMessageNumber is not an xs:long"))
			}
		}
		m.Queues = append(m.Queues, q)
		s.Fail(e.Sequence(e.Name).End())
	}
	if err := s.End(); err != nil {
		return nil, err
	}
	return &m, nil
}
