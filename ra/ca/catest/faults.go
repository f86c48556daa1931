package catest

import (
	"cmp"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"sync"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
)

// Fault is one way in which a conversation with a certification authority
// goes wrong.
type Fault string

// Faults. Those of the way there and back befall any call; those of the
// authority itself befall an order when it is handed over for the first time,
// and stay with it.
const (
	LoseQuestion Fault = "lose_question" // an error; nothing was done
	DropAnswer   Fault = "drop_answer"   // an error; it was done
	Twice        Fault = "twice"         // it arrives twice, and the second answer comes back
	Replay       Fault = "replay"        // an order of before arrives once more, ahead of this call
	Hang         Fault = "hang"          // nothing comes back until the context ends; it may have been done

	Late         Fault = "late"          // pending for some questions, then it is issued
	Held         Fault = "held"          // pending until the test calls Release
	Refuse       Fault = "refuse"        // refused
	WrongKey     Fault = "wrong_key"     // the certificate is of another key
	OtherSubject Fault = "other_subject" // the certificate is of another subject
)

// Faults are all of them, but for Held, which waits for the test.
func Faults() []Fault {
	return []Fault{LoseQuestion, DropAnswer, Twice, Replay, Hang, Late, Refuse, WrongKey, OtherSubject}
}

var ofOrders = []Fault{Late, Held, Refuse, WrongKey, OtherSubject}

// ErrFault is the error of a call that went wrong on purpose.
var ErrFault = errors.New("catest: the connection broke, on purpose")

// Config is how a CA fails. Required: CA.
type Config struct {
	CA   ra.CA  // does the work
	Seed uint64 // the same seed makes the same choices in the same order of calls
	// Rate is the share of calls, and that of orders, that go wrong, 0 to 1.
	Rate float64
	// Faults are those to choose from. Nil: Faults().
	Faults []Fault
	// Hanging is called while a call hangs: a test whose clock is its own lets
	// time go by. May be nil.
	Hanging func()
	// Questions is how often an order that is Late answers Pending. Zero: 3.
	Questions int
	// Algorithms make the requests behind wrong certificates. Nil:
	// csr.Standard().
	Algorithms csr.Algorithms
	// NewKey makes their keys. Nil: ECDSA P-256, which an authority for GOST
	// alone may refuse.
	NewKey func() (crypto.Signer, error)
}

// CA is a certification authority that fails on purpose. Its methods may be
// called from several goroutines.
type CA struct {
	cfg Config

	mu     sync.Mutex
	chance *mathrand.Rand
	orders map[string]*order
	list   []*order // in the order they came
	counts map[Fault]int
}

type order struct {
	key      string
	handed   ra.Order // what the authority behind gets, which may be another than was asked for
	fault    Fault    // of the order; "": none
	waits    int      // questions it still answers with Pending; negative: until Release
	calls    int
	seen     map[[32]byte][]byte // every certificate that came into being
	revoking bool                // withdrawn before it was handed over
}

// New returns a CA that stands before another.
func New(c Config) *CA {
	if c.Faults == nil {
		c.Faults = Faults()
	}
	c.Questions = cmp.Or(c.Questions, 3)
	if c.Algorithms == nil {
		c.Algorithms = csr.Standard()
	}
	if c.NewKey == nil {
		c.NewKey = newKey
	}
	return &CA{
		cfg: c, chance: mathrand.New(mathrand.NewPCG(c.Seed, 0)), orders: map[string]*order{}, counts: map[Fault]int{},
	}
}

func newKey() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// choose is the fault of a call or of an order, "" mostly. It is counted. A
// fault comes again only when all others of its kind have had their turn, so
// that a short run meets them all.
func (c *CA) choose(ofOrder bool) Fault {
	if c.chance.Float64() >= c.cfg.Rate {
		return ""
	}
	var list []Fault
	for _, f := range c.cfg.Faults {
		if slices.Contains(ofOrders, f) == ofOrder {
			list = append(list, f)
		}
	}
	if len(list) == 0 {
		return ""
	}
	c.chance.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	f := slices.MinFunc(list, func(a, b Fault) int { return cmp.Compare(c.counts[a], c.counts[b]) })
	c.counts[f]++
	return f
}

// Submit implements ra.CA.
func (c *CA) Submit(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
	if _, err := c.order(key, &o); err != nil {
		return ra.Outcome{}, err
	}
	return c.call(ctx, key, func(o *order) (ra.Outcome, error) { return c.submit(ctx, o) })
}

// Find implements ra.CA.
func (c *CA) Find(ctx context.Context, key string) (ra.Outcome, error) {
	return c.call(ctx, key, func(o *order) (ra.Outcome, error) {
		if o == nil || !c.called(o) {
			return c.cfg.CA.Find(ctx, key)
		}
		return c.submit(ctx, o) // what waited may be over now
	})
}

// Answer implements ra.CA.
func (c *CA) Answer(ctx context.Context, key string, a ra.Answer) (ra.Outcome, error) {
	return c.call(ctx, key, func(*order) (ra.Outcome, error) { return c.cfg.CA.Answer(ctx, key, a) })
}

// Revoke implements ra.CA. To revoke an order that still waits withdraws it.
func (c *CA) Revoke(ctx context.Context, key string, r ra.Revocation) (ra.Outcome, error) {
	return c.call(ctx, key, func(o *order) (ra.Outcome, error) {
		c.mu.Lock()
		withdrawn := o != nil && o.calls > 0 && (o.waits != 0 || o.revoking)
		if withdrawn && r.Action == ra.ActRevoke {
			o.revoking, o.waits = true, 0
		}
		c.mu.Unlock()
		if withdrawn {
			return c.submit(ctx, o)
		}
		return c.cfg.CA.Revoke(ctx, key, r)
	})
}

// order finds the order of a key, and makes it if there is something to order.
func (c *CA) order(key string, o *ra.Order) (*order, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.orders[key]; known != nil || o == nil {
		return known, nil
	}
	n := &order{key: key, handed: *o, fault: c.choose(true), seen: map[[32]byte][]byte{}}
	switch n.fault {
	case Late:
		n.waits = c.cfg.Questions
	case Held:
		n.waits = -1
	case WrongKey, OtherSubject:
		var err error
		if n.handed.Request, err = c.forge(n.fault, o.Request); err != nil {
			return nil, err
		}
	}
	c.orders[key] = n
	c.list = append(c.list, n)
	return n, nil
}

// forge is a request of the wrong key, or of the right one for another
// subject.
func (c *CA) forge(f Fault, r *csr.Request) (*csr.Request, error) {
	if f == WrongKey {
		key, err := c.cfg.NewKey()
		if err != nil {
			return nil, fmt.Errorf("catest: %w", err)
		}
		der, err := c.cfg.Algorithms.Create(key, &csr.Template{Subject: r.Subject})
		if err != nil {
			return nil, fmt.Errorf("catest: %w", err)
		}
		return c.cfg.Algorithms.Parse(der)
	}
	list := r.Subject.Attributes()
	for i, a := range list {
		if a.Type.Equal(csr.CommonName) {
			list[i] = csr.NewAttribute(csr.CommonName, "Другой Владелец")
		}
	}
	name, err := csr.NewName(list...)
	if err != nil {
		return nil, fmt.Errorf("catest: %w", err)
	}
	other := *r
	other.Subject, other.RawSubject = name, name.Raw()
	return &other, nil
}

// called reports whether the order ever got through.
func (c *CA) called(o *order) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return o.calls > 0
}

// call has a question answered, or not.
func (c *CA) call(ctx context.Context, key string, do func(o *order) (ra.Outcome, error)) (ra.Outcome, error) {
	o, _ := c.order(key, nil)
	c.mu.Lock()
	fault := c.choose(false)
	done := c.chance.IntN(2) == 0
	var before *order
	if fault == Replay && len(c.list) > 0 {
		before = c.list[c.chance.IntN(len(c.list))]
	}
	c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return ra.Outcome{}, err
	}
	if fault == LoseQuestion {
		return ra.Outcome{}, ErrFault
	}
	if before != nil && c.called(before) {
		if _, err := c.submit(ctx, before); err != nil {
			return ra.Outcome{}, err
		}
	}
	var out ra.Outcome
	var err error
	if fault != Hang || done {
		out, err = do(o)
	}
	if fault == Twice && err == nil {
		out, err = do(o)
	}
	if err == nil && o != nil {
		c.account(o, out)
	}
	switch fault {
	case DropAnswer:
		return ra.Outcome{}, ErrFault
	case Hang:
		if c.cfg.Hanging != nil {
			c.cfg.Hanging()
		}
		<-ctx.Done()
		return ra.Outcome{}, ctx.Err()
	}
	return out, err
}
