package smevtest

import (
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/internal/uuid"
)

// message is one answer on its way to the node that asked.
type message struct {
	due      time.Time // visible from then on
	leased   time.Time // hidden until then, waiting for its Ack
	node     string
	register *register
	response soap.Response
}

var consumer = soap.Party{Mnemonic: "CONSUMER", Name: "Потребитель эмулятора СМЭВ"}

// plan decides all that will ever be answered to an inquiry.
func (s *Server) plan(m *soap.SendRequest, r *register, now time.Time, trouble Trouble) []*message {
	h := fnv.New64a()
	_, _ = h.Write([]byte(m.MessageID)) // never fails
	rng := rand.New(rand.NewPCG(s.cfg.Seed, h.Sum64()))
	delay := s.cfg.MinDelay + time.Duration(rng.Int64N(int64(s.cfg.MaxDelay-s.cfg.MinDelay)+1))
	due := now.Add(delay).Truncate(time.Millisecond)

	add := func(at time.Time, part soap.Response) *message {
		part.OriginalMessageID, part.OriginalTransactionCode = m.MessageID, m.TransactionCode
		part.ReferenceMessageID = m.ReferenceMessageID
		part.MessageID = uuid.At(at, tail(rng))
		part.To = replyTo(m.MessageID, r)
		sender := soap.Party{Mnemonic: smev.Emulator, Name: "Эмулятор: " + r.owner}
		if part.Async != nil {
			sender.Name = "Эмулятор: СМЭВ"
		}
		part.Metadata = soap.Metadata{
			MessageID: part.MessageID, Type: "RESPONSE", Sender: sender, SentAt: at,
			Destination: "unknown", Recipient: consumer, Status: "responseIsDelivered",
		}
		return &message{due: at, node: m.NodeID, register: r, response: part}
	}
	q, err := r.read(m.Content)
	if err != nil {
		return []*message{add(now.Add(time.Second), rejectedBySMEV(m.MessageID, err))}
	}
	n := q.scenario()
	switch n {
	case never:
		return nil
	case rejectedAsync:
		return []*message{add(now.Add(time.Second), rejectedBySMEV(m.MessageID, errScenario))}
	}
	if trouble == SwappedEcho {
		q = q.other()
	}
	part := q.respond(n)
	var out []*message
	if n == statusFirst {
		out = append(out, add(now.Add(delay/2).Truncate(time.Millisecond), soap.Response{
			Status: &soap.RequestStatus{Code: 1, Description: "Запрос принят в обработку."},
		}))
	}
	final := add(due, part)
	if trouble == ForeignID {
		final.response.OriginalMessageID = uuid.At(now, tail(rng))
	}
	out = append(out, final)
	if trouble == Twice {
		out = append(out, add(due.Add(time.Minute), part))
	}
	return out
}

// take leases the oldest visible message of a node and type.
func (s *Server) take(node, namespace, root string) *message {
	now := s.cfg.Clock.Now()
	var oldest *message
	for _, m := range s.queue {
		if m.node != node || m.due.After(now) || m.leased.After(now) {
			continue
		}
		if namespace != "" && (m.register.namespace != namespace || m.register.responseRoot != root) {
			continue
		}
		if oldest == nil || m.due.Before(oldest.due) {
			oldest = m
		}
	}
	if oldest != nil {
		oldest.leased = now.Add(s.cfg.Lease)
	}
	return oldest
}

// remove drops a message that is leased now and reports whether there was one.
func (s *Server) remove(id string) bool {
	now := s.cfg.Clock.Now()
	n := len(s.queue)
	s.queue = slices.DeleteFunc(s.queue, func(m *message) bool {
		return m.response.MessageID == id && m.leased.After(now)
	})
	return len(s.queue) < n
}

func tail(rng *rand.Rand) (t [8]byte) {
	n := rng.Uint64()
	for i := range t {
		t[i] = byte(n >> (8 * i))
	}
	return t
}

// replyTo imitates the opaque address of real SMEV, base64 of a JSON object.
func replyTo(id string, r *register) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil,
		`{"sid":1,"mid":%q,"eol":0,"slc":%q,"mnm":%q}`, id, r.namespace+"_"+r.root, consumer.Mnemonic))
}
