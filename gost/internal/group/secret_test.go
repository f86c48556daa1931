package group_test

import (
	"math/big"
	"testing"

	"github.com/surguch/surguch/gost/internal/secret"
	"github.com/surguch/surguch/gost/internal/secret/memcheck"
)

// No branch and no address depends on a scalar in ScalarMult. Of BaseMult,
// whose tables Valgrind would take long to compute, package gost shows it.
func TestConstantTime(t *testing.T) {
	if testing.Short() {
		return // Valgrind is slow
	}
	for _, f := range memcheck.Run(t, "TestSecretScalars") {
		t.Errorf("%s: %s", f.Place, f.Kind)
	}
}

// TestSecretScalars is what TestConstantTime runs under Valgrind.
func TestSecretScalars(t *testing.T) {
	for _, c := range all {
		if c.Curve == c.plain {
			continue // it branches where the product is infinity
		}
		k := words(new(big.Int).Div(c.set.Q, big.NewInt(3)))
		p := c.point(t, c.set.Generator())
		want, _, _ := c.ScalarMult(k, p)
		secret.Hide(&k)
		if got, _, _ := c.ScalarMult(k, p); secret.Public(got) != want {
			t.Errorf("%s: a multiple changes when its scalar is secret", c.set.Name)
		}
	}
}
