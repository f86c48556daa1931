package tokentest_test

import (
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/file"
	"github.com/surguch/surguch/token/tokentest"
)

// folder is a carrier that knows its folder.
type folder struct {
	token.Carrier
	dir string
}

func openFolder(t testing.TB, dir string) token.Carrier {
	t.Helper()
	c, err := file.Open(dir, csr.Standard())
	if err != nil {
		t.Fatal(err)
	}
	return folder{c, dir}
}

// TestFile runs the suite on carriers in folders.
func TestFile(t *testing.T) {
	var algorithms []string
	for _, c := range gost.Curves() {
		algorithms = append(algorithms, c.Name())
	}
	tokentest.Run(t, tokentest.Options{
		Open: func(t testing.TB) token.Carrier { return openFolder(t, t.TempDir()) },
		Reopen: func(t testing.TB, c token.Carrier) token.Carrier {
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			return openFolder(t, c.(folder).dir)
		},
		Algorithms:  algorithms,
		Extractable: true,
	})
}

// TestBehaviours: there are enough of them, and no two of one name.
func TestBehaviours(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range tokentest.Behaviours() {
		if seen[name] {
			t.Errorf("two behaviours are named %q", name)
		}
		seen[name] = true
	}
	if len(seen) < 60 {
		t.Errorf("got %d behaviours, want 60 at least", len(seen))
	}
	t.Logf("%d behaviours", len(seen))
}
