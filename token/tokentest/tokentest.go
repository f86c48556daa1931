// Package tokentest is what every carrier of keys must do, as one suite in
// plain testing: whoever writes a token.Carrier runs it on his own.
//
//	func TestConformance(t *testing.T) {
//		tokentest.Run(t, tokentest.Options{
//			Open:       func(t testing.TB) token.Carrier { … },
//			Algorithms: []string{"CryptoPro-A", "512-A"},
//		})
//	}
//
// Each behaviour is a subtest with a name of its own and a carrier of its own.
// It deletes the keys it made, and minds only those, so that the suite can run
// on a stick that somebody uses. Nothing there enters a wrong PIN unless
// Options.PIN says that this may be done.
package tokentest

import (
	"context"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
)

// Options say how to get at a carrier and what it can do. Open and Algorithms
// are required.
type Options struct {
	// Open returns a carrier for one behaviour, which closes it at its end.
	Open func(t testing.TB) token.Carrier
	// Reopen closes a carrier of Open and opens the same one again. Nil: there
	// is nothing that outlives Close.
	Reopen func(t testing.TB, c token.Carrier) token.Carrier
	// Algorithms are those it makes keys of, by their names in token.Spec. The
	// first is used where any will do.
	Algorithms []string
	// Extractable is what Info of every key must say.
	Extractable bool
	// PIN says how the carrier behaves with PINs. Nil: that is not tried.
	PIN *PIN
	// Faults break the carrier. Each returns when the next change will fail
	// that way; mend, called after it did, makes the carrier whole. A fault
	// without a row is not tried. With Unknown the change may have been made.
	Faults map[token.Fault]func(t testing.TB, c token.Carrier) (mend func())
}

// PIN is a carrier that wants one.
type PIN struct {
	// Open is Options.Open, with a person to ask.
	Open func(t testing.TB, ask token.PIN) token.Carrier
	// User is the right PIN, and Officer the security officer's.
	User, Officer string
	// Tries is how many wrong PINs in a row lock the carrier; zero: it never
	// locks, and does not tell how many are left.
	Tries int
	// Silent says that of the tries left it tells only when one is, and when
	// none is, as the flags of PKCS #11 do.
	Silent bool
	// Use does what needs the PIN, and asks for it once. Nil: List does, and so
	// does Generate if List was not asked before.
	Use func(ctx context.Context, c token.Carrier) error
	// Check, Change and Unblock are those of the carrier; nil: it has none.
	Check   func(ctx context.Context, c token.Carrier) error
	Change  func(ctx context.Context, c token.Carrier) error
	Unblock func(ctx context.Context, c token.Carrier, officer token.PIN) error
}

// behaviour is one thing that a carrier does.
type behaviour struct {
	name string
	run  func(s *suite)
	// needs says whether the carrier can be asked for it at all; nil: always.
	needs func(o Options) bool
}

// suite is one behaviour at work.
type suite struct {
	testing.TB
	o  Options
	as csr.Algorithms
	c  token.Carrier
}

// Run runs every behaviour that the options allow, each as a subtest.
func Run(t *testing.T, o Options) {
	if o.Open == nil || len(o.Algorithms) == 0 {
		t.Fatal("tokentest: Options need Open and Algorithms")
	}
	for _, b := range all() {
		if b.needs != nil && !b.needs(o) {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			s := &suite{TB: t, o: o, as: csr.Standard()}
			b.run(s)
		})
	}
}

// Behaviours returns the names of all behaviours, in the order in which Run
// runs those that the options allow.
func Behaviours() []string {
	var names []string
	for _, b := range all() {
		names = append(names, b.name)
	}
	return names
}

func all() []behaviour {
	var list []behaviour
	for _, group := range [][]behaviour{listing, generating, signing, requesting, installing, deleting, reopening, cancelling, sharing, asking} {
		list = append(list, group...)
	}
	return append(list, breaking()...)
}

func reopens(o Options) bool { return o.Reopen != nil }
