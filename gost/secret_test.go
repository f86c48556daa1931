package gost_test

import (
	"bytes"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/internal/secret"
	"github.com/surguch/surguch/gost/internal/secret/memcheck"
)

// No branch and no address depends on the random octets that become a key, on
// the key or the random octets of a signature, or on the key in an agreement
// up to the common point. (The hash that follows looks up tables: see package
// streebog.)
func TestConstantTime(t *testing.T) {
	if testing.Short() {
		return // Valgrind is slow
	}
	for _, f := range memcheck.Run(t, "TestSecretKeys") {
		t.Errorf("%s: %s", f.Place, f.Kind)
	}
}

// TestSecretKeys is what TestConstantTime runs under Valgrind.
func TestSecretKeys(t *testing.T) {
	for _, c := range []*gost.Curve{
		gost.TC26A256(), gost.TC26B256(), gost.TC26C256(), gost.TC26D256(),
		gost.TC26A512(), gost.TC26B512(), gost.TC26C512(),
	} {
		k := generate(t, c, 1)
		digest := streebogOf(c, nil)
		random := bytes.Repeat([]byte{7}, c.Size())
		k.Hide()
		secret.HideOctets(random)
		sig, err := k.Sign(bytes.NewReader(random), digest, nil)
		if err != nil || !gost.Verify(k.PublicKey(), digest, sig) {
			t.Errorf("%s: signature %x, %v is refused", c.Name(), sig, err)
		}

		wide := bytes.Repeat([]byte{5}, 2*c.Size())
		secret.HideOctets(wide)
		made, err := gost.GenerateKey(c, bytes.NewReader(wide))
		if err != nil {
			t.Fatal(err)
		}
		peer := generate(t, c, 2)
		mine, err := made.Agree(peer.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := peer.Agree(made.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		var got, want [128]byte
		copy(got[:], mine)
		copy(want[:], theirs)
		if secret.Public(got) != want {
			t.Errorf("%s: the common points differ", c.Name())
		}
	}
}
