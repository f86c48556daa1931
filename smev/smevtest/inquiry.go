package smevtest

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/internal/uuid"
)

// inquiry is a request that SMEV has taken, until it is answered and its
// identifier could not be sent again.
type inquiry struct {
	id          string
	asker, node string
	transaction string
	reference   string
	version     *soap.Version
	service     *service
	taken       time.Time
	endOfLife   time.Time // zero: none
	replyTo     string    // opaque address of the asker

	answered bool // a final answer is visible, or was
	ended    bool // its end of life came first, or SMEV rejected it
}

func newInquiry(c *call, d *soap.RequestData, k *service, now time.Time) *inquiry {
	i := &inquiry{
		id: d.MessageID, asker: c.caller, node: d.NodeID, transaction: d.TransactionCode, reference: d.ReferenceMessageID,
		version: c.version, service: k, taken: now, endOfLife: d.EndOfLife,
	}
	i.replyTo = replyTo(i)
	return i
}

// replyTo imitates the opaque address of real SMEV, base64 of a JSON object.
func replyTo(i *inquiry) string {
	address := struct {
		System      int    `json:"sid"`
		MessageID   string `json:"mid"`
		Transaction string `json:"tcd,omitempty"`
		EndOfLife   int64  `json:"eol"`
		Selector    string `json:"slc"`
		Mnemonic    string `json:"mnm"`
	}{1, i.id, i.transaction, 0, i.service.kind.Namespace + "_" + i.service.kind.Root, i.asker}
	if !i.endOfLife.IsZero() {
		address.EndOfLife = i.endOfLife.UnixMilli()
	}
	doc, err := json.Marshal(address)
	if err != nil {
		panic(err) // strings and numbers
	}
	return base64.StdEncoding.EncodeToString(doc)
}

// addressed returns the inquiry that an opaque address leads to, or nil. The
// caller holds s.mu.
func (s *Server) addressed(to string) *inquiry {
	doc, err := base64.StdEncoding.DecodeString(to)
	if err != nil {
		return nil
	}
	var address struct {
		MessageID string `json:"mid"`
	}
	if json.Unmarshal(doc, &address) != nil {
		return nil
	}
	if i := s.inquiries[address.MessageID]; i != nil && i.replyTo == to {
		return i
	}
	return nil
}

// fate decides whatever chance decides about an inquiry: by the seed and the
// message id.
type fate struct{ *rand.Rand }

func (s *Server) fate(id string) fate {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // never fails
	return fate{rand.New(rand.NewPCG(s.cfg.Seed, h.Sum64()))}
}

// delay is the time to the answer.
func (f fate) delay(cfg Config) time.Duration {
	return (cfg.MinDelay + time.Duration(f.Int64N(int64(cfg.MaxDelay-cfg.MinDelay)+1))).Truncate(time.Millisecond)
}

// id is that of a message of the moment at.
func (f fate) id(at time.Time) string {
	var tail [8]byte
	n := f.Uint64()
	for i := range tail {
		tail[i] = byte(n >> (8 * i))
	}
	return uuid.At(at, tail)
}

// answer makes the frame of a message to the asker of an inquiry.
func (i *inquiry) answer(at time.Time, d soap.ResponseData, sender string) *message {
	d.To = i.replyTo
	return &message{
		id: d.MessageID, to: address{i.asker, i.node, responses}, at: at, kind: i.service, inquiry: i, version: i.version,
		final: d.Status == nil,
		response: &soap.Response{
			OriginalMessageID: i.id, OriginalTransactionCode: i.transaction, ReferenceMessageID: i.reference,
			Data: d,
			Metadata: soap.Metadata{
				MessageID: d.MessageID, Type: "RESPONSE", Sender: soap.Party{Mnemonic: smev.Emulator, Name: sender},
				SentAt: at, Recipient: party(i.asker),
			},
		},
	}
}

// party is a participant as metadata tell him.
func party(mnemonic string) soap.Party {
	return soap.Party{Mnemonic: mnemonic, Name: "Участник " + mnemonic}
}
