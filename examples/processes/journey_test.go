package main

import (
	"os"
	"testing"
)

// TestJourneyLeavesNothing plays a journey and looks for files that it leaves
// behind. What it tells is that of the Examples.
func TestJourneyLeavesNothing(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	t.Setenv("TMP", temporary) // Windows
	stdout, stderr, status := command(t, "", "-journey", "personal-link")
	if status != 0 || stderr != "" || stdout == "" {
		t.Fatalf("got status %d, %q: %s", status, stdout, stderr)
	}
	left, err := os.ReadDir(temporary)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("%v is left behind", left)
	}
}
