package journey

import (
	"context"
	"crypto"
	"strings"
	"sync"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/catest"
)

// authorities are the certification authority as each request meets it. What
// became of an order stays with whoever took it.
type authorities struct {
	w                          *World
	regular, refusing, erratic ra.CA

	mu    sync.Mutex
	taken map[string]ra.CA // by the key of the order
}

func newAuthorities(w *World, ca ra.CA) *authorities {
	failing := func(rate float64, faults ...catest.Fault) ra.CA {
		return catest.New(catest.Config{
			CA: ca, Seed: w.cfg.Seed, Rate: rate, Faults: faults, Algorithms: w.as,
			NewKey: newKey,
		})
	}
	a := &authorities{
		w: w, regular: ca, refusing: failing(1, catest.Refuse), erratic: failing(1, catest.WrongKey), taken: map[string]ra.CA{},
	}
	if w.cfg.Faults > 0 {
		a.regular = failing(w.cfg.Faults, catest.LoseQuestion, catest.DropAnswer, catest.Twice, catest.Replay, catest.Late,
			catest.Refuse, catest.WrongKey, catest.OtherSubject)
	}
	return a
}

// of is the authority that has an order, or would take it. None: it does not
// answer.
func (a *authorities) of(key string, takes bool) ra.CA {
	id, _, _ := strings.Cut(key, "/")
	mood := a.w.mood(ra.ID(id))
	a.mu.Lock()
	defer a.mu.Unlock()
	if ca := a.taken[key]; ca != nil {
		return ca
	}
	if mood == sluggish {
		return nil
	}
	ca := a.regular
	switch mood {
	case refusing:
		ca = a.refusing
	case mistaken:
		ca = a.erratic
	}
	if takes {
		a.taken[key] = ca
	}
	return ca
}

// Submit implements ra.CA, as do the methods after it.
func (a *authorities) Submit(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
	ctx, end := a.w.watch(ctx, "ca")
	defer end(nil)
	if ca := a.of(key, true); ca != nil {
		return ca.Submit(ctx, key, o)
	}
	return ra.Outcome{State: ra.Pending}, nil
}

func (a *authorities) Find(ctx context.Context, key string) (ra.Outcome, error) {
	ctx, end := a.w.watch(ctx, "ca")
	defer end(nil)
	if ca := a.of(key, false); ca != nil {
		return ca.Find(ctx, key)
	}
	return ra.Outcome{State: ra.Pending}, nil
}

func (a *authorities) Answer(ctx context.Context, key string, answer ra.Answer) (ra.Outcome, error) {
	return a.of(key, true).Answer(ctx, key, answer)
}

func (a *authorities) Revoke(ctx context.Context, key string, r ra.Revocation) (ra.Outcome, error) {
	id, _, _ := strings.Cut(key, "/")
	switch a.w.mood(ra.ID(id)) {
	case sluggish:
		return ra.Outcome{State: ra.Pending}, nil
	case refusing:
		return ra.Outcome{State: ra.Refused, Reason: "удостоверяющий центр отказал"}, nil
	}
	if ca := a.of(key, false); ca != nil {
		return ca.Revoke(ctx, key, r)
	}
	return ra.Outcome{State: ra.Pending}, nil
}

// newKey makes the keys of wrong certificates.
func newKey() (crypto.Signer, error) { return gost.GenerateKey(gost.CryptoProA(), nil) }
