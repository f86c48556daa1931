package oracle_test

import (
	"math/big"
	"testing"

	"github.com/surguch/surguch/gost/internal/oracle"
)

// The oracle itself is checked by what defines the sets: the generator is on
// the curve and has the prime order q.
func TestSets(t *testing.T) {
	sets := oracle.Sets()
	if len(sets) != 14 {
		t.Fatalf("got %d sets, want 14", len(sets))
	}
	for _, s := range sets {
		t.Run(s.Name, func(t *testing.T) {
			g := s.Generator()
			if !s.P.ProbablyPrime(10) || !s.Q.ProbablyPrime(10) {
				t.Error("p or q is not prime")
			}
			if !s.Has(g) {
				t.Error("generator is not on the curve")
			}
			if s.Multiply(s.Q, g).X != nil {
				t.Error("q·P is not infinity")
			}
			for name, p := range s.SmallOrder() {
				if !s.Has(p) {
					t.Errorf("%s: not on the curve", name)
				}
				if s.Multiply(big.NewInt(4), p).X != nil {
					t.Errorf("%s: 4·P is not infinity", name)
				}
				if two := s.Multiply(big.NewInt(2), p).X; (two == nil) != (name == "order 2") {
					t.Errorf("%s: 2·P is %v", name, two)
				}
			}
		})
	}
}
