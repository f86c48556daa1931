package secret_test

import (
	"slices"
	"testing"

	"github.com/surguch/surguch/gost/internal/secret"
	"github.com/surguch/surguch/gost/internal/secret/memcheck"
)

var table [256]byte

//go:noinline
func plantedBranch(b byte) int {
	if b > 100 {
		return 1
	}
	return 2
}

//go:noinline
func plantedIndex(b byte) byte { return table[b] }

//go:noinline
func innocent(b byte) byte { return b&3 ^ b<<2 }

// TestPlanted shows that memcheck sees a branch and an index that depend on a
// secret, names them, and is silent about arithmetic and published octets.
func TestPlanted(t *testing.T) {
	findings := memcheck.Run(t, "TestPlantedSecrets")
	var names []string
	for _, f := range findings {
		names = append(names, f.Function)
	}
	slices.Sort(names)
	if want := []string{"plantedBranch", "plantedIndex"}; !slices.Equal(names, want) {
		t.Errorf("got findings in %v, want %v", names, want)
	}
}

// TestPlantedSecrets is what TestPlanted runs under Valgrind.
func TestPlantedSecrets(t *testing.T) {
	secrets := [3]byte{1, 2, 3}
	secret.Hide(&secrets)
	got := [3]int{
		plantedBranch(secrets[0]),
		int(plantedIndex(secrets[1])),
		int(innocent(secrets[2])),
	}
	if got, want := secret.Public(got), [3]int{2, 0, 3 ^ 3<<2}; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
