package smevtest

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Trouble is something that goes wrong with one call.
type Trouble int

// The troubles. Those of SendRequest leave the call itself in order: it is the
// answer to the request that is not as it should be. Those of a signature wait
// for the next reply of their operation that SMEV signs, a receipt or a
// message that is delivered.
const (
	None Trouble = iota // nothing; lets one call pass between two troubles

	// Of any call.
	Busy       // HTTP status 503, and the call is not looked at
	BadGateway // HTTP status 502, and the call is not looked at
	Failure    // the fault SMEVFailure, and the call is not looked at
	DropBefore // the connection breaks before the call takes effect
	DropAfter  // the call takes effect, then the connection breaks
	Slow       // the call takes effect, but its reply stalls until the clock has moved by a minute, or the caller has gone
	Truncated  // the call takes effect, but its reply is an MTOM package that ends half way

	// Of SendRequest.
	SwappedEcho // the answer repeats data of another person, where its kind repeats any
	ForeignID   // the answer names an inquiry that nobody made
	Twice       // a second answer, one minute after the first
	Never       // no answer comes
	OutOfOrder  // an intermediate status comes one minute after the answer
	AfterEnd    // the answer comes one minute after the end of life of the request, if it has one, and SMEV has rejected it by then

	// Of SendRequest and SendResponse.
	QuotaExceeded // the fault QuoteLimitExceeded
	Overflow      // the fault DestinationOverflow

	// Of a signature of SMEV.
	BadSignature       // its value is wrong
	SwappedBody        // the content is another than that which is signed
	WrappedBody        // the signed element is hidden in the header, another stands in its place
	ExpiredCertificate // the certificate has expired
)

// troubleNames are for Admin.
var troubleNames = map[string]Trouble{
	"none": None, "busy": Busy, "failure": Failure, "drop_before": DropBefore, "drop_after": DropAfter,
	"swapped_echo": SwappedEcho, "foreign_id": ForeignID, "twice": Twice, "never": Never, "out_of_order": OutOfOrder,
	"after_end": AfterEnd, "bad_gateway": BadGateway, "slow": Slow, "truncated": Truncated,
	"quota_exceeded": QuotaExceeded, "overflow": Overflow, "bad_signature": BadSignature, "swapped_body": SwappedBody,
	"wrapped_body": WrappedBody, "expired_certificate": ExpiredCertificate,
}

// String returns the name by which POST /faults takes the trouble.
func (t Trouble) String() string {
	for name, other := range troubleNames {
		if other == t {
			return name
		}
	}
	return fmt.Sprintf("Trouble(%d)", int(t))
}

// signed reports whether t is a trouble of a reply that SMEV signs.
func (t Trouble) signed() bool { return t >= BadSignature && t <= ExpiredCertificate }

// chance lists what FaultRate draws from: what a client survives that repeats
// its calls.
var chance = []Trouble{Busy, BadGateway, Failure, DropBefore, DropAfter, Truncated}

// troubles are those to come, by operation.
type troubles struct {
	list map[string][]Trouble
	rate float64
	rng  *rand.Rand
}

func newTroubles(cfg Config) troubles {
	return troubles{list: map[string][]Trouble{}, rate: cfg.FaultRate, rng: rand.New(rand.NewPCG(cfg.Seed, 0))}
}

// take returns the trouble of the next call of an operation.
func (t *troubles) take(operation string) Trouble {
	for _, key := range []string{operation, ""} {
		if list := t.list[key]; len(list) > 0 {
			t.list[key] = list[1:]
			return list[0]
		}
	}
	if t.rate > 0 && t.rng.Float64() < t.rate {
		return chance[t.rng.IntN(len(chance))]
	}
	return None
}

// back puts a trouble in front again, since it had nothing to spoil.
func (t *troubles) back(operation string, trouble Trouble) {
	t.list[operation] = append([]Trouble{trouble}, t.list[operation]...)
}

// Inject makes the next calls of an operation (SendRequest, GetResponse, Ack
// and the others) go wrong, one trouble each, in order, after those injected
// before. The operation "" stands for any that has none of its own. A trouble
// that does not concern the operation spoils nothing.
func (s *Server) Inject(operation string, list ...Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.troubles.list[operation] = append(s.troubles.list[operation], list...)
}

// spoil applies the troubles of SendRequest to what a provider answers.
func spoil(replies []Reply, i *inquiry, delay time.Duration, t Trouble) []Reply {
	last := len(replies) - 1
	if last < 0 {
		return replies
	}
	final := replies[last]
	if final.After == 0 {
		final.After = delay
	}
	switch t {
	case Never:
		return nil
	case Twice:
		final.After += time.Minute
		return append(replies, final)
	case OutOfOrder:
		return append(replies, Reply{After: final.After + time.Minute, Status: &Status{Code: 1, Description: "Запрос принят в обработку."}})
	case AfterEnd:
		if !i.endOfLife.IsZero() {
			final.After = i.endOfLife.Sub(i.taken) + time.Minute
			replies[last] = final
		}
	}
	return replies
}
