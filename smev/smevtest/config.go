package smevtest

import (
	"time"

	"github.com/surguch/surguch/gost"
)

// Clock tells the time.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// Manner is how SMEV writes its messages: its releases differ where the
// schemas leave a choice, and real ones leave out what the schemas require.
type Manner int

// The manners.
const (
	// Published writes every element that the schema of the version requires.
	// Every message is valid against it, with the exceptions of real traffic:
	// all faults have Code and Description, those in an asynchronous status
	// are named even if the schema has no type of that name, and the words
	// FAILURE and responseIsRejectedBySmev are used, which the schemas of 1.2,
	// or of 1.1 and 1.2, forgot.
	Published Manner = iota
	// Like2021 writes as SMEV did in 2020 and 2021: participants are told by
	// mnemonic alone, DestinationName and SupplementaryData are left out, the
	// answer to Ack is an empty body, what was delivered is
	// messageIsDelivered, and Code of a fault names a node.
	Like2021
	// Like2026 writes as SMEV does in 2026: as Like2021, but SMEV does not
	// sign the content of its own rejections, which come at once, and Code of
	// a fault has six digits.
	Like2026
)

// Config says how the simulator behaves. Nothing in it is required.
type Config struct {
	// Clock is the time of SMEV and of the registers. Nil: the machine's
	// clock, with which answers take their real minutes.
	Clock Clock
	// Seed decides, together with the message ids, all delays and ids the
	// simulator makes, and by itself the calls that FaultRate spoils. Zero is
	// a seed like any other.
	Seed uint64
	// MinDelay and MaxDelay bound the time from an inquiry to its answer.
	// Both zero: 10 and 30 minutes. MaxDelay below MinDelay counts as equal.
	MinDelay, MaxDelay time.Duration
	// Lease is how long a delivered message waits for its Ack before it is
	// delivered again. Zero: 15 minutes.
	Lease time.Duration

	// Manner is how messages are written. Zero: as the schemas are published.
	Manner Manner
	// MTOM answers every call with an MTOM package, an empty queue and a fault
	// included. Otherwise only messages with attachments come in one.
	MTOM bool
	// Unsigned takes messages without a signature, all as those of one
	// participant, CONSUMER. A signature that is there is verified all the
	// same.
	Unsigned bool
	// Curve is that of all keys the simulator makes. Nil: CryptoPro-A.
	Curve *gost.Curve

	// FaultRate is the part of calls, 0 to 1, that go wrong by chance: with
	// Busy, BadGateway, Failure, DropBefore, DropAfter or Truncated. A client
	// that repeats its calls loses nothing by them.
	FaultRate float64
	// Quota is how many octets of attachments a participant may send in all
	// (QuoteLimitExceeded). Zero: no limit.
	Quota int64
	// Backlog is how many messages a queue holds, those on their way to it
	// included (DestinationOverflow). Zero: 10000.
	Backlog int
	// Journal is how many of the last calls, and how many of the last dead
	// letters, are kept. Zero: 256. Calls are dropped earlier if they take
	// more than 32 MiB.
	Journal int

	// Address is where Listen serves the message exchange, and FileAddress
	// where it serves the file store: an IP address of the loopback interface
	// and a port. Empty: 127.0.0.1 and a free port.
	Address, FileAddress string
	// AnyAddress allows addresses that are not of the loopback interface.
	// Inquiries carry personal data in the clear, so that is for networks in
	// which nobody else can listen.
	AnyAddress bool
}

const (
	defaultLease   = 15 * time.Minute
	defaultBacklog = 10000
	defaultJournal = 256
)

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = machineClock{}
	}
	if c.MinDelay == 0 && c.MaxDelay == 0 {
		c.MinDelay, c.MaxDelay = 10*time.Minute, 30*time.Minute
	}
	c.MaxDelay = max(c.MinDelay, c.MaxDelay)
	if c.Lease == 0 {
		c.Lease = defaultLease
	}
	if c.Curve == nil {
		c.Curve = gost.CryptoProA()
	}
	if c.Backlog == 0 {
		c.Backlog = defaultBacklog
	}
	if c.Journal == 0 {
		c.Journal = defaultJournal
	}
	if c.Address == "" {
		c.Address = "127.0.0.1:0"
	}
	if c.FileAddress == "" {
		c.FileAddress = "127.0.0.1:0"
	}
	return c
}

type machineClock struct{}

func (machineClock) Now() time.Time                         { return time.Now() }
func (machineClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
