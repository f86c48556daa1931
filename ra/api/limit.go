package api

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"github.com/surguch/surguch/ra"
)

// Limits bound how often one comes. Zero fields have their defaults.
type Limits struct {
	Address Rate // requests of one address, an IPv6 network of 64 bits being one. Default: 50 a second, 200 at once
	Caller  Rate // requests of one session or actor. Default: 20 a second, 100 at once
	Request Rate // requests about one request. Default: 20 a second, 100 at once
	Entry   Rate // credentials tried by one address, and for one link or marker. Default: one in 6 seconds, 20 at once
}

// Rate is a bucket of Burst tokens that gets one more Every so often. A
// negative Burst is no limit.
type Rate struct {
	Every time.Duration
	Burst int
}

func (r Rate) or(every time.Duration, burst int) Rate {
	if r == (Rate{}) {
		return Rate{every, burst}
	}
	return r
}

// limiters are those of a handler.
type limiters struct{ address, caller, request, entry *limiter }

func newLimiters(l Limits, clock ra.Clock) limiters {
	return limiters{
		address: newLimiter(l.Address.or(20*time.Millisecond, 200), clock),
		caller:  newLimiter(l.Caller.or(50*time.Millisecond, 100), clock),
		request: newLimiter(l.Request.or(50*time.Millisecond, 100), clock),
		entry:   newLimiter(l.Entry.or(6*time.Second, 20), clock),
	}
}

// slots is how many buckets a limiter has. Names share them by a hash that
// nobody outside can compute, so memory is fixed, and whoever comes under ever
// new names pushes nobody's bucket out. Two callers of one slot share its
// tokens; neither can choose the other.
const slots = 1 << 16

// limiter is a set of token buckets, by name. A bucket is the one number of
// the generic cell rate algorithm (ITU-T I.371): the time at which it will be
// full again.
type limiter struct {
	rate  Rate
	clock ra.Clock
	seed  maphash.Seed
	full  []atomic.Int64 // nanoseconds since 1970
}

func newLimiter(rate Rate, clock ra.Clock) *limiter {
	l := &limiter{rate: rate, clock: clock, seed: maphash.MakeSeed()}
	if rate.Burst >= 0 {
		l.full = make([]atomic.Int64, slots)
	}
	return l
}

// take takes a token out of the bucket of a name; a *slowError if there is none.
func (l *limiter) take(name string) error {
	if l.full == nil {
		return nil
	}
	slot := &l.full[maphash.String(l.seed, name)%slots]
	now := l.clock.Now().UnixNano()
	for {
		was := slot.Load()
		full := max(was, now) + int64(l.rate.Every)
		if over := full - now - int64(l.rate.Burst)*int64(l.rate.Every); over > 0 {
			return &slowError{time.Duration(over)}
		}
		if slot.CompareAndSwap(was, full) {
			return nil
		}
	}
}

// slowError says that somebody comes too often, and when to come again.
type slowError struct{ wait time.Duration }

func (e *slowError) Error() string { return "api: too many requests" }
