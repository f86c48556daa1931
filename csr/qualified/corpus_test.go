package qualified_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// schemes read everything there is in the corpus.
var schemes = append(csr.Standard(), csr.Legacy()...)

// corpus reads the certificates of accredited authorities.
func corpus(t testing.TB) map[string]*csr.Certificate {
	t.Helper()
	found := map[string]*csr.Certificate{}
	for _, pattern := range []string{"*.pem", "roots/*.pem"} {
		files, err := filepath.Glob("../testdata/x509-ca/" + pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no certificates in %s: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := csr.Decode(data, csr.PEMCertificate)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			c, err := schemes.ParseCertificate(raw)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			found[strings.TrimSuffix(strings.TrimPrefix(file, "../testdata/x509-ca/"), ".pem")] = c
		}
	}
	return found
}

// explained are the errors that the corpus does have, by certificate and
// rule, each with the reason why it stands there.
var explained = map[string]string{
	"roots/ea7213f58e8b period-fraction": "the state root of 17.12.2025 writes the beginning of the key's period with milliseconds",
}

// TestCorpus lints real certificates. The golden file holds every finding;
// no error is there without a reason.
func TestCorpus(t *testing.T) {
	certificates := corpus(t)
	if len(certificates) != 34 {
		t.Errorf("got %d certificates, want 34", len(certificates))
	}
	var got strings.Builder
	used := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(certificates)) {
		c := certificates[name]
		fmt.Fprintf(&got, "%s %s\n", name, c.NotBefore.Format("2006-01-02"))
		for _, f := range qualified.LintCertificate(c, qualified.Options{}) {
			fmt.Fprintf(&got, "  %-7s %s: %s\n", f.Severity, f.Rule, f.Where)
			if f.Severity != qualified.Error {
				continue
			}
			key := name + " " + f.Rule
			used[key] = true
			if explained[key] == "" {
				t.Errorf("%s: error %s at %s is not explained", name, f.Rule, f.Where)
			}
		}
	}
	for key := range explained {
		if !used[key] {
			t.Errorf("explained, but not found: %s", key)
		}
	}
	golden(t, "corpus.golden", got.String())
}

// golden compares with a file of testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%swant\n%s", name, got, want)
	}
}
