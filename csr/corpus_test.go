package csr_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
)

// everything is what the real certificates of testdata/x509-ca need.
var everything = append(csr.Standard(), csr.Legacy()...)

// corpus reads the certificates of a folder of testdata/x509-ca by name.
func corpus(t testing.TB, folder string) map[string]*csr.Certificate {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata/x509-ca", folder, "*.pem"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*csr.Certificate{}
	for _, file := range files {
		c, err := everything.ParseCertificate(decode(t, file, csr.PEMCertificate))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".pem")] = c
	}
	return all
}

// TestCorpusParses reads all 34 certificates of real authorities and writes
// them again, the same bytes, oddities included.
func TestCorpusParses(t *testing.T) {
	all := corpus(t, "")
	roots := corpus(t, "roots")
	if len(all) != 27 || len(roots) != 7 {
		t.Fatalf("got %d certificates and %d roots, want 27 and 7", len(all), len(roots))
	}
	var odd []string
	for _, list := range []map[string]*csr.Certificate{all, roots} {
		for id, c := range list {
			if !bytes.Equal(c.Reencode(), c.Raw) {
				t.Errorf("%s: written again it is other bytes", id)
			}
			for _, d := range c.Deviations {
				odd = append(odd, id+" "+string(d.Code)+" "+d.Where)
			}
		}
	}
	slices.Sort(odd)
	golden(t, "testdata/x509-ca/deviations.txt", []byte(strings.Join(odd, "\n")+"\n"))
}

// TestCorpusVerifies verifies what the state root issued. Of the 27
// certificates 25 lead to one of the 7 roots, several of which bear one name;
// for two the certificate between is not among them.
func TestCorpusVerifies(t *testing.T) {
	var anchors []*csr.Certificate
	for _, c := range corpus(t, "roots") {
		anchors = append(anchors, c)
	}
	verified := 0
	for id, c := range corpus(t, "") {
		chain, err := everything.VerifyChain(c, csr.Chain{Anchors: anchors, At: c.NotBefore.Add(time.Hour)})
		orphan := id == "0ddc5a94d26f" || id == "b45479d02b72"
		switch {
		case orphan && !errors.Is(err, csr.ErrNoIssuer):
			t.Errorf("%s: got %v, want ErrNoIssuer", id, err)
		case !orphan && err != nil:
			t.Errorf("%s: %v", id, err)
		case !orphan:
			verified++
			if len(chain) != 2 || !bytes.Equal(chain[1].SubjectKeyID, c.AuthorityKeyID) {
				t.Errorf("%s: the issuer was found by other means than its key", id)
			}
		}
	}
	if verified != 25 {
		t.Errorf("got %d verified, want 25", verified)
	}
	for id, c := range corpus(t, "roots") {
		if err := everything.CheckIssued(c, c); err != nil {
			t.Errorf("root %s: %v", id, err)
		}
	}
}

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// golden compares with a file.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s", file, got)
	}
}
