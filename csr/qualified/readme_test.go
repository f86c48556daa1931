package qualified_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr/qualified"
)

// TestReadmeCounts keeps the figures of the README true.
func TestReadmeCounts(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	n := map[qualified.Grade]int{}
	for _, r := range qualified.Rules() {
		n[r.Grade]++
	}
	want := fmt.Sprintf("Of %d rules %d are read in the act or standard cited, %d measured on 2 403 certificates of accredited authorities, %d seen in public software and forms, %d recalled, %d reasoned",
		len(qualified.Rules()), n[qualified.Read], n[qualified.Measured], n[qualified.Seen], n[qualified.Recalled], n[qualified.Reasoned])
	if !strings.Contains(string(readme), want) {
		t.Errorf("the README does not say: %s", want)
	}
}
